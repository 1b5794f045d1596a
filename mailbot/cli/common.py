"""What the commands share: finding the configuration, opening the database, showing results, exit codes."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlmodel import Session

from mailbot.config import Settings, load
from mailbot.errors import (
    AlreadyRunningError,
    ConfigError,
    MailbotError,
    SchemaError,
    TransientError,
    UsageError,
)

EXIT_OK = 0
EXIT_PROBLEM = 1
EXIT_USAGE = 64
EXIT_UNAVAILABLE = 69
EXIT_TEMPFAIL = 75
EXIT_CONFIG = 78

_CODES: tuple[tuple[type[MailbotError], int], ...] = (
    (UsageError, EXIT_USAGE),
    (ConfigError, EXIT_CONFIG),
    (SchemaError, EXIT_CONFIG),
    (AlreadyRunningError, EXIT_TEMPFAIL),
    (TransientError, EXIT_UNAVAILABLE),
)


def exit_code(error: MailbotError) -> int:
    """The exit code that an error ends a command with."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), EXIT_PROBLEM)


@dataclass(frozen=True, slots=True)
class Options:
    """The options before the command."""

    config_path: str | None

    def load(self) -> Settings:
        """Reads the configuration.

        Raises:
            ConfigError: It is missing or wrong.
        """
        return load(Path(self.config_path) if self.config_path else None, os.environ)


Function = TypeVar("Function", bound=Callable[..., Any])


def json_option(function: Function) -> Function:
    """Adds `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")(function)


@contextmanager
def reading(options: Options) -> Iterator[tuple[Settings, Session]]:
    """Opens the database for reading.

    Raises:
        SchemaError: The database is missing, too old or too new.
    """
    from mailbot.adapters.schema import require_current  # noqa: PLC0415 - `--help` need not load a database library.
    from mailbot.service import build_database  # noqa: PLC0415 - the same.

    settings = options.load()
    database = build_database(settings)
    try:
        require_current(database)
        with database.unit_of_work(write=False) as session:
            yield settings, session
    finally:
        database.close()


def plain(value: Any) -> Any:
    """A value as JSON knows it: times in ISO 8601 UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def show_json(document: Any) -> None:
    """Prints one JSON document."""
    click.echo(json.dumps(document, default=plain, ensure_ascii=False, indent=2))


def columns(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """The named columns of a database row."""
    return {name: getattr(row, name) for name in names}


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """Rows as aligned text; the last column is as wide as it likes."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[index]) for line in lines) for index in range(len(header) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]).rstrip()
        for line in lines
    )


def local(value: datetime | None, zone: Any) -> str:
    """A time in the helpdesk's zone, to the minute; "-" if there is none."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else "-"


def safe(text: str) -> str:
    """Text from a mail, safe for a terminal: no control characters, no direction marks."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text)
