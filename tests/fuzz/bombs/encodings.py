"""Transfer encodings, charsets and what Unicode allows."""

import base64
import random

from fuzz.bombs.table import BOMBS, MIB, SHRINK, bomb, filled, mixed, plain, with_field


@bomb("base64 of nothing, 25 MB")
def _() -> bytes:
    return plain(filled(b"====\r\n", 3 * MIB), encoding=b"base64")


@bomb("base64 of what is no base64")
def _() -> bytes:
    return plain(filled(b"!" * 76 + b"\r\n"), encoding=b"base64")


@bomb("base64 with a torn letter in every line")
def _() -> bytes:
    return plain(filled(b"QUFB" * 18 + b"!A=\r\n"), encoding=b"base64")


@bomb("base64 text of 18 MB")
def _() -> bytes:
    return plain(base64.encodebytes(filled(b"lorem ipsum dolor sit amet, ", 17 * MIB)), encoding=b"base64")


@bomb("base64 text of 18 MB without spaces")
def _() -> bytes:
    return plain(base64.encodebytes(filled(b"x", 17 * MIB)), encoding=b"base64")


@bomb("base64 HTML of 18 MB")
def _() -> bytes:
    body = base64.encodebytes(filled(b"<p>lorem <b>ipsum</b> dolor</p>", 17 * MIB))
    return plain(body, b"text/html; charset=utf-8", b"base64")


@bomb("a file of 18 MB")
def _() -> bytes:
    data = base64.encodebytes(random.Random(5).randbytes(17 * MIB // SHRINK.get()))
    part = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return mixed(b"\r\nhello", part + data)


@bomb("soft line breaks of quoted-printable")
def _() -> bytes:
    return plain(filled(b"=\r\n", 1_700_000), encoding=b"quoted-printable")


@bomb("quoted-printable escapes, 20 MB")
def _() -> bytes:
    return plain(filled(b"=E2=82=AC" * 8 + b"=\r\n", 20 * MIB), encoding=b"quoted-printable")


@bomb("quoted-printable equals signs")
def _() -> bytes:
    return plain(filled(b"=" * 76 + b"\r\n"), encoding=b"quoted-printable")


@bomb("uuencode without end")
def _() -> bytes:
    return plain(b"begin 644 a.bin\r\n" + filled(b"M" + b"86%A" * 15 + b"\r\n", 20 * MIB))


@bomb("50,000 beginnings of uuencode")
def _() -> bytes:
    return plain(filled(b"begin 644 a.bin\r\n", MIB))


@bomb("50,000 empty uuencoded files")
def _() -> bytes:
    return plain(b"begin 644 a.bin\r\n`\r\nend\r\n" * 50_000)


@bomb("the encoding uuencode, torn")
def _() -> bytes:
    return plain(b"begin 644 a.bin\r\n" + filled(b"M" + b"!\xff" * 30 + b"\r\n", 20 * MIB), encoding=b"x-uuencode")


_CHARSETS = (
    (b"utf-7", b"+AGEAYgBj-" * 40_000, "UTF-7"),
    (b"utf-7", b"+" * 500_000, "UTF-7 without end"),
    (b"utf-16", b"\xff\xfe" + b"\x00\xd8" * 250_000, "UTF-16 of lone surrogates"),
    (b"utf-32", b"\xff\xff\xff\xff" * 120_000, "UTF-32 beyond Unicode"),
    (b"hz-gb-2312", b"~{~}" * 120_000, "HZ"),
    (b"iso-2022-jp", b"\x1b$B\x1b(B" * 80_000, "ISO-2022-JP states"),
    (b"iso-2022-kr", b"\x1b$)C\x0e\x0f" * 80_000, "ISO-2022-KR states"),
    (b"idna", b"a." * 250_000, "the codec idna"),
    (b"punycode", b"a-" * 50_000 + b"b9" * 50_000, "the codec punycode"),
    (b"unicode_escape", b"\\u0041" * 80_000, "the codec unicode_escape"),
    (b"zlib_codec", b"x\x9c" + b"\x00" * 400_000, "the codec zlib"),
    (b"rot13", b"abc " * 100_000, "the codec rot13"),
    (b"utf-8", b"\xf4\x90\x80\x80\xc0\x80\xed\xa0\x80" * 50_000, "broken UTF-8"),
    (b"x" * 10_000, b"caf\xe9 " * 80_000, "a charset of 10,000 letters"),
    (b"=?utf-8?q?utf-8?=", b"caf\xc3\xa9 " * 80_000, "a charset in an encoded word"),
    (b"\xff\xfe\x00", b"caf\xe9 " * 80_000, "a charset of raw bytes"),
    (b"gb18030", b"\x81\x30\x81\x30" * 120_000, "GB 18030"),
    (b"big5hkscs", b"\x88\x62" * 240_000, "Big5 with two characters each"),
)
for _charset, _body, _name in _CHARSETS:
    BOMBS[f"charset: {_name}"] = lambda charset=_charset, body=_body: plain(body, b"text/plain; charset=" + charset)  # type: ignore[misc]


@bomb("no charset and 5 MB of mixed ones")
def _() -> bytes:
    piece = "schöne Grüße ".encode("latin-1") + "日本".encode("shift_jis") + "привет".encode("koi8-r") + b"\r\n"
    return plain(filled(piece, 5 * MIB), b"text/plain")


@bomb("a letter with 100,000 marks")
def _() -> bytes:
    return plain(b"a" + filled("\u0301\u0327".encode(), 200_000) + b"\r\n")


@bomb("marks in the wrong order, all in one line")
def _() -> bytes:
    return plain(("a" + "".join(chr(0x300 + i % 100) for i in range(200_000))).encode() + b"\r\n")


@bomb("20 MB of marks in the wrong order")
def _() -> bytes:
    return plain(filled(("a" + "\u0301\u0327\u0323" * 12).encode() + b"\r\n", 20 * MIB))


@bomb("characters that grow eighteenfold in NFKC")
def _() -> bytes:
    return plain(filled("\ufdfa".encode() * 20 + b"\r\n", 6 * MIB))


@bomb("characters that grow threefold in NFC")
def _() -> bytes:
    return plain(filled("\U0001d160\ufb2c".encode() * 20 + b"\r\n", 6 * MIB))


@bomb("marks in subject and names")
def _() -> bytes:
    value = ("a" + "\u0327\u0301" * 3900).encode()
    return with_field(b"Subject", value).replace(b"From: Rita", b"From: " + value)


@bomb("characters that are not seen")
def _() -> bytes:
    return plain(filled("\u200b\u200e\u2060\ufeff".encode() * 10 + b"\r\n", 6 * MIB))


@bomb("line separators of Unicode")
def _() -> bytes:
    return plain("\u2028\u2029\x85".encode() * 200_000)
