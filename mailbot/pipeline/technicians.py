"""Mail of technicians: commands on top, and below them the text for the requester.

All or nothing: with one mistake nothing is changed and nothing is sent. Whatever cannot be proved to come from the
technician is held and asked about at his registered address.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.compose import OutgoingFile
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Hold, Ticket
from mailbot.core import commands, routing
from mailbot.core.commands import Outcome, Parsed
from mailbot.core.model import (
    ACTIVE_STATUSES,
    Disposition,
    DispositionKind,
    EventKind,
    InboundMail,
    Status,
    Technician,
)
from mailbot.core.phrases import say
from mailbot.core.tokens import Scope
from mailbot.notify import Desk, LeakError, note_leak, why_suppressed
from mailbot.pipeline import absences, corrections, deeds, holds, letters, questions, tickets, timeline, vendors
from mailbot.pipeline.answers import closing_words, own_words
from mailbot.pipeline.arrival import Arrival, Thread, answered_however_late

_INTERNAL_NOTICES = frozenset(
    {"transcript", "escalation", "undeliverable", "complaint", "challenge", "held", "reassigned"}
)
"""Notices of which an answer stays inside: they are not about something that the requester said."""


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
    parsed = commands.parse(own_words(mail.new_text, mail.quoted), letters.language_for(desk.policy, technician))
    if not is_proved(thread):
        return holds.challenge(session, desk, arrival, technician, thread.ticket, parsed, now)
    absences.end(session, technician, thread.ticket, now)
    return _obey(session, desk, arrival, mail, technician, thread, parsed, now)


def _obey(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    thread: Thread,
    parsed: Parsed,
    now: datetime,
) -> Disposition:
    """Does what a technician says who is known to be the one, about the held message that he answers or the ticket."""
    answered = thread.answered.hold if thread.answered else None
    # Locked, so that of two nodes that decide at once the second finds it decided.
    row = session.get(Hold, answered, with_for_update=True) if answered is not None else None
    if row is not None:
        decided = _decide(session, desk, row, arrival, mail, technician, parsed, now)
        if decided is not None:
            return decided
        if row.kind == "mistyped" and row.state == "open" and not parsed.errors:
            # The corrected mail stands for the held one: a later "#go" must not send its text a second time.
            holds.settle(session, row, "rejected", "replaced", technician.email.lower(), now)
        thread = replace(thread, answered=corrections.original(session, desk, thread.answered, technician, now))
    return perform(session, desk, arrival, mail, technician, thread, parsed, now)


def _decide(
    session: Session,
    desk: Desk,
    row: Hold,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    parsed: Parsed,
    now: datetime,
) -> Disposition | None:
    """Decides about a held message; None if the mail is to be read like any other (a corrected mail, say)."""
    if row.kind in {"stranger", "rule"}:
        return holds.decide(session, desk, row, arrival, mail, technician, parsed, now)
    if parsed.errors or [call.command.name for call in parsed.calls] != ["go"]:
        return None
    language = letters.language_for(desk.policy, technician)
    if row.state != "open" or row.originator != technician.email.lower():
        line = say(language, "decided", by=row.decided_by, decision=row.decision)
        letters.transcript(session, desk, None, technician, mail, [line], _cause(mail), now, ok=False)
        return Disposition(DispositionKind.COMMANDED, line, row.ticket)
    held_arrival, held = holds.held_mail(session, desk, row)
    again = commands.parse(own_words(held.new_text, held.quoted), language)
    if row.kind == "mistyped" and vendors.was_meant(again):
        line = say(language, "vendor_go")
        letters.transcript(session, desk, None, technician, mail, [line], _cause(mail), now, ok=False)
        return Disposition(DispositionKind.COMMANDED, line, row.ticket)
    ticket = store.get_ticket(session, row.ticket) if row.ticket is not None else None
    holds.settle(session, row, "released", "go", technician.email.lower(), now)
    if row.kind == "mistyped":
        again = Parsed(calls=(), text=again.text, errors=())
    # What it answers counts as it would have at once: for whom its text is, or which other held mail it decides.
    meant = answered_however_late(session, desk.policy, held, technician.email.lower(), now)
    confirmed = Thread(ticket, "confirmed", answered=meant)
    if row.kind == "unproved":
        done = _obey(session, desk, held_arrival, held, technician, confirmed, again, now)
    else:
        confirmed = replace(confirmed, answered=corrections.original(session, desk, meant, technician, now))
        done = perform(session, desk, held_arrival, held, technician, confirmed, again, now)
    if not again.calls and done.kind is not DispositionKind.HELD:
        letters.transcript(session, desk, ticket, technician, mail, [say(language, "confirmed")], _cause(mail), now)
    return Disposition(DispositionKind.COMMANDED, f"released a held mail: {done.reason}", done.ticket)


def perform(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    thread: Thread,
    parsed: Parsed,
    now: datetime,
) -> Disposition:
    """Does what a proved mail of a technician says, or holds it whole if something in it is wrong."""
    language = letters.language_for(desk.policy, technician)
    ticket = thread.ticket
    mistakes = [error.message for error in parsed.errors]
    asks = questions.alone(parsed, mail, ticket)
    if ticket is None and not asks:
        mistakes.append(say(language, "no_ticket"))
        return holds.mistyped(session, desk, arrival, mail, technician, None, mistakes, parsed, now)
    known = deeds.context_for(session, desk, ticket, technician, now) if ticket else None
    result = commands.run_all(parsed, known or questions.context_without_ticket(desk, technician, now))
    mistakes.extend(error.message for error in result.errors)
    mistakes.extend(vendors.mistakes(result.outcomes, language))
    mistakes.extend(questions.mistakes(session, desk.policy, result.outcomes, language))
    if mistakes:
        return holds.mistyped(session, desk, arrival, mail, technician, ticket, mistakes, parsed, now)
    if ticket is None or asks:
        done = result.outcomes
        return questions.answer_alone(session, desk, arrival, mail, technician, ticket, parsed, done, now)
    try:
        # With internal text in the letter to the requester all that was changed until then is taken back.
        with session.begin_nested():
            return _carry_out(session, desk, arrival, mail, technician, thread, ticket, parsed, result.outcomes, now)
    except LeakError as error:
        note_leak(session, ticket, error, now)
        return holds.mistyped(session, desk, arrival, mail, technician, ticket, [], parsed, now, leak=error.reason)


def _carry_out(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    thread: Thread,
    ticket: Ticket,
    parsed: Parsed,
    outcomes: tuple[Outcome, ...],
    now: datetime,
) -> Disposition:
    actor = technician.email.lower()
    language = letters.language_for(desk.policy, technician)
    quiet = any(outcome.quiet for outcome in outcomes)
    before, responsible = Status(ticket.status), (ticket.technician, ticket.team)
    happenings = _changes(session, desk, ticket, outcomes, actor, now)
    happenings.extend(deeds.carry_out(session, desk, ticket, outcomes, actor, now))
    lines = [line for outcome in outcomes for line in outcome.lines]
    notes = [note for outcome in outcomes for note in outcome.notes]
    side = vendors.addressee(session, ticket, thread, outcomes, now)
    inside = side is not None or _stays_inside(thread)
    text = parsed.text.strip()
    closing = closing_words(mail) if text else ""
    has_files = any(not file.inline for file in mail.attachments)
    # Files go where the words go. Those of a mail with a note or with nothing but commands are not for the requester.
    with_files = not notes and (bool(text) or (has_files and not parsed.calls))
    cause, as_meant = f"r{arrival.receipt}", True
    if side is not None:
        said = _signed(text, closing)
        done = vendors.write(session, desk, ticket, side, technician, arrival, mail, said, notes, with_files, now)
        happenings.extend(done.happenings)
        lines.append(done.line)
        text, has_files, as_meant = "", has_files and not with_files, done.as_meant
    sent, told, untold = False, say(language, "kept_internal" if text else "nothing_sent"), ""
    if not quiet and not inside:
        files = letters.files(desk, mail) if with_files else ()
        named = deeds.named_in(mail)
        sent, told, untold = _tell(
            session, desk, ticket, technician, text, closing, files, notes, before, cause, now, named
        )
    elif not quiet and ticket.status != before and ticket.status not in ACTIVE_STATUSES:
        # The text below stays inside, but that the ticket is resolved, and how, is nothing internal.
        _told, told, untold = _tell(session, desk, ticket, technician, "", "", (), notes, before, cause, now)
        lines.append(say(language, "kept_below") if text else "")
    lines.append("" if deeds.writes_to_requester(outcomes) and not (sent or text) else told)
    if has_files and not (sent and with_files):
        lines.append(say(language, "files_kept"))
    for note in notes:
        # The files lie with the first note, unless an internal text takes them.
        first = note is notes[0] and not (text and not sent)
        happenings.append(timeline.note(session, ticket, technician, note, arrival, mail if first else None, now))
    if text or (has_files and not parsed.calls):
        timeline.add_text(
            session, ticket, technician, mail, arrival, _signed(text, closing if sent else ""), now, internal=not sent
        )
        happenings.append(Happening(EventKind.REPLIED if sent else EventKind.NOTED, actor))
    if sent and (text or with_files):
        happenings.extend(_first_to_answer(ticket, actor, now))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    told_why, more = deeds.tell(session, desk, ticket, outcomes, technician, cause, now)
    lines.extend([*more, *_hand_over(session, desk, ticket, responsible, technician, cause, now, told_why)])
    lines.extend(questions.answer(session, desk, arrival, mail, technician, outcomes, now))
    # Whoever writes a plain answer takes it for sent: he must hear of it if it is not. An answer to an internal mail
    # needs no word of ours, and a machine that answers our transcripts gets no further ones.
    if parsed.calls or not (sent or inside) or not as_meant:
        ok = bool(parsed.calls)
        letters.transcript(session, desk, ticket, technician, mail, lines, _cause(mail), now, ok=ok, untold=untold)
    if parsed.calls:
        names = ", ".join(f"#{call.command.name}" for call in parsed.calls)
        return Disposition(DispositionKind.COMMANDED, f"{names} by {actor}", ticket.number)
    reason = f"the answer of technician {actor}" + ("" if sent else "; it stays internal")
    return Disposition(DispositionKind.APPENDED, reason, ticket.number)


def _first_to_answer(ticket: Ticket, actor: str, now: datetime) -> list[Happening]:
    """A new ticket is open once it was answered, and belongs to whoever did, if it belongs to nobody."""
    happenings: list[Happening] = []
    if ticket.status == Status.NEW:
        happenings.extend(tickets.set_status(ticket, Status.OPEN, actor, now))
    if not ticket.technician:
        ticket.technician = actor
        happenings.append(Happening(EventKind.ASSIGNED, actor, "the first to answer", {"technician": actor}))
    return happenings


def _stays_inside(thread: Thread) -> bool:
    """Whether the mail answers an internal one."""
    answered = thread.answered
    # Where somebody gave the ticket to whoever answers, he goes on where the other one ended.
    by_hand = answered is not None and answered.notice == "escalation" and not answered.automatic
    return answered is not None and answered.notice in _INTERNAL_NOTICES and not by_hand


def _changes(
    session: Session, desk: Desk, ticket: Ticket, outcomes: tuple[Outcome, ...], actor: str, now: datetime
) -> list[Happening]:
    """Applies the changes, and routes the ticket anew when they took it to another team."""
    policy = desk.policy
    changes = [change for outcome in outcomes for change in outcome.changes]
    happenings = tickets.apply(ticket, changes, actor, now)
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
        happenings.extend(tickets.route(session, policy, ticket, f"team {ticket.team} was chosen by {actor}", now))
    return happenings


def _tell(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    technician: Technician,
    text: str,
    closing: str,
    files: tuple[OutgoingFile, ...],
    notes: list[str],
    before: Status,
    cause: str,
    now: datetime,
    named: frozenset[str] = frozenset(),
) -> tuple[bool, str, str]:
    """Sends the requester what concerns him.

    Whoever is `named` in the mail has the text already; but the requester must hear that his ticket is resolved.

    Returns:
        Whether that was done, the line of the transcript about it, and why he is not told what he should be, "" if he
        is told or there is nothing to tell.

    Raises:
        LeakError: There is internal text in it, that of the ticket or of the mail's own notes.
    """
    language = letters.language_for(desk.policy, technician)
    changed = ticket.status != before
    if changed and ticket.status == Status.RESOLVED:
        # The solution is what "#resolve" named, else the text below it; the requester reads both.
        ticket.resolution = ticket.resolution or text
        text = text or ticket.resolution
    text = _signed(text, closing)
    notice = "resolved" if changed and ticket.status == Status.RESOLVED else "reply"
    notice = "closed" if changed and ticket.status == Status.CLOSED else notice
    if notice == "reply" and not text and not files:
        return False, say(language, "nothing_sent"), ""
    data = {
        "text": text,
        "author": technician.name,
        "because": "",
        "attachments": [file.name for file in files if not file.left_out],
        "closes_at": now + desk.policy.settings.closing.resolved_after,
    }
    has_it = named if notice == "reply" else named - {ticket.requester_address}
    told = letters.tell_requester(
        session,
        desk,
        ticket,
        notice,
        cause,
        now,
        data,
        files=files,
        everyone=True,
        written=bool(text),
        notes=tuple(notes),
        but_not=has_it,
    )
    requester, untold = letters.requester_of(ticket), ""
    has_it_himself = requester.key in has_it
    if requester.key not in told and not has_it_himself:
        untold = why_suppressed(session, ticket, notice, requester.key).said(language)
    if not told and not has_it_himself:
        return False, say(language, "blocked" if text else "blocked_bare", reason=untold), untold
    ticket.first_response_at = ticket.first_response_at or now
    ticket.last_public_at = now
    if untold:
        return True, say(language, "only_copies", reason=untold), untold
    if has_it_himself:
        return True, say(language, "named_already", names=requester.key), ""
    phrase = "sent_resolved_bare" if notice == "resolved" and not text else f"sent_{notice}"
    return True, say(language, phrase, recipient=requester.label), ""


def _signed(text: str, closing: str) -> str:
    """A text as its writer ended it."""
    return f"{text}\n\n{closing}" if closing else text


def _hand_over(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    before: tuple[str, str],
    actor: Technician,
    cause: str,
    now: datetime,
    told_why: frozenset[str] = frozenset(),
) -> list[str]:
    """Tells whoever is now responsible, if that changed, and whoever was; gives the lines of the transcript.

    That is the technician; where nobody of a team is free, its lead. Whoever did it need not be told, nor those who
    were `told_why` by another mail.
    """
    if (ticket.technician, ticket.team) == before or (ticket.technician and ticket.technician == before[0]):
        return []
    language = letters.language_for(desk.policy, actor)
    by = actor.email.lower()
    people = [person for person in letters.responsible(desk.policy, ticket) if person.key not in {by, *told_why}]
    for person in people:
        letters.hand_over(session, desk, ticket, person, cause, now, assigned_by=actor.name or actor.email)
    lines = [say(language, "told_technician", name=person.label) for person in people]
    previous = desk.policy.directory.technician(before[0])
    if (
        previous is None
        or before[0] in {by, ticket.technician, *told_why}
        or before[0] in {person.key for person in people}
    ):
        return lines
    current = desk.policy.directory.technician(ticket.technician)
    data = {"assigned_by": actor.name or actor.email, "assigned_to": current.name or current.email if current else ""}
    recipient = letters.person(previous)
    letters.tell_technician(session, desk, ticket, "reassigned", recipient, cause, now, data)
    return [*lines, say(language, "told_technician", name=recipient.label)]


def _cause(mail: InboundMail) -> str:
    """What makes the transcript of a mail unique."""
    return f"t{mail.canonical_digest[:20]}"
