"""Taking a file of messages apart: one message, or an mbox with many, of which only one is in memory at a time."""

import re
from collections.abc import Iterator
from typing import BinaryIO

_ENVELOPE = re.compile(rb"From \S+.{0,200}?\b(?:19|20)\d\d\b")  # "From a@example.com Mon Mar  2 09:00:00 2026"
_HEADER = re.compile(rb"[!-9;-~]{1,200}[ \t]*:|>From ")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_PIECE = 1024 * 1024
_PACKING = 2000  # Bytes of an envelope line, and more.


def messages(stream: BinaryIO, max_size: int) -> Iterator[bytes]:
    """Gives the messages in a file.

    It is an mbox (RFC 4155, mboxo and mboxrd alike) if it begins with an envelope line and has another one, with a
    blank line before and a header behind. A file with only one envelope line is one message, exactly as it is.

    Args:
        stream: The open file.
        max_size: Bytes of a message from which on the rest is skipped; a little more is given, so that it shows.
    """
    begin = stream.read(5)
    if begin != b"From ":
        yield begin + stream.read(max_size + 1 - len(begin))
        return
    collected = _Collected(max_size)
    collected.add(begin + stream.readline(_PIECE))
    several = False
    blank = False  # Whether the line before was blank.
    line = stream.readline(_PIECE)
    whole = True  # Whether it begins where a line begins, and is not the rest of a very long one.
    while line:
        following = stream.readline(_PIECE)
        if blank and whole and _ENVELOPE.match(line) and _HEADER.match(following):
            several = True
            yield _unpacked(collected.data)
            collected = _Collected(max_size)
        collected.add(line)
        blank = line in (b"\n", b"\r\n")
        whole = line.endswith(b"\n")
        line = following
    yield _unpacked(collected.data) if several else collected.data


class _Collected:
    """The bytes of a message as they come in, with enough beyond the limit for what `_unpacked` takes away."""

    def __init__(self, max_size: int) -> None:
        self._pieces: list[bytes] = []
        self._room = max_size + _PACKING

    def add(self, piece: bytes) -> None:
        if self._room > 0:
            self._pieces.append(piece[: self._room])
            self._room -= len(piece)

    @property
    def data(self) -> bytes:
        return b"".join(self._pieces)


def _unpacked(raw: bytes) -> bytes:
    """A message without what the mbox added: the envelope line, the last blank line, ">" before "From "."""
    body = raw.partition(b"\n")[2]
    for end in (b"\r\n\r\n", b"\n\n"):
        if body.endswith(end):
            body = body[: -len(end) // 2]
            break
    return _ESCAPED.sub(rb"\1", body) if b"\n>" in body else body
