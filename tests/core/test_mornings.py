"""The mornings of working days, in any zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.calendars import ALWAYS, Calendar
from mailbot.core.mornings import last_working_day, local, midnight, morning, next_time, today
from mailbot.core.sla import parse_windows

JAKARTA = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 8, 4)
OFFICE = ["08:00-12:00", "13:00-17:00"]
HOUR = timedelta(hours=1)
ZONES = sorted(available_timezones())


def calendar(windows: list[str], zone: ZoneInfo = JAKARTA, holidays: frozenset[date] = frozenset()) -> Calendar:
    """The same windows on every weekday, Saturday and Sunday off."""
    return Calendar("office", zone, dict.fromkeys(range(5), parse_windows(windows)), holidays)


def at(hour: int, minute: int = 0, day: date = TUESDAY, zone: ZoneInfo = JAKARTA) -> datetime:
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("windows", "wanted", "begins", "ends"),
    [
        (OFFICE, None, at(8), at(17)),
        (["06:30-14:00"], None, at(6, 30), at(14)),
        (["08:00-23:00"], None, at(8), at(20)),  # Half a day at most.
        (["00:00-24:00"], None, at(8), at(20)),  # Nobody is woken at midnight.
        (["00:00-06:00", "22:00-24:00"], None, at(22), at(0, day=TUESDAY + timedelta(days=1))),
        (["00:00-06:00"], None, at(0), at(6)),
        (["00:00-06:00", "06:00-14:00"], None, at(6), at(14)),
        (OFFICE, time(7), at(7), at(17)),
        (OFFICE, time(9, 30), at(9, 30), at(17)),
        (OFFICE, time(18), at(18), at(0, day=TUESDAY + timedelta(days=1))),  # After the office has closed.
    ],
)
def test_the_morning_is_when_work_begins(
    windows: list[str], wanted: time | None, begins: datetime, ends: datetime
) -> None:
    found = morning(calendar(windows), TUESDAY, wanted)
    assert found is not None
    assert (found.begins, found.ends) == (begins, ends)
    assert found.midnight == at(0, day=TUESDAY + timedelta(days=1))


def test_a_day_off_has_no_morning_whatever_time_is_wished_for() -> None:
    office = calendar(OFFICE, holidays=frozenset({TUESDAY}))
    assert morning(office, TUESDAY) is None
    assert morning(office, TUESDAY, time(7)) is None
    assert morning(office, date(2026, 8, 8)) is None


def test_the_calendar_of_every_hour_has_its_mornings_where_the_helpdesk_is() -> None:
    found = morning(local(ALWAYS, JAKARTA), date(2026, 8, 8))
    assert found is not None
    assert found.begins == at(8, day=date(2026, 8, 8))
    assert local(calendar(OFFICE), BERLIN).zone is JAKARTA


@pytest.mark.parametrize(
    ("day", "wanted", "begins"),
    [
        (date(2026, 3, 27), None, datetime(2026, 3, 27, 7, tzinfo=UTC)),  # Winter.
        (date(2026, 3, 30), None, datetime(2026, 3, 30, 6, tzinfo=UTC)),  # Summer, since the day before.
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, tzinfo=UTC)),  # It is leapt over.
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # It comes twice.
    ],
)
def test_the_morning_follows_the_clock_on_the_wall(day: date, wanted: time | None, begins: datetime) -> None:
    every_day = Calendar("x", BERLIN, dict.fromkeys(range(7), parse_windows(OFFICE)))
    found = morning(every_day, day, wanted)
    assert found is not None
    assert found.begins == begins


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (TUESDAY, date(2026, 8, 3)),
        (date(2026, 8, 3), date(2026, 7, 31)),  # Monday: Friday.
        (date(2026, 8, 6), date(2026, 8, 4)),  # The day after the holiday.
    ],
)
def test_the_last_working_day_is_before_weekends_and_holidays(day: date, expected: date) -> None:
    assert last_working_day(calendar(OFFICE, holidays=frozenset({date(2026, 8, 5)})), day) == expected


def test_where_nobody_worked_for_a_month_the_last_day_is_the_one_before() -> None:
    closed = frozenset(TUESDAY - timedelta(days=back) for back in range(60))
    assert last_working_day(calendar(OFFICE, holidays=closed), TUESDAY) == date(2026, 8, 3)


@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2025, 1, 1), date(2026, 12, 1)),
    windows=st.sampled_from(
        [OFFICE, ["00:00-24:00"], ["22:00-24:00"], ["00:00-06:00", "22:00-24:00"], ["01:30-09:00"]]
    ),
    wanted=st.sampled_from([None, time(0), time(2, 30), time(7, 30), time(23, 45)]),
)
def test_each_local_day_has_one_morning_and_it_lies_within_that_day(
    zone: str, first: date, windows: list[str], wanted: time | None
) -> None:
    every_day = Calendar("x", ZoneInfo(zone), dict.fromkeys(range(7), parse_windows(windows)))
    before = None
    for offset in range(30):
        day = first + timedelta(days=offset)
        found = morning(every_day, day, wanted)
        if found is None:
            continue  # The only window of that day lies within the hour that clocks leap over.
        assert today(every_day, found.begins) == day == found.day
        assert midnight(every_day, day) <= found.begins < found.ends <= found.midnight
        assert found.midnight == midnight(every_day, day + timedelta(days=1))
        assert before is None or before < found.begins
        before = found.begins


@given(st.sampled_from(ZONES), st.integers(0, 2 * 366 * 24 * 60), st.integers(0, 24 * 60 - 1))
def test_a_time_of_day_comes_within_a_day_in_every_zone(name: str, minutes: int, wall: int) -> None:
    zone = ZoneInfo(name)
    now, at_ = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), time(wall // 60, wall % 60)

    found = next_time(calendar(OFFICE, zone), now, at_)

    assert found is not None
    # A day has up to 25 hours, and where clocks leap over a time it is reckoned as when they do.
    assert now < found <= now + timedelta(hours=26)
    shown = found.astimezone(zone)
    assert shown.time() == at_ or calendar(OFFICE, zone).instant(shown.date(), at_) == found


def test_no_time_of_day_never_comes() -> None:
    assert next_time(calendar(OFFICE), at(8), None) is None
