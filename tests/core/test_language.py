"""Guessing the language of a mail."""

import pytest

from mailbot.core.language import guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, the printer does not work since this morning. Please help!", "en"),
        ("Selamat pagi, printer di lantai 2 tidak bisa mencetak. Mohon bantuannya.", "id"),
        ("wifi gak bisa konek pak, tolong", "id"),
        ("I cannot log in, my password has expired", "en"),
        ("Min, wifi ruang meeting lemot bgt, zoom putus2 terus. mohon dicek asap ya", "id"),
        ("min printer lantai 1 macet lagi", "id"),
        ("laptop saya mati", "id"),
        ("belum kak, masih lemot", "id"),
        ("Printer macet", "id"),
        ("Printer jam again on floor 2, please check", "en"),
        ("Meeting room projector is dead", ""),
        ("", ""),
        ("12345 ???", ""),
        ("Der Drucker druckt nicht", ""),
    ],
)
def test_the_language_is_the_one_that_clearly_leads(text: str, language: str) -> None:
    assert guess(text) == language
