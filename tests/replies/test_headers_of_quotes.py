"""The header blocks and separators above quoted and forwarded mail, program by program and language by language."""

import pytest
from replies.samples import Sample, lines, samples

from mailbot.core.quoting import split

NEW = "Masih macet.\nTolong dicek lagi."
OLD = "old one\n\ntwo."
HEADERS = samples("headers.txt")
each_header = pytest.mark.parametrize("header", HEADERS, ids=[sample.name for sample in HEADERS])


@each_header
def test_what_stands_below_a_header_is_quoted(header: Sample) -> None:
    for block in (header.text, header.text.replace("\n", "\n ")):
        found = split(f"{NEW}\n\n{block}\n\n{OLD}\n")
        assert found.new_text == NEW
        assert "old one" in found.quoted


@each_header
def test_a_mail_that_begins_with_a_header_is_the_message(header: Sample) -> None:
    # What a phone writes above it is something that it answers.
    if not header.text.startswith("Sent from"):
        assert "old one" in split(f"{header.text}\n\n{OLD}\n").new_text


@each_header
def test_the_subject_tells_that_a_mail_is_forwarded(header: Sample) -> None:
    assert "old one" in split(f"{NEW}\n\n{header.text}\n\n{OLD}\n", forwarded=True).new_text


@pytest.mark.parametrize("marker", lines("markers.txt"))
def test_what_stands_below_the_line_of_a_helpdesk_is_quoted(marker: str) -> None:
    found = split(f"{NEW}\n\n{marker}\n\n{OLD}\n")
    assert found.new_text == NEW
    assert marker in found.quoted


@pytest.mark.parametrize("separator", lines("separators.txt"))
def test_what_stands_below_a_separator_is_quoted(separator: str) -> None:
    assert split(f"{NEW}\n\n{separator}\n\n{OLD}\n").new_text == NEW
    assert split(f"{NEW}\n{separator}\nFrom: x\n{OLD}\n").new_text == NEW


@pytest.mark.parametrize("separator", lines("forwards.txt"))
@pytest.mark.parametrize("note", ["", "Please see below.\nIt came today.\n\n"])
def test_a_forwarded_mail_is_the_message(separator: str, note: str) -> None:
    header = "From: x <x@example.com>\nDate: Mon, 3 Nov 2025 10:00\nSubject: s\nTo: y"
    text = f"{note}{separator}\n{header}\n\nthe error\n--\nX"
    found = split(text)
    assert found.new_text == text
    assert found.quoted == ""
    assert found.signature == ""
