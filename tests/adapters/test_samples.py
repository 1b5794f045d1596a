"""What people see as samples and examples is what the helpdesk really says and understands."""

import re
import tomllib
from pathlib import Path

import pytest

from mailbot.adapters.render import builtin_directory
from mailbot.adapters.samples import sample
from mailbot.config.starter import starter_categories
from mailbot.core.commands.registry import WORDS
from mailbot.core.commands.values import key
from mailbot.core.notices import NOTICES
from mailbot.pipeline import wishes

ROOT = Path(__file__).parent.parent.parent
TEXTS = [
    ROOT / "config.example.toml",
    ROOT / "README.md",
    ROOT / "mailbot" / "adapters" / "samples.py",
    ROOT / "mailbot" / "adapters" / "samples_found.py",
    *sorted(builtin_directory().glob("*/*")),
]
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
COMMAND = re.compile(r"#([A-Za-z]\w*)")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_command_that_people_are_shown_exists(path: Path) -> None:
    shown = COMMAND.findall(COLOUR.sub("", path.read_text("utf-8")))
    assert [word for word in shown if key(word) not in WORDS.keys() | wishes.WORDS.keys()] == []


def test_the_commands_that_people_are_shown_are_really_looked_for() -> None:
    text = (builtin_directory() / "en" / "labels.toml").read_text("utf-8")
    assert {"take", "resolve", "wait"} <= set(COMMAND.findall(text))


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_kind_of_mail_has_a_name_for_the_word_that_it_did_not_arrive(language: str) -> None:
    labels = tomllib.loads((builtin_directory() / language / "labels.toml").read_text("utf-8"))
    assert set(labels["notice"]) == set(NOTICES)
    assert sample("undeliverable", language)["notice"] in NOTICES


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_category_that_is_shipped_has_a_name_in_each_language(language: str) -> None:
    labels = tomllib.loads((builtin_directory() / language / "labels.toml").read_text("utf-8"))
    assert {category.name for category in starter_categories()} <= set(labels["category"])


def test_indonesian_calls_a_mail_email_and_nothing_else() -> None:
    for path in sorted((builtin_directory() / "id").iterdir()):
        assert not re.search(r"\bsurat\b|\bperihal\b|ditangguhkan", path.read_text("utf-8"), re.IGNORECASE), path.name


def test_the_manual_and_the_service_install_in_the_same_way() -> None:
    def steps(path: Path) -> list[str]:
        lines = (line.lstrip("# ").partition(" #")[0].strip() for line in path.read_text("utf-8").splitlines())
        return [line for line in lines if line.startswith(("python3 -m venv", "/opt/mailbot/venv/bin/pip"))]

    assert steps(ROOT / "README.md") == steps(ROOT / "deploy" / "mailbot.service") != []
