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
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_PROBE = 200
_CHUNK = 1024 * 1024
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

    def restore(self, data: bytes, most: int | None = None) -> bytes:
        """Puts the bodies back in the place of their marks.

        Args:
            data: A text of the parser.
            most: How many bytes of each body are wanted; None = all.
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
            pieces += [data[done:at], view[first : last if most is None else min(last, first + most)]]
            done = end + 1
            at = data.find(self.word, done)
        return b"".join([*pieces, data[done:]])

    def holds(self, word: bytes) -> bool:
        """Whether one of the bodies holds some bytes."""
        return any(self.raw.find(word, start, end) >= 0 for start, end in self.spans)


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
    blank = b"\r\n\r\n" if b"\r\n" in raw[:1000] else b"\n\n"
    spans: list[tuple[int, int]] = []
    section = 0  # Where the headers of the part began, or those of a message attached to it.
    in_headers = True  # Whether the next blank line ends headers; any later one stands in a body.
    text_allowed = True
    borders = _borders(raw)
    border = next(borders)
    at = raw.find(blank)
    while at >= 0 and len(spans) < _MAX_BLOCKS:
        while border < at + len(blank) - 1:
            # A border lies between: another part has begun.
            section, in_headers = border + 1, True
            border = next(borders)
        start = at + len(blank)
        # The line end before a border, and the last one, are left: the parser decides to which side they belong.
        end = border - (raw[border - 1 : border + 1] == b"\r\n") if border < len(raw) else _without_line_end(raw)
        headers = raw[section : min(at, section + _MAX_HEADER)].lower() if in_headers else b""
        holds_message = _MESSAGE.search(headers) is not None
        # The parts of a digest are messages, whether they say so or not (RFC 2046 s.5.1.5).
        text_allowed = text_allowed and b"multipart/digest" not in headers
        as_text = in_headers and not holds_message and text_allowed and end - start >= _LARGE_TEXT
        if end - start >= _LARGE and (as_text or _is_base64(raw, start, end)):
            spans.append((start, end))
            start = end
        section = start
        in_headers = holds_message and b"message/delivery-status" not in headers
        at = raw.find(blank, start)
    return [*spans, *_epilogue(raw, borders, border)]


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


def _epilogue(raw: bytes, borders: Iterator[int], border: int) -> list[tuple[int, int]]:
    """What follows the end of the last part without a blank line in it, if it is large."""
    last = border
    while border < len(raw):
        last, border = border, next(borders)
    line_end = raw.find(b"\n", last + 1)
    end = _without_line_end(raw)
    if line_end < 0 or end - line_end <= _LARGE_TEXT or not raw[last + 1 : line_end].rstrip().endswith(b"--"):
        return []
    return [(line_end + 1, end)]


def _without_line_end(raw: bytes) -> int:
    return len(raw) - (2 if raw.endswith(b"\r\n") else 1 if raw.endswith((b"\n", b"\r")) else 0)


def _is_base64(raw: bytes, start: int, end: int) -> bool:
    # The first lines tell text from base64 at once; only base64 is looked at whole, and never copied whole.
    if raw[start : start + _PROBE].translate(None, _BASE64):
        return False
    return not any(raw[at : min(at + _CHUNK, end)].translate(None, _BASE64) for at in range(start, end, _CHUNK))
