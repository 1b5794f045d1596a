"""Words, questions, and the lines that show what was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.searching import Question, ask, excerpt, for_postgresql, for_sqlite, vector, words

WORDS = {
    "Printer  JAMS, twice!": ["printer", "jams", "twice"],
    "Café Ｗｉｄｅ Straße Łódź điện": ["cafe", "wide", "strasse", "lodz", "dien"],
    "e-mail snake_case 10.0.0.1 it's": ["e", "mail", "snake", "case", "10", "0", "0", "1", "it", "s"],
    "東京タワー x": ["東", "京", "タ", "ワ", "ー", "x"],
    "!?*\":'|&": [],
}
QUESTIONS = {
    "printer jams": Question((("printer",), ("jams",)), open_end=True),
    '"paper jam"': Question((("paper", "jam"),)),
    "„Paper Jam“ tray": Question((("paper", "jam"), ("tray",)), open_end=True),
    '"paper jam': Question((("paper",), ("jam",)), open_end=True),
    "e-mail": Question((("e", "mail"),), open_end=True),
    "x": Question((("x",),)),
    " ".join("abcdefghijklmnopqrstuvwxyz"): Question(tuple((letter,) for letter in "abcdefghijklmnop")),
}


@pytest.mark.parametrize("text", WORDS)
def test_a_text_is_cut_into_words_without_case_and_accents(text: str) -> None:
    assert words(text) == WORDS[text]


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_words_and_phrases(text: str) -> None:
    assert ask(text) == QUESTIONS[text]


def test_a_question_without_words_is_none() -> None:
    assert ask('"" ?! -- *') is None
    assert ask("") is None


def test_each_database_is_asked_in_its_own_language() -> None:
    question = Question((("paper", "jam"), ("tray",)), open_end=True)
    assert for_sqlite(question, every=True) == '"paper jam" AND "tray" *'
    assert for_sqlite(question, every=False) == '"paper jam" OR "tray" *'
    assert for_postgresql(question, every=True) == "('paper' <-> 'jam') & ('tray':*)"
    assert for_postgresql(question, every=False) == "('paper' <-> 'jam') | ('tray':*)"


@given(st.text(max_size=300))
def test_nothing_of_a_question_is_a_sign_of_the_database(text: str) -> None:
    question = ask(text)
    if question is not None:
        assert all(word.isalnum() for term in question.terms for word in term)
        assert 1 <= len(question.terms) <= 16


def test_a_vector_has_places_and_weights_and_phrases_end_with_a_part() -> None:
    assert vector([("A", ["a", "b"]), ("D", ["a"])]) == "'a':1A,4D 'b':2A"
    assert len(vector([("D", (f"{number}x" * 20 for number in range(100_000)))])) < 1_000_000


def test_the_line_with_most_of_the_words_is_shown_cut_around_them() -> None:
    question = Question((("fuser",), ("worn",)), open_end=True)
    texts = ["Hello,\nthe fuser it is.", "x" * 50 + " blah" * 60 + " The FUSER is worn, I think." + " blah" * 60]
    shown = excerpt(texts, question)
    assert "The FUSER is worn" in shown
    assert len(shown) < 200
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert excerpt(["nothing"], question) == ""
