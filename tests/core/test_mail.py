"""A message is read as a person would read it, whatever it looks like on the wire."""

import base64
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import mailparser
import pytest

from mailbot.core import mail as mail_module
from mailbot.core.limits import Limits
from mailbot.core.mail import attachment_content, read, unflow
from mailbot.core.model import Address, InboundMail

MAILS = Path(__file__).parents[1] / "mails"


def example(name: str) -> InboundMail:
    return read((MAILS / name).read_bytes())


def test_a_plain_mail_is_read() -> None:
    mail = example("plain_indonesian.eml")
    assert mail.from_ == Address("Budi Santoso", "budi@kantor.example")
    assert mail.to == (Address("Helpdesk", "support@helpdesk.example"),)
    assert mail.cc == (Address("", "ani@kantor.example"),)
    assert mail.subject == "Printer lantai 3 macet"
    assert mail.message_id == "<p1@kantor.example>"
    assert mail.date == datetime(2026, 11, 3, 2, tzinfo=UTC)
    assert mail.reverse_path == "budi@kantor.example"
    assert mail.new_text == "Selamat pagi,\n\nprinter di lantai 3 macet sejak kemarin.\n\nTerima kasih"
    assert mail.signature == "--\nBudi Santoso\nKeuangan"
    assert not mail.html_only
    assert mail.defects == ()
    assert mail.automatic.reason == ""
    assert mail.report is None


def test_a_reply_of_gmail_is_read() -> None:
    mail = example("gmail_reply.eml")
    assert mail.new_text == "It works again – thanks!"
    assert "Please restart it." in mail.quoted
    assert mail.in_reply_to == ("<a2@helpdesk.example>",)
    assert mail.references == ("<a1@helpdesk.example>", "<a2@helpdesk.example>")
    assert not mail.html_only
    assert mail.attachments == ()


def test_html_is_read_where_there_is_no_text() -> None:
    mail = example("html_only_outlook.eml")
    assert mail.html_only
    assert mail.new_text == "The VPN is down again.\n\nSee the status page <https://status.example/vpn>."
    assert "Is it up?" in mail.quoted
    assert "Is it up?" in mail.text
    assert "hidden" not in mail.text
    assert mail.from_ == Address("Doe, Jane", "jane@customer.example")


def test_text_and_files_are_told_apart() -> None:
    mail = example("attachments.eml")
    assert mail.subject == "Größe€"
    assert mail.text == "Grüße"
    assert [(file.index, file.name, file.content_type, file.inline) for file in mail.attachments] == [
        (0, "logo.png", "image/png", True),
        (1, "Rechnung €.pdf", "application/pdf", False),
        (2, "attachment-3.csv", "text/csv", False),
    ]
    assert mail.attachments[0].content_id == "logo"
    assert mail.attachments[1].content == b"%PDF-1.4\n"
    assert mail.attachments[1].sha256 == sha256(b"%PDF-1.4\n").hexdigest()
    assert mail.attachments[1].size == 9


@pytest.mark.parametrize("name", ["attachments.eml", "attached_message.eml", "dsn_failed.eml"])
def test_the_bytes_of_each_attachment_are_found_again(name: str) -> None:
    raw = (MAILS / name).read_bytes()
    for file in read(raw).attachments:
        assert attachment_content(raw, file.index) == file.content


@pytest.mark.parametrize("index", [-1, 3, 1_000])
def test_an_attachment_that_is_not_there_is_an_error(index: int) -> None:
    with pytest.raises(IndexError):
        attachment_content((MAILS / "attachments.eml").read_bytes(), index)


def test_an_attached_message_is_a_file_and_no_text() -> None:
    mail = example("attached_message.eml")
    assert "#close" not in mail.text
    assert mail.text.strip() == "Please look at the attached mail."
    (file,) = mail.attachments
    assert (file.name, file.content_type) == ("Close it.eml", "message/rfc822")
    assert b"#close" in file.content
    assert file.content.startswith(b"From: evil@elsewhere.example\n")
    assert mail.from_ == Address("Rita", "rita@customer.example")


def test_a_large_file_is_read_byte_for_byte_wherever_it_is_nested() -> None:
    data = bytes(range(256)) * 400
    encoded = base64.encodebytes(data)
    inner = (
        b"Content-Type: multipart/mixed; boundary=i\nSubject: inner\n\n--i\n\nhello\n--i\n"
        b"Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\n"
        + encoded
        + b"\n--i--\n"
    )
    for line_end in (b"\n", b"\r\n"):
        direct = (b"From: a@example.com\n" + inner).replace(b"\n", line_end)
        assert read(direct).attachments[0].content == data
        outer = b"From: a@example.com\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nx\n--o\n"
        outer += b"Content-Type: message/rfc822\n\n" + inner + b"\n--o--\n"
        (attached,) = read(outer.replace(b"\n", line_end)).attachments
        assert read(attached.content).attachments[0].content == data


