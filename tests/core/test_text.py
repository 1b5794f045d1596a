"""Texts are made fit for databases, for people and for comparison."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.text import clean, fold, one_line

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("a\x00b\x07c", "abc"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("Jos\udce9", "Jos"),
        ("Jose\u0301", "José"),
        ("a\x85b\u2028c", "a\nb\nc"),
        ("a\x9bb", "ab"),
    ],
)
def test_what_is_no_text_goes(value: str, expected: str) -> None:
    assert clean(value) == expected


def test_a_text_is_cut_at_its_longest_length() -> None:
    assert clean("abcdef", 3) == "abc"
    assert one_line("abc def", 4) == "abc"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  two \t words\n", "two words"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("no\u00a0break", "no break"),
        ("a\r\nBcc: x@example.com", "a Bcc: x@example.com"),
    ],
)
def test_a_subject_is_one_line_with_nothing_unseen(value: str, expected: str) -> None:
    assert one_line(value) == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("PRINTER", "printer"),
        ("Straße", "STRASSE"),
        ("café", "CAFE\u0301"),
        ("Ｐａｓｓｗｏｒｄ", "password"),
        ("Łódź", "lodz"),
        ("pass\u00adword", "password"),
        ("two   words", "Two\nwords"),
        ("ﬁle", "file"),
    ],
)
def test_two_spellings_of_a_word_fold_to_the_same(left: str, right: str) -> None:
    assert fold(left) == fold(right)


@given(ANY_TEXT)
def test_a_cleaned_text_can_be_stored_anywhere(value: str) -> None:
    cleaned = clean(value)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned) == cleaned


@given(ANY_TEXT)
def test_one_line_is_one_line_and_stays_it(value: str) -> None:
    line = one_line(value)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
    assert not any(unicodedata.category(char) in ("Cf", "Cc", "Cs") for char in line)


@given(ANY_TEXT)
def test_folding_what_is_folded_changes_nothing(value: str) -> None:
    folded = fold(clean(value))
    assert fold(folded) == folded


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=80))
def test_the_short_way_for_ascii_gives_the_same(value: str) -> None:
    assert fold(value + " é") == f"{fold(value)} e".strip()
