"""Business time: the hours in which a team works, in its local time, less its holidays.

Windows are wall time, sums are real time: on the day on which clocks are put forward, a window over the gap is an hour
shorter. A wall time that occurs twice means its first occurrence, one that does not occur means the moment of the leap;
so windows that touch on the wall clock touch in real time too, and nothing is counted twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

Window = tuple[time, time]
"""From when until when, on one day, in local time; `time.max` means the end of the day."""

_Span = tuple[datetime, datetime]
_NOTHING: Final = timedelta(0)
_SECOND: Final = timedelta(seconds=1)
_HORIZON: Final = 366 * 200  # Days that are looked through before a sum counts as endless.
_REMEMBERED: Final = 4096
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a team works.

    Attributes:
        name: What the configuration calls it.
        zone: The time zone of its windows and holidays.
        windows: By weekday (0 = Monday), the windows in ascending order.
        holidays: Local dates on which it is closed all day.

    Raises:
        ValueError: there is no window at all, a weekday is not one of 0-6, or windows overlap or end before they begin.
    """

    name: str
    zone: ZoneInfo
    windows: Mapping[int, tuple[Window, ...]]
    holidays: frozenset[date] = frozenset()
    _days: dict[int, tuple[timedelta, tuple[_Span, ...]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        if not any(self.windows.values()):
            raise ValueError(f'calendar "{self.name}" has no hours; give at least one day a window, as "08:00-12:00"')
        for weekday, windows in self.windows.items():
            if weekday not in range(7):
                raise ValueError(f'calendar "{self.name}" has a weekday {weekday}; allowed: 0 (Monday) to 6 (Sunday)')
            try:
                check_windows(windows)
            except ValueError as error:
                raise ValueError(f'calendar "{self.name}", {_DAYS[weekday]}: {error}') from None

    def add(self, start: datetime, business: timedelta) -> datetime:
        """Give the moment (UTC) at which this much business time has passed since `start`.

        It is the earliest such moment: eight hours from the opening end at the closing, not at the next opening.

        Raises:
            ValueError: `start` is naive, the time to add is negative, or the end lies beyond two hundred years.
        """
        if business < _NOTHING:
            raise ValueError(f"business time of {business} cannot be added; it must not be negative")
        left, at = business, _utc(start)
        if left == _NOTHING:
            return at
        first = self._ordinal(at)
        for ordinal, total, spans in self._from(first):
            # The local date of the start may lie a day behind its span where clocks go back over midnight.
            if ordinal > first + 1 and total < left:
                left -= total
                continue
            for opens, closes in spans:
                begins = max(opens, at)
                room = closes - begins
                if room >= left:
                    return begins + left
                if room > _NOTHING:
                    left -= room
        raise ValueError(f'calendar "{self.name}" does not have {business} of business time within 200 years')

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Give the business time between two moments; nothing, if the end is not after the start.

        Raises:
            ValueError: a moment is naive.
        """
        start, end = _utc(start), _utc(end)
        gone = _NOTHING
        if end <= start:
            return gone
        first, last = self._ordinal(start), self._ordinal(end)
        for ordinal in range(first, last + 2):
            total, spans = self._day(ordinal)
            if first + 1 < ordinal < last:
                gone += total
                continue
            for opens, closes in spans:
                shared = min(closes, end) - max(opens, start)
                if shared > _NOTHING:
                    gone += shared
        return gone

    def next_open(self, at: datetime) -> datetime:
        """Give the moment itself (UTC) if it lies in a window, else the next opening.

        Raises:
            ValueError: the moment is naive, or every day of the next two hundred years is a holiday.
        """
        at = _utc(at)
        for _, _, spans in self._from(self._ordinal(at)):
            for opens, closes in spans:
                if at < closes:
                    return max(opens, at)
        raise ValueError(f'calendar "{self.name}" does not open within 200 years; remove holidays from it')

    def spans(self, day: date) -> tuple[_Span, ...]:
        """Give the windows of a local day as moments (UTC) in ascending order; none, if it is a day off."""
        return self._day(day.toordinal())[1]

    def _ordinal(self, at: datetime) -> int:
        return at.astimezone(self.zone).toordinal()

    def _from(self, first: int) -> Iterator[tuple[int, timedelta, tuple[_Span, ...]]]:
        for ordinal in range(first, min(first + _HORIZON, date.max.toordinal() - 1)):
            yield (ordinal, *self._day(ordinal))

    def _day(self, ordinal: int) -> tuple[timedelta, tuple[_Span, ...]]:
        """The business time of a local day and its windows in UTC; remembered, because zone rules cost most."""
        found = self._days.get(ordinal)
        if found is None:
            found = self._count(date.fromordinal(ordinal))
            if len(self._days) >= _REMEMBERED:
                self._days.clear()
            self._days[ordinal] = found
        return found

    def _count(self, day: date) -> tuple[timedelta, tuple[_Span, ...]]:
        if day in self.holidays:
            return _NOTHING, ()
        windows = self.windows.get(day.weekday(), ())
        instants = ((self.instant(day, opens), self.instant(day, closes)) for opens, closes in windows)
        # A window within the hour over which clocks leap does not exist on that day.
        spans = tuple((opens, closes) for opens, closes in instants if opens < closes)
        return sum((closes - opens for opens, closes in spans), _NOTHING), spans

    def instant(self, day: date, wall: time) -> datetime:
        """Give the moment (UTC) at which the clock on the wall first shows, or leaps over, this time of a local day."""
        if wall == time.max:
            day, wall = day + timedelta(days=1), time.min
        local = datetime.combine(day, wall, self.zone)
        later, earlier = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
        if earlier >= later:
            # It occurs once, or twice; then fold 0, the usual reading, is the first occurrence (PEP 495).
            return later
        # It falls into a gap, and the leap lies between its two readings.
        before = earlier.astimezone(self.zone).utcoffset()
        while later - earlier > _SECOND:
            middle = earlier + ((later - earlier) / 2 // _SECOND or 1) * _SECOND
            if middle.astimezone(self.zone).utcoffset() == before:
                earlier = middle
            else:
                later = middle
        return later


def check_windows(windows: tuple[Window, ...]) -> None:
    """Check the windows of one day.

    Raises:
        ValueError: a window ends before it begins, or begins before the one before it has ended.
    """
    last = time.min
    for opens, closes in windows:
        if opens >= closes:
            raise ValueError(
                f"the window {window_text((opens, closes))} ends before it begins; "
                f"write hours over midnight as two days: until 24:00 and from 00:00"
            )
        if opens < last:
            raise ValueError(f"the window {window_text((opens, closes))} begins before the one before it ends")
        last = closes


def window_text(window: Window) -> str:
    """Write a window as a configuration has it, for instance "08:00-12:00"."""
    return "-".join("24:00" if wall == time.max else f"{wall:%H:%M}" for wall in window)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no time zone; business time needs aware datetimes, in UTC")
    return at.astimezone(UTC)


ALWAYS: Final = Calendar("always", ZoneInfo("UTC"), dict.fromkeys(range(7), ((time.min, time.max),)))
"""Every hour is a business hour."""
