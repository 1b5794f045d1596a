"""Large bodies are kept aside while the structure is read, and nothing of the structure with them."""

import email
import random
from email.message import Message

import pytest

from mailbot.core.aside import Reduced, set_aside

BASE64 = b"QUFB" * 19 + b"\n"
TEXT = b"lorem ipsum dolor sit amet " * 9 + b"\n"
HEAD = b"From: a@example.com\nSubject: x\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
FILE = BASE64 * 500
LONG = TEXT * 1_200


def shape(message: Message, reduced: Reduced) -> object:
    """The structure of a message with all its bodies put back."""
    stored = message._payload  # type: ignore[attr-defined]  # get_payload() would decode it.
    headers = [(name, str(value)) for name, value in message.raw_items()]
    if isinstance(stored, list):
        return headers, [shape(part, reduced) for part in stored if isinstance(part, Message)]
    assert isinstance(stored, str)
    return headers, reduced.restore(stored.encode("ascii", "surrogateescape"))


CASES = {
    "a plain text": HEAD + b"\n" + LONG,
    "a plain text of paragraphs": HEAD + b"\nhello\n\n" + LONG + b"\n\nbye\n" + LONG,
    "a text with a signature": HEAD + b"\n" + LONG + b"-- \nRita\n\n" + LONG,
    "a text with bytes": HEAD + b"\n" + LONG.replace(b"o", b"\xf6"),
    "a text and a file": MIXED + b"--b\n\nhello\n--b\nContent-Transfer-Encoding: base64\n\n" + FILE + b"--b--\n",
    "a file without a name and a text": MIXED + b"--b\n\n" + FILE + b"\n--b\nX: y\n\n" + LONG + b"\n--b--\n",
    "a preamble and an epilogue": MIXED + LONG + b"--b\n\nhello\n--b--\n" + LONG + b"\n\n" + FILE,
    "a multipart without boundary": HEAD + b"Content-Type: multipart/mixed\n\n" + LONG,
    "an attached message": MIXED + b"--b\nContent-Type: message/rfc822\n\nSubject: inner\n\n" + LONG + b"\n--b--\n",
    "an attached message with a long header": (
        MIXED + b"--b\nContent-Type: message/rfc822\n\n" + (b"X-A: " + b"b" * 900 + b"\n") * 300 + b"\nhello\n--b--\n"
    ),
    "attached messages in each other": (
        HEAD + b"Content-Type: message/rfc822\n\nContent-Type: MESSAGE/RFC822\n\nSubject: inner\n\n" + LONG
    ),
    "an attached multipart": (
        HEAD
        + b"Content-Type: message/rfc822\n\n"
        + MIXED
        + LONG
        + b"--b\n\n"
        + FILE
        + b"\n--b\n\n"
        + LONG
        + b"\n--b--\n"
    ),
    "a delivery report": (
        MIXED
        + b"--b\nContent-Type: message/delivery-status\n\n"
        + (b"Reporting-MTA: " + b"a" * 900 + b"\n\n") * 300
        + b"--b--\n"
    ),
    "a digest": (
        HEAD + b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: inner\n\n" + LONG + b"\n--b--\n"
    ),
    "a digest with long headers": (
        HEAD
        + b"Content-Type: multipart/digest; boundary=b\n\n--b\n\n"
        + (b"X-A: " + b"b" * 900 + b"\n") * 300
        + b"\nhello\n--b--\n"
    ),
    "a border behind a bare CR": MIXED + b"--b\n\n" + LONG + b"\r--b\r\r" + LONG + b"\r--b--\r",
    "an epilogue without a blank line": MIXED + b"--b\n\nhello\n--b--\n" + LONG,
    "an end that is none": MIXED + b"--b\n\nhello\n--c--\nX: y\n" + LONG + b"\n--b\n\nx\n--b--\n",
    "headers behind what looks like an end": MIXED + b"--b--\n" + b"X: y\n" * 10 + LONG,
    "bare CR in a text": HEAD + b"\n" + LONG.replace(b"sit", b"\rsit"),
    "texts between lines of dashes": HEAD + b"\n" + (LONG + b"--\n") * 4,
    "parts without a blank line": MIXED + (b"--b\n" + LONG) * 3 + b"--b\nX: y\n" + LONG + b"--b--\n",
    "parts that begin with a blank": MIXED + (b"--b\n " + LONG) * 2 + b"--b\n\t" + LONG + b"\n\nx\n--b--\n",
    "base64 with a strange end": MIXED + b"--b\n\n" + FILE + b"!\n--b\n\n" + FILE + b"--b--\n",
    "empty parts": MIXED + b"--b\n\n--b\n\n--b\n\n" + FILE + b"\n--b--\n",
    "our own marks": MIXED + b"--b\n\n*mailbot-part-0*\n--b\n\n" + FILE + b"\n*mailbot-part-1*\n--b--\n" + LONG,
}


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("name", CASES)
def test_the_message_is_the_same_with_its_bodies_put_back(name: str, line_end: bytes) -> None:
    raw = CASES[name].replace(b"\n", line_end)
    reduced = set_aside(raw)
    assert reduced.restore(reduced.data) == raw
    found = shape(email.message_from_bytes(reduced.data), reduced)
    assert found == shape(email.message_from_bytes(raw), Reduced(raw))


