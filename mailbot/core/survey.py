"""Reading the answer to the satisfaction question: one digit from 1 to 5, and perhaps words."""

import re
from dataclasses import dataclass

_STARS = re.compile(r"[⭐★]")
_DIGIT = re.compile(r"^\W{0,5}([1-5])(?!\d|[.,:/]\d)")
_OUT_OF_FIVE = re.compile(r"^\W{0,5}([1-5])\s{0,2}/\s{0,2}5\b")
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vote:
    """A score from 1 (bad) to 5 (very good), and the words that came with it."""

    score: int
    comment: str


def read_vote(new_text: str) -> Vote | None:
    """Reads a vote from the beginning of an answer; None if it does not begin with one."""
    lines = [line.strip() for line in new_text.strip().splitlines() if line.strip()]
    if not lines:
        return None
    first = lines[0][:500]
    score, rest = _score(first)
    if score is None:
        return None
    comment = "\n".join([rest.strip(" \t-–—:;,.!/)"), *lines[1:]]).strip()
    return Vote(score, comment)


def _score(line: str) -> tuple[int | None, str]:
    match = _OUT_OF_FIVE.match(line) or _DIGIT.match(line)
    if match:
        return int(match[1]), line[match.end() :]
    stars = _STARS.findall(line[:20])
    if stars and _STARS.match(line):
        return min(len(stars), 5), _STARS.sub("", line).replace("\ufe0f", "")
    word, _, rest = line.partition(" ")
    number = _WORDS.get(word.strip(".,!:;-").lower())
    return (number, rest) if number else (None, line)


_THANKS = re.compile(
    r"^(?:ok(?:e|ay)?|baik|siap|great|perfect|super|noted|good|it works(?: now)?|works(?: now)?"
    r"|sudah (?:bisa|beres|oke)|beres|many thanks|thanks?(?: you)?(?: (?:so|very) much| a lot)?|thank you"
    r"|terima ?kasih(?: banyak)?|makasih|trims|tks|thx|pak|bu|bapak|ibu|kak|mas|mbak|all|again"
    r"|for (?:your|the) (?:quick )?help|atas bantuan(?:nya)?|atas bantuan anda"
    r"|sekali|lagi|and|dan|ya|yes|for|your|help|team|tim|semua)$"
)
_SPLIT = re.compile(r"[\s,.!;:)(\-–—]+")


def is_only_thanks(new_text: str) -> bool:
    """Tells whether a short text is nothing but thanks: such a text never reopens a ticket.

    A question mark, a digit or any word that is not one of thanks makes it an ordinary message.
    """
    text = new_text.strip().lower()
    if not text or len(text) > 200 or "?" in text:
        return False
    words = [word for word in _SPLIT.split(text) if word]
    gratitude = any(word.startswith(("thank", "terima", "makasih", "trims", "tks", "thx")) for word in words)
    return gratitude and all(_is_polite(words, position) for position in range(len(words)))


def _is_polite(words: list[str], position: int) -> bool:
    """Whether the word at a position is part of some phrase of thanks of at most four words."""
    for length in range(1, 5):
        for start in range(max(0, position - length + 1), position + 1):
            if start + length <= len(words) and _THANKS.match(" ".join(words[start : start + length])):
                return True
    return False
