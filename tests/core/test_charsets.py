"""Text is decoded although senders declare charsets that are missing, unknown or wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.charsets import codec_name, decode

RUSSIAN = "Здравствуйте, принтер на третьем этаже не работает со вчерашнего дня. Помогите, пожалуйста. " * 4


@pytest.mark.parametrize(
    ("data", "charset", "expected"),
    [
        (b"abc", "", "abc"),
        ("Größe".encode(), "utf-8", "Größe"),
        ("Größe".encode("latin-1"), "iso-8859-1", "Größe"),
        ("Größe".encode("latin-1"), "us-ascii", "Größe"),
        ("Größe".encode("latin-1"), "", "Größe"),
        ("Größe".encode(), "iso-8859-1", "Größe"),
        ("Größe".encode(), "x-unknown", "Größe"),
        (b"10 \x80", "iso-8859-1", "10 €"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        ("тест".encode("cp1251"), "windows-1251", "тест"),
        ("テスト".encode("iso2022_jp"), "ISO-2022-JP", "テスト"),
        ("测试".encode("gb18030"), "gb2312", "测试"),
        ("안녕".encode("cp949"), "ks_c_5601-1987", "안녕"),
        ("a\nb".encode("utf-16"), "utf-16", "a\nb"),
        (b"plain", "utf-16", "plain"),
        (b"\xef\xbb\xbfbom", "utf-8", "bom"),
        (b"+AMQ-pfel", "utf-7", "Äpfel"),
        (b"nul", "utf-8\x00", "nul"),
        (b"rot", "rot13", "rot"),
        (b"idna", "idna", "idna"),
    ],
)
def test_bytes_become_the_text_that_was_meant(data: bytes, charset: str, expected: str) -> None:
    assert decode(data, charset)[0] == expected


def test_a_wrong_charset_is_told_in_words() -> None:
    assert "UTF-8" in decode("Größe".encode(), "koi8-x")[1]
    assert decode("Größe".encode(), "utf-8")[1] == ""
    assert decode("Größe".encode("latin-1"), "iso-8859-1")[1] == ""


def test_a_long_foreign_text_without_a_charset_is_recognised() -> None:
    text, defect = decode(RUSSIAN.encode("cp1251"), "")
    assert text == RUSSIAN
    assert "looks like" in defect


def test_a_text_that_lost_some_bytes_stays_utf_8() -> None:
    data = "Größe äöü ÄÖÜ".encode()[:-1]
    assert decode(data, "utf-8")[0].startswith("Größe äöü ÄÖ")


@pytest.mark.parametrize("charset", ["rot13", "zlib", "base64", "undefined", "unicode_escape", "idna", "é", "\x00", ""])
def test_codecs_that_are_no_charsets_are_unknown(charset: str) -> None:
    assert codec_name(charset) == ""


@given(st.binary(max_size=120), st.one_of(st.text(max_size=20), st.sampled_from(["utf-8", "utf-16", "big5", "hz"])))
def test_any_bytes_with_any_charset_give_a_text(data: bytes, charset: str) -> None:
    text, defect = decode(data, charset)
    assert isinstance(text, str)
    assert isinstance(defect, str)
