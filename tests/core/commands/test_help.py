"""The help in both languages, the table for the manual, and the phrases behind them."""

import pytest

from mailbot.core.commands import COMMANDS, Argument, CommandRefusedError, escape_commands, help_text, table_markdown
from mailbot.core.commands.registry import WORDS as CALLED
from mailbot.core.commands.values import key
from mailbot.core.phrases import LANGUAGES, PHRASES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_names_every_command_once_and_is_harmless(language: str) -> None:
    text = help_text(language)
    for command in COMMANDS.values():
        assert text.count(f"· {command.usage} — {command.summary[language]}") == 1
    assert escape_commands(text) == text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_a_command_tells_all_and_is_harmless(language: str, name: str) -> None:
    command = COMMANDS[name]
    text = help_text(language, name)
    for part in (command.usage, command.summary[language], *command.aliases, *command.examples):
        assert part in text
    assert command.details.get(language, "") in text
    assert escape_commands(text) == text


@pytest.mark.parametrize("verb", ["wait", "#Wait.", "tunggu", "#TUNGGU", "pending"])
def test_a_command_is_explained_by_any_of_its_words(verb: str) -> None:
    assert help_text("en", verb) == help_text("en", "wait")


def test_an_unknown_command_cannot_be_explained() -> None:
    with pytest.raises(CommandRefusedError) as refusal:
        help_text("en", "asign")
    assert "assign" in refusal.value.candidates


def test_help_in_a_language_that_we_do_not_speak_is_english() -> None:
    assert help_text("de") == help_text("en")
    assert help_text("id") != help_text("en")


def test_the_table_has_one_row_for_each_command() -> None:
    rows = table_markdown().splitlines()[2:]
    assert len(rows) == len(COMMANDS)
    for row, command in zip(rows, COMMANDS.values(), strict=True):
        assert f"`#{command.name}" in row
        assert row.replace(r"\|", "").count("|") == 4
        assert all(f"`#{alias}`" in row for alias in command.aliases)


def test_no_two_commands_share_a_word() -> None:
    words = [word for command in COMMANDS.values() for word in (command.name, *command.aliases)]
    assert len({key(word) or word for word in words}) == len(words) == len(CALLED)


def test_every_command_speaks_every_language() -> None:
    for command in COMMANDS.values():
        assert set(command.summary) == set(LANGUAGES)
        assert set(command.details) in (set(), set(LANGUAGES))
        assert all(summary.endswith(".") for summary in command.summary.values())
        assert command.usage.startswith(f"#{command.name}")
        assert (command.usage == f"#{command.name}") == (command.argument is Argument.NONE)
        assert command.audience


def test_no_phrase_begins_with_a_command_once_its_values_are_in() -> None:
    for language in LANGUAGES:
        for name, phrase in PHRASES[language].items():
            text = phrase.replace("{word}", "close")
            # These are only ever said after the number of the line.
            if name not in {"needs_value", "takes_nothing", "needs_text", "only_held"}:
                assert escape_commands(text) == text, name
