"""The parameters of Content-Type and Content-Disposition (RFC 2045 s.5.1, RFC 2183, RFC 2231), however torn they are.

The standard library raises half a dozen kinds of errors on what programs write here; this reader takes anything, and
looks at each character once.
"""

import re
from urllib.parse import unquote_to_bytes

from mailbot.core import charsets

_MAX = 200  # How many parameters are read.
_NAME = re.compile(r"[\s;,]*([^\s=;,\"]{1,100})\s{0,80}=\s{0,80}")
_CLOSING = re.compile(r"(?<!\\)\"(?=\s{0,80}(?:;|$|[\w*-]{1,40}\s{0,8}=))")
_ANY_CLOSING = re.compile(r"\"(?=\s{0,80}(?:;|$))")
_ESCAPED = re.compile(r"\\([\"\\])")
_CONTINUED = re.compile(r"(.+?)\*(\d{1,3})?(\*)?")
_EXTENDED = re.compile(r"([\w.:-]{2,30})'[\w-]{0,20}'")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){2}")


def split(value: str) -> tuple[str, dict[str, str]]:
    """Gives the value itself in lower case, and its parameters by their names in lower case, decoded.

    Of parameters with the same name the first counts. Encoded words are left as they are.
    """
    main, semicolon, rest = value.partition(";")
    words = main.split(None, 1)
    if len(words) > 1 and "=" in words[1]:
        rest = f"{words[1]};{rest}"  # The first semicolon is missing.
    if not semicolon and not rest:
        return (words[0].lower() if words else ""), {}
    found: dict[str, str] = {}
    for name, text in _raw(rest):
        found.setdefault(name, text)
    return (words[0].lower().rstrip(",") if words else ""), _joined(found) if any(
        "*" in key for key in found
    ) else found


def _raw(value: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, quoted = 0, True
    while at < len(value) and len(found) < _MAX:
        match = _NAME.match(value, at)
        if match is None:
            end = value.find(";", at)
            end = len(value) if end < 0 else end
            piece = value[at:end].strip()
            if found and not quoted and piece:
                # A semicolon within a value that should have been quoted.
                found[-1] = (found[-1][0], f"{found[-1][1]};{value[at:end].rstrip()}")
            at = end + 1
            continue
        text, at, quoted = _value(value, match.end())
        found.append((match.group(1).lower(), text))
    return found


def _value(value: str, at: int) -> tuple[str, int, bool]:
    """A value, where it ends, and whether it was quoted."""
    if value.startswith('"', at):
        closing = _CLOSING.search(value, at + 1) or _ANY_CLOSING.search(value, at + 1)
        if closing is not None:
            inner = value[at + 1 : closing.start()]
            return (_ESCAPED.sub(r"\1", inner) if "\\" in inner else inner), closing.end(), True
        at += 1  # It is never closed.
    end = value.find(";", at)
    end = len(value) if end < 0 else end
    return value[at:end].strip().removesuffix('"'), end + 1, False


def _joined(found: dict[str, str]) -> dict[str, str]:
    """Puts values together that were cut in pieces or percent-encoded (RFC 2231 s.3 and 4)."""
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    whole: dict[str, str] = {}
    for name, text in found.items():
        match = _CONTINUED.fullmatch(name)
        if match is None:
            whole.setdefault(name, text)
            continue
        base, number, star = match.groups()
        pieces.setdefault(base, {}).setdefault(int(number or 0), (text, bool(star) or number is None))
    for base, numbered in pieces.items():
        charset, data = "", b""
        for place, (_, (text, extended)) in enumerate(sorted(numbered.items())):
            head = _EXTENDED.match(text) if place == 0 else None
            if head and extended:
                charset, text = head.group(1), text[head.end() :]  # noqa: PLW2901 - the piece without its head.
            raw = text.encode("utf-8", "surrogateescape")
            data += unquote_to_bytes(raw) if extended else raw
        whole[base] = charsets.decode(data, charset)[0]
    return whole


def unquoted(value: str) -> str:
    """A file name that was percent-encoded without the star that RFC 2231 demands, decoded; others as they are."""
    head = _EXTENDED.match(value)
    if head:
        return charsets.decode(unquote_to_bytes(value[head.end() :]), head.group(1))[0]
    if _PERCENT.search(value):
        try:
            text = unquote_to_bytes(value.encode("utf-8", "replace")).decode("utf-8")
        except UnicodeDecodeError:
            return value
        return value if text.isascii() else text
    return value
