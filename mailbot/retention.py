"""Forgetting bytes that are older than the configuration wants; what became of a message stays in the ledger.

It goes on in small transactions, so that nobody waits for it, and looks only where something may be left to forget: the
history may be as long as it likes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlmodel import col

from mailbot.adapters import undos
from mailbot.adapters.db import Database
from mailbot.adapters.tables import Hold, OutboxMail, RawMessage, Receipt
from mailbot.policy import Policy

_NOTHING = timedelta(0)
_BATCH = 200  # Messages that are forgotten in one transaction.
_FINAL = ("sent", "failed", "cancelled", "uncertain")
_LATE = timedelta(days=2)  # How long after the time to give up a mail may still become final.


def purge(
    database: Database, policy: Policy, now: datetime, stopping: Callable[[], bool] = lambda: False
) -> tuple[int, int]:
    """Deletes the raw bytes of old messages and the bytes of old mails of ours; gives how many of each.

    What #undo would need goes as soon as the time for that is up.

    Messages that still wait for a decision are kept, however old they are, and so are mails that may yet be sent.

    Raises:
        TransientError: The database is not to be had; what is left is done the next time.
    """
    wanted = policy.settings.retention
    received = sent = 0
    _forget_undo(database, now, stopping)
    if wanted.raw > _NOTHING:
        received = _forget_received(database, now - wanted.raw, stopping)
    if wanted.sent > _NOTHING:
        sent = _forget_ours(database, now - wanted.sent, policy.settings.smtp.give_up_after + _LATE, stopping)
    return received, sent


def _forget_undo(database: Database, now: datetime, stopping: Callable[[], bool]) -> None:
    while not stopping():
        with database.unit_of_work() as session:
            if undos.purge(session, now, _BATCH) < _BATCH:
                break


def _forget_received(database: Database, before: datetime, stopping: Callable[[], bool]) -> int:
    forgotten, last = 0, ""
    while not stopping():
        with database.unit_of_work(write=False) as session:
            rows = session.execute(old_receipts(before, last, _BATCH)).all()
        if not rows:
            break
        last = rows[-1].sha256
        ids, keys = [row.id for row in rows], {row.sha256 for row in rows}
        with database.unit_of_work() as session:
            # The conditions are asked again: somebody may have begun to wait for one of them.
            cut = update(Receipt).where(col(Receipt.id).in_(ids), _forgettable(before)).values(sha256=None)
            changed = session.execute(cut.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
            unused = ~exists().where(col(Receipt.sha256) == col(RawMessage.sha256))
            free = delete(RawMessage).where(col(RawMessage.sha256).in_(keys), unused)
            forgotten += session.execute(free.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
        if not changed:
            break
    return forgotten


def old_receipts(before: datetime, start: str, limit: int) -> Select[int | None, str | None]:
    """The receipts whose raw message may be forgotten, in the order of its key; those without one are not looked at."""
    return (
        select(col(Receipt.id), col(Receipt.sha256))
        .where(col(Receipt.sha256) >= start, _forgettable(before))
        .order_by(col(Receipt.sha256), col(Receipt.id))
        .limit(limit)
    )


def _forgettable(before: datetime) -> ColumnElement[bool]:
    waiting = exists().where(col(Hold.receipt) == col(Receipt.id), col(Hold.state) == "open")
    return and_(
        col(Receipt.received_at) < before,
        col(Receipt.state) == "done",
        col(Receipt.disposition) != "quarantined",
        ~waiting,
    )


def _forget_ours(database: Database, before: datetime, late: timedelta, stopping: Callable[[], bool]) -> int:
    """Goes back in time until there is nothing more to free, but past all that may have become final lately."""
    forgotten, end = 0, (before, 0)
    while not stopping():
        with database.unit_of_work(write=False) as session:
            rows = session.execute(old_mails(end[0], end[1], _BATCH)).all()
        if not rows:
            break
        ids = [row.id for row in rows if row.size and row.state in _FINAL and (row.sent_at or before) <= before]
        if not ids and rows[0].created_at < before - late:
            break
        end = (rows[-1].created_at, rows[-1].id)
        if ids:
            with database.unit_of_work() as session:
                free = update(OutboxMail).where(col(OutboxMail.id).in_(ids)).values(raw=b"")
                forgotten += session.execute(free.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    return forgotten


def old_mails(before: datetime, below: int, limit: int) -> Select[int | None, datetime, str, datetime | None, int]:
    """The mails of ours that were queued before a time, or then and with a smaller id, the youngest first."""
    earlier = or_(
        col(OutboxMail.created_at) < before, and_(col(OutboxMail.created_at) == before, col(OutboxMail.id) < below)
    )
    return (
        select(
            col(OutboxMail.id),
            col(OutboxMail.created_at),
            col(OutboxMail.state),
            col(OutboxMail.sent_at),
            func.length(col(OutboxMail.raw)).label("size"),
        )
        # The first condition says nothing new, but it is the one that a database finds an index for.
        .where(col(OutboxMail.created_at) <= before, earlier)
        .order_by(col(OutboxMail.created_at).desc(), col(OutboxMail.id).desc())
        .limit(limit)
    )
