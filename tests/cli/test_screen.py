"""Text on a terminal: aligned, wrapped, harmless."""

import os
import sys
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cli.screen import columns_of, count, facts, local, one_line, safe, table, wrapped


@given(st.text())
def test_nothing_that_moves_a_cursor_gets_through(text: str) -> None:
    assert {unicodedata.category(char)[0] for char in safe(text)} - {"L", "M", "N", "P", "S", "Z", "C"} == set()
    assert all(char.isprintable() or char in "\n\t" for char in safe(text))
    assert one_line(text).isprintable()


@pytest.mark.parametrize(("text", "expected"), [("abc", 3), ("印刷", 4), ("e\u0301", 1), ("ü", 1), ("🖨", 1), ("", 0)])
def test_a_text_is_as_wide_as_a_terminal_shows_it(text: str, expected: int) -> None:
    assert columns_of(text) == expected


def test_columns_stay_aligned_below_wide_characters() -> None:
    lines = table([["印刷", "x"], ["a", "y"]], ["name", "what"]).splitlines()
    assert [columns_of(line[: line.index(char)]) for line, char in zip(lines, ("what", "x", "y"), strict=True)] == [
        6, 6, 6,
    ]  # fmt: skip


def test_a_cell_with_line_ends_stays_in_its_line() -> None:
    assert table([["a\nb", "c\td"]], ["x", "y"]).splitlines()[1] == "a b  c d"


def test_the_last_column_is_cut_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["a", "x" * 300]]
    assert len(table(rows, ["n", "what"]).splitlines()[1]) == 303
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_fallback: os.terminal_size((60, 20)))
    line = table(rows, ["n", "what"]).splitlines()[1]
    assert (len(line), line[-1]) == (60, "…")


def test_a_long_text_goes_on_below_its_beginning() -> None:
    lines = wrapped("  why", "word " * 40, 10).splitlines()
    assert lines[0].startswith("  why     word")
    assert all(line.startswith(" " * 10 + "word") for line in lines[1:])
    assert max(map(len, lines)) <= 100
    assert wrapped("  why", "", 10) == "  why"


def test_times_and_numbers_are_words() -> None:
    at = datetime(2026, 8, 4, 20, 0, tzinfo=UTC)
    assert local(at, ZoneInfo("Asia/Jakarta")) == "2026-08-05 03:00"
    assert local(None, UTC) == "-"
    assert [count(1, "box", "boxes"), count(2, "box", "boxes"), count(0, "team")] == ["1 box", "2 boxes", "0 teams"]
    assert facts([("a", "x"), ("long", "")]) == "  a     x\n  long  -"
