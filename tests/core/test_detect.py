"""The charset of a few undeclared words is told from their bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.charsets import codec_name, decode
from mailbot.core.detect import guess
from mailbot.core.japanese import decode_iso2022

FOREIGN = [
    ("koi8-r", "тест тест"), ("koi8-r", "Проблема с принтером"), ("koi8-r", "ПРИНТЕР НЕ РАБОТАЕТ"),
    ("cp1251", "Проблема с принтером"), ("cp1251", "ПРИНТЕР НЕ РАБОТАЕТ"), ("cp1251", "Не працює принтер"),
    ("cp866", "не работает интернет"), ("iso8859_5", "не работает интернет"), ("gb18030", "打印机坏了"),
    ("gb18030", "你好，我的打印机不能用了，请帮忙。"), ("cp950", "測試郵件，請問如何重設密碼"),
    ("cp949", "테스트 메일"),
    ("cp932", "プリンターが壊れました"), ("cp932", "お問い合わせの件"), ("euc_jp", "テスト"),
    ("cp1253", "Ο εκτυπωτής δεν λειτουργεί"), ("cp1255", "המדפסת לא עובדת"), ("cp1256", "الطابعة لا تعمل"),
    ("cp874", "เครื่องพิมพ์เสีย"),
]  # fmt: skip
CENTRAL = [
    ("cp1254", "Yazıcı çalışmıyor lütfen yardım"), ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"),
    ("iso8859_2", "Zażółć gęślą jaźń"), ("cp1250", "Drukarka nie działa, proszę o pomoc"),
]  # fmt: skip
WESTERN = [
    "Größe der Änderung fällt schön aus", "création déjà reçue à l'école", "çã não avião coração", "“Hello” – it’s me…",
    "ÄÖÜ", "ÉÈÀ", "Øystein Ågård på øya", "Þetta er íslenska með ð og æ", "10 £ ±5 °C ½", "naïve œuvre, cœur",
    "¿Qué pasó? ¡Hola!", "MÜLLER GRÖßE ÄÖÜ", "é",
]  # fmt: skip


@pytest.mark.parametrize(("codec", "text"), FOREIGN)
@pytest.mark.parametrize("declared", ["", "us-ascii", "iso-8859-1", "utf-8", "x-unknown"])
def test_a_few_foreign_words_are_read_whatever_is_declared(codec: str, text: str, declared: str) -> None:
    decoded, defect = decode(text.encode(codec), declared)
    assert decoded == text
    assert "looks like" in defect


@pytest.mark.parametrize(("codec", "text"), CENTRAL)
def test_latin_letters_of_other_countries_are_read_where_nothing_is_declared(codec: str, text: str) -> None:
    assert decode(text.encode(codec), "")[0] == text


@pytest.mark.parametrize("text", WESTERN)
@pytest.mark.parametrize("declared", ["", "us-ascii", "iso-8859-1"])
def test_western_words_are_not_taken_for_foreign_ones(text: str, declared: str) -> None:
    assert decode(text.encode("cp1252"), declared)[0] == text


def test_a_declared_western_charset_is_not_doubted_for_a_few_signs() -> None:
    assert decode("dzia³a".encode("cp1252"), "iso-8859-1")[0] == "dzia³a"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("utf8", "utf-8"), ("utf-8//TRANSLIT", "utf-8"), ("iso8859-1", "cp1252"), ("ISO_8859-15", "iso8859-15"),
        ("cp-850", "cp850"), ("cp_850", "cp850"), ("windows-1252http-equivContent-Type", "cp1252"), ("ansi", "cp1252"),
        ("win-1251", "cp1251"), ("charset=utf-8", "utf-8"), ("utf-8;format=flowed", "utf-8"), ("'utf-8'", "utf-8"),
        ("iso-8859-1:1987", "cp1252"), ("_iso-2022-jp$ESC", "iso2022_jp_ext"), ("GB2312_CHARSET", "gb18030"),
        ("x-windows-1252", "cp1252"), ("cp65001", "utf-8"), ("ks_c_5601-1989", "cp949"), ("x-unknown", ""),
        ("default_charset", ""), ("unknown-8bit", ""), ("utf-8*en", "utf-8"),
    ],
)  # fmt: skip
def test_the_names_of_charsets_are_known_as_programs_write_them(name: str, codec: str) -> None:
    assert codec_name(name) == codec


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declared", ["", "utf-8", "utf-16", "iso-8859-1"])
def test_wide_characters_are_told_by_their_bytes(codec: str, declared: str) -> None:
    assert decode("hello wörld, how are you".encode(codec), declared)[0] == "hello wörld, how are you"


def test_a_single_nul_does_not_make_wide_characters() -> None:
    assert decode(b"he\x00llo\x07", "")[0] == "he\x00llo\x07"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1b$B-!\x1b(B \x1b$B4]?t;z\x1b(B", "① 丸数字"),
        (b"\x1b$B%F%9%H", "テスト"),
        (b"\x1b(I1\x1b(B", "ｱ"),
        (b"plain", "plain"),
        (b"\x1b$B%", "?"),
        (b"\x1b$(D\x22\x6f\x1b(B", "™"),
    ],
)
def test_the_japanese_of_mail_programs_is_read(data: bytes, expected: str) -> None:
    assert (
        decode_iso2022(data)[:3].rstrip("\ufffd")[: len(expected)] == expected[:3] or decode_iso2022(data) == expected
    )


def test_japanese_without_a_declaration_is_told_by_its_shifts() -> None:
    text, defect = decode(b"\x1b$B%F%9%H\x1b(B", "us-ascii")
    assert text == "テスト"
    assert "ISO-2022-JP" in defect


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_may_be_guessed_about(data: bytes, western: bool) -> None:
    codec = guess(data, western=western)
    data.decode(codec or "latin-1", "replace")
    decode_iso2022(data)
