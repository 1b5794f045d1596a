"""Mail of requesters: a new incident, or a word on a ticket."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.compose import OutgoingFile
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.model import (
    ACTIVE_STATUSES,
    Disposition,
    DispositionKind,
    EventKind,
    InboundMail,
    Status,
)
from mailbot.core.phrases import say
from mailbot.core.survey import is_only_thanks
from mailbot.core.verdict import says_yes
from mailbot.notify import Desk
from mailbot.pipeline import absences, digests, letters, tickets, votes
from mailbot.pipeline.arrival import Arrival, Sender, Thread
from mailbot.pipeline.contributions import add_entry, what_was_said
from mailbot.pipeline.tickets import Opening
from mailbot.policy import Policy


def begin(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, opening: Opening, now: datetime
) -> Disposition:
    """Makes a ticket of a message, acknowledges it, and tells the technician."""
    ticket, entry = record(session, desk, arrival, mail, opening, now)
    if _is_late(desk, arrival, now):
        desk = digests.patient(desk)  # There will be more out of the same backlog.
    acknowledge(session, desk, arrival, ticket, mail, entry, now)
    tell_assigned(session, desk, ticket, mail, f"e{entry}", now)
    return Disposition(DispositionKind.CREATED, f"a new ticket: {_why_new(opening)}", ticket.number)


def record(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, opening: Opening, now: datetime
) -> tuple[Ticket, int]:
    """Makes a ticket of a message, of which nobody is told yet; gives it with the id of its first entry."""
    ticket = tickets.open_ticket(session, desk, arrival, mail, opening, now)
    return ticket, add_entry(session, ticket, arrival, mail, opening.requester.name, opening.requester.key)


def acknowledge(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    ticket: Ticket,
    mail: InboundMail,
    entry: int,
    now: datetime,
    *,
    registered_by: str = "",
) -> bool:
    """Tells the requester that his request has arrived, if he may be answered; gives whether a mail goes to him.

    `registered_by` is who has registered it for him.
    """
    assert ticket.number is not None
    if mail.automatic.not_answerable:
        reason = f"a machine is never answered: {mail.automatic.not_answerable}"
        store.add_events(session, ticket.number, now, [Happening(EventKind.NOTICE_SUPPRESSED, reason=reason)])
    elif ticket.answerable:
        # After down time the promise may have passed before it was made.
        promised = ticket.respond_by if ticket.respond_by and ticket.respond_by > now else None
        late = arrival.received_at if _is_late(desk, arrival, now) else None
        data = {"expected_by": promised, "late": late, "registered_by": registered_by}
        # Who did not write the mail has no use for its identifiers.
        answers = mail if mail.message_id else None
        return bool(
            letters.tell_requester(session, desk, ticket, "acknowledgement", f"e{entry}", now, data, answers=answers)
        )
    return False


def _why_new(opening: Opening) -> str:
    if opening.predecessor is not None:
        return f"ticket {opening.predecessor} was closed too long ago to be opened again"
    return tickets.category_reason(opening.classification, "")


def _is_late(desk: Desk, arrival: Arrival, now: datetime) -> bool:
    """Whether the message waited so long that the helpdesk must have been off-line."""
    return now - arrival.received_at > desk.policy.settings.helpdesk.late_after


def tell_assigned(session: Session, desk: Desk, ticket: Ticket, mail: InboundMail, cause: str, now: datetime) -> None:
    """Sends a new ticket to its technician; to the lead when nobody is free."""
    people = letters.responsible(desk.policy, ticket)
    if ticket.number is None:
        return
    if not people:
        reason = "nobody is there to be told: no technician and no lead is configured"
        happening = Happening(EventKind.NOTICE_SUPPRESSED, reason=reason, data={"notice": "assigned"})
        store.add_events(session, ticket.number, now, [happening])
        return
    events = {event.kind: event.data for event in reversed(store.events(session, ticket.number))}
    found, absent = events[EventKind.CATEGORISED], events.get(EventKind.ASSIGNED, {}).get("instead_of", "")
    for person in people:
        data = {
            "text": mail.new_text or mail.text,
            "author": letters.requester_of(ticket).label,
            "attachments": [file.name for file in mail.attachments],
            "reasons": _reasons(desk.policy, ticket, found, letters.language_of(desk.policy, person), absent),
            "assigned_by": "",
        }
        files = letters.files(desk, mail)
        letters.tell_technician(session, desk, ticket, "assigned", person, cause, now, data, files=files)


def _reasons(policy: Policy, ticket: Ticket, found: Mapping[str, Any], language: str, absent: str) -> list[str]:
    """Why a new ticket has its category and its technician, who may stand in for one who is `absent`."""
    winner = found.get("winner")
    if winner and found.get("category"):
        words = ", ".join(f"“{word}”" for word in winner["words"])
        category = say(language, "why_rule", category=ticket.category, rule=winner["rule"], words=words)
    else:
        category = say(language, "why_mailbox" if ticket.category else "why_no_rule", category=ticket.category)
    team = policy.directory.teams.get(ticket.team.lower())
    technician = policy.directory.technician(ticket.technician)
    if team is None or technician is None:
        return [category, say(language, "why_nobody", team=ticket.team)]
    if absent:
        away = policy.directory.technician(absent)
        instead = (away.name or away.email) if away else absent
        return [category, say(language, "why_deputy", name=technician.name, absent=instead)]
    return [category, say(language, f"why_{team.strategy}", name=technician.name, team=team.name)]


def append(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition:
    """Adds a message to its ticket: a closed one is opened again, or followed by a new one when it is too late."""
    ticket = thread.ticket
    assert ticket is not None
    assert ticket.number is not None
    vote = votes.receive(session, desk, arrival, mail, sender, thread, now)
    if vote is not None:
        return vote
    status = Status(ticket.status)
    content = _is_content(mail, thread)
    if status is Status.CLOSED and not content and _too_late(desk, ticket, now):
        follower = store.successor(session, ticket.number, sender.address.key)
        if follower is not None:
            how = f"{thread.how}; ticket {follower.number} goes on with it"
            return append(session, desk, arrival, mail, sender, Thread(follower, how), now)
        opening = Opening(sender.address, tickets.classify(desk.policy, mail), predecessor=ticket.number)
        return begin(session, desk, arrival, mail, opening, now)
    entry = add_entry(session, ticket, arrival, mail, sender.address.name, sender.address.key)
    happenings = [Happening(EventKind.MESSAGE_RECEIVED, sender.address.key, thread.how)]
    if sender.address.key == ticket.requester_address and not mail.automatic.not_answerable:
        ticket.answerable = True
    if content and status not in ACTIVE_STATUSES:
        return _leave_resolved(session, desk, ticket, mail, sender, thread, now)
    done_at = ticket.closed_at or ticket.resolved_at
    # What waits for a vendor, a date or another ticket goes on waiting, whatever is written meanwhile.
    if status is Status.PENDING or status not in ACTIVE_STATUSES:
        happenings.extend(tickets.set_status(ticket, Status.OPEN, sender.address.key, now))
    before = ticket.technician
    if desk.policy.directory.technician(before) is None:  # Nobody yet, or somebody who has left.
        happenings.extend(tickets.route(session, desk.policy, ticket, f"team {ticket.team}", now))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    files = letters.files(desk, mail)
    if ticket.technician not in {before, ""}:
        for person in letters.responsible(desk.policy, ticket):
            letters.hand_over(session, desk, ticket, person, f"e{entry}", now, files=files)
    else:
        data: dict[str, object] = {**what_was_said(mail, sender), **_what_it_was(status, done_at)}
        data["on_hold"] = status is Status.ON_HOLD
        people, away_until = absences.around(session, ticket, now)
        data["in_copy"] = [one.label for one in people]
        letters.tell_responsible(session, desk, ticket, "requester_replied", f"e{entry}", now, data, files=files)
        _tell_stand_in(session, desk, ticket, away_until, f"e{entry}", now, data, files)
    if status not in ACTIVE_STATUSES and not mail.automatic.not_answerable:
        # The identifiers in somebody else's mail are none that the requester got; some may hold a token.
        answers = mail if sender.address.key == ticket.requester_address else None
        letters.tell_requester(session, desk, ticket, "reopened", f"c{ticket.cycle}", now, answers=answers)
    return Disposition(DispositionKind.APPENDED, f"{thread.how}; its sender takes part", ticket.number)


def _tell_stand_in(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    until: datetime | None,
    cause: str,
    now: datetime,
    data: Mapping[str, object],
    files: tuple[OutgoingFile, ...],
) -> None:
    """Tells whoever stands in for the technician of a ticket too, who is away until then; None = he is there."""
    found = absences.stand_in(session, desk.policy, ticket, until, now) if until is not None else None
    if found is not None:
        more = {**data, "absent": found.absent.name or found.absent.email, "absent_until": found.until}
        letters.tell_technician(session, desk, ticket, "requester_replied", found.person, cause, now, more, files=files)


def _is_content(mail: InboundMail, thread: Thread) -> bool:
    """Whether a message only says thanks, or yes to the question whether it is solved."""
    if mail.attachments:
        return False
    # A yes to an earlier question of the technician is for him to read.
    asked = thread.answered is None or thread.answered.notice in {"resolved", "closed"}
    return is_only_thanks(mail.new_text) or (asked and says_yes(mail.new_text))


def _leave_resolved(
    session: Session, desk: Desk, ticket: Ticket, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition:
    """Leaves a ticket as it is whose requester is content; one that he confirms to be solved is closed."""
    asked, by = thread.answered, sender.address.key
    # The token proves that he got the question; it must be the one about the present solution.
    confirmed = (
        Status(ticket.status) is Status.RESOLVED
        and by == ticket.requester_address
        and asked is not None
        and asked.notice == "resolved"
        and ticket.resolved_at is not None
        and asked.created_at >= ticket.resolved_at
        and says_yes(mail.new_text)
    )
    reason = "the requester says that it is solved" if confirmed else "thanks; the ticket stays as it is"
    happenings = [Happening(EventKind.MESSAGE_RECEIVED, by, reason)]
    if confirmed:
        happenings.extend(replace(one, reason=reason) for one in tickets.set_status(ticket, Status.CLOSED, by, now))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    if confirmed:
        data = {"text": "", "author": "", "because": "confirmed"}
        letters.tell_requester(session, desk, ticket, "closed", f"c{ticket.cycle}", now, data, answers=mail)
    return Disposition(DispositionKind.APPENDED, reason, ticket.number)


def _what_it_was(status: Status, done_at: datetime | None) -> dict[str, object]:
    """What the ticket was, and since when (UTC), if the message opened it again."""
    return {} if status in ACTIVE_STATUSES else {"was": status.value, "done_at": done_at}


def _too_late(desk: Desk, ticket: Ticket, now: datetime) -> bool:
    return ticket.closed_at is not None and now - ticket.closed_at > desk.policy.settings.closing.reopen_window
