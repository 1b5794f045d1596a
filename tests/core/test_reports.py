"""Delivery reports: who failed, who is late, and which mail it was."""

import base64
import email
import json
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import headers
from mailbot.core.limits import Limits
from mailbot.core.mail import read
from mailbot.core.model import Report, ReportKind

MAILS = Path(__file__).parents[1] / "mails"
KINDS = ("text/plain", "multipart/report; boundary=b", "message/delivery-status", "message/disposition-notification")
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
        smtp_code="550",
        delivered=("fine@customer.example",),
    )


def test_a_read_receipt_is_a_report_about_nobody() -> None:
    report = report_of((MAILS / "read_receipt.eml").read_bytes())
    assert report == Report(kind=ReportKind.RECEIPT, original_message_id="<ours@helpdesk.example>")


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
        ("Final-Recipient: LOCAL;<a@example.com>\nAction: failure\n", ("a@example.com",), ()),
        ("Final-Recipient: rfc822;a@example.com (Alice)\nAction: hard-bounce\n", ("a@example.com",), ()),
        ("Final-Recipient: RFC822; rfc822; a@example.com\nAction: undeliverable\n", ("a@example.com",), ()),
        ("Final-Recipient: rfc822; Alice <a@example.com>\nAction: expired\n", ("a@example.com",), ()),
        ("Final-Recipient: rfc822; a@example.com\nStatus: (unknown) 5.1.1\n", ("a@example.com",), ()),
        ("Final-Recipient: rfc822; a@example.com\nDiagnostic-Code: smtp; 550 no\n", ("a@example.com",), ()),
        ("Final-Recipient: rfc822; a@example.com\n", ("a@example.com",), ()),
        (
            "Final-Recipient: rfc822; a@example.com\nWill-Retry-Until: Thu, 1 Jan 2026 10:00:00 +0000\n",
            (),
            ("a@example.com",),
        ),
        ("Final-Recipient: rfc822; a@example.com\nAction: deferred\nStatus: 5.0.0\n", (), ("a@example.com",)),
        ("Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 4.4.7 (expired)\n", ("a@example.com",), ()),
        ("Final-Recipient: rfc822; a@example.com\nAction: delivered (to mailbox)\n", (), ()),
        ("Final-Recipient: rfc822; a@example.com\nAction: expanded\nStatus: 2.0.0\n", (), ()),
        ("Final-Recipient: utf-8; \\x{43F}@example.com\nAction: failed\n", ("п@example.com",), ()),
        ("X-Actual-Recipient: rfc822; a@example.com\nAction: failed\n", ("a@example.com",), ()),
        (
            "Final-Recipient: rfc822; local\nX-Actual-Recipient: rfc822; a@example.com\nAction: failed\n",
            ("a@example.com",),
            (),
        ),
        (  # The blank line between the blocks is lost.
            "Final-Recipient: a@example.com\nAction: failed\nFinal-Recipient: b@example.com\nAction: delayed\n",
            ("a@example.com",),
            ("b@example.com",),
        ),
        (  # There is one between all lines.
            "Final-Recipient: rfc822; a@example.com\n\nAction: failed\n\nStatus: 5.1.1\n",
            ("a@example.com",),
            (),
        ),
        (  # The order of the fields is free.
            "Action: failed\nOriginal-Recipient: rfc822;a@example.com\nFinal-Recipient: rfc822;x@b.example\n",
            ("a@example.com",),
            (),
        ),
        (  # First it was late, then it failed.
            "Final-Recipient: a@example.com\nAction: delayed\n\nFinal-Recipient: a@example.com\nAction: failed\n",
            ("a@example.com",),
            (),
        ),
        (  # Whatever the order.
            "Final-Recipient: a@example.com\nAction: failed\n\nFinal-Recipient: a@example.com\nAction: delayed\n",
            ("a@example.com",),
            (),
        ),
        (
            "Original-Recipient: rfc822; a@example.com\nFinal-Recipient: rfc822; x@b.example\nAction: delayed\n",
            (),
            ("a@example.com", "x@b.example"),
        ),
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
        "--b\nContent-Type: text/rfc822-headers\n\nResent-Message-ID: <r@example.com>\nMESSAGE-ID: <o@example.com>\n",
        "--b\nContent-Type: text/plain\n\nYour original message:\n\nTo: a@example.com\nMessage-Id: <o@example.com>\n",
        "--b\nContent-Type: message/rfc822\n\n\nSubject: x\nMessage-Id: <o@example.com>\n\nbody\n",
        "--b\nContent-Type: text/rfc822\nContent-Transfer-Encoding: base64\n\nTWVzc2FnZS1JRDo8b0BleGFtcGxlLmNvbT4=\n",
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
    assert report_of(raw) == Report(kind=ReportKind.FEEDBACK, original_message_id="<o@example.com>")


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


