"""Combining marks are kept as people write them, and no more of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.marks import tame

ACUTE, CEDILLA = "\u0301", "\u0327"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text " * 20,
        "日本語のテキスト" * 50,
        "שָׁלוֹם עֲלֵיכֶם " * 20,
        "Việt Nam tiếng Việt " * 20,
        unicodedata.normalize("NFD", "éèêüöäåçñ" * 40),
        "สวัสดีครับผู้ใหญ่" * 30,
        "z" + (ACUTE + CEDILLA) * 15 + "algo",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert tame(text) == text


@pytest.mark.parametrize("marks", [ACUTE, CEDILLA + ACUTE, "\u05b0", "\u064b", "\U0001d165", "\u0e38"])
@pytest.mark.parametrize("before", ["", "a", "é" * 50])
def test_of_a_tower_of_marks_thirty_are_kept(marks: str, before: str) -> None:
    tower = (marks * 1000)[:1000]
    assert tame(f"{before}{tower} b") == f"{before}{tower[:30]} b"
    assert tame(f"{before}{tower}é{tower}") == f"{before}{tower[:30]}é{tower[:30]}"


@given(st.text(alphabet=["a", "é", "日", ACUTE, CEDILLA, "\u05b0"], max_size=200))
def test_no_run_is_longer_and_nothing_else_is_lost(text: str) -> None:
    found = tame(text * 3)
    runs = "".join("m" if unicodedata.combining(char) else " " for char in found).split()
    assert max(map(len, runs), default=0) <= 30
    letters = [char for char in text * 3 if not unicodedata.combining(char)]
    assert [char for char in found if not unicodedata.combining(char)] == letters
