"""Business hours in every time zone of the world, compared with a clock on the wall that is looked at all the time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import sla
from mailbot.core.calendars import Calendar, Window
from mailbot.core.model import Priority, SlaTarget, Status

MINUTE = timedelta(minutes=1)
GLANCE = timedelta(minutes=5)  # Between two looks at the wall; offsets and leaps are whole quarters of an hour.
DAY = timedelta(days=1)
QUARTER = 15
BEGIN, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones())

Slot = tuple[date, int]
"""A local day, and a quarter of an hour of it by its first minute."""


@cache
def leaps(zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments within two years at which the clocks of a zone are put forward or back."""
    found, at, step = [], BEGIN, 7 * DAY
    while at < END:
        before, behind = at, at + step
        at = behind
        if before.astimezone(zone).utcoffset() == behind.astimezone(zone).utcoffset():
            continue
        while behind - before > MINUTE:
            middle = before + (behind - before) // 2 // MINUTE * MINUTE
            if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
                before = middle
            else:
                behind = middle
        found.append(behind)
    return tuple(found)


def slots(first: int) -> dict[int, tuple[Window, ...]]:
    """Every second quarter of an hour of each day, so that each is an opening of its own."""
    marks = range(first, 1440, 2 * QUARTER)
    day = tuple((wall(mark), wall(mark + QUARTER)) for mark in marks)
    return dict.fromkeys(range(7), day)


