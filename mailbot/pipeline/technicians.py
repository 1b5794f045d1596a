"""Mail of technicians: commands on top, and below them the text for the requester.

All or nothing: with one mistake nothing is changed and nothing is sent. Whatever cannot be proved to come from the
technician is held and asked about at his registered address.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.tables import Hold
from mailbot.core import commands
from mailbot.core.commands import Parsed
from mailbot.core.model import Disposition, DispositionKind, InboundMail, Technician
from mailbot.core.phrases import say
from mailbot.core.tokens import Scope
from mailbot.notify import Desk, LeakError, note_leak
from mailbot.pipeline import absences, decisions, deeds, execution, holds, letters, questions
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import Arrival, Thread, answered_however_late
from mailbot.pipeline.work import Work


def is_proved(thread: Thread) -> bool:
    """Whether the sender showed a token that was made for a technician."""
    return thread.token is not None and thread.token.scope is Scope.TECHNICIAN


def handle(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    thread: Thread,
    now: datetime,
) -> Disposition:
    """Carries out a technician's mail about a ticket or about a held message."""
    work = Work(session, desk, arrival, mail, technician, thread, now)
    parsed = _read(work)
    if not is_proved(thread):
        return holds.challenge(work, parsed)
    absences.end(session, technician, thread.ticket, now)
    return _obey(work, parsed)


def _read(work: Work) -> Parsed:
    return commands.parse(own_words(work.mail.new_text, work.mail.quoted), work.language)


def _obey(work: Work, parsed: Parsed) -> Disposition:
    """Does what a technician says who is known to be the one, about the held message that he answers or the ticket."""
    answered = work.thread.answered.hold if work.thread.answered else None
    # Locked, so that of two nodes that decide at once the second finds it decided.
    row = work.session.get(Hold, answered, with_for_update=True) if answered is not None else None
    if row is not None:
        decided = _decide(work, row, parsed)
        if decided is not None:
            return decided
        if row.kind == "mistyped" and row.state == "open" and not parsed.errors:
            # The corrected mail stands for the held one: a later "#go" must not send its text a second time.
            holds.settle(work.session, row, "rejected", "replaced", work.actor, work.now)
    return perform(work, parsed)


def _decide(work: Work, row: Hold, parsed: Parsed) -> Disposition | None:
    """Decides about a held message; None if the mail is to be read like any other (a corrected mail, say)."""
    if row.kind in {"stranger", "rule"}:
        return decisions.decide(work, row, parsed)
    if parsed.errors or [call.command.name for call in parsed.calls] != ["go"]:
        return None
    session, desk, now = work.session, work.desk, work.now
    if row.state != "open" or row.originator != work.actor:
        line = say(work.language, "decided", by=row.decided_by, decision=row.decision)
        cause = work.transcript_cause
        letters.transcript(session, desk, None, work.technician, work.mail, [line], cause, now, ok=False)
        return Disposition(DispositionKind.COMMANDED, line, row.ticket)
    held_arrival, held_mail = holds.held_mail(session, desk, row)
    ticket = store.get_ticket(session, row.ticket) if row.ticket is not None else None
    holds.settle(session, row, "released", "go", work.actor, now)
    held = replace(work, arrival=held_arrival, mail=held_mail, thread=Thread(ticket, "confirmed"))
    again = _read(held)
    if row.kind == "mistyped":
        again = Parsed(calls=(), text=again.text, errors=())
        done = perform(held, again)
    else:
        # What it answers counts as it would have if it had been proved: a decision about another held mail, say.
        meant = answered_however_late(session, desk.policy, held_mail, work.actor, now)
        done = _obey(replace(held, thread=replace(held.thread, answered=meant)), again)
    if not again.calls and done.kind is not DispositionKind.HELD:
        lines = [say(work.language, "confirmed")]
        letters.transcript(session, desk, ticket, work.technician, work.mail, lines, work.transcript_cause, now)
    return Disposition(DispositionKind.COMMANDED, f"released a held mail: {done.reason}", done.ticket)


def perform(work: Work, parsed: Parsed) -> Disposition:
    """Does what a proved mail of a technician says, or holds it whole if something in it is wrong."""
    session, desk, ticket = work.session, work.desk, work.thread.ticket
    mistakes = [error.message for error in parsed.errors]
    asks = questions.alone(parsed, work.mail, ticket)
    if ticket is None and not asks:
        return holds.mistyped(work, [*mistakes, say(work.language, "no_ticket")], parsed.text)
    known = deeds.context_for(session, desk, ticket, work.technician, work.now) if ticket else None
    result = commands.run_all(parsed, known or questions.context_without_ticket(desk, work.technician, work.now))
    mistakes.extend(error.message for error in result.errors)
    mistakes.extend(questions.mistakes(session, desk.policy, result.outcomes, work.language))
    if mistakes:
        return holds.mistyped(work, mistakes, parsed.text)
    if ticket is None or asks:
        done = result.outcomes
        return questions.answer_alone(
            session, desk, work.arrival, work.mail, work.technician, ticket, parsed, done, work.now
        )
    try:
        # With internal text in the letter to the requester all that was changed until then is taken back.
        with session.begin_nested():
            return execution.carry_out(work, ticket, parsed, result.outcomes)
    except LeakError as error:
        note_leak(session, ticket, error, work.now)
        return holds.mistyped(work, [], parsed.text, leak=error.reason)
