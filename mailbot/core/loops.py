"""Whether a mail belongs to a conversation of two machines, when no header says so.

Another helpdesk that answers each of our mails with one of its own, under a number of its own, shows itself in what
it says: the same words again and again, or our words given back.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from mailbot.core import awaydates
from mailbot.core.text import fold

_PREFIX = re.compile(
    r"(?:re|aw|sv|antw|bls|balas|balasan|odp|vs|ynt)\s{0,3}(?:\[\d{1,3}\])?\s{0,3}[:：]", re.IGNORECASE
)
_TAG = re.compile(r"\[[^\[\]]{1,60}\]")
_NUMBERED = re.compile(r"[^\W\d_][^\[\]]{0,50}\d")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_READ = 4000
_MOST = 20  # Prefixes and tags that are taken from a subject.
_SHORTEST_TEXT = 20  # "Any news?" is said twice by people too.
_SHORTEST_LINE = 30
_LINES = 2
_FEWEST_WORDS = 6
_NEW_PAIRS = 3  # What a name or a word from a subject makes that a canned text was filled with;
_SHARE = 8  # of every so many pairs one may be new: a person may say something else in a few words.


def is_answer(subject: str) -> bool:
    """Whether a subject is that of an answer: "Re:" stands before it, or a number that another helpdesk gave."""
    return _taken_apart(subject)[1]


def is_reply(subject: str) -> bool:
    """Whether "Re:" stands before a subject, be it behind a number that another helpdesk gave."""
    rest = subject[:_READ].strip()
    for _ in range(_MOST):
        if _PREFIX.match(rest):
            return True
        tag = _TAG.match(rest)
        if tag is None:
            break
        rest = rest[tag.end() :].lstrip()
    return False


def bare_subject(subject: str) -> str:
    """What two subjects of the same conversation share: no "Re:", no tags, no numbers."""
    return _bare(_taken_apart(subject)[0])


def is_same(one: str, other: str) -> bool:
    """Whether two texts say the same at some length, numbers aside."""
    return is_long(one) and _bare(one[:_READ]) == _bare(other[:_READ])


def is_long(text: str, least: int = _SHORTEST_TEXT) -> bool:
    """Whether a text says so much, in characters without its numbers, that nobody says it twice by chance."""
    return len(_bare(text[:_READ])) >= least


def gives_back(text: str, ours: str) -> bool:
    """Whether a text, which nothing marks as a quote, holds what we wrote: at least two whole lines of it."""
    said = _bare(text[: 4 * _READ])
    lines = [line for line in map(_bare, ours[:_READ].splitlines()) if len(line) >= _SHORTEST_LINE]
    return sum(line in said for line in lines) >= _LINES


def says_nothing_new(text: str, known: Iterable[str]) -> bool:
    """Whether all that a text says stands in texts that are known, but for numbers, dates, and a word or two.

    What counts is which words stand beside each other: a person's next request shares words, but few neighbours.
    """
    words = _words(text[: 4 * _READ])
    seen = {pair for other in known for pair in _pairs(_words(other[: 4 * _READ]))}
    new = sum(pair not in seen for pair in _pairs(words))
    return len(words) >= _FEWEST_WORDS and new <= min(_NEW_PAIRS, len(words) // _SHARE)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(text)) if not awaydates.is_part_of_date(word)]


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(pairwise(words))


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
