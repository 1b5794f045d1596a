"""Durations and dates as technicians write them, in English and Indonesian."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailbot.core.commands.base import CommandRefusedError
from mailbot.core.commands.values import shown, tidy
from mailbot.core.phrases import MONTHS, spoken

MORNING = time(8, 0)
"""The time of day that a date without one means, local."""
FARTHEST = timedelta(days=366)
"""The longest time ahead that is believed."""

_LENGTH = 60
_UNITS = {
    timedelta(minutes=1): "m min mins minute minutes menit mnt",
    timedelta(hours=1): "h hr hrs hour hours jam",
    timedelta(days=1): "d day days hari hr hri",
    timedelta(weeks=1): "w wk wks week weeks minggu mgg pekan",
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_ONE = {"sejam": "1h", "sehari": "1d", "seminggu": "1w", "sepekan": "1w", "anhour": "1h", "aday": "1d", "aweek": "1w"}
_PART = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)([a-z]+)", re.ASCII)

_MONTHS = (
    "jan january januari", "feb february februari peb", "mar march maret mrt", "apr april", "may mei", "jun june juni",
    "jul july juli", "aug august agu ags agt agustus", "sep sept september", "oct october okt oktober",
    "nov november nop nopember", "dec december des desember",
)  # fmt: skip
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_WEEKDAYS = (
    "mon monday senin sen", "tue tues tuesday selasa sel", "wed wednesday rabu rab", "thu thurs thursday kamis kam",
    "fri friday jumat jum", "sat saturday sabtu sab", "sun sunday minggu ahad",
)  # fmt: skip
_WEEKDAY = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_DAYS = {
    "": 0, "today": 0, "ini": 0, "tomorrow": 1, "tmr": 1, "besok": 1, "bsk": 1, "lusa": 2, "day after tomorrow": 2,
}  # fmt: skip
_NEXT_WEEK = frozenset({"next week", "minggu depan", "pekan depan"})
_LEADS = frozenset({
    "until", "till", "til", "to", "by", "for", "on", "in", "the", "at", "sampai", "hingga", "sd", "dengan", "selama",
    "untuk", "dalam", "pada", "tanggal", "tgl", "hari",
})  # fmt: skip
_CLOCK_LEADS = ("at", "jam", "pukul", "pkl")

_CLOCK = re.compile(r"(?:^|(?<=[ t]))(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?$", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ?([a-z]+)\.?(?: (\d{4}))?", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]+)\.? ?(\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?", re.ASCII)


def parse_duration(text: str) -> timedelta | None:
    """Read a duration such as "2d", "1h 30m", "1,5 jam" or "seminggu"; None if it is none."""
    words = [word for word in tidy(text).casefold().split() if word not in {"and", "dan", "lagi"}]
    joined = "".join(words)
    joined = _ONE.get(joined, joined)
    if not joined or len(joined) > _LENGTH:
        return None
    total, position = timedelta(), 0
    while position < len(joined):
        part = _PART.match(joined, position)
        unit = _UNIT.get(part[2]) if part else None
        if part is None or unit is None:
            return None
        total += float(part[1].replace(",", ".")) * unit
        position = part.end()
    return total


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Read a moment in the future: a duration from now, or a date with or without a time of day.

    A date without a time means 08:00 in `zone`; one without a year means the next such date within half a year.

    Args:
        text: For instance "2d", "until 9 Aug", "besok", "9/8 14:00", "2026-08-09".
        now: UTC.
        zone: The time zone in which dates are meant.

    Returns:
        The moment, in UTC.

    Raises:
        CommandRefusedError: it cannot be read, lies in the past, or is more than a year ahead.
    """
    words = tidy(text).casefold().replace("s/d", "sd").replace("'", "").replace(",", " ").split()
    while words and words[0] in _LEADS and not (words[0] == "at" and len(words) == 2):
        words = words[1:]
    plain = " ".join(words)
    duration = parse_duration(plain)
    if duration is not None:
        if duration > FARTHEST:
            raise CommandRefusedError("too_far", value=shown(text))
        return _future(now + duration, now, zone)
    local = _local(plain, now.astimezone(zone)) if 0 < len(plain) <= _LENGTH else None
    if local is None:
        raise CommandRefusedError("not_a_time", value=shown(text))
    # Far years are refused before the conversion to UTC, which could leave the range of datetime.
    if local.date() > (now.astimezone(zone) + FARTHEST).date():
        raise CommandRefusedError("too_far", value=shown(text))
    if local.year < now.year - 1:
        raise CommandRefusedError("in_the_past", moment=shown(text))
    return _future(local.replace(tzinfo=zone).astimezone(UTC), now, zone)


def show_moment(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """A moment in a zone, for people: "9 Aug 2026, 08:00 WIB"."""
    local = moment.astimezone(zone)
    month = MONTHS[spoken(language)][local.month - 1]
    clock = f"{local:%H.%M}" if spoken(language) == "id" else f"{local:%H:%M}"
    return f"{local.day} {month} {local.year}, {clock} {local.tzname()}"


def _future(moment: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    if moment <= now:
        local = moment.astimezone(zone)
        raise CommandRefusedError("in_the_past", moment=f"{local:%Y-%m-%d %H:%M}")
    return moment


def _local(plain: str, today: datetime) -> datetime | None:
    """The local wall time that a text means, without a zone."""
    whole = _date(plain, today.date())
    if whole is not None:
        return datetime.combine(whole, MORNING)
    found = _CLOCK.search(plain)
    clock = _clock(found) if found else None
    if found is None or clock is None:
        return None
    before = plain[: found.start()].removesuffix("t").split()
    led = bool(before) and before[-1] in _CLOCK_LEADS
    if not led and not found[2] and not found[3]:
        return None  # A bare number is no time of day.
    day = _date(" ".join(before[:-1] if led else before), today.date())
    return datetime.combine(day, clock) if day else None


def _clock(found: re.Match[str]) -> time | None:
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _date(plain: str, today: date) -> date | None:
    if plain in _DAYS:
        return today + timedelta(days=_DAYS[plain])
    if plain in _NEXT_WEEK:
        return today + timedelta(days=7 - today.weekday())
    first, _, rest = plain.partition(" ")
    if first in _WEEKDAY:
        # With a date behind it, the name of the day only decorates.
        return _date(rest, today) if rest else today + timedelta(days=(_WEEKDAY[first] - today.weekday() - 1) % 7 + 1)
    if found := _ISO.fullmatch(plain):
        return _day(int(found[3]), int(found[2]), found[1], today)
    if (found := _NUMBERS.fullmatch(plain)) and (found[4] or found[2] == "/"):
        return _day(int(found[1]), int(found[3]), found[4], today)
    if (found := _DAY_MONTH.fullmatch(plain)) and found[2] in _MONTH:
        return _day(int(found[1]), _MONTH[found[2]], found[3], today)
    if (found := _MONTH_DAY.fullmatch(plain)) and found[1] in _MONTH:
        return _day(int(found[2]), _MONTH[found[1]], found[3], today)
    return None


def _day(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return _existing(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = _existing(today.year, month, day)
    following = _existing(today.year + 1, month, day)
    if following and (this is None or this < today) and following - today <= FARTHEST / 2:
        return following
    return this


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
