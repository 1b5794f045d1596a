"""Vacation notices of technicians: who is away gets no tickets, and only he himself can say that he is."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from world import Helpdesk, Person, build

from mailbot.adapters import absences, store
from mailbot.adapters.absences import Absence
from mailbot.core.model import AwayWhy

TOM, TESS, LENA = "tom@example.com", "tess@example.com", "lena@example.com"
NOTICE = "I am out of the office and will be back on 10 August 2026. Please ask my colleagues."
BACK = datetime(2026, 8, 9, 17, 0, tzinfo=UTC)  # Midnight in Jakarta.


def away(desk: Helpdesk, address: str) -> datetime | None:
    with desk.database.unit_of_work(write=False) as session:
        state = store.technician_states(session, [address]).get(address)
        return state.away_until if state else None


def notice(person: Person, to: EmailMessage | None, text: str = NOTICE, **headers: str) -> str:
    """A vacation program answers; gives the disposition and the reason."""
    about: dict[str, Any] = {"In_Reply_To": str(to["Message-ID"]), "References": str(to["Message-ID"])} if to else {}
    subject = headers.pop("subject", "Automatic reply: [HD-1001] Printer jams")
    marks: dict[str, Any] = {"Auto_Submitted": "auto-replied", **headers}
    receipt = person.desk.receive(build(person.address, subject, text, at=person.desk.now, **marks, **about))
    return f"{receipt.disposition}: {receipt.reason}"


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def test_a_technician_who_is_away_gets_no_tickets_until_his_day(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    said = notice(technician, technician.last)

    assert said.startswith("auto_reply_recorded: ")
    assert said.endswith(f"{technician.address} is away until 2026-08-10 00:00")
    assert away(ticket, technician.address) == BACK
    assert any(event.kind == "auto_reply" and "away until" in event.reason for event in ticket.events())
    for number in range(3):
        ticket.rita.writes(f"Screen {number}", "The screen is dark, please help")
    others = {row.technician for row in ticket.tickets()[1:]}
    assert others == {TOM, TESS} - {technician.address}

    ticket.now = BACK + timedelta(hours=1)
    for number in range(3):
        ticket.rita.writes(f"Keyboard {number}", "A key is stuck, please help")
    assert technician.address in {row.technician for row in ticket.tickets()[4:]}


def test_if_everybody_is_away_nobody_is_given_the_ticket_and_the_lead_is_told(ticket: Helpdesk) -> None:
    first = ticket.technician_of()
    notice(first, first.last)
    ticket.rita.writes("Screen", "The screen is dark, please help")
    second = ticket.technician_of(1002)
    notice(second, second.last)

    ticket.rita.writes("Keyboard", "A key is stuck, please help")

    assert ticket.ticket(1003).technician == ""
    assert "away" in next(event.reason for event in ticket.events(1003) if event.kind == "assigned")
    assert len(ticket.notices(LENA, "assigned")) == 1


@pytest.mark.parametrize("known", [True, False])
def test_a_vacation_notice_without_our_token_changes_nothing(ticket: Helpdesk, known: bool) -> None:
    technician = ticket.technician_of()
    other = ticket.rita.last if known else None  # The token that Rita got is none for a technician.

    said = notice(technician, other)

    assert away(ticket, technician.address) is None
    assert "away until" not in said


def test_a_notice_without_a_day_counts_for_one_day_and_shortens_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    notice(technician, technician.last, "I am out of the office.")
    assert away(ticket, technician.address) == ticket.now + timedelta(days=1)

    notice(technician, technician.last, NOTICE + " I am on leave.")
    notice(technician, technician.last, "I am out of the office at the moment.")

    assert away(ticket, technician.address) == BACK


def test_nobody_is_away_for_years(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    notice(technician, technician.last, "I am out of the office and will be back on 10 January 2027.")

    until = away(ticket, technician.address)
    assert until is not None
    assert timedelta(days=59) < until - ticket.now <= timedelta(days=60)


def test_a_read_receipt_in_words_makes_nobody_away(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    message_id = str(technician.last["Message-ID"])
    text = "Your message was read on Tuesday, 4 August 2026 10:00:00."
    raw = build(technician.address, "Read: Printer jams", text, at=ticket.now, In_Reply_To=message_id)

    receipt = ticket.receive(raw)

    assert receipt.disposition == "auto_reply_recorded"
    assert away(ticket, technician.address) is None


def test_a_technician_who_works_is_back(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    notice(technician, assigned)

    technician.writes("Re: [HD-1001] Printer jams", "#take")  # No proof: anybody can write this in his name.
    assert away(ticket, technician.address) == BACK
    technician.answers(assigned, "#take")

    assert away(ticket, technician.address) is None
    assert any("is back" in event.reason for event in ticket.events())


def test_a_requester_who_is_away_is_only_recorded(ticket: Helpdesk) -> None:
    said = notice(ticket.rita, ticket.rita.last)

    assert said.startswith("auto_reply_recorded: ")
    assert away(ticket, ticket.rita.address) is None


def test_a_missed_deadline_of_somebody_who_is_away_is_told_to_the_lead_at_once(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    notice(technician, technician.last)

    due = ticket.ticket().respond_by
    assert due is not None
    ticket.now = due
    ticket.tick()

    assert ticket.notices(technician.address, "escalation") == []
    assert len(ticket.notices(LENA, "escalation")) == 1


def test_what_is_remembered_of_an_absence_leaves_the_turn_of_the_round_robin(ticket: Helpdesk) -> None:
    technician = ticket.technician_of().address
    with ticket.database.unit_of_work() as session:
        before = store.technician_states(session, [technician])[technician].last_assigned_at
        absences.note(session, technician, BACK, ticket.now, AwayWhy.NOTICE)
    with ticket.database.unit_of_work() as session:
        assert store.technician_states(session, [technician])[technician].last_assigned_at == before
        assert absences.away(session, [technician, "x@example.com"], ticket.now) == {technician: BACK}
        assert absences.end(session, technician) == Absence(ticket.now, BACK, AwayWhy.NOTICE)
        assert absences.end(session, technician) is None
