"""Transfer encodings are undone although they are torn, mislabelled, or have words behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import uuencode
from mailbot.core.transfer import decode, decode_base64, decode_quoted_printable, encoding


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("8-bit", ""), ("7bits", ""), ("binary", ""), ("", ""), ("7bit, base64", ""), ("8bit; charset=x", ""),
        ("quoted-printable;", "quoted-printable"), (" Quoted-Printable\r\n", "quoted-printable"),
        ("quoted printable", "quoted-printable"), ('"base64"', "base64"), ("base64 (made by x)", "base64"),
        ("BASE64", "base64"), ("base64,", "base64"), ("x-uue", "uuencode"), ("x-foo", "x-foo"),
    ],
)  # fmt: skip
def test_the_name_of_an_encoding_is_read_as_programs_write_it(value: str, expected: str) -> None:
    assert encoding(value) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"aGVsbG8=\n\n_____\nThis list is run by xyz. Visit our page.", b"hello"),
        (b"aGVsbG8h\n_____\nThis list is run by xyz. Visit our page.", b"hello!"),
        (b"aGVsbG8=aGVsbG8=", b"hellohello"),
        (b"aGVs!!!bG8=", b"hello"),
        (b"aGVsbG8gd29ybGQ", b"hello world"),
        (b"aGVsbG8=\n--\nfooter", b"hello"),
        (b"aGVs bG8=", b"hello"),
        (b"====", b""),
        (b"aGVsbG8===", b"hello"),
        (b"aGVsbG8=\r\n\x00\x1a", b"hello"),
    ],
)
def test_torn_base64_with_words_behind_is_decoded(data: bytes, expected: bytes) -> None:
    assert decode_base64(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a= \nb", b"ab"), (b"a=\r\nb", b"ab"), (b"a=", b"a"), (b"=e4=E4", b"\xe4\xe4"), (b"=XX =3D", b"=XX ="),
        (b"x=3", b"x=3"), (b"raw \xe4", b"raw \xe4"), (b"a=\t\r\nb", b"ab"),
    ],
)  # fmt: skip
def test_torn_quoted_printable_is_decoded(data: bytes, expected: bytes) -> None:
    assert decode_quoted_printable(data) == expected


def test_a_text_that_is_no_base64_is_left_as_it_is() -> None:
    text = b"Hello, this is a plain text.\nReally, no base64 here!"
    assert decode(text, "base64", is_text=True) == (text, "a text is declared as base64, and is none")
    assert decode(b"aGVsbG8=", "base64", is_text=True) == (b"hello", "")
    assert "unknown" in decode(b"x", "x-foo")[1]


def test_uuencoded_files_are_taken_out_of_a_text() -> None:
    text = b"hi\n\nbegin 644 test.txt\n#0V%T\n`\nend\nbye\nbegin 600 two words.bin\r\n#0V%T\r\n`\r\nend\r\nend"
    kept, files = uuencode.extract(text)
    assert kept == b"hi\n\nbye\nend"
    assert files == [uuencode.File(b"test.txt", b"Cat"), uuencode.File(b"two words.bin", b"Cat")]


@pytest.mark.parametrize(
    "text",
    [
        b"begin 100 years ago\nnothing here, really nothing.\nend",
        b"begin 644 x",
        b"begin 644 x\n",
        b"we begin 644 x\n#0V%T\nend\n",
        b"begin 644 x\nThis is a sentence that is quite long for a line.\nend\n",
    ],
)
def test_words_that_only_look_like_a_file_stay(text: bytes) -> None:
    assert uuencode.extract(text) == (text, [])


def test_a_uuencoded_file_without_an_end_is_kept() -> None:
    assert uuencode.extract(b"begin 644 x\n#0V%T\n#0V%T\n")[1] == [uuencode.File(b"x", b"CatCat")]


@given(st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable", "uuencode", "", "x"]), st.booleans())
def test_any_bytes_in_any_encoding_give_bytes(data: bytes, name: str, is_text: bool) -> None:
    assert isinstance(decode(data, name, is_text=is_text)[0], bytes)
    uuencode.extract(b"begin 644 x\n" + data)
