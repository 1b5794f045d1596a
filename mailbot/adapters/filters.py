"""What templates may do with a value: dates and durations in words, labels, and foreign text made safe to show.

Plain functions of plain values. Everything here is linear in the length of its input, because part of that input is
mail of strangers.
"""

import html
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal

from mailbot.core.commands.parse import escape_commands
from mailbot.errors import ConfigError

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNUSUAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What `_CONTROLS` and `_BREAKS` look for; to find that there is none of it takes a third of the time."""
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Marks that reorder what follows on the line; letters written from right to left do without them.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_SPACES = re.compile(r"\s+")
_ONE_LINE = 200
_LONG_LINE = 600
_LINK = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_LONGEST_LINK = 2000
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]{1,5})?", re.ASCII)
_LONGEST_HOST = 253
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_DAY = "EEE d MMM y"
_PARAGRAPHS = re.compile(r"\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of one language that no template owns: its `labels.toml`.

    Attributes:
        locale: The locale of dates and durations.
        pattern: How a date and time is written, in the pattern letters of CLDR.
        words: The label of a value by its kind ("status", "priority", ...) and its name.
        day: How a date alone is written, in the same letters.
    """

    locale: Locale
    pattern: str
    words: Mapping[str, Mapping[str, str]]
    day: str = _DAY


def load_labels(path: Path) -> Labels:
    """Reads the `labels.toml` of a language.

    Raises:
        ConfigError: It is not TOML, or its locale is unknown.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
        settings = found.pop("format")
        for kind, words in found.items():
            if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
                raise ValueError(f"[{kind}] must be a table of texts")  # noqa: TRY301 - one message for all mistakes.
        return Labels(Locale.parse(settings["locale"]), settings["when"], found, settings.get("day", _DAY))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError, UnknownLocaleError) as error:
        raise ConfigError(
            f"{path}: it cannot be used: {error}. It needs a table [format] with `locale` and `when`, and tables of "
            f"words; take the file of another language as a model, then run `mailbot check`."
        ) from error


def with_fallback(labels: Labels, other: Labels) -> Labels:
    """Labels with the words of another language where their own has none."""
    kinds = other.words.keys() | labels.words.keys()
    words = {kind: {**other.words.get(kind, {}), **labels.words.get(kind, {})} for kind in kinds}
    return Labels(labels.locale, labels.pattern, words, labels.day)


def label(labels: Labels, kind: str, value: object) -> str:
    """The word for a value, the value itself where the language has none (a category of the operator's own, say)."""
    return labels.words.get(kind, {}).get(str(value).lower()) or safe_lines(one_line(value))


def phrase(labels: Labels, name: str, **values: str) -> str:
    """A phrase that templates share, with `{name}` in it filled from `values`.

    Raises:
        LookupError: There is no such phrase, or it names a value that is not there.
    """
    found = labels.words.get("word", {}).get(name)
    if found is None:
        raise LookupError(f"there is no {name!r} in the table [word] of labels.toml")
    return found.format(**values) if values else found


def when(value: datetime | None, zone: tzinfo, labels: Labels) -> str:
    """A local date and time with its zone, for instance "Tue 4 Aug 2026, 10:30 WIB"; "" for None."""
    if value is None:
        return ""
    return _written(value, zone, labels.pattern, labels.locale)


@lru_cache(maxsize=500)  # A mail says the same in text and HTML, and so do many that are due at the same time.
def _written(value: datetime, zone: tzinfo, pattern: str, locale: Locale) -> str:
    local = value.astimezone(zone)
    name = local.tzname() or ""
    if not name.isalpha():
        name = f"UTC{name}"
    return f"{format_datetime(local, pattern, locale=locale)} {name}"


def day(value: date, labels: Labels) -> str:
    """A local date, for instance "Tue 4 Aug 2026"."""
    return format_date(value, labels.day, locale=labels.locale)


def number(value: float, labels: Labels) -> str:
    """A number with at most one decimal, for instance "4.3" or "4,3"."""
    return format_decimal(value, "#,##0.#", locale=labels.locale)


def duration(value: timedelta, labels: Labels) -> str:
    """A duration in its two largest units, for instance "3 hours 20 minutes"; its sign is ignored."""
    minutes = max(1, round(abs(value).total_seconds() / 60))
    counts = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    first = next(index for index, (_unit, count) in enumerate(counts) if count)
    return " ".join(_amount(unit, count, labels) for unit, count in counts[first : first + 2] if count)


def _amount(unit: str, count: int, labels: Labels) -> str:
    # An unreachable threshold keeps Babel from turning ten days into a week.
    delta = timedelta(**{f"{unit}s": count})
    return format_timedelta(delta, granularity=unit, threshold=1e9, locale=labels.locale)  # type: ignore[arg-type]


def one_line(value: object, longest: int = _ONE_LINE) -> str:
    """A foreign value for one line of a mail: no controls, nothing that reorders it, at most `longest` characters."""
    text = str(value)[: 20 * longest]
    text = _REORDERING.sub("", _CONTROLS.sub(" ", text))
    text = _SPACES.sub(" ", text).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def list_item(value: object) -> str:
    """A foreign value as one item of a list; its dot, which it may have already, keeps it from being a command."""
    return f"· {one_line(value, _LONG_LINE).lstrip('· ')}"


def plain(text: str) -> str:
    """A text of several lines without controls, its lines ended by line feeds only."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", text)) if _UNUSUAL.search(text) else text


def safe_lines(text: str) -> str:
    """A text in which no line can be taken for a command when the mail comes back with it."""
    if "#" not in text and text.isascii():  # Nothing in it looks like the mark of a command.
        return text
    return escape_commands(text)


def quoted(text: str) -> str:
    """Somebody else's words in a text part: each line marked as a quote (RFC 3676 s.4.5)."""
    return "\n".join(f"> {line}" if line.strip() else ">" for line in plain(text).strip("\n").split("\n"))


def quote_text(text: str) -> str:
    """Foreign text as safe HTML: paragraphs and line breaks are kept, web addresses become links to what they show."""
    paragraphs = _PARAGRAPHS.split(safe_lines(plain(text)).strip("\n"))
    return "".join(f'<p dir="auto">{_lines(paragraph)}</p>\n' for paragraph in paragraphs if paragraph.strip())


def _lines(paragraph: str) -> str:
    indented = _INDENT.sub(lambda match: match[0].expandtabs(4).replace(" ", "\xa0"), paragraph.rstrip())
    pieces, done = [], 0
    for match in _LINK.finditer(indented):
        pieces.append(html.escape(indented[done : match.start()]))
        pieces.append(_link(match[0]))
        done = match.end()
    pieces.append(html.escape(indented[done:]))
    return "".join(pieces).replace("\n", "<br>\n")


def _link(found: str) -> str:
    url = found.rstrip(".,;:!?)]}")
    authority = re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0].lower()
    # A name before "@" poses as the host, and a look-alike letter as another: such an address stays text.
    short = len(url) <= _LONGEST_LINK and len(authority) <= _LONGEST_HOST
    honest = short and _HOST.fullmatch(authority) is not None and not _hides_something(url)
    shown = html.escape(url)
    rest = html.escape(found[len(url) :])
    return f'<a href="{shown}">{shown}</a>{rest}' if honest else shown + rest


def _hides_something(url: str) -> bool:
    return "\\" in url or any(unicodedata.category(char) == "Cf" for char in url)
