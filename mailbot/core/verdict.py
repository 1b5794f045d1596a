"""Reading the answer to the question whether an incident is over: a plain yes."""

import re

_LONGEST = 200
_NAME = 4  # Words of a line, and lines, below an answer that can be a name.
_SPLIT = re.compile(r"[\s,.!;:)(\-–—]+")
_YES = frozenset({
    "yes", "yep", "yeah", "yup", "correct", "solved", "resolved", "fixed", "works",
    "ya", "iya", "y", "sudah", "udah", "sdh", "udh", "dah", "betul", "benar", "beres", "selesai", "teratasi",
})  # fmt: skip
# What may stand beside it. Every other word may be a "but", so that the answer is read by somebody.
_BESIDE = frozenset({
    "it", "is", "it's", "its", "all", "now", "again", "well", "fine", "good", "great", "perfect", "ok", "okay",
    "working", "everything", "problem", "issue", "been", "has", "the", "sir", "madam", "hi", "hello", "dear", "team",
    "thank", "thanks", "you", "thx", "very", "much", "so", "many", "a", "lot", "for", "your", "help", "and",
    "hai", "halo", "pak", "bu", "bapak", "ibu", "kak", "mas", "mbak", "tim", "bisa", "oke", "baik", "sip", "mantap",
    "lancar", "normal", "berfungsi", "lagi", "kembali", "semua", "semuanya", "masalahnya", "aman", "terima", "kasih",
    "terimakasih", "makasih", "trims", "tks", "banyak", "atas", "bantuan", "bantuannya", "dan", "alhamdulillah",
})  # fmt: skip


def _without_name(text: str) -> str:
    """A text without the lines below it in which nothing but a name, a post or a number can stand."""
    head, *below = re.split(r"\n[ \t]*\n", text)
    lines = [line.split() for part in below for line in part.splitlines() if line.strip()]
    named = all(len(words) <= _NAME and all(_is_named(word) for word in words) for words in lines)
    return head if len(lines) <= _NAME and named else text


def _is_named(word: str) -> bool:
    return word[:1].isupper() or word[:1] in "+(0123456789" or word.strip("&,.-|/") == ""


def says_yes(new_text: str) -> bool:
    """Tells whether a short text is nothing but a yes, perhaps with thanks and courtesies.

    A question mark, a digit or any other word makes it an ordinary message: "yes, but ..." is no yes.
    """
    said = _without_name(new_text[: _LONGEST + 1].strip())
    text = said.lower().replace("’", "'")
    if not text or len(new_text.strip()) > _LONGEST or "?" in text:
        return False
    words = [word for word in _SPLIT.split(text) if word.strip("\"'*_")]
    words = [word.strip("\"'*_") for word in words]
    return any(word in _YES for word in words) and all(word in _YES or word in _BESIDE for word in words)
