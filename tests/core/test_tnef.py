"""winmail.dat is opened: its files, their names, its text."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import rtf, tnef
from mailbot.core.mail import read

SIGNATURE = b"\x78\x9f\x3e\x22\x01\x00"
BEGIN, TITLE, DATA, PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005


def attribute(name: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BHHI", level, name, 0, len(value)) + value + b"\x00\x00"


def text_property(name: int, value: str) -> bytes:
    data = value.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<HHII", 0x1F, name, 1, len(data)) + data + b"\x00" * (-len(data) % 4)


def data_property(name: int, value: bytes, kind: int = 0x102) -> bytes:
    return struct.pack("<HHII", kind, name, 1, len(value)) + value + b"\x00" * (-len(value) % 4)


def properties(*entries: bytes) -> bytes:
    return struct.pack("<I", len(entries)) + b"".join(entries)


def packed(text: bytes, kind: bytes = b"MELA") -> bytes:
    return struct.pack("<II", len(text) + 12, len(text)) + kind + b"\x00" * 4 + text


FILE = attribute(BEGIN, b"\x01\x00") + attribute(TITLE, b"SHORT~1.TXT\x00") + attribute(DATA, b"content")


def test_a_file_has_its_short_name_and_its_bytes() -> None:
    assert tnef.read(SIGNATURE + FILE) == tnef.Opened((tnef.File("SHORT~1.TXT", b"content"),))


def test_a_long_name_wins_in_any_script() -> None:
    more = properties(text_property(0x3707, "Büro 办公室.txt"), text_property(0x370E, "Text/Plain"))
    (file,) = tnef.read(SIGNATURE + FILE + attribute(PROPERTIES, more)).files
    assert (file.name, file.content_type, file.content) == ("Büro 办公室.txt", "text/plain", b"content")


def test_data_may_come_before_the_name_and_named_properties_are_passed_over() -> None:
    guid = b"\x00" * 16
    named = struct.pack("<HH", 0x1F, 0x8001) + guid + struct.pack("<II", 1, 6) + b"a\x00b\x00\x00\x00" + b"\x00\x00"
    named += struct.pack("<II", 1, 4) + b"x\x00\x00\x00"
    many = struct.pack("<HHI", 0x1003, 0x1234, 3) + struct.pack("<III", 1, 2, 3)
    more = properties(named, many, struct.pack("<HHHH", 0x2, 0x1, 7, 0), text_property(0x3707, "late.txt"))
    one = attribute(BEGIN, b"") + attribute(DATA, b"x") + attribute(PROPERTIES, more)
    assert [file.name for file in tnef.read(SIGNATURE + one).files] == ["late.txt"]


def test_names_are_in_the_code_page_of_the_container() -> None:
    raw = SIGNATURE + attribute(0x9007, struct.pack("<II", 1251, 0), 1)
    raw += attribute(BEGIN, b"") + attribute(TITLE, "отчёт.doc".encode("cp1251") + b"\x00") + attribute(DATA, b"x")
    assert tnef.read(raw).files[0].name == "отчёт.doc"


def test_an_attached_message_gives_its_text_and_its_files() -> None:
    inner = SIGNATURE + attribute(0x9003, properties(text_property(0x1000, "Inner text")), 1) + FILE
    held = data_property(0x3701, b"\x07\x03\x02\x00" + b"\x00" * 12 + inner, 0x0D)
    one = attribute(BEGIN, b"") + attribute(PROPERTIES, properties(text_property(0x3001, "Fw: it"), held))
    files = tnef.read(SIGNATURE + one).files
    assert [(file.name, file.content) for file in files] == [("Fw: it.txt", b"Inner text"), ("SHORT~1.TXT", b"content")]


def test_containers_in_containers_are_opened_a_few_times_only() -> None:
    raw = SIGNATURE + FILE
    for _ in range(30):
        held = data_property(0x3701, b"\x00" * 16 + raw, 0x0D)
        raw = SIGNATURE + attribute(BEGIN, b"") + attribute(PROPERTIES, properties(held))
    (file,) = tnef.read(raw).files
    assert file.content_type == "application/ms-tnef"


def test_the_text_is_found_in_any_of_its_forms() -> None:
    def of(*entries: bytes) -> tnef.Opened:
        return tnef.read(SIGNATURE + attribute(0x9003, properties(*entries), 1))

    assert of(text_property(0x1000, "plain")).text == "plain"
    assert of(data_property(0x1009, packed(b"{\\rtf1\\ansi hello\\par there}"))).text == "hello\nthere"
    assert of(data_property(0x1013, b"<p>html</p>\x00")).html == "<p>html</p>"


def test_what_was_read_before_the_stream_went_astray_counts() -> None:
    cut = tnef.read(SIGNATURE + FILE + attribute(BEGIN, b"") + attribute(DATA, b"x" * 100)[:-50])
    assert [file.content for file in cut.files] == [b"content", b"x" * 52]
    assert "torn" in cut.defect
    assert tnef.read(SIGNATURE + FILE + b"rubbish at the end").files == (tnef.File("SHORT~1.TXT", b"content"),)
    assert "no TNEF" in tnef.read(b"PK\x03\x04").defect


@given(st.binary(max_size=200))
def test_any_container_is_opened(data: bytes) -> None:
    tnef.read(SIGNATURE + data)
    tnef.read(SIGNATURE + attribute(BEGIN, b"") + attribute(PROPERTIES, data))
    rtf.text_of(b"{\\rtf1" + rtf.decompress(packed(data, b"LZFu"), 1_000))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Gr\'f6\'dfe\par x}", "Größe\nx"),
        (rb"{\rtf1\ansi\ansicpg932 \'83e\'83X\'83g}", "テスト"),
        (rb"{\rtf1 \u8364?\u-3913? a\~b \{x\}\\}", "€\uf0b7 a\u00a0b {x}\\"),
        (rb"{\rtf1\uc0 \u8364 5{\*\htmltag <p>}{\pict 0011}\tab\bullet z}", "€5\t•z"),
        (b"no rtf", ""),
    ],
)
def test_the_words_of_rtf_are_read(source: bytes, text: str) -> None:
    assert rtf.text_of(source) == text


def test_packed_rtf_is_unpacked() -> None:
    # The example of [MS-OXRTFCP] 3.1.
    data = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0".replace(
            " ", ""
        )
    )
    assert rtf.decompress(data, 1_000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.decompress(data, 5) == b"{\\rtf"
    assert rtf.decompress(data[:20], 1_000) == b"{\\rt"[:0] or rtf.decompress(data[:20], 1_000).startswith(b"{")
    assert rtf.decompress(b"short", 1_000) == b""


def mail(container: bytes, text: bytes = b"hello") -> bytes:
    head = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + text + b"\n--b\n"
    return head + b"Content-Type: application/ms-tnef; name=winmail.dat\n\n" + container + b"\n--b--\n"


def test_the_files_stand_for_their_container() -> None:
    assert [(file.name, file.content) for file in read(mail(SIGNATURE + FILE)).attachments] == [
        ("SHORT~1.TXT", b"content")
    ]
    assert [file.name for file in read(mail(b"PK\x03\x04")).attachments] == ["winmail.dat"]


def test_the_text_of_a_container_is_read_where_there_is_no_other() -> None:
    container = SIGNATURE + attribute(0x9003, properties(text_property(0x1000, "from Outlook")), 1)
    assert read(mail(container, b"")).text == "from Outlook"
    assert read(mail(container)).text == "hello"
