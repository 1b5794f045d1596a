"""Broken messages and bombs, as `make fuzz` and `make bombs` try them in earnest: each is read or refused."""

import pytest
from fuzz.bombs import BOMBS, build
from fuzz.invariants import LIMITS, problems
from fuzz.mutate import MAILS, message
from fuzz.run import look

from mailbot.core import limits

POOL = [path.read_bytes() for path in sorted(MAILS.glob("*.eml"))]
SMALLER = 60  # What fills a bomb is that much smaller here: it is about failures, not about time.


@pytest.mark.parametrize("part", range(8))
def test_two_thousand_broken_messages_are_read_or_refused(part: int) -> None:
    found = []
    for number in range(part * 250, part * 250 + 250):
        raw = message(20_261_124, number, POOL)
        found += [(number, problem) for problem in look(raw, fully=number % 5 == 0)]
    assert found == []


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_or_refused(name: str) -> None:
    assert problems(build(name, SMALLER), twice=False) == []


def test_a_good_part_of_the_bombs_passes_the_gates() -> None:
    # Else the parsers behind them would never be tried.
    read = [name for name in BOMBS if not limits.check(build(name, SMALLER), LIMITS)]
    assert len(BOMBS) >= 150
    assert len(read) > len(BOMBS) / 2


def test_the_same_seed_gives_the_same_messages_and_another_gives_others() -> None:
    first, again, other = ([message(seed, number, POOL) for number in range(50)] for seed in (1, 1, 2))
    assert first == again
    assert sum(one == two for one, two in zip(first, other, strict=True)) < 5


@pytest.mark.parametrize("raw", POOL, ids=[path.stem for path in sorted(MAILS.glob("*.eml"))])
def test_the_promises_hold_for_ordinary_messages(raw: bytes) -> None:
    assert problems(raw) == []


def test_a_broken_promise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def lie(*_arguments: object) -> object:
        raise ValueError("torn")

    monkeypatch.setattr("mailbot.core.mail.read", lie)
    assert "ValueError: torn" in look(POOL[0], fully=True)[0]
