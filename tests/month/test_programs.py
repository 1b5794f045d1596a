"""Thirty days with programs that answer everything and leave no sign of it: they are held, and nobody else notices."""

from datetime import datetime
from pathlib import Path

import pytest

from month.programs import Program, away, bounce_without_number, indonesian_desk, live, os_ticket, problems_of


@pytest.mark.parametrize(
    ("program", "language"), [(os_ticket, "id"), (indonesian_desk, "en"), (away, "en"), (bounce_without_number, "id")]
)
def test_thirty_days_with_a_program_that_answers_everything(
    sqlite_template: Path, tmp_path: Path, now: datetime, program: Program, language: str
) -> None:
    """`make month` does the same with each program in both languages."""
    assert problems_of(program, live(sqlite_template, tmp_path, now, program, language)) == []
