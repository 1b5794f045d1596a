"""Which mail is sent, to whom, and what must not hold it back."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.adapters.db import Database
from mailbot.adapters.render import Renderer
from mailbot.adapters.samples import samples
from mailbot.core.notices import NOTICES, Audience


def test_no_cap_holds_back_the_words_with_which_a_technician_closes(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    technician.answers(assigned, "#prio critical")
    ticket.live(hours=12)
    updates = len(ticket.notices(ticket.rita.address, "status_update"))
    assert updates < 12, "the cap on automatic mail about one ticket is not reached"

    technician.answers(assigned, "#close\n\nThe fuser was replaced.")

    assert "The fuser was replaced." in text_of(ticket.rita.last)
    assert ticket.rita.last["Auto-Submitted"] is None


def test_a_closing_without_a_word_is_automatic_mail(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#close")

    assert ticket.rita.last["Auto-Submitted"] == "auto-generated"


def test_strangers_cannot_use_up_the_mail_that_a_technician_gets_about_a_ticket(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    for number in range(60):
        ticket.mallory.writes("Re: [HD-1001] Printer jams", f"text {number}")

    ticket.rita.answers(ticket.rita.last, "It burns now!")

    assert len(ticket.notices(technician.address, "held")) < 50
    assert "It burns now!" in text_of(technician.last)


def test_an_address_as_long_as_addresses_get_is_answered_on_both_databases(desk: Helpdesk) -> None:
    address = "x" * 60 + "@" + ".".join(["y" * 60] * 4) + ".example"

    receipts = [desk.receive(build(address, f"Help {n}", "It is broken, please help", at=desk.now)) for n in range(2)]

    assert [receipt.disposition for receipt in receipts] == ["created"] * 2
    assert len(desk.mails_to(address)) == 2


@pytest.mark.parametrize("number", ["99999999999", "2147483648", "0", "999999999999999999999"])
def test_a_number_that_no_ticket_can_have_makes_a_new_ticket_on_both_databases(desk: Helpdesk, number: str) -> None:
    receipt = desk.rita.writes(f"Re: [HD-{number}] Printer", "It is broken, please help")

    assert (receipt.disposition, receipt.error) == ("created", "")


def test_automatic_mail_to_an_address_is_tried_again_a_week_after_a_bounce(ticket: Helpdesk) -> None:
    ticket.receive(bounce(ticket.rita.last))
    ticket.live(days=6)
    assert ticket.notices(ticket.rita.address, "status_update") == []

    ticket.live(days=3, step=timedelta(hours=6))

    assert ticket.notices(ticket.rita.address, "status_update") != []


def bounce(of: EmailMessage) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: support@example.com\r\nSubject: Undelivered\r\nReturn-Path: <>\r\n"
        "Date: Tue, 4 Aug 2026 10:00:00 +0700\r\nMessage-ID: <bounce1@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such person\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {of['To']}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {of['Message-ID']}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def test_the_word_that_a_ticket_is_closed_says_until_when_a_reply_opens_it_again(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#close")

    assert "comes back by Tue 18 Aug 2026, 10:00 WIB" in " ".join(text_of(ticket.rita.last).split())
    ticket.now += timedelta(days=14)
    assert ticket.rita.answers(ticket.rita.inbox[1], "It jams again!").ticket == 1001


def test_where_no_closed_ticket_is_opened_again_nobody_is_promised_it(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now, more='[closing]\nreopen_window = "0"\n')
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#close")

    said = " ".join(text_of(desk.rita.last).split())
    assert "we open it again" not in said
    assert "your reply becomes a new request" in said
    desk.now += timedelta(minutes=1)
    assert desk.rita.answers(desk.rita.last, "It jams again!").ticket == 1002


@pytest.mark.parametrize("notice", [name for name, one in NOTICES.items() if one.audience is Audience.REQUESTER])
def test_every_indonesian_mail_to_a_requester_greets_him_save_where_a_technician_does(notice: str) -> None:
    renderer = Renderer(None, "id")
    for values in samples(notice, "id"):
        rendered = renderer.render(notice, "id", values)
        own_words = notice == "reply" and bool(values["text"])
        for half in (rendered.text, rendered.html):
            assert half.count("Yth. Bapak/Ibu,") == (0 if own_words else 1)
