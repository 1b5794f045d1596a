"""Addresses that a careful parser gives up are found where a person sees but one."""

import mailparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import addresses
from mailbot.core.mail import read
from mailbot.core.model import Address


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("r@x.example>", "", "r@x.example"), ("<r@x.example", "", "r@x.example"),
        ("Rita r@x.example", "Rita", "r@x.example"),
        ("Rita <r@x.example", "Rita", "r@x.example"), ('"Rita <r@x.example>', "Rita", "r@x.example"),
        ('Rita" <r@x.example>', "Rita", "r@x.example"), ("Rita [r@x.example]", "Rita", "r@x.example"),
        ("<mailto:r@x.example>", "", "r@x.example"), ("Rita <<r@x.example>>", "Rita", "r@x.example"),
        ("Boss, Rita <r@x.example>", "Boss, Rita", "r@x.example"), ("r@x.example.", "", "r@x.example"),
        ("=?utf-8?q?Boss?=, =?utf-8?q?Rita?= <r@x.example>", "Boss, Rita", "r@x.example"),
        ("=?utf-8?Q?Rita_<r@x.example>?=", "Rita", "r@x.example"),
        ("Rita .x. <.r..x.@x.example>", "Rita .x.", ".r..x.@x.example"),
        ('Rita <"r@x.example">', "Rita", "r@x.example"), ("r @ x.example (Rita)", "Rita", "r@x.example"),
        ("Jörg <jörg@bücher.example>", "Jörg", "jörg@bücher.example"), ('"a b"@x.example', "", '"a b"@x.example'),
        ("<@a.example,@b.example:r@x.example>", "", "r@x.example"),
        ("/G=Rita/S=Boss/@x.example", "", "/G=Rita/S=Boss/@x.example"),
    ],
)  # fmt: skip
def test_the_only_address_of_from_is_found(value: str, name: str, address: str) -> None:
    assert read(f"From: {value}\n\nx".encode()).from_ == Address(name, address)


@pytest.mark.parametrize(
    "value", ["a@b@x.example", "a@x.example; b@y.example", "a@x.example b@y.example", "Rita", "r=40x.example"]
)
def test_from_stays_nobody_where_two_could_be_meant(value: str) -> None:
    assert read(f"From: {value}\n\nx".encode()).from_ is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@x.example; b@y.example", ["a@x.example", "b@y.example"]),
        ("A <a@x.example>; B <b@y.example>;", ["a@x.example", "b@y.example"]),
        ("a@x.example b@y.example", ["a@x.example", "b@y.example"]),
        ("Team: A <a@x.example>, b@y.example;, c@z.example", ["a@x.example", "b@y.example", "c@z.example"]),
        ("undisclosed-recipients:;", []), ("a@x.example, <b@y.example", ["a@x.example", "b@y.example"]),
        ('"r@x.example" <r@x.example>', ["r@x.example"]),
        ("Doe, Jane <j@x.example>; b@y.example", ["j@x.example", "b@y.example"]),
        ('"open <a@x.example>, b@y.example', ["a@x.example", "b@y.example"]), ("foo@bar@x.example", []),
        ("mailto:a@x.example; mailto:b@y.example", ["a@x.example", "b@y.example"]), (", ,", []),
    ],
)  # fmt: skip
def test_all_recipients_are_found(value: str, expected: list[str]) -> None:
    assert [one.address for one in read(f"To: {value}\n\nx".encode()).to] == expected


def test_recipients_in_two_headers_all_count() -> None:
    assert [one.address for one in read(b"To: a@x.example\nTo: b@y.example\n\nx").to] == ["a@x.example", "b@y.example"]


@given(st.text(alphabet='ab@<>,;:"()=? .\\', max_size=80))
def test_any_value_is_searched_for_addresses(value: str) -> None:
    addresses.one(value)
    addresses.several(value)
    addresses.name_of(value, "a@b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("jane@example.com", ("", "jane@example.com")),
        ("<jane@example.com>", ("", "jane@example.com")),
        ("Jane Doe <jane.doe+it@mail.example.com>", ("Jane Doe", "jane.doe+it@mail.example.com")),
        ('"Doe, Jane" <jane@example.com>', None),
        ("Doe, Jane <jane@example.com>", None),
        ("jane@example.com <joe@example.com>", None),
        ("Jane <jane@example.com", None),
        ("Jane <jane@example.com>, joe@example.com", None),
        ("jane@localhost", None),
        ("=?utf-8?q?Jane?= <jane@example.com>", None),
    ],
)
def test_only_a_value_that_cannot_be_misread_is_read_without_care(value: str, expected: tuple[str, str] | None) -> None:
    assert addresses.plain(value) == expected


@given(st.lists(st.sampled_from(["a", "B c", " ", "<", ">", "@", ".", "-", ",", '"', "(", "x@y.de", "=?"]), max_size=9))
def test_what_is_plain_the_careful_parser_reads_alike(pieces: list[str]) -> None:
    value = "".join(pieces)
    found = addresses.plain(value)
    if found is not None:
        evidence: list[dict[str, object]] = []
        assert mailparser.utils.get_addresses(value, defects=evidence, decode_names=True) == [found]
        assert evidence == []
