"""Text on a terminal: aligned, wrapped, and harmless whatever a mail holds."""

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

_WIDE = frozenset("WF")
_PAGE = 100  # Columns, where the terminal does not say.


def safe(text: str) -> str:
    """Text from a mail for a terminal: no control characters, no direction marks, or a sender could draw on it."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text)


def one_line(text: str) -> str:
    """Text from a mail, safe and in one line."""
    return safe(" ".join(text.split()))


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text
    )


def page_width() -> int:
    """The columns of the terminal, 100 where the output goes elsewhere."""
    return max(40, shutil.get_terminal_size((_PAGE, 24)).columns) if sys.stdout.isatty() else _PAGE


def _cut(text: str, room: int) -> str:
    if columns_of(text) <= room:
        return text
    while text and columns_of(text) > room - 1:
        text = text[:-1]
    return f"{text}…"


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """Rows as aligned text; on a terminal the last column is cut where the line would wrap."""
    lines = [list(header), *[[one_line(cell) for cell in row] for row in rows]]
    widths = [max(columns_of(line[index]) for line in lines) for index in range(len(header) - 1)]
    room = page_width() - sum(widths) - 2 * len(widths)
    shown = []
    for line in lines:
        last = _cut(line[-1], max(room, 20)) if sys.stdout.isatty() else line[-1]
        cells = [cell + " " * (width - columns_of(cell)) for cell, width in zip(line, widths, strict=False)]
        shown.append("  ".join([*cells, last]).rstrip())
    return "\n".join(shown)


def wrapped(first: str, text: str, indent: int) -> str:
    """A text behind its label, wrapped to the page, its other lines indented below its beginning."""
    lines = textwrap.wrap(
        one_line(text),
        width=max(page_width(), indent + 30),
        initial_indent=first.ljust(indent),
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )
    return "\n".join(lines) or first.rstrip()


def local(value: datetime | None, zone: tzinfo) -> str:
    """A time in the helpdesk's zone, to the minute; "-" if there is none."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else "-"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 ticket", "2 tickets"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def facts(pairs: Sequence[tuple[str, Any]]) -> str:
    """Names and values below each other, those without a value as "-"."""
    width = max(len(name) for name, _value in pairs) + 4
    return "\n".join(wrapped(f"  {name}", str(value or "-"), width) for name, value in pairs)
