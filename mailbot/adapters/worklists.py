"""Lists of the tickets on which somebody works, what is due first on top. Their cost does not grow with history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from mailbot.adapters.tables import IS_ACTIVE, Ticket

_RESPOND, _RESOLVE = col(Ticket.respond_by), col(Ticket.resolve_by)
_DUE = case((or_(_RESOLVE.is_(None), _RESPOND < _RESOLVE), _RESPOND), else_=_RESOLVE)
"""Whichever of the two promises comes first; NULL where there is none, or the clock stands still."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of tickets, what is due first on top, and how many there are with those before and behind it."""

    rows: tuple[Ticket, ...]
    total: int


def of_technician(session: Session, technician: str, limit: int, skip: int = 0) -> Listed:
    """The active tickets of a technician (an addr-spec in lower case, "" = those that nobody has)."""
    return _listed(session, col(Ticket.technician) == technician, limit, skip)


def of_teams(session: Session, teams: Sequence[str], limit: int, skip: int = 0) -> Listed:
    """The active tickets of some teams, by their names in any case."""
    return _listed(session, func.lower(col(Ticket.team)).in_([team.lower() for team in teams]), limit, skip)


def overdue(session: Session, now: datetime, limit: int, skip: int = 0) -> Listed:
    """The active tickets of which a promise was not kept."""
    return _listed(session, is_overdue(now), limit, skip)


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """That somebody works on a ticket, and a promise was not kept."""
    return and_(IS_ACTIVE, or_(now >= _RESPOND, now >= _RESOLVE))


def _listed(session: Session, condition: ColumnElement[bool], limit: int, skip: int = 0) -> Listed:
    total = session.scalar(select(func.count()).select_from(Ticket).where(IS_ACTIVE, condition)) or 0
    order = (_DUE.is_(None), _DUE, col(Ticket.number))
    rows = session.scalars(select(Ticket).where(IS_ACTIVE, condition).order_by(*order).limit(limit).offset(skip))
    return Listed(tuple(rows), total)
