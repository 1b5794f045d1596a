from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import sla
from mailbot.core.calendars import ALWAYS, Calendar, Window
from mailbot.core.model import Priority, SlaTarget, Status

SPLIT = sla.parse_windows(["08:00-12:00", "13:00-17:00"])
OFFICE = Calendar("office", ZoneInfo("UTC"), dict.fromkeys(range(5), SPLIT))
NORMAL = SlaTarget(first_response=timedelta(hours=4), next_update=timedelta(hours=8), resolution=timedelta(hours=24))
HIGH = SlaTarget(first_response=timedelta(hours=1), next_update=timedelta(hours=4), resolution=timedelta(hours=8))
NOTHING = SlaTarget(None, None, None)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_a_new_ticket_has_all_its_targets() -> None:
    clock = sla.start(at(2, 11), Priority.NORMAL)
    assert sla.respond_by(clock, NORMAL, OFFICE) == at(2, 16)
    assert sla.resolve_by(clock, NORMAL, OFFICE) == at(5, 11)
    assert sla.next_update_by(clock, NORMAL, OFFICE) == at(3, 11)


def test_a_share_of_a_target_is_used_up_in_business_time_and_not_while_the_clock_stands_still() -> None:
    clock = sla.start(at(2, 11), Priority.NORMAL)
    assert sla.used_by(clock, NORMAL.first_response, 0.75, OFFICE) == at(2, 15)
    assert sla.used_by(clock, None, 0.75, OFFICE) is None
    paused = sla.pause(clock, at(2, 12), OFFICE)
    assert sla.used_by(paused, NORMAL.first_response, 0.75, OFFICE) is None
    assert sla.used_by(sla.resume(paused, at(3, 8)), NORMAL.first_response, 0.75, OFFICE) == at(3, 10)


def test_a_priority_without_targets_has_no_deadlines() -> None:
    clock = sla.start(at(2, 11), Priority.LOW)
    assert sla.respond_by(clock, NOTHING, OFFICE) is None
    assert sla.resolve_by(clock, NOTHING, OFFICE) is None
    assert sla.next_update_by(clock, NOTHING, OFFICE) is None


def test_a_pause_adds_nothing_and_moves_the_deadline_by_its_business_time() -> None:
    clock = sla.start(at(2, 8), Priority.HIGH)
    paused = sla.pause(clock, at(2, 10), OFFICE)
    assert paused.status is Status.PENDING
    assert sla.elapsed_at(paused, at(4, 8), OFFICE) == timedelta(hours=2)
    assert sla.respond_by(paused, HIGH, OFFICE) is None
    assert sla.resolve_by(paused, HIGH, OFFICE) is None
    resumed = sla.resume(paused, at(4, 8))
    assert sla.resolve_by(resumed, HIGH, OFFICE) == at(4, 15)
    assert sla.elapsed_at(resumed, at(4, 9), OFFICE) == timedelta(hours=3)


def test_pausing_twice_and_resuming_twice_change_nothing_more() -> None:
    paused = sla.pause(sla.start(at(2, 8), Priority.HIGH), at(2, 10), OFFICE)
    assert sla.pause(paused, at(2, 16), OFFICE) == paused
    resumed = sla.resume(paused, at(3, 8))
    assert sla.resume(resumed, at(3, 16)) == resumed


def test_a_higher_priority_may_be_late_at_once() -> None:
    clock = sla.pause(sla.start(at(2, 8), Priority.NORMAL), at(3, 12), OFFICE)
    clock = replace(sla.resume(clock, at(4, 8)), priority=Priority.HIGH)
    # Twelve hours have run, eight are allowed: it was due when the clock last started, at the latest.
    assert sla.resolve_by(clock, HIGH, OFFICE) == at(4, 8)
    assert sla.resolve_by(clock, NORMAL, OFFICE) == at(5, 12)


def test_a_running_clock_is_late_where_the_new_target_was_passed() -> None:
    clock = replace(sla.start(at(2, 8), Priority.NORMAL), priority=Priority.HIGH)
    assert sla.resolve_by(clock, HIGH, OFFICE) == at(2, 17)


