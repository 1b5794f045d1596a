"""Queries about held messages that wait: which are to be asked about again, and all of them for operators."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from mailbot.adapters.tables import Hold, Receipt


def to_ask(session: Session, now: datetime, limit: int) -> list[int]:
    """The holds whose question is to be tried again by now, the oldest first."""
    statement = select(col(Hold.id)).where(col(Hold.ask_at) <= now, col(Hold.state) == "open")
    return [key for key in session.scalars(statement.order_by(col(Hold.id)).limit(limit)) if key is not None]


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
