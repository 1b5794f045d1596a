"""Whole words found in texts, thousands at once, in time linear in the text.

Case, accents, width and the shape of apostrophes do not matter. A word must stand free: no letter or digit may touch
it, save in scripts that write no blanks between words.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick

from mailbot.core.text import fold

MAX_TEXT = 65536
"""How many characters of a text are searched: strangers decide how long a mail is."""

_APOSTROPHES = ("\u2019", "\u2018", "\u02bc", "\u00b4", "`")
_NO_WORD = -1
# Thai and Lao; Myanmar; Khmer; kana; Han with its extensions.
_UNSPACED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u3040", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Words compiled for searching; a word is known by its place in the sequence it was built from."""

    automaton: Any  # None = there are no words; pyahocorasick has no types.

    def find(self, text: str) -> frozenset[int]:
        """Give the places of all words that occur in the first `MAX_TEXT` characters of a text, unfolded."""
        if self.automaton is None or not text:
            return frozenset()
        folded = folded_text(text)
        found: set[int] = set()
        for end, (length, whole, prefix, starts, ends) in self.automaton.iter(folded):
            if (whole == _NO_WORD or whole in found) and (prefix == _NO_WORD or prefix in found):
                continue
            start = end - length
            if starts and start >= 0 and _joins(folded[start]):
                continue
            if prefix != _NO_WORD:
                found.add(prefix)
            if whole != _NO_WORD and not (ends and _joins(folded[end + 1 : end + 2])):
                found.add(whole)
        return frozenset(found)


def folded_text(text: str) -> str:
    """Fold a text as keywords are folded, cut to `MAX_TEXT` characters."""
    text = text[:MAX_TEXT]
    for apostrophe in _APOSTROPHES:
        text = text.replace(apostrophe, "'")
    if not text.isascii():
        # Some single characters unfold to a whole phrase, so the text is cut again before the costly part.
        text = unicodedata.normalize("NFKD", text)[:MAX_TEXT]
    return fold(text)


def fault_of(keyword: str) -> str:
    """Say what is wrong with a keyword and what to write instead; "" if nothing is."""
    stem = keyword.removesuffix("*")
    if not folded_text(stem):
        return f'"{keyword}" has no letters; write a word or a phrase'
    if "*" in stem or stem != stem.rstrip():
        return f'"{keyword}" has a * that is not at the end of a word; allowed: one, at the end, as in "print*"'
    return ""


def vocabulary(keywords: Sequence[str]) -> Vocabulary:
    """Compile keywords; a `*` at the end of one lets the word go on, so that "print*" finds "printing"."""
    places: dict[str, list[int]] = {}
    for place, keyword in enumerate(keywords):
        stem = keyword.removesuffix("*")
        entry = places.setdefault(folded_text(stem), [_NO_WORD, _NO_WORD])
        entry[0 if stem == keyword else 1] = place
    if not places:
        return Vocabulary(None)
    automaton = ahocorasick.Automaton()
    for literal, (whole, prefix) in places.items():
        automaton.add_word(literal, (len(literal), whole, prefix, _joins(literal[0]), _joins(literal[-1])))
    automaton.make_automaton()
    return Vocabulary(automaton)


def canonical(keyword: str) -> str:
    """Give what two spellings of the same keyword share."""
    stem = keyword.removesuffix("*")
    return folded_text(stem) + keyword[len(stem) :]


def distinct(keywords: Iterable[str]) -> dict[str, int]:
    """Number keywords by their canonical spelling, in the order of their first occurrence."""
    numbers: dict[str, int] = {}
    for keyword in keywords:
        numbers.setdefault(canonical(keyword), len(numbers))
    return numbers


def _joins(char: str) -> bool:
    """Whether a character belongs to a word that touches it."""
    if char.isascii():
        return char.isalnum()
    if not char.isalnum() and not unicodedata.category(char).startswith("M"):
        return False
    return not any(first <= char <= last for first, last in _UNSPACED)
