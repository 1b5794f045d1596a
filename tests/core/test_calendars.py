from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.calendars import ALWAYS, Calendar, Window

JAKARTA = ZoneInfo("Asia/Jakarta")
SPLIT = ((time(8), time(12)), (time(13), time(17)))
ROUND = ((time.min, time.max),)
FRIDAY = ((time(8), time(11, 30)), (time(13, 30), time(17)))
OFFICE = Calendar(
    "office",
    JAKARTA,
    {0: SPLIT, 1: SPLIT, 2: SPLIT, 3: SPLIT, 4: FRIDAY},
    frozenset({date(2026, 3, 19), date(2026, 3, 20)}),
)


def jakarta(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of day in March 2026 (the 2nd is a Monday), in UTC."""
    return datetime(2026, 3, day, hour, minute, tzinfo=JAKARTA).astimezone(UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("start", "business", "end"),
    [
        (jakarta(2, 8), hours(4), jakarta(2, 12)),
        (jakarta(2, 11), hours(2), jakarta(2, 14)),
        (jakarta(2, 12, 30), hours(1), jakarta(2, 14)),
        (jakarta(2, 8), hours(8), jakarta(2, 17)),
        (jakarta(2, 16), hours(2), jakarta(3, 9)),
        (jakarta(2, 22), hours(1), jakarta(3, 9)),
        (jakarta(2, 3), hours(1), jakarta(2, 9)),
        (jakarta(6, 11), hours(1), jakarta(6, 14)),
        (jakarta(6, 16), hours(2), jakarta(9, 9)),
        (jakarta(7, 10), hours(1), jakarta(9, 9)),
        (jakarta(18, 16), hours(2), jakarta(23, 9)),
        (jakarta(2, 8), hours(39), jakarta(6, 17)),
        (jakarta(2, 8), hours(39 * 2 + 24 + 1), jakarta(23, 9)),
        (jakarta(2, 20), hours(0), jakarta(2, 20)),
    ],
)
def test_business_time_is_added(start: datetime, business: timedelta, end: datetime) -> None:
    assert OFFICE.add(start, business) == end
    assert OFFICE.add(start, business).tzinfo is UTC
    assert OFFICE.elapsed(start, end) == business


@pytest.mark.parametrize(
    ("start", "end", "business"),
    [
        (jakarta(2, 9), jakarta(2, 10), hours(1)),
        (jakarta(2, 11), jakarta(2, 14), hours(2)),
        (jakarta(2, 18), jakarta(3, 7), hours(0)),
        (jakarta(7, 0), jakarta(9, 8), hours(0)),
        (jakarta(19, 0), jakarta(21, 0), hours(0)),
        (jakarta(2, 0), jakarta(9, 0), hours(39)),
        (jakarta(3, 9), jakarta(2, 9), hours(0)),
        (jakarta(2, 9), jakarta(2, 9), hours(0)),
    ],
)
def test_business_time_between_two_moments_is_counted(start: datetime, end: datetime, business: timedelta) -> None:
    assert OFFICE.elapsed(start, end) == business


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (jakarta(2, 8), jakarta(2, 8)),
        (jakarta(2, 11, 59), jakarta(2, 11, 59)),
        (jakarta(2, 12), jakarta(2, 13)),
        (jakarta(2, 17), jakarta(3, 8)),
        (jakarta(7, 9), jakarta(9, 8)),
        (jakarta(18, 17), jakarta(23, 8)),
    ],
)
def test_the_next_opening_is_found(at: datetime, opens: datetime) -> None:
    assert OFFICE.next_open(at) == opens
    assert OFFICE.next_open(opens) == opens


def test_a_moment_of_another_zone_counts_as_what_it_is() -> None:
    at = datetime(2026, 3, 2, 10, tzinfo=timezone(hours(7)))
    assert OFFICE.add(at, hours(1)) == jakarta(2, 11)
    assert OFFICE.next_open(at) == at


def test_around_the_clock_is_plain_time() -> None:
    start = datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
    assert ALWAYS.add(start, timedelta(days=9, microseconds=5)) == start + timedelta(days=9, microseconds=5)
    assert ALWAYS.elapsed(start, start + timedelta(days=400)) == timedelta(days=400)
    assert ALWAYS.next_open(start) == start


BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
HAVANA = ZoneInfo("America/Havana")
APIA = ZoneInfo("Pacific/Apia")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
ST_JOHNS = ZoneInfo("America/St_Johns")


def span(opens: time, closes: time) -> tuple[Window, ...]:
    return ((opens, closes),)


@pytest.mark.parametrize(
    ("zone", "day", "windows", "business"),
    [
        # Clocks are put forward at 02:00 and back at 03:00.
        (BERLIN, date(2026, 3, 29), span(time(0), time(6)), hours(5)),
        (BERLIN, date(2026, 10, 25), span(time(0), time(6)), hours(7)),
        # A window that begins, or ends, in the hour that does not occur.
        (BERLIN, date(2026, 3, 29), span(time(2, 30), time(6)), hours(3)),
        (BERLIN, date(2026, 3, 29), span(time(0), time(2, 30)), hours(2)),
        (BERLIN, date(2026, 3, 29), span(time(2, 10), time(2, 50)), hours(0)),
        (BERLIN, date(2026, 3, 29), (*span(time(1), time(2, 30)), *span(time(2, 30), time(4))), hours(2)),
        # A window that begins, or ends, in the hour that occurs twice: its first occurrence counts.
        (BERLIN, date(2026, 10, 25), span(time(2, 30), time(6)), hours(4.5)),
        (BERLIN, date(2026, 10, 25), span(time(0), time(2, 30)), hours(2.5)),
        (BERLIN, date(2026, 10, 25), (*span(time(1), time(2, 30)), *span(time(2, 30), time(4))), hours(4)),
        # Midnight does not occur; an hour over midnight occurs twice; half an hour; a whole day does not occur.
        (SAO_PAULO, date(2018, 11, 4), ROUND, hours(23)),
        (SAO_PAULO, date(2018, 2, 17), ROUND, hours(25)),
        (HAVANA, date(2025, 11, 2), ROUND, hours(25)),
        (LORD_HOWE, date(2026, 4, 5), ROUND, hours(24.5)),
        (APIA, date(2011, 12, 30), ROUND, hours(0)),
    ],
)
def test_a_day_on_which_clocks_are_changed_is_summed_in_real_time(
    zone: ZoneInfo, day: date, windows: tuple[Window, ...], business: timedelta
) -> None:
    calendar = Calendar("c", zone, {day.weekday(): windows})
    noon = datetime.combine(day, time(12), zone).astimezone(UTC)
    assert calendar.elapsed(noon - timedelta(days=2), noon + timedelta(days=2)) == business


def test_clocks_that_go_back_over_midnight_confuse_nobody() -> None:
    """In 2010 the clocks of St. John's went back from 00:01 on the 7th of November to 23:01 on the 6th."""
    weekend = Calendar("c", ST_JOHNS, {5: ROUND, 6: ROUND})
    second = datetime(2010, 11, 6, 23, 30, fold=1, tzinfo=ST_JOHNS).astimezone(UTC)
    sunday_ends = datetime(2010, 11, 8, tzinfo=ST_JOHNS).astimezone(UTC)
    assert weekend.elapsed(second, sunday_ends) == hours(24.5)
    assert weekend.elapsed(second - hours(40), second) == hours(24.5)
    assert weekend.elapsed(second, second + timedelta(minutes=5)) == timedelta(minutes=5)
    assert weekend.add(second, hours(24.5)) == sunday_ends
    assert weekend.add(second, hours(25.5)) == datetime(2010, 11, 13, 1, tzinfo=ST_JOHNS).astimezone(UTC)
    assert weekend.next_open(second) == second


@pytest.mark.parametrize("zone", [BERLIN, SAO_PAULO, HAVANA, APIA, LORD_HOWE, ST_JOHNS, ZoneInfo("Africa/Casablanca")])
def test_around_the_clock_no_change_of_clocks_loses_or_doubles_a_moment(zone: ZoneInfo) -> None:
    calendar = Calendar("c", zone, dict.fromkeys(range(7), ROUND))
    start = datetime(2011, 1, 1, tzinfo=UTC)
    for days in (1, 364, 366, 3000):
        assert calendar.elapsed(start, start + timedelta(days=days)) == timedelta(days=days)
        assert calendar.add(start, timedelta(days=days)) == start + timedelta(days=days)


ZONES = [
    JAKARTA,
    ST_JOHNS,
    BERLIN,
    HAVANA,
    SAO_PAULO,
    LORD_HOWE,
    APIA,
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("Africa/Cairo"),
]
MINUTES = st.integers(min_value=0, max_value=1440)


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    marks = sorted(draw(st.sets(MINUTES, min_size=2, max_size=6)))
    walls = [time.max if minute == 1440 else time(minute // 60, minute % 60) for minute in marks]
    pairs = list(pairwise(walls))
    return tuple(pairs if draw(st.booleans()) else pairs[::2])


CALENDARS = st.builds(
    Calendar,
    st.just("c"),
    st.sampled_from(ZONES),
    st.dictionaries(st.integers(0, 6), day_windows(), min_size=1),
    st.frozensets(st.dates(date(2011, 12, 1), date(2012, 2, 1)), max_size=5),
)
ERAS = [
    st.datetimes(datetime(2010, 11, 5), datetime(2010, 11, 9), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is beside.
    st.datetimes(datetime(2011, 9, 1), datetime(2012, 4, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is beside.
    st.datetimes(datetime(2018, 10, 1), datetime(2019, 4, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is beside.
]
MOMENTS = st.one_of(ERAS)
THREE_MOMENTS = st.one_of([st.lists(era, min_size=3, max_size=3).map(sorted) for era in ERAS])
DURATIONS = st.timedeltas(timedelta(0), timedelta(days=4))


@given(CALENDARS, MOMENTS, DURATIONS)
def test_what_was_added_has_elapsed(calendar: Calendar, start: datetime, business: timedelta) -> None:
    end = calendar.add(start, business)
    assert calendar.elapsed(start, end) == business
    # It is the earliest such moment.
    assert business == timedelta(0) or calendar.elapsed(start, end - timedelta(microseconds=1)) < business


@given(CALENDARS, THREE_MOMENTS)
def test_elapsed_time_is_additive_monotonic_and_never_more_than_real_time(
    calendar: Calendar, moments: list[datetime]
) -> None:
    first, second, third = moments
    assert calendar.elapsed(first, second) + calendar.elapsed(second, third) == calendar.elapsed(first, third)
    assert timedelta(0) <= calendar.elapsed(first, second) <= second - first


@given(CALENDARS, MOMENTS)
def test_nothing_elapses_until_the_next_opening_and_something_after_it(calendar: Calendar, at: datetime) -> None:
    opens = calendar.next_open(at)
    assert calendar.next_open(opens) == opens
    assert calendar.elapsed(at, opens) == timedelta(0)
    assert calendar.elapsed(opens, opens + timedelta(microseconds=1)) > timedelta(0)


@pytest.mark.parametrize(
    ("windows", "fault"),
    [
        ({}, "has no hours"),
        ({0: ()}, "has no hours"),
        ({7: SPLIT}, "a weekday 7; allowed: 0"),
        (
            {1: ((time(17), time(8)),)},
            r"Tuesday: the window 17:00-08:00 ends before it begins; write hours over midnight",
        ),
        ({1: ((time(8), time(8)),)}, "ends before it begins"),
        ({1: ((time(8), time(12)), (time(11), time.max))}, "window 11:00-24:00 begins before the one before it ends"),
        ({1: ((time(13), time(17)), (time(8), time(12)))}, "begins before the one before it ends"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(windows: dict[int, tuple[Window, ...]], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Calendar("office", JAKARTA, windows)


def test_a_naive_moment_is_refused() -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001 - that is what is refused.
    for call in (
        lambda: OFFICE.add(naive, hours(1)),
        lambda: OFFICE.elapsed(naive, naive),
        lambda: OFFICE.next_open(naive),
    ):
        with pytest.raises(ValueError, match="has no time zone"):
            call()


def test_a_negative_time_is_not_added() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        OFFICE.add(jakarta(2, 8), hours(-1))


def test_a_sum_that_never_ends_is_refused() -> None:
    rare = Calendar("rare", JAKARTA, {0: span(time(8), time(8, 1))})
    with pytest.raises(ValueError, match="within 200 years"):
        rare.add(jakarta(2, 8), timedelta(days=365))


def test_the_memory_of_days_is_bounded() -> None:
    calendar = Calendar("c", JAKARTA, {0: SPLIT})
    calendar.elapsed(datetime(1990, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))
    assert len(calendar._days) <= 4096


def test_a_window_within_the_hour_over_which_clocks_leap_does_not_open() -> None:
    berlin = Calendar("c", ZoneInfo("Europe/Berlin"), {6: ((time(2, 0), time(2, 1)),)})
    leap = datetime(2012, 3, 25, tzinfo=UTC)
    assert berlin.next_open(leap) == datetime(2012, 4, 1, 0, 0, tzinfo=UTC)
