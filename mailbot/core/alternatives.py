"""Two alternatives of a text: whether the plain one says what the HTML one says.

A program makes the one from the other, and the plain one is read. Some send a plain text that is cut off, that has lost
its letters ("?????"), or that is another text altogether; then a person, whose program shows the HTML, has read more.
"""

import re
from enum import StrEnum

from mailbot.core.html import read_html, strip_tags
from mailbot.core.quoting import split
from mailbot.core.text import fold

_COMPARED = 32_768  # Characters of either that are compared.
_RUN = re.compile(r">([^<>&]{12,200})")
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
_WORD = re.compile(r"[^\W\d_]+")
_IDEOGRAPHS = "\u2e80"  # From here on scripts are written without blanks; each character counts as a word.
_TOO_FEW = 3  # HTML of fewer words than these says nothing of its own.
_OTHER = 6  # Words that only the HTML has: another text.
_LONGER = 20  # Words that only the HTML has: a longer text.
_TIMES = 4  # How much longer the HTML is than a plain text that stands for a part of it.
_PROBES = 5
_PROBED_WORDS = 8
_LOST = "\ufffd"


class Reading(StrEnum):
    """Which of the two alternatives to read."""

    PLAIN = "plain"
    HTML = "html"
    BOTH = "both"


def reading(plain: str, html: str) -> Reading:
    """Which of two alternatives says what the sender wrote.

    Args:
        plain: The plain text, which is not empty.
        html: The HTML, decoded.

    Returns:
        The plain text, unless the HTML says much that is not in it: the HTML where that says all of the plain text too,
        both where each has its own.
    """
    plain, html = plain[:_COMPARED], html[:_COMPARED]
    damaged = _LOST in plain and _LOST not in html
    if not damaged and _is_alike(plain, html):
        return Reading.PLAIN
    have, shown = _words(plain), _words(strip_tags(html))
    only_shown = len(shown - have)
    told = len(have & shown) * 4 >= len(have) * 3  # What the plain text says stands in the HTML.
    if damaged and told:
        return Reading.HTML
    if len(shown) < _TOO_FEW or only_shown * 10 < len(shown) * 6:
        return Reading.PLAIN
    if told:
        longer = len(shown) >= len(have) * _TIMES and _says_more(have, html)
        return Reading.HTML if longer else Reading.PLAIN
    return Reading.BOTH if only_shown >= _OTHER else Reading.PLAIN


def _says_more(have: set[str], html: str) -> bool:
    """Whether the sender wrote more in the HTML, and not only a program: a signature, or the mail that is answered."""
    new = split(read_html(html, _COMPARED).new_text).new_text
    return len(_words(new) - have) >= (_LONGER if have else _TOO_FEW)


def _is_alike(plain: str, html: str) -> bool:
    """Whether words from all over the HTML stand in the plain text: in most mail that settles it, at little cost."""
    begin = max(html.find("<body"), 0)
    probed = 0
    for place in range(_PROBES):
        run = _RUN.search(html, begin + (len(html) - begin) * place // _PROBES)
        words = _LONG_WORD.findall(run.group(1))[:4] if run else []
        if not all(word in plain for word in words):
            return False
        probed += len(words)
    return probed >= _PROBED_WORDS


def _words(text: str) -> set[str]:
    found: set[str] = set()
    for word in _WORD.findall(fold(text)):
        found.update(word if word[0] >= _IDEOGRAPHS else (word,))
    return found