STATUS = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.2.2\n"
ENCODED = base64.encodebytes(STATUS.encode()).decode()


@pytest.mark.parametrize(
    "part",
    [
        f"Content-Type: message/delivery-status\n\n{STATUS}",
        f"Content-Type: message/DELIVERY-STATUS; name=x.txt\nContent-Disposition: attachment\n\n{STATUS}",
        f"Content-Type: text/plain; name=details.txt\n\n{STATUS}",
        f"Content-Type: text/plain\n\n{STATUS}",
        f"Content-Type: application/octet-stream; name=ATT00001\n\n{STATUS}",
        f"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n{ENCODED}",
        f"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n{ENCODED}",
        f"Content-Type: message/global-delivery-status\n\n{STATUS}",
        f"Content-Type: text/plain\n\n> {STATUS.replace(chr(10), chr(10) + '> ')}",
        f"Content-Type: message/delivery-status\n{STATUS.partition(chr(10) * 2)[2]}",
    ],
)
@pytest.mark.parametrize(
    "kind", ["multipart/report; report-type=delivery-status", "multipart/mixed", "multipart/report"]
)
def test_the_fields_are_read_whatever_type_they_were_given(part: str, kind: str) -> None:
    raw = (
        f"From: MAILER-DAEMON@mx.example\nTo: desk@helpdesk.example\nContent-Type: {kind}; boundary=b\n\n"
        f"--b\n\nSorry.\n--b\n{part}\n--b--\n"
    )
    report = report_of(raw.encode())
    assert report is not None
    assert report.failed == ("a@example.com",)
    if STATUS in part:
        assert report.status == "5.2.2"


def test_a_report_whose_boundaries_are_broken_is_read_in_its_text() -> None:
    raw = (
        DAEMON
        + (
            "Content-Type: multipart/report; report-type=x; boundary=b\n\n --b\n\nAsk x@mx.example\n --b\n"
            f"Content-Type: message/delivery-status\n\n{STATUS}\n --b--\n"
        ).encode()
    )
    report = report_of(raw)
    assert report is not None
    assert report.failed == ("a@example.com",)


def test_a_mail_that_arrived_failed_for_nobody() -> None:
    report = report_of(status_report("Final-Recipient: rfc822; a@example.com\nAction: delivered\nStatus: 2.0.0\n"))
    assert report == Report(delivered=("a@example.com",))


def test_several_recipients_stand_in_a_folded_header_or_in_several() -> None:
    head = b"X-Failed-Recipients: a@example.com,\n b@example.com\nX-Failed-Recipients: c@example.com\n"
    report = report_of(DAEMON + head + b"Subject: Mail delivery failed\n\nSorry: 550 5.1.1 unknown\n")
    assert report is not None
    assert report.failed == ("a@example.com", "b@example.com", "c@example.com")


def test_the_header_counts_whoever_sent_it() -> None:
    report = report_of(b"From: x@mx.example\nX-Failed-Recipients: <A@example.com>\nSubject: hello\n\nSorry.\n")
    assert report is not None
    assert report.failed == ("a@example.com",)


