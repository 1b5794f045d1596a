"""The header as every program must read it."""

import pytest

from mailbot.core import fields


def test_fields_are_read_from_the_top_with_folded_lines_joined() -> None:
    found = fields.strict(b"Received: one\r\n\ttwo\r\nFROM: x@y.example\r\n\r\nSubject: no header\r\n")

    assert found == [("received", "one\ttwo"), ("from", "x@y.example")]


@pytest.mark.parametrize(
    "raw",
    [
        b"From : x@y.example\r\n\r\n",
        b"From: x@y.example\r\n \r\nSubject: x\r\n\r\n",
        b" From: x@y.example\r\n\r\n",
        b"From: x@y.example\rFrom: z@y.example\r\n\r\n",
        b"From: x\x00@y.example\r\n\r\n",
        b"From x@y.example Tue\r\nFrom: x@y.example\r\n\r\n",
        b"no field\r\nFrom: x@y.example\r\n\r\n",
        b": x\r\n\r\n",
        b"Fr\xc3\xb6m: x\r\n\r\n",
        b"\r\nFrom: x@y.example\r\n\r\n",
    ],
)
def test_a_header_with_anything_odd_in_it_is_none(raw: bytes) -> None:
    assert not fields.strict(raw)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_the_header_ends_at_the_first_empty_line_however_lines_end(ends: bytes) -> None:
    raw = ends.join([b"A: 1", b"", b"B: 2", b"", b"x"])

    assert fields.strict(raw) == [("a", "1")]
    assert fields.strict(b"A: 1\nB: 2\n\r\nC: 3\n\n") in ([("a", "1"), ("b", "2")], None)


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        ("tom@example.com", "example.com"),
        ("<TOM@Example.Com>", "example.com"),
        ('"Tech, Tom" <tom@example.com>', "example.com"),
        ("=?utf-8?q?T=C3=B6m?= <tom@example.com>", "example.com"),
        ('"x@evil.example" <tom@example.com>', ""),
        ("tom@example.com, x@evil.example", ""),
        ("tom@example.com (x)", ""),
        ("<x> <tom@example.com>", ""),
        ("tess@example.com", ""),
        ("xtom@example.com", ""),
        ("tom@example.com.evil.example", ""),
        ("Tóm <tom@example.com>", ""),
    ],
)
def test_the_domain_of_the_author_is_known_where_from_names_him_in_the_simplest_form(value: str, domain: str) -> None:
    assert fields.sole_domain([("from", value)], "tom@example.com") == domain
    assert fields.sole_domain([("from", value), ("from", value)], "tom@example.com") == ""


@pytest.mark.parametrize(
    ("signer", "domain", "aligned"),
    [
        ("example.com", "example.com", True),
        ("Example.COM.", "example.com", True),
        ("example.com", "it.example.com", True),
        ("it.example.com", "example.com", False),
        ("ample.com", "example.com", False),
        ("com", "example.com", False),
        ("", "example.com", False),
        ("evil.example", "example.com", False),
    ],
)
def test_a_domain_speaks_for_itself_and_for_those_below(signer: str, domain: str, aligned: bool) -> None:
    assert fields.is_aligned(signer, domain) is aligned
