"""Commands that only ask: the answer is a mail of its own, and nothing is changed by it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from mailbot import deadlines
from mailbot.adapters import history, store, worklists
from mailbot.adapters.tables import Entry, Ticket
from mailbot.adapters.worklists import Listed
from mailbot.core.commands import Call, Context, Field, Outcome, Parsed, kb
from mailbot.core.commands.deeds import ArticleDeed, ArticlePublish, Away, Deed, Find, Record, Scale, Worklist
from mailbot.core.commands.effects import display
from mailbot.core.conversation import Said
from mailbot.core.model import (
    ACTIVE_STATUSES,
    Address,
    Disposition,
    DispositionKind,
    Impact,
    InboundMail,
    Priority,
    Status,
    Technician,
    TicketView,
    Urgency,
)
from mailbot.core.phrases import say, word
from mailbot.notify import Desk
from mailbot.pipeline import absences, finding, knowledge, letters, ticketrows
from mailbot.pipeline.letters import Transcript
from mailbot.pipeline.work import Work
from mailbot.policy import Policy

ROWS = 50
"""How many tickets a page of a list shows."""
_MINUTE = timedelta(minutes=1)
_NEWEST = 200  # Events of a record.
_ASKING = frozenset({"list", "show", "find", "away", "back"})


def alone(parsed: Parsed, mail: InboundMail, ticket: Ticket | None) -> bool:
    """Whether a mail only asks: then nothing is done to a ticket, and the answer is all that comes back.

    In the answer to a mail about a ticket, a text or a file means something else.
    """
    if parsed.errors or not parsed.calls or any(call.command.needs_ticket for call in parsed.calls):
        return False
    if ticket is None:
        return True
    asks = all(_only_asks(call) for call in parsed.calls)
    return asks and not parsed.text.strip() and all(file.inline for file in mail.attachments)


def _only_asks(call: Call) -> bool:
    return call.command.name in _ASKING or (call.command.name == "kb" and kb.only_asks(call))


def context_without_ticket(desk: Desk, technician: Technician, now: datetime) -> Context:
    """What the commands of a mail may know that names no ticket."""
    policy = desk.policy
    nothing = TicketView(
        number=0,
        subject="",
        status=Status.NEW,
        priority=Priority.NORMAL,
        impact=Impact.PERSON,
        urgency=Urgency.MEDIUM,
        category="",
        team="",
        technician="",
        requester=Address("", ""),
        language=policy.language,
        created_at=now,
    )
    language = letters.language_for(policy, technician)
    own = policy.own_addresses
    return Context(nothing, technician, policy.directory, now, policy.zone, language, own_addresses=own)


def mistakes(session: Session, policy: Policy, outcomes: Iterable[Outcome], language: str) -> list[str]:
    """What cannot be answered, in the language of whoever asks; nothing of his mail may be carried out then."""
    found = []
    for deed in (deed for outcome in outcomes for deed in outcome.deeds):
        if isinstance(deed, Record) and store.get_ticket(session, deed.number) is None:
            found.append(say(language, "no_such_ticket", tag=ticketrows.tag(policy, deed.number)))
        elif isinstance(deed, ArticleDeed):
            found.append(knowledge.mistake(session, deed, language))
    return [line for line in found if line]


def answer_alone(work: Work, parsed: Parsed, outcomes: tuple[Outcome, ...]) -> Disposition:
    """Answers a mail that only asks."""
    lines = [line for outcome in outcomes for line in outcome.lines]
    told = answer(work, outcomes)
    dropped = bool(parsed.text.strip()) or work.has_files
    acts = any(isinstance(deed, ArticlePublish) for outcome in outcomes for deed in outcome.deeds)
    if lines or dropped or acts:
        lines.extend([*told, say(work.language, "decision_dropped") if dropped else ""])
        work.tell(work.thread.ticket, Transcript(lines))
    names = ", ".join(f"#{call.command.name}" for call in parsed.calls)
    number = work.thread.ticket.number if work.thread.ticket else None
    return Disposition(DispositionKind.COMMANDED, f"{names} by {work.actor}", number)


def answer(work: Work, outcomes: Iterable[Outcome]) -> list[str]:
    """Sends what was asked for, each in a mail of its own; gives the lines of the transcript about it."""
    deeds: dict[Deed, None] = dict.fromkeys(deed for outcome in outcomes for deed in outcome.deeds)
    lines = []
    for deed in deeds:
        if isinstance(deed, Worklist):
            lines.append(_send_list(work, deed))
        elif isinstance(deed, Record):
            lines.append(_send_record(work, deed))
        elif isinstance(deed, Find):
            lines.append(finding.send(work, deed))
        elif isinstance(deed, ArticleDeed):
            lines.extend(knowledge.carry_out(work, deed))
        elif isinstance(deed, Away):
            lines.extend(absences.declare(work.session, work.desk, work.technician, deed, work.now))
    return lines


def _send_list(work: Work, deed: Worklist) -> str:
    policy, person = work.desk.policy, letters.person(work.technician)
    cause = f"{work.cause}:{deed.scale}" + (f":{deed.page}" if deed.page > 1 else "")
    found = _find(work, deed)
    before = ROWS * (deed.page - 1)
    data = {
        "scale": deed.scale.value,
        "page": deed.page,
        "total": found.total,
        "left_out": max(found.total - before - len(found.rows), 0),
        "rows": ticketrows.rows(policy, found.rows, "worklist", person, cause, work.now),
    }
    letters.tell_technician(work.session, work.desk, None, "worklist", person, cause, work.now, data, answers=work.mail)
    return say(work.language, "list_follows")


def _find(work: Work, deed: Worklist) -> Listed:
    session, scale, skip = work.session, deed.scale, ROWS * (deed.page - 1)
    if scale is Scale.UNASSIGNED:
        return worklists.of_technician(session, "", ROWS, skip)
    if scale is Scale.OVERDUE:
        return worklists.overdue(session, work.now, ROWS, skip)
    if scale is Scale.TEAM:
        teams = work.desk.policy.directory.teams.values()
        led = [team.name for team in teams if team.lead.lower() == work.actor]
        return worklists.of_teams(session, [*work.technician.teams, *led], ROWS, skip)
    return worklists.of_technician(session, work.actor, ROWS, skip)


def _send_record(work: Work, deed: Record) -> str:
    session, desk, now = work.session, work.desk, work.now
    ticket = store.get_ticket(session, deed.number)
    assert ticket is not None
    assert ticket.number is not None
    person = letters.person(work.technician)
    data = _record(session, desk.policy, ticket, context_without_ticket(desk, work.technician, now))
    sent = letters.tell_technician(session, desk, ticket, "record", person, work.cause, now, data, answers=work.mail)
    phrase = "record_follows" if sent else "not_asked_again"
    return say(work.language, phrase, tag=ticketrows.tag(desk.policy, ticket.number))


def _record(session: Session, policy: Policy, ticket: Ticket, context: Context) -> dict[str, object]:
    number = ticket.number or 0
    rows, older = history.newest_entries(session, number, letters.NEWEST)
    said = [
        Said(_author(row, number, context.language), row.created_at, row.text, internal=row.internal) for row in rows
    ]
    events, earlier = history.newest_events(session, number, _NEWEST)
    return {
        **letters.conversation_of(said, older),
        "attachments": history.file_names(session, number),
        "clock": _clock(policy, ticket, context.now),
        "events": [
            {
                "at": event.at,
                "kind": event.kind,
                "actor": event.actor,
                "what": _what(event.data, context),
                "reason": event.reason,
            }
            for event in events
        ],
        "events_left_out": earlier,
    }


def _author(row: Entry, number: int, language: str) -> str:
    """Who wrote an entry, in which ticket, and whether it was taken back."""
    name = letters.author_of(row, number)
    return f"{name} ({say(language, 'withdrawn')})" if row.withdrawn_at else name


def _what(data: Mapping[str, Any], context: Context) -> str:
    """What changed, in the language of whoever asks; "" if no field did."""
    if "field" not in data:
        return ""
    field: Field = data["field"]
    old, new = (display(field, data.get(side) or "", context) for side in ("old", "new"))
    return say(context.language, "changed", field=word(context.language, field), old=old, new=new)


def _clock(policy: Policy, ticket: Ticket, now: datetime) -> dict[str, object]:
    """How the deadlines of a ticket were calculated; durations are business time, moments UTC, None = there is none."""
    calendar = policy.calendar_for(ticket.team)
    target = policy.sla[Priority(ticket.priority)]
    used = deadlines.used(ticket, policy, now)
    paused = calendar.elapsed(ticket.created_at, now) - used
    # A rest of seconds is none; less than nothing it is where another team's calendar has counted more.
    told = paused >= _MINUTE and Status(ticket.status) in ACTIVE_STATUSES
    return {
        "calendar": calendar.name,
        "zone_name": calendar.zone.key,
        "paused": paused if told else timedelta(0),
        "runs": ticket.running_since is not None,
        "used": used,
        "response": target.first_response,
        "resolution": target.resolution,
        "answered_at": ticket.first_response_at,
        "resolved_at": ticket.resolved_at,
        "waiting_since": ticket.waiting_since,
        "wait_until": ticket.wait_until,
        "respond_by": ticket.respond_by,
        "resolve_by": ticket.resolve_by,
        "now": now,
    }
