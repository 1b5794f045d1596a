"""Technicians who say that they are away: who stands in for them, and what they read when they are back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters import absences
from mailbot.adapters.db import Database

LENA = "lena@example.com"
DEPUTY = """
[[teams]]
name = "network"

[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["network"]
deputy = "tess@example.com"
"""


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def until(desk: Helpdesk, person: Person) -> object:
    with desk.database.unit_of_work(write=False) as session:
        return absences.away(session, [person.address], desk.now).get(person.address)


def transcript(desk: Helpdesk, person: Person) -> str:
    return text_of(desk.notices(person.address, "transcript")[-1])


def test_a_new_mail_says_away_once_it_is_confirmed_and_others_get_the_tickets(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    assert technician.writes("I am off", "#away 3d").disposition == "held"
    assert until(ticket, technician) is None
    technician.answers(technician.last, "#go")

    assert until(ticket, technician) == ticket.now + timedelta(days=3)
    assert "You are away until" in transcript(ticket, technician)
    for number in range(4):
        ticket.rita.writes(f"Screen {number}", "The screen is dark, please help")
    assert technician.address not in {row.technician for row in ticket.tickets()[1:]}
    assert ticket.ticket().technician == technician.address


def test_what_a_requester_writes_on_the_ticket_of_somebody_away_is_told_to_the_lead_too(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#away until friday")

    ticket.rita.answers(ticket.rita.last, "It jams again, even with new paper.")

    assert len(ticket.notices(technician.address, "requester_replied")) == 1
    (told,) = ticket.notices(LENA, "requester_replied")
    assert "It jams again" in text_of(told)
    assert f"{technician.name}, who has this ticket, is away until" in " ".join(text_of(told).split())
    ticket.lena.answers(told, "#take")
    assert ticket.ticket().technician == LENA


def test_who_said_that_he_is_away_stays_away_though_he_answers_a_mail(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last
    technician.answers(request, "#away until friday")
    technician.answers(request, "#prio high")
    assert until(ticket, technician) is not None


def test_back_ends_it_and_one_mail_tells_what_happened(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#away")
    assert "until you write #back" in " ".join(transcript(ticket, technician).split())
    ticket.now += timedelta(hours=1)
    ticket.rita.answers(ticket.rita.last, "It jams again.")
    ticket.rita.writes("Screen", "The screen is dark, please help")
    ticket.now += timedelta(days=100)

    technician.answers(technician.last, "#back")
    technician.answers(technician.last, "#go")  # After so long the token of our mail counts no longer.

    assert until(ticket, technician) is None
    (mail,) = ticket.notices(technician.address, "returned")
    read = text_of(mail)
    assert "New messages on your tickets:\n\n[HD-1001] Printer jams\n  1 message" in read
    assert "New in your team, still open:\n\n[HD-1002] Screen\n  with T" in read
    assert "OVERDUE since" in read
    assert "a mail of its own" in transcript(ticket, technician)


def test_when_the_day_has_come_he_is_told_once_without_a_word_of_his(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#cuti 2 hari")
    ticket.now += timedelta(hours=1)
    ticket.rita.answers(ticket.rita.last, "It jams again.")
    ticket.wait(days=1)
    assert not ticket.notices(technician.address, "returned")

    ticket.wait(days=1)
    ticket.wait(days=1)

    assert len(ticket.notices(technician.address, "returned")) == 1


def test_who_comes_back_from_a_vacation_notice_by_working_is_told_too(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last
    text = "I am out of the office and will be back on 10 August 2026."
    technician.answers(request, text, Auto_Submitted="auto-replied")
    ticket.now += timedelta(hours=1)
    ticket.rita.answers(ticket.rita.last, "It jams again.")

    technician.answers(request, "#prio high")

    assert until(ticket, technician) is None
    assert len(ticket.notices(technician.address, "returned")) == 1


def test_back_without_an_absence_says_so(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#back")
    assert "You did not count as away." in transcript(ticket, technician)
    assert not ticket.notices(technician.address, "returned")


def test_a_vacation_notice_does_not_shorten_what_he_said_himself(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last
    technician.answers(request, "#away 30d")
    text = "I am out of the office and will be back on 10 August 2026."
    technician.answers(request, text, Auto_Submitted="auto-replied")
    assert until(ticket, technician) == ticket.now + timedelta(days=30)
    technician.answers(request, "#prio high")
    assert until(ticket, technician) is not None


def test_an_assignment_to_somebody_who_is_away_is_done_and_the_transcript_warns(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    other = ticket.tess if technician is ticket.tom else ticket.tom
    technician.answers(technician.last, "#assign " + other.name)
    other.answers(other.last, "#away until 9 Aug")

    technician.answers(technician.inbox[0], "#assign " + other.name)
    other.answers(other.inbox[0], "#assign " + technician.name)
    technician.answers(technician.inbox[0], "#assign " + other.name)

    assert ticket.ticket().technician == other.address
    assert f"Please note: {other.name} is away until 9 Aug 2026, 08:00 WIB." in transcript(ticket, technician)


def test_the_deputy_of_another_team_gets_the_new_tickets_and_reads_why(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(database, tmp_path, now, more=DEPUTY)
    nina = Person(desk, "nina@example.com", "Nina Network")
    nina.writes("off", "#away 5d")
    nina.answers(nina.last, "#go")
    assert "Tess Tech stands in for you" in transcript(desk, nina)
    desk.rita.writes("Printer", "The printer is broken, please help")
    desk.technician_of().answers(desk.technician_of().last, "#team network")

    assert desk.ticket().technician == "tess@example.com"
    assert any(event.data.get("instead_of") == nina.address for event in desk.events() if event.kind == "assigned")

    desk.tess.writes("off", "#away 5d")
    desk.tess.answers(desk.tess.last, "#go")
    desk.rita.writes("Screen", "The screen is dark, please help")
    first = desk.technician_of(1002)
    first.answers(first.last, "#team network")
    assert desk.ticket(1002).technician == ""  # Nobody is left to stand in.


@pytest.mark.parametrize(
    ("answer", "away"),
    [("550 5.1.1 no such user here", True), ("552 5.2.2 mailbox full", False), ("554 5.7.1 spam", False)],
)
def test_a_technician_whose_address_is_dead_counts_as_away_and_the_lead_hears_of_it(
    desk: Helpdesk, answer: str, away: bool
) -> None:
    desk.rita.writes("Printer jams", "The printer jams, please help.")
    technician = desk.technician_of()
    desk.courier.outcomes[technician.address] = ("failed", int(answer[:3]), answer[4:])
    desk.rita.answers(desk.rita.last, "It jams again.")

    assert (until(desk, technician) is not None) is away
    read = " ".join(text_of(desk.notices(LENA, "undeliverable")[0]).split())
    assert ("gets no new tickets until" in read) is away
    if away:
        desk.courier.outcomes.clear()
        technician.answers(technician.last, "#prio high")
        assert until(desk, technician) is None


def test_nobody_says_in_the_name_of_a_technician_that_he_is_away(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    ticket.rita.answers(ticket.rita.last, "#away 30d")
    ticket.mallory.writes("x", "#away 30d")
    assert until(ticket, technician) is None
    assert until(ticket, ticket.rita) is None
