"""What is wrong with a configuration, in words: file, line, section, key, what is allowed, what may have been meant."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr, ValidationError

from mailbot.config.settings import TABLES
from mailbot.config.shape import Path, kind_at, model_of, section_of


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `path` leads to the key; `where` replaces the file and line when it came from elsewhere."""

    path: Path
    what: str
    where: str = ""
    missing: bool = False  # The key is required and not there.
    whole: bool = False  # It is about the table as a whole: nobody can tell while another of its keys is wrong.


@dataclass(frozen=True, slots=True)
class Origins:
    """Where values came from: the lines of the file, and the names of variables and files that override it."""

    file: str
    lines: Mapping[Path, int]
    others: Mapping[Path, str]

    def of(self, path: Path) -> str:
        """Say where the value at a path came from, or the table in which it is missing."""
        for length in range(len(path), 0, -1):
            if (other := self.others.get(path[:length])) is not None:
                return other
        for length in range(len(path), 0, -1):
            if (line := self.lines.get(path[:length])) is not None:
                return f"{self.file}:{line}"
        return self.file

    def order(self, path: Path) -> int:
        """The line by which problems are sorted; those that have none come first."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 0)


_OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    "urgent": ("critical", "high"),
    "emergency": ("critical", "high"),
    "highest": ("critical",),
    "medium": ("normal",),
    "normal": ("medium",),
    "standard": ("normal", "medium"),
    "default": ("normal", "medium"),
    "lowest": ("low",),
    "user": ("person",),
    "individual": ("person",),
    "team": ("department",),
    "company": ("organisation",),
    "everybody": ("organisation",),
    "ssl": ("tls",),
    "plain": ("none",),
    "off": ("none",),
    "imap": ("mailboxes",),
    "agents": ("technicians",),
    "users": ("technicians",),
    "server": ("host",),
    "user_name": ("username",),
    "login": ("username",),
}
"""What other systems call our things."""


def suggest(word: str, allowed: Iterable[str]) -> str:
    """Say which of the allowed words was probably meant, "" if none is near."""
    by_folded = {name.casefold(): name for name in allowed}
    near = [name for name in _OTHER_WORDS.get(word.casefold(), ()) if name in by_folded]
    near = near or difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f'; did you mean "{by_folded[near[0]]}"?' if near else ""


def not_one_of(word: str, allowed: Iterable[str], what: str) -> str:
    """Say that a word names nothing known, what is known, and what was probably meant."""
    names = sorted(allowed)
    return f'there is no {what} "{word}"; allowed: {", ".join(names) or "none is configured"}{suggest(word, names)}'


def render(problems: Iterable[Problem], origins: Origins) -> str:
    """Write all problems, one a line, in the order of the file."""
    lines: list[str] = []
    for problem in sorted(problems, key=lambda problem: origins.order(problem.path)):
        section, key = section_of(problem.path)
        place = " ".join(part for part in (section, key) if part)
        text = f"{problem.where or origins.of(problem.path)}: {place}{': ' if place else ''}{problem.what}"
        if text not in lines:
            lines.append(text)
    return "\n".join(lines)


def from_validation(error: ValidationError) -> list[Problem]:
    """Turn pydantic's errors into ours. Values of secrets are never repeated."""
    return [
        Problem(_path(item["loc"]), _words(_path(item["loc"]), item), missing=item["type"] == "missing")
        for item in error.errors(include_url=False, include_input=True)
    ]


def _path(loc: tuple[int | str, ...]) -> Path:
    return tuple(key for key in loc if key != "[key]")


def _unknown_key(path: Path) -> str:
    name = str(path[-1])
    parent = model_of(kind_at(path[:-1]))
    names = list(parent.model_fields) if parent else []
    what = "unknown section" if len(path) == 1 else "unknown key"
    return f"{what}; allowed: {', '.join(names)}{suggest(name, names)}"


def _choice(_path: Path, item: Mapping[str, Any]) -> str:
    expected = str(item["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
    given = item["input"]
    if not isinstance(given, str):
        return f"must be a text in quotes; allowed: {expected}"
    return f'"{given}" is not known; allowed: {expected}{suggest(given, expected.split(", "))}'


def _array(path: Path, _item: Mapping[str, Any]) -> str:
    if path[0] in TABLES and len(path) == 1:
        return f"must be an array of tables; write [[{path[0]}]] with two brackets"
    return 'must be a list; allowed: as ["a", "b"]'


def _number(_path: Path, item: Mapping[str, Any]) -> str:
    ctx = item["ctx"]
    return f"must be at least {ctx['ge']}" if "ge" in ctx else f"must be at most {ctx['le']}"


def _own(_path: Path, item: Mapping[str, Any]) -> str:
    return str(item["ctx"]["error"])


_WORDS: Mapping[str, Callable[[Path, Mapping[str, Any]], str]] = {
    "missing": lambda _path, _item: "is missing; it is required",
    "enum": _choice,
    "literal_error": _choice,
    "value_error": _own,
    "tuple_type": _array,
    "greater_than_equal": _number,
    "less_than_equal": _number,
    "string_type": lambda _path, _item: "must be a text in quotes",
    "model_type": lambda path, _item: f"must be a table; write {section_of(path)[0]}",
    "dict_type": lambda path, _item: f"must be a table; write {section_of(path)[0]}",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), lambda _path, _item: "must be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), lambda _path, _item: "must be a number, as 0.8"),
    **dict.fromkeys(("bool_type", "bool_parsing"), lambda _path, _item: "must be true or false, without quotes"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        lambda _path, _item: "is not a date; allowed: as 2026-12-24",
    ),
}


def _words(path: Path, item: Mapping[str, Any]) -> str:
    if item["type"] == "extra_forbidden":
        return _unknown_key(path)
    words = _WORDS.get(item["type"])
    if words is None or (kind_at(path) is SecretStr and item["type"] not in {"missing", "string_type"}):
        return str(item["msg"])
    return words(path, item)
