"""What stands below a text: lines of phones, names behind dashes, closing formulas, notices; and what is none."""

import pytest
from replies.samples import Sample, lines, samples

from mailbot.core.quoting import split

NEW = "Masih macet.\nTolong dicek lagi."
QUOTE = "On 3 Nov 2025 at 10:00, R <r@example.com> wrote:\n> old"
SIGNATURES = samples("signatures.txt")
TEXTS = samples("texts.txt")


@pytest.mark.parametrize("line", lines("devices.txt"))
def test_the_line_of_a_phone_is_no_text(line: str) -> None:
    found = split(f"{NEW}\n\n{line}")
    assert found.new_text == NEW
    assert found.signature == line
    assert split(f"{NEW}\n\n{line}\n\n{QUOTE}\n").new_text == NEW


@pytest.mark.parametrize("block", SIGNATURES, ids=[sample.name for sample in SIGNATURES])
def test_a_signature_is_no_text(block: Sample) -> None:
    for mail in (f"{NEW}\n\n{block.text}\n", f"{NEW}\n\n{block.text}\n\n{QUOTE}"):
        found = split(mail)
        assert found.new_text == NEW
        assert found.signature == "\n".join(line.rstrip() for line in block.text.split("\n"))


@pytest.mark.parametrize("text", TEXTS, ids=[sample.name for sample in TEXTS])
def test_text_is_not_taken_for_a_signature_or_a_quote(text: Sample) -> None:
    assert split(text.text).new_text == "\n".join(line.rstrip() for line in text.text.split("\n"))


def test_several_signatures_below_each_other_are_no_text() -> None:
    notice = "This email and any attachments are confidential."
    text = f"{NEW}\n\nSalam,\nBudi\n\nDikirim dari iPhone saya\n\n{notice}\n\n{'_' * 40}\nlist"
    assert split(text).new_text == NEW


def test_a_signature_between_the_answer_and_the_quote_is_no_text() -> None:
    found = split(f"{NEW}\n\nRegards,\nRita\n\n-- \nACME\n\n{QUOTE}\n\n{'_' * 40}\nlist\n")
    assert found.new_text == NEW
    assert "ACME" in found.signature


def test_a_notice_far_above_the_end_is_text() -> None:
    text = "Confidential: it prints pages of others.\n\nIt began today.\n\n" + "Text.\n" * 20 + "End."
    assert split(text).new_text == text


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Öffnen Sie keine Anhänge.",
        "Uwaga: ta wiadomość pochodzi spoza organizacji (nadawca zewnętrzny).",
        "ВНИМАНИЕ! Это письмо от внешнего отправителя.",
        "ATENÇÃO: Este e-mail é de um remetente externo.",
        "注意：このメールは外部から届きました。",
        "[EXTERNAL EMAIL] DO NOT CLICK links or attachments unless you know the sender.",
        "You don't often get email from rita@example.com. Learn why this is important",
        "PERHATIAN: Email ini berasal dari luar organisasi.",
        "This Message originated outside your organization.",
        "ACHTUNG: Externe E-Mail",
    ],
)
def test_the_warning_of_a_gateway_is_no_text(banner: str) -> None:
    found = split(f"{banner}\n\n#close\nDone.")
    assert found.new_text == "#close\nDone."
    assert banner in found.signature
    assert split(banner).new_text == banner


@pytest.mark.parametrize("block", samples("below.txt"), ids=lambda block: str(block.name))
def test_nothing_below_the_text_is_new(block: Sample) -> None:
    assert split(f"{NEW}\n\n{block.text}").new_text == NEW


def test_a_name_above_a_marked_signature_was_written_by_hand_and_is_text() -> None:
    marked = split("It works now, thank you.\n\n-Rita\n\n__\nRita Doe\nrita@example.com")
    assert (marked.new_text, marked.signature.split("\n")[0]) == ("It works now, thank you.\n\n-Rita", "__")
    footer = split(f"It works now, thank you.\n\n-Rita\n\n{'_' * 47}\nthe list\nlist@example.com")
    assert footer.new_text == "It works now, thank you."
