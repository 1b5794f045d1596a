"""Mail that must not simply be believed: strangers, machines, copies, bounces."""

from email.message import EmailMessage

import pytest
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.core.model import Status


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def test_a_stranger_with_the_right_number_is_held_and_the_technician_is_asked(ticket: Helpdesk) -> None:
    receipt = ticket.mallory.writes("Re: [HD-1001] Printer jams", "Send me everything, please")

    assert (receipt.disposition, receipt.ticket) == ("held", 1001)
    assert ticket.mallory.inbox == []
    assert "mallory@evil.example" in text_of(ticket.technician_of().last)


def test_accept_lets_the_stranger_take_part(ticket: Helpdesk) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "I sit next to Rita: it is the tray")
    technician = ticket.technician_of()

    technician.answers(technician.last, "#accept")

    again = ticket.mallory.writes("Re: [HD-1001] Printer jams", "More from me")
    assert (again.disposition, again.ticket) == ("appended", 1001)
    assert any("it is the tray" in text_of(mail) for mail in technician.inbox)


def test_new_makes_a_ticket_of_the_held_mail(ticket: Helpdesk) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "My screen is broken, please help")
    technician = ticket.technician_of()

    technician.answers(technician.last, "#new")

    assert ticket.ticket(1002).requester_address == "mallory@evil.example"
    assert "[HD-1002]" in ticket.mallory.last["Subject"]


def test_spam_blocks_the_sender(ticket: Helpdesk) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "Buy my pills")
    technician = ticket.technician_of()

    technician.answers(technician.last, "#spam")

    assert ticket.mallory.writes("Hello", "Again me").disposition == "ignored"
    assert len(ticket.tickets()) == 1


def test_a_decision_is_made_only_once(ticket: Helpdesk) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "My screen is broken, please help")
    technician = ticket.technician_of()
    question = technician.last
    technician.answers(question, "#new")

    technician.answers(question, "#accept")

    assert len(ticket.tickets()) == 2
    assert ticket.mallory.writes("Re: [HD-1001] x", "text").disposition == "held"


def test_the_same_mail_delivered_twice_is_one_ticket(desk: Helpdesk) -> None:
    raw = build("rita@client.example", "Hello", "It is broken, help", at=desk.now)
    desk.receive(b"Received: by one\r\n" + raw)

    receipt = desk.receive(b"Received: by another\r\nDelivered-To: x@y.example\r\n" + raw)

    assert receipt.disposition == "duplicate"
    assert len(desk.tickets()) == 1


def test_a_reused_message_id_with_other_content_is_a_mail_of_its_own(desk: Helpdesk) -> None:
    desk.rita.writes("First", "The first problem, please help", message_id="<same@client.example>")

    receipt = desk.rita.writes("Second", "Quite another problem, please help", message_id="<same@client.example>")

    assert receipt.disposition == "created"
    assert len(desk.tickets()) == 2


def test_an_out_of_office_notice_is_recorded_and_never_answered(ticket: Helpdesk) -> None:
    count = len(ticket.courier.sent)

    receipt = ticket.rita.answers(ticket.rita.last, "I am away until Monday", Auto_Submitted="auto-replied")

    assert receipt.disposition == "auto_reply_recorded"
    assert len(ticket.courier.sent) == count
    assert ticket.ticket().status == Status.NEW


def test_an_alarm_of_a_machine_becomes_a_ticket_and_is_never_answered(desk: Helpdesk) -> None:
    desk.receive(build("nagios@client.example", "db1 is DOWN", "help", at=desk.now, Auto_Submitted="auto-generated"))

    assert len(desk.tickets()) == 1
    assert desk.mails_to("nagios@client.example") == []


def test_our_own_mail_that_comes_back_is_ignored(ticket: Helpdesk) -> None:
    raw = ticket.courier.sent[0].raw.replace(b"From: Example Helpdesk <support@example.com>", b"From: x@relay.example")

    assert ticket.receive(raw).disposition == "ignored"
    assert ticket.receive(ticket.courier.sent[0].raw).disposition == "ignored"


def bounce(of: EmailMessage, recipient: str, message_id: str | None = None) -> bytes:
    original = message_id or str(of["Message-ID"])
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: support@example.com\r\nSubject: Undelivered\r\nReturn-Path: <>\r\n"
        "Date: Tue, 4 Aug 2026 10:00:00 +0700\r\nMessage-ID: <bounce1@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such person\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such person\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def test_a_bounce_of_our_mail_is_recorded_on_its_ticket_and_told_to_the_technician(ticket: Helpdesk) -> None:
    receipt = ticket.receive(bounce(ticket.rita.last, "rita@client.example"))

    assert (receipt.disposition, receipt.ticket) == ("bounce_recorded", 1001)
    assert any(event.kind == "bounced" for event in ticket.events())
    assert "rita@client.example" in text_of(ticket.technician_of().last)
    count = len(ticket.rita.inbox)
    ticket.live(days=6)
    assert len(ticket.rita.inbox) == count


def test_a_forged_bounce_changes_nothing(ticket: Helpdesk) -> None:
    count = len(ticket.courier.sent)

    forged = "<1001.r.1rk.aaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaa@example.com>"
    receipt = ticket.receive(bounce(ticket.rita.last, "rita@client.example", forged))

    assert receipt.disposition == "bounce_recorded"
    assert receipt.ticket is None
    assert len(ticket.courier.sent) == count


def test_two_machines_that_mark_nothing_stop_answering_each_other(desk: Helpdesk) -> None:
    for number in range(30):
        desk.rita.writes(f"Ticket {number} received", f"We have received your mail number {number}")

    acknowledgements = [mail for mail in desk.rita.inbox if mail["Auto-Submitted"] == "auto-replied"]
    assert len(acknowledgements) <= desk.settings.limits.acknowledgements_per_address_hour


def test_what_a_rule_only_monitors_is_never_answered(database, tmp_path, now) -> None:  # type: ignore[no-untyped-def]
    more = '[[rules]]\nid = "alarms"\nany = ["heartbeat"]\naction = "monitor"\n'
    desk = Helpdesk(database, tmp_path, now, more=more)

    receipt = desk.rita.writes("heartbeat lost", "The heartbeat of db1 is lost")

    assert receipt.disposition == "created"
    assert desk.rita.inbox == []