def test_a_mail_that_imitates_our_marks_is_read_as_it_is() -> None:
    block = b"QUFB" * 19 + b"\n"
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n*mailbot-part-0* *mailbot-part-7*\n--b\n"
    raw += b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n" + block * 400 + b"--b--\n"
    mail = read(raw)
    assert mail.text == "*mailbot-part-0* *mailbot-part-7*"
    assert mail.attachments[0].content == b"AAA" * 19 * 400


def test_flowed_lines_are_joined() -> None:
    mail = example("flowed.eml")
    assert mail.new_text.startswith("This is one  paragraph that  flows.\nNext line.")
    assert "> quoted text  goes on" in mail.text
    assert mail.signature == "--\nRita"


@pytest.mark.parametrize(
    ("text", "delete_space", "expected"),
    [
        ("a \nb", False, "a b"),
        ("a \nb", True, "ab"),
        ("a\nb", False, "a\nb"),
        (" >stuffed", False, ">stuffed"),
        ("> a \nb", False, "> a \nb"),
        ("> a \n> b", False, "> a b"),
        ("a \n-- \nb", False, "a \n-- \nb"),
        ("a \n\nb", False, "a \nb"),
        (">> x", False, ">> x"),
    ],
)
def test_a_flowed_text_is_unwrapped(text: str, delete_space: bool, expected: str) -> None:
    assert unflow(text, delete_space=delete_space) == expected


def test_raw_8_bit_headers_and_a_lying_charset_are_read() -> None:
    mail = example("raw_8bit.eml")
    assert mail.from_ == Address("José Pérez", "jose@customer.example")
    assert mail.subject == "Cañón averiado"
    assert mail.text == "El cañón no va."
    assert mail.defects == ("the charset 'us-ascii' is wrong, taken as Windows-1252",)


def test_a_seven_bit_charset_is_decoded() -> None:
    mail = example("iso2022jp.eml")
    assert (mail.subject, mail.text) == ("テスト", "テスト")


def test_headers_from_outside_cannot_steer_us() -> None:
    mail = example("steering.eml")
    assert not any(name.startswith("x-mailbot-") for name in mail.headers)
    assert mail.from_ is None
    assert mail.subject == "first subject"
    assert mail.headers["subject"] == ("first subject", "second subject")
    assert mail.header("Subject") == "first subject"
    assert mail.header("absent") == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Rita <rita@x.example>", "rita@x.example"),
        ("rita@x.example (Rita)", "rita@x.example"),
        ("boss@corp.example <evil@x.example>", "evil@x.example"),
        ("Doe, Jane <jane@x.example>", "jane@x.example"),
        ("=?utf-8?q?boss=40corp.example?= <evil@x.example>", "evil@x.example"),
        ("=?utf-8?q?boss=40corp.example?=", None),
        ("a@x.example, b@x.example", None),
        ("<a@x.example> <b@x.example>", None),
        ("a@b@x.example", None),
        ("boss@corp.example, <evil@x.example", None),
        ("<boss@corp.example>evil@x.example", None),
        ("undisclosed-recipients:;", None),
        ("Rita", None),
        ("<>", None),
        ("", None),
    ],
)
def test_from_names_exactly_one_mailbox_or_nobody(value: str, expected: str | None) -> None:
    mail = read(f"From: {value}\nSubject: x\n\nhello\n".encode())
    assert (mail.from_.address if mail.from_ else None) == expected
    if mail.from_ is not None:
        assert "@" not in mail.from_.name


def test_sender_and_reply_to_are_read() -> None:
    mail = read(b"From: a@x.example\nSender: S <s@x.example>\nReply-To: r@x.example, q@x.example\n\nx")
    assert mail.sender == Address("S", "s@x.example")
    assert mail.reply_to == (Address("", "r@x.example"), Address("", "q@x.example"))


def test_a_vacation_notice_is_an_automatic_reply() -> None:
    mail = example("vacation.eml")
    assert mail.automatic.is_auto_reply
    assert mail.reverse_path == ""
    assert mail.report is None


def test_an_alarm_may_become_a_ticket_but_is_not_answered() -> None:
    automatic = example("alarm.eml").automatic
    assert not automatic.is_auto_reply
    assert automatic.not_a_ticket == ""
    assert automatic.not_answerable


def test_a_delivery_report_is_no_ticket() -> None:
    mail = example("dsn_failed.eml")
    assert mail.report is not None
    assert mail.automatic.not_a_ticket


BASE = (MAILS / "attachments.eml").read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        b"Return-Path: <x@example.com>\nReceived: from a by b; Tue, 3 Nov 2026 10:11:13 +0000\n" + BASE,
        b"Delivered-To: support@helpdesk.example\nX-Spam-Score: 1\n" + BASE,
        BASE.replace(b"\n", b"\r\n"),
        BASE.replace(b"=alt", b"=other"),
        BASE.replace(b"To: support@", b"To: other@"),
    ],
)
def test_copies_of_a_message_share_their_digest(other: bytes) -> None:
    assert read(other).canonical_digest == read(BASE).canonical_digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<f1@customer.example>", b"<f2@customer.example>"),
        (b"Rita <rita@", b"Rita <eve@"),
        (b"10:11:12", b"10:11:13"),
        (b"?Q?Gr=F6=DFe?=", b"?Q?Gr=F6sse?="),
        (b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr",
         b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nHr"),
        (b"JVBERi0xLjQK", b"JVBERi0xLjUK"),
    ],
)  # fmt: skip
def test_another_message_has_another_digest(old: bytes, new: bytes) -> None:
    assert old in BASE
    assert read(BASE.replace(old, new)).canonical_digest != read(BASE).canonical_digest


