"""Internal text known again in mail to the outside: whole notes, their paragraphs, longer sentences and lines.

Only the words count. Case, accents, punctuation, quote marks and line ends do not tell a repetition from what it
repeats. The time is linear in the length of all texts together.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick

from mailbot.core.text import fold

SHORTEST_TEXT = 16
"""Internal texts with fewer characters ("ok", "done") are no secrets and would block every mail."""
SHORTEST_SENTENCE = 40
"""A sentence or paragraph of an internal text with fewer characters is nothing that only this text could say."""

_LONGEST_PIECE = 500  # Characters. Whoever repeats so many of a piece repeats it.
_MOST_CHARACTERS = 200_000  # Of all pieces; the texts as wholes come first.
_SHOWN = 300

_NO_WORD = re.compile(r"[\W_]+")
_TAGS = re.compile(r"<[^<>]{0,2000}>")
_PARAGRAPH_END = re.compile(r"\n[ \t\xa0]*\n")
# A full stop ends a sentence, and so does a line before an item of a list.
_SENTENCE_END = re.compile(r"""(?:[.!?…][)\]"'”’»]{0,3}\s|[。！？]|\n(?=[ \t]{0,20}(?:[-*•·–]|[0-9]{1,3}[.)])[ \t]))""")


@dataclass(frozen=True, slots=True, eq=False)
class Secrets:
    """Internal texts, compiled for searching.

    Attributes:
        automaton: Finds their pieces in folded text; None if there are none. pyahocorasick has no types.
        pieces: What each piece looks like to people, by its words.
    """

    automaton: Any
    pieces: Mapping[str, str]

    def within(self, words: str) -> set[str]:
        """Gives the pieces that stand in a text; see `words_of` and `words_of_page`."""
        if self.automaton is None or not words:
            return set()
        return {piece for _end, piece in self.automaton.iter(words)}


def compile_secrets(texts: Sequence[str]) -> Secrets:
    """Takes internal texts to pieces.

    Args:
        texts: The texts. If they are so many that not every sentence of them can be looked for, the first go first.
    """
    pieces: dict[str, str] = {}
    room = _MOST_CHARACTERS
    for piece, shortest in _all_pieces(texts):
        words = words_of(piece[: 4 * _LONGEST_PIECE])[:_LONGEST_PIECE]
        if len(words) < shortest or words in pieces:
            continue
        room -= len(words)
        if room < 0:
            break
        pieces[words] = " ".join(piece[:_SHOWN].split())
    if not pieces:
        return Secrets(None, {})
    automaton = ahocorasick.Automaton()
    for words in pieces:
        automaton.add_word(words, words)
    automaton.make_automaton()
    return Secrets(automaton, pieces)


def _all_pieces(texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    yield from ((text, SHORTEST_TEXT) for text in texts)
    for text in texts:
        for paragraph in _PARAGRAPH_END.split(text):
            yield paragraph, SHORTEST_SENTENCE
            yield from ((sentence, SHORTEST_SENTENCE) for sentence in _SENTENCE_END.split(paragraph))
    # A greeting or a heading above a sentence has a line of its own and no full stop; it is easily left out.
    for text in texts:
        yield from ((line, SHORTEST_SENTENCE) for line in text.split("\n"))


def leaked(secrets: Secrets, outgoing: Iterable[str], known: Iterable[str] = ()) -> str:
    """Gives the longest piece of internal texts that a mail would carry, as people read it; "" if it carries none.

    Args:
        secrets: The internal texts.
        outgoing: The words of the mail: of its text, and of its page.
        known: The words of texts that are no secret to whoever gets it, though an internal text repeats them.
    """
    found: set[str] = set().union(*(secrets.within(words) for words in outgoing))
    if found:
        found.difference_update(*(secrets.within(words) for words in known))
    return secrets.pieces[max(found, key=lambda piece: (len(piece), piece))] if found else ""


def words_of(text: str) -> str:
    """The words of a text alone, with one blank between two."""
    return _NO_WORD.sub(" ", fold(text)).strip()


def words_of_page(page: str) -> str:
    """The words that HTML shows."""
    return words_of(html.unescape(_TAGS.sub(" ", page)))
