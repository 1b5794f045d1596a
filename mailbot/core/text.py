"""Texts made fit to store, to show and to compare.

Databases refuse lone surrogates, PostgreSQL refuses NUL, and terminals obey control characters; text from a mail passes
`clean` or `one_line` before anything else sees it.
"""

import re
import unicodedata
from functools import lru_cache

from mailbot.core.marks import tame

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_NEEDS_CARE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_INVISIBLE = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
_SHORT_RUN = 16
# NFKD leaves these letters whole, although people type them without their strokes.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def _composed(value: str) -> str:
    return unicodedata.normalize("NFC", tame(value))


def clean(value: str, max_length: int | None = None) -> str:
    """Gives a text without what is no text: NUL and other controls but line feed and tab, and lone surrogates.

    Line ends become line feeds, and the text is in NFC.

    Args:
        value: Any string.
        max_length: The most characters to give; None = all.
    """
    if _NEEDS_CARE.search(value):
        value = _NOT_TEXT.sub("", _LINE_ENDS.sub("\n", value))
    if not value.isascii():
        value = _composed(value)
    return value if max_length is None else value[:max_length]


def one_line(value: str, max_length: int | None = None) -> str:
    """Gives a text fit for a subject or a name: cleaned, on one line, blanks squeezed, nothing that acts unseen.

    Format characters (category Cf) go, because bidirectional controls show a name as something else than it is
    (UTS 55 s.3), and so do unassigned lengths of blanks.
    """
    value = clean(value)
    if not value.isascii():
        value = _composed("".join(char for char in value if unicodedata.category(char) != "Cf"))
    value = " ".join(value.split())
    return value if max_length is None else value[:max_length].rstrip()


def _fold_letters(run: str) -> str:
    bare = "".join(char for char in run if not unicodedata.combining(char))
    folded = unicodedata.normalize("NFKD", bare.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char)).translate(_LETTERS)


# The same few accents and quotation marks make up nearly all of a language's runs.
_fold_short = lru_cache(maxsize=2048)(_fold_letters)


def _fold_run(match: re.Match[str]) -> str:
    run = match.group()
    return _fold_short(run) if len(run) <= _SHORT_RUN else _fold_letters(run)


def fold(value: str) -> str:
    """Gives what two spellings of the same words share: no case, no accents, no width, single blanks.

    Both sides of a comparison must be folded. Folding what is folded changes nothing.
    """
    if value.isascii():
        return " ".join(value.lower().split())
    decomposed = unicodedata.normalize("NFKD", _INVISIBLE.sub("", value)).lower()
    # Only the few runs that are not ASCII are worth a look at each character.
    return " ".join(_NOT_ASCII.sub(_fold_run, decomposed).split())
