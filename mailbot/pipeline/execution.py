"""A technician's mail without a mistake is carried out: the ticket changes, and everybody concerned is told."""

from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core import routing
from mailbot.core.commands import Outcome, Parsed
from mailbot.core.model import ACTIVE_STATUSES, Disposition, DispositionKind, EventKind, Status
from mailbot.core.phrases import say
from mailbot.pipeline import deeds, handover, kept, letters, questions, telling, tickets, timeline, vendors
from mailbot.pipeline.answers import closing_words
from mailbot.pipeline.telling import Message, Told
from mailbot.pipeline.work import Work

_INTERNAL_NOTICES = frozenset(
    {"transcript", "escalation", "undeliverable", "complaint", "challenge", "held", "reassigned", "vendor_replied"}
)
"""Notices of which an answer never goes to the requester: they are not about something that he said."""


def carry_out(work: Work, ticket: Ticket, parsed: Parsed, outcomes: tuple[Outcome, ...]) -> Disposition:
    """Does what a mail says; nothing in it may be wrong any more but internal text for the requester.

    Raises:
        LeakError: There is internal text in what the requester would be sent. The caller takes back the changes.
    """
    session, desk, now = work.session, work.desk, work.now
    before, responsible = Status(ticket.status), (ticket.technician, ticket.team)
    happenings = _change(work, ticket, outcomes)
    happenings.extend(deeds.carry_out(session, desk, ticket, outcomes, work.actor, now))
    notes = tuple(note for outcome in outcomes for note in outcome.notes)
    side = vendors.addressee(session, ticket, work.thread, outcomes, now)
    inside = side is not None or stays_inside(work)
    text = parsed.text.strip()
    closing = closing_words(work.mail) if text else ""
    # Files go where the words go. Those of a mail with a note or with nothing but commands are not for the requester.
    of_text = bool(text) or (work.has_files and not parsed.calls)
    has_files, to_vendor = work.has_files, None
    if side is not None:
        with_files = of_text and not notes
        to_vendor = vendors.write(work, ticket, side, telling.signed(text, closing), notes, with_files=with_files)
        happenings.extend(to_vendor.happenings)
        text, of_text, has_files = "", False, has_files and not with_files
    files = letters.files(desk, work.mail) if of_text and not notes else ()
    message = Message(text, closing, files, notes, deeds.named_in(work.mail))
    quiet = any(outcome.quiet for outcome in outcomes)
    told, in_between = _write(work, ticket, message, before, quiet=quiet, inside=inside)
    lines = [*work.said, *(line for outcome in outcomes for line in outcome.lines)]
    lines.extend([to_vendor.line if to_vendor else "", in_between])
    lines.append("" if deeds.writes_to_requester(outcomes) and not (told.sent or text) else told.line)
    if has_files and not (told.sent and of_text and not notes):
        lines.append(say(work.language, "files_kept"))
    for note in notes:
        # The files lie with the first note, unless an internal text takes them.
        first = note is notes[0] and not (text and not told.sent)
        with_files_of = work.mail if first else None
        happenings.append(timeline.note(session, ticket, work.technician, note, work.arrival, with_files_of, now))
    if of_text:
        words = telling.signed(text, closing if told.sent else "")
        timeline.add_text(session, ticket, work.technician, work.mail, work.arrival, words, now, internal=not told.sent)
        happenings.append(Happening(EventKind.REPLIED if told.sent else EventKind.NOTED, work.actor))
    if told.sent and of_text:
        happenings.extend(_first_to_answer(work, ticket))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    told_why, more = deeds.tell(session, desk, ticket, outcomes, work.technician, work.cause, now, work.thread.answered)
    lines.extend([*more, *handover.tell(work, ticket, responsible, told_why)])
    lines.extend(questions.answer(session, desk, work.arrival, work.mail, work.technician, outcomes, now))
    sent = to_vendor.as_meant if to_vendor else told.sent
    if side is None and inside and not (parsed.calls or work.said):
        kept.tell(work, ticket, text, files=work.has_files)
    elif parsed.calls or work.said or not sent:
        # Whoever writes a plain answer takes it for sent: he must hear of it if it is not.
        empty = not (parsed.calls or work.said or of_text or side)
        letters.transcript(
            session,
            desk,
            ticket,
            work.technician,
            work.mail,
            [kept.without_words(work), told.line] if empty else [*lines, kept.still_waits(work)],
            work.transcript_cause,
            now,
            ok=bool(parsed.calls) or bool(work.said and sent),
            untold=told.untold,
            hint=say(work.language, "write_above") if empty else "",
            kept=inside and bool(text),
        )
    if parsed.calls:
        names = ", ".join(f"#{call.command.name}" for call in parsed.calls)
        return Disposition(DispositionKind.COMMANDED, f"{names} by {work.actor}", ticket.number)
    reason = f"the answer of technician {work.actor}" + ("" if told.sent else "; it stays internal")
    return Disposition(DispositionKind.APPENDED, reason, ticket.number)


