"""Which answers are a plain yes to the question whether it is solved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.verdict import says_yes

YES = (
    "yes", "Yes.", "YES!", "yes, thanks", "Yes, it works now. Thank you very much!", "It's fixed, thanks", "yep",
    "ya", "Ya", "iya pak", "sudah", "Sudah.", "Sudah bisa, terima kasih banyak", "sdh beres kak", "ya, sudah normal",
    "Sudah selesai, Pak. Terima kasih atas bantuannya.", "*yes*", "\n\nya\n", "All solved \u2013 thanks",
)  # fmt: skip
NO = (
    "", "no", "belum", "tidak", "not yet", "yes, but it is slow", "yes?", "sudah belum", "sudah, tapi masih lambat",
    "ya ampun, masih error", "thanks", "terima kasih", "ok", "it is not solved", "yes 2", "still broken", "belum bisa",
    "yes " * 60, "The printer jams again", "sudah dicoba", "is it fixed?",
)  # fmt: skip


@pytest.mark.parametrize("text", YES)
def test_a_plain_yes_is_understood(text: str) -> None:
    assert says_yes(text)


@pytest.mark.parametrize("text", NO)
def test_anything_more_or_else_is_no_yes(text: str) -> None:
    assert not says_yes(text)


@given(st.text())
def test_no_text_is_too_much(text: str) -> None:
    assert isinstance(says_yes(text), bool)
