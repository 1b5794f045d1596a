"""The database: units of work on SQLite or PostgreSQL, errors in plain words, and the check of its health.

Two things are done against the drivers' defaults. On SQLite every writing transaction starts with BEGIN IMMEDIATE:
the deferred default lets two threads read the same row and then silently lose one of their updates. And nothing of
a statement's parameters gets into the text of an error, since they hold people's mail.
"""

import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from mailbot.adapters.engines import host_of, parse_url, postgres_engine, sqlite_engine
from mailbot.adapters.locks import Turns, instance_lock
from mailbot.adapters.schema import missing, require_current
from mailbot.errors import DatabaseLostError, MailbotError, SchemaError, TransientError

__all__ = ["Database", "instance_lock"]

_BEGIN_ATTEMPTS = 3
_TURN_TIMEOUT = 120.0  # Seconds; no transaction of ours waits for a network, so none takes this long.

_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_POSTGRES_RETRY = frozenset({"40001", "40P01", "55P03", "57014"})
"""Serialisation failure, deadlock, lock time-out, statement time-out: the server is well, other work was in the way."""

_POSTGRES_DAMAGED = frozenset({"XX001", "XX002"})
_POSTGRES_PASSING = frozenset({"", "08", "28", "3D", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE that tell of the server, not of a statement; "" comes from the client: no connection."""


class Database:
    """The one database of a helpdesk. Opening it is cheap: the first connection is made when it is needed.

    Args:
        url: "sqlite:///FILE" (a relative file lies in `state_dir`) or "postgresql+psycopg://NAME:PASSWORD@HOST/DB".
        state_dir: the directory of mailbot's own files.
        busy_timeout: how long SQLite waits for another process that writes, in seconds; three times before it is
            an error.

    Raises:
        ConfigError: the URL is not one of these, or the driver for PostgreSQL is not installed.
    """

    def __init__(self, url: str, *, state_dir: Path, busy_timeout: float = 10.0) -> None:
        parsed = parse_url(url)
        self.dialect = parsed.get_backend_name()
        self.state_dir = state_dir
        self.path = state_dir / (parsed.database or "") if self.dialect == "sqlite" else None
        self.busy_timeout = busy_timeout
        self._turns = Turns()
        self._file: tuple[int, int] | None = None
        if self.path is not None:
            self.label = f"the SQLite database {self.path}"
            self.engine = sqlite_engine(self.path, busy_timeout, read_only=False)
            self._reader = sqlite_engine(self.path, busy_timeout, read_only=True)
        else:
            self.label = f"the PostgreSQL database {parsed.database or ''} at {host_of(parsed)}"
            self.engine = postgres_engine(parsed)
            self._reader = self.engine.execution_options(postgresql_readonly=True)

    @contextmanager
    def unit_of_work(self, *, write: bool = True) -> Iterator[Session]:
        """Opens a session and one transaction: committed at the end of the block, rolled back by any exception.

        Rows stay readable after the commit. With `write=False` the database refuses every change, and on SQLite the
        session sees one unchanging state while others write. On PostgreSQL the isolation is READ COMMITTED: to read
        and then change a row, lock it (`with_for_update`) or make the UPDATE conditional.

        Raises:
            TransientError: the database cannot be reached or written now. If it was lost during the commit, nobody
                knows whether the transaction was done: look its key up before doing it again.
            SchemaError: the database does not exist or is damaged.
            DatabaseLostError: its file was removed or replaced since the first unit of work.
        """
        self._require_same_file()
        with ExitStack() as stack:
            if write and self.path is not None:
                stack.enter_context(self._turns.turn(_TURN_TIMEOUT))
            stack.enter_context(self.errors_explained(write=write))
            # Leaving the session's own block without a commit rolls back, whatever the exception was.
            session = stack.enter_context(Session(self.engine if write else self._reader, expire_on_commit=False))
            self._begin(session)
            yield session
            session.commit()

    @contextmanager
    def savepoint(self, session: Session) -> Iterator[None]:
        """Takes a block of a writing unit of work back alone when it fails; the unit goes on with what was before it.

        No object of the session lives on behind it, since those that the block made or changed may be true no more.

        Raises:
            TransientError, SchemaError: as `unit_of_work`, of which nothing may be committed then.
        """
        connection = session.connection()
        driver = connection.connection.dbapi_connection
        point = session.begin_nested()
        try:
            yield
            point.commit()
        except BaseException as error:
            if self.path is not None and not getattr(driver, "in_transaction", True):
                # A full disk, for one, makes SQLite roll all back: there is no savepoint to return to any more.
                connection.invalidate()
                raise self._given_up(error) from error
            with self.errors_explained(write=True):
                point.rollback()
            if isinstance(error, DBAPIError):
                with self.errors_explained(write=True):
                    raise
            raise
        finally:
            session.expunge_all()
            session.info.clear()  # What was remembered of rows, for the same reason.

    def _given_up(self, error: BaseException) -> MailbotError:
        """Why SQLite rolled a whole transaction back: its own words, whatever failed because of that afterwards."""
        cause: BaseException | None = error
        while cause is not None:
            explained = self._explain_sqlite(cause, write=True) if isinstance(cause, DBAPIError) else None
            if explained is not None:
                return explained
            cause = cause.__context__
        return TransientError(f"{self.label} took a whole transaction back ({error!r}): it is tried again")

    def _require_same_file(self) -> None:
        """Makes sure that the path still names the file that was opened first.

        Connections that are open go on with a file that was removed, and new ones take whatever lies in its place:
        what is written then is lost, or mixed with the tickets of another time.
        """
        if self.path is None:
            return
        try:
            status = self.path.stat()
        except FileNotFoundError:
            found = None
        except OSError:
            return  # Whether the file can be reached at all is for SQLite to say.
        else:
            found = (status.st_dev, status.st_ino)
        if self._file is None:
            self._file = found
        elif found != self._file:
            raise DatabaseLostError(
                f"{self.label} was {'replaced' if found else 'removed'} while mailbot used it. Nothing more is read or"
                " sent. Put the file back, or the newest backup if it is lost, while mailbot is stopped; then start it"
                " again: mail that was not filed yet is read again"
            )

    def _begin(self, session: Session) -> None:
        """Starts the transaction now, so that waiting for another writer happens before any work is done."""
        for attempt in range(1, _BEGIN_ATTEMPTS + 1):
            try:
                session.connection()
            except OperationalError as error:
                if attempt == _BEGIN_ATTEMPTS or _sqlite_code(error) not in _SQLITE_BUSY:
                    raise
                session.rollback()
                time.sleep(random.uniform(0.02, 0.1) * attempt)  # noqa: S311 - jitter keeps two processes apart.
            else:
                return

    @contextmanager
    def errors_explained(self, *, write: bool) -> Iterator[None]:
        """Turns a driver's errors of the block into errors of mailbot; those that name a bug of ours pass through."""
        try:
            yield
        except DBAPIError as error:
            explain = self._explain_sqlite if self.path else self._explain_postgres
            explained = explain(error, write=write)
            if explained is None:
                raise
            raise explained from error
        except PoolTimeoutError as error:
            raise TransientError(f"all connections to {self.label} are in use: try again later") from error

    def _explain_sqlite(self, error: DBAPIError, *, write: bool) -> MailbotError | None:
        match _sqlite_code(error):
            case sqlite3.SQLITE_READONLY if not write:
                return None  # A bug of ours: a reading unit of work tried to write.
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return TransientError(
                    f"{self.label} is locked by another program (waited {_BEGIN_ATTEMPTS} times"
                    f" {self.busy_timeout:g} s): find it with `fuser {self.path}`, or try again later"
                )
            case sqlite3.SQLITE_FULL:
                return TransientError(f"the disk is full and {self.label} cannot grow: free some space")
            case sqlite3.SQLITE_CANTOPEN if self.path and not self.path.exists():
                return SchemaError(missing(self.label))
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
                return TransientError(
                    f"{self.label} cannot be opened for writing ({error.orig}):"
                    " check the owner and the mode of the file and of its directory"
                )
            case sqlite3.SQLITE_IOERR:
                return TransientError(f"the disk failed under {self.label} ({error.orig}): look at the system's log")
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return SchemaError(
                    f"{self.label} is damaged ({error.orig}): stop mailbot and put a backup copy in its place"
                )
        return None

    def _explain_postgres(self, error: DBAPIError, *, write: bool) -> MailbotError | None:
        state = getattr(error.orig, "sqlstate", None) or ""
        said = " ".join(str(error.orig).split())[:300]
        if state in _POSTGRES_RETRY:
            return TransientError(f"{self.label} was busy with other work ({said}): try again later")
        if state in _POSTGRES_DAMAGED:
            return SchemaError(f"{self.label} is damaged ({said}): stop mailbot and restore a backup of the server")
        standby = write and state == "25006"  # read_only_sql_transaction: we ended up on a replica.
        unreachable = isinstance(error, (OperationalError, InterfaceError)) and state[:2] in _POSTGRES_PASSING
        if standby or unreachable or error.connection_invalidated:
            return TransientError(
                f"{self.label} failed ({said}): check that the server runs, that it can be reached from here,"
                " and that [database] url names the right host, database, name and password"
            )
        return None  # A statement of ours was wrong, or a value did not fit: trying again would not help.

    def check(self) -> list[str]:
        """Looks at the schema's version, the integrity (SQLite) and whether a transaction can be committed.

        Returns:
            What is wrong and what to do, one text each; an empty list if all is well.
        """
        problems = []
        try:
            require_current(self)
            with self.unit_of_work(write=False) as session:
                problems += [f"{self.label}: {found}" for found in _unhealthy(session.connection())]
            with self.unit_of_work() as session:
                session.connection().execute(text("UPDATE alembic_version SET version_num = version_num"))
        except MailbotError as error:
            problems.append(str(error))
        if self.path is not None and self.path.exists() and self.path.stat().st_mode & 0o077:
            problems.append(f"{self.label} can be read by others on this machine: run: chmod 600 {self.path}")
        return problems

    def free_space(self) -> int | None:
        """The bytes that the database may still grow; None where only the database server knows (PostgreSQL)."""
        return None if self.path is None else shutil.disk_usage(self.path.parent).free

    def close(self) -> None:
        """Closes all connections that no unit of work holds."""
        self._reader.dispose()
        self.engine.dispose()


def _sqlite_code(error: DBAPIError) -> int | None:
    """The primary result code of SQLite: the low byte of the extended one."""
    code: int | None = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _unhealthy(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        lines = connection.exec_driver_sql("PRAGMA quick_check(10)").scalars().all()
        return [f"{line}: stop mailbot and put a backup copy in its place" for line in lines if line != "ok"]
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        return [f"its encoding is {encoding}: create it anew with ENCODING 'UTF8'"]
    return []
