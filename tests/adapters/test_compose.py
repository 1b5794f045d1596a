"""Mail as bytes: what is put in comes out, and nothing else does."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.adapters.compose import OutgoingFile, OutgoingMail, compose
from mailbot.core.model import Address

NOW = datetime(2026, 8, 4, 3, 30, tzinfo=UTC)
MAIL = OutgoingMail(
    message_id="<1042.r.abc.def.ghi@helpdesk.example.com>",
    date=NOW,
    from_=Address("IT Helpdesk", "helpdesk@example.com"),
    to=Address("", "rita@example.com"),
    subject="[HD-1042] Printer",
    text="Hello\n",
    html="<p>Hello</p>",
)
ALWAYS = Counter(("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"))

SOMETIMES = {
    "Cc",
    "Reply-To",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "List-Unsubscribe",
    "Content-Language",
    "X-Mailbot-Loop",
}


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return cast("str", part.get_content())


def check_wire_form(raw: bytes) -> None:
    assert raw.isascii()
    assert b"\0" not in raw
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998


anything = st.text(st.characters(exclude_categories=()), max_size=60)
nasty = st.sampled_from(
    [
        "a\r\nBcc: victim@example.com",
        "a\nX-Evil: 1\n\nbody",
        "\r\n\r\n--=_alternative",
        "=?utf-8?q?=0D=0ABcc:_x@y?=",
        "=?utf-8?b?DQpCY2M6IHhAeQ==?=",
        "x\x85Bcc: y",
        "x\u2028Bcc: y",
        "nul\0nul",
        '"quoted" <evil@example.com>,',
        "\\",
        "\ud800",
        "\u202egnp.exe",
        "a" * 2000,
        "ä" * 700,
        "word " * 300,
        "👩‍👩‍👧‍👦" * 40,
        ".",
        "",
    ]
)
value = st.one_of(anything, nasty)


@given(
    names=st.lists(value, min_size=4, max_size=4),
    subject=value,
    file_name=value,
    odd=value,
    ids=st.lists(value, max_size=3),
    text=st.one_of(value, st.just("line\r.\r\n..\nFrom me\n \n=_alternative\n")),
)
@settings(max_examples=200, deadline=None)
def test_no_value_can_add_a_header_or_a_part(
    names: list[str], subject: str, file_name: str, odd: str, ids: list[str], text: str
) -> None:
    raw = compose(
        replace(
            MAIL,
            from_=Address(names[0], "helpdesk@example.com"),
            to=Address(names[1], "rita@example.com"),
            cc=(Address(names[2], "dewi@example.com"), Address("", odd)),
            reply_to=Address(names[3], "help+t@example.com"),
            subject=subject,
            text=text,
            html=text,
            in_reply_to=odd,
            references=tuple(ids),
            auto_submitted=odd,
            list_unsubscribe=odd,
            language=odd,
            loop_mark=f"m{odd}",
            hostname=odd,
            attachments=(OutgoingFile(file_name, f"x {odd}", b"\0\r\n.\r\n", odd),),
        )
    )
    check_wire_form(raw)
    message = message_from_bytes(raw, policy=policy.SMTP.clone(max_line_length=998))
    found = Counter(message.keys())
    assert ALWAYS - found == Counter()
    assert set(found.values()) == {1}
    assert {"Cc", "Reply-To", "X-Mailbot-Loop"} <= found.keys() - ALWAYS.keys() <= SOMETIMES
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert sorted(kinds) == ["application/octet-stream", "text/html", "text/plain"]
    [file] = [part for part in message.walk() if part.get_content_type() == "application/octet-stream"]
    assert file.get_payload(decode=True) == b"\0\r\n.\r\n"
    assert not [defect for part in message.walk() for defect in part.defects]


def test_each_known_header_appears_once_and_as_it_was_meant() -> None:
    raw = compose(
        replace(
            MAIL,
            to=Address('Ráta "R" Rahayu', "rita@example.com"),
            cc=(Address("O'Neil, Pat", "pat@example.com"),),
            reply_to=Address("IT Helpdesk", "helpdesk+tok@example.com"),
            in_reply_to="<a@b>",
            references=("<root@b>", "<a@b>"),
            auto_submitted="auto-replied",
            list_unsubscribe="<mailto:helpdesk@example.com?subject=unsubscribe%20tok>",
            language="id",
            loop_mark="3f9a",
            hostname="helpdesk.example.com",
        )
    )
    message = read(raw)
    assert dict(message.items()) == {
        "From": "IT Helpdesk <helpdesk@example.com>",
        "To": '"Ráta \\"R\\" Rahayu" <rita@example.com>',
        "Cc": '"O\'Neil, Pat" <pat@example.com>',
        "Reply-To": "IT Helpdesk <helpdesk+tok@example.com>",
        "Subject": "[HD-1042] Printer",
        "Date": "Tue, 04 Aug 2026 03:30:00 +0000",
        "Message-ID": "<1042.r.abc.def.ghi@helpdesk.example.com>",
        "In-Reply-To": "<a@b>",
        "References": "<root@b> <a@b>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "List-Unsubscribe": "<mailto:helpdesk@example.com?subject=unsubscribe%20tok>",
        "Content-Language": "id",
        "X-Mailbot-Loop": "3f9a helpdesk.example.com",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }
    assert message.get_content_type() == "multipart/alternative"


def test_a_person_s_mail_says_nothing_about_being_automatic() -> None:
    raw = compose(MAIL)
    assert b"Auto" not in raw
    assert b"Unsubscribe" not in raw


@given(
    subject=st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")) | st.just(" "), max_size=200),
    name=st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")) | st.just(" "), max_size=60),
)
@settings(max_examples=150, deadline=None)
def test_any_visible_subject_and_name_can_be_read_again(subject: str, name: str) -> None:
    raw = compose(replace(MAIL, subject=subject, to=Address(name, "rita@example.com")))
    check_wire_form(raw)
    # RFC 5322 s.2.1.1: headers of ours keep to 78 characters a line.
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78
    message = read(raw)
    assert message["Subject"] == " ".join(subject.split())
    # The old reader: the new one of Python 3.11 keeps the blank between two encoded words of a name (RFC 2047 s.6.2).
    old = message_from_bytes(raw)
    found, address = parseaddr(old["To"])
    assert address == "rita@example.com"
    assert str(make_header(decode_header(found))) == " ".join(name.split())


@given(
    st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=300)
    | st.sampled_from(
        ["trailing \nblank\t\n", "x" * 1200, "ä" * 400 + "\n.\n", "From me\n", "=_alternative\n", "a=3D\n"]
    )
)
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_read_again(text: str) -> None:
    raw = compose(replace(MAIL, text=text, html=text))
    check_wire_form(raw)
    message = read(raw)
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert part["Content-Transfer-Encoding"] in ("7bit", "quoted-printable")
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode("utf-8").replace("\r\n", "\n") == text


def test_a_text_that_knows_our_boundary_cannot_end_its_part() -> None:
    boundary = read(compose(MAIL)).get_boundary()
    text = f"Hello\n--{boundary}\nContent-Type: text/html\n\n<b>evil</b>\n--{boundary}--\n"
    message = read(compose(replace(MAIL, text=text)))
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert text_of(message, "plain").splitlines() == text.splitlines()


@pytest.mark.parametrize("subject", ["=?utf-8?q?you_see_this?=", "=?utf-8?b?eA==?= x", "a =? b ?= c"])
def test_a_subject_that_looks_encoded_is_read_as_it_was_written(subject: str) -> None:
    message = read(compose(replace(MAIL, subject=subject, to=Address(subject, "rita@example.com"))))
    assert message["Subject"] == subject
    assert cast("AddressHeader", message["To"]).addresses[0].display_name == subject


def test_long_message_ids_are_never_encoded_and_stand_one_on_a_line() -> None:
    ids = tuple(f"<{'x' * 120}{number}@mail.example.com>" for number in range(50))
    raw = compose(replace(MAIL, in_reply_to=ids[-1], references=ids))
    check_wire_form(raw)
    head = raw.partition(b"\r\n\r\n")[0].decode()
    assert "=?" not in head
    kept = [ids[0], *ids[-20:]]
    assert "References: " + "\r\n ".join(kept) + "\r\n" in head
    assert read(raw)["In-Reply-To"] == ids[-1]


@pytest.mark.parametrize("odd", ["<a b@c>", "no-brackets@x", "<a@b>\r\nBcc: x", f"<{'x' * 1000}@y>", "<ä@b>", "<>"])
def test_what_is_no_message_id_is_left_out_of_the_thread(odd: str) -> None:
    message = read(compose(replace(MAIL, in_reply_to=odd, references=(odd, "<good@b>"))))
    assert message["In-Reply-To"] is None
    assert message["References"] == "<good@b>"


def test_our_own_message_id_must_be_one() -> None:
    with pytest.raises(ValueError, match="not a Message-ID: check `hostname`"):
        compose(replace(MAIL, message_id="<a b>"))


@pytest.mark.parametrize("odd", ["müller@example.com", "a@b, c@d", "a@b\r\nBcc: x@y", "", "nobody", "<a@b>", "x" * 400])
def test_an_address_that_is_none_becomes_an_empty_group(odd: str) -> None:
    raw = compose(replace(MAIL, to=Address("Rita", odd)))
    check_wire_form(raw)
    header = cast("AddressHeader", read(raw)["To"])
    assert header.addresses == ()
    assert len(header.groups) == 1


def test_a_quoted_local_part_and_an_address_literal_are_addresses() -> None:
    for spec in ('"john doe"@example.com', "ops@[192.0.2.1]", "a+b=c@example.com"):
        assert cast("AddressHeader", read(compose(replace(MAIL, to=Address("", spec))))["To"]).addresses


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("report.pdf", "report.pdf"),
        ("laporan bulan März.pdf", "laporan bulan März.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x\\y.exe", "C__x_y.exe"),
        ("evil\r\nContent-Type: text/html", "evil Content-Type_ text_html"),
        ("\u202egnp.exe", "gnp.exe"),
        ('say "hi".txt', "say _hi_.txt"),
        ("100%.txt", "100%.txt"),
        ("", "file"),
        ("...", "file"),
        ("名" * 300 + ".docx", "名" * 130 + ".docx"),
        ("a" * 300 + ".docx", "a" * 130 + ".docx"),
    ],
)
def test_a_file_keeps_as_much_of_its_name_as_is_safe(name: str, want: str) -> None:
    raw = compose(replace(MAIL, attachments=(OutgoingFile(name, "application/pdf", b"data"),)))
    check_wire_form(raw)
    [part] = read(raw).iter_attachments()
    assert part.get_filename() == want
    assert part.get_content_type() == "application/pdf"
    assert part.get_content() == b"data"


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed", "text", "text/html; x=y", "a/b\r\nX: y", ""])
def test_a_file_of_an_odd_type_is_sent_as_mere_bytes(kind: str) -> None:
    raw = compose(replace(MAIL, attachments=(OutgoingFile("f", kind, b"From: x\r\n\r\ny"),)))
    [part] = read(raw).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_content() == b"From: x\r\n\r\ny"


def test_a_picture_of_the_text_travels_with_the_html_part() -> None:
    files = (OutgoingFile("chart.png", "image/png", b"PNG", "chart"), OutgoingFile("a.txt", "text/csv", b"1"))
    message = read(compose(replace(MAIL, attachments=files)))
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/csv",
    ]
    assert [part["Content-ID"] for part in message.walk() if part["Content-ID"]] == ["<chart>"]


def test_the_same_mail_has_the_same_bytes() -> None:
    files = (OutgoingFile("a.txt", "text/plain", b"1"),)
    assert compose(replace(MAIL, attachments=files)) == compose(replace(MAIL, attachments=files))


def test_simple_text_stays_readable_on_the_wire() -> None:
    raw = compose(MAIL)
    assert b"Content-Transfer-Encoding: 7bit\r\n\r\nHello\r\n" in raw
    assert text_of(read(raw), "plain") == "Hello\r\n"
