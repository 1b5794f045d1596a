"""The database, opened for a command that reads or mends it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from mailbot.adapters.schema import require_current
from mailbot.cli.common import Options
from mailbot.config import Settings
from mailbot.service import build_database


@contextmanager
def opened(options: Options, *, write: bool = False) -> Iterator[tuple[Settings, Session]]:
    """Opens the database with one transaction, for reading unless it is said otherwise.

    Raises:
        ConfigError: The configuration is missing or wrong.
        SchemaError: The database is missing, too old or too new.
        TransientError: The database cannot be reached.
    """
    settings = options.load(serving=False)
    database = build_database(settings)
    try:
        require_current(database)
        with database.unit_of_work(write=write) as session:
            yield settings, session
    finally:
        database.close()
