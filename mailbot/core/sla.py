"""The SLA clock of a ticket: business time that has run, and the targets that follow from it.

A clock holds how much business time had run when it was last started or stopped, and since when it runs. Everything
else is derived, so that a change of status, priority or calendar never has to mend stored deadlines. All moments are
aware and in UTC.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from mailbot.core.calendars import Calendar, Window, check_windows
from mailbot.core.model import PAUSED_STATUSES, Priority, SlaTarget, Status

_WINDOW = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")
_DONE = frozenset({Status.RESOLVED, Status.CLOSED})


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one ticket.

    Attributes:
        started_at: When the incident came in.
        priority: Which targets apply.
        status: Where the ticket stands.
        elapsed: The business time that had run when the clock was last stopped or started.
        running_since: Since when it runs; None = it stands still.
        first_response_at: When the requester first heard from a person; None = not yet.
        last_update_at: When the requester last heard anything; None = never.
        resolved_at: When the incident was resolved; None = it is not.
    """

    started_at: datetime
    priority: Priority
    status: Status
    elapsed: timedelta = timedelta(0)
    running_since: datetime | None = None
    first_response_at: datetime | None = None
    last_update_at: datetime | None = None
    resolved_at: datetime | None = None


def start(now: datetime, priority: Priority) -> Clock:
    """Give the running clock of a new ticket."""
    return Clock(started_at=now, priority=priority, status=Status.NEW, running_since=now)


def elapsed_at(clock: Clock, now: datetime, calendar: Calendar) -> timedelta:
    """Give the business time that has run until now, without that in which the clock stood still."""
    if clock.running_since is None:
        return clock.elapsed
    return clock.elapsed + calendar.elapsed(clock.running_since, now)


def pause(clock: Clock, now: datetime, calendar: Calendar, status: Status = Status.PENDING) -> Clock:
    """Stop the clock: the ticket waits, or it is resolved. A clock that stands only takes the new status."""
    return replace(
        clock,
        status=status,
        elapsed=elapsed_at(clock, now, calendar),
        running_since=None,
        resolved_at=(clock.resolved_at or now) if status in _DONE else None,
    )


def resume(clock: Clock, now: datetime, status: Status = Status.OPEN) -> Clock:
    """Let the clock run again where it stood, also when a ticket is reopened. A running clock only takes the status."""
    return replace(clock, status=status, running_since=clock.running_since or now, resolved_at=None)


def move(clock: Clock, status: Status, now: datetime, calendar: Calendar) -> Clock:
    """Do what a change of status asks for: stop the clock or let it run."""
    if status in PAUSED_STATUSES or status in _DONE:
        return pause(clock, now, calendar, status)
    return resume(clock, now, status)


def respond_by(clock: Clock, target: SlaTarget, calendar: Calendar) -> datetime | None:
    """When the first response is due; None if there is no target, it was given, or the clock stands still."""
    return None if clock.first_response_at is not None else _due(clock, target.first_response, calendar)


def resolve_by(clock: Clock, target: SlaTarget, calendar: Calendar) -> datetime | None:
    """When the resolution is due; None if there is no target, it is resolved, or the clock stands still."""
    return None if clock.resolved_at is not None else _due(clock, target.resolution, calendar)


def used_by(clock: Clock, allowed: timedelta | None, share: float, calendar: Calendar) -> datetime | None:
    """When this share of a target is used up; None if there is no target, or the clock stands still."""
    return _due(clock, None if allowed is None else allowed * share, calendar)


def next_update_by(clock: Clock, target: SlaTarget, calendar: Calendar) -> datetime | None:
    """When the requester should hear the next time; None if there is no target, or the next word is his.

    It goes on while a vendor is waited for, because the requester still waits then.
    """
    if target.next_update is None or clock.status is Status.PENDING or clock.status in _DONE:
        return None
    return calendar.add(clock.last_update_at or clock.started_at, target.next_update)


def _due(clock: Clock, allowed: timedelta | None, calendar: Calendar) -> datetime | None:
    if allowed is None or clock.running_since is None:
        return None
    # What was used up before the clock last started was due at that start at the latest.
    return calendar.add(clock.running_since, max(allowed - clock.elapsed, timedelta(0)))


def parse_windows(texts: Sequence[str]) -> tuple[Window, ...]:
    """Read the windows of one day, for instance ["08:00-12:00", "13:00-17:00"]; 24:00 is the end of the day.

    Raises:
        ValueError: a window cannot be read, ends before it begins, or overlaps the one before it; the text says what is
            allowed.
    """
    windows = tuple(_window(text) for text in texts)
    check_windows(windows)
    return windows


def _window(text: str) -> Window:
    found = _WINDOW.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'"{text}" is not a window; allowed: two times of day, as "08:00-12:00"')
    return _wall(text, found[1], found[2]), _wall(text, found[3], found[4])


def _wall(text: str, hour: str, minute: str) -> time:
    if int(hour) == 24 and int(minute) == 0:
        return time.max
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f'"{text}" has no such time of day as {hour}:{minute}; allowed: 00:00 to 24:00') from None
