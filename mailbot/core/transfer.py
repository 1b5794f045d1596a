"""Content-Transfer-Encoding undone (RFC 2045 s.6), as programs really write it: torn, mislabelled, with text behind."""

import base64
import binascii
import re

from mailbot.core import uuencode

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_PADDED = re.compile(rb"=+")
_SOFT_BREAK = re.compile(rb"=[ \t]{1,80}(?=\r?\n)")
_LEAST_BLOCK = 16
_WORDS = re.compile(rb"[ \t\r\n]+")
_QUOTED_PRINTABLE = frozenset({"quoted-printable", "quoted printable", "quotedprintable", "quoted", "q", "qp"})
_BASE64 = frozenset({"base64", "base-64", "b64", "x-base64", "b"})
_UUENCODE = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
_PLAIN = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "7", "8", "none", "plain", "raw"})


def encoding(value: str) -> str:
    """The name in a Content-Transfer-Encoding: "base64", "quoted-printable", "uuencode", "" for none, else as it is."""
    name = value.split("(", 1)[0].split(";", 1)[0].strip("\"' \t\r\n:,.").lower()
    for known, names in (("base64", _BASE64), ("quoted-printable", _QUOTED_PRINTABLE), ("uuencode", _UUENCODE)):
        if name in names:
            return known
    if name in _PLAIN:
        return ""
    # Seen in practice: two names in one field, of which the first counts.
    word = _words(name)
    return "" if word in _PLAIN else encoding(word) if word != name else name


def _words(name: str) -> str:
    return name.replace(",", " ").split(None, 1)[0] if name.split() else ""


def decode(data: bytes, name: str, *, is_text: bool = False) -> tuple[bytes, str]:
    """Undoes a transfer encoding.

    Args:
        data: The bytes as they came.
        name: What `encoding` gave.
        is_text: Whether the bytes are a text for people: one that is no base64 at all is left as it is then.

    Returns:
        The bytes, and what was wrong in words ("" if nothing).
    """
    if name == "base64":
        if is_text and not _looks_like_base64(data):
            return data, "a text is declared as base64, and is none"
        return decode_base64(data), ""
    if name == "quoted-printable":
        return decode_quoted_printable(data), ""
    if name == "uuencode":
        found = uuencode.first(data)
        return (data, "the uuencoded part is torn") if found is None else (found, "")
    return data, f"the transfer encoding {name[:40]!r} is unknown, taken as it came" if name else ""


def _looks_like_base64(data: bytes) -> bool:
    head = data[:2_000].strip()
    words = _WORDS.split(head)
    strange = len(_NOT_BASE64.findall(head)) - head.count(b"=") - head.count(b"\n") - head.count(b"\r")
    # A text has blanks and commas; lines of base64 are long, but for the last one.
    return not head or (strange * 10 <= len(head) and (len(words) < 4 or len(head) / len(words) > 12))


def decode_base64(data: bytes) -> bytes:
    """Decodes base64 as mail programs do: what is no base64 is skipped, a torn end gives what it holds."""
    try:
        # Whole lines of it (RFC 2045 s.6.8) are what nearly all mails have.
        return binascii.a2b_base64(data.translate(None, b"\r\n"), strict_mode=True)
    except binascii.Error:
        return _decode_torn(data)


def _decode_torn(data: bytes) -> bytes:
    """Decodes block after block; behind a padded block only another whole one counts, and no words of a list server."""
    data = _without_words(data)
    out: list[bytes] = []
    ends_padded = data.rstrip().endswith(b"=")
    blocks = [_NOT_BASE64.sub(b"", block) for block in _PADDED.split(data)]
    last = len(blocks) - 1
    for place, block in enumerate(blocks):
        if place == last and place and not ends_padded and (len(block) < _LEAST_BLOCK or len(block) % 4):
            break
        pure = block[:-1] if len(block) % 4 == 1 else block
        out.append(base64.b64decode(pure + b"=" * (-len(pure) % 4)))
    return b"".join(out)


def _without_words(data: bytes) -> bytes:
    """The lines before the first one that is made of words, as a list server or a scanner adds them at the end."""
    if b" " not in data:
        return data
    at = 0
    for line in data.split(b"\n"):
        words = line.split()
        if at and len(words) > 2 and _NOT_BASE64.search(b"".join(words).rstrip(b"=")):
            # The lines of signs right before it belong to it.
            return data[:at].rstrip(b"\r\n -_=*#~") + b"=="
        at += len(line) + 1
    return data


def decode_quoted_printable(data: bytes) -> bytes:
    """Decodes quoted-printable (RFC 2045 s.6.7): a "=" that begins nothing stays, blanks at the end of a line go."""
    if b"= " in data or b"=\t" in data:
        data = _SOFT_BREAK.sub(b"=", data)
    return binascii.a2b_qp(data)
