"""The dates in a folded text, as people write them: with the names of months, as numbers, as a day of the week.

A number like 3/4 may be two dates; both are given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_LONGEST = timedelta(days=366)
_NEAR = timedelta(days=183)  # A day without a year lies within half a year, else it is probably past.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januari januar janvier janv enero ene janeiro gennaio gen tammikuu",
            "february feb februari februar pebruari fevrier fev febrero fevereiro febbraio febr helmikuu",
            "march mar maret marz mrz mars marzo marco maart mrt maaliskuu",
            "april apr avril avr abril abr aprile huhtikuu",
            "may mei mai mayo maio maggio mag maj toukokuu",
            "june jun juni juin junio junho giugno giu kesakuu",
            "july jul juli juillet juil julio julho luglio lug heinakuu",
            "august aug agustus agu agt agst aout agosto ago augustus augusti elokuu",
            "september sep sept septembre septiembre setembro set settembre sett syyskuu",
            "october oct oktober okt octobre octubre outubro out ottobre ott lokakuu",
            "november nov nopember novembre noviembre novembro marraskuu",
            "december dec desember des dezember dez decembre diciembre dic dezembro dicembre joulukuu",
        ),
        1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon senin sen montag lundi lunes segunda lunedi maandag mandag",
            "tuesday tue tues selasa sel dienstag mardi martes terca martedi dinsdag tisdag tirsdag",
            "wednesday wed rabu rab mittwoch mercredi miercoles quarta mercoledi woensdag onsdag",
            "thursday thu thur thurs kamis kam donnerstag jeudi jueves quinta giovedi donderdag torsdag",
            "friday fri jumat jum jum'at freitag vendredi viernes sexta venerdi vrijdag fredag",
            "saturday sat sabtu sab samstag samedi sabado sabato zaterdag lordag",
            "sunday sun minggu min ahad sonntag dimanche domingo domenica zondag sondag",
        )
    )
    for name in names.split()
}
_TOMORROW = frozenset({"tomorrow", "besok", "morgen", "demain", "manana", "domani", "amanha", "imorgon"})
_RANGE = frozenset({
    "-", "–", "—", "to", "and", "until", "till", "through", "thru", "sampai dengan", "sampai", "s/d", "s.d",
    "hingga", "bis zum", "bis", "au", "al", "tot en met", "tot", "t/m", "dan",
})  # fmt: skip

_RANGE_FILLERS = frozenset({"the", "tanggal", "tgl", "hari", "dem", "den", "le", "el", "de", "op"})
TOKEN = re.compile(r"[a-z][a-z']*|\d+")
"""A word or a number."""

_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|[ºo°])?(?: of(?= )| de(?= )|-|/)? ?([a-z]{3,12})(?![a-z])\.?"
    r"(?:,? (?:de |del )?|-|/)?(20\d\d)?(?!\d)"
)
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?!\d)")
_MONTH_DAY = re.compile(r"([a-z]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?(?![\d:])(?:,? ?(20\d\d))?(?!\d)")
_YEAR_FIRST = re.compile(r"(20\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(\d{1,2}) ?([./-]) ?(\d{1,2})(?: ?\2 ?(20\d\d|\d\d)(?!\d)|\.|(?![\d./:-]))")
_DAY = re.compile(
    r"(\d{1,2})(st|nd|rd|th|er)?(?![\d:/.,]\d)(?! ?(?:%|am\b|pm\b|a\.m|p\.m|jam|uhr|h\b|wib|o'clock))(?![a-z])"
    r"(?:, (20\d\d))?"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date, and where it stands."""

    start: int
    end: int
    days: tuple[date, ...]  # The days that it may be, those of today and later.
    weak: bool = False  # It counts only right behind a cue.
    month: int = 0  # Of a date that begins with its month.
    weekday: bool = False  # It is a day of the week, which may stand before the date itself.


def is_day_first(whole: str) -> bool | None:
    """Whether the day stands first in the dates with slashes of a text, None where none of them tells."""
    for match in _SLASHED.finditer(whole):
        first, second = int(match.group(1)), int(match.group(2))
        if (first > 12) != (second > 12) and max(first, second) <= 31:
            return first > 12
    return None


