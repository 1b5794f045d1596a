"""Runs of combining marks, kept as short as people write them.

Unicode puts the marks of a letter into an order, and to sort a run of them costs the square of its length: a mail of
200 kB would take seconds, one of 2 MB minutes.
"""

import re
import unicodedata

_MOST = 30  # UAX 15, Stream-Safe Text Format: far more than any language needs.
_WITHOUT_ASCII = re.compile(f"[^\x00-\x7f]{{{_MOST + 1},}}")


def tame(value: str) -> str:
    """Gives a text without the marks that follow thirty others; no text in any language has such."""
    return value if value.isascii() else _WITHOUT_ASCII.sub(_tamed, value)


def _tamed(match: re.Match[str]) -> str:
    run = match.group()
    # Thirty-one marks in a row cannot miss each thirty-first place.
    if not any(map(unicodedata.combining, run[_MOST :: _MOST + 1])):
        return run
    kept = []
    marks = 0
    for char in run:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MOST:
            kept.append(char)
    return "".join(kept)
