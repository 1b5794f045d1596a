"""Encoded words (RFC 2047 s.2) decoded, and more forms of them than the standard allows."""

import binascii
import re
from dataclasses import dataclass

from mailbot.core import charsets
from mailbot.core.transfer import decode_base64

# The text may hold a "?", although it must not; the first "?=" ends it.
_WORD = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?((?:[^?]|\?(?!=))*)\?=")
_TORN = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]{1,500})\??$")
_BLANK_BETWEEN = re.compile(r"(\?=)\s+(?==\?[^?\s]{0,60}\?[bBqQ]\?)")
_RAW = re.compile("([^\x00-\x7f]+)")
_MAX_ROUNDS = 3


@dataclass(slots=True)
class _Pending:
    """Neighbouring words of one charset: their bytes are joined, because a character may be cut in two."""

    charset: str = ""
    data: bytes = b""
    base64: str = ""  # Base64 that stopped within a group of four letters.
    end: int = -1


def decode_words(value: str) -> str:
    """Decodes the encoded words in a header value.

    Seen in practice: blanks inside a word, words that touch, characters or groups of base64 cut in two at the end of a
    word, unknown charsets, raw bytes within, torn base64, a word cut at the end of the value, words encoded twice.
    """
    for _ in range(_MAX_ROUNDS):
        if "=?" not in value:
            return value
        decoded = _decode_once(value)
        if decoded == value:
            return value
        value = decoded
    return value


def _decode_once(value: str) -> str:
    value = _BLANK_BETWEEN.sub(r"\1", value)
    pieces: list[str] = []
    pending = _Pending()
    end = 0
    # Behind the last "?=" no word ends; without this bound each torn word would be searched to the end of the value.
    matches = list(_WORD.finditer(value, 0, value.rfind("?=") + 2))
    torn = _TORN.search(value, matches[-1].end() if matches else 0)
    for match in [*matches, *([torn] if torn else [])]:
        charset = match.group(1).split("*", 1)[0].lower()
        if match.start() != pending.end or charset != pending.charset:
            pieces.append(_flush(pending))
            pending = _Pending(charset)
        pieces.append(value[end : match.start()])
        _add(pending, match.group(2), match.group(3), pieces)
        end = pending.end = match.end()
    pieces += [_flush(pending), value[end:]]
    return "".join(pieces)


def _add(pending: _Pending, encoding: str, text: str, pieces: list[str]) -> None:
    if encoding in "bB":
        pending.base64 += "".join(text.split())
        if len(pending.base64) % 4 == 0 or pending.base64.endswith("="):
            _take_base64(pending)
        return
    _take_base64(pending)
    for place, piece in enumerate(_RAW.split(text)):
        if place % 2:
            # Raw characters in the word were decoded with the header; they are no bytes of its charset.
            pieces.append(_flush(pending) + piece)
        else:
            pending.data += binascii.a2b_qp(piece.encode("ascii").replace(b"_", b" ") + b".")[:-1]


def _take_base64(pending: _Pending) -> None:
    pending.data += decode_base64(pending.base64.encode("utf-8", "surrogatepass"))
    pending.base64 = ""


def _flush(pending: _Pending) -> str:
    _take_base64(pending)
    data, pending.data = pending.data, b""
    return charsets.decode(data, pending.charset)[0] if data else ""
