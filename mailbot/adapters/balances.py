"""How the service itself fares, in numbers: what became of all messages, what was not sent, what waits.

The cost follows from what happened since the last time, and from what waits; not from how long the history is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Index, case, func, literal_column, select, text
from sqlmodel import Session, col

from mailbot.adapters.columns import filled
from mailbot.adapters.tables import Hold, OutboxMail, Receipt, table_of
from mailbot.core.model import DispositionKind

_IS_QUARANTINED: ColumnElement[bool] = literal_column("disposition = 'quarantined'")
"""A partial index serves only a query that says its condition in the very same words."""

INDEXES = (
    Index(
        "ix_receipts_quarantined",
        table_of(Receipt).c.id,
        sqlite_where=_IS_QUARANTINED,
        postgresql_where=_IS_QUARANTINED,
    ),
    filled(table_of(OutboxMail), "lost_at"),
    filled(table_of(OutboxMail), "bounced_at"),
)
"""The indexes of these questions; they cost only where something goes wrong."""

_SKEW = timedelta(days=1)  # So far a clock may have been set back, or that of one node be wrong.


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of the messages that were received in a time.

    Attributes:
        seen: All of them.
        became: How many became what; a disposition that nothing became is not in it.
        waiting: Those that are received and not processed yet.
    """

    seen: int
    became: Mapping[str, int]
    waiting: int

    @property
    def unexplained(self) -> int:
        """How many neither became anything nor wait: there must be none."""
        return self.seen - sum(self.became.values()) - self.waiting


@dataclass(frozen=True, slots=True)
class Waits:
    """How many wait, and since when the oldest does (UTC, None if none does)."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of our mails in a time: how many were sent, came back, were lost; which wait to be tried again."""

    sent: int
    came_back: int
    lost: int
    retried: Waits


class Lost(NamedTuple):
    """A mail of ours that failed, or ("uncertain") of which nobody knows whether it arrived; what the server said."""

    notice: str
    ticket: int | None
    recipient: str
    state: str
    answer: str


def ledger(session: Session, since: datetime) -> Ledger:
    """What became of the messages that were received since then."""
    # Receipts are in the order of their time, so that the newest ones are found from the end.
    before = select(col(Receipt.id)).where(col(Receipt.received_at) < since - _SKEW)
    last = before.order_by(col(Receipt.id).desc()).limit(1).scalar_subquery()
    statement = (
        select(col(Receipt.state), col(Receipt.disposition), func.count())
        .where(col(Receipt.id) > func.coalesce(last, 0), col(Receipt.received_at) >= since)
        .group_by(col(Receipt.state), col(Receipt.disposition))
    )
    seen = waiting = 0
    became: dict[str, int] = {}
    for state, disposition, count in session.execute(statement):
        seen += count
        if state == "received":
            waiting += count
        elif disposition:
            became[disposition] = count
    return Ledger(seen, {kind.value: became[kind] for kind in DispositionKind if kind in became}, waiting)


def unprocessed(session: Session) -> Waits:
    """The messages that are received and have no disposition yet."""
    statement = select(func.count(), func.min(col(Receipt.received_at))).where(col(Receipt.state) == "received")
    return Waits(*session.execute(statement).one())


@dataclass(frozen=True, slots=True)
class Quarantine:
    """How many messages lie in quarantine, how many of them since a time, and the newest."""

    count: int
    fresh: int
    newest: tuple[Receipt, ...]


def quarantine(session: Session, since: datetime, limit: int) -> Quarantine:
    """The messages in quarantine; those since a time, and of all the newest, up to a limit."""
    fresh = func.coalesce(func.sum(case((col(Receipt.disposed_at) >= since, 1), else_=0)), 0)
    count, lately = session.execute(select(func.count(), fresh).select_from(Receipt).where(_IS_QUARANTINED)).one()
    newest = select(Receipt).where(_IS_QUARANTINED).order_by(col(Receipt.id).desc()).limit(limit)
    return Quarantine(count, lately, tuple(session.scalars(newest)))


def held(session: Session) -> Waits:
    """The messages that wait for somebody's decision."""
    statement = select(func.count(), func.min(col(Hold.created_at))).where(col(Hold.state) == "open")
    return Waits(*session.execute(statement).one())


def sending(session: Session, since: datetime) -> Sending:
    """What became of our mails since then."""

    def count(*condition: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(OutboxMail).where(*condition)) or 0

    again = select(func.count(), func.min(col(OutboxMail.created_at))).where(
        col(OutboxMail.next_attempt_at).is_not(None), col(OutboxMail.state) == "queued", col(OutboxMail.attempts) > 0
    )
    return Sending(
        sent=count(col(OutboxMail.sent_at) >= since),
        came_back=count(col(OutboxMail.bounced_at) >= since),
        lost=count(col(OutboxMail.lost_at) >= since),
        retried=Waits(*session.execute(again).one()),
    )


def lost(session: Session, since: datetime, limit: int) -> list[Lost]:
    """The mails of ours that were lost since then, the newest first."""
    columns = (OutboxMail.notice, OutboxMail.ticket, OutboxMail.recipient, OutboxMail.state, OutboxMail.answer)
    statement = select(*map(col, columns)).where(col(OutboxMail.lost_at) >= since)
    rows = session.execute(statement.order_by(col(OutboxMail.lost_at).desc(), col(OutboxMail.id).desc()).limit(limit))
    return [Lost(*row) for row in rows]


def last_received(session: Session, mailboxes: Sequence[str]) -> dict[str, datetime | None]:
    """When the newest message of each mailbox came (UTC), None if none ever did.

    The newest is the one with the highest UID under the highest UIDVALIDITY (RFC 9051 s.2.3.1.1: both only grow).
    """
    newest = {}
    for mailbox in mailboxes:
        statement = select(col(Receipt.received_at)).where(col(Receipt.mailbox) == mailbox)
        order = (col(Receipt.uidvalidity).desc(), col(Receipt.uid).desc())
        newest[mailbox] = session.scalar(statement.order_by(*order).limit(1))
    return newest


def size(session: Session) -> int:
    """How large the database is, in bytes."""
    on_sqlite = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    on_postgres = "SELECT pg_database_size(current_database())"
    is_sqlite = session.connection().dialect.name == "sqlite"
    return int(session.connection().execute(text(on_sqlite if is_sqlite else on_postgres)).scalar_one())