def _write(
    work: Work, ticket: Ticket, message: Message, before: Status, *, quiet: bool, inside: bool
) -> tuple[Told, str]:
    """Tells the requester what is for him; gives what became of it, and the line about a text that stays inside."""
    if not quiet and not inside:
        return telling.tell(work, ticket, message, before), ""
    if not quiet and ticket.status != before and ticket.status not in ACTIVE_STATUSES:
        # The text below stays inside, but that the ticket is resolved, and how, is nothing internal.
        told = telling.tell(work, ticket, Message(notes=message.notes), before)
        below = say(work.language, "kept_below") if message.text else ""
        return Told(sent=False, line=told.line, untold=told.untold), below
    return Told(sent=False, line=say(work.language, "kept_internal" if message.text else "nothing_sent")), ""


def _first_to_answer(work: Work, ticket: Ticket) -> list[Happening]:
    """A new ticket is open once it was answered, and belongs to whoever did, if it belongs to nobody."""
    happenings: list[Happening] = []
    if ticket.status == Status.NEW:
        happenings.extend(tickets.set_status(ticket, Status.OPEN, work.actor, work.now))
    if not ticket.technician:
        ticket.technician = work.actor
        happenings.append(Happening(EventKind.ASSIGNED, work.actor, "the first to answer", {"technician": work.actor}))
    return happenings


def stays_inside(work: Work) -> bool:
    """Whether the mail answers an internal one; the corrected version of a mail answers what that one answered."""
    answered = work.thread.answered
    if answered is None or answered.notice not in _INTERNAL_NOTICES:
        return False
    # Where somebody gave the ticket to whoever answers, he goes on where the other one ended.
    return answered.notice != "escalation" or answered.automatic


def _change(work: Work, ticket: Ticket, outcomes: tuple[Outcome, ...]) -> list[Happening]:
    """Applies the changes, and routes the ticket anew when they took it to another team."""
    session, policy, now = work.session, work.desk.policy, work.now
    changes = [change for outcome in outcomes for change in outcome.changes]
    happenings = tickets.apply(ticket, changes, work.actor, now)
    fields = {change.field for change in changes}
    if "category" in fields and "team" not in fields:
        category = policy.directory.categories.get(ticket.category.lower())
        team, reason = routing.team_for(category, "", policy.mailbox(ticket.mailbox).team, policy.directory)
        member = policy.directory.technician(ticket.technician)
        if team.lower() != ticket.team.lower():
            ticket.team = team
            if "technician" not in fields and (member is None or team not in member.teams):
                happenings.extend(tickets.route(session, policy, ticket, reason, now))
    elif "team" in fields and not ticket.technician:
        why = f"team {ticket.team} was chosen by {work.actor}"
        happenings.extend(tickets.route(session, policy, ticket, why, now))
    return happenings
