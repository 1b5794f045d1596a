"""Reading votes, and telling thanks from a word that needs an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.survey import Vote, is_only_thanks, read_vote


@pytest.mark.parametrize(
    ("text", "score", "comment"),
    [
        ("5", 5, ""),
        ("5!", 5, ""),
        (" 4 ", 4, ""),
        ("5 - terima kasih", 5, "terima kasih"),
        ("4. Quick, thank you", 4, "Quick, thank you"),
        ("3/5 it took long", 3, "it took long"),
        ("lima", 5, ""),
        ("Lima, bagus sekali", 5, "bagus sekali"),
        ("five", 5, ""),
        ("⭐⭐⭐⭐", 4, ""),
        ("★★★ ok", 3, "ok"),
        ("2\n\nStill slow.\nBudi", 2, "Still slow.\nBudi"),
        ("(1) terrible", 1, "terrible"),
    ],
)
def test_a_vote_is_read_from_the_beginning_of_an_answer(text: str, score: int, comment: str) -> None:
    assert read_vote(text) == Vote(score, comment)


@pytest.mark.parametrize(
    "text",
    ["", "6", "0", "10", "55", "it still does not work", "5.5", "4:30 is when it broke", "1,000 errors", "satuan"],
)
def test_what_is_no_vote_is_not_taken_for_one(text: str) -> None:
    assert read_vote(text) is None


@given(st.text())
def test_any_text_is_a_vote_or_none(text: str) -> None:
    vote = read_vote(text)

    assert vote is None or 1 <= vote.score <= 5


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "thank you very much",
        "Many thanks",
        "Terima kasih banyak, Pak",
        "terima kasih atas bantuannya",
        "Makasih ya mas",
        "ok, works now. Thanks!",
        "Perfect, thank you for your help",
    ],
)
def test_nothing_but_thanks_is_recognised(text: str) -> None:
    assert is_only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks, but it still does not work",
        "thanks. when will it be ready?",
        "terima kasih, tapi masih error",
        "thank you, one more thing: the scanner is broken",
        "ok",
        "It is broken",
        "thanks " * 60,
    ],
)
def test_a_word_that_needs_an_answer_is_not_taken_for_thanks(text: str) -> None:
    assert not is_only_thanks(text)
