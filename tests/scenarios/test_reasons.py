"""Mails and events that say why: who gets them must not have to look for it."""

from datetime import timedelta

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.core.model import EventKind


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def reason_of_closing(desk: Helpdesk) -> str:
    return next(event.reason for event in desk.events() if event.kind == EventKind.CLOSED)


def test_the_lead_reads_in_the_escalation_what_the_request_was(ticket: Helpdesk) -> None:
    ticket.now += ticket.settings.sla.normal.first_response + timedelta(minutes=1)
    ticket.tick()
    ticket.now += ticket.settings.escalation.lead_after + timedelta(minutes=1)
    ticket.tick()
    [mail] = ticket.notices("lena@example.com", "escalation")
    assert "> The printer on floor 2 jams since this morning." in text_of(mail)


def test_a_ticket_closed_because_nobody_answered_says_so(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")
    ticket.live(days=10)
    [mail] = ticket.notices("rita@client.example", "closed")
    assert "because we have had no answer from you" in text_of(mail)
    assert "pending.close_after" in reason_of_closing(ticket)


def test_a_ticket_closed_because_nobody_objected_says_so(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#resolve\n\nThe tray was open.")
    ticket.live(days=5)
    [mail] = ticket.notices("rita@client.example", "closed")
    assert "because it was resolved" in text_of(mail)
    assert "closing.resolved_after" in reason_of_closing(ticket)


def test_a_ticket_closed_by_hand_says_by_whom_and_what_he_wrote(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#close\n\nAs we said on the phone.")
    [mail] = ticket.notices("rita@client.example", "closed")
    assert " has closed request HD-1001 and writes:\n\n> As we said on the phone." in text_of(mail)


def test_the_list_of_commands_has_one_dot_before_each(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#help")
    text = text_of(technician.last)
    assert "\n· #take — " in text
    assert "· ·" not in text


def test_a_decision_about_mail_of_no_ticket_does_not_offer_to_add_it_to_one(desk: Helpdesk) -> None:
    receipt = desk.receive(b"To: support@example.com\r\nSubject: x\r\n\r\nNo sender.\r\n")
    assert receipt.disposition == "held"
    held = next(mail for mail in desk.sent if "Held" in mail["Subject"])
    assert "#accept" not in text_of(held)
