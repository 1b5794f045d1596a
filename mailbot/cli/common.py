"""What all commands share and what loads at once: exit codes, the configuration, help texts, JSON."""

import json
import os
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailbot.errors import (
    AlreadyRunningError,
    ConfigError,
    MailbotError,
    PermanentError,
    SchemaError,
    TransientError,
    UsageError,
)

if TYPE_CHECKING:
    from mailbot.config import Settings

_HELP_WIDTH = 80  # Columns.

EXIT_OK = 0
EXIT_PROBLEM = 1
EXIT_USAGE = 64
EXIT_UNAVAILABLE = 69
EXIT_TEMPFAIL = 75
EXIT_CONFIG = 78
EXIT_STOPPED = 130  # As a shell has it: 128 and the number of SIGINT.

_CODES: tuple[tuple[type[MailbotError], int], ...] = (
    (UsageError, EXIT_USAGE),
    (ConfigError, EXIT_CONFIG),
    (SchemaError, EXIT_CONFIG),
    (PermanentError, EXIT_CONFIG),  # What a server refuses for good is mended in the configuration.
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

    @property
    def path(self) -> Path:
        """The configuration file: the option, else `$MAILBOT_CONFIG`, else the usual place."""
        from mailbot.config import find_file  # noqa: PLC0415 - `--help` need not load it.

        return find_file(Path(self.config_path) if self.config_path else None, os.environ)

    def load(self, *, serving: bool = True) -> "Settings":
        """Reads the configuration.

        Args:
            serving: Whether mail is to be read or sent; else passwords, keys and certificates are not needed.

        Raises:
            ConfigError: It is missing or wrong.
        """
        from mailbot.config import load  # noqa: PLC0415 - `--help` need not load it.

        return load(self.path, os.environ, serving=serving)

    def load_or_defaults(self) -> "Settings":
        """Reads the configuration for commands that can do without: where none is named and none is at the usual place.

        Raises:
            ConfigError: The one that is named is missing, or the one that is there is wrong.
        """
        from mailbot.config import defaults  # noqa: PLC0415 - `--help` need not load it.

        named = self.config_path or os.environ.get("MAILBOT_CONFIG")
        if named or _is_there(self.path):
            return self.load(serving=False)
        click.echo(f"mailbot: there is no {self.path}, so the defaults are used", err=True)
        return defaults()


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError:
        return True  # What is wrong with it is said when it is read.
    return True


Function = TypeVar("Function", bound=Callable[..., Any])


def json_option(function: Function) -> Function:
    """Adds `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")(function)


def notes(*examples: str, document: Mapping[str, str] | None = None, codes: str = "") -> str:
    r"""The end of a command's help: examples, the keys of its JSON document, its exit codes.

    Each paragraph begins with "\b", which tells click to keep its lines as they are.
    """
    parts = ["\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples)]
    if document:
        width = max(len(key) for key in document)
        lines = [
            textwrap.fill(what, _HELP_WIDTH, initial_indent=f"  {key:<{width}}  ", subsequent_indent=" " * (width + 4))
            for key, what in document.items()
        ]
        parts.append("\b\nWith --json, one document (times are UTC):\n" + "\n".join(lines))
    if codes:
        parts.append(f"Exit codes: {codes}.")
    return "\n\n".join(parts)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def show_json(document: Any) -> None:
    """Prints one JSON document; times are ISO 8601 in UTC.

    Only ASCII is written, which is the same document in every character set and cannot steer a terminal.
    """
    click.echo(json.dumps(document, default=_plain, indent=2))


def columns(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """The named columns of a database row."""
    return {name: getattr(row, name) for name in names}


def typed(text: str) -> str:
    """Text from the command line as a database can be asked for it; bytes that are no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()
