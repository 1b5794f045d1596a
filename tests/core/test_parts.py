"""What of a message is the text for a person, and what is a file."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import armour, calendar_text, enriched, pkcs7
from mailbot.core.mail import read
from mailbot.core.model import InboundMail

HEAD = "From: a@x.example\nSubject: s\n"


def parts(kind: str, *each: str) -> InboundMail:
    source = HEAD + f"Content-Type: multipart/{kind}; boundary=b\n" + "".join(f"\n--b\n{part}" for part in each)
    return read((source + "\n--b--\n").encode())


def plain(text: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\n\n{text}"


def html(text: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\n\n{text}"


def names(found: InboundMail) -> list[str]:
    return [file.name for file in found.attachments]


@pytest.mark.parametrize(
    ("kind", "each", "text"),
    [
        ("alternative", (plain("one"), plain("two")), "one"),
        ("alternative", (plain(" "), plain("two")), "two"),
        ("alternative", (html("<p>h</p>"), plain("p")), "p"),
        ("alternative", (plain(""), html("<p>h</p>")), "h"),
        ("alternative", (plain("p"), "Content-Type: text/x-amp-html\n\n<amp>", html("<p>h</p>")), "p"),
        ("alternative", (plain("Your mail client does not support HTML."), html("<p>Now the real text</p>")),
         "Now the real text"),
        ("mixed", (plain("one"), "Content-Disposition: inline\n" + plain("footer")), "one\nfooter"),
        ("mixed", (plain("Hello world"), html("<b>Hello</b> world")), "Hello world"),
        ("mixed", (html("<p>h</p>"), plain("footer")), "h\nfooter"),
        ("mixed", (plain("one"), "Content-Disposition: odd\n" + plain("two")), "one\ntwo"),
    ],
)  # fmt: skip
def test_the_text_is_what_a_person_reads(kind: str, each: tuple[str, ...], text: str) -> None:
    found = parts(kind, *each)
    assert (found.text, found.attachments) == (text, ())


def test_html_that_says_more_than_the_text_beside_it_is_kept_as_a_file() -> None:
    found = parts("mixed", plain("Hello world"), html("<b>Report</b> of things"))
    assert (found.text, names(found)) == ("Hello world", ["attachment-1.html"])


def test_the_charset_of_html_is_read_in_it_where_the_header_names_none() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Zażółć</p>'
    raw = HEAD.encode() + b"Content-Type: text/html\n\n" + page.encode("iso8859_2")
    assert read(raw).text == "Zażółć"


def test_a_raw_header_is_in_the_charset_of_the_text() -> None:
    raw = "Subject: Übung ŝ\nContent-Type: text/plain; charset=iso-8859-3\n\nŝ".encode("iso8859_3")
    assert (read(raw).subject, read(raw).text) == ("Übung ŝ", "ŝ")
    assert read("Subject: тест тест\n\nx".encode("koi8-r")).subject == "тест тест"
    assert read("Subject: Größe\nContent-Type: text/plain; charset=koi8-r\n\nx".encode()).subject == "Größe"


def test_pictures_in_the_html_are_told_from_files() -> None:
    found = parts(
        "related",
        html('<img src="cid:pic%40x"><img src="http://x.example/y.png"> text'),
        "Content-Type: image/png; name=p.png\nContent-ID: <pic@x>\n\nPNG",
        "Content-Type: image/png; name=q.png\nContent-ID: <other@x>\nContent-Disposition: inline\n\nPNG",
        "Content-Type: image/png\nContent-Location: http://x.example/y.png\n\nPNG",
    )
    assert [(file.name, file.inline, file.referenced) for file in found.attachments] == [
        ("p.png", True, True),
        ("q.png", False, False),
        ("y.png", True, True),
    ]


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "gb18030", "iso2022_jp"])
def test_a_file_name_in_raw_bytes_is_read(codec: str) -> None:
    name = "テスト表示.pdf" if codec != "gb18030" else "测试文件.pdf"
    raw = HEAD.encode() + b'Content-Type: application/pdf; name="' + name.encode(codec) + b'"\n\nPDF'
    assert names(read(raw)) == [name]


def test_what_databases_refuse_is_in_no_field() -> None:
    bad = "=?utf-8?Q?a=00b=07?= =?utf-8?B?7aCA?= \udcff"
    source = f"From: {bad} <a@x.example>\nTo: {bad} <b@x.example>\nSubject: {bad}\nX-Odd: {bad}\n"
    source += f"Content-Type: a/b; name={bad}\nContent-ID: <\x00{bad}>\n\nx\x00"
    found = read(source.encode("utf-8", "surrogateescape"))
    values = [found.subject, found.text, found.header("x-odd"), *names(found), found.attachments[0].content_id]
    values += [one.name for one in (found.from_, *found.to) if one]
    assert len(values) == 7
    for value in values:
        value.encode("utf-8")
        assert not any(char < " " for char in value)


def test_an_empty_file_is_left_out_and_told() -> None:
    found = parts("mixed", plain("x"), "Content-Type: a/b; name=empty.json\n\n")
    assert found.attachments == ()
    assert found.defects == ("the attached file 'empty.json' is empty, it was left out",)


def test_a_file_of_macintosh_is_listed_once() -> None:
    found = parts(
        "appledouble", "Content-Type: application/applefile; name=x.pdf\n\nA", "Content-Type: a/b; name=x.pdf\n\nB"
    )
    assert [file.content for file in found.attachments] == [b"B"]


def test_uuencoded_files_in_the_text_are_files() -> None:
    found = read(HEAD.encode() + b"\nhi\nbegin 644 caf\xe9.txt\n#0V%T\n`\nend\nbye\n")
    assert (found.text, names(found), found.attachments[0].content) == ("hi\nbye", ["café.txt"], b"Cat")


EVENT = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
DTSTART:19700101T000000
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Rapat\\, penting
DTSTART;TZID=Asia/Jakarta:20261103T100000
DTEND;TZID=Asia/Jakarta:20261103T110000
LOCATION:Ruang 3
ORGANIZER;CN="Rita: B":mailto:r@x.example
DESCRIPTION:Line one\\nLine
  two
BEGIN:VALARM
DESCRIPTION:alarm
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_is_told_in_words() -> None:
    part = "Content-Type: text/calendar; method=REQUEST\n\n" + EVENT
    found = read((HEAD + part).encode())
    when = "2026-11-03 10:00–11:00 (Asia/Jakarta)"
    assert found.text == (
        f"Invitation: Rapat, penting\nWhen: {when}\nWhere: Ruang 3\nFrom: Rita: B <r@x.example>\n\nLine one\nLine two"
    )
    assert names(found) == ["invite.ics"]
    beside = parts("alternative", plain("Please come"), part)
    assert beside.text == f"Please come\n\n[Invitation: Rapat, penting, {when}, Ruang 3]"
    assert beside.new_text == beside.text


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("METHOD:CANCEL\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT", "[Cancelled: x]"),
        ("METHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;PARTSTAT=DECLINED:mailto:a@b\nEND:VEVENT",
         "[Answer to an invitation, declined: (no title)]"),
        ("BEGIN:VEVENT\nSUMMARY:x\nDTSTART;VALUE=DATE:20261103\nEND:VEVENT", "[Event: x, 2026-11-03]"),
        ("BEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261103T100000Z\nDTEND:20261104T100000Z\nEND:VEVENT",
         "[Event: x, 2026-11-03 10:00 – 2026-11-04 10:00 (UTC)]"),
        ("no calendar", ""),
    ],
)  # fmt: skip
def test_an_event_is_told_in_one_line(lines: str, expected: str) -> None:
    assert calendar_text.summary(lines, short=True) == expected


@pytest.mark.parametrize(
    ("source", "richtext", "expected"),
    [
        ("<bold>Now</bold> is\nthe <<time>\n\npara", False, "Now is the <time>\npara"),
        ("<color><param>red</param>x</color>", False, "x"),
        ("<nofill>a\nb</nofill>", False, "a\nb"),
        ("a<nl>b<lt>c<comment>no</comment>\nd", True, "a\nb<cd"),
        ("plain", False, "plain"),
    ],
)
def test_enriched_text_becomes_plain(source: str, richtext: bool, expected: str) -> None:
    assert enriched.text_of(source, richtext=richtext) == expected


CLEAR = """before
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Hello
- -- dashed
-----BEGIN PGP SIGNATURE-----

