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
        ("", ""),
        ("12345 ???", ""),
        ("Der Drucker druckt nicht", ""),
    ],
)
def test_the_language_is_the_one_that_clearly_leads(text: str, language: str) -> None:
    assert guess(text) == language
