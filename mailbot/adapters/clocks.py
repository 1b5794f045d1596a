"""Queries for the timers that concern many tickets at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from mailbot.adapters import store
from mailbot.adapters.tables import Ticket, TimerMark
from mailbot.core.model import ACTIVE_STATUSES

_ACTIVE = [str(status) for status in ACTIVE_STATUSES]

# Built once, since every tick asks them.
_TO_LOCK = (
    select(Ticket)
    .where(col(Ticket.number).in_(bindparam("numbers", expanding=True)), col(Ticket.next_due_at) <= bindparam("now"))
    .order_by(col(Ticket.number))
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)
_MARKS = select(col(TimerMark.ticket), col(TimerMark.cycle), col(TimerMark.timer), col(TimerMark.fired_at)).where(
    col(TimerMark.ticket).in_(bindparam("tickets", expanding=True))
)


def active_after(session: Session, number: int, limit: int) -> list[int]:
    """The numbers of the next active tickets after one, in order."""
    statement = (
        select(col(Ticket.number))
        .where(col(Ticket.number) > number, col(Ticket.status).in_(_ACTIVE))
        .order_by(col(Ticket.number))
        .limit(limit)
    )
    return [found for found in session.scalars(statement) if found is not None]


def lock_active(session: Session, numbers: Sequence[int]) -> list[Ticket]:
    """Those of these tickets that are active, read anew and locked against other writers, in order."""
    statement = (
        select(Ticket)
        .where(col(Ticket.number).in_(numbers), col(Ticket.status).in_(_ACTIVE))
        .order_by(col(Ticket.number))
        .with_for_update()
    )
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def lock_due(session: Session, numbers: Sequence[int], now: datetime) -> set[int]:
    """Locks those of these tickets of which a timer is due, and gives which: `store` need not ask for them again.

    Those that somebody else works on are left out. Waiting for them while others are locked might be for ever.
    """
    found = list(session.scalars(_TO_LOCK, {"numbers": list(numbers), "now": now}))
    marks = marks_of(session, found)
    session.info[store.LOCKED] = {ticket.number or 0: ticket for ticket in found}
    session.info[store.MARKS] = {(ticket.number or 0, ticket.cycle): marks[ticket.number or 0] for ticket in found}
    return set(marks)


def marks_of(session: Session, tickets: Sequence[Ticket]) -> dict[int, dict[str, datetime]]:
    """The timers of each of these tickets that have fired in its present cycle, and when."""
    cycles = {ticket.number or 0: ticket.cycle for ticket in tickets}
    found: dict[int, dict[str, datetime]] = {number: {} for number in cycles}
    rows: Any = session.connection().execute(_MARKS, {"tickets": list(cycles)})
    for number, cycle, timer, fired_at in rows:
        if cycle == cycles[number]:
            found[number][timer] = fired_at
    return found
