"""Any bytes give a message that every database can store; nothing a stranger sends makes reading fail."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.core.mail import attachment_content, read
from mailbot.core.model import InboundMail

EXAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))]
SPLINTERS = [
    b"\x00", b"\r", b"\n", b"\n\n", b"--", b"\xff\xfe", b"\xe9", b"(", b"<", b">", b'"', b";", b"=?utf-8?Q?", b"?=",
    b"=?utf-8\x00?B?AA==?=", b"boundary=", b'charset="\x00"', b"charset=undefined", b"charset=idna", b"charset=utf-16",
    b"Content-Type: message/rfc822\n\n", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", b"filename*0*=x''%ff",
    b"Content-Type: message/delivery-status\n\n", b"Content-Transfer-Encoding: base64\n", b"From: ",
    b"Date: 1 Jan 99999\n",
    b"Content-Type: text/html\n\n<table><td>", b"Return-Path: <>\n", b"\x1b$B", b"X-Mailbot-Role: self\n",
]  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """One of the examples with a few splinters in it and a few pieces out of it."""
    raw = draw(st.sampled_from(EXAMPLES))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.sampled_from(SPLINTERS)) + raw[at + draw(st.integers(0, 12)) :]
    return raw


def check_storable(mail: InboundMail) -> None:
    values = [value for found in mail.headers.values() for value in found]
    texts = [mail.text, mail.new_text, mail.quoted, mail.signature, mail.subject, mail.message_id, *values]
    texts += [*mail.references, *mail.in_reply_to, *mail.defects, *(file.name for file in mail.attachments)]
    for address in (mail.from_, mail.sender, *mail.reply_to, *mail.to, *mail.cc):
        texts += [address.name, address.address] if address else []
    for text in texts:
        text.encode("utf-8")
        assert "\x00" not in text
    assert "\n" not in mail.subject
    assert not any(name.startswith("x-mailbot-") for name in mail.headers)
    assert len(mail.canonical_digest) == 64


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None, derandomize=True)
@given(broken())
def test_a_broken_mail_is_read_and_can_be_stored(raw: bytes) -> None:
    mail = read(raw)
    check_storable(mail)
    assert read(raw) == mail
    for file in mail.attachments:
        assert attachment_content(raw, file.index) == file.content


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_and_can_be_stored(raw: bytes) -> None:
    check_storable(read(raw))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_a_text_in_utf_8_arrives_whole(text: str) -> None:
    raw = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text.encode()
    words = "".join(char for char in text if char.isalpha() and char.isascii())
    found = read(raw).text
    assert "".join(char for char in found if char.isalpha() and char.isascii()) == words
