"""Searching: what words are, what somebody looks for, and the line of a text that shows it.

Texts and questions are cut into the same words here, without case, accents and width, so that both databases find the
same: they are given nothing but letters and digits, and nothing in a question can be taken for their own signs.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailbot.core.text import fold

_WORD = re.compile(r"[^\W_]+")
# Scripts without blanks between words: each sign counts as one, and a question with several is a phrase.
_SIGN = re.compile("([\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f])")
_QUOTE = re.compile('["“”„‟«»＂]')
_LONGEST_WORD = 60
_LONGEST_QUESTION = 400
_MOST_TERMS = 16
_MOST_WORDS = 12_000
_LONGEST_TEXT = 300_000
_PLACES = 200
_VECTOR = 700_000  # Bytes of a tsvector.
_OVERHEAD = 8  # Bytes for each word in it.
_SHOWN = 180
_LINES = 2000


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for.

    Attributes:
        terms: Each is found where its words stand in a row.
        open_end: Whether the last word of the last term may go on: "print" finds "printer".
    """

    terms: tuple[tuple[str, ...], ...]
    open_end: bool = False


def words(text: str, most: int = _MOST_WORDS) -> list[str]:
    """The words of a text as they are compared, at most so many."""
    found: list[str] = []
    for match in _WORD.finditer(_SIGN.sub(r" \1 ", fold(text[:_LONGEST_TEXT]))):
        found.append(match[0][:_LONGEST_WORD])
        if len(found) == most:
            break
    return found


def ask(text: str) -> Question | None:
    """Reads a question: words, and phrases in quotes; None if there is no word in it.

    What is written in one piece, such as "e-mail" or "10.0.0.1", is a phrase too. Only the last word is left open.
    """
    pieces = _QUOTE.split(text[:_LONGEST_QUESTION])
    terms: list[tuple[str, ...]] = []
    open_end = False
    for index, piece in enumerate(pieces):
        closed = index % 2 == 1 and index < len(pieces) - 1
        for one in [piece] if closed else piece.split():
            term = tuple(words(one))
            if term:
                terms.append(term)
                open_end = not closed and (len(term[-1]) > 1 or len(term) > 1)
    if not terms:
        return None
    kept = tuple(terms[:_MOST_TERMS])
    return Question(kept, open_end and len(terms) == len(kept))


def for_sqlite(question: Question, *, every: bool) -> str:
    """A question in the language of SQLite's FTS5; `every` = all terms must be found, not only one."""
    parts = ['"' + " ".join(term) + '"' for term in question.terms]
    if question.open_end:
        parts[-1] += " *"
    return (" AND " if every else " OR ").join(parts)


def for_postgresql(question: Question, *, every: bool) -> str:
    """A question as the text of a tsquery of PostgreSQL; `every` = all terms must be found, not only one."""
    parts = [[f"'{word}'" for word in term] for term in question.terms]
    if question.open_end:
        parts[-1][-1] += ":*"
    return (" & " if every else " | ").join("(" + " <-> ".join(part) + ")" for part in parts)


def vector(parts: Sequence[tuple[str, Iterable[str]]]) -> str:
    """The text of a tsvector of PostgreSQL, from words and how much they weigh ("A" most, "D" least).

    A word has at most 255 places there, places end at 16,383, and all together may have a megabyte.
    """
    places: dict[str, list[str]] = {}
    place = size = 0
    for weight, several in parts:
        for word in several:
            place += 1
            if word not in places:
                size += len(word.encode()) + _OVERHEAD
            known = places.setdefault(word, [])
            if len(known) < _PLACES and size < _VECTOR:
                known.append(f"{min(place, 16_383)}{weight}")
                size += 2
        place += 1  # No phrase goes from one part to the next.
    return " ".join(f"'{word}':{','.join(known)}" for word, known in places.items() if known)


def excerpt(texts: Iterable[str], question: Question) -> str:
    """The line in which most of a question stands, cut around it; "" if there is none."""
    wanted = [" ".join(term) for term in question.terms]
    best, most = "", 0
    lines = (line for text in texts for line in text.splitlines() if line.strip())
    for _index, line in zip(range(_LINES), lines, strict=False):
        known = f" {' '.join(words(line, 400))} "
        count = sum(f" {term}" in known for term in wanted)
        if count > most:
            best, most = line, count
        if most == len(wanted):
            break
    return _around(" ".join(best.split()), wanted)


def _around(line: str, wanted: Sequence[str]) -> str:
    if len(line) <= _SHOWN:
        return line
    first = {term.split()[0] for term in wanted}
    start = 0
    for piece in re.finditer(r"\S+", line):
        if any(word.startswith(one) for word in words(piece[0], 10) for one in first):
            start = max(piece.start() - _SHOWN // 3, 0)
            break
    if start:
        start = line.find(" ", start) + 1 or start
    cut = line[start : start + _SHOWN]
    return ("… " if start else "") + cut.strip() + (" …" if start + _SHOWN < len(line) else "")
