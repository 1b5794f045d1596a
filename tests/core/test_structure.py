"""The parts of a message are found although its header, its boundaries or its types are torn."""

import base64

import pytest

from mailbot.core.mail import read
from mailbot.core.model import InboundMail

HEAD = "From: a@x.example\nSubject: s\nMIME-Version: 1.0\n"
MIXED = HEAD + "Content-Type: multipart/mixed; boundary="
PARTS = "\n\n--b\nContent-Type: text/plain\n\none\n--b\nContent-Type: application/pdf; name=a.pdf\n\nPDF\n--b--\n"


def mail(source: str) -> InboundMail:
    return read(source.encode("utf-8", "surrogateescape"))


def names(found: InboundMail) -> list[str]:
    return [file.name for file in found.attachments]


@pytest.mark.parametrize(
    "source",
    [
        MIXED + "b" + PARTS,
        HEAD + "Content-Type: multipart/mixed" + PARTS,
        MIXED + "zzz" + PARTS,
        MIXED + "b; boundary=c" + PARTS,
        MIXED + '"b "' + PARTS,
        MIXED + '"b' + PARTS,
        MIXED + "'b'" + PARTS,
        MIXED + "<b>" + PARTS,
        MIXED + '"b c"' + PARTS.replace("--b", "--b c"),
        HEAD + "Content-Type: multipart/mixed boundary=b" + PARTS,
        HEAD + "Content-Type: multipart; boundary=b" + PARTS,
        MIXED + "b" + PARTS.removesuffix("--b--\n"),
        MIXED + "b" + PARTS + "\nan epilogue\n",
        MIXED + "b\nContent-Transfer-Encoding: base64" + PARTS,
        (MIXED + "b" + PARTS).replace("\n", "\r"),
        (MIXED + "b" + PARTS).replace("\n", "\r\n"),
        "\n\r\n\n" + MIXED + "b" + PARTS,
        "\ufeff" + MIXED + "b" + PARTS,
        "HTTP/1.1 200 OK\n" + MIXED + "b" + PARTS,
        "From a@x.example Tue Nov  3 10:11:12 2026\n" + MIXED + "b" + PARTS,
        ">From a@x.example Tue Nov  3 10:11:12 2026\n" + MIXED + "b" + PARTS,
        MIXED + "b" + PARTS.replace("\n\n", "\n \n", 1),
        MIXED + "b" + PARTS.replace("\n\n", "\n", 1),
        MIXED + "b" + PARTS.replace("--b\nContent-Type: app", "--b--\n--b\nContent-Type: app"),
    ],
)
def test_a_text_and_a_file_are_found_in_a_torn_structure(source: str) -> None:
    found = mail(source)
    assert (found.subject, found.text, names(found)) == ("s", "one", ["a.pdf"])


@pytest.mark.parametrize(
    ("source", "subject", "text"),
    [
        (
            "Subject: a long subject that\nwraps badly\nTo: b@x.example\n\nbody",
            "a long subject that wraps badly",
            "body",
        ),
        ("From : a@x.example\nSubject : hi\n\nbody", "hi", "body"),
        (HEAD + "Hello body, no blank\nmore", "s", "Hello body, no blank\nmore"),
        ("Subject: s\n \nbody: yes\nmore", "s", "body: yes\nmore"),
        ("Subject: s\n\nTo whom it may concern\nFrom: nobody\n", "s", "To whom it may concern\nFrom: nobody"),
        ("Subject:\n  folded\n\tsubject\n\nx", "folded subject", "x"),
        ((HEAD + "\nHello\nagain").replace("\n", "\r\r\n"), "s", "Hello\nagain"),
        (HEAD + "Content-Type: foo\n\nHello", "s", "Hello"),
        (HEAD + "Content-Type: text/x-foo\n\nHello", "s", "Hello"),
        (HEAD + "Content-Type: text\n\nHello", "s", "Hello"),
        (HEAD + "Content-Type: text/plain (x); charset=us-ascii (Plain text)\n\nHello", "s", "Hello"),
        (HEAD + "Content-Type: text/plain\nContent-Type: text/html\n\n<b>", "s", "<b>"),
        (MIXED + "b\n\n--b\nContent-Type: text/plain\nhello there\n--b--\n", "s", "hello there"),
        (MIXED + "b\n\n--b\nhello there\n--b--\n", "s", "hello there"),
        (MIXED + "b\n\n--b\n--b\n\n--b\nContent-Type: text/plain\n\nx\n--b\n--b--\n", "s", "x"),
        (MIXED + "b\n\nonly a preamble\n--b--\n", "s", "only a preamble"),
    ],
)
def test_a_torn_header_is_read_to_its_end(source: str, subject: str, text: str) -> None:
    found = mail(source)
    assert (found.subject, found.text) == (subject, text)
    assert found.attachments == ()


def test_nested_parts_that_share_a_boundary_are_all_found() -> None:
    source = (
        MIXED + "b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n"
    )
    source += (
        "--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n--b\nContent-Type: image/png; name=x.png\n\nP\n--b--\n"
    )
    found = mail(source)
    assert (found.text, names(found)) == ("plain", ["x.png"])


def test_a_second_message_behind_the_end_is_not_read() -> None:
    found = mail(MIXED + "b" + PARTS + "\nFrom b@x.example Tue Nov  3 10:11:12 2026\n" + MIXED + "b" + PARTS)
    assert (found.text, names(found)) == ("one", ["a.pdf"])


def test_an_undeclared_boundary_is_told() -> None:
    assert "boundary was found" in mail(MIXED + "zzz" + PARTS).defects[0]


INNER = "Subject: inner\nContent-Type: text/plain\n\n#close"


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("Content-Type: message/rfc822\n\n" + INNER, "inner.eml"),
        ("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
         + base64.b64encode(INNER.encode()).decode(), "inner.eml"),
        ("Content-Type: message/partial; id=x; number=1; total=2\n\n" + INNER, "attachment-1.eml"),
        ("Content-Type: message/external-body; access-type=URL\n\n" + INNER, "attachment-1.txt"),
        ("Content-Type: multipart/digest; boundary=c\n\n--c\n\n" + INNER + "\n--c--", "inner.eml"),
    ],
)  # fmt: skip
def test_an_attached_message_stays_one_file_and_leaks_no_text(part: str, name: str) -> None:
    found = mail(MIXED + "b\n\n--b\n\nlook\n--b\n" + part + "\n--b--\n")
    assert (found.text, names(found)) == ("look", [name])
    assert found.attachments[0].content.startswith(b"Subject: inner\n")
    assert b"#close" in found.attachments[0].content


def test_an_attached_message_with_parts_is_kept_as_it_came() -> None:
    inner = MIXED.replace("From", "X-Odd:   \u00e9\nFrom") + "b" + PARTS.strip("\n")
    inner = inner.replace("boundary=b", "boundary=inner").replace("--b", "--inner")
    found = mail(MIXED + "b\n\n--b\nContent-Type: message/rfc822\n\n" + inner + "\n--b--\n")
    assert found.attachments[0].content.decode().split() == inner.split()
    assert read(found.attachments[0].content).attachments[0].name == "a.pdf"
