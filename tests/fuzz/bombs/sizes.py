"""Messages of mere bytes, lines and size."""

import random

from fuzz.bombs.table import BOMBS, HEAD, MIB, ROOM, SHRINK, bomb, filled, plain

_FILLINGS = {
    "25 MB of line feeds": b"\n",
    "25 MB of carriage returns": b"\r",
    "25 MB of CRLF": b"\r\n",
    "25 MB of NUL": b"\x00",
    "25 MB of 0xFF": b"\xff",
    "25 MB of less-than": b"<",
    "25 MB of short lines": b"a\n",
    "25 MB of lines of forty": b"x" * 39 + b"\n",
    "25 MB of raw 8-bit lines": b"caf\xe9 " * 12 + b"\r\n",
    "25 MB of UTF-8 lines": "日本語のテキスト".encode() * 3 + b"\r\n",
    "25 MB of quote marks": b">" * 70 + b"\r\n",
    "25 MB of dash lines": b"--\n",
    "25 MB of mixed line ends and NUL": b"a\r\r\n\x00\n\rb\x0b\x0c\x85\n",
    "25 MB of colons": b"x: y\n",
}
for _name, _piece in _FILLINGS.items():
    BOMBS[_name] = lambda piece=_piece: plain(filled(piece))  # type: ignore[misc]


@bomb("26 MB, larger than allowed")
def _() -> bytes:
    return plain(filled(b"A", 26 * MIB - 400))


@bomb("one line of 25 MB")
def _() -> bytes:
    return plain(filled(b"x"))


@bomb("lines of just under 1 MiB")
def _() -> bytes:
    return plain(filled(b"x" * (MIB - 10) + b"\r\n"))


@bomb("no header at all, 25 MB of text")
def _() -> bytes:
    return b"\n" + filled(b"lorem ipsum dolor sit amet\n")


@bomb("random bytes")
def _() -> bytes:
    return random.Random(7).randbytes(ROOM // SHRINK.get())


@bomb("random bytes after a header")
def _() -> bytes:
    return plain(random.Random(8).randbytes(8 * MIB // SHRINK.get()))


@bomb("header only, never ending")
def _() -> bytes:
    return HEAD + filled(b"X-Long: " + b"a" * 60 + b"\r\n")


@bomb("one folded header of 25 MB")
def _() -> bytes:
    return HEAD + b"X-Long: a" + filled(b"\r\n aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") + b"\r\n\r\nhello\r\n"
