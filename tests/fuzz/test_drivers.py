"""The drivers behind `make fuzz` do what they say, and fail where they should."""

import subprocess
import sys
from pathlib import Path

import pytest
from fuzz.explode import Outcome
from fuzz.mutate import MAILS

TESTS = Path(__file__).parents[1]


def run(*words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=TESTS,
        env={"PYTHONPATH": f"{TESTS.parent}:{TESTS}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_a_bomb_goes_through_a_whole_helpdesk_in_its_own_process() -> None:
    table = run("fuzz.explode", "digits", "50,000 headers", "26 MB, larger")
    lines = {line.split(maxsplit=4)[4].partition("  <--")[0]: line.split()[3] for line in table.splitlines()[1:-1]}
    assert lines == {"digits": "held", "50,000 headers": "refused", "26 MB, larger than allowed": "refused"}
    assert "3 bombs, " in table


def test_broken_messages_are_counted_and_measured(tmp_path: Path) -> None:
    figures = run("fuzz.run", "--messages", 60, "--seed", 5, "--workers", 2, "--keep", tmp_path)
    count = len(list(MAILS.glob("*.eml")))
    assert f"60 messages of {count} seeds, seed 5, 2 processes" in figures
    assert "\n0 failures" in figures
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Outcome(1.9, 63.0, "created", ""), []),
        (Outcome(2.1, 1.0, "created", ""), ["2.1 s"]),
        (Outcome(0.1, 65.0, "created", ""), ["65 MiB"]),
        (Outcome(0.1, 1.0, "", "", ("it was not filed",)), ["it was not filed"]),
    ],
)
def test_what_takes_too_much_or_loses_something_is_a_failure(outcome: Outcome, verdict: list[str]) -> None:
    assert outcome.verdict("a bomb") == verdict
