"""When the clock on the wall is doubted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailbot.core.clocks import PATIENCE, Watch, begin, look

START = datetime(2026, 8, 4, 3, tzinfo=UTC)
PAUSE = PATIENCE.total_seconds()
YEAR = timedelta(days=365)


def after(watch: Watch, seconds: float, leap: timedelta = timedelta(0)) -> Watch:
    """So many seconds later, in which somebody set the clock."""
    return look(watch, watch.wall + timedelta(seconds=seconds) + leap, watch.running + seconds)


@pytest.mark.parametrize(
    ("leap", "doubted"),
    [
        (timedelta(0), False),
        (timedelta(seconds=2), False),
        (timedelta(minutes=-4), False),
        (timedelta(minutes=-6), True),
        (timedelta(hours=-1), True),
        (timedelta(days=-1), True),
        (-YEAR, True),
        (timedelta(hours=7), False),
        (timedelta(hours=25), True),
        (YEAR, True),
    ],
)
def test_a_leap_too_far_is_doubted_for_a_while_and_then_believed(leap: timedelta, doubted: bool) -> None:
    watch = after(Watch(START, 0.0), 5, leap)
    assert watch.doubted is doubted
    for _ in range(10):
        watch = after(watch, (PAUSE - 5) / 10)
    assert watch.doubted is doubted
    assert not after(watch, 6).doubted


@given(st.timedeltas(min_value=-2 * YEAR, max_value=2 * YEAR))
def test_a_clock_that_leaps_back_to_what_it_said_is_believed_at_once(leap: timedelta) -> None:
    away = after(Watch(START, 0.0), 5, leap)
    assume(away.doubted)
    assert not after(after(away, 60), 5, -leap).doubted


def test_a_machine_that_slept_or_a_process_that_stood_still_has_no_clock_to_doubt() -> None:
    watch = Watch(START, 0.0)
    assert not after(watch, timedelta(days=30).total_seconds()).doubted


@given(st.lists(st.tuples(st.floats(0, 1000), st.timedeltas(-YEAR, YEAR)), max_size=20))
def test_after_the_last_leap_every_clock_is_believed_within_a_quarter_of_an_hour(
    leaps: list[tuple[float, timedelta]],
) -> None:
    watch = Watch(START, 0.0)
    for seconds, leap in leaps:
        try:
            watch = after(watch, seconds, leap)
        except OverflowError:
            return
    assert not after(watch, PAUSE + 1).doubted


@given(st.floats(10, 890), st.timedeltas(timedelta(minutes=6), timedelta(hours=23)))
def test_a_clock_that_is_set_to_and_fro_for_ever_is_believed_at_times(every: float, by: timedelta) -> None:
    watch, believed = Watch(START, 0.0), 0
    for turn in range(40):
        watch = after(watch, every, by if turn % 2 else -by)
        believed += not watch.doubted
    assert believed >= 10


@pytest.mark.parametrize(
    ("seen", "doubted"),
    [
        (None, False),
        (START, False),
        (START - YEAR, False),
        (START + timedelta(minutes=4), False),
        (START + timedelta(minutes=6), True),
        (START + 50 * YEAR, True),
    ],
)
def test_a_clock_that_begins_behind_what_was_seen_is_doubted_for_a_while(seen: datetime | None, doubted: bool) -> None:
    watch = begin(START, 0.0, seen)
    assert watch.doubted is doubted
    assert not after(watch, PAUSE + 1).doubted


def test_a_clock_that_began_behind_and_is_set_right_is_believed_at_once() -> None:
    watch = begin(START - 50 * YEAR, 0.0, START - timedelta(hours=3))
    assert watch.doubted
    assert not after(watch, 60, 50 * YEAR).doubted
