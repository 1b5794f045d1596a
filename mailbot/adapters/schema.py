"""The version of the database's schema: asked for at every start, raised by `mailbot db upgrade`.

Asking is plain SQL. Alembic takes 0.3 s to import, so only the functions that change something import it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from mailbot import migrations
from mailbot.errors import ConfigError, SchemaError

if TYPE_CHECKING:
    from alembic.config import Config

    from mailbot.adapters.db import Database

HEAD = "0001"
"""The version that this mailbot needs: the newest file in `mailbot/migrations/versions`."""

MIGRATIONS = Path(migrations.__file__).parent

_UPGRADE_LOCK = 0x6D61696C  # "mail": the key of the advisory lock that lets one node upgrade at a time.


def expected_version() -> str:
    """The schema version that this mailbot needs."""
    return HEAD


def missing(label: str, what: str = "does not exist") -> str:
    """What to do about a database that is not there: never to begin anew where there was one."""
    return (
        f"{label} {what}. If it existed before, restore the backup: tickets, and which mails were already read, are in"
        " it. Only for a new installation run: mailbot init, or mailbot db upgrade"
    )


def current_version(database: "Database") -> str | None:
    """The schema version that the database has; None if there is no database, or nothing of mailbot in it.

    Raises:
        TransientError: the database cannot be reached.
    """
    if database.path is not None and not database.path.exists():
        return None
    with database.unit_of_work(write=False) as session:
        return _version(session.connection())


def require_current(database: "Database") -> None:
    """Makes sure that the database has exactly the schema that this mailbot needs.

    Raises:
        SchemaError: it has not; the text says which command mends that.
        TransientError: the database cannot be reached.
    """
    version = current_version(database)
    if version is None:
        gone = database.path is not None and not database.path.exists()
        raise SchemaError(missing(database.label, "does not exist" if gone else "is empty"))
    if version < HEAD:
        raise SchemaError(f"{database.label} has schema {version}, {HEAD} is needed: run: mailbot db upgrade")
    _refuse_newer(database, version)


def identity(database: "Database") -> str:
    """Which database this is: 32 hexadecimal digits, made by chance with its tables.

    Raises:
        SchemaError: it was lost, by a copy of the tables that left out one of them.
        TransientError: the database cannot be reached.
    """
    with database.unit_of_work(write=False) as session:
        found: str | None = session.connection().execute(text("SELECT identity FROM installation")).scalar()
    if not found:
        raise SchemaError(f"{database.label} has no row in its table installation: restore a complete backup")
    return found


def upgrade(database: "Database") -> list[str]:
    """Creates the database's tables or brings them to the newest version, in one transaction: all or nothing.

    The state directory is created with mode 0700 and an SQLite file with mode 0600. Several nodes may call this at
    once; one does the work and the others find it done.

    Returns:
        What was done, a line for each version; an empty list if the schema was the newest already.

    Raises:
        SchemaError: the database is of a newer mailbot, or holds rows that break its own references.
        ConfigError: the directory or the file cannot be created.
        TransientError: the database cannot be reached.
    """
    from alembic import command  # noqa: PLC0415 - slow to import, and no other command needs it.
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - the same.

    _create_files(database)
    with _migrating(database) as connection:
        version = _version(connection)
        if version is not None:
            _refuse_newer(database, version)
        config = alembic_config(connection)
        steps = ScriptDirectory.from_config(config).iterate_revisions("head", version or "base")
        lines = [f"{step.revision}: {step.doc}" for step in reversed(list(steps))]
        if lines:
            command.upgrade(config, "head")
    return lines


def alembic_config(connection: Connection, script_location: Path = MIGRATIONS) -> "Config":
    """What Alembic needs to work on an open connection; there is no ini file."""
    from alembic.config import Config  # noqa: PLC0415 - slow to import, and few commands need it.

    config = Config()
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def draft_migration(database: "Database", title: str, script_location: Path = MIGRATIONS) -> Path:
    """For the developers of mailbot: writes the next migration from what differs between database and tables.

    Args:
        database: a database at the newest version.
        title: what the migration does, in a few words.
        script_location: the directory with `env.py` and `versions`.

    Returns:
        The new file; it must be read and completed by hand, and `HEAD` be raised.
    """
    from alembic import command  # noqa: PLC0415 - slow to import, and no other command needs it.

    with _migrating(database) as connection:
        config = alembic_config(connection, script_location)
        number = f"{int(_version(connection) or 0) + 1:04d}"
        script: Any = command.revision(config, message=title, autogenerate=True, rev_id=number)
    return Path(script.path)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _refuse_newer(database: "Database", version: str) -> None:
    if version > HEAD:
        raise SchemaError(
            f"this database was made by a newer mailbot (schema {version}; this one knows {HEAD}): {database.label}:"
            " install the newer mailbot again, or put back a backup copy from before its upgrade"
        )


def _create_files(database: "Database") -> None:
    """Makes the directories and an empty SQLite file, so that nobody else can read them at any time."""
    made = database.state_dir
    try:
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
        if database.path is not None:
            made = database.path.parent
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = database.path
            os.close(os.open(made, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise ConfigError(
            f"{made} cannot be created ({error.strerror}): check [helpdesk] state_dir and [database] url,"
            " and that this account may write there"
        ) from error


@contextmanager
def _migrating(database: "Database") -> Iterator[Connection]:
    """Opens a connection of its own with one transaction in which tables may be rebuilt."""
    with database.errors_explained(write=True), database.engine.connect() as connection:
        if database.path is None:
            with connection.begin():
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
                yield connection
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        connection.detach()  # Its changed pragma must never come back into the pool.
        # SQLite rebuilds a table to change it; with foreign keys on, dropping the old one would delete what
        # refers to it. Inside a transaction the pragma does nothing, so it comes first.
        driver.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise SchemaError(
                    f"{database.label} holds {len(broken)} rows that refer to nothing, first {tuple(broken[0])!r};"
                    " nothing was changed: put a backup copy of the file in its place"
                )
