"""Turning what a command wants into changes, each with its line for the transcript."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailbot.core.commands.base import Change, CommandRefusedError, Context, Field, Outcome
from mailbot.core.commands.when import show_moment
from mailbot.core.durations import hours_and_minutes
from mailbot.core.model import ACTIVE_STATUSES, PAUSED_STATUSES, Impact, Priority, Source, Status, TicketView, Urgency
from mailbot.core.phrases import say, word

_LISTED = 80


def current(field: Field, ticket: TicketView) -> str:
    """The value of a field of a ticket, in the form of `Change`."""
    match field:
        case "wait_until":
            return ticket.wait_until.isoformat() if ticket.wait_until else ""
        case "tags":
            return " ".join(ticket.tags)
        case _:
            return str(getattr(ticket, field))


_READ: Mapping[str, Callable[[str], object]] = {
    "priority": Priority,
    "impact": Impact,
    "urgency": Urgency,
    "wait_until": lambda new: datetime.fromisoformat(new) if new else None,
    "tags": lambda new: tuple(new.split()),
    "worked_minutes": int,
    "source": Source,
}
"""How the fields that are no text are read from the text of a change."""


def changed(ticket: TicketView, change: Change) -> TicketView:
    """The ticket after a change; the original is left alone."""
    if change.field == "status":
        # Whatever does not wait has no date until which it waits.
        status = Status(change.new)
        return replace(ticket, status=status, wait_until=ticket.wait_until if status in PAUSED_STATUSES else None)
    value: Any = _READ.get(change.field, str)(change.new)
    return replace(ticket, **{change.field: value})


def outcome(context: Context, *wanted: tuple[Field, str]) -> Outcome:
    """The outcome that sets some fields; one that has its value already is only mentioned."""
    changes: list[Change] = []
    lines: list[str] = []
    for field, new in wanted:
        old = current(field, context.ticket)
        name = word(context.language, field)
        if old == new:
            lines.append(say(context.language, "unchanged", field=name, new=display(field, new, context)))
            continue
        changes.append(Change(field, old, new))
        before, after = display(field, old, context), display(field, new, context)
        lines.append(say(context.language, "changed", field=name, old=before, new=after))
    return Outcome(changes=tuple(changes), lines=tuple(lines))


def display(field: Field, value: str, context: Context) -> str:
    """A value of a field, for people, in the language of the actor."""
    if field == "technician":
        known = context.directory.technician(value)
        return (known.name if known else "") or value or say(context.language, "nobody")
    if not value:
        return say(context.language, "no_date" if field == "wait_until" else "nothing")
    if field == "wait_until":
        return show_moment(datetime.fromisoformat(value), context.zone, context.language)
    if field in {"status", "priority", "impact", "urgency", "source"}:
        return word(context.language, value)
    if field == "worked_minutes":
        return hours_and_minutes(int(value))
    line = " ".join(value[: 2 * _LISTED].split())
    return line if len(line) <= _LISTED else f"{line[:_LISTED].rstrip()}…"


def require_active(context: Context) -> None:
    """Refuse what makes no sense for a ticket on which nobody works any more.

    Raises:
        CommandRefusedError: the ticket is resolved or closed.
    """
    status = context.ticket.status
    if status not in ACTIVE_STATUSES:
        raise CommandRefusedError("is_closed", status=word(context.language, status))
