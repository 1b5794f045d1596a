"""What was said about a ticket so far, short enough for one mail."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

ROOM = 30_000
"""How many characters of a conversation go into one mail."""
LONGEST = 6_000
"""How many characters of one contribution are shown."""


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution: whose, when (UTC), what, and whether the requester must not see it."""

    author: str
    at: datetime
    text: str
    internal: bool = False


def fit(said: Sequence[Said], room: int = ROOM, longest: int = LONGEST) -> tuple[tuple[Said, ...], int]:
    """The newest contributions that fit into a mail, oldest first, and how many older ones are left out.

    Args:
        said: All contributions, oldest first.
        room: How many characters they may have together; the newest is kept in any case.
        longest: How many characters of one are kept.
    """
    kept: list[Said] = []
    for one in reversed(said):
        text = one.text.strip()
        text = text if len(text) <= longest else text[:longest].rstrip() + " …"
        room -= len(text)
        if kept and room < 0:
            break
        kept.append(replace(one, text=text))
    return tuple(reversed(kept)), len(said) - len(kept)