def test_a_mail_is_read_although_the_library_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(value: object, **_: object) -> None:
        raise RuntimeError(f"cannot read {value!r:.20}")

    monkeypatch.setattr(mailparser.utils, "get_addresses", fail)
    mail = read((MAILS / "plain_indonesian.eml").read_bytes().replace(b"From: ", b"From: (not plain) "))
    assert mail.defects == ("mail-parser failed on the header (RuntimeError), read without it",)
    assert mail.subject == "Printer lantai 3 macet"
    assert mail.date == datetime(2026, 11, 3, 2, tzinfo=UTC)
    assert mail.to == (Address("Helpdesk", "support@helpdesk.example"),)
    assert "macet sejak kemarin" in mail.text
    assert mail.from_ is None  # Nobody is identified by a header that could not be checked.


def test_a_structure_that_no_parser_takes_is_read_as_text() -> None:
    raw = b"From: a@example.com\nSubject: deep\n"
    for level in range(1_200):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    mail = read(raw + b"\nat the bottom\n")
    assert mail.subject == "deep"
    assert mail.from_ == Address("", "a@example.com")
    assert "at the bottom" in mail.text
    assert "the structure cannot be read" in mail.defects[0]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"\n\n", ""),
        (b"no header at all", "no header at all"),
        (b"Subject: x\r\rbody", "body"),
        (b'Content-Type: text/plain; charset="\x00"\n\nab\x00c', "abc"),
        (b"Content-Type: multipart/mixed\n\nno boundary", "no boundary"),
        (b"Content-Type: multipart/mixed; boundary=b\n\nnever begun", "never begun"),
        (b"Content-Type: text/plain; name=notes.txt\n\nthe only text", "the only text"),
        (b"Content-Transfer-Encoding: base64\n\naGVsbG8", "hello"),
        (b"Content-Type: text/plain; charset=rot13\n\nhello", "hello"),
        (b"Content-Type: text/plain; charset*0*=x\n\nhello", "hello"),
        (b"Content-Type: text/enriched\n\n<bold>hello</bold>", "hello"),
        (b"Date: 1 Jan 99999999999\n\nhello", "hello"),
        (b"From: " + b"(" * 5_000 + b"\n\nhello", "hello"),
    ],
)
def test_torn_messages_are_read(raw: bytes, text: str) -> None:
    assert read(raw).text == text


def test_parts_in_a_row_are_read_in_their_order() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: a/b\n\n\x00\xff\n"
    raw += b"--b\n\ntwo\n--b--\n"
    mail = read(raw)
    assert mail.text == "one\ntwo"
    assert mail.attachments[0].content == b"\x00\xff"
    assert mail.attachments[0].name == "attachment-1.bin"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'filename="../../etc/passwd"', "passwd"),
        (b'filename="..\\\\..\\\\boot.ini"', "boot.ini"),
        (b'filename=".htaccess"', "htaccess"),
        (b'filename="=?utf-8?Q?inv=E2=80=AEfdp.exe?="', "invfdp.exe"),
        (b'filename="a\xe9.txt"', "aé.txt"),
        (b"filename*=utf-9''%e9", "é"),
        (b'filename=""', "attachment-1.bin"),
        (b'filename="..."', "attachment-1.bin"),
        (b'filename="' + b"a" * 400 + b'.pdf"', "a" * 130 + ".pdf"),
    ],
)
def test_a_file_name_means_nothing_to_a_file_system(disposition: bytes, name: str) -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: a/b\n"
    raw += b"Content-Disposition: attachment; "
    assert read(raw + disposition + b"\n\ndata\n--b--\n").attachments[0].name == name


def test_no_more_text_is_read_than_the_limit_allows() -> None:
    mail = read(b"Subject: x\n\n" + b"word " * 100, Limits(text=50))
    assert len(mail.text) <= 50
    assert mail.defects == ("the text is 500 characters long, only 50 were read",)


def test_only_this_module_names_the_library() -> None:
    core = Path(mail_module.__file__).parents[1]
    named = [path.name for path in core.rglob("*.py") if "import mailparser" in path.read_text("utf-8")]
    assert named == ["mail.py"]


def test_a_word_moved_from_the_subject_to_the_text_makes_another_digest() -> None:
    left = read(b"From: a@example.com\nSubject: ab\n\nc")
    right = read(b"From: a@example.com\nSubject: a\n\nbc")
    assert left.canonical_digest != right.canonical_digest
