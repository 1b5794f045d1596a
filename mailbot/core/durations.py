"""Durations as people write them in configurations and commands: "90s", "15m", "4h", "1h30m", "2d", "1w"."""

import re
from datetime import timedelta

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:([0-9]{1,9})w)?(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?")
_LONGEST = timedelta(days=36525)
_MOST_CHARACTERS = 60
_ALLOWED = 'allowed: numbers with the units w, d, h, m, s, the largest first, as "90s", "15m", "1h30m", "2d", "1w"'


def parse(text: str) -> timedelta:
    """Read a duration; case and blanks between the parts do not matter.

    A day is 24 hours and a week 7 days, also where the result is then counted as business time: three working days of
    eight hours are "24h".

    Raises:
        ValueError: it is no duration, or longer than a hundred years; the text says what is allowed.
    """
    found = _DURATION.fullmatch("".join(text.lower().split())) if len(text) <= _MOST_CHARACTERS else None
    if found is None or not any(found.groups()):
        raise ValueError(f'"{text[:_MOST_CHARACTERS]}" is not a duration; {_ALLOWED}')
    counts = (int(count or 0) for count in found.groups())
    seconds = sum(count * unit for count, unit in zip(counts, _UNITS.values(), strict=True))
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f'"{text}" is too long a duration; allowed: at most a hundred years (36525d)')
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """Write a duration as `parse` reads it, in whole seconds, cut off towards zero; a negative one begins with "-"."""
    seconds = abs(duration) // timedelta(seconds=1)
    if seconds == 0:
        return "0s"
    sign = "-" if duration < timedelta(0) else ""
    if seconds % _UNITS["w"] == 0:
        return f"{sign}{seconds // _UNITS['w']}w"
    parts = []
    # Days are clearer than weeks and days: "10d" rather than "1w3d".
    for unit in ("d", "h", "m", "s"):
        count, seconds = divmod(seconds, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return sign + "".join(parts)


def hours_and_minutes(minutes: int) -> str:
    """Write worked time, in hours and minutes: "45m", "26h", "1h 30m"; days would be of 24 hours or of eight."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}h"] if hours else []
    return " ".join([*parts, f"{rest}m"] if rest or not hours else parts)
