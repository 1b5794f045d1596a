"""When somebody's working day begins: the moment at which he gets what comes once a day.

All of it is reckoned in the zone of his calendar; moments are aware and in UTC.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mailbot.core.calendars import ALWAYS, Calendar

_USUAL: Final = time(8)  # The morning of those who work through the night: no window of theirs begins with it.
_FRESH: Final = timedelta(hours=12)
_FARTHEST: Final = 31  # Days that are looked back for a working day; nobody has holidays for longer.
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Morning:
    """The morning of one working day.

    Attributes:
        day: The local date.
        begins: When it is (UTC).
        ends: Until when it is worth telling somebody what the day brings (UTC): while he works, half a day at most.
        midnight: When the local day ends (UTC).
    """

    day: date
    begins: datetime
    ends: datetime
    midnight: datetime


def local(calendar: Calendar, zone: ZoneInfo) -> Calendar:
    """Give a calendar in which days are those of the zone where it has none of its own: every hour has no zone."""
    return replace(calendar, zone=zone) if calendar.name == ALWAYS.name else calendar


def today(calendar: Calendar, now: datetime) -> date:
    """Give the local date."""
    return now.astimezone(calendar.zone).date()


def morning(calendar: Calendar, day: date, at: time | None = None) -> Morning | None:
    """Give the morning of a local day; None, if it is a day off.

    Args:
        calendar: When he works, and where.
        day: The local date.
        at: The time of day that counts as the morning; None = when the first window opens.
    """
    spans = calendar.spans(day)
    if not spans:
        return None
    begins = _opening(calendar, day) if at is None else calendar.instant(day, at)
    closes = spans[-1][1]
    midnight = calendar.instant(day + _DAY, time.min)
    ends = min(midnight, begins + _FRESH, closes if closes > begins else midnight)
    return Morning(day, begins, ends, midnight)


def _opening(calendar: Calendar, day: date) -> datetime:
    """When the first window opens; one that goes on from the day before is not the beginning of anything."""
    spans = calendar.spans(day)
    opens, closes = spans[0]
    if opens > calendar.instant(day, time.min):
        return opens
    usual = calendar.instant(day, _USUAL)
    if usual < closes:
        return usual
    return spans[1][0] if len(spans) > 1 else opens


def next_time(calendar: Calendar, now: datetime, at: time | None) -> datetime | None:
    """Give when it is a time of day next, today or tomorrow (UTC); None for no time of day."""
    if at is None:
        return None
    day = today(calendar, now)
    return next(when for days in range(3) if (when := calendar.instant(day + days * _DAY, at)) > now)


def last_working_day(calendar: Calendar, day: date) -> date:
    """Give the working day before a day, the day before it if there was none for a month."""
    days = (day - back * _DAY for back in range(1, _FARTHEST))
    return next((one for one in days if calendar.spans(one)), day - _DAY)


def midnight(calendar: Calendar, day: date) -> datetime:
    """Give the moment (UTC) at which a local day begins."""
    return calendar.instant(day, time.min)
