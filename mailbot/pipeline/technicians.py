"""Mail of technicians: commands on top, and below them the text for the requester.

All or nothing: with one mistake nothing is changed and nothing is sent. Whatever cannot be proved to come from the
technician is held and asked about at his registered address.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import dialogue, store, traces
from mailbot.adapters.tables import Hold, Ticket
from mailbot.core import commands
from mailbot.core.commands import Context, Outcome, Parsed, Result
from mailbot.core.commands.values import shown
from mailbot.core.model import Disposition, DispositionKind, InboundMail, Technician
from mailbot.core.phrases import Reason, say
from mailbot.core.tokens import Scope
from mailbot.notify import Desk, LeakError, note_leak
from mailbot.pipeline import (
    absences,
    behalf,
    corrections,
    decisions,
    deeds,
    execution,
    holds,
    kept,
    questions,
    relations,
    undo,
    vendors,
)
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import Arrival, Thread, answered_however_late
from mailbot.pipeline.letters import Transcript
from mailbot.pipeline.work import Work

_CONFIRMED = "confirmed"


def is_proved(thread: Thread) -> bool:
    """Whether the sender showed a token that was made for a technician, or is known in another way."""
    return bool(thread.proof) or (thread.token is not None and thread.token.scope is Scope.TECHNICIAN)


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
    absences.end(session, desk, technician, thread.ticket, parsed, now)
    done = _obey(work, parsed)
    return replace(done, reason=f"{done.reason}; proved by {thread.proof or 'a token of ours'}")


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
        if work.thread.ticket is None and row.state == "open" and not parsed.errors:
            if row.kind == "mistyped":
                # The corrected mail stands for the held one.
                holds.settle(work.session, row, "rejected", "replaced", work.actor, work.now)
            elif not (parsed.calls or parsed.strays):
                return kept.still_asked(work)
    return perform(corrections.traced(work), parsed)


def _decide(work: Work, row: Hold, parsed: Parsed) -> Disposition | None:
    """Decides about a held message; None if the mail is to be read like any other (a corrected mail, say)."""
    if row.kind in holds.FOR_DECISION:
        return decisions.decide(work, row, parsed)
    if parsed.errors or [call.command.name for call in parsed.calls] != ["go"]:
        return None
    session, desk, now = work.session, work.desk, work.now
    if row.state != "open" or row.originator != work.actor:
        decided = Reason("decided", {"by": row.decided_by, "decision": row.decision})
        work.tell(None, Transcript([decided.said(work.language)], ok=False))
        return Disposition(DispositionKind.COMMANDED, decided.english, row.ticket)
    held_arrival, held_mail = holds.held_mail(session, desk, row)
    again = _read(replace(work, mail=held_mail))
    if row.kind == "mistyped" and vendors.was_meant(again):
        refused = Reason("vendor_go")
        work.tell(None, Transcript([refused.said(work.language)], ok=False))
        return Disposition(DispositionKind.COMMANDED, refused.english, row.ticket)
    ticket = store.get_ticket(session, row.ticket) if row.ticket is not None else None
    holds.settle(session, row, "released", "go", work.actor, now)
    # What it answers counts as it would have at once: for whom its text is, or which other held mail it decides.
    meant = answered_however_late(session, desk.policy, held_mail, work.actor, now)
    thread = Thread(ticket, _CONFIRMED, answered=meant)
    held = replace(work, arrival=held_arrival, mail=held_mail, thread=thread)
    if row.kind == "mistyped":
        only_text = Parsed(calls=(), text=again.text)
        done = perform(corrections.traced(replace(held, said=_left_out(held, again))), only_text)
    else:
        done = _obey(replace(held, said=(say(work.language, "confirmed"),)), again)
    return Disposition(DispositionKind.COMMANDED, f"released a held mail: {done.reason}", done.ticket)


def _left_out(work: Work, parsed: Parsed) -> tuple[str, ...]:
    """The lines about a mail with mistakes of which only the text is used: what of it is not carried out."""
    if not (parsed.calls or parsed.errors):
        return (say(work.language, "as_it_is"),)
    return say(work.language, "only_text"), say(work.language, "dropped", commands=_quoted_commands(parsed))


def _quoted_commands(parsed: Parsed) -> str:
    """The lines of the command block as their writer typed them."""
    found = [(call.line, shown(call.raw)) for call in parsed.calls]
    found += [(error.line, shown(error.raw)) for error in parsed.errors]
    return " · ".join(f"“{raw}”" for _line, raw in sorted(found))


def perform(work: Work, parsed: Parsed) -> Disposition:
    """Does what a proved mail of a technician says, or holds it whole if something in it is wrong."""
    session, desk, ticket = work.session, work.desk, work.thread.ticket
    if behalf.is_meant(parsed, ticket):
        return behalf.register(work)
    asks = questions.alone(parsed, work.mail, ticket)
    if ticket is None and not asks:
        wrong = _mistakes(work, parsed, Result(()))
        return holds.mistyped(work, parsed, wrong, _mistakes_in_english(work), inside=execution.stays_inside(work))
    result = commands.run_all(parsed, _context(work))
    done, refused = undo.resolve(work, result.outcomes)
    mistakes = _mistakes(work, parsed, result, refused)
    if mistakes:
        inside = execution.stays_inside(work)
        return holds.mistyped(work, parsed, mistakes, _mistakes_in_english(work), inside=inside)
    if ticket is None or asks:
        return questions.answer_alone(work, parsed, done)
    try:
        # With internal text in the letter to the requester all that was changed until then is taken back.
        with (
            session.begin_nested(),
            traces.taken(session, ticket, work.now + desk.policy.settings.helpdesk.undo_window),
        ):
            said = _replace_held(work, ticket, done) if _says_something(work, parsed, result) else []
            told_too = replace(work, said=(*work.said, *said))
            return execution.carry_out(told_too, ticket, parsed, done)
    except LeakError as error:
        note_leak(session, ticket, error, work.now)
        return holds.leaking(work, parsed.text, error.reason)


def _says_something(work: Work, parsed: Parsed, result: Result) -> bool:
    """Whether a mail has words, files or changes: one that only asks for help replaces nothing."""
    does = any(outcome.changes or outcome.notes or outcome.deeds for outcome in result.outcomes)
    return does or bool(parsed.text.strip()) or work.has_files


def _replace_held(work: Work, ticket: Ticket, outcomes: tuple[Outcome, ...]) -> list[str]:
    """Ends what is held of the same ticket and writer for a mistake: a later "#go" must not send its text as well.

    A corrected mail ends what it corrects. One that was written anew ends what was meant for the same reader, the
    requester or a vendor; one that stays inside ends nothing else. Gives the lines of the transcript about mail whose
    text nobody will get now.
    """
    if ticket.number is None:
        return []
    for_vendor = vendors.are_addressed(work.thread.answered, outcomes)
    anew = work.thread.how != _CONFIRMED and (for_vendor or not execution.stays_inside(work))
    if not (anew or work.corrects):
        return []
    lines: list[str] = []
    for row in dialogue.open_mistyped(work.session, ticket.number, work.actor):
        _arrival, mail = holds.held_mail(work.session, work.desk, row)
        corrected = row.id in work.corrects
        if not corrected and not (anew and for_vendor == _was_for_vendor(work, mail)):
            continue  # A mail beside it: the one with the mistake still waits for its writer.
        holds.settle(work.session, row, "rejected", "replaced", work.actor, work.now)
        lines.extend(_lost(work, mail, whole=not corrected))
    return lines


def _lost(work: Work, mail: InboundMail, *, whole: bool) -> Iterator[str]:
    """The lines about what nobody will get of a held mail; `whole`: the new one is no corrected version of it."""
    parsed = commands.parse(own_words(mail.new_text, mail.quoted))
    if whole and parsed.text.strip():
        yield say(work.language, "replaced_text", text=shown(parsed.text))
    elif whole and (parsed.calls or parsed.errors):
        yield say(work.language, "replaced_commands", commands=_quoted_commands(parsed))
    names = [file.name for file in mail.attachments if not file.inline]
    if names and not work.has_files:
        yield say(work.language, "replaced_files", names=", ".join(names))


def _was_for_vendor(work: Work, mail: InboundMail) -> bool:
    """Whether a held mail may have been meant for a vendor: by a command, or as the answer to a vendor's."""
    if vendors.was_meant(commands.parse(own_words(mail.new_text, mail.quoted))):
        return True
    meant = answered_however_late(work.session, work.desk.policy, mail, work.actor, work.now)
    return vendors.are_addressed(meant, ())


