"""What the models say about a path of keys: which model, which keys, which type; for messages and the environment."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from mailbot.config.settings import TABLES, Settings

Path = tuple[str | int, ...]


def inner(annotation: Any) -> Any:
    """The one type inside an optional; any other annotation as it is."""
    args = [arg for arg in get_args(annotation) if arg is not type(None)]
    return args[0] if len(args) == 1 and get_origin(annotation) is not tuple else annotation


def child(kind: Any, key: str | int) -> Any:
    """The type of what lies under a key of a model, an array or a table of tables; None if there is no such key."""
    kind = inner(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(key))
        return field.annotation if field else None
    if get_origin(kind) is tuple:
        return get_args(kind)[0]
    if get_origin(kind) is dict:
        return get_args(kind)[1]
    return None


def kind_at(path: Path) -> Any:
    """The type at a path from the root, None if the path leads nowhere."""
    kind: Any = Settings
    for key in path:
        kind = child(kind, key)
    return inner(kind)


def model_of(kind: Any) -> type[BaseModel] | None:
    """The type as a model, None if it is something else."""
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def section_of(path: Path) -> tuple[str, str]:
    """Split a path into the header of its table as an operator writes it, and the dotted key ("" for the table)."""
    keys = [str(key) for key in path if isinstance(key, str)]
    if not keys:
        return "", ""
    if keys[0] in TABLES:
        return f"[[{keys[0]}]]", ".".join(keys[1:])
    depth = 2 if keys[0] in {"sla", "calendars", "priority"} else 1
    return f"[{'.'.join(keys[:depth])}]", ".".join(keys[depth:])


def leaves(kind: Any = Settings, path: Path = ()) -> Iterator[Path]:
    """All paths that the models know; tables of tables and arrays of tables count as one path."""
    model = model_of(inner(kind))
    if model is None:
        yield path
        return
    for name, field in model.model_fields.items():
        yield from leaves(field.annotation, (*path, name))
