"""Whether the clock on the wall is to be believed: it is watched by another one that nobody sets."""

from dataclasses import dataclass
from datetime import datetime, timedelta

BACK = timedelta(minutes=5)
"""A step back of more than this is no correction of a clock that goes a little wrong."""
FORWARD = timedelta(hours=24)
"""A leap of more than this makes too much due at once to be believed at once."""
PATIENCE = timedelta(minutes=15)
"""How long a clock that leapt is doubted: whoever sets clocks by the network corrects it within that time."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What was seen last.

    Attributes:
        wall: What the clock on the wall said.
        running: What the other one said, in seconds.
        off: By how much the first one has leapt, while it is doubted.
        until: Up to which reading of the other one, in seconds, the first one is doubted.
    """

    wall: datetime
    running: float
    off: timedelta = timedelta(0)
    until: float = float("-inf")

    @property
    def doubted(self) -> bool:
        """Whether the clock on the wall is not to be believed now."""
        return self.running < self.until


def begin(wall: datetime, running: float, seen: datetime | None) -> Watch:
    """Begin to watch a clock that said `seen` when it was last looked at: one that is behind that is doubted."""
    if seen is None or seen - wall <= BACK:
        return Watch(wall, running)
    return Watch(wall, running, wall - seen, running + PATIENCE.total_seconds())


def look(before: Watch, wall: datetime, running: float) -> Watch:
    """Find what is to be thought of the clock on the wall, from what was seen before and what both say now.

    While it is doubted its leaps are added up: it is believed again as soon as they come to nothing much, and after a
    while in any case, however often it leaps.
    """
    leap = (wall - before.wall) - timedelta(seconds=running - before.running)
    if running < before.until:
        off = before.off + leap
        return Watch(wall, running, off, running if _is_right(off) else before.until)
    if _is_right(leap):
        return Watch(wall, running)
    return Watch(wall, running, leap, running + PATIENCE.total_seconds())


def _is_right(off: timedelta) -> bool:
    return -BACK <= off <= FORWARD