iQ==
-----END PGP SIGNATURE-----
after"""


def test_the_armour_of_pgp_is_taken_off() -> None:
    assert armour.unarmoured(CLEAR)[0] == "before\nHello\n-- dashed\nafter"
    assert "not checked" in read((HEAD + "\n" + CLEAR).encode()).defects[0]
    sealed = "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----"
    assert armour.unarmoured(sealed) == (sealed, "a part of the text is encrypted with PGP")
    assert "encrypted with PGP" in parts("encrypted", "Content-Type: a/b\n\nx").defects[0]


def element(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def open_element(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80]) + content + b"\x00\x00"


SIGNED = element(0x06, bytes.fromhex("2a864886f70d010702"))
PLAIN_DATA = element(0x06, bytes.fromhex("2a864886f70d010701"))
HEADER = element(0x02, b"\x01") + element(0x31, b"")
SECRET = element(0x30, element(0x06, bytes.fromhex("2a864886f70d010703")) + b"\xa0\x00")


def containers(content: bytes) -> list[bytes]:
    octets = element(0x04, content)
    definite = element(0x30, PLAIN_DATA + element(0xA0, octets))
    pieces = open_element(0x24, element(0x04, content[:3]) + element(0x04, content[3:]))
    streamed = open_element(0x30, PLAIN_DATA + open_element(0xA0, pieces))
    return [
        element(0x30, SIGNED + element(0xA0, element(0x30, HEADER + definite))),
        open_element(0x30, SIGNED + open_element(0xA0, open_element(0x30, HEADER + streamed))),
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_the_text_within_an_opaque_signature_is_read(number: int) -> None:
    container = containers(b"Content-Type: text/plain\n\nsigned text")[number]
    source = HEAD + "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
    found = read((source + "Content-Transfer-Encoding: base64\n\n" + base64.b64encode(container).decode()).encode())
    assert (found.text, names(found)) == ("signed text", ["smime.p7m"])
    assert found.defects == ("the message is signed with S/MIME, the signature was not checked",)


def test_a_bomb_within_a_signature_is_not_opened() -> None:
    nest = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(60))
    container = containers(nest + b"Content-Type: text/plain\n\ndeep")[0]
    found = read(HEAD.encode() + b"Content-Type: application/pkcs7-mime; name=smime.p7m\n\n" + container)
    assert (found.text, names(found)) == ("", ["smime.p7m"])


def test_what_is_sealed_is_marked_and_kept() -> None:
    source = HEAD.encode() + b"Content-Type: application/x-pkcs7-mime; name=smime.p7m\n\n" + SECRET
    assert read(source).defects == ("the message is encrypted with S/MIME, nobody can read it here",)
    detached = element(0x30, SIGNED + element(0xA0, element(0x30, HEADER + element(0x30, PLAIN_DATA))))
    assert pkcs7.signed_content(detached) == b""


@given(st.binary(max_size=120), st.text(max_size=120))
def test_any_container_calendar_and_text_is_read(data: bytes, text: str) -> None:
    pkcs7.signed_content(data)
    pkcs7.signed_content(containers(b"x" * 10)[1][:-20] + data)
    calendar_text.summary("BEGIN:VEVENT\n" + text)
    enriched.text_of(text)
    armour.unarmoured(CLEAR[:60] + text)
