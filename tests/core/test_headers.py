"""Header values are read as people mean them, with bounded effort."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.headers import address, decode_base64, decode_words, message_id, msg_ids, path, sane_date, text_of
from mailbot.core.model import Address


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("=?iso-8859-1?Q?Gr=F6=DFe?=", "Größe"),
        ("=?utf-8?B?R3LDtsOfZQ==?= =?utf-8?B?IQ==?=", "Größe!"),
        ("=?utf-8?B?R3LD?= =?utf-8?B?tsOfZQ==?=", "Größe"),
        ("Re: =?utf-8?Q?a_b?= c", "Re: a b c"),
        ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        ("=?utf-8*de?Q?a?=", "a"),
        ("=?utf-8?Q?with blanks in it?=", "with blanks in it"),
        ("=?x-unknown?Q?Gr=C3=B6?=", "Grö"),
        ("=?utf-8?B?R3LDtsOfZQ?=", "Größe"),
        ("=?utf-8?Q?never closed", "=?utf-8?Q?never closed"),
        ("=?utf-8?Q??=", ""),
    ],
)
def test_encoded_words_are_decoded(value: str, expected: str) -> None:
    assert decode_words(value) == expected


def test_an_encoded_word_brings_no_line_end_into_a_header() -> None:
    assert text_of("=?utf-8?Q?a=0D=0ABcc:_x@example.com?=") == "a Bcc: x@example.com"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ()),
        (["<a@b> <c@d>"], ("<a@b>", "<c@d>")),
        (["<a@b>", "<a@b> <e@f>"], ("<a@b>", "<e@f>")),
        (["<a@b><c@d>"], ("<a@b>", "<c@d>")),
        (["mail of Monday <a@b>"], ("<a@b>",)),
        (["<<a@b>>"], ("<a@b>",)),
        (["<a\n @b>"], ("<a@b>",)),
        (["<torn"], ()),
        (["<>"], ()),
        (["<" + "a" * 1000 + "@b>"], ()),
    ],
)
def test_msg_ids_are_found(values: list[str], expected: tuple[str, ...]) -> None:
    assert msg_ids(values) == expected


def test_no_more_than_a_hundred_msg_ids_are_read() -> None:
    assert len(msg_ids([" ".join(f"<{i}@b>" for i in range(5_000))])) == 100


@pytest.mark.parametrize(
    ("value", "expected"),
    [("<a@b>", "<a@b>"), ("a@b", "<a@b>"), ("", ""), ("no id", ""), (" <a@b> (comment)", "<a@b>")],
)
def test_the_message_id_has_its_brackets(value: str, expected: str) -> None:
    assert message_id(value) == expected


@pytest.mark.parametrize(
    ("name", "addr_spec", "expected"),
    [
        ("Rita", "Rita@Example.COM", Address("Rita", "Rita@example.com")),
        ("'rita@example.com'", "rita@example.com", Address("", "rita@example.com")),
        ("boss@corp.example", "evil@x.example", Address("", "evil@x.example")),
        ("Ri\u202eta", "rita@example.com", Address("Rita", "rita@example.com")),
        ("", "rita@bücher.example", Address("", "rita@bücher.example")),
        ("", '"a b"@example.com', Address("", '"a b"@example.com')),
        ("", "a b@example.com", None),
        ("", "a@b@example.com", None),
        ("", "rita", None),
        ("", "@example.com", None),
        ("", "rita@", None),
        ("", "=?utf-8?q?a=40b?=@example.com", None),
        ("", "a\n@example.com", None),
        ("", "a" * 320 + "@example.com", None),
    ],
)
def test_an_address_names_one_mailbox(name: str, addr_spec: str, expected: Address | None) -> None:
    assert address(name, addr_spec) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        (["<>"], ""),
        (["< >"], ""),
        (["<a@B.example>"], "a@b.example"),
        (["a@b.example", "<other@example.com>"], "a@b.example"),
        (["<@relay.example:a@b.example>"], "a@b.example"),
        (["<torn"], None),
        (["nobody"], None),
    ],
)
def test_the_topmost_return_path_is_the_reverse_path(values: list[str], expected: str | None) -> None:
    assert path(values) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (datetime(2026, 11, 3, 9, tzinfo=timezone(timedelta(hours=7))), datetime(2026, 11, 3, 2, tzinfo=UTC)),
        (datetime(2026, 11, 3, 9), datetime(2026, 11, 3, 9, tzinfo=UTC)),  # noqa: DTZ001 - a naive date is the case.
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(9999, 1, 1, tzinfo=UTC), None),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), None),
    ],
)
def test_an_absurd_date_is_no_date(value: datetime | None, expected: datetime | None) -> None:
    assert sane_date(value) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"YWJj", b"abc"),
        (b"YW\r\nJj\r\n", b"abc"),
        (b"YWI", b"ab"),
        (b"YWI=junk", b"ab"),
        (b"YWJjZ", b"abc"),
        (b"!!", b""),
        (b"", b""),
    ],
)
def test_torn_base64_gives_what_it_holds(data: bytes, expected: bytes) -> None:
    assert decode_base64(data) == expected


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=150))
def test_any_value_is_decoded(value: str) -> None:
    text_of(value).encode("utf-8")
    decode_words("=?" + value + "?=")
    msg_ids([value])


@given(st.binary(max_size=100))
def test_any_bytes_are_decoded_as_base64(data: bytes) -> None:
    assert isinstance(decode_base64(data), bytes)
