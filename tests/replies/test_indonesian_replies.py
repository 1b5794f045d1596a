"""Replies as Indonesian people send them, from the programs they use, in Indonesian and in English."""

import pytest
from replies.samples import Sample, filled, samples

from mailbot.core.html import read_html
from mailbot.core.mail import read
from mailbot.core.quoting import split

REPLIES = samples("indonesian.txt")
PAGES = samples("indonesian_pages.txt")


@pytest.mark.parametrize("reply", REPLIES, ids=[sample.name for sample in REPLIES])
def test_a_reply_from_indonesia_is_split(reply: Sample) -> None:
    found = split(reply.text)
    assert found.new_text == reply.new
    assert filled(f"{found.new_text}\n{found.quoted}\n{found.signature}") == filled(reply.text)


@pytest.mark.parametrize("page", PAGES, ids=[sample.name for sample in PAGES])
def test_an_html_reply_from_indonesia_is_split(page: Sample) -> None:
    assert split(read_html(page.text, 512 * 1024).new_text).new_text == page.new


@pytest.mark.parametrize("mail", samples("indonesian_automatic.txt"), ids=lambda mail: str(mail.name))
def test_an_automatic_reply_from_indonesia_is_known(mail: Sample) -> None:
    found = read(f"From: Siti <siti@contoh.co.id>\nTo: support@example.com\n{mail.text}\n".encode())
    assert found.automatic.is_auto_reply
    assert found.automatic.not_a_ticket


@pytest.mark.parametrize(
    "subject", ["Cuti Budi: mohon akses email", "Otomatis ke folder lain", "Printer di luar kantor cabang"]
)
def test_a_request_from_indonesia_is_no_automatic_reply(subject: str) -> None:
    raw = f"From: Siti <siti@contoh.co.id>\nTo: s@example.com\nSubject: {subject}\n\nMohon dibantu untuk printer."
    assert not read(raw.encode()).automatic.is_auto_reply
