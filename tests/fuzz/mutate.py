"""Messages with something wrong in them: the same seed and number give the same message."""

import base64
import os
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

MAILS = Path(__file__).parents[1] / "mails"
_MAX_SEED = 300 * 1024  # Bytes: larger messages say no more, and slow everything down.
_CORPUS = "MAILBOT_CORPUS"

_SPLINTERS = [
    b"\x00", b"\r", b"\n", b"\n\n", b"\r\n\r\n", b"--", b"--\n", b"\xff\xfe", b"\xe9", b"\xc3", b"(", b")", b"<", b">",
    b'"', b";", b":", b",", b"@", b"\\", b"=?utf-8?Q?", b"?=", b"=?utf-8\x00?B?AA==?=", b"=?iso-2022-jp?B?GyRC?=",
    b"boundary=", b'boundary="', b"boundary*0*=utf-8''", b'charset="\x00"', b"charset=undefined", b"charset=utf-16",
    b"charset=utf-7", b"Content-Type: message/rfc822\n\n", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n",
    b"Content-Type: message/delivery-status\n\n", b"Content-Type: text/html\n\n<table><td>", b"filename*0*=x''%ff",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: x-uuencode\n",
    b"Content-Disposition: inline\n",
    b"begin 644 a.bin\n", b"From: ", b"Date: 1 Jan 99999\n", b"Return-Path: <>\n", b"\x1b$B", b"~{", b"+AGE-",
    b"X-Mailbot-Role: self\n", b"Final-Recipient: rfc822;", b"Action: failed\n", b"On Mon, x wrote:\n> ", b"-- \n",
    b"<blockquote>", b"</div>", b"<!--", b"&#x110000;", b"BEGIN:VCALENDAR\n", b"\x78\x9f\x3e\x22",
    "\u202e\u0301\u0327\ufdfa\u2028".encode(), "\U0001f600".encode(), b"\xed\xa0\x80", b"*mailbot-part-0*",
]  # fmt: skip
_CHARSETS = [
    b"us-ascii", b"utf-8", b"utf8", b"utf-7", b"utf-16", b"utf-16be", b"utf-32", b"iso-8859-1", b"iso-8859-15",
    b"cp1252",
    b"windows-1251", b"koi8-r", b"gb2312", b"gb18030", b"big5", b"iso-2022-jp", b"shift_jis", b"euc-kr", b"hz",
    b"iso-2022-kr", b"idna", b"unicode_escape", b"unknown-8bit", b"", b"'", b"\xff", b"x" * 100, b"tis-620", b"default",
]  # fmt: skip
_ENCODINGS = [b"7bit", b"8bit", b"binary", b"base64", b"quoted-printable", b"x-uuencode", b"uuencode", b"", b"x-none"]
_TYPES = [
    b"text/plain", b"text/html", b"text/enriched", b"text/calendar", b"message/rfc822", b"message/delivery-status",
    b"message/disposition-notification", b"message/feedback-report", b"message/partial", b"message/external-body",
    b"multipart/mixed", b"multipart/alternative", b"multipart/related", b"multipart/report", b"multipart/digest",
    b"multipart/signed", b"application/ms-tnef", b"application/pkcs7-mime", b"application/octet-stream", b"image/png",
    b"text", b"/", b"", b"text/plain/x",
]  # fmt: skip
_CHARSET = re.compile(rb'charset\s{0,5}=\s{0,5}"?([^\s";]{1,60})', re.IGNORECASE)
_ENCODING = re.compile(rb"content-transfer-encoding:[ \t]*([^\r\n]{0,40})", re.IGNORECASE)
_TYPE = re.compile(rb"content-type:[ \t]*([^\s;]{1,60})", re.IGNORECASE)
_BOUNDARY = re.compile(rb'boundary\s{0,5}=\s{0,5}"?([^\s";]{1,90})', re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n|\r|\n")


def seeds() -> list[bytes]:
    """The messages of the tests, and all files below the folder that $MAILBOT_CORPUS names."""
    paths = sorted(MAILS.glob("*.eml"))
    folder = os.environ.get(_CORPUS, "")
    if folder:
        found = sorted(path for path in Path(folder).rglob("*") if path.is_file() and "raw" in path.parts)
        paths += found or sorted(path for path in Path(folder).rglob("*.eml") if path.is_file())
    return [raw for raw in (path.read_bytes() for path in paths) if raw and len(raw) <= _MAX_SEED]


Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def message(seed: int, number: int, pool: Sequence[bytes]) -> bytes:
    """A message of the pool with one to six things done to it."""
    choose = random.Random(f"{seed} {number}")
    raw = choose.choice(pool)
    for _ in range(choose.choice((1, 1, 2, 2, 3, 4, 6))):
        raw = choose.choice(_MUTATIONS)(choose, raw, pool)
    return raw


def _at(choose: random.Random, raw: bytes) -> int:
    """A place in a message; every second one in its header, where most can go wrong."""
    head = raw.find(b"\n\n") if choose.random() < 0.5 else -1
    return choose.randint(0, head if head > 0 else len(raw))


def _flip(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    out = bytearray(raw)
    for _ in range(choose.randint(1, 20)):
        if out:
            out[min(_at(choose, raw), len(out) - 1)] = choose.randrange(256)
    return bytes(out)


def _splinter(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    at = _at(choose, raw)
    return raw[:at] + choose.choice(_SPLINTERS) * choose.choice((1, 1, 1, 3, 40)) + raw[at + choose.randint(0, 12) :]


def _lines(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    """Drops, doubles or swaps lines."""
    lines = raw.splitlines(keepends=True)
    if len(lines) < 3:
        return raw
    for _ in range(choose.randint(1, 4)):
        one, other = choose.randrange(len(lines)), choose.randrange(min(len(lines), 40))
        what = choose.randrange(3)
        if what == 0 and len(lines) > 2:
            del lines[min(one, len(lines) - 1)]
        elif what == 1:
            lines.insert(one, lines[other % len(lines)])
        else:
            other %= len(lines)
            one %= len(lines)
            lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _parts_of(raw: bytes) -> tuple[bytes, bytes]:
    for blank in (b"\r\n\r\n", b"\n\n"):
        head, found, body = raw.partition(blank)
        if found:
            return head + blank[: len(blank) // 2], blank[: len(blank) // 2] + body
    return raw, b""


def _swap_headers(choose: random.Random, raw: bytes, pool: Sequence[bytes]) -> bytes:
    """The header of one message before the body of another."""
    return _parts_of(choose.choice(pool))[0] + _parts_of(raw)[1]


def _borrow_header(choose: random.Random, raw: bytes, pool: Sequence[bytes]) -> bytes:
    """A few header lines of another message."""
    lines = _parts_of(choose.choice(pool))[0].splitlines(keepends=True)
    at = choose.randrange(len(lines)) if lines else 0
    return b"".join(lines[at : at + choose.randint(1, 6)]) + raw


def _boundary(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    """Damages a boundary where it is declared, or where it stands."""
    found = _BOUNDARY.search(raw)
    if found is None:
        return raw
    name = found.group(1)
    other = choose.choice([name[:-1], name + b"x", name.upper(), b"", b"--", name * 3, b'"', name[:1], b"\xff" + name])
    if choose.random() < 0.4:
        return raw[: found.start(1)] + other + raw[found.end(1) :]
    places = [match.start() for match in re.finditer(re.escape(b"--" + name), raw)]
    if not places:
        return raw
    at = choose.choice(places)
    return raw[:at] + b"--" + other + raw[at + 2 + len(name) :]


def _replace(pattern: re.Pattern[bytes], values: Sequence[bytes]) -> Mutation:
    def mutate(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
        found = list(pattern.finditer(raw))
        if not found:
            return raw
        match = choose.choice(found)
        return raw[: match.start(1)] + choose.choice(values) + raw[match.end(1) :]

    return mutate


def _truncate(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    at = choose.randint(0, len(raw))
    return raw[:at] if choose.random() < 0.8 else raw[at:]


def _splice(choose: random.Random, raw: bytes, pool: Sequence[bytes]) -> bytes:
    """A piece of another message in the middle of this one."""
    other = choose.choice(pool)
    begin = _at(choose, other)
    at = _at(choose, raw)
    return raw[:at] + other[begin : begin + choose.randint(1, 3000)] + raw[at + choose.randint(0, 500) :]


def _wrap(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    """The message as a part of another one."""
    kind = choose.choice((b"message/rfc822", b"text/plain", b"text/rfc822-headers", b"application/octet-stream"))
    encoded = choose.random() < 0.3
    body = base64.encodebytes(raw) if encoded else raw
    encoding = b"Content-Transfer-Encoding: base64\n" if encoded else b""
    outer = choose.choice((b"mixed", b"report; report-type=delivery-status", b"alternative", b"digest"))
    head = b"From: a@b.example\nSubject: wrapped\nContent-Type: multipart/" + outer + b"; boundary=wrap\n\n"
    return head + b"--wrap\nContent-Type: " + kind + b"\n" + encoding + b"\n" + body + b"\n--wrap--\n"


def _unicode(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    codes = (choose.randrange(0x110000) if choose.random() < 0.3 else choose.randrange(0x3000) for _ in range(20))
    text = "".join(map(chr, codes)).encode("utf-8", "surrogatepass")
    at = _at(choose, raw)
    return raw[:at] + text + raw[at:]


def _line_ends(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    ends = choose.choice(([b"\n"], [b"\r\n"], [b"\r"], [b"\n", b"\r\n", b"\r"], [b"\r\r\n"], [b"\n\n"]))
    return _LINE_END.sub(lambda _match: choose.choice(ends), raw)


def _repeat(choose: random.Random, raw: bytes, _pool: Sequence[bytes]) -> bytes:
    """A piece of the message many times."""
    at = _at(choose, raw)
    piece = raw[at : at + choose.randint(1, 60)]
    return raw[:at] + piece * choose.choice((2, 10, 100)) + raw[at:]


_MUTATIONS: list[Mutation] = [
    _flip, _splinter, _splinter, _lines, _swap_headers, _borrow_header, _boundary, _replace(_CHARSET, _CHARSETS),
    _replace(_ENCODING, _ENCODINGS), _replace(_TYPE, _TYPES), _truncate, _splice, _wrap, _unicode, _line_ends, _repeat,
]  # fmt: skip
