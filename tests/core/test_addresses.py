"""Addresses that a careful parser gives up are found where a person sees but one."""

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
