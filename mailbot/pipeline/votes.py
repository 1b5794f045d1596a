"""The satisfaction question and what comes back: a vote, words instead of one, and what follows from a low score."""

import re
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import history, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Survey, Ticket
from mailbot.core.model import Disposition, DispositionKind, EventKind, InboundMail, Status
from mailbot.core.survey import LOW_SCORE, Vote, complains, is_only_thanks, needs_a_reader, read_vote
from mailbot.core.text import one_line
from mailbot.core.tokens import Scope
from mailbot.notify import Desk
from mailbot.pipeline import letters, ticketrows
from mailbot.pipeline.arrival import Arrival, Sender, Thread
from mailbot.pipeline.contributions import add_entry, what_was_said
from mailbot.policy import Policy

_QUESTIONS = frozenset({"survey", "survey_thanks"})
"""Notices to which a digit is an answer: the question, and the thanks that ask whoever was not satisfied further."""
_TAPPED = re.compile(r"\s{0,5}([1-5])\s{1,3}\[")
_SHOWN_COMMENT = 300  # Characters of the words with a vote that its event shows; the survey keeps them whole.


def taps(policy: Policy, ticket: Ticket, cause: str, now: datetime) -> dict[str, str]:
    """For each score a link that writes the mail with it; they stand in the survey of a ticket that is made now.

    What only opens links, as scanners of mail do, sends no mail, and so does not vote.
    """
    requester = letters.requester_of(ticket)
    purpose = letters.key_of(ticket, "survey", requester, cause)
    carrier = ticketrows.carrier_of(policy, ticket.number or 0, requester, purpose, now, Scope.REQUESTER)
    scores = {str(score): str(score) for score in range(5, 0, -1)}
    return {tap["verb"]: tap["link"] for tap in ticketrows.taps(policy, carrier, ticket.number or 0, scores, told=True)}


def receive(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition | None:
    """Records the answer to a survey; None if the message is no such answer and must be read as an ordinary one.

    It counts for the cycle whose survey it answers: a ticket that was opened again since is not judged by it.
    """
    ticket, question = thread.ticket, thread.answered
    if ticket is None or question is None or question.notice not in _QUESTIONS:
        return None
    row = history.survey_of(session, question.ticket or 0, question.created_at)
    vote = _vote_in(mail)
    if vote is None or row is None or now - row.asked_at > desk.policy.settings.surveys.valid:
        if Status(ticket.status) is Status.CLOSED and not complains(mail.new_text or mail.text):
            low = row is not None and row.score is not None and row.score <= LOW_SCORE
            return _keep_words(session, desk, ticket, arrival, mail, sender, now, low=low)
        return None
    return _count(session, desk, ticket, row, vote, arrival, mail, sender, now)


def _vote_in(mail: InboundMail) -> Vote | None:
    """The vote in a mail: in its text, else in the subject that one of our links wrote. No machine has one."""
    if mail.automatic.not_answerable:
        return None
    text = mail.new_text or mail.text
    found = read_vote(text)
    tapped = _TAPPED.match(mail.subject) if found is None else None
    return Vote(int(tapped[1]), text.strip()) if tapped else found


def _count(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    row: Survey,
    vote: Vote,
    arrival: Arrival,
    mail: InboundMail,
    sender: Sender,
    now: datetime,
) -> Disposition:
    assert ticket.number is not None
    before, low = row.score, vote.score <= LOW_SCORE
    row.answered_at, row.score, row.comment = now, vote.score, vote.comment
    session.add(row)
    words = f": {one_line(vote.comment, _SHOWN_COMMENT)}" if vote.comment.strip() else ""
    reason = f"score {vote.score} of 5{words}"
    details = {"score": vote.score, "comment": vote.comment, "cycle": row.cycle}
    happenings = [Happening(EventKind.SURVEY_ANSWERED, sender.address.key, reason, details)]
    newly_low = low and (before is None or before > LOW_SCORE)
    if before is None or newly_low:
        cause = f"c{row.cycle}" if before is None else f"c{row.cycle}:low"
        data = {"score": vote.score, "explained": bool(vote.comment) and not is_only_thanks(vote.comment)}
        letters.tell_requester(session, desk, ticket, "survey_thanks", cause, now, data, answers=mail)
    if needs_a_reader(vote) or any(not file.inline for file in mail.attachments):
        # Whoever is dissatisfied and says why, or says much, has not merely voted: somebody must read it.
        add_entry(session, ticket, arrival, mail, sender.address.name, sender.address.key)
        happenings.append(Happening(EventKind.MESSAGE_RECEIVED, sender.address.key, "words with a vote"))
        _tell(session, desk, ticket, arrival, mail, sender, now, score=vote.score if low else None)
    elif newly_low:
        _tell_lead(session, desk, ticket, arrival, mail, sender, now, vote.score)
    store.add_events(session, ticket.number, now, happenings)
    return Disposition(DispositionKind.APPENDED, f"the answer to the survey: {vote.score} of 5", ticket.number)


def _keep_words(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    arrival: Arrival,
    mail: InboundMail,
    sender: Sender,
    now: datetime,
    *,
    low: bool,
) -> Disposition:
    """Keeps an answer to a survey that is given in words and complains of nothing; the ticket stays closed."""
    assert ticket.number is not None
    reason = "words without a score answer the survey; the ticket stays closed"
    add_entry(session, ticket, arrival, mail, sender.address.name, sender.address.key)
    store.add_events(session, ticket.number, now, [Happening(EventKind.MESSAGE_RECEIVED, sender.address.key, reason)])
    _tell(session, desk, ticket, arrival, mail, sender, now, lead=low)
    return Disposition(DispositionKind.APPENDED, reason, ticket.number)


def _tell(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    arrival: Arrival,
    mail: InboundMail,
    sender: Sender,
    now: datetime,
    *,
    score: int | None = None,
    lead: bool = False,
) -> None:
    """Tells whoever has the ticket what was said, and its lead too where somebody was not satisfied."""
    data = _said(ticket, mail, sender, score)
    cause, files = f"v{arrival.receipt}", letters.files(desk, mail)
    letters.tell_responsible(session, desk, ticket, "requester_replied", cause, now, data, files=files)
    if lead or score is not None:
        _tell_lead(session, desk, ticket, arrival, mail, sender, now, score)


def _tell_lead(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    arrival: Arrival,
    mail: InboundMail,
    sender: Sender,
    now: datetime,
    score: int | None,
) -> None:
    """Tells the lead of a low score, once for each mail, though the ticket may be his own."""
    lead = letters.lead_for(desk.policy, ticket)
    if lead is not None:
        data, files = _said(ticket, mail, sender, score), letters.files(desk, mail)
        cause = f"v{arrival.receipt}"
        letters.tell_technician(session, desk, ticket, "requester_replied", lead, cause, now, data, files=files)


def _said(ticket: Ticket, mail: InboundMail, sender: Sender, score: int | None) -> dict[str, object]:
    closed = Status(ticket.status) is Status.CLOSED
    return {**what_was_said(mail, sender), "survey": closed, "score": score}
