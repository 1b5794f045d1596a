"""The sentences of transcripts, in every language."""

import string

import pytest

from mailbot.core import phrases
from mailbot.core.commands.parse import parse
from mailbot.core.phrases import say

ALL = phrases.PHRASES


def fields(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", sorted(ALL))
def test_every_language_has_every_sentence_with_the_same_values(language: str) -> None:
    assert ALL[language].keys() == ALL["en"].keys()
    assert {name: fields(text) for name, text in ALL[language].items()} == {
        name: fields(text) for name, text in ALL["en"].items()
    }


@pytest.mark.parametrize("language", sorted(ALL))
def test_no_sentence_could_be_read_as_a_command_when_it_comes_back(language: str) -> None:
    for sentence in ALL[language].values():
        parsed = parse(sentence)
        assert (parsed.calls, parsed.errors) == ((), ())


@pytest.mark.parametrize("language", ["xx", "", "EN", "id-ID"])
def test_a_language_that_we_do_not_speak_gets_english(language: str) -> None:
    assert say(language, "nothing_sent") == ALL["en"]["nothing_sent"]


def test_values_that_look_like_fields_are_put_in_as_they_are() -> None:
    assert "{by} {0} {x.__class__}" in say("en", "decided", by="{by} {0} {x.__class__}", decision="go")