def _context(work: Work) -> Context:
    session, desk, ticket = work.session, work.desk, work.thread.ticket
    if ticket is None:
        return questions.context_without_ticket(desk, work.technician, work.now)
    return deeds.context_for(session, desk, ticket, work.technician, work.now)


def _mistakes(work: Work, parsed: Parsed, result: Result, refused: Sequence[str] = ()) -> list[str]:
    """What is wrong in a mail, in the order of its lines, in the language of its writer.

    `refused` is why what it takes back cannot be taken back.
    """
    wrong = [(error.line, error.message) for error in (*parsed.errors, *parsed.strays)]
    wrong.extend((error.call.line, error.message) for error in result.errors)
    in_order = [message for _line, message in sorted(wrong, key=lambda one: one[0])]
    if work.thread.ticket is None and not questions.alone(parsed, work.mail, None):
        return [*in_order, say(work.language, "no_ticket")]
    in_order.extend(vendors.mistakes(result.outcomes, work.language))
    in_order.extend(questions.mistakes(work.session, work.desk.policy, result.outcomes, work.language))
    return [*in_order, *relations.mistakes(work, result.outcomes), *refused]


def _mistakes_in_english(work: Work) -> list[str]:
    """The same for the ledger, which operators read."""
    english = replace(work, technician=replace(work.technician, language="en"))
    parsed = _read(english)
    asks = questions.alone(parsed, work.mail, work.thread.ticket)
    known = asks or work.thread.ticket is not None
    result = commands.run_all(parsed, _context(english)) if known else Result(())
    return _mistakes(english, parsed, result, undo.resolve(english, result.outcomes)[1])
