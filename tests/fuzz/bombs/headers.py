"""Headers that are long, many, or made for a parser of addresses."""

import base64

from fuzz.bombs.table import BIG, BOMBS, HEAD, LONG, MIB, bomb, filled, folded, plain, with_field


@bomb("a subject of 1 MB")
def _() -> bytes:
    return with_field(b"Subject", b"a" * 1_000_000)


@bomb("a folded subject of encoded words, 1 MB")
def _() -> bytes:
    return with_field(b"Subject", folded(b"=?utf-8?q?x?= ", MIB))


@bomb("encoded words up to every limit")
def _() -> bytes:
    return HEAD + (b"X-W: " + folded(b"=?utf-8?q?=41?= ", LONG) + b"\r\n") * (BIG // (LONG + 600)) + b"\r\nhello\r\n"


@bomb("encoded words in alternating charsets")
def _() -> bytes:
    return with_field(b"Subject", folded(b"=?utf-8?b?w6k=?= =?iso-8859-1?q?=E9?= =?x-none?q?=E9?= ", LONG))


@bomb("unfinished encoded words in every header")
def _() -> bytes:
    return HEAD + (b"X-W: " + folded(b"=?", LONG) + b"\r\n") * (BIG // (LONG + 200)) + b"\r\nhello\r\n"


@bomb("unfinished encoded words in subject and addresses")
def _() -> bytes:
    value = folded(b"=?utf-8?q?", LONG)
    return b"".join(name + b": " + value + b"\r\n" for name in (b"From", b"To", b"Cc", b"Subject")) + b"\r\nhello\r\n"


@bomb("encoded words of ISO-2022-JP states")
def _() -> bytes:
    word = b"=?iso-2022-jp?b?" + base64.b64encode(b"\x1b$B$\x1b(B" * 6) + b"?= "
    return with_field(b"Subject", folded(word, LONG))


@bomb("50,000 headers")
def _() -> bytes:
    return HEAD + b"X-A: b\r\n" * 50_000 + b"\r\nhello\r\n"


@bomb("50,000 Content-Type headers")
def _() -> bytes:
    return HEAD + b"Content-Type: text/plain\r\n" * 50_000 + b"\r\nhello\r\n"


@bomb("450 Content-Type headers with as many boundaries")
def _() -> bytes:
    fields = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n" % i for i in range(450))
    return HEAD + fields + b"\r\n" + b"".join(b"--b%d\r\n\r\nx\r\n" % i for i in range(450))


@bomb("a Content-Type of 25 MB in the body")
def _() -> bytes:
    return plain(b"Content-Type: a/b;" + filled(b" c=d;\r\n"))


@bomb("Content-Type lines all over the body")
def _() -> bytes:
    return plain(filled(b"Content-Type: message/rfc822\r\n\r\n"))


@bomb("600,000 lines that begin with Content-Type")
def _() -> bytes:
    return plain(filled(b"Content-Type: text/plain; boundary=x\n", 590_000 * 37))


@bomb("Received headers up to the limit")
def _() -> bytes:
    line = b"Received: from a (b [192.0.2.1]) by c with ESMTP id 1 for <d@e>;\r\n Mon, 2 Mar 2026 09:00:00 +0000\r\n"
    return line * 480 + HEAD + b"\r\nhello\r\n"


@bomb("50,000 Received headers")
def _() -> bytes:
    return b"Received: from a by b; Mon, 2 Mar 2026 09:00:00 +0000\r\n" * 50_000 + HEAD + b"\r\nhello\r\n"


@bomb("References with 100,000 identifiers")
def _() -> bytes:
    return with_field(b"References", b"\r\n ".join(b"<%d@x.example>" % i for i in range(100_000)))


@bomb("References up to the limit, in all headers")
def _() -> bytes:
    value = b" ".join(b"<%d@x>" % i for i in range(1500))
    return HEAD + (b"References: " + value + b"\r\n") * 15 + b"\r\nhello\r\n"


@bomb("References of open brackets")
def _() -> bytes:
    return HEAD + (b"References: " + b"<" * LONG + b"\r\n") * 15 + b"\r\nhello\r\n"


@bomb("a Message-ID of 16 kB")
def _() -> bytes:
    return with_field(b"Message-ID", b"<" + b"a" * LONG + b"@x>")


@bomb("From with 10,000 addresses")
def _() -> bytes:
    return with_field(b"From", b",\r\n ".join(b"p%d@x.example" % i for i in range(10_000)))


@bomb("To with 90 addresses of long names")
def _() -> bytes:
    return with_field(b"To", b",\r\n ".join(b'"' + b"n" * 150 + b'" <p%d@x.example>' % i for i in range(90)))


def _everywhere(value: bytes) -> bytes:
    names = (
        b"From",
        b"Sender",
        b"Reply-To",
        b"To",
        b"Cc",
        b"Bcc",
        b"Return-Path",
        b"Resent-From",
        b"Date",
        b"Message-ID",
    )
    return b"".join(name + b": " + value + b"\r\n" for name in names) + b"\r\nhello\r\n"


_ADDRESS_VALUES = {
    "open parentheses in every address header": b"(" * LONG,
    "closed parentheses in every address header": b")" * LONG,
    "empty comments in every address header": b"()" * (LONG // 2) + b" a@b.example",
    "nested comments just within the limit": (b"(" * 20 + b"x" + b")" * 20) * (LONG // 45) + b" a@b.example",
    "comments torn by quoted pairs": b"(\\(\\)" * (LONG // 6) + b" a@b.example",
    "quoted pairs": b'"' + b"\\a" * (LONG // 2) + b'" <a@b.example>',
    "backslashes": b"\\" * LONG,
    "quotes": b'"' * LONG,
    "open brackets in every address header": b"<" * LONG,
    "closed brackets in every address header": b">" * LONG,
    "square brackets in every address header": b"a@" + b"[" * LONG,
    "at signs": b"@" * LONG,
    "dots": b"a@" + b"." * LONG,
    "commas": b"," * LONG,
    "semicolons": b";" * LONG,
    "colons in every address header": b":" * LONG,
    "empty groups": b"g:;" * (LONG // 3),
    "groups in groups": b"g:" * (LONG // 2) + b"a@b.example" + b";" * 20,
    "source routes": b"<" + b"@a," * (LONG // 4) + b"@b:c@d.example>",
    "blanks": b"a" + b" " * LONG + b"@b.example",
    "tabs and folds": b"a" + b"\r\n\t" * (LONG // 4) + b"@b.example",
    "raw 8-bit in every address header": b"\xe9" * LONG + b" <a@b.example>",
    "marks of a direction": "\u202e\u2066".encode() * (LONG // 8) + b" <a@b.example>",
    "words without end": b"a " * (LONG // 2) + b"<a@b.example>",
    "digits": b"9" * LONG,
}
for _name, _piece in _ADDRESS_VALUES.items():
    BOMBS[_name] = lambda value=_piece: _everywhere(value)  # type: ignore[misc]


@bomb("dates of garbage")
def _() -> bytes:
    return with_field(b"Date", b"Mon, " + b"99 Foo 99999 " * 1200)


@bomb("a date far beyond the calendar")
def _() -> bytes:
    return with_field(b"Date", b"1 Jan 999999999999999999999999999999 00:00:00 +99999999999999999999")


@bomb("a header name of 16 kB")
def _() -> bytes:
    return HEAD + b"X" * LONG + b": y\r\n\r\nhello\r\n"


@bomb("headers that only differ in their case")
def _() -> bytes:
    names = {bytes(c ^ (32 * (i >> k & 1)) for k, c in enumerate(b"subjects")) for i in range(256)}
    return HEAD + b"".join(sorted(name + b": x\r\n" for name in names)) + b"\r\nhello\r\n"
