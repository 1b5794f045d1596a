"""Large bodies, kept aside while the parser takes the structure of a message apart.

The parser of the standard library makes a text of the whole message, and a string of every line: a mail with a file of
20 MB would take 200 MB, and seconds. It gets a short mark in the place of each large body instead. What is set aside
must not hold structure: no boundary of a part, and no headers of an attached message.
"""

import hashlib
import re
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
        blocks: The bodies, as views of the message.
    """

    data: bytes
    word: bytes = b""
    blocks: tuple[memoryview, ...] = ()

    def restore(self, data: bytes) -> bytes:
        """Puts the bodies back in the place of their marks."""
        if not self.blocks:
            return data
        at = data.find(self.word)
        if at < 0:
            return data
        pieces: list[bytes | memoryview] = []
        done = 0
        while at >= 0:
            end = data.index(b"*", at + len(self.word))
            pieces += [data[done:at], self.blocks[int(data[at + len(self.word) : end])]]
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
    return Reduced(b"".join([*pieces, view[done:]]), word, tuple(view[start:end] for start, end in spans))


def _large_bodies(raw: bytes) -> list[tuple[int, int]]:
    blank = b"\r\n\r\n" if b"\r\n" in raw[:1000] else b"\n\n"
    spans: list[tuple[int, int]] = []
    section = 0  # Where the headers of the part began, or those of a message attached to it.
    in_headers = True  # Whether the next blank line ends headers; any later one stands in a body.
    text_allowed = True
    border = _next_border(raw, 0)
    at = raw.find(blank)
    while at >= 0 and len(spans) < _MAX_BLOCKS:
        if border < at + len(blank) - 1:
            # A border lies between: another part has begun.
            last = raw.rfind(b"\n--", border, at + len(blank) - 1)
            section, in_headers = max(last, border) + 1, True
            border = _next_border(raw, section)
        start = at + len(blank)
        # The line end before a border, and the last one, are left: the parser decides to which side they belong.
        end = border - (raw[border - 1 : border] == b"\r") if border < len(raw) else _without_line_end(raw)
        headers = raw[section : min(at, section + _MAX_HEADER)].lower() if in_headers else b""
        holds_message = _MESSAGE.search(headers) is not None
        # The parts of a digest are messages, whether they say so or not (RFC 2046 s.5.1.5).
        text_allowed = text_allowed and b"multipart/digest" not in headers
        as_text = in_headers and not holds_message and text_allowed
        if end - start >= _LARGE and (_is_base64(raw, start, end) or (as_text and _is_large_text(raw, start, end))):
            spans.append((start, end))
            start = end
        section = start
        in_headers = holds_message and b"message/delivery-status" not in headers
        at = raw.find(blank, start)
    return spans


def _without_line_end(raw: bytes) -> int:
    return len(raw) - (2 if raw.endswith(b"\r\n") else 1 if raw.endswith((b"\n", b"\r")) else 0)


def _next_border(raw: bytes, start: int) -> int:
    found = raw.find(b"\n--", start)
    return found if found >= 0 else len(raw)


def _is_base64(raw: bytes, start: int, end: int) -> bool:
    # The first lines tell text from base64 at once; only base64 is looked at whole, and never copied whole.
    if raw[start : start + _PROBE].translate(None, _BASE64):
        return False
    return not any(raw[at : min(at + _CHUNK, end)].translate(None, _BASE64) for at in range(start, end, _CHUNK))


def _is_large_text(raw: bytes, start: int, end: int) -> bool:
    """Whether a text is large, and no line in it ends at a bare CR, behind which a border could hide."""
    return end - start >= _LARGE_TEXT and raw.count(b"\r", start, end) == raw.count(b"\r\n", start, end)
