"""Answers between quoted lines and below them, in plain text and in the HTML of the mail programs."""

import pytest
from replies.samples import Sample, samples

from mailbot.core.html import read_html
from mailbot.core.quoting import split

LIMIT = 512 * 1024
PLAIN = samples("inline.txt")
PAGES = samples("pages.txt")


@pytest.mark.parametrize("mail", PLAIN, ids=[sample.name for sample in PLAIN])
def test_answers_stay_and_quotes_go(mail: Sample) -> None:
    found = split(mail.text)
    assert found.new_text == mail.new
    parts = f"{found.new_text} {found.quoted} {found.signature}"
    assert sorted(parts.split()) == sorted(mail.text.split())


@pytest.mark.parametrize("page", PAGES, ids=[sample.name for sample in PAGES])
def test_the_html_of_mail_programs_is_split(page: Sample) -> None:
    source = f"<html><head><meta charset=utf-8></head>{page.text}</html>"
    assert split(read_html(source, LIMIT).new_text).new_text == page.new


@pytest.mark.parametrize("program", ["Outlook desktop", "Outlook on the web", "Outlook mobile", "Samsung"])
def test_the_subject_tells_that_the_html_of_outlook_is_forwarded(program: str) -> None:
    page = next(sample for sample in PAGES if sample.name.endswith(f" {program}"))
    assert split(read_html(page.text, LIMIT).new_text, forwarded=True).new_text.endswith("old")
