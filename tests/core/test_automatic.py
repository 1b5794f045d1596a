"""Mail of machines is told from mail of people; becoming a ticket and being answered are two questions."""

import pytest

from mailbot.core.automatic import judge
from mailbot.core.model import Address, Automatic, Report

PERSON = "Rita@customer.example"


def judged(
    headers: dict[str, str],
    *,
    sender: str = PERSON,
    path: str | None = PERSON,
    subject: str = "Printer",
    text: str = "It is broken.",
    kind: str = "text/plain",
    report: Report | None = None,
) -> Automatic:
    values = {name.lower(): (value,) for name, value in headers.items()}
    address = Address("", sender) if sender else None
    return judge(values, from_=address, reverse_path=path, subject=subject, text=text, content_type=kind, report=report)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto-Submitted": "no"},
        {"Auto-Submitted": "No (really)"},
        {"X-Auto-Response-Suppress": "DR, RN, NRN"},
        {"Precedence": "first-class"},
        {"X-Autoreply": "no"},
    ],
)
def test_mail_of_a_person_is_a_ticket_and_is_answered(headers: dict[str, str]) -> None:
    assert judged(headers) == Automatic()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-replied (vacation)"},
        {"Auto-Submitted": "AUTO-REPLIED; owner-email=x"},
        {"X-Autoreply": "yes"},
        {"X-Autorespond": "Re: x"},
        {"Precedence": "auto_reply"},
        {"X-Apple-Action": "VACATION"},
    ],
)
def test_an_automatic_reply_is_no_ticket_and_is_not_answered(headers: dict[str, str]) -> None:
    found = judged(headers)
    assert found.is_auto_reply
    assert found.not_a_ticket
    assert found.not_answerable
    assert found.reason


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Printer",
        "Out of Office: Re: [HD-7] Printer",
        "Re: Out of office",
        "Balasan otomatis: Printer",
        "Sedang cuti",
        "Abwesenheitsnotiz: Printer",
        "Réponse automatique : Printer",
        "Respuesta automática: Printer",
    ],
)
def test_a_vacation_subject_alone_is_a_weak_sign(subject: str) -> None:
    assert not judged({}, subject=subject).is_auto_reply
    assert judged({"X-Auto-Response-Suppress": "All"}, subject=subject).is_auto_reply
    assert judged({"Auto-Submitted": "auto-generated"}, subject=subject).is_auto_reply
    assert judged({"Precedence": "bulk"}, subject=subject).is_auto_reply
    assert judged({}, subject=subject, path="").is_auto_reply
    assert judged({}, subject=subject, text="Saya sedang cuti sampai tanggal 9.").is_auto_reply


@pytest.mark.parametrize(
    ("headers", "sender", "path", "words"),
    [
        ({"Auto-Submitted": "auto-generated"}, PERSON, PERSON, "Auto-Submitted says auto-generated"),
        ({"Auto-Submitted": "auto-notified"}, PERSON, PERSON, "Auto-Submitted says auto-notified"),
        ({}, PERSON, "", "its reverse-path is null"),
        ({}, "noreply@shop.example", None, "wants no reply"),
        ({}, "no-reply@shop.example", None, "wants no reply"),
        ({}, "alerts-noreply@shop.example", None, "wants no reply"),
        ({}, "MAILER-DAEMON@mx.example", None, "a machine sent it"),
        ({}, "Postmaster@mx.example", None, "a machine sent it"),
        ({}, "owner-staff@lists.example", None, "list manager"),
        ({}, "staff-request@lists.example", None, "list manager"),
        ({}, PERSON, "staff-bounces@lists.example", "list manager"),
        ({"Precedence": "bulk"}, PERSON, PERSON, "Precedence says bulk"),
        ({"Precedence": "List"}, PERSON, PERSON, "Precedence says list"),
        ({"List-Id": "<staff.lists.example>"}, PERSON, PERSON, "list-id"),
        ({"List-Unsubscribe": "<mailto:x@lists.example>"}, PERSON, PERSON, "list-unsubscribe"),
        ({"X-Auto-Response-Suppress": "DR; OOF; AutoReply"}, PERSON, PERSON, "asks for no automatic reply"),
    ],
)
def test_mail_of_a_machine_may_be_a_ticket_but_is_never_answered(
    headers: dict[str, str], sender: str, path: str | None, words: str
) -> None:
    found = judged(headers, sender=sender, path=path)
    assert words in found.not_answerable
    assert found.reason == found.not_answerable
    assert found.not_a_ticket == ""
    assert not found.is_auto_reply


def test_a_sender_whose_name_only_contains_such_a_word_is_a_person() -> None:
    assert judged({}, sender="debounce@customer.example") == Automatic()
    assert judged({}, sender="arnoreplyson@customer.example") == Automatic()


def test_a_delivery_report_is_no_ticket() -> None:
    found = judged({}, kind="multipart/report; report-type=delivery-status", report=Report(failed=("a@example.com",)))
    assert found.not_a_ticket == "it is a delivery report"
    assert not found.is_auto_reply


def test_a_read_receipt_counts_as_an_automatic_reply() -> None:
    found = judged({}, kind="multipart/report; report-type=disposition-notification", report=Report())
    assert found.is_auto_reply
    assert found.not_a_ticket == "it is a read receipt"


def test_a_feedback_report_is_no_ticket() -> None:
    assert judged({}, kind="multipart/report; report-type=feedback-report").not_a_ticket == "it is a feedback report"
