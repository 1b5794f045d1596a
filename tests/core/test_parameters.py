"""Parameters and file names are found wherever programs put them, however torn."""

from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.filenames import default_name, file_name, name_of
from mailbot.core.parameters import split


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=a b.pdf; size=3", "a b.pdf"),
        ("attachment filename=x.pdf", "x.pdf"),
        ("attachment; FILENAME = x.pdf", "x.pdf"),
        ('attachment; filename="C:\\temp\\x.doc"', "x.doc"),
        ('attachment; filename="a \\"q\\" b.txt"', 'a "q" b.txt'),
        ('attachment; filename="a "q" b.txt"; size=1', 'a "q" b.txt'),
        ('attachment; filename="unbalanced.pdf', "unbalanced.pdf"),
        ('attachment; filename="unbalanced.pdf; size=3', "unbalanced.pdf"),
        ("attachment; filename=a;b.pdf", "a;b.pdf"),
        ('attachment; filename="a;b.pdf"', "a;b.pdf"),
        ("inline; filename=it's.txt", "it's.txt"),
        ('attachment; filename="x.pdf" size=3', "x.pdf"),
        ("attachment; filename*=utf-8''%E2%82%AC%20rates.pdf", "€ rates.pdf"),
        ("attachment; filename*=iso-8859-1'en'%A3.txt", "£.txt"),
        ("attachment; filename*=%41.txt", "A.txt"),
        ('attachment; filename*0="very-"; filename*1="long.pdf"', "very-long.pdf"),
        ('attachment; filename*1="long.pdf"; filename*0="very-"', "very-long.pdf"),
        ("attachment; filename*0*=utf-8''%e2%82; filename*1*=%ac; filename*2=\" x.pdf\"", "€ x.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=UTF-8''y.pdf", "y.pdf"),
        ("attachment; filename=utf-8''%E2%82%AC.pdf", "€.pdf"),
        ("attachment; filename=%E2%82%AC.pdf", "€.pdf"),
        ("attachment; filename=100%25.pdf", "100%25.pdf"),
        ('attachment; filename="=?utf-8?B?4oKsLnBkZg==?="', "€.pdf"),
        ("attachment; filename==?utf-8?B?4oKsLnBkZg==?=", "€.pdf"),
        ('attachment; filename="=?utf-8?Q?a?=\n =?utf-8?Q?b.pdf?="', "ab.pdf"),
        ('attachment; filename*0="=?utf-8?B?4oKs"; filename*1="LnBkZg==?="', "€.pdf"),
        ('attachment; filename="<x.pdf>"', "x.pdf"),
        ("attachment;;; filename=x.pdf;", "x.pdf"),
        ("attachment; filename*x=1", ""),
        ("attachment", ""),
    ],
)
def test_a_file_name_is_read(value: str, name: str) -> None:
    kind, parameters = split(value)
    assert kind in ("attachment", "inline")
    assert name_of(parameters, {}, Message()) == name


@pytest.mark.parametrize(
    ("disposition", "content_type", "headers", "name"),
    [
        ("attachment; filename=a.pdf", "a/b; name=b.pdf", {}, "a.pdf"),
        ("attachment", "a/b; name=b.pdf", {}, "b.pdf"),
        ('attachment; filename="???.pdf"', 'a/b; name="=?utf-8?B?4oKs?=.pdf"', {}, "€.pdf"),
        ('attachment; filename="???.pdf"', "a/b", {}, "???.pdf"),
        ("attachment", "a/b; file=EXE.EXE", {}, "EXE.EXE"),
        ("attachment", "a/b", {"Content-Location": "http://x.example/p/pic.png?x=1"}, "pic.png"),
        ("attachment", "a/b", {"Content-Description": "Report.docx"}, "Report.docx"),
        ("attachment", "a/b", {"Content-Description": "The report of today"}, ""),
        ("attachment", "a/b", {"Content-Location": "cid:1.png"}, ""),
    ],
)
def test_the_best_name_counts(disposition: str, content_type: str, headers: dict[str, str], name: str) -> None:
    part = Message()
    for key, value in headers.items():
        part[key] = value
    assert name_of(split(disposition)[1], split(content_type)[1], part) == name


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/plain charset=utf-8", ("text/plain", {"charset": "utf-8"})),
        ('text/plain; charset="utf-8" name="x.txt"', ("text/plain", {"charset": "utf-8", "name": "x.txt"})),
        ("multipart/mixed; boundary=----=_x=1", ("multipart/mixed", {"boundary": "----=_x=1"})),
        ('multipart/mixed;\n\tboundary="x;y"', ("multipart/mixed", {"boundary": "x;y"})),
        ("text/plain; name=a; name=b", ("text/plain", {"name": "a"})),
        ("", ("", {})),
    ],
)
def test_other_parameters_are_read(value: str, expected: tuple[str, dict[str, str]]) -> None:
    assert split(value) == expected


def test_a_file_without_a_name_gets_one_of_its_kind() -> None:
    assert default_name("application/pdf", 0) == "attachment-1.pdf"
    assert default_name("text/x-odd", 1) == "attachment-2.txt"
    assert default_name("text/calendar", 2) == "invite.ics"
    assert default_name("x/y", 3) == "attachment-4.bin"


@given(st.text(max_size=200))
def test_any_value_has_parameters_and_any_name_is_harmless(value: str) -> None:
    split(value)
    split("a; x=" + value)
    name = file_name(value)
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith(".")
    assert "\x00" not in name
