"""Dates as programs write them that never read RFC 5322: ISO 8601, asctime, other languages, odd zones, no zone."""

import re
from datetime import UTC, datetime, timedelta, timezone

from mailbot.core.text import fold

_MAX = 120
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?:[.,]\d{1,9})?(?:\s{0,3}([ap])\.?m\b)?", re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=\D|$)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[.\s-]{1,3}([^\W\d_]{3,12})\.?[\s,.-]{1,3}(\d{4}|\d\d)(?!\d|[:.]\d)"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?(?!\d|[:.]\d)")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)")
_YEAR = re.compile(r"(?<![\d:+-])(\d{4})(?![\d:])")
_OFFSET = re.compile(r"(?:(?<=[\s\d(TC])|^)([+-])(\d{1,2}):?(\d\d)?(?=\D|$)")
_ZONE = re.compile(r"(?<![^\W\d_])([A-Z]{1,5})(?![^\W\d_])")
_EPOCH = re.compile(r"\d{9,10}")
# The first letters of months, folded, where no two languages disagree.
_MONTHS = {
    "jan": 1, "gen": 1, "ene": 1, "ian": 1, "sty": 1, "led": 1, "янв": 1, "oca": 1, "feb": 2, "fev": 2, "fevr": 2,
    "lut": 2, "фев": 2, "peb": 2, "sub": 2, "mar": 3, "mrt": 3, "maa": 3, "mrz": 3, "maer": 3, "мар": 3, "apr": 4,
    "avr": 4, "abr": 4, "kwi": 4, "апр": 4, "nis": 4, "may": 5, "mai": 5, "mei": 5, "maj": 5, "mag": 5, "маи": 5,
    "мая": 5, "jun": 6, "juin": 6, "giu": 6, "cze": 6, "июн": 6, "haz": 6, "jul": 7, "juil": 7, "lug": 7, "lip": 7,
    "июл": 7, "tem": 7, "aug": 8, "aou": 8, "ago": 8, "agu": 8, "agt": 8, "sie": 8, "авг": 8, "sep": 9, "set": 9,
    "wrz": 9, "сен": 9, "eyl": 9, "oct": 10, "okt": 10, "ott": 10, "out": 10, "paz": 10, "окт": 10, "eki": 10,
    "nov": 11, "nop": 11, "lis": 11, "ноя": 11, "kas": 11, "dec": 12, "dez": 12, "des": 12, "dic": 12, "gru": 12,
    "дек": 12, "ara": 12,
}  # fmt: skip
_ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1, "WEST": 1, "CEST": 2,
    "MEST": 2, "MESZ": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "TRT": 3, "PKT": 5, "WIB": 7, "ICT": 7,
    "WITA": 8, "SGT": 8, "HKT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "WIT": 9, "JST": 9, "KST": 9, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3, "ADT": -3, "AST": -4, "EDT": -4, "EST": -5, "CDT": -5,
    "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
}  # fmt: skip


def read(value: str) -> datetime | None:
    """Gives the moment that a date header means, in UTC; None if it cannot be told.

    Without a zone it is taken as UTC. A date of numbers alone counts only where it is plain which is the month.
    """
    value = value[:_MAX].strip()
    if _EPOCH.fullmatch(value):
        return datetime.fromtimestamp(int(value), UTC)
    day = _day(value)
    if day is None:
        return None
    time = _TIME.search(value)
    hour, minute, second = (int(part or 0) for part in time.groups()[:3]) if time else (0, 0, 0)
    if time and time.group(4):
        hour = hour % 12 + (12 if time.group(4).lower() == "p" else 0)
    try:
        moment = datetime(*day, hour, minute, min(second, 59), tzinfo=_zone(value, time))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def has_zone_by_name(value: str) -> bool:
    """Whether the zone is one that only this module knows, so that others take it as UTC."""
    names = _ZONE.findall(value[:_MAX].rpartition(":")[2])
    return any(name in _ZONES and name not in ("Z", "UT", "UTC", "GMT") for name in names) and not _OFFSET.search(value)


def _day(value: str) -> tuple[int, int, int] | None:
    found = _ISO.search(value)
    if found:
        return int(found.group(1)), int(found.group(2)), int(found.group(3))
    found = _DAY_FIRST.search(value)
    if found and _month(found.group(2)):
        return _year(found.group(3)), _month(found.group(2)), int(found.group(1))
    for match in _MONTH_FIRST.finditer(value):
        year = _YEAR.search(value, match.end())
        if _month(match.group(1)) and year:
            return int(year.group(1)), _month(match.group(1)), int(match.group(2))
    found = _NUMBERS.search(value)
    if found:
        first, second = int(found.group(1)), int(found.group(2))
        if first > 12 or first == second:
            return int(found.group(3)), second, first
        if second > 12:
            return int(found.group(3)), first, second
    return None


def _month(word: str) -> int:
    folded = fold(word)
    return _MONTHS.get(folded[:4], 0) or _MONTHS.get(folded[:3], 0)


def _year(digits: str) -> int:
    year = int(digits)
    return year if year > 99 else year + (2000 if year < 50 else 1900)  # RFC 5322 s.4.3.


def _zone(value: str, time: re.Match[str] | None) -> timezone:
    rest = value[time.end() :] if time else ""
    offset = _OFFSET.search(rest)
    if offset:
        hours, minutes = int(offset.group(2)), int(offset.group(3) or 0)
        shift = timedelta(hours=hours, minutes=minutes)
        return timezone(-shift if offset.group(1) == "-" else shift) if hours < 24 and minutes < 60 else UTC
    for name in _ZONE.findall(rest):
        if name in _ZONES:
            return timezone(timedelta(hours=_ZONES[name]))
    return UTC
