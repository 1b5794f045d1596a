"""Reports about our own mail: what is recorded, who hears of it, and what a forged one cannot do."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.adapters import store
from mailbot.adapters.tables import Contact, OutboxMail

RITA = "rita@client.example"
FORGED = "<1001.r.1rk.aaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaa@example.com>"
HEAD = (
    "From: {sender}\r\nTo: support@example.com\r\nSubject: {subject}\r\nReturn-Path: <>\r\n{more}"
    "Date: Tue, 4 Aug 2026 10:00:00 +0700\r\nMessage-ID: <{subject}.{number}@mx.example>\r\nMIME-Version: 1.0\r\n"
)


def head(subject: str, *, sender: str = "MAILER-DAEMON@mx.example", more: str = "") -> str:
    head.number += 1  # type: ignore[attr-defined]
    return HEAD.format(sender=sender, subject=subject, more=more, number=head.number)  # type: ignore[attr-defined]


head.number = 0  # type: ignore[attr-defined]


def original(message_id: str) -> str:
    return f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n"


def delivery(
    of: EmailMessage,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 no such person",
    recipient: str = "",
    message_id: str = "",
) -> bytes:
    return (
        head("Report") + 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is what became of your mail.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient or of['To']}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {said}\r\n\r\n{original(message_id or str(of['Message-ID']))}"
    ).encode()


def receipt(of: EmailMessage, message_id: str = "") -> bytes:
    return (
        head("Read", sender=RITA) + "Content-Type: multipart/report; report-type=disposition-notification;"
        ' boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYour message was displayed.\r\n'
        f"--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; {of['To']}\r\n"
        f"Original-Message-ID: {message_id or of['Message-ID']}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    ).encode()


def complaint(of: EmailMessage, message_id: str = "") -> bytes:
    return (
        head("Abuse", sender="feedback@isp.example")
        + 'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\n"
        f"\r\n{original(message_id or str(of['Message-ID']))}"
    ).encode()


def failed_header(of: EmailMessage, message_id: str = "") -> bytes:
    return (
        head("Report", more=f"X-Failed-Recipients: {of['To']}\r\nIn-Reply-To: {message_id or of['Message-ID']}\r\n")
        + "Content-Type: text/plain\r\n\r\nA message could not be delivered: no such person.\r\n"
    ).encode()


def contact(desk: Helpdesk, address: str) -> Contact:
    with desk.database.unit_of_work(write=False) as session:
        return store.contact(session, address) or Contact(address=address)


def reasons(desk: Helpdesk, kind: str) -> list[str]:
    return [event.reason for event in desk.events() if event.kind == kind]


def bounced(desk: Helpdesk) -> list[str]:
    with desk.database.unit_of_work(write=False) as session:
        return list(session.scalars(select(col(OutboxMail.recipient)).where(col(OutboxMail.bounced_at).is_not(None))))


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def test_a_hard_bounce_marks_the_address_and_the_technician_hears_of_it(ticket: Helpdesk) -> None:
    found = ticket.receive(delivery(ticket.rita.last))

    assert (found.disposition, found.ticket) == ("bounce_recorded", 1001)
    assert "could not be delivered: " in found.reason
    assert contact(ticket, RITA).undeliverable_at == ticket.now
    assert len(ticket.notices(ticket.technician_of().address, "undeliverable")) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.2.2", "smtp; 552 5.2.2 mailbox full"),
        ("5.4.7", "smtp; 421 4.4.1 connection timed out; message expired"),
        ("5.3.4", "smtp; 552 5.3.4 message too large"),
        ("5.7.1", "smtp; 550 5.7.1 blocked by policy"),
    ],
)
def test_a_mail_that_did_not_pass_is_told_but_says_nothing_of_the_address(
    ticket: Helpdesk, status: str, said: str
) -> None:
    ticket.receive(delivery(ticket.rita.last, status=status, said=said))

    assert contact(ticket, RITA).undeliverable_at is None
    assert bounced(ticket) == [RITA]
    assert len(ticket.notices(ticket.technician_of().address, "undeliverable")) == 1


def test_the_failure_of_an_address_to_which_somebody_passes_his_mail_on_is_not_his(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "Please open tray 3.")

    ticket.receive(delivery(ticket.rita.last, recipient="rita@elsewhere.example"))

    assert contact(ticket, RITA).undeliverable_at is None
    assert contact(ticket, "rita@elsewhere.example").undeliverable_at is None
    assert ticket.ticket().first_response_at is not None
    assert "another address" in reasons(ticket, "bounced")[0]
    assert len(ticket.notices(technician.address, "undeliverable")) == 1


def test_a_delay_leaves_an_event_and_nothing_more(ticket: Helpdesk) -> None:
    count = len(ticket.courier.sent)

    found = ticket.receive(delivery(ticket.rita.last, action="delayed", status="4.4.1", said="smtp; 421 busy"))

    assert found.ticket == 1001
    assert reasons(ticket, "reported") == [found.reason]
    assert "the acknowledgement to rita@client.example is delayed: " in found.reason
    assert (reasons(ticket, "bounced"), bounced(ticket), len(ticket.courier.sent)) == ([], [], count)
    assert contact(ticket, RITA).undeliverable_at is None


def test_a_report_of_success_is_recorded_as_one(ticket: Helpdesk) -> None:
    found = ticket.receive(delivery(ticket.rita.last, action="delivered", status="2.0.0", said="smtp; 250 ok"))

    assert (found.disposition, found.ticket) == ("bounce_recorded", 1001)
    assert found.reason == "the acknowledgement to rita@client.example has arrived"
    assert reasons(ticket, "reported") == [found.reason]
    assert (reasons(ticket, "bounced"), bounced(ticket)) == ([], [])


def test_a_report_that_says_nothing_is_not_called_a_delay(ticket: Helpdesk) -> None:
    raw = delivery(ticket.rita.last).replace(b"Action: failed", b"X: y").replace(b"Final-Recipient", b"X-Nobody")
    raw = raw.replace(b"Status: 5.1.1\r\n", b"").replace(b"Diagnostic-Code: smtp; 550 5.1.1 no such person\r\n", b"")

    found = ticket.receive(raw)

    assert found.disposition == "bounce_recorded"
    assert "says of nobody what became of it" in found.reason
    assert bounced(ticket) == []


def test_a_read_receipt_is_recorded_on_the_ticket(ticket: Helpdesk) -> None:
    count = len(ticket.courier.sent)

    found = ticket.receive(receipt(ticket.rita.last))

    assert (found.disposition, found.ticket) == ("auto_reply_recorded", 1001)
    assert found.reason == "a read receipt for the acknowledgement to rita@client.example"
    assert reasons(ticket, "reported") == [found.reason]
    assert (reasons(ticket, "bounced"), bounced(ticket), len(ticket.courier.sent)) == ([], [], count)


def test_a_complaint_ends_updates_and_surveys_and_the_technician_hears_of_it(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    found = ticket.receive(complaint(ticket.rita.last))

    assert (found.disposition, found.ticket) == ("bounce_recorded", 1001)
    assert reasons(ticket, "reported") == [found.reason]
    assert contact(ticket, RITA).quiet_at == ticket.now
    [told] = ticket.notices(technician.address, "complaint")
    assert "rita@client.example complained" in text_of(told)
    ticket.live(days=6)
    assert ticket.notices(RITA, "status_update") == []
    technician.answers(technician.inbox[0], "Please open tray 3.")
    assert "tray 3" in text_of(ticket.rita.last)


def test_an_answer_to_the_mail_about_a_complaint_stays_inside(ticket: Helpdesk) -> None:
    ticket.receive(complaint(ticket.rita.last))
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)

    technician.answers(technician.last, "She is angry, I will call her.")

    assert len(ticket.rita.inbox) == count


def test_a_complaint_about_an_internal_mail_is_only_recorded(ticket: Helpdesk) -> None:
    technician, count = ticket.technician_of(), len(ticket.courier.sent)

    found = ticket.receive(complaint(technician.last))

    assert reasons(ticket, "reported") == [found.reason]
    assert len(ticket.courier.sent) == count
    assert contact(ticket, technician.address).quiet_at is None


def test_the_bounce_of_an_internal_mail_is_told_to_the_lead(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    ticket.receive(delivery(technician.last, recipient=technician.address))

    [told] = ticket.notices(ticket.lena.address, "undeliverable")
    assert technician.address in text_of(told)
    assert ticket.notices(technician.address, "undeliverable") == []


@pytest.mark.parametrize("report", [delivery, receipt, complaint, failed_header])
def test_a_forged_report_changes_nothing(ticket: Helpdesk, report) -> None:  # type: ignore[no-untyped-def]
    technician = ticket.technician_of()
    technician.answers(technician.last, "Please open tray 3.")
    before = (len(ticket.events()), len(ticket.courier.sent), ticket.ticket().first_response_at)

    found = ticket.receive(report(ticket.rita.last, message_id=FORGED))

    assert found.ticket is None
    assert found.disposition in {"bounce_recorded", "auto_reply_recorded"}
    assert "about no mail of ours" in found.reason
    assert (len(ticket.events()), len(ticket.courier.sent), ticket.ticket().first_response_at) == before
    assert contact(ticket, RITA) == Contact(address=RITA)
    assert bounced(ticket) == []


def test_the_same_header_with_our_token_counts(ticket: Helpdesk) -> None:
    ticket.receive(failed_header(ticket.rita.last))

    assert bounced(ticket) == [RITA]


def test_an_answer_that_bounces_is_no_first_response(ticket: Helpdesk) -> None:
    due = ticket.ticket().respond_by
    assert due is not None
    technician = ticket.technician_of()
    technician.answers(technician.last, "Please open tray 3.")
    assert (ticket.ticket().first_response_at, ticket.ticket().respond_by) == (ticket.now, None)

    ticket.now += timedelta(minutes=2)
    ticket.receive(delivery(ticket.rita.last))

    row = ticket.ticket()
    assert (row.first_response_at, row.respond_by) == (None, due)
    assert row.next_due_at is not None
    assert row.next_due_at <= due
    assert any("did not reach rita@client.example" in reason for reason in reasons(ticket, "changed"))
    ticket.live(days=1)
    assert any("response is overdue" in reason for reason in reasons(ticket, "breached"))


def test_an_answer_that_the_server_refuses_is_no_first_response_either(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    ticket.courier.outcomes[RITA] = ("failed", 550, "5.1.1 no such person")

    technician.answers(technician.last, "Please open tray 3.")

    assert ticket.ticket().first_response_at is None
    assert ticket.ticket().respond_by is not None
    assert any("did not reach rita@client.example" in reason for reason in reasons(ticket, "changed"))


def test_a_later_answer_that_arrived_is_the_first_response(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "Please open tray 3.")
    lost = ticket.rita.last
    ticket.now += timedelta(minutes=5)
    technician.answers(technician.last, "And close it again.")
    second = ticket.now
    ticket.now += timedelta(minutes=5)

    ticket.receive(delivery(lost))

    assert ticket.ticket().first_response_at == second


def test_the_bounce_of_an_acknowledgement_leaves_the_first_response(ticket: Helpdesk) -> None:
    acknowledgement, technician = ticket.rita.last, ticket.technician_of()
    technician.answers(technician.last, "Please open tray 3.")

    ticket.receive(delivery(acknowledgement))

    assert ticket.ticket().first_response_at is not None


def test_a_report_about_a_mail_of_long_ago_changes_nothing(ticket: Helpdesk) -> None:
    old = ticket.rita.last
    ticket.now += timedelta(days=32)

    found = ticket.receive(delivery(old))

    assert (found.ticket, bounced(ticket)) == (None, [])
    assert contact(ticket, RITA).undeliverable_at is None


def test_a_vacation_notice_in_the_form_of_an_empty_report_is_an_automatic_reply(ticket: Helpdesk) -> None:
    ours = str(ticket.rita.last["Message-ID"])
    marks = f"Auto-Submitted: auto-replied (vacation)\r\nIn-Reply-To: {ours}\r\n"
    raw = (
        head("Automatic reply: Printer jams", sender=RITA, more=marks).replace("Automatic reply: Printer jams.", "a")
        + 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am on leave this week.\r\n--b--\r\n"
    ).encode()

    found = ticket.receive(raw)

    assert (found.disposition, found.ticket) == ("auto_reply_recorded", 1001)
    assert "it is an automatic reply" in found.reason
    assert reasons(ticket, "auto_reply") == [found.reason]
