"""Large bodies, kept aside while the parser takes the structure of a message apart.

The parser of the standard library makes a text of the whole message, and a string of every line: a mail with a file of
20 MB would take 200 MB, and seconds. It gets a short mark in the place of each large body instead. What is set aside
must not hold structure: no boundary of a part, and no headers of an attached message.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LARGE = 16 * 1024  # Bytes: base64 from this size on is set aside.
_LARGE_TEXT = 256 * 1024  # The same for anything else; what looks for a report in the text needs it in its place.
_LARGE_MESSAGE = 1024 * 1024  # Of a message of this size any body is set aside that is as large as _LARGE.
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_CHUNK = 64 * 1024
_STRANGE = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
# What the parser takes for a field, for the rest of one, or for the end of the headers.
_FIELD = re.compile(rb"From |[!-9;-~]*:|[ \t\r\n]|\Z")
_MAX_BLOCKS = 2_000
_MAX_HEADER = 256 * 1024
_WORD = b"*mailbot-part-"
_MESSAGE = re.compile(rb"message/|content-type[ \t]{0,20}:[\s\"',:<]{0,20}message")  # In headers in lower case.


@dataclass(frozen=True, slots=True)
class Reduced:
    """A message with marks for its large bodies.

    Attributes:
        data: What the parser gets.
        word: What each mark begins with; it stands nowhere in the message, and nobody can foresee it.
        raw: The whole message.
        spans: Where in it the bodies begin and end.
    """

    data: bytes
    word: bytes = b""
    raw: bytes = b""
    spans: tuple[tuple[int, int], ...] = ()

    def restore(self, data: bytes, most: int | None = None, whole: bytes = b"") -> bytes:
        """Puts the bodies back in the place of their marks.

        Args:
            data: A text of the parser.
            most: How many bytes of each body are wanted; None = all.
            whole: A body that holds these bytes is wanted whole even so.
        """
        if not self.spans:
            return data
        at = data.find(self.word)
        if at < 0:
            return data
        view = memoryview(self.raw)
        pieces: list[bytes | memoryview] = []
        done = 0
        while at >= 0:
            end = data.index(b"*", at + len(self.word))
            first, last = self.spans[int(data[at + len(self.word) : end])]
            if most is not None and last - first > most and not (whole and self.raw.find(whole, first, last) >= 0):
                last = first + most
            pieces += [data[done:at], view[first:last]]
            done = end + 1
            at = data.find(self.word, done)
        return b"".join([*pieces, data[done:]])


def set_aside(raw: bytes) -> Reduced:
    """Takes the large bodies out of a message."""
    if len(raw) < _LARGE:
        return Reduced(raw)
    spans = _large_bodies(raw)
    if not spans:
        return Reduced(raw)
    # A sender cannot write down the digest of what he writes.
    word = _WORD + hashlib.blake2b(raw, digest_size=8).hexdigest().encode() + b"-"
    view = memoryview(raw)
    pieces: list[bytes | memoryview] = []
    done = 0
    for number, (start, end) in enumerate(spans):
        pieces += [view[done:start], word + b"%d*" % number]
        done = end
    return Reduced(b"".join([*pieces, view[done:]]), word, raw, tuple(spans))


def _large_bodies(raw: bytes) -> list[tuple[int, int]]:
    seen = _Seen(raw)
    spans: list[tuple[int, int]] = []
    section = 0  # Where the headers of a part begin, with the border before them.
    for border in _borders(raw):
        # The line end before a border, and the last one, are left: the parser decides to which side they belong.
        end = border - (raw[border - 1 : border + 1] == b"\r\n") if border < len(raw) else _without_line_end(raw)
        if end - section >= _LARGE:
            spans += seen.in_section(section, end)
        section = border + 1
        if border >= len(raw) or len(spans) >= _MAX_BLOCKS:
            break
    return spans


def _borders(raw: bytes) -> Iterator[int]:
    """The line ends before lines that may part two parts, at last the end of the message, again and again."""
    by_feed, by_return = raw.find(b"\n--"), raw.find(b"\r--")
    while by_feed >= 0 or by_return >= 0:
        if by_return < 0 or 0 <= by_feed < by_return:
            yield by_feed
            by_feed = raw.find(b"\n--", by_feed + 1)
        else:
            yield by_return
            by_return = raw.find(b"\r--", by_return + 1)
    while True:
        yield len(raw)


class _Seen:
    """What is known of a message while its large bodies are looked for."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._blank = b"\r\n\r\n" if b"\r\n" in raw[:1000] else b"\n\n"
        # The parts of a digest are messages, whether they say so or not (RFC 2046 s.5.1.5).
        digest = any(word in raw for word in (b"/digest", b"/Digest", b"/DIGEST"))
        self._text = len(raw) + 1 if digest else _LARGE if len(raw) >= _LARGE_MESSAGE else _LARGE_TEXT
        self._strange = -1  # The first byte that is no base64 behind some place; no place is looked at twice.

    def in_section(self, section: int, end: int) -> Iterator[tuple[int, int]]:
        """The large bodies between two borders."""
        raw = self._raw
        line_end = raw.find(b"\n", section, end)
        if section and line_end >= 0 and not _FIELD.match(raw, line_end + 1):
            # No field follows the border: what is there is a body, whether it is a border or not.
            if end - line_end > self._text:
                yield line_end + 1, end
                return
            section = line_end + 1
        in_headers = True  # Whether the next blank line ends headers; any later one stands in a body.
        at = raw.find(self._blank, section, end)
        while at >= 0:
            start = at + len(self._blank)
            if end - start < _LARGE:
                return
            headers = raw[section : min(at, section + _MAX_HEADER)].lower() if in_headers else b""
            holds_message = _MESSAGE.search(headers) is not None
            if (in_headers and not holds_message and end - start >= self._text) or self._is_base64(start, end):
                yield start, end
                return
            section = start
            in_headers = holds_message and b"message/delivery-status" not in headers
            at = raw.find(self._blank, start, end)

    def _is_base64(self, start: int, end: int) -> bool:
        if self._strange < start:
            self._strange = self._find_strange(start)
        return self._strange >= end

    def _find_strange(self, start: int) -> int:
        raw = self._raw
        for at in range(start, len(raw), _CHUNK):
            # To leave out what is base64 is much faster than to search for what is none.
            if raw[at : at + _CHUNK].translate(None, _BASE64):
                found = _STRANGE.search(raw, at)
                return found.start() if found else len(raw)
        return len(raw)


def _without_line_end(raw: bytes) -> int:
    return len(raw) - (2 if raw.endswith(b"\r\n") else 1 if raw.endswith((b"\n", b"\r")) else 0)
