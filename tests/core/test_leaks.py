"""Internal text is known again whatever was done to its form; what everybody knows is no secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.leaks import compile_secrets, leaked, words_of, words_of_page

NOTE = (
    "Rita's server was hacked through the old VPN account.\nDo not tell her before the lawyers have looked at it!\n\n"
    "To do:\n- change the password of the administrator account\n- ask Hendra for the images of last month\n\nok"
)


def found(outgoing: str, *notes: str, known: tuple[str, ...] = ()) -> str:
    return leaked(compile_secrets(notes or (NOTE,)), [words_of(outgoing)], map(words_of, known))


@pytest.mark.parametrize(
    "outgoing",
    [
        NOTE,
        "Do not tell her before the lawyers have looked at it!",
        "Hello, do not tell her before the lawyers have looked at it, please.",
        "do not  tell her\n> before the lawyers\n>> have looked at it",
        "DO NOT TELL HER BEFORE THE LAWYERS HAVE LOOKED AT IT",
        "“Rita’s server was hacked through the old VPN account”",
        "Rita\u2019s ser\u00adver was hacked through\u00a0the old VPN account",
        "We will change the password of the administrator account soon.",
        "To do:\n\n* change the password of the administrator account\n* ask Hendra for the images of last month",
    ],
)
def test_a_sentence_or_a_paragraph_of_a_note_is_known_again(outgoing: str) -> None:
    assert found(outgoing)


@pytest.mark.parametrize(
    "outgoing",
    [
        "",
        "ok",
        "To do:",
        "Do not tell her before the doctors have looked at it!",
        "Rita's server was hacked",
        "ok? " * 99,
    ],
)
def test_what_only_sounds_like_a_note_or_is_too_short_is_no_leak(outgoing: str) -> None:
    assert found(outgoing) == ""


def test_a_sentence_below_a_greeting_or_a_command_is_known_again_without_it() -> None:
    for greeting in ("Hi Tom,", "#resolve", "About the part"):
        note = f"{greeting}\nWe will invoice the head office with a fee of 200 dollars\nTom"
        assert found("Look: we will invoice the head office with a fee of 200 dollars!", note)


def test_a_short_note_is_known_again_as_a_whole() -> None:
    assert found("Well, he is a liar, to be honest.", "He is a liar, to be honest")
    assert not found("He is a liar.", "He is a liar")


def test_the_words_of_a_page_are_looked_at_without_its_tags_and_entities() -> None:
    page = "<p dir='auto'>Do not tell&nbsp;her <b>before</b><br>\nthe lawyers have looked at it&#33;</p>"

    assert leaked(compile_secrets([NOTE]), [words_of_page(page)])
    assert not leaked(compile_secrets([NOTE]), [words_of_page("<p>Do not tell her</p><p>anything</p>")])


def test_it_is_said_what_was_found_as_it_was_written() -> None:
    assert found("x do not TELL her before the lawyers have looked at it") == (
        "Do not tell her before the lawyers have looked at it!"
    )


def test_what_the_reader_knows_is_no_secret_but_the_rest_of_the_note_is() -> None:
    asked = "My screen has been flickering since the update of Monday"
    note = f"She writes: {asked}. That is because the graphics card was bought second-hand."

    assert found(asked, f"{asked}.\nWhy?")
    assert found(f"You write that {asked.lower()}.", f"{asked}.\nWhy?", known=(f"Hello, {asked}. Help!",)) == ""
    assert found("That is because the graphics card was bought second-hand", note, known=(asked,)) != ""


def test_each_of_many_long_texts_is_looked_for_as_a_whole_even_where_its_sentences_find_no_room() -> None:
    notes = [f"Note number {n} " + f"which says a lot of things about the customer {n} here. " * 400 for n in range(50)]

    assert found(notes[-1], *notes)
    assert not found(notes[-1].replace("customer", "printer"), *notes)


@given(st.text(min_size=0, max_size=300), st.text(max_size=100), st.text(max_size=100))
def test_any_text_is_found_in_any_other_that_holds_it_as_words(note: str, before: str, after: str) -> None:
    if len(words_of(note)) >= 16:
        assert found(f"{before}\n{note}\n{after}", note)
    else:
        assert not found(f"{before}\n{note}\n{after}", note)
