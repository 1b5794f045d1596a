"""Who of the technicians is away, and until when: those get no tickets by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col

from mailbot.adapters import traces
from mailbot.adapters.tables import Participant, TechnicianState, table_of
from mailbot.core.model import AwayWhy

_STATES = table_of(TechnicianState)
_MARKS: dict[str, Any] = {
    "away_until": literal_column("excluded.away_until"),
    "away_why": literal_column("excluded.away_why"),
    # One absence that is made longer, or becomes known in another way, began when it began.
    "away_since": func.coalesce(_STATES.c.away_since, literal_column("excluded.away_since")),
}
_NOTE = {
    "sqlite": insert_sqlite(_STATES).on_conflict_do_update(index_elements=["address"], set_=_MARKS),
    "postgresql": insert_postgresql(_STATES).on_conflict_do_update(index_elements=["address"], set_=_MARKS),
}


_OVER = select(col(TechnicianState.address)).where(
    col(TechnicianState.away_since).is_not(None), col(TechnicianState.away_until) <= bindparam("now")
)
_EVERYBODY_AWAY = select(col(TechnicianState.address), col(TechnicianState.away_until)).where(
    col(TechnicianState.away_until) > bindparam("now")
)


@dataclass(frozen=True, slots=True)
class Absence:
    """Since when somebody is away and until when (UTC), and how that is known."""

    since: datetime
    until: datetime
    why: AwayWhy


def note(session: Session, technician: str, until: datetime, now: datetime, why: AwayWhy) -> None:
    """Remembers until when a technician is away (UTC); what was remembered before counts no longer."""
    _keep(session, technician)
    connection = session.connection()
    values = {"address": technician, "away_until": until, "away_since": now, "away_why": why.value}
    connection.execute(_NOTE[connection.dialect.name], values)


def end(session: Session, technician: str) -> Absence | None:
    """Forgets the absence of a technician, one that is over included of which he was not told yet; gives it."""
    found = of(session, technician)
    if found is not None:
        _keep(session, technician)
        statement = update(TechnicianState).where(col(TechnicianState.address) == technician)
        cleared = statement.values(away_until=None, away_since=None, away_why=None)
        session.execute(cleared.execution_options(synchronize_session=False))
    return found


def _keep(session: Session, technician: str) -> None:
    traces.keep_row(session, TechnicianState, ("away_until", "away_since", "away_why"), address=technician)


def of(session: Session, technician: str) -> Absence | None:
    """What is remembered of the absence of a technician; None if he is there, and was told what happened before."""
    columns = (TechnicianState.away_since, TechnicianState.away_until, TechnicianState.away_why)
    statement = select(*map(col, columns)).where(
        col(TechnicianState.address) == technician, col(TechnicianState.away_since).is_not(None)
    )
    row = session.execute(statement.with_for_update()).first()
    return Absence(row[0], row[1] or row[0], AwayWhy(row[2] or AwayWhy.NOTICE)) if row is not None else None


def over(session: Session, now: datetime) -> list[str]:
    """The technicians whose absence is over, and who were not told yet what happened; a few rows are looked at."""
    return list(session.connection().scalars(_OVER, {"now": now}))


def around(session: Session, ticket: int, technician: str, now: datetime) -> tuple[list[Participant], datetime | None]:
    """The people of a ticket, and until when a technician is away (UTC, None = he is there), with one question."""
    away_until = (
        select(col(TechnicianState.away_until))
        .where(col(TechnicianState.address) == technician, col(TechnicianState.away_until) > now)
        .scalar_subquery()
    )
    statement = select(Participant, away_until).where(col(Participant.ticket) == ticket).order_by(col(Participant.id))
    rows = session.execute(statement).all()
    return [person for person, _until in rows], rows[0][1] if rows else None


def everybody_away(session: Session, now: datetime) -> dict[str, datetime]:
    """All technicians who are away, and until when (UTC)."""
    rows: Any = session.connection().execute(_EVERYBODY_AWAY, {"now": now})
    return {address: until for address, until in rows}  # noqa: C416 - a row is no pair for mypy.


def away(session: Session, technicians: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Those among these technicians who are away, and until when (UTC)."""
    statement = select(col(TechnicianState.address), col(TechnicianState.away_until)).where(
        col(TechnicianState.address).in_(technicians), col(TechnicianState.away_until) > now
    )
    return {address: until for address, until in session.execute(statement)}  # noqa: C416 - a row is no pair for mypy.
