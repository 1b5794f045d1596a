"""Commands that only ask: the answer is a mail of its own, and nothing is changed by it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from mailbot.adapters import store, worklists
from mailbot.adapters.tables import Ticket
from mailbot.adapters.worklists import Listed
from mailbot.core.commands import Context, Field, Outcome, Parsed
from mailbot.core.commands.deeds import Deed, Record, Scale, Worklist
from mailbot.core.commands.effects import display
from mailbot.core.model import (
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
from mailbot.pipeline import letters, ticketrows
from mailbot.pipeline.arrival import Arrival
from mailbot.policy import Policy

ROWS = 25
"""How many tickets a list shows."""
_EVENTS = 60


def alone(parsed: Parsed, mail: InboundMail, ticket: Ticket | None) -> bool:
    """Whether a mail only asks: then nothing is done to a ticket, and the answer is all that comes back.

    In the answer to a mail about a ticket, a text or a file means something else.
    """
    if parsed.errors or not parsed.calls or any(call.command.needs_ticket for call in parsed.calls):
        return False
    if ticket is None:
        return True
    asks = all(call.command.name in {"list", "show"} for call in parsed.calls)
    return asks and not parsed.text.strip() and all(file.inline for file in mail.attachments)


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
    return Context(nothing, technician, policy.directory, now, policy.zone, language)


def mistakes(session: Session, policy: Policy, outcomes: Iterable[Outcome], language: str) -> list[str]:
    """What cannot be answered, in the language of whoever asks; nothing of his mail may be carried out then."""
    asked = [deed for outcome in outcomes for deed in outcome.deeds if isinstance(deed, Record)]
    return [
        say(language, "no_such_ticket", tag=ticketrows.tag(policy, deed.number))
        for deed in asked
        if store.get_ticket(session, deed.number) is None
    ]


def answer_alone(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    ticket: Ticket | None,
    parsed: Parsed,
    outcomes: tuple[Outcome, ...],
    now: datetime,
) -> Disposition:
    """Answers a mail that only asks."""
    language = letters.language_for(desk.policy, technician)
    lines = [line for outcome in outcomes for line in outcome.lines]
    told = answer(session, desk, arrival, mail, technician, outcomes, now)
    dropped = bool(parsed.text.strip()) or any(not file.inline for file in mail.attachments)
    if lines or dropped:
        lines.extend([*told, say(language, "decision_dropped") if dropped else ""])
        cause = f"t{mail.canonical_digest[:20]}"
        letters.transcript(session, desk, ticket, technician, mail, lines, cause, now)
    names = ", ".join(f"#{call.command.name}" for call in parsed.calls)
    number = ticket.number if ticket else None
    return Disposition(DispositionKind.COMMANDED, f"{names} by {technician.email.lower()}", number)


def answer(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    outcomes: Iterable[Outcome],
    now: datetime,
) -> list[str]:
    """Sends what was asked for, each in a mail of its own; gives the lines of the transcript about it."""
    deeds: dict[Deed, None] = dict.fromkeys(deed for outcome in outcomes for deed in outcome.deeds)
    lines = []
    for deed in deeds:
        if isinstance(deed, Worklist):
            lines.append(_send_list(session, desk, arrival, mail, technician, deed, now))
        elif isinstance(deed, Record):
            lines.append(_send_record(session, desk, arrival, mail, technician, deed, now))
    return lines


def _send_list(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, asking: Technician, deed: Worklist, now: datetime
) -> str:
    policy, person = desk.policy, letters.person(asking)
    cause = f"r{arrival.receipt}:{deed.scale}"
    found = _find(session, policy, asking, deed.scale, now)
    data = {
        "scale": deed.scale.value,
        "total": found.total,
        "left_out": found.total - len(found.rows),
        "rows": ticketrows.rows(policy, found.rows, "worklist", person, cause, now),
    }
    letters.tell_technician(session, desk, None, "worklist", person, cause, now, data, answers=mail)
    return say(letters.language_for(policy, asking), "list_follows")


def _find(session: Session, policy: Policy, asking: Technician, scale: Scale, now: datetime) -> Listed:
    address = asking.email.lower()
    if scale is Scale.UNASSIGNED:
        return worklists.of_technician(session, "", ROWS)
    if scale is Scale.OVERDUE:
        return worklists.overdue(session, now, ROWS)
    if scale is Scale.TEAM:
        led = [team.name for team in policy.directory.teams.values() if team.lead.lower() == address]
        return worklists.of_teams(session, [*asking.teams, *led], ROWS)
    return worklists.of_technician(session, address, ROWS)


def _send_record(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, asking: Technician, deed: Record, now: datetime
) -> str:
    ticket = store.get_ticket(session, deed.number)
    assert ticket is not None
    assert ticket.number is not None
    person, cause = letters.person(asking), f"r{arrival.receipt}"
    data = _record(session, desk.policy, ticket, context_without_ticket(desk, asking, now))
    sent = letters.tell_technician(session, desk, ticket, "record", person, cause, now, data, answers=mail)
    phrase = "record_follows" if sent else "not_asked_again"
    return say(letters.language_for(desk.policy, asking), phrase, tag=ticketrows.tag(desk.policy, ticket.number))


def _record(session: Session, policy: Policy, ticket: Ticket, context: Context) -> dict[str, object]:
    number = ticket.number or 0
    events = store.events(session, number)
    return {
        **letters.so_far(session, ticket),
        "clock": _clock(policy, ticket, context.now),
        "events": [
            {
                "at": event.at,
                "kind": event.kind,
                "actor": event.actor,
                "what": _what(event.data, context),
                "reason": event.reason,
            }
            for event in events[-_EVENTS:]
        ],
        "events_left_out": max(len(events) - _EVENTS, 0),
    }


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
    used = timedelta(seconds=ticket.elapsed_seconds)
    if ticket.running_since is not None:
        used += calendar.elapsed(ticket.running_since, now)
    return {
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
