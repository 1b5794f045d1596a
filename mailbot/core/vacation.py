"""Until when somebody is away, as a vacation notice says it.

Dates are read in the forms that people write: with the names of months in several languages, as numbers, as a day of
the week. A number like 3/4 may be two dates; what is not sure is not said.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mailbot.core.awaydates import TOKEN, WEEKDAYS, Found, dates_in, is_day_first, is_range
from mailbot.core.text import fold


class Meaning(StrEnum):
    """What a date in a vacation notice is."""

    BACK = "back"  # The first day on which somebody is there again.
    LAST = "last"  # The last day on which he is away.


@dataclass(frozen=True, slots=True)
class Absence:
    """When somebody is away no more: a day in his own time zone, and what it is."""

    day: date
    meaning: Meaning

    @property
    def back(self) -> date:
        """The first day on which he is there again, as far as the notice tells: weekends are not considered."""
        return self.day if self.meaning is Meaning.BACK else self.day + timedelta(days=1)


_MAX_TEXT = 4_000
_MAX_GAP = 40  # Characters between the words that lead to a date and the date.
_CLOSE = timedelta(days=4)  # Two days that a weekend may lie between tell the same.
# What leads to the first day back.
_BACK = (
    "be back", "back in the office", "back at work", "back in office", "back at my desk", "back to the office",
    "back to work", "am back", "i'm back", "back on", "back by", "back from", "returning", "will return",
    "return on", "i return", "we return", "return to the office", "return to work", "available again",
    "reachable again", "resume work", "resuming", "in the office again", "not be back until", "back until",
    "back before", "return until", "return before", "not return until", "reopen on", "reopens on", "available from",
)  # fmt: skip
_BACK_ELSEWHERE = (
    "kembali bekerja", "kembali masuk", "kembali ke kantor", "kembali aktif", "masuk kembali",
    "masuk kantor kembali", "masuk kerja", "bekerja kembali", "kembali pada", "kembali tanggal", "kembali tgl",
    "kembali hari", "kembali di kantor", "akan kembali", "saya kembali", "aktif kembali", "buka kembali",
    "kembali beroperasi", "kembali", "wieder erreichbar ab", "wieder erreichbar am", "wieder im buro ab",
    "wieder im buro am", "wieder im buro", "zuruck am", "zuruck ab", "wieder da am", "wieder da ab", "wieder ab",
    "wieder am", "bin ich wieder", "wieder erreichbar", "wieder fur sie da", "de retour le",
    "de retour au bureau le", "de retour", "mon retour le", "retour le", "regreso el", "regresare el", "regresare",
    "vuelvo el", "volvere el", "de vuelta el", "estare de vuelta", "terug op", "weer aanwezig op",
    "weer bereikbaar vanaf", "weer bereikbaar op", "weer terug op", "weer aanwezig vanaf", "weer terug",
)  # fmt: skip
# What leads to the last day away.
_LAST = (
    "through", "until", "untill", "till", "til",
)  # fmt: skip
_LAST_ELSEWHERE = (
    "sampai dengan", "sampai", "hingga", "s/d", "s.d.", "s.d", "sd", "bis einschliesslich", "bis zum",
    "bis inklusive", "bis", "jusqu'au", "hasta el dia", "hasta el", "hasta", "tot en met", "t/m", "tot",
)  # fmt: skip
# Words between a cue and a date that change nothing.
_FILLERS = frozenset({
    "the", "on", "of", "hari", "tanggal", "tgl", "pada", "dem", "den", "der", "am", "le", "el", "la", "dia", "de",
    "op", "and", "including", "to", "work", "mulai", "di", "kantor", "in", "office", "at", "my", "desk", "again",
    "zum", "ab", "once", "i", "return", "vacation", "leave", "holiday", "holidays", "end", "from", "morning", "is",
    "by", "be", "einschliesslich", "inklusive", "lagi", "bekerja", "kerja", "masuk", "kembali", "day", "date",
    "vanaf", "da", "bertugas", "beraktivitas", "beroperasi",
})  # fmt: skip
_SENTENCE_END = re.compile(r"[.!?] |;")


_PHRASES = (
    (_BACK, Meaning.BACK, True),
    (_LAST, Meaning.LAST, True),
    (_BACK_ELSEWHERE, Meaning.BACK, False),
    (_LAST_ELSEWHERE, Meaning.LAST, False),
)


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    meaning: Meaning
    english: bool


def away_until(subject: str, text: str, now: date) -> Absence | None:
    """Reads until when the sender of a vacation notice is away.

    Args:
        subject: The decoded subject.
        text: The new text, without quotes.
        now: The day on which the notice was sent.

    Returns:
        A day after `now`, or `now` as the last day away, at most a year ahead; None where the notice names none, or
        where it is not sure which.
    """
    whole = fold(f"{subject[:300]} \u2014 {text[:_MAX_TEXT]}").replace("tgl.", "tgl").replace("’", "'")
    cues = _cues(whole)
    found: list[Absence] = []
    dates = list(dates_in(whole, now))
    before: Found | None = None
    day_first = is_day_first(whole)
    for place, one in enumerate(dates):
        last = place + 1 == len(dates)
        if one.weekday and not last and dates[place + 1].start - one.end < _MAX_GAP // 2:
            continue  # The date itself follows.
        cue = _cue(whole, one, before, cues)
        if not one.weekday:
            before = one
        if cue is None:
            continue
        days = [day for day in one.days if day > now or (day == now and cue.meaning is Meaning.LAST)]
        if len(days) > 1 and day_first is False:
            days = days[1:]
        elif len(days) > 1 and cue.english and day_first is None:
            return None  # In England the day stands first, in America the month.
        found += [Absence(day, cue.meaning) for day in days[:1]]
    return _agreed(found)


def _agreed(found: list[Absence]) -> Absence | None:
    """The absence that a notice tells of, None where it names days that do not go together."""
    if not found or max(one.back for one in found) - min(one.back for one in found) > _CLOSE:
        return None
    return next((one for one in found if one.meaning is Meaning.BACK), found[0])


def _cues(whole: str) -> list[_Cue]:
    """The words that lead to a date, in the order of their ends; of two that end together the longer one is last."""
    out = []
    for phrases, meaning, english in _PHRASES:
        for phrase in phrases:
            at = whole.find(phrase)
            while at >= 0:
                end = at + len(phrase)
                if not (at and whole[at - 1].isalnum()) and not whole[end : end + 1].isalpha():
                    out.append(_Cue(at, end, meaning, english))
                at = whole.find(phrase, end)
    return sorted(out, key=lambda cue: (cue.end, -cue.start))


def _cue(whole: str, one: Found, before: Found | None, cues: list[_Cue]) -> _Cue | None:
    """What leads to a date: a phrase shortly before it, or the first day of a range."""
    if before is not None and is_range(whole[before.end : one.start]):
        return _Cue(before.start, one.start, Meaning.LAST, english=True)
    ends = bisect_right([cue.end for cue in cues], one.start)
    if not ends:
        return None
    # Of those that end at the same place, the longest says most.
    cue = min(
        (cue for cue in cues[max(0, ends - 6) : ends] if cue.end == cues[ends - 1].end), key=lambda cue: cue.start
    )
    gap = whole[cue.end : one.start]
    if len(gap) > _MAX_GAP or _SENTENCE_END.search(gap):
        return None
    return cue if all(word in _FILLERS or word in WEEKDAYS for word in TOKEN.findall(gap)) else None
