"""Mails that wait a little before their first attempt, so that many to one person may go as one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from mailbot.adapters.tables import OutboxMail, Ticket

StatementError = DBAPIError
"""That the database refused a statement or could not be reached: nothing else can be done in that transaction."""

_RECENT = timedelta(days=7)
_MOST = 2000  # Mails of one person in one list; those behind them make the next.
_WAITS: ColumnElement[bool] = and_(
    col(OutboxMail.state) == "queued", col(OutboxMail.attempts) == 0, col(OutboxMail.gathers).is_(True)
)


class Waiting(NamedTuple):
    """A mail that waits for others: its id, and the ticket that it is about."""

    id: int
    ticket: int


def waits(mail: OutboxMail) -> bool:
    """Whether a mail was queued to wait for others, and was not tried since."""
    return mail.gathers and mail.attempts == 0


def waiting(session: Session, recipient: str, notice: str, now: datetime) -> list[Waiting]:
    """The mails of one kind to one person that wait for each other, due or not; locked against other nodes."""
    statement = (
        select(col(OutboxMail.id), col(OutboxMail.ticket))
        .where(
            _WAITS,
            col(OutboxMail.recipient) == recipient,
            col(OutboxMail.created_at) > now - _RECENT,
            col(OutboxMail.notice) == notice,
            col(OutboxMail.ticket).is_not(None),
        )
        .order_by(col(OutboxMail.id))
        .limit(_MOST)
        .with_for_update(skip_locked=True)
    )
    return [Waiting(key, ticket) for key, ticket in session.execute(statement) if key is not None and ticket]


def tickets(session: Session, numbers: Iterable[int]) -> list[Ticket]:
    """The tickets with these numbers."""
    return list(session.scalars(select(Ticket).where(col(Ticket.number).in_(list(numbers)))))


def hurry(session: Session, now: datetime, notices: Iterable[str], patience: timedelta) -> int:
    """Makes mails that wait for others due at once, because nothing more comes; gives how many.

    Those that wait for longer than `patience` wait for the business hours of whoever gets them.
    """
    statement = (
        update(OutboxMail)
        .where(
            _WAITS,
            col(OutboxMail.next_attempt_at) > now,
            col(OutboxMail.next_attempt_at) <= now + patience,
            col(OutboxMail.created_at) < now,
            col(OutboxMail.notice).in_(list(notices)),
        )
        .values(next_attempt_at=now)
    )
    result = session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]
