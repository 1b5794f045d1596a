"""Messages that are built to crash, hang or bloat whoever reads them: names, and how to make each at run time.

None is larger than 26 MiB. Each stands for a kind of attack, or of an accident, that was seen or is easy to think of.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

MIB: Final = 1024 * 1024
ROOM: Final = 25 * MIB - 4096  # Body bytes of a message that just keeps the limit of the size.
BIG: Final = 250 * 1024  # Bytes of a header block that just keeps its limit.
LONG: Final = 16_000  # Bytes of a header that just keeps its limit.

HEAD: Final = (
    b"From: Rita <rita@client.example>\r\nTo: support@example.com\r\nSubject: bomb\r\n"
    b"Date: Mon, 2 Mar 2026 09:00:00 +0000\r\nMessage-ID: <bomb@client.example>\r\nMIME-Version: 1.0\r\n"
)

SHRINK = ContextVar("SHRINK", default=1)

Bomb = Callable[[], bytes]
BOMBS: Final[dict[str, Bomb]] = {}


def bomb(name: str) -> Callable[[Bomb], Bomb]:
    """Puts a maker of a message into the table."""

    def add(make: Bomb) -> Bomb:
        assert name not in BOMBS
        BOMBS[name] = make
        return make

    return add


def plain(body: bytes, content_type: bytes = b"text/plain; charset=utf-8", encoding: bytes = b"8bit") -> bytes:
    fields = b"Content-Type: " + content_type + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n"
    return HEAD + fields + body


def html(body: bytes) -> bytes:
    return plain(body, b"text/html; charset=utf-8")


def filled(piece: bytes, size: int = ROOM) -> bytes:
    """As many copies of a piece as fit; fewer while small bombs are made."""
    return piece * (max(size // SHRINK.get(), 1) // len(piece))


def build(name: str, shrink: int = 1) -> bytes:
    """Makes a message; what fills it is smaller by a factor."""
    token = SHRINK.set(shrink)
    try:
        return BOMBS[name]()
    finally:
        SHRINK.reset(token)


def mixed(*parts: bytes, boundary: bytes = b"b") -> bytes:
    head = HEAD + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    return head + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def with_field(name: bytes, value: bytes, times: int = 1) -> bytes:
    """A plain message with a header of its own, possibly often; it replaces what HEAD has of this name."""
    kept = [line for line in HEAD.split(b"\r\n") if not line.lower().startswith(name.lower() + b":")]
    return b"\r\n".join(kept)[:-2] + b"\r\n" + (name + b": " + value + b"\r\n") * times + b"\r\nhello\r\n"


def folded(piece: bytes, size: int, width: int = 900) -> bytes:
    """A header value of many pieces, folded as RFC 5322 asks."""
    per_line = max(1, width // len(piece))
    line = piece * per_line
    return b"\r\n ".join([line] * max(1, size // (len(line) + 3)))


def nested(depth: int, kind: bytes = b"multipart/mixed", name: Callable[[int], bytes] = lambda i: b"b%d" % i) -> bytes:
    head = b"Content-Type: " + kind + b'; boundary="%s"\r\n\r\n--%s\r\n'
    return HEAD + b"".join(head % (name(level), name(level)) for level in range(depth)) + b"\r\ntext\r\n"