def is_range(gap: str) -> bool:
    """Whether what stands between two dates makes a range of them."""
    words = [word for word in gap.replace(",", " ").split() if word not in _RANGE_FILLERS and word not in WEEKDAYS]
    return bool(words) and " ".join(words).strip(".") in _RANGE


def dates_in(whole: str, now: date) -> Iterator[Found]:
    """The dates in a text, also the bare first day of a range, which `days` is empty for."""
    done = 0
    last: Found | None = None
    for match in TOKEN.finditer(whole):
        start = match.start()
        if start < done or (start and whole[start - 1] in "$€£#:"):
            continue
        one = _date_at(whole, start, match.group(), now, last)
        if one is not None:
            done = one.end
            last = one
            yield one


def is_part_of_date(word: str) -> bool:
    """Whether a folded word is the name of a month or of a day."""
    return word in _MONTHS or word in WEEKDAYS or word in _TOMORROW


def _date_at(whole: str, at: int, token: str, now: date, last: Found | None) -> Found | None:
    if token in _TOMORROW:
        return Found(at, at + len(token), (now + timedelta(days=1),), weak=True)
    if token in _MONTHS:
        match = _MONTH_DAY.match(whole, at)
        if match:
            month = _MONTHS[match.group(1)]
            return Found(at, match.end(), _with_year(now, month, match.group(2), match.group(3)), month=month)
    if token in WEEKDAYS:
        # A day of next week may be that of this week to somebody else.
        vague = whole[:at].endswith(("next ", "nachsten ", "prochain ")) or whole[at:].startswith(
            (f"{token} depan", f"{token} prochain")
        )
        ahead = (WEEKDAYS[token] - now.weekday() - 1) % 7 + 1
        return None if vague else Found(at, at + len(token), (now + timedelta(days=ahead),), weak=True, weekday=True)
    return _numeric_at(whole, at, now, last) if token.isdigit() else None


def _numeric_at(whole: str, at: int, now: date, last: Found | None) -> Found | None:
    match = _YEAR_FIRST.match(whole, at)
    if match:
        return Found(at, match.end(), _day(now, match.group(1), match.group(3), match.group(4)))
    match = _DAY_MONTH.match(whole, at)
    if match and match.group(2) in _MONTHS:
        return Found(at, match.end(), _with_year(now, _MONTHS[match.group(2)], match.group(1), match.group(3)))
    match = _NUMBERS.match(whole, at)
    if match:
        found = _numbers(match, now)
        if found is not None:
            return found
    match = _DAY.match(whole, at)
    if match is None:
        return None
    if last is not None and last.month > 0 and is_range(whole[last.end : at]):
        return Found(at, match.end(), _with_year(now, last.month, match.group(1), match.group(3)))
    ordinal = match.group(2) or whole[:at].endswith(("tanggal ", "tgl ", "tgl. ", "the "))
    return Found(
        at, match.end(1 if match.group(3) else 0), _next_day(now, match.group(1)) if ordinal else (), weak=bool(ordinal)
    )


def _numbers(match: re.Match[str], now: date) -> Found | None:
    """A date in numbers: the day first; behind a slash perhaps the month, as in America."""
    first, mark, second, year = match.groups()
    if mark == "-" and not year:
        return None  # It is a range.
    if year and len(year) == 2:
        year = f"20{year}"
    days = _with_year(now, int(second), first, year)
    if mark == "/":
        days = tuple(dict.fromkeys((*days, *_with_year(now, int(first), second, year))))
    return Found(match.start(), match.end(), days)


def _day(now: date, year: str, month: str, day: str) -> tuple[date, ...]:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return ()
    return (found,) if now <= found <= now + _LONGEST else ()


def _with_year(now: date, month: int, day: str, year: str | None) -> tuple[date, ...]:
    if year:
        return _day(now, year, str(month), day)
    near = [_day(now, str(now.year + ahead), str(month), day) for ahead in (0, 1)]
    return tuple(found for days in near for found in days if found - now <= _NEAR)[:1]


def _next_day(now: date, day: str) -> tuple[date, ...]:
    """The next day with a number: in this month or the next."""
    later = now.replace(day=1) + timedelta(days=32)
    both = (*_day(now, str(now.year), str(now.month), day), *_day(now, str(later.year), str(later.month), day))
    return both[:1]
