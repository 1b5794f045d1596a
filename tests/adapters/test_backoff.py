"""How long a failing server is left alone."""

import random

from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.backoff import Backoff


@given(st.integers(), st.integers(min_value=1, max_value=60))
def test_each_wait_lies_in_the_upper_half_of_its_step(seed: int, failures: int) -> None:
    backoff = Backoff(base=5, cap=300, rng=random.Random(seed))
    for failure in range(failures):
        step = min(300, 5 * 2**failure)
        assert step / 2 <= backoff.next() <= step


def test_a_success_starts_over() -> None:
    backoff = Backoff(rng=random.Random(1))
    for _ in range(2000):
        backoff.next()
    assert backoff.next() >= 150
    backoff.reset()
    assert backoff.next() <= 5


def test_two_clients_do_not_return_as_one() -> None:
    one, other = Backoff(rng=random.Random(1)), Backoff(rng=random.Random(2))
    assert [one.next() for _ in range(5)] != [other.next() for _ in range(5)]
