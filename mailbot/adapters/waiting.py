"""Queries about held messages that wait: which are to be asked about again, and all of them for operators."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from mailbot.adapters.tables import Hold, Receipt


def to_ask(session: Session, now: datetime, limit: int) -> list[int]:
    """The holds whose question is to be tried again by now, the oldest first."""
    statement = select(col(Hold.id)).where(col(Hold.ask_at) <= now, col(Hold.state) == "open")
    return [key for key in session.scalars(statement.order_by(col(Hold.id)).limit(limit)) if key is not None]


def loop_of(session: Session, originator: str) -> int | None:
    """The oldest mail of an address that is held as a machine's answer and that nobody has decided about."""
    row = session.execute(_loops(originator).where(col(Hold.state) == "open").order_by(col(Hold.id)).limit(1)).first()
    return row[0] if row else None


def was_let_in(session: Session, originator: str, since: datetime) -> bool:
    """Whether somebody has let in what an address sent since a time (UTC), and what looked like a machine's answer."""
    let_in = _loops(originator).where(col(Hold.state) == "released", col(Hold.created_at) > since)
    return session.scalar(let_in.limit(1)) is not None


def loops_of(session: Session, originator: str) -> list[Hold]:
    """Every mail of an address that is held as a machine's answer and that nobody has decided about; locked."""
    open_ones = select(Hold).where(
        col(Hold.originator) == originator, col(Hold.kind) == "loop", col(Hold.state) == "open"
    )
    return list(session.scalars(open_ones.order_by(col(Hold.id)).with_for_update()))


def _loops(originator: str) -> Select[Any]:
    return select(col(Hold.id)).where(col(Hold.originator) == originator, col(Hold.kind) == "loop")


def lock(session: Session, key: int) -> Hold | None:
    """A hold, read anew and locked against other writers; None if there is none or it is decided."""
    statement = select(Hold).where(col(Hold.id) == key).with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    return row if row is not None and row.state == "open" else None


def open_holds(session: Session) -> list[tuple[Hold, Receipt]]:
    """Every held message that nobody has decided about, with its receipt, the oldest first."""
    statement = (
        select(Hold, Receipt)
        .join(Receipt, col(Receipt.id) == col(Hold.receipt))
        .where(col(Hold.state) == "open")
        .order_by(col(Hold.id))
    )
    return [(hold, receipt) for hold, receipt in session.execute(statement)]