def test_a_warning_with_the_header_of_exim_is_a_delay() -> None:
    text = b"Subject: Warning: message 1AbC delayed 24 hours\n\nNo action is required on your part.\n"
    report = report_of(DAEMON + b"X-Failed-Recipients: a@example.com\n" + text)
    assert report is not None
    assert (report.failed, report.delayed) == ((), ("a@example.com",))


def test_status_code_and_reason_come_from_the_text_where_no_field_holds_them() -> None:
    text = "The following address(es) failed:\n\n  a@example.com\n    host mx [192.0.2.5]: 552 5.2.2 mailbox full\n"
    for head in (b"", b"X-Failed-Recipients: a@example.com\n"):
        report = report_of(DAEMON + head + b"Subject: Mail delivery failed\n\n" + text.encode())
        assert report is not None
        assert (report.status, report.smtp_code) == ("5.2.2", "552")
        assert "mailbox full" in report.diagnostic


def test_a_filter_that_refuses_in_the_form_of_a_read_receipt_is_a_failure() -> None:
    raw = (
        "From: x@mx.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        "--b\n\nYour message to <a@example.com> was automatically rejected:\nQuota exceeded\n--b\n"
        "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@example.com\n"
        "Original-Message-ID: <o@example.com>\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--b--\n"
    )
    report = report_of(raw.encode())
    assert report is not None
    assert (report.kind, report.failed, report.original_message_id) == (
        ReportKind.DELIVERY, ("a@example.com",), "<o@example.com>",
    )  # fmt: skip
    read = report_of(raw.replace("was automatically rejected:\nQuota exceeded", "was displayed").encode())
    assert read is not None
    assert (read.kind, read.failed) == (ReportKind.RECEIPT, ())


@pytest.mark.parametrize(
    "bottom", [b"", b"\n--\nIf you wish to stop receiving notifications, visit https://sns.example\n"]
)
def test_the_notifications_of_a_mail_service_in_json_are_reports(bottom: bytes) -> None:
    bounce = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [
                {
                    "emailAddress": "a@example.com",
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 no",
                }
            ],
        },
        "mail": {"commonHeaders": {"messageId": "<o@example.com>"}},
    }
    for document in (bounce, {"Type": "Notification", "Message": json.dumps(bounce)}):
        head = b"From: AWS <no-reply@sns.amazonaws.com>\nTo: desk@helpdesk.example\nSubject: AWS Notification\n\n"
        report = report_of(head + json.dumps(document).encode() + bottom)
        assert report is not None
        assert (report.failed, report.status, report.original_message_id) == (
            ("a@example.com",), "5.1.1", "<o@example.com>",
        )  # fmt: skip
    other = head.replace(b"sns.amazonaws.com", b"customer.example") + json.dumps(bounce).encode()
    assert report_of(other) is None


@given(st.text(alphabet='RCPT TO:<>@.\nabc-=55 undeliverable faild{}\\"', max_size=400), st.sampled_from(list(KINDS)))
def test_no_text_raises(text: str, kind: str) -> None:
    head = (
        f"Content-Type: {kind}\nX-Failed-Recipients: {text[:40].replace(chr(10), ' ')}\n\n--b\nContent-Type: {kind}\n\n"
    )
    report_of(DAEMON + (head + STATUS + text).encode())


@pytest.mark.parametrize(
    "shape", ["a@example.com ", "<a@", "Final-Recipient: rfc822; a@example.com\n", "=" * 9 + "\n", "x" * 50 + "@", "*"]
)
def test_a_long_hostile_report_is_read_in_bounded_work(shape: str) -> None:
    report = report_of(DAEMON + b"Subject: failure notice\n\n" + (shape * (200_000 // len(shape))).encode())
    assert report is None or len(report.failed) <= 100
