"""Settings from environment variables: `MAILBOT_SMTP__PASSWORD`, `MAILBOT_MAILBOXES__SUPPORT__PASSWORD`."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import SecretStr

from mailbot.config.problems import Problem, suggest
from mailbot.config.settings import TABLES
from mailbot.config.shape import Path, child, inner, kind_at, leaves, model_of

PREFIX = "MAILBOT_"
_NOT_SETTINGS = ("MAILBOT_CONFIG", "MAILBOT_TEST", "MAILBOT_FAILPOINTS")
_NOT_A_WORD = re.compile(r"[^A-Z0-9]")


@dataclass(slots=True)
class Layer:
    """Values that override those of the file, where each came from, and what was wrong with them."""

    values: dict[Any, Any] = field(default_factory=dict)
    origins: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def put(self, path: Path, value: Any, origin: str) -> None:
        """Set one value at a path."""
        table = self.values
        for key in path[:-1]:
            table = table.setdefault(key, {})
        table[path[-1]] = value
        self.origins[path] = origin

    def get(self, path: Path) -> Any:
        """The value at a path, None if it is not set here."""
        found: Any = self.values
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found


def from_environment(environ: Mapping[str, str], toml: Mapping[str, Any]) -> Layer:
    """Read all variables that start with `MAILBOT_`; one that names no setting is a problem, not a silent loss."""
    layer = Layer()
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable.startswith(_NOT_SETTINGS[1:]) or variable == _NOT_SETTINGS[0]:
            continue
        where = f"environment variable {variable}"
        path = _find(variable.removeprefix(PREFIX).split("__"), toml)
        if path is None:
            hint = suggest(variable, _names(toml))
            layer.problems.append(Problem((), f"names no setting; unset it or correct it{hint}", where))
            continue
        try:
            layer.put(path, _value(kind_at(path), environ[variable]), where)
        except ValueError:
            layer.problems.append(Problem(path, 'must be a list; allowed: a,b or ["a", "b"]', where))
    return layer


def _word(name: str) -> str:
    """A name as the environment spells it: `support.id` becomes `SUPPORT_ID`."""
    return _NOT_A_WORD.sub("_", name.upper())


def _find(words: list[str], toml: Mapping[str, Any]) -> Path | None:
    """Find the path of the setting that a variable names, None if there is none or more than one."""
    path: Path = ()
    table: Any = toml
    for word in words:
        matches = [key for key in _keys(path, table) if _word(_label(path, key, table)) == word]
        if len(matches) != 1:
            return None
        path = (*path, matches[0])
        table = _under(table, matches[0])
    return path if path and model_of(kind_at(path)) is None and not _is_tables(path) else None


def _is_tables(path: Path) -> bool:
    kind = kind_at(path)
    return (len(path) == 1 and path[0] in TABLES) or get_origin(kind) is dict


def _keys(path: Path, table: Any) -> list[str | int]:
    """The keys that may follow a path: fields of a model, numbers of an array of tables, names of a table of tables."""
    model = model_of(kind_at(path))
    if model is not None:
        return list(model.model_fields)
    if not _is_tables(path):
        return []
    return list(range(len(table))) if isinstance(table, list) else list(table or {})


def _label(path: Path, key: str | int, table: Any) -> str:
    if isinstance(key, str):
        return key
    entry = table[key]
    return str(entry.get(TABLES[str(path[0])], "")) if isinstance(entry, dict) else ""


def _under(table: Any, key: str | int) -> Any:
    if isinstance(table, list) and isinstance(key, int):
        return table[key]
    return table.get(key) if isinstance(table, dict) else None


def _names(toml: Mapping[str, Any]) -> Iterator[str]:
    """The names of all variables that would be understood."""
    for path in leaves():
        prefix = PREFIX + "__".join(_word(str(key)) for key in path)
        if not _is_tables(path):
            yield prefix
            continue
        table = toml.get(str(path[0]))
        entries = _keys(path, table) if isinstance(table, list | dict) else []
        model = model_of(inner(child(kind_at(path), 0)))
        for key in entries:
            label = _word(_label(path, key, table))
            yield from (f"{prefix}__{label}__{_word(name)}" for name in (model.model_fields if model else ()))


def _value(kind: Any, text: str) -> Any:
    """Read a variable's text as the type of its setting.

    Raises:
        ValueError: the setting is a list and the text looks like JSON but is none.
    """
    if kind is SecretStr:
        return SecretStr(text)
    if get_origin(kind) is not tuple:
        return text
    if text.lstrip().startswith("["):
        items = json.loads(text)
    else:
        items = [item.strip() for item in text.split(",") if item.strip()]
    return [SecretStr(str(item)) for item in items] if get_args(kind)[0] is SecretStr else items
