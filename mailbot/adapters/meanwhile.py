"""What happened to tickets since a moment. Only those on which somebody works are looked at, found by their indexes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from mailbot.adapters.tables import IS_ACTIVE, Entry, Ticket


def came(session: Session, teams: Sequence[str], but_of: str, since: datetime, limit: int) -> list[Ticket]:
    """The tickets of some teams that were opened since then and are not those of one technician, oldest first."""
    statement = select(Ticket).where(
        IS_ACTIVE,
        func.lower(col(Ticket.team)).in_([team.lower() for team in teams]),
        col(Ticket.created_at) >= since,
        col(Ticket.technician) != but_of,
    )
    return list(session.scalars(statement.order_by(col(Ticket.number)).limit(limit)))


def answered(session: Session, technician: str, since: datetime, limit: int) -> list[tuple[Ticket, int]]:
    """The tickets of a technician to which somebody outside wrote after that, and how often, oldest first."""
    counts = (
        select(col(Entry.ticket), func.count().label("count"))
        .join(Ticket, col(Ticket.number) == col(Entry.ticket))
        .where(IS_ACTIVE, col(Ticket.technician) == technician)
        .where(col(Entry.kind) == "message", col(Entry.created_at) > since)
        .group_by(col(Entry.ticket))
        .order_by(col(Entry.ticket))
        .limit(limit)
    )
    found = {number: count for number, count in session.execute(counts)}  # noqa: C416 - a row is no pair for mypy.
    rows = session.scalars(select(Ticket).where(col(Ticket.number).in_(found)).order_by(col(Ticket.number)))
    return [(row, found[row.number or 0]) for row in rows]


def due(session: Session, technician: str, until: datetime, limit: int) -> list[Ticket]:
    """The tickets of a technician of which a promise ends until then, or was broken, oldest first."""
    statement = select(Ticket).where(
        IS_ACTIVE,
        col(Ticket.technician) == technician,
        or_(col(Ticket.respond_by) <= until, col(Ticket.resolve_by) <= until),
    )
    return list(session.scalars(statement.order_by(col(Ticket.number)).limit(limit)))
