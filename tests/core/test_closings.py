"""What of a signature is written by hand: the closing formula with the name, which goes on with the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.quoting import split
from mailbot.core.signatures import closing_of

NEW = "Please open tray 3."
CLOSINGS = {
    "Regards,\nDewi": "Regards,\nDewi",
    "Regards,\n\nDewi": "Regards,\n\nDewi",
    "regards\ndewi": "regards\ndewi",
    "Thanks,\nDewi": "Thanks,\nDewi",
    "Cheers": "Cheers",
    "Terima kasih,\nDewi": "Terima kasih,\nDewi",
    "Hormat kami,\nTim TI": "Hormat kami,\nTim TI",
    "Mit freundlichen Grüßen\ni.A. Dewi Lestari": "Mit freundlichen Grüßen\ni.A. Dewi Lestari",
    "-Dewi": "-Dewi",
    "Dewi\nSent from my iPhone": "Dewi",
    "Salam,\nDewi\n\nDikirim dari iPhone saya": "Salam,\nDewi",
    "Best regards,\nDewi\n-- \nDewi Lestari\nIT Support": "Best regards,\nDewi",
    "-- \nBest regards,\nDewi Lestari\n+62 812 345 678": "Best regards,\nDewi Lestari",
    "Regards,\nDewi Lestari\nTel. +62 812 345 678\nhttps://example.com": "Regards,\nDewi Lestari",
    "Regards,\nDewi\n\nThis email and any attachments are confidential.": "Regards,\nDewi",
    "-- \nDewi Lestari\nIT Support": "",
    "Dewi Lestari\ndewi@example.com\n+62 812 345 678": "",
    "Sent from my iPhone": "",
    "This email and any attachments are confidential.": "",
}


@pytest.mark.parametrize("signature", CLOSINGS)
def test_the_closing_formula_with_the_name_is_all_that_is_kept(signature: str) -> None:
    found = split(f"{NEW}\n\n{signature}\n\nOn 3 Nov 2025 at 10:00, R <r@example.com> wrote:\n> old\n")

    assert found.new_text == NEW
    assert closing_of(found.signature) == CLOSINGS[signature]


def test_the_warning_of_a_gateway_is_no_closing() -> None:
    banner = "CAUTION: This email originated from outside of the organization. Do not click links."
    found = split(f"{banner}\n\n{NEW}\n\nRegards,\nDewi")

    assert banner in found.signature
    assert closing_of(found.signature) == "Regards,\nDewi"
    assert closing_of(split(f"{banner}\n\n{NEW}").signature) == ""


def test_a_closing_has_four_lines_at_most() -> None:
    assert closing_of("Regards,\n" + "Dewi\n" * 9).count("\n") == 3


@given(st.text(alphabet="-Rregards,\nDewi.+62@", max_size=120))
def test_a_closing_is_always_a_part_of_the_signature(signature: str) -> None:
    closing = closing_of(signature)

    assert closing in "\n".join(line.rstrip() for line in signature.split("\n"))
    assert sum(bool(line.strip()) for line in closing.split("\n")) <= 4
