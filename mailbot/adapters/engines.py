"""SQLAlchemy's engines for the two databases, with the settings that mailbot's promises need."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from mailbot.errors import ConfigError

_SQLITE_PRAGMAS = (
    "journal_mode = WAL",  # Readers go on while one writes.
    "synchronous = FULL",  # A committed mail survives a power cut: it is filed on the server only afterwards.
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "temp_store = MEMORY",
    "cache_size = -8192",  # KiB, for each connection.
    "mmap_size = 0",  # Mapped pages count as memory of the daemon, and a failing disk would kill it with SIGBUS.
    "journal_size_limit = 67108864",  # Bytes; a log blown up by one long reader shrinks again.
)
_SQLITE_EXPECTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}

_POSTGRES_SETTINGS = (
    "SELECT set_config('TimeZone', 'UTC', false), set_config('statement_timeout', '60s', false),"
    " set_config('lock_timeout', '15s', false), set_config('idle_in_transaction_session_timeout', '5min', false)"
)
_POSTGRES_KEEPALIVE = {"keepalives_idle": 60, "keepalives_interval": 20, "keepalives_count": 3}


def parse_url(url: str) -> URL:
    """Reads the value of `[database] url`.

    Raises:
        ConfigError: it is neither an SQLite file nor a PostgreSQL database; the text never holds the password.
    """
    hint = 'use "sqlite:///FILE" or "postgresql+psycopg://NAME@HOST/DATABASE"'
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # The cause is cut off, because it may quote the password.
        raise ConfigError(f"[database] url cannot be understood: {hint}") from None
    if parsed.get_backend_name() == "sqlite":
        name = parsed.database or ":memory:"
        if name == ":memory:" or name.startswith("file:") or parsed.query or parsed.host:
            raise ConfigError("[database] url must name a file: sqlite:////var/lib/mailbot/mailbot.db, without options")
        return parsed
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError(f"[database] url: {parsed.drivername} is not supported: {hint}")


def host_of(url: URL) -> str:
    """Names the server of a PostgreSQL URL in words, without the password."""
    host = url.host or url.query.get("host") or "the local socket"
    return f"{host}, port {url.port or 5432}"


def sqlite_engine(path: Path, busy_timeout: float, *, read_only: bool) -> Engine:
    """An engine for an existing SQLite file; each connection checks that its settings were accepted.

    Args:
        path: the database file; connecting to a missing one is an error, SQLITE_CANTOPEN.
        busy_timeout: how long to wait for another process that writes, in seconds.
        read_only: transactions read one unchanging state and may not write; otherwise they start as writers.
    """

    def connect() -> sqlite3.Connection:
        # mode=rw: a missing file is an error here, instead of an empty database with the wrong access rights.
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            timeout=busy_timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        try:
            _prepare_sqlite(connection, path)
            if read_only:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=15,
        query_cache_size=2000,
        hide_parameters=True,
    )
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _prepare_sqlite(connection: sqlite3.Connection, path: Path) -> None:
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for pragma, wanted in _SQLITE_EXPECTED.items():
        if (found := connection.execute(f"PRAGMA {pragma}").fetchone()[0]) != wanted:
            raise ConfigError(
                f"SQLite refuses {pragma} = {wanted} for {path} (it is {found}):"
                " keep the database on a local disk, not on a network share"
            )


def postgres_engine(url: URL) -> Engine:
    """An engine for PostgreSQL through psycopg: READ COMMITTED, UTC, with limits on each statement and lock.

    Raises:
        ConfigError: psycopg is not installed.
    """
    try:
        engine = create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=15,
            query_cache_size=2000,
            hide_parameters=True,
            connect_args={"application_name": "mailbot", "connect_timeout": 10, **_POSTGRES_KEEPALIVE},
        )
    except ImportError as error:
        raise ConfigError('PostgreSQL needs a driver that is not here: run: pip install "mailbot[postgres]"') from error

    @event.listens_for(engine, "connect")
    def prepare(connection: object, _entry: ConnectionPoolEntry) -> None:
        # Settings by SQL instead of the `options` of a connection: connection poolers refuse the latter.
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(_POSTGRES_SETTINGS)
        connection.commit()  # type: ignore[attr-defined]

    @event.listens_for(engine, "handle_error")
    def hide_detail(context: ExceptionContext) -> None:
        # The server's DETAIL quotes the whole row, and rows hold people's mail.
        diagnosis = getattr(context.original_exception, "diag", None)
        if diagnosis is not None and diagnosis.message_detail:
            context.original_exception.args = (diagnosis.message_primary,)
            if context.sqlalchemy_exception is not None:
                context.sqlalchemy_exception.args = (diagnosis.message_primary,)

    return engine
