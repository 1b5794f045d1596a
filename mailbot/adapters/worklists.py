"""Lists of the tickets on which somebody works, what is due first on top. Their cost does not grow with history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from mailbot.adapters.tables import IS_ACTIVE, Entry, Ticket
from mailbot.core.model import ACTIVE_STATUSES, PAUSED_STATUSES

_RESPOND, _RESOLVE = col(Ticket.respond_by), col(Ticket.resolve_by)
_DUE = case((or_(_RESOLVE.is_(None), _RESPOND < _RESOLVE), _RESPOND), else_=_RESOLVE)
"""Whichever of the two promises comes first; NULL where there is none, or the clock stands still."""

_ACTIVE = sorted(map(str, ACTIVE_STATUSES))
_RUNNING = sorted(str(status) for status in ACTIVE_STATUSES - PAUSED_STATUSES)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of tickets, what is due first on top, and how many there are with those before and behind it."""

    rows: tuple[Ticket, ...]
    total: int


def of_technician(session: Session, technician: str, limit: int, skip: int = 0) -> Listed:
    """The active tickets of a technician (an addr-spec in lower case, "" = those that nobody has)."""
    return listed(session, of(technician), limit, skip)


def of_teams(session: Session, teams: Sequence[str], limit: int, skip: int = 0) -> Listed:
    """The active tickets of some teams, by their names in any case."""
    return listed(session, in_teams(teams), limit, skip)


def overdue(session: Session, now: datetime, limit: int, skip: int = 0) -> Listed:
    """The active tickets of which a promise was not kept."""
    return listed(session, is_overdue(now), limit, skip)


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """That somebody works on a ticket, and a promise was not kept."""
    return and_(IS_ACTIVE, or_(now >= _RESPOND, now >= _RESOLVE))


def is_due(now: datetime, until: datetime) -> ColumnElement[bool]:
    """That the promise of a ticket that comes first was kept so far, and ends before a time."""
    return and_(now < _DUE, until > _DUE)


def is_later(until: datetime) -> ColumnElement[bool]:
    """That no promise of a ticket ends before a time."""
    return or_(_DUE.is_(None), until <= _DUE)


def of(technician: str) -> ColumnElement[bool]:
    """That a ticket is an active one of a technician (an addr-spec in lower case, "" = nobody's)."""
    # The statuses say nothing new, but with them the index leads past all that he has ever closed.
    return and_(col(Ticket.technician) == technician, col(Ticket.status).in_(_ACTIVE))


def is_taken() -> ColumnElement[bool]:
    """That somebody has a ticket."""
    return col(Ticket.technician) != ""


def in_teams(teams: Sequence[str]) -> ColumnElement[bool]:
    """That a ticket is one of some teams, by their names in any case."""
    return func.lower(col(Ticket.team)).in_([team.lower() for team in teams])


def is_awaited() -> ColumnElement[bool]:
    """That somebody outside wrote last on a ticket that waits for nothing: he waits for an answer."""
    latest = (
        select(col(Entry.kind))
        .where(
            col(Entry.ticket) == col(Ticket.number),
            col(Entry.internal).is_(False),
            col(Entry.withdrawn_at).is_(None),
        )
        .order_by(col(Entry.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    return and_(col(Ticket.status).in_(_RUNNING), latest == "message")


def listed(session: Session, condition: ColumnElement[bool], limit: int, skip: int = 0) -> Listed:
    """The active tickets of which something is true."""
    total = session.scalar(select(func.count()).select_from(Ticket).where(IS_ACTIVE, condition)) or 0
    order = (_DUE.is_(None), _DUE, col(Ticket.number))
    rows = session.scalars(select(Ticket).where(IS_ACTIVE, condition).order_by(*order).limit(limit).offset(skip))
    return Listed(tuple(rows), total)
