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


def look(before: Watch, wall: datetime, running: float) -> Watch:
    """What is to be thought of the clock on the wall, from what was seen before and what both say now."""
    leap = (wall - before.wall) - timedelta(seconds=running - before.running)
    if -BACK <= leap <= FORWARD:
        return Watch(wall, running, before.off, before.until)
    off = leap + (before.off if before.doubted else timedelta(0))
    # Where it leapt back to what it said before, all is well again.
    doubted = not -BACK <= off <= BACK
    return Watch(wall, running, off, running + PATIENCE.total_seconds() if doubted else running)
