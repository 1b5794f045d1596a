"""Parts in parts, boundaries that lie, parameters without end."""

from fuzz.bombs.table import HEAD, MIB, bomb, filled, folded, mixed, nested, plain


@bomb("a thousand multiparts in each other")
def _() -> bytes:
    return nested(1000)


@bomb("a thousand multiparts in each other, boundaries in pieces of RFC 2231")
def _() -> bytes:
    head = b"Content-Type: multipart/mixed; boundary*0=a; boundary*1=%d\r\n\r\n--a%d\r\n"
    return HEAD + b"".join(head % (i, i) for i in range(1000)) + b"\r\nx\r\n"


@bomb("digests in digests")
def _() -> bytes:
    return nested(900, b"multipart/digest")


@bomb("the same boundary at all depths")
def _() -> bytes:
    return nested(3000, name=lambda _i: b"b")


@bomb("boundaries that are the beginning of each other")
def _() -> bytes:
    return nested(400, name=lambda i: b"b" * (i + 1))


@bomb("5,000 attached messages in each other, without boundary")
def _() -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5000 + b"text\r\n"


@bomb("delivery reports in each other")
def _() -> bytes:
    return HEAD + b"Content-Type: message/delivery-status\r\n\r\n" * 5000 + b"text\r\n"


@bomb("a delivery report of 25 MB of blocks")
def _() -> bytes:
    blocks = filled(b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n", 20 * MIB)
    return mixed(b"\r\nhello", b"Content-Type: message/delivery-status\r\n\r\n" + blocks)


@bomb("a delivery report of 200,000 empty blocks")
def _() -> bytes:
    return mixed(b"\r\nhello", b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\n\n" * 200_000)


@bomb("10,000 empty attachments")
def _() -> bytes:
    part = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n"
    return mixed(*[part] * 10_000)


@bomb("490 empty parts")
def _() -> bytes:
    return mixed(*[b"Content-Type: application/pdf\r\n\r\n"] * 490)


@bomb("490 texts of 50 kB")
def _() -> bytes:
    return mixed(*[b"Content-Type: text/plain\r\n\r\n" + filled(b"lorem ipsum dolor sit amet\r\n", 50_000)] * 490)


@bomb("a boundary of 70,000 characters")
def _() -> bytes:
    return mixed(b"\r\nx", boundary=b"b" * 70_000)


@bomb("a boundary of 15,000 characters, often")
def _() -> bytes:
    return mixed(*[b"\r\nx"] * 400, boundary=b"b" * 15_000)


@bomb("an empty boundary")
def _() -> bytes:
    return HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n' + filled(b"--\r\n\r\nx\r\n", 5 * MIB)


@bomb("a boundary that every line matches")
def _() -> bytes:
    return HEAD + b'Content-Type: multipart/mixed; boundary="-"\r\n\r\n' + filled(b"---\r\n", 5 * MIB)


@bomb("a boundary of blanks")
def _() -> bytes:
    return HEAD + b'Content-Type: multipart/mixed; boundary="   "\r\n\r\n' + filled(b"--   \r\n\r\nx\r\n", MIB)


@bomb("a boundary that is a regular expression")
def _() -> bytes:
    return mixed(*[b"\r\n" + b"a" * 60] * 400, boundary=b"(a+)+(.*)*$[")


@bomb("a boundary that never comes, lines that nearly match")
def _() -> bytes:
    return HEAD + b'Content-Type: multipart/mixed; boundary="bbbbbbbb"\r\n\r\n' + filled(b"--bbbbbbbc\r\n", 90_000 * 12)


@bomb("a multipart without boundary and 20 MB of lines")
def _() -> bytes:
    return HEAD + b"Content-Type: multipart/mixed\r\n\r\n" + filled(b"lorem ipsum dolor sit amet, lorem\r\n", 20 * MIB)


@bomb("a preamble and an epilogue of 10 MB each")
def _() -> bytes:
    words = filled(b"lorem ipsum dolor sit amet, consectetur adipisicing elit\r\n", 10 * MIB)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + words + b"--b\r\n\r\nx\r\n--b--\r\n" + words


@bomb("190 parameters of a Content-Type")
def _() -> bytes:
    return HEAD + b"Content-Type: text/plain" + b";\r\n a=b" * 190 + b"\r\n\r\nhello\r\n"


@bomb("15,000 parameters of a Content-Type")
def _() -> bytes:
    return HEAD + b"Content-Type: text/plain" + b";a=b" * 15_000 + b"\r\n\r\nhello\r\n"


@bomb("4,000 parameters of a Content-Disposition")
def _() -> bytes:
    return mixed(b"Content-Disposition: attachment" + b";a=b" * 3900 + b"\r\n\r\nhello")


@bomb("torn quotes in parameters")
def _() -> bytes:
    fields = b'Content-Disposition: attachment; filename="' + b'\\"' * 7900
    return mixed(*[fields + b"\r\n\r\nhello"] * 100)


@bomb("quotes and semicolons in parameters")
def _() -> bytes:
    fields = b"Content-Disposition: attachment; filename=" + b'";' * 7900
    return mixed(*[fields + b"\r\n\r\nhello"] * 100)


@bomb("file names in 650 pieces of RFC 2231")
def _() -> bytes:
    pieces = b"".join(b";\r\n filename*%d*=%%41" % i for i in range(650))
    return mixed(*[b"Content-Disposition: attachment" + pieces + b"\r\n\r\nhello"] * 300)


@bomb("file names with absurd numbers of pieces")
def _() -> bytes:
    pieces = b"".join(b"; filename*%d=a" % (10**i) for i in range(60)) + b"; filename*" + b"9" * 5000 + b"=b"
    return mixed(b"Content-Disposition: attachment" + pieces + b"\r\n\r\nhello")


@bomb("400 file names of 15 kB")
def _() -> bytes:
    return mixed(*[b'Content-Disposition: attachment; filename="' + b"../" * 5000 + b'x"\r\n\r\nhello'] * 400)


@bomb("file names of encoded words")
def _() -> bytes:
    field = b'Content-Disposition: attachment; filename="' + folded(b"=?utf-8?q?=41?=", 15_000) + b'"\r\n\r\nhello'
    return mixed(*[field] * 200)


@bomb("headers of a part, 200,000")
def _() -> bytes:
    return mixed(b"X-A: b\r\n" * 200_000 + b"\r\nhello")


@bomb("one header of a part, 20 MB in folds")
def _() -> bytes:
    return mixed(b"X-A: b" + filled(b"\r\n bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 20 * MIB) + b"\r\n\r\nhello")


@bomb("headers of an attached message, 200,000 and addresses of brackets")
def _() -> bytes:
    inner = b"From: " + b"(" * 60_000 + b"\r\n" + b"X-A: b\r\n" * 200_000 + b"\r\nhello"
    return mixed(b"Content-Type: message/rfc822\r\n\r\n" + inner)


@bomb("45 texts of 500 kB")
def _() -> bytes:
    text = b"Content-Type: text/plain\r\n\r\n" + filled(
        b"lorem ipsum dolor sit amet, consectetur " * 2 + b"\r\n", 500_000
    )
    return mixed(*[text] * 45)


@bomb("45 texts of HTML, 500 kB each")
def _() -> bytes:
    page = b"Content-Type: text/html\r\n\r\n" + filled(
        b"<p>lorem <b>ipsum</b> dolor sit amet, consectetur</p>\r\n", 500_000
    )
    return mixed(*[page] * 45)


@bomb("490 short texts")
def _() -> bytes:
    return mixed(*[b"Content-Type: text/plain\r\n\r\nOn Mon, 2 Mar 2026, Rita wrote:\r\n> x\r\n"] * 490)


@bomb("490 calendars")
def _() -> bytes:
    event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return mixed(*[b"Content-Type: text/calendar\r\n\r\n" + event] * 490)


def _below(levels: int, body: bytes) -> bytes:
    """A body below so many multiparts, with nothing behind it."""
    return nested(levels)[: -len(b"\r\ntext\r\n")] + b"\r\n" + body


@bomb("short lines below 19 boundaries")
def _() -> bytes:
    return _below(19, filled(b"a\n", 590_000 * 2))


@bomb("short lines and some dashes below 19 boundaries")
def _() -> bytes:
    return _below(19, filled(b"a\n" * 90_000 + b"--\n", 580_000 * 2))


@bomb("25 MB of lines with dashes every 15 kB below 19 boundaries")
def _() -> bytes:
    return _below(19, filled(b"lorem ipsum dolor sit amet, consectetur adipisicing\n" * 290 + b"--\n"))


@bomb("25 MB of lines with dashes every 200 kB")
def _() -> bytes:
    return plain(filled(b"lorem ipsum dolor sit amet, consectetur adipisicing\n" * 4000 + b"--\n"))


@bomb("a diff of 5 MB")
def _() -> bytes:
    lines = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,7 +1,7 @@\n-removed removed removed\n+added added added\n"
    return plain(filled(lines, 5_000_000))


@bomb("480 parts with 190 parameters each")
def _() -> bytes:
    part = b"Content-Type: text/plain" + b"; a*0*=utf-8''b" * 190 + b"\r\nContent-Disposition: x" + b"; a=b" * 1000
    return mixed(*[part + b"\r\n\r\nhello"] * 480)


@bomb("480 parts with 480 headers each")
def _() -> bytes:
    return mixed(*[b"X-A: b\r\n" * 100 + b"Content-Type: x/y\r\n\r\nhello"] * 480)


@bomb("490 bodies of 50 kB")
def _() -> bytes:
    return mixed(*[b"\r\n" + filled(b"lorem ipsum dolor sit amet, consectetur adipisicing\r\n", 50_000)] * 490)


@bomb("ten thousand small texts between lines of dashes")
def _() -> bytes:
    return plain(filled(b"x\r\n\r\nlorem ipsum\r\n" + b"y" * 2400 + b"\r\n--x\r\n"))


@bomb("paragraphs that begin like base64")
def _() -> bytes:
    return plain(filled(b"QUFB" * 60 + b"\r\n\r\n") + b"!\r\n")


@bomb("paragraphs that begin like base64, in 400 parts")
def _() -> bytes:
    return mixed(*[b"\r\n" + filled(b"QUFB" * 60 + b"\r\n\r\n", 60_000) + b"!"] * 400)