def test_a_first_response_ends_that_target_only() -> None:
    clock = sla.Clock(
        at(2, 8),
        Priority.HIGH,
        Status.OPEN,
        running_since=at(2, 8),
        first_response_at=at(2, 9),
        last_update_at=at(2, 9),
    )
    assert sla.respond_by(clock, HIGH, OFFICE) is None
    assert sla.resolve_by(clock, HIGH, OFFICE) == at(2, 17)
    assert sla.next_update_by(clock, HIGH, OFFICE) == at(2, 14)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_a_resolved_ticket_has_no_deadlines_until_it_is_reopened(status: Status) -> None:
    clock = sla.move(sla.start(at(2, 8), Priority.HIGH), status, at(2, 10), OFFICE)
    assert clock.resolved_at == at(2, 10)
    assert sla.resolve_by(clock, HIGH, OFFICE) is None
    assert sla.next_update_by(clock, HIGH, OFFICE) is None
    reopened = sla.move(clock, Status.OPEN, at(5, 8), OFFICE)
    assert reopened.resolved_at is None
    assert sla.resolve_by(reopened, HIGH, OFFICE) == at(5, 15)


def test_closing_keeps_the_time_of_resolution() -> None:
    resolved = sla.move(sla.start(at(2, 8), Priority.HIGH), Status.RESOLVED, at(2, 10), OFFICE)
    assert sla.move(resolved, Status.CLOSED, at(5, 10), OFFICE).resolved_at == at(2, 10)


@pytest.mark.parametrize(("status", "due"), [(Status.PENDING, None), (Status.ON_HOLD, at(2, 12))])
def test_updates_go_on_while_a_vendor_is_waited_for(status: Status, due: datetime | None) -> None:
    clock = sla.move(sla.start(at(2, 8), Priority.HIGH), status, at(2, 9), OFFICE)
    assert clock.running_since is None
    assert sla.next_update_by(clock, HIGH, OFFICE) == due


STEPS = st.lists(
    st.tuples(st.sampled_from(list(Status)), st.timedeltas(timedelta(0), timedelta(days=2))), min_size=1, max_size=12
)


@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS])
@given(steps=STEPS)
def test_a_clock_has_run_as_long_as_its_running_stretches(
    calendar: Calendar, steps: list[tuple[Status, timedelta]]
) -> None:
    now = at(2, 8)
    clock, expected = sla.start(now, Priority.NORMAL), timedelta(0)
    for status, later in steps:
        clock = sla.move(clock, status, now, calendar)
        if status in {Status.NEW, Status.OPEN}:
            expected += calendar.elapsed(now, now + later)
        now += later
        assert sla.elapsed_at(clock, now, calendar) == expected
    due = sla.resolve_by(clock, NORMAL, calendar)
    if due is not None and clock.elapsed <= timedelta(hours=24):
        assert sla.elapsed_at(clock, due, calendar) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("texts", "windows"),
    [
        ([], ()),
        (["08:00-12:00", "13:00-17:00"], ((time(8), time(12)), (time(13), time(17)))),
        (["8:00 - 12:30"], ((time(8), time(12, 30)),)),
        (["08:00–17:00"], ((time(8), time(17)),)),
        (["00:00-24:00"], ((time(0), time.max),)),
        (["08:00-12:00", "12:00-17:00"], ((time(8), time(12)), (time(12), time(17)))),
    ],
)
def test_windows_are_read(texts: list[str], windows: tuple[Window, ...]) -> None:
    assert sla.parse_windows(texts) == windows


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ([""], "is not a window; allowed: two times of day"),
        (["8-12"], "is not a window"),
        (["08:00"], "is not a window"),
        (["08:00-12:00-13:00"], "is not a window"),
        (["08:00-25:00"], "no such time of day as 25:00; allowed: 00:00 to 24:00"),
        (["08:60-12:00"], "no such time of day as 08:60"),
        (["08:00-24:01"], "no such time of day as 24:01"),
        (["22:00-06:00"], "write hours over midnight as two days"),
        (["24:00-24:00"], "ends before it begins"),
        (["13:00-17:00", "08:00-12:00"], "begins before the one before it ends"),
        (["08:00-12:00", "11:59-17:00"], "begins before the one before it ends"),
    ],
)
def test_what_is_no_window_is_refused(texts: list[str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        sla.parse_windows(texts)
