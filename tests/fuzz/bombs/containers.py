"""Formats in a message: calendars, TNEF, archives, and what looks like our own marks."""

import base64

from fuzz.bombs.table import HEAD, MIB, bomb, filled, mixed, nested, plain


@bomb("a calendar of 5 MB")
def _() -> bytes:
    body = (
        b"BEGIN:VCALENDAR\r\n" + filled(b"BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n", 5 * MIB) + b"END:VCALENDAR\r\n"
    )
    return plain(body, b"text/calendar; method=REQUEST")


@bomb("a calendar of one folded line")
def _() -> bytes:
    return plain(b"BEGIN:VCALENDAR\r\nSUMMARY:" + filled(b"x\r\n ", 1_500_000), b"text/calendar; method=REQUEST")


@bomb("a calendar of components in components")
def _() -> bytes:
    return plain(b"BEGIN:VEVENT\r\n" * 100_000, b"text/calendar; method=REQUEST")


@bomb("a TNEF of 100,000 attributes")
def _() -> bytes:
    attribute = b"\x02" + (0x0006800F).to_bytes(4, "little") + (2).to_bytes(4, "little") + b"ab" + b"\xc3\x00"
    tnef = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00" + attribute * 100_000
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return mixed(b"\r\nhello", part + base64.encodebytes(tnef))


@bomb("a TNEF that lies about its lengths")
def _() -> bytes:
    attribute = b"\x02" + (0x0006800F).to_bytes(4, "little") + (0xFFFFFFFF).to_bytes(4, "little")
    tnef = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00" + attribute * 10_000
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return mixed(b"\r\nhello", part + base64.encodebytes(tnef))


@bomb("a TNEF whose properties claim four billion values")
def _() -> bytes:
    properties = (0xFFFFFFFF).to_bytes(4, "little") + (0x101F3701).to_bytes(4, "little") + b"\xff\xff\xff\xff" * 100_000
    attribute = b"\x01" + (0x00069003).to_bytes(4, "little") + len(properties).to_bytes(4, "little") + properties
    tnef = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00" + attribute + b"\x00\x00"
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return mixed(b"\r\nhello", part + base64.encodebytes(tnef))


@bomb("compressed RTF that claims to be huge, in a TNEF")
def _() -> bytes:
    rtf = (120_016).to_bytes(4, "little") + (0x7FFFFFFF).to_bytes(4, "little") + b"LZFu" + b"\0\0\0\0"
    rtf += b"\xff" + b"\x00\x0f" * 8 + (b"\xff" + b"\x00\x0f" * 8) * 7000
    properties = (1).to_bytes(4, "little") + (0x10090102).to_bytes(4, "little") + (1).to_bytes(4, "little")
    properties += len(rtf).to_bytes(4, "little") + rtf
    attribute = b"\x01" + (0x00069003).to_bytes(4, "little") + len(properties).to_bytes(4, "little") + properties
    tnef = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00" + attribute + b"\x00\x00"
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return mixed(b"\r\nhello", part + base64.encodebytes(tnef))


@bomb("a zip that would unpack to gigabytes")
def _() -> bytes:
    import io  # noqa: PLC0415 - only this bomb needs it.
    import zipfile  # noqa: PLC0415 - as above.

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.txt", b"\x00" * MIB)
    part = b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return mixed(b"\r\nhello", *[part + base64.encodebytes(out.getvalue())] * 200)


@bomb("9,000 blocks of a delivery report")
def _() -> bytes:
    block = b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    kind = b'multipart/report; report-type=delivery-status; boundary="b"'
    raw = mixed(b"\r\nhello", b"Content-Type: message/delivery-status\r\n\r\n" + block * 9_000)
    return raw.replace(b'multipart/mixed; boundary="b"', kind)


@bomb("marks in 15 headers")
def _() -> bytes:
    value = ("a" + "\u0327\u0301" * 3900).encode()
    return HEAD + (b"X-Marks: " + value + b"\r\n") * 15 + b"\r\nhello\r\n"


@bomb("marks in base64, half a million")
def _() -> bytes:
    marks = filled("\u0327\u0301".encode(), 4 * MIB)
    return plain(base64.encodebytes(b"a" + marks), encoding=b"base64")


@bomb("Hebrew, Arabic and musical marks in turn")
def _() -> bytes:
    return plain(filled("\u05b0\u064b\U0001d165\u0e38".encode(), MIB))


@bomb("2,000 attached messages beside each other")
def _() -> bytes:
    return mixed(*[b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nx"] * 2000)


@bomb("480 attached messages with 1,000 header lines each")
def _() -> bytes:
    inner = b"Subject: x\r\n" + b"X-A: b\r\n" * 1000
    return mixed(*[b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\nx"] * 480)


@bomb("blank lines by the hundred thousand")
def _() -> bytes:
    return plain(filled(b"x\r\n\r\n", 290_000 * 5))


@bomb("blank lines by the hundred thousand between boundaries that are none")
def _() -> bytes:
    return mixed(b"\r\n" + filled(b"x\r\n\r\n--\r\n\r\n", 90_000 * 9))


@bomb("the words of an automatic answer a million times")
def _() -> bytes:
    return plain(filled(b"I am out of the office until 5 March 2026. ", 1_000_000) + b"\r\n")


@bomb("S/MIME in S/MIME")
def _() -> bytes:
    return nested(500, b"multipart/signed; protocol=x")


@bomb("marks that look like our own")
def _() -> bytes:
    body = filled(b"QUFB" * 19 + b"\r\n", 40_000)
    part = b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return mixed(b"\r\n*mailbot-part-0* *mailbot-part-999999*", *[part + body] * 100)
