"""Whether a mail belongs to a conversation of two machines, when no header says so.

Another helpdesk that answers each of our mails with one of its own, under a number of its own, shows itself in what
it says: the same words again and again, or our words given back.
"""

import re

from mailbot.core.text import fold

_PREFIX = re.compile(
    r"(?:re|aw|sv|antw|bls|balas|balasan|odp|vs|ynt)\s{0,3}(?:\[\d{1,3}\])?\s{0,3}[:：]", re.IGNORECASE
)
_TAG = re.compile(r"\[[^\[\]]{1,60}\]")
_NUMBERED = re.compile(r"[^\W\d_][^\[\]]{0,50}\d")
_DIGITS = re.compile(r"\d+")
_READ = 4000
_MOST = 20  # Prefixes and tags that are taken from a subject.
_SHORTEST_TEXT = 20  # "Any news?" is said twice by people too.
_SHORTEST_LINE = 30
_LINES = 2


def is_answer(subject: str) -> bool:
    """Whether a subject is that of an answer: "Re:" stands before it, or a number that another helpdesk gave."""
    return _taken_apart(subject)[1]


def bare_subject(subject: str) -> str:
    """What two subjects of the same conversation share: no "Re:", no tags, no numbers."""
    return _bare(_taken_apart(subject)[0])


def is_same(one: str, other: str) -> bool:
    """Whether two texts say the same at some length, numbers aside."""
    first = _bare(one[:_READ])
    return len(first) >= _SHORTEST_TEXT and first == _bare(other[:_READ])


def gives_back(text: str, ours: str) -> bool:
    """Whether a text, which nothing marks as a quote, holds what we wrote: at least two whole lines of it."""
    said = _bare(text[: 4 * _READ])
    lines = [line for line in map(_bare, ours[:_READ].splitlines()) if len(line) >= _SHORTEST_LINE]
    return sum(line in said for line in lines) >= _LINES


def _taken_apart(subject: str) -> tuple[str, bool]:
    rest, answer = subject[:_READ].strip(), False
    for _ in range(_MOST):
        found = _PREFIX.match(rest)
        if found is None:
            found = _TAG.match(rest)
            if found is None:
                break
            answer = answer or _NUMBERED.search(found[0]) is not None
        else:
            answer = True
        rest = rest[found.end() :].lstrip()
    return rest, answer


def _bare(text: str) -> str:
    return " ".join(_DIGITS.sub("", fold(text)).split())
