"""Who of the technicians is away, and until when: those get no tickets by themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col

from mailbot.adapters.tables import TechnicianState, table_of

_STATES = table_of(TechnicianState)
_UNTIL: dict[str, Any] = {"away_until": literal_column("excluded.away_until")}
_NOTE = {
    "sqlite": insert_sqlite(_STATES).on_conflict_do_update(index_elements=["address"], set_=_UNTIL),
    "postgresql": insert_postgresql(_STATES).on_conflict_do_update(index_elements=["address"], set_=_UNTIL),
}


def note(session: Session, technician: str, until: datetime) -> None:
    """Remembers until when a technician is away (UTC); what was remembered before counts no longer."""
    connection = session.connection()
    connection.execute(_NOTE[connection.dialect.name], {"address": technician, "away_until": until})


def end(session: Session, technician: str, now: datetime) -> bool:
    """Forgets the absence of a technician; gives whether he counted as away until then."""
    statement = (
        update(TechnicianState)
        .where(col(TechnicianState.address) == technician, col(TechnicianState.away_until) > now)
        .values(away_until=None)
    )
    result = session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def away(session: Session, technicians: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Those among these technicians who are away, and until when (UTC)."""
    statement = select(col(TechnicianState.address), col(TechnicianState.away_until)).where(
        col(TechnicianState.address).in_(technicians), col(TechnicianState.away_until) > now
    )
    return {address: until for address, until in session.execute(statement)}  # noqa: C416 - a row is no pair for mypy.
