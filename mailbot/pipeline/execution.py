"""A technician's mail without a mistake is carried out: the ticket changes, and everybody concerned is told."""

from dataclasses import dataclass, replace

from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core import routing
from mailbot.core.commands import Outcome, Parsed
from mailbot.core.model import ACTIVE_STATUSES, Disposition, DispositionKind, EventKind, Status
from mailbot.core.phrases import say
from mailbot.pipeline import deeds, handover, kept, letters, questions, telling, tickets, timeline, undo, vendors
from mailbot.pipeline.answers import closing_words
from mailbot.pipeline.letters import Transcript
from mailbot.pipeline.telling import Message, Told
from mailbot.pipeline.work import Work

_INTERNAL_NOTICES = frozenset(
    {
        "transcript",
        "escalation",
        "undeliverable",
        "complaint",
        "challenge",
        "held",
        "reassigned",
        "taken_back",
        "article",
        "vendor_replied",
    }
)
"""Notices of which an answer never goes to the requester: they are not about something that he said."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What a mail says besides its commands: to whoever reads it, that is, the requester unless it stays inside.

    Attributes:
        text: Its text, without the closing.
        closing: Its closing, "" if it has none.
        notes: The notes among its commands.
        carries: Whether its files belong to the text; those of a mail with nothing but commands do not.
        files: Whether there are files of which nobody outside was told yet.
    """

    text: str
    closing: str
    notes: tuple[str, ...]
    carries: bool
    files: bool

    @property
    def sends_files(self) -> bool:
        """Whether the files go where the text goes; those of a mail with a note stay inside."""
        return self.carries and not self.notes


def carry_out(work: Work, ticket: Ticket, parsed: Parsed, outcomes: tuple[Outcome, ...]) -> Disposition:
    """Does what a mail says; nothing in it may be wrong any more but internal text for the requester.

    Raises:
        LeakError: There is internal text in what the requester would be sent. The caller takes back the changes.
    """
    session, desk, now = work.session, work.desk, work.now
    before, responsible = Status(ticket.status), (ticket.technician, ticket.team)
    happenings = _change(work, ticket, outcomes)
    happenings.extend(deeds.carry_out(session, desk, ticket, outcomes, work.actor, now))
    before = Status(ticket.status) if undo.is_wanted(outcomes) else before  # Nobody outside is told of an undo.
    words, to_vendor = _words(work, parsed, outcomes), None
    side = vendors.addressee(session, ticket, work.thread, outcomes, now)
    inside = side is not None or stays_inside(work)
    if side is not None:
        text, files = telling.signed(words.text, words.closing), words.sends_files
        to_vendor = vendors.write(work, ticket, side, text, words.notes, with_files=files)
        happenings.extend(to_vendor.happenings)
        words = replace(words, text="", carries=False, files=words.files and not files)
    quiet = any(outcome.quiet for outcome in outcomes)
    told, in_between = _write(work, ticket, _message(work, words), before, quiet=quiet, inside=inside)
    lines = [*work.said, *(line for outcome in outcomes for line in outcome.lines)]
    lines.extend([to_vendor.line if to_vendor else "", in_between])
    silent = deeds.writes_to_requester(outcomes) or undo.is_wanted(outcomes) or to_vendor is not None
    lines.append("" if silent and not (told.sent or words.text) else told.line)
    lines.append(_missing(work, ticket, words, before, sent=told.sent))
    if words.files and not (told.sent and words.sends_files):
        lines.append(say(work.language, "files_kept"))
    happenings.extend(_write_down(work, ticket, words, sent=told.sent))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    told_why, more = deeds.tell(session, desk, ticket, outcomes, work.technician, work.cause, now, work.thread.answered)
    lines.extend([*more, *handover.tell(work, ticket, responsible, told_why)])
    lines.extend(questions.answer(work, outcomes))
    as_meant = to_vendor.as_meant if to_vendor else told.sent
    if side is None and inside and not (parsed.calls or work.said):
        offer = undo.keep(work, ticket, kept.cause(work), outcomes)
        kept.tell(work, ticket, words.text, files=work.has_files, takeback=offer)
        return _disposition(work, ticket, parsed, told)
    report = Transcript(
        [*lines, kept.still_waits(work)],
        ok=bool(parsed.calls) or bool(work.said and as_meant),
        untold=told.untold,
        kept=inside and bool(words.text),
        takeback=undo.keep(work, ticket, work.transcript_cause, outcomes),
    )
    if not (parsed.calls or work.said or words.carries or side):
        hint = say(work.language, "write_above")
        report = replace(report, lines=[kept.without_words(work), told.line], hint=hint)
    # Whoever writes a plain answer takes it for sent: he must hear of it if it is not.
    if parsed.calls or work.said or not as_meant:
        work.tell(ticket, report)
    return _disposition(work, ticket, parsed, told)


