"""Messages that would cost too much are refused on their bytes, with the reason in words."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.limits import Limits, check

LIMITS = Limits()
HEAD = b"From: a@example.com\nSubject: x\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"


def nested(name: Callable[[int], bytes], written: Callable[[bytes], bytes], depth: int = 40) -> bytes:
    out = HEAD
    for level in range(depth):
        boundary = name(level)
        out += b"Content-Type: multipart/mixed; " + written(boundary) + b"\n\n--" + boundary + b"\n"
    return out + b"\ntext\n"


def numbered(level: int) -> bytes:
    return b"b%d" % level


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (HEAD + b"\n" + b"x" * 26 * 1024 * 1024, "the message is 26.0 MiB long, the limit is 25.0 MiB"),
        (b"X-A: b\n" * 45_000, "the header block is 308 KiB long, the limit is 256 KiB"),
        (b"X-A: b\n" * 501 + b"\nx", "there are 501 headers, the limit is 500"),
        (HEAD + b"X-Long: " + b"a" * 17_000 + b"\n\nx", "the header X-Long is 17 KiB long, the limit is 16 KiB"),
        (HEAD + b"X-Long: a" + b"\n a" * 7_000 + b"\n\nx", "the header X-Long is 21 KiB long"),
        (b"To: " + b"a@example.com, " * 101 + b"\n\nx", "there are 101 addresses, the limit is 100"),
        (b"From: " + b"(" * 21 + b"a@example.com\n\nx", "the header From nests comments deeper than 20"),
        (HEAD + b"\n" + b"x" * (1024 * 1024 + 1), "a line is longer than the limit of 1.0 MiB"),
        (HEAD + b"\n" + b"x\n" * 600_001, "lines, the limit is 600000"),
        (HEAD + b"Content-Type: a/b\n\n" + b"Content-Type: a/b" + b"; c=d" * 201 + b"\n", "has 201 parameters"),
        (HEAD + b"\nContent-Type: a/b;" + b" " * 17_000 + b"c=d\n", "a Content-Type is longer than the limit"),
        (nested(numbered, lambda name: b'boundary="' + name + b'"'), "parts are nested 40 deep, the limit is 20"),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 501,
            "there are 501 parts, the limit is 500",
        ),
        (HEAD + b"Content-Type: message/rfc822\n\n" * 30, "parts are nested 30 deep, the limit is 20"),
        (
            MIXED + b"--b\n" + b"X-A: b\n" * 45_000 + b"\nx",
            "the header block of a part is longer than the limit of 256",
        ),
        (
            MIXED + b"--b\nContent-Type: message/rfc822\n\n" + b"X-A: b\n" * 45_000 + b"\nx",
            "the header block of a part is longer than the limit of 256 KiB",
        ),
        ((MIXED + (b"--b\n" + b"A:b\n" * 1000 + b"\nx\n") * 60), "the headers of the parts have more than 50000 lines"),
        (
            MIXED + b"--b\nContent-Type: message/delivery-status\n\n" + b"a: b\n\n" * 10_001,
            "the delivery reports in it have 10002 blocks, the limit is 10000",
        ),
        (
            HEAD + b"\n" + (b"lorem ipsum\n" * 900 + b"--\n") * 420,
            "MiB of it stand in small pieces between lines of dashes, the limit is 4.0 MiB",
        ),
    ],
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_a_message_beyond_a_limit_is_refused_with_the_reason(raw: bytes, words: str, line_end: bytes) -> None:
    # The amounts of CRLF are larger.
    wanted = words if line_end != b"\r\n" else words.partition(" is ")[0]
    assert wanted in check(raw.replace(b"\n", line_end), LIMITS)


@pytest.mark.parametrize(
    "written",
    [
        lambda name: b"boundary=" + name,
        lambda name: b"BOUNDARY = " + name + b" ; charset=utf-8",
        lambda name: b"boundary\n =\n " + name,
        lambda name: b"boundary=<" + name + b">",
        lambda name: b"boundary*0=" + name[:1] + b"; boundary*1=" + name[1:],
        lambda name: b"boundary*=utf-8''" + name,
        lambda name: b'boundary="\\' + name + b'"',
        lambda name: b'boundary="' + name + b'" junk',
        lambda name: b'x="boundary=decoy"; boundary="' + name + b'"',
    ],
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_no_spelling_of_a_boundary_hides_nested_parts(written: Callable[[bytes], bytes], line_end: bytes) -> None:
    raw = nested(numbered, written).replace(b"\n", line_end)
    assert "nested" in check(raw, LIMITS)


def test_boundaries_that_differ_only_in_case_do_not_hide_nested_parts() -> None:
    def cased(level: int) -> bytes:
        return bytes(char - 32 if level >> place & 1 else char for place, char in enumerate(b"abcdef"))

    assert "parts are nested 40 deep" in check(nested(cased, lambda name: b"boundary=" + name), LIMITS)


def test_many_forwarded_messages_beside_each_other_are_not_deep() -> None:
    part = b"--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=c%d\n\n--c%d\n\nx\n--c%d--\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
    raw += b"".join(part % (i, i, i) for i in range(60)) + b"--b--\n"
    assert check(raw, LIMITS) == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        HEAD + b"\nhello\n",
        b"To: " + b'"Doe, Jane" <jane@example.com>, ' * 60 + b"\n\nx",
        HEAD + b"\n" + b"the boundary of the park\n" * 100,
        HEAD + b"\n" + b"--\nrule\n" * 2_000,
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100 + b"--b--\n",
        HEAD + b"\n" + (b"QUFB" * 19 + b"\n") * 10_000,
        HEAD + b"\n" + b"a line\n\n" * 100_000,
        MIXED + b"--b\nContent-Type: message/delivery-status\n\n" + b"a: b\n\n" * 900,
        # What is sent back after a report may have any number of blank lines.
        MIXED + b"--b\nContent-Type: message/delivery-status\n\na: b\n\n--b\n\n" + b"x\n\n" * 20_000,
        MIXED + (b"--b\n\n" + b"x" * 2_000 + b"\n") * 300,
        b"From: Rita (at home (really)) <rita@example.com>\n\nx",
    ],
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_an_ordinary_message_passes(raw: bytes, line_end: bytes) -> None:
    assert check(raw.replace(b"\n", line_end), LIMITS) == ""


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_long_texts_may_hold_lines_of_dashes(line_end: bytes) -> None:
    raw = HEAD + b"\n" + (b"lorem ipsum dolor sit amet\n" * 900 + b"--\n") * 300
    assert check(raw.replace(b"\n", line_end), LIMITS) == ""


def test_line_ends_may_change_within_a_message() -> None:
    raw = HEAD.replace(b"\n", b"\r\n") + b"\n" + b"x" * 2 * LIMITS.header_block
    assert check(raw, LIMITS) == ""
    assert "301 headers" in check(b"A: b\n" * 150 + b"A: b\r\n" * 151 + b"\r\nx", Limits(headers=300))


def test_the_limits_can_be_set() -> None:
    raw = HEAD + b"\nhello\n"
    assert "bytes long" in check(raw, Limits(size=10))
    assert "headers" in check(raw, Limits(headers=1))


@given(st.binary(max_size=400))
def test_any_bytes_are_judged(raw: bytes) -> None:
    assert isinstance(check(raw, Limits(depth=1, parts=1, headers=3)), str)
