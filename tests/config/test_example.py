"""`config.example.toml` is the manual: it holds every key with its true default, and it loads."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from mailbot.config import Settings, loads
from mailbot.config.settings import TABLES

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SECRETS = {
    "MAILBOT_MAILBOXES__SUPPORT__PASSWORD": "x",
    "MAILBOT_SECURITY__SECRET_KEY": "k" * 40,
}
REQUIRED = re.compile(r"# Required\b")
WITHOUT_DEFAULT = {
    # Examples that show more than the default would.
    ("calendars", "office"),
    ("rules", "any"),
    ("rules", "category"),
    ("teams", "lead"),
    ("teams", "calendar"),
    ("technicians", "teams"),
    ("technicians", "skills"),
    # Secrets have no default, and no example that could be copied by mistake.
    ("mailboxes", "password"),
    ("smtp", "password"),
    ("security", "secret_key"),
    # None cannot be written in TOML.
    ("rules", "impact"),
    ("rules", "urgency"),
}


def models(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """Every model below one, with the path of its table; the tables of arrays and of names count once."""
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        here = (*path, name)
        if get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        elif get_origin(kind) is dict:
            kind, here = get_args(kind)[1], (*here, "office")
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield here, kind
            yield from models(kind, here)


def keys_by_table(text: str) -> Mapping[str, set[str]]:
    """The keys under each header, also those that are commented out."""
    tables: dict[str, set[str]] = {}
    table = ""
    for line in text.splitlines():
        if header := re.fullmatch(r"\[\[?([a-z_.]+)\]\]?", line):
            table = header[1]
            tables.setdefault(table, set())
        elif key := re.match(r"(?:# )?([a-z_]+) = ", line):
            tables[table].add(key[1])
    return tables


def test_the_example_loads() -> None:
    settings = loads(EXAMPLE.read_text(), SECRETS, file=EXAMPLE)
    assert settings.helpdesk.address == "support@example.org"


def test_the_example_lists_every_key_of_every_section() -> None:
    tables = keys_by_table(EXAMPLE.read_text())
    missing = []
    for path, model in models(Settings):
        for name in model.model_fields:
            inline = path[:2] == ("priority", "matrix") and len(path) == 3
            table = ".".join(path)
            if not inline and f"{table}.{name}" not in tables and name not in tables.get(table, ()):
                below = any(other.startswith(f"{table}.{name}.") for other in tables)
                missing += [] if below else [f"[{table}] {name}"]
    assert missing == []


def test_the_example_states_the_true_defaults() -> None:
    example = loads(EXAMPLE.read_text(), SECRETS, file=EXAMPLE)
    bare = loads(
        '[helpdesk]\naddress="support@example.org"\n'
        '[[mailboxes]]\nname="support"\nhost="imap.example.org"\nusername="support@example.org"\n'
        '[smtp]\nhost="smtp.example.org"\n[[teams]]\nname="support"\n'
        '[[technicians]]\nemail="ani@example.org"\nname="Ani"\n[[categories]]\nname="hardware"\n'
        '[[vendors]]\nname="Acme Printing"\naddress="support@acme.example"\n'
        '[[rules]]\nid="printer-01"\nany=["printer"]\ncategory="hardware"\n',
        SECRETS,
        file=EXAMPLE,
    )
    different = []
    for section in Settings.model_fields:
        mine, true = getattr(example, section), getattr(bare, section)
        if section in TABLES:
            mine, true = mine[0], true[0]
        if section == "calendars":
            continue
        different += [
            (section, name, getattr(mine, name), getattr(true, name))
            for name in type(true).model_fields
            if (section, name) not in WITHOUT_DEFAULT and getattr(mine, name) != getattr(true, name)
        ]
    assert different == []


def test_the_example_marks_what_is_required() -> None:
    text = EXAMPLE.read_text()
    marked = set()
    table = ""
    for line in text.splitlines():
        if header := re.fullmatch(r"\[\[?([a-z_.]+)\]\]?", line):
            table = header[1]
        elif REQUIRED.search(line):
            marked.add((table, line.split(" ", 1)[0]))
    needed = {
        (".".join(path), name)
        for path, model in models(Settings)
        for name, field in model.model_fields.items()
        if field.is_required() and path[0] not in {"sla", "priority"}
    }
    assert marked == needed


@pytest.mark.parametrize("key", ["password", "secret_key"])
def test_the_example_holds_no_secret_that_could_be_copied(key: str) -> None:
    parsed = tomllib.loads(EXAMPLE.read_text())
    assert not [table for table in (parsed["smtp"], parsed["security"], *parsed["mailboxes"]) if key in table]
