"""Whatever word our own mails show for a value, a command takes it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.adapters.render import Renderer
from mailbot.config import loads
from mailbot.core.commands import Context, Result, parse, run_all
from mailbot.core.model import Category
from mailbot.policy import Policy

Run = Callable[..., Result]
SHOWN = Renderer(None, "en").labels()
VERBS = {"priority": "prio", "impact": "impact", "urgency": "urgency", "category": "category"}
SETTINGS = """
[helpdesk]
address = "support@example.com"
[smtp]
host = "localhost"
[[mailboxes]]
name = "main"
host = "localhost"
username = "x"
"""
POLICY = Policy.build(loads(SETTINGS, {}, file=Path("/etc/mailbot/config.toml"), serving=False), labels=SHOWN)


def _run(context: Context, text: str) -> Result:
    directory = replace(context.directory, categories=POLICY.directory.categories, labels=POLICY.directory.labels)
    return run_all(parse(text, "en"), replace(context, directory=directory))


@pytest.mark.parametrize(("kind", "verb"), VERBS.items())
def test_every_word_that_mails_show_is_taken(context: Context, kind: str, verb: str) -> None:
    assert len(SHOWN[kind]) >= 6
    for label, value in SHOWN[kind]:
        result = _run(context, f"#{verb} {label}")
        assert result.errors == (), label
        changes = [change for outcome in result.outcomes for change in outcome.changes if change.field == kind]
        now = changes[0].new if changes else getattr(context.ticket, kind).lower()
        assert now == value, label


@pytest.mark.parametrize("word", ["Perangkat  Keras", "perangkat-keras", "PÉRANGKAT KERAS", "“perangkat keras”"])
def test_case_blanks_accents_and_quotes_do_not_matter(context: Context, word: str) -> None:
    assert _run(context, f"#kategori {word}").errors == ()


def test_an_unknown_category_is_answered_with_all_that_there_are(context: Context) -> None:
    message = _run(context, "#category gardening").errors[0].message
    assert len(POLICY.directory.categories) > 12
    assert all(category.name in message for category in POLICY.directory.categories.values())


def test_a_category_of_this_name_comes_before_one_that_mails_call_so(context: Context) -> None:
    own = {**POLICY.directory.categories, "jaringan": Category("jaringan")}
    directory = replace(context.directory, categories=own, labels=POLICY.directory.labels)
    result = run_all(parse("#category jaringan", "en"), replace(context, directory=directory))
    assert result.outcomes[0].changes[0].new == "jaringan"


def test_a_word_for_two_categories_is_asked_about(context: Context) -> None:
    labels = {"category": [("gear", "hardware"), ("Gear", "printer")]}
    directory = replace(context.directory, categories=POLICY.directory.categories, labels=labels)
    message = run_all(parse("#category gear", "en"), replace(context, directory=directory)).errors[0].message
    assert "hardware" in message
    assert "printer" in message


def test_a_word_for_a_category_that_this_helpdesk_does_not_have_means_nothing() -> None:
    text = SETTINGS + '[[categories]]\nname = "network"\n'
    settings = loads(text, {}, file=Path("/etc/mailbot/config.toml"), serving=False)
    assert {value for _label, value in Policy.build(settings, labels=SHOWN).directory.labels["category"]} == {"network"}


def test_the_words_of_an_operator_count_too(tmp_path: Path) -> None:
    (tmp_path / "id").mkdir()
    words = '[format]\nlocale = "id"\nwhen = "EEE"\n[priority]\nhigh = "genting"\n'
    (tmp_path / "id" / "labels.toml").write_text(words, "utf-8")
    assert ("genting", "high") in Renderer(tmp_path, "en").labels()["priority"]


@pytest.mark.parametrize("broken", ["[", '[format]\nlocale = "id"\nwhen = "EEE"\n[priority]\nhigh = 3\n'])
def test_broken_words_of_an_operator_are_said_by_the_check_and_harm_nothing_else(tmp_path: Path, broken: str) -> None:
    (tmp_path / "id").mkdir()
    (tmp_path / "id" / "labels.toml").write_text(broken, "utf-8")
    renderer = Renderer(tmp_path, "en")
    assert ("high", "high") in renderer.labels()["priority"]
    assert any("labels.toml" in str(problem) for problem in renderer.check())
