"""Queries for timing tickets anew, many at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from mailbot.adapters.tables import Ticket, TimerMark
from mailbot.core.model import ACTIVE_STATUSES

_ACTIVE = [str(status) for status in ACTIVE_STATUSES]


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


def marks_of(session: Session, tickets: Sequence[Ticket]) -> dict[int, dict[str, datetime]]:
    """The timers of each of these tickets that have fired in its present cycle, and when."""
    cycles = {ticket.number or 0: ticket.cycle for ticket in tickets}
    found: dict[int, dict[str, datetime]] = {number: {} for number in cycles}
    columns = (col(TimerMark.ticket), col(TimerMark.cycle), col(TimerMark.timer), col(TimerMark.fired_at))
    for number, cycle, timer, fired_at in session.execute(select(*columns).where(columns[0].in_(list(cycles)))):
        if cycle == cycles[number]:
            found[number][timer] = fired_at
    return found
