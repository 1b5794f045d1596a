"""A copy of the whole state in a temporary SQLite file, on which the future can be tried without touching the present.

SQLite copies itself with its backup API, PostgreSQL is read in one snapshot; both happen in a transaction in which the
database itself refuses every change. Of a PostgreSQL database only what may matter is read: without the bytes of
messages and mails that nobody waits for, and without the long history of tickets that are over.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, event, insert, inspect, or_, select, text, update
from sqlmodel import Session, col

from mailbot.adapters import schema, search
from mailbot.adapters.columns import metadata
from mailbot.adapters.db import Database
from mailbot.adapters.tables import (
    IS_ACTIVE,
    Entry,
    Event,
    Hold,
    OutboxMail,
    Participant,
    RawMessage,
    Receipt,
    StoredAttachment,
    Ticket,
    TimerMark,
)
from mailbot.errors import TransientError

_NAME = "copy.db"
_RECENT = timedelta(days=35)
"""What happened within this time is copied whole: mails that sum up days or weeks count it."""
_ROWS = 1000  # Rows that are read and written at a time.
_WAITING = ("queued", "sending")
_LEFT_OUT = frozenset({"alembic_version", "undo"})  # In a copy nobody writes, so that nothing is undone.

_NO_SEARCH = """CREATE TRIGGER no_search AFTER UPDATE OF updated_at ON tickets
    BEGIN UPDATE tickets SET indexed_at = updated_at WHERE number = new.number; END"""
"""Nobody searches in a copy: its tickets count as indexed, whatever is changed."""


@contextmanager
def copied(database: Database, now: datetime) -> Iterator[Database]:
    """Lends a copy of the database as it is now, which is gone afterwards.

    Mails that are being sent at this moment count in the copy as waiting, and due now.

    Args:
        database: At the newest version of the schema; it is only read.
        now: The present moment.

    Raises:
        TransientError: The database cannot be read, or the copy has no room in the temporary directory.
    """
    with tempfile.TemporaryDirectory(prefix="mailbot-copy-") as folder:
        copy = Database(f"sqlite:///{_NAME}", state_dir=Path(folder))
        copy.label = f"the copy of {database.label} in {folder}"
        # A copy need not survive a power cut, and waiting for the disk would take longer than all the rest.
        event.listen(copy.engine, "connect", _hurry)
        try:
            if database.path is not None:
                _back_up(database, folder)
            else:
                schema.upgrade(copy)
                _read_all(database, copy, now)
            with copy.unit_of_work() as session:
                _call_back(session, now)
                session.execute(text(_NO_SEARCH))
            yield copy
        finally:
            copy.close()


def _hurry(connection: sqlite3.Connection, _entry: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _back_up(database: Database, folder: str) -> None:
    path = Path(folder) / _NAME
    with database.unit_of_work(write=False) as session:
        source: Any = session.connection().connection.driver_connection
        pages, size = (source.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        _require_room(database, folder, pages * size)
        try:
            target = sqlite3.connect(path)
            try:
                source.backup(target)
            finally:
                target.close()
        except sqlite3.Error as error:
            raise TransientError(
                f"{database.label} could not be copied to {folder} ({error}): try again later, or name a folder on"
                " another disk in the environment variable TMPDIR"
            ) from error


def _require_room(database: Database, folder: str, wanted: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise TransientError(
            f"a copy of {database.label} needs {wanted >> 20} MiB, and {folder} has {free >> 20}: name a folder on a"
            " disk with more room in the environment variable TMPDIR"
        )


def _call_back(session: Session, now: datetime) -> None:
    """Mails that somebody is sending right now have not been tried, as far as the copy goes."""
    under_way = update(OutboxMail).where(col(OutboxMail.state) == "sending", col(OutboxMail.next_attempt_at) > now)
    values = {"state": "queued", "attempts": col(OutboxMail.attempts) - 1, "next_attempt_at": now}
    session.execute(under_way.values(**values).execution_options(synchronize_session=False))


# PostgreSQL


def _read_all(database: Database, copy: Database, now: datetime) -> None:
    with database.unit_of_work(write=False) as session, copy.engine.connect() as target:
        source = session.connection()
        # All tables as of one moment; it must be the first thing that a transaction hears.
        source.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        source.execute(text("SET LOCAL statement_timeout = 0"))
        driver = target.connection.driver_connection
        assert driver is not None
        target.detach()  # Its changed pragma must never come back into the pool.
        # Rows that are left out may be named by others that are not.
        driver.execute("PRAGMA foreign_keys = OFF")
        with target.begin():
            for name in inspect(target).get_table_names():
                if name not in _LEFT_OUT and not search.is_index(name):
                    # A table that no loaded module knows is an error here, and none that is left out in silence.
                    _read(source, target, metadata.tables[name], now)


def _read(source: Connection, target: Connection, table: Table, now: datetime) -> None:
    statement = select(*_columns(table))
    wanted = _WANTED.get(table.name)
    if wanted is not None:
        statement = statement.where(wanted(now - _RECENT))
    target.execute(table.delete())  # The tables were made with a row that says which database this is.
    rows = source.execute(statement, execution_options={"stream_results": True, "max_row_buffer": _ROWS})
    for part in rows.mappings().partitions(_ROWS):
        target.execute(insert(table), [dict(row) for row in part])


def _columns(table: Table) -> list[ColumnElement[Any]]:
    """The columns; of the bytes of our mails only those that are still to be sent."""
    if table.name != "outbox":
        return list(table.columns)
    raw = case((table.c.state.in_(_WAITING), table.c.raw), else_=b"").label("raw")
    return [raw if column.name == "raw" else column for column in table.columns]


def _living() -> Any:
    """The numbers of the tickets about which there may still be a mail, and of those that they refer to."""
    parents = select(col(Ticket.waits_for)).where(col(Ticket.waits_for).is_not(None))
    survivors = select(col(Ticket.merged_into)).where(col(Ticket.merged_into).is_not(None))
    waiting = select(col(OutboxMail.ticket)).where(
        col(OutboxMail.state).in_(_WAITING), col(OutboxMail.ticket).is_not(None)
    )
    held = select(col(Hold.ticket)).where(col(Hold.state) == "open", col(Hold.ticket).is_not(None))
    return select(col(Ticket.number)).where(
        or_(
            IS_ACTIVE,
            col(Ticket.next_due_at).is_not(None),
            col(Ticket.merged_into).is_not(None),
            *(col(Ticket.number).in_(of) for of in (parents, survivors, waiting, held)),
        )
    )


def _held() -> Any:
    return select(col(Hold.receipt)).where(col(Hold.state) == "open")


def _entries(since: datetime) -> ColumnElement[bool]:
    return or_(col(Entry.ticket).in_(_living()), col(Entry.created_at) > since)


def _receipts(since: datetime) -> ColumnElement[bool]:
    of_entries = select(col(Entry.receipt)).where(_entries(since), col(Entry.receipt).is_not(None))
    return or_(
        col(Receipt.id).in_(_held()),
        col(Receipt.received_at) > since,
        col(Receipt.state) == "received",
        col(Receipt.id).in_(of_entries),
    )


def _attachments(since: datetime) -> ColumnElement[bool]:
    return col(StoredAttachment.entry).in_(select(col(Entry.id)).where(_entries(since)))


def _raws(since: datetime) -> ColumnElement[bool]:
    del since
    return col(RawMessage.sha256).in_(select(col(Receipt.sha256)).where(col(Receipt.id).in_(_held())))


def _mails(since: datetime) -> ColumnElement[bool]:
    return or_(
        col(OutboxMail.state).in_(_WAITING), col(OutboxMail.created_at) > since, col(OutboxMail.ticket).in_(_living())
    )


_WANTED: dict[str, Callable[[datetime], ColumnElement[bool]]] = {
    "participants": lambda _since: col(Participant.ticket).in_(_living()),
    "timer_marks": lambda _since: col(TimerMark.ticket).in_(_living()),
    "entries": _entries,
    "events": lambda since: or_(col(Event.ticket).in_(_living()), col(Event.at) > since),
    "attachments": _attachments,
    "receipts": _receipts,
    "raw_messages": _raws,
    "outbox": _mails,
}
"""Which rows of a large table are copied, by what happened since a time; of every other table all are."""
