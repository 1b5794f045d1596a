"""Delivery reports: who failed, who is late, and which mail it was."""

import email
from email.message import Message
from pathlib import Path

import pytest

from mailbot.core import headers
from mailbot.core.limits import Limits
from mailbot.core.mail import read
from mailbot.core.model import Report

MAILS = Path(__file__).parents[1] / "mails"
DAEMON = b"From: Mail Delivery <MAILER-DAEMON@mx.example>\nTo: support@helpdesk.example\n"


def report_of(raw: bytes) -> Report | None:
    return read(raw).report


def test_the_standard_form_names_failed_and_delayed_recipients() -> None:
    report = report_of((MAILS / "dsn_failed.eml").read_bytes())
    assert report == Report(
        failed=("nobody@customer.example",),
        delayed=("slow@customer.example",),
        status="5.1.1",
        diagnostic="550 5.1.1 <nobody@customer.example>: user unknown",
        original_message_id="<ours@helpdesk.example>",
    )


def test_a_read_receipt_is_a_report_about_nobody() -> None:
    assert report_of((MAILS / "read_receipt.eml").read_bytes()) == Report()


def status_report(block: str, returned: str = "") -> bytes:
    return (
        "From: x@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n"
        f"text\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n{block}\n{returned}--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("block", "failed", "delayed"),
    [
        ("Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.0.0\n", ("a@example.com",), ()),
        ("Final-Recipient: RFC822;<A@example.com>\nAction: FAILED (gone)\n", ("a@example.com",), ()),
        ("Final-Recipient: a@example.com\nStatus: 5.2.2\n", ("a@example.com",), ()),
        ("Final-Recipient: rfc822; a@example.com\nStatus: 4.2.2\n", (), ("a@example.com",)),
        ("Final-Recipient: rfc822; a@example.com\nAction: delayed\nStatus: 4.0.0\n", (), ("a@example.com",)),
        ("Final-Recipient: rfc822; a@example.com\nAction: relayed\nStatus: 2.0.0\n", (), ()),
        ("Final-Recipient: x400; c=de\nAction: failed\n", (), ()),
        (
            "Original-Recipient: rfc822; alias@example.com\nFinal-Recipient: rfc822; a@example.com\nAction: failed\n",
            ("alias@example.com",),
            (),
        ),
    ],
)
def test_each_recipient_is_read_by_its_action(block: str, failed: tuple[str, ...], delayed: tuple[str, ...]) -> None:
    report = report_of(status_report(block))
    assert report is not None
    assert (report.failed, report.delayed) == (failed, delayed)


@pytest.mark.parametrize(
    "returned",
    [
        "--b\nContent-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID: <o@example.com>\n",
        "--b\nContent-Type: message/rfc822\n\nSubject: x\nMessage-Id: <o@example.com>\n\nbody\n",
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID:\n <o@example.com>\n",
    ],
)
def test_the_returned_mail_is_known_by_its_message_id(returned: str) -> None:
    block = "Final-Recipient: rfc822; a@example.com\nAction: failed\n"
    report = report_of(status_report(block, returned))
    assert report is not None
    assert report.original_message_id == "<o@example.com>"


def test_a_feedback_report_names_nobody_who_failed() -> None:
    raw = (
        b"From: fbl@isp.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        b"--b\n\ncomplaint\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n"
        b"--b\nContent-Type: message/rfc822\n\nMessage-ID: <o@example.com>\n\nx\n--b--\n"
    )
    assert report_of(raw) == Report(original_message_id="<o@example.com>")


def test_the_header_of_exim_and_gmail_counts() -> None:
    raw = DAEMON + b"X-Failed-Recipients: A@example.com, b@example.com\nSubject: Mail delivery failed\n\nSorry.\n"
    report = report_of(raw)
    assert report is not None
    assert report.failed == ("a@example.com", "b@example.com")


@pytest.mark.parametrize(
    ("text", "failed", "delayed"),
    [
        (b"There was an error delivering your mail to <a@example.com>.\n", ("a@example.com",), ()),
        (b"The message could not be delivered:\n\n<a@example.com>: user unknown\n", ("a@example.com",), ()),
        (b"Pesan Anda tidak dapat dikirim kepada a@example.com\n", ("a@example.com",), ()),
        (b"Your message to a@example.com is delayed; we will keep trying.\n", (), ("a@example.com",)),
    ],
)
def test_a_report_in_words_is_understood(text: bytes, failed: tuple[str, ...], delayed: tuple[str, ...]) -> None:
    report = report_of(DAEMON + b"Subject: notice\n\n" + text + b"\nReceived: from x\nTo: other@example.com\n")
    assert report is not None
    assert (report.failed, report.delayed) == (failed, delayed)


@pytest.mark.parametrize(
    "raw",
    [
        b"From: Rita <rita@customer.example>\nSubject: failed\n\nMy mail to a@example.com could not be delivered.\n",
        DAEMON + b"Subject: hello\n\nNothing happened to a@example.com\n",
    ],
)
def test_other_mail_is_no_report(raw: bytes) -> None:
    assert report_of(raw) is None


def test_torn_reports_never_raise() -> None:
    raw = DAEMON + b'Content-Type: message/delivery-status; charset="\x00"\n\nFinal-Recipient: \xff\xfe\n\xe9\n\n'
    report_of(raw)
    message: Message = email.message_from_bytes(raw)
    assert headers.collect(message, Limits())


def test_a_person_who_passes_a_report_on_did_not_send_one() -> None:
    raw = (
        b"From: Rita <rita@customer.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is this?\n--b\n"
        b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@example.com\nAction: failed\n\n--b--\n"
    )
    assert report_of(raw) is None
