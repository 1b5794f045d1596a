"""Guessing the language of a mail."""

import pytest

from mailbot.core.language import guess, is_sure


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


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Hello, my printer is broken, please help", True),
        ("Hello, the printer does not work since this morning. Please help!", True),
        ("Selamat pagi, printer di lantai 2 tidak bisa mencetak. Mohon bantuannya.", True),
        ("wifi gak bisa konek pak, tolong", True),
        ("Printer macet", False),
        ("please help", False),
        ("Error 0x80070005: cannot open file. Please contact your administrator.", False),
        ("Mohon bantuannya, muncul: The server is not available, please try again", False),
        ("Laptop HP 14", False),
        ("", False),
    ],
)
def test_only_what_people_plainly_write_themselves_is_sure(text: str, sure: bool) -> None:
    assert is_sure(text) is sure
