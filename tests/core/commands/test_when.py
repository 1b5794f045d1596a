"""Durations and dates as people write them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.commands.base import CommandRefusedError
from mailbot.core.commands.when import FARTHEST, parse_duration, parse_moment, show_moment

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("15m", 15),
        ("15 min", 15),
        ("90 minutes", 90),
        ("4h", 240),
        ("1h30m", 90),
        ("1h 30m", 90),
        ("1 hour and 30 minutes", 90),
        ("1.5h", 90),
        ("1,5 jam", 90),
        ("2 jam lagi", 120),
        ("2d", 2880),
        ("2 D.", 2880),
        ("2 hari", 2880),
        ("1w", 10080),
        ("2 minggu", 20160),
        ("seminggu", 10080),
        ("sehari", 1440),
        ("an hour", 60),
        ("0d", 0),
    ],
)
def test_a_duration_is_read(text: str, minutes: int) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "2", "d", "2x", "2d x", "soon", "minggu", "-2d", "99999d", "2d" * 40])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2d", "2026-08-06 10:00"),
        ("for 2 days", "2026-08-06 10:00"),
        ("in 4h", "2026-08-04 14:00"),
        ("dalam 2 hari", "2026-08-06 10:00"),
        ("selama seminggu", "2026-08-11 10:00"),
        ("until 9 Aug", "2026-08-09 08:00"),
        ("until 9th Aug.", "2026-08-09 08:00"),
        ("until Aug 9", "2026-08-09 08:00"),
        ("until August 9, 2026", "2026-08-09 08:00"),
        ("till 9 august 2026", "2026-08-09 08:00"),
        ("9aug", "2026-08-09 08:00"),
        ("sampai 9 Agustus", "2026-08-09 08:00"),
        ("sampai tanggal 9 Agu", "2026-08-09 08:00"),
        ("s/d 17 Agt 2026", "2026-08-17 08:00"),
        ("hingga 1 Desember", "2026-12-01 08:00"),
        ("9/8", "2026-08-09 08:00"),
        ("09/08/2026", "2026-08-09 08:00"),
        ("9/8/26", "2026-08-09 08:00"),
        ("9-8-2026", "2026-08-09 08:00"),
        ("9.8.2026", "2026-08-09 08:00"),
        ("2026-08-09", "2026-08-09 08:00"),
        ("2026–08–09", "2026-08-09 08:00"),
        ("2026-08-09T14:30", "2026-08-09 14:30"),
        ("2026-08-09 14:30", "2026-08-09 14:30"),
        ("9 Aug 14:30", "2026-08-09 14:30"),
        ("9 Agustus pukul 14.30", "2026-08-09 14:30"),
        ("9 Agustus jam 14", "2026-08-09 14:00"),
        ("9 Aug at 2pm", "2026-08-09 14:00"),
        ("9 aug 12am", "2026-08-09 00:00"),
        ("9 aug 12:15 pm", "2026-08-09 12:15"),
        ("tomorrow", "2026-08-05 08:00"),
        ("besok", "2026-08-05 08:00"),
        ("Besok jam 10", "2026-08-05 10:00"),
        ("lusa", "2026-08-06 08:00"),
        ("today 17:00", "2026-08-04 17:00"),
        ("hari ini 17.00", "2026-08-04 17:00"),
        ("17:00", "2026-08-04 17:00"),
        ("at 5pm", "2026-08-04 17:00"),
        ("friday", "2026-08-07 08:00"),
        ("until Friday 9am", "2026-08-07 09:00"),
        ("Jum'at", "2026-08-07 08:00"),
        ("Jum’at", "2026-08-07 08:00"),
        ("hari Senin", "2026-08-10 08:00"),
        ("tuesday", "2026-08-11 08:00"),
        ("minggu", "2026-08-09 08:00"),
        ("Sunday, 9 August", "2026-08-09 08:00"),
        ("next week", "2026-08-10 08:00"),
        ("minggu depan", "2026-08-10 08:00"),
        ("5 Jan", "2027-01-05 08:00"),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_helpdesk(text: str, local: str, now: datetime) -> None:
    moment = parse_moment(text, now, JAKARTA)
    assert moment.astimezone(JAKARTA).strftime("%Y-%m-%d %H:%M") == local
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "not_a_time"),
        ("until", "not_a_time"),
        ("soon", "not_a_time"),
        ("2", "not_a_time"),
        ("vendor", "not_a_time"),
        ("31 Feb", "not_a_time"),
        ("9/13", "not_a_time"),
        ("9 Aug 25:00", "not_a_time"),
        ("9 Aug 13pm", "not_a_time"),
        ("9 Aug 14", "not_a_time"),
        ("9 Foo", "not_a_time"),
        ("0000-08-09", "not_a_time"),
        ("mon " * 500, "not_a_time"),
        ("0d", "in_the_past"),
        ("3 Aug", "in_the_past"),
        ("4 Aug", "in_the_past"),
        ("today", "in_the_past"),
        ("09:00", "in_the_past"),
        ("2026-08-03", "in_the_past"),
        ("0001-01-01", "in_the_past"),
        ("367d", "too_far"),
        ("9999w", "too_far"),
        ("2027-12-01", "too_far"),
        ("9999-12-31", "too_far"),
    ],
)
def test_a_moment_that_cannot_be_meant_is_refused(text: str, phrase: str, now: datetime) -> None:
    with pytest.raises(CommandRefusedError) as refusal:
        parse_moment(text, now, JAKARTA)
    assert refusal.value.phrase == phrase


@given(st.text(max_size=80), st.sampled_from(["Asia/Jakarta", "Etc/GMT+12", "Pacific/Kiritimati"]))
def test_any_text_gives_a_moment_ahead_or_a_refusal(text: str, zone: str) -> None:
    now = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)
    with suppress(CommandRefusedError):
        assert now < parse_moment(text, now, ZoneInfo(zone)) <= now + FARTHEST + timedelta(days=1)


@given(st.datetimes(min_value=datetime(2026, 8, 5), max_value=datetime(2027, 8, 4)))  # noqa: DTZ001 - local wall times.
def test_every_coming_day_is_read_in_every_spelling(day: datetime) -> None:
    now = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)
    for spelling in ("%Y-%m-%d %H:%M", "%d/%m/%Y %H.%M", "%d %B %Y %H:%M", "%b %d %Y %H:%M"):
        local = parse_moment(day.strftime(spelling), now, JAKARTA).astimezone(JAKARTA)
        assert local.replace(tzinfo=None) == day.replace(second=0, microsecond=0)


def test_a_moment_is_shown_in_the_zone_and_language_of_the_reader() -> None:
    moment = datetime(2026, 8, 9, 1, 0, tzinfo=UTC)
    assert show_moment(moment, JAKARTA, "en") == "9 Aug 2026, 08:00 WIB"
    assert show_moment(moment, JAKARTA, "id") == "9 Agu 2026, 08.00 WIB"