def _words(work: Work, parsed: Parsed, outcomes: tuple[Outcome, ...]) -> _Words:
    text = parsed.text.strip()
    return _Words(
        text=text,
        closing=closing_words(work.mail) if text else "",
        notes=tuple(note for outcome in outcomes for note in outcome.notes),
        carries=bool(text) or (work.has_files and not parsed.calls),
        files=work.has_files,
    )


def _missing(work: Work, ticket: Ticket, words: _Words, before: Status, *, sent: bool) -> str:
    """What a technician should know who ends or puts off a ticket without a word, "" if there is nothing."""
    status = Status(ticket.status)
    if status is before or words.text:
        return ""
    if status is Status.PENDING and not sent and ticket.first_response_at is None:
        return say(work.language, "wait_unasked")
    if status is Status.RESOLVED and not (ticket.resolution or ticket.workaround):
        return say(work.language, "resolved_unsaid")
    return ""


def _message(work: Work, words: _Words) -> Message:
    """What the requester would be sent."""
    files = letters.files(work.desk, work.mail) if words.sends_files else ()
    return Message(words.text, words.closing, files, words.notes, deeds.named_in(work.mail))


def _write_down(work: Work, ticket: Ticket, words: _Words, *, sent: bool) -> list[Happening]:
    """Makes entries of the notes and the text, which `sent` tells from an internal one; gives what happened."""
    session, now = work.session, work.now
    happenings: list[Happening] = []
    for note in words.notes:
        # The files lie with the first note, unless an internal text takes them.
        first = note is words.notes[0] and not (words.text and not sent)
        with_files_of = work.mail if first else None
        happenings.append(timeline.note(session, ticket, work.technician, note, work.arrival, with_files_of, now))
    if not words.carries:
        return happenings
    text = telling.signed(words.text, words.closing if sent else "")
    timeline.add_text(session, ticket, work.technician, work.mail, work.arrival, text, now, internal=not sent)
    happenings.append(Happening(EventKind.REPLIED if sent else EventKind.NOTED, work.actor))
    return [*happenings, *_first_to_answer(work, ticket)] if sent else happenings


def _disposition(work: Work, ticket: Ticket, parsed: Parsed, told: Told) -> Disposition:
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
    happenings = tickets.apply(ticket, policy, changes, work.actor, now)
    fields = {change.field for change in changes}
    if "category" in fields and "team" not in fields:
        category = policy.directory.categories.get(ticket.category.lower())
        team, reason = routing.team_for(category, "", policy.mailbox(ticket.mailbox).team, policy.directory)
        member = policy.directory.technician(ticket.technician)
        if team.lower() != ticket.team.lower():
            tickets.move(ticket, policy, team, now)
            if "technician" not in fields and (member is None or team not in member.teams):
                happenings.extend(tickets.route(session, policy, ticket, reason, now))
    elif "team" in fields and not ticket.technician:
        why = f"team {ticket.team} was chosen by {work.actor}"
        happenings.extend(tickets.route(session, policy, ticket, why, now))
    return happenings