def wall(minute: int) -> time:
    return time.max if minute == 1440 else time(minute // 60, minute % 60)


def seen_on_the_wall(zone: ZoneInfo, begin: datetime, end: datetime) -> dict[Slot, datetime]:
    """When each quarter of an hour that the clock on the wall shows is first shown."""
    found: dict[Slot, datetime] = {}
    at = begin
    while at < end:
        local = at.astimezone(zone)
        found.setdefault((local.date(), (local.hour * 60 + local.minute) // QUARTER * QUARTER), at)
        at += GLANCE
    return found


def openings(calendar: Calendar, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Each opening, as somebody meets it who asks for the next one at the end of every quarter of an hour."""
    at = calendar.next_open(begin)
    while at < end:
        yield at
        # The rest of the slot: it is shorter where clocks leap within it.
        behind = at + GLANCE
        while calendar.elapsed(at, behind) == behind - at:
            behind += GLANCE
        at = calendar.next_open(behind)


def check_each_slot_once(zone: ZoneInfo, begin: datetime, end: datetime) -> None:
    # Both ends in the middle of a local day without leaps, so that no slot is cut.
    seen = seen_on_the_wall(zone, begin, end)
    for first in (0, QUARTER):
        wanted = sorted(at for (_day, minute), at in seen.items() if minute % (2 * QUARTER) == first and at > begin)
        met = [at for at in openings(Calendar("c", zone, slots(first)), begin, end) if at > begin]
        assert met == wanted, f"{zone.key} {begin:%Y-%m-%d}"
        assert len(met) == len(set(met))


def around(moment: datetime) -> tuple[datetime, datetime]:
    begin = moment - DAY
    return begin.replace(hour=begin.hour, minute=0), moment.replace(minute=0) + DAY


@cache
def alike() -> dict[tuple[tuple[datetime, timedelta | None], ...], str]:
    """One zone for each way in which clocks are changed; those that never are have one in common for each offset."""
    found: dict[tuple[tuple[datetime, timedelta | None], ...], str] = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        moments = (BEGIN, *leaps(zone))
        found.setdefault(tuple((at, at.astimezone(zone).utcoffset()) for at in moments), name)
    return found


def test_every_local_slot_opens_exactly_once_wherever_clocks_are_changed_within_two_years() -> None:
    changed = [name for ways, name in alike().items() if len(ways) > 1]
    assert len(ZONES) > 400, "the time zones of the world are missing: install tzdata"
    assert len(changed) > 10
    for name in changed:
        for moment in leaps(ZoneInfo(name)):
            check_each_slot_once(ZoneInfo(name), *around(moment))


def test_every_local_slot_opens_exactly_once_on_ordinary_days_of_every_offset() -> None:
    for name in alike().values():
        check_each_slot_once(ZoneInfo(name), *around(datetime(2026, 1, 14, 12, tzinfo=UTC)))


@pytest.mark.slow
def test_in_every_zone_an_hour_of_each_day_of_two_years_opens_exactly_once() -> None:
    for name in alike().values():  # The others have the same offsets and leaps as one of them.
        zone = ZoneInfo(name)
        for opens in (0, 2):
            calendar = Calendar("c", zone, dict.fromkeys(range(7), ((time(opens), time(opens + 1)),)))
            days: list[date] = []
            at = calendar.next_open(BEGIN)
            while at < END:
                local = at.astimezone(zone)
                days.append(local.date())
                at = calendar.next_open(calendar.add(at, calendar.elapsed(at, at + DAY / 2)))
            missing = set(map(date.fromordinal, range(days[0].toordinal(), days[-1].toordinal()))) - set(days)
            assert len(days) == len(set(days)), f"{name}, {opens}:00: a day twice"
            # Only where the whole hour is leapt over, there is none on that day.
            gaps = {at.astimezone(zone).date() for at in leaps(zone)}
            assert missing <= gaps, f"{name}, {opens}:00: a day is left out"


WINDOWS = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda marks: tuple(
        (wall(first * QUARTER), wall(last * QUARTER))
        for first, last in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
    )
)
CHANGING = ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Jakarta"]
CALENDARS = st.builds(
    Calendar,
    st.just("c"),
    st.sampled_from(CHANGING).map(ZoneInfo),
    st.dictionaries(st.integers(0, 6), WINDOWS, min_size=1),
    st.frozensets(st.dates(date(2026, 3, 1), date(2026, 4, 30)), max_size=5),
)
MINUTES = st.integers(0, 60 * 1440)  # Two months from March 2026 on, in which clocks are put forward or back.
SPRING = datetime(2026, 3, 1, tzinfo=UTC)


def counted(calendar: Calendar, begin: datetime, end: datetime) -> int:
    """The business minutes between two moments, one after the other; where clocks go back, the first time counts."""
    count, at = 0, begin
    while at < end:
        local = at.astimezone(calendar.zone)
        minute = local.hour * 60 + local.minute
        first = local.fold == 0 or not _repeats(local)
        for opens, closes in calendar.windows.get(local.weekday(), ()):
            last = 1440 if closes == time.max else closes.hour * 60 + closes.minute
            begins = opens.hour * 60 + opens.minute
            if local.date() in calendar.holidays or not begins <= minute < last:
                continue
            # In the hour that comes twice a window begun before it goes on, unless it ended in it.
            count += first or _goes_on(local, last)
        at += MINUTE
    return count


def _repeats(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _goes_on(local: datetime, last: int) -> bool:
    """Whether a window is open when a wall time is shown the second time: it did not end the first time."""
    moment = local.astimezone(UTC)
    # The wall shows the end of the window once more after this, so it was over before.
    end = datetime.combine(local.date(), time(), local.tzinfo) + timedelta(minutes=last)
    return not (_repeats(end) and end.replace(fold=0).astimezone(UTC) <= moment)


@given(CALENDARS, MINUTES, st.integers(0, 4 * 1440))
def test_business_time_is_what_somebody_counts_who_looks_at_the_clock_each_minute(
    calendar: Calendar, start: int, length: int
) -> None:
    begin = SPRING + start * MINUTE
    end = begin + length * MINUTE
    assert calendar.elapsed(begin, end) == counted(calendar, begin, end) * MINUTE
    assert calendar.add(begin, calendar.elapsed(begin, end)) <= end


ACTIVE_FOR = st.integers(1, 3 * 1440)
PAUSES = st.lists(
    st.tuples(ACTIVE_FOR, ACTIVE_FOR, st.sampled_from([Status.PENDING, Status.ON_HOLD])), min_size=1, max_size=5
)
TARGET = SlaTarget(timedelta(hours=4), timedelta(hours=8), timedelta(hours=40))


@given(CALENDARS, MINUTES, PAUSES)
def test_a_pause_adds_nothing_and_moves_the_deadline_by_exactly_its_business_time(
    calendar: Calendar, start: int, pauses: list[tuple[int, int, Status]]
) -> None:
    now = SPRING + start * MINUTE
    clock = sla.start(now, Priority.NORMAL)
    due = sla.resolve_by(clock, TARGET, calendar)
    assert due is not None
    for active, paused, status in pauses:
        now += active * MINUTE
        stopped = sla.move(clock, status, now, calendar)
        assert sla.resolve_by(stopped, TARGET, calendar) is None
        assert sla.respond_by(stopped, TARGET, calendar) is None
        later = now + paused * MINUTE
        assert sla.elapsed_at(stopped, later, calendar) == sla.elapsed_at(clock, now, calendar)
        clock = sla.move(stopped, Status.OPEN, later, calendar)
        after = sla.resolve_by(clock, TARGET, calendar)
        assert after is not None
        if due > now:
            assert calendar.elapsed(due, after) == calendar.elapsed(now, later)
        due, now = after, later


@given(CALENDARS, MINUTES, PAUSES)
def test_a_pause_of_no_length_changes_nothing(
    calendar: Calendar, start: int, pauses: list[tuple[int, int, Status]]
) -> None:
    now = SPRING + start * MINUTE
    clock = sla.start(now, Priority.NORMAL)
    before = sla.resolve_by(clock, TARGET, calendar)
    for active, _paused, status in pauses:
        now += active * MINUTE
        clock = sla.move(sla.move(clock, status, now, calendar), Status.OPEN, now, calendar)
        after = sla.resolve_by(clock, TARGET, calendar)
        if before is not None and before > now:
            assert after == before