@pytest.mark.parametrize(
    "name", ["a plain text", "a text and a file", "an attached message", "a multipart without boundary"]
)
def test_the_parser_gets_little_of_a_large_message(name: str) -> None:
    for line_end in (b"\n", b"\r\n"):
        assert len(set_aside(CASES[name].replace(b"\n", line_end)).data) < 1000


def test_of_a_very_large_message_smaller_texts_are_set_aside_too() -> None:
    raw = MIXED + (b"--b\n\n" + TEXT * 70 + b"\n") * 70 + b"--b--\n"
    assert len(set_aside(raw).data) < 5_000
    assert shape(email.message_from_bytes(set_aside(raw).data), set_aside(raw)) == shape(
        email.message_from_bytes(raw), Reduced(raw)
    )


def test_a_message_is_known_by_the_short_form_of_its_type_too() -> None:
    raw = HEAD + b"Content-Type:\n Message\n\nSubject: inner\n\n" + LONG
    assert set_aside(raw).data.endswith(b"Subject: inner\n\n" + set_aside(raw).word + b"0*\n")


def test_no_more_of_a_body_can_be_had_than_is_wanted_unless_it_holds_certain_bytes() -> None:
    reduced = set_aside(CASES["a text and a file"])
    mark = reduced.word + b"0*"
    assert reduced.restore(b"<" + mark + b">", 8) == b"<QUFBQUFB>"
    assert reduced.restore(b"<" + mark + b">", 8, b"hello") == b"<QUFBQUFB>"
    assert reduced.restore(mark) == reduced.restore(mark, 10**9) == reduced.restore(mark, 8, b"B\nQ") == FILE[:-1]


def test_a_small_message_is_left_as_it_is() -> None:
    raw = MIXED + b"--b\n\n" + TEXT * 900 + b"\n--b\n\n" + BASE64 * 200 + b"--b--\n"
    assert set_aside(raw) == Reduced(raw)


def test_nobody_can_write_a_mark_of_another_message_into_his_own() -> None:
    raw = HEAD + b"\n" + FILE
    other = b"X: " + set_aside(raw).word + b"0*\n" + raw
    assert set_aside(other).spans
    assert set_aside(other).word not in other


def test_pieces_in_any_order_are_the_same_message() -> None:
    choose = random.Random(1)
    pieces = [
        b"--b\n", b"--b--\n", b"--c\n", b"\n", b"\n", b"-- \n", FILE, LONG, TEXT, b"\r", b"\r\n\r\n",
        b"Content-Type: message/rfc822\n\n", b"Content-Type: multipart/mixed; boundary=c\n\n", b"X: y\n\n",
        b"Content-Type: text/plain\n", b"Content-Transfer-Encoding: base64\n\n",
        b" x\n", b":", b"From x\n",
    ]  # fmt: skip
    for _ in range(100):
        raw = MIXED + b"".join(choose.choice(pieces) for _ in range(choose.randint(1, 12)))
        reduced = set_aside(raw)
        found = shape(email.message_from_bytes(reduced.data), reduced)
        same = found == shape(email.message_from_bytes(raw), Reduced(raw))
        assert same, reduced.data.replace(BASE64, b"").replace(TEXT, b"")
