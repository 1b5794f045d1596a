"""Who is told when people are away, have left, or are more than one thing at once."""

from datetime import datetime
from pathlib import Path

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.adapters.db import Database
from mailbot.adapters.schema import identity
from mailbot.config import load
from mailbot.core.model import Status
from mailbot.service import build_desk

EMPTY_TEAM = '[[teams]]\nname = "network"\nlead = "lena@example.com"\n'


def reconfigure(desk: Helpdesk, *changes: tuple[str, str]) -> None:
    """Changes the configuration as a reload would."""
    path = desk.settings.helpdesk.state_dir / "config.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    desk.current.desk = build_desk(load(path, {}), identity(desk.database))


def remove(desk: Helpdesk, address: str, name: str) -> None:
    technician = f'[[technicians]]\nemail = "{address}"\nname = "{name}"\nteams = ["support"]\n'
    reconfigure(desk, (technician, ""))


def test_the_lead_is_told_when_a_ticket_goes_to_a_team_in_which_nobody_is_free(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now, more=EMPTY_TEAM)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")
    technician = desk.technician_of()

    technician.answers(technician.last, "#assign network")

    assert (desk.ticket().team, desk.ticket().technician) == ("network", "")
    assert "The printer on floor 2 jams" in text_of(desk.lena.last)
    assert "Lena Lead" in text_of(technician.last)


def test_a_technician_who_gives_a_ticket_back_does_not_leave_it_to_nobody(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#assign none")

    assert ticket.ticket().technician == ""
    assert len(ticket.notices("lena@example.com", "assigned")) == 1


def test_whoever_takes_a_ticket_is_not_told_that_he_has_it(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    count = len(ticket.notices(technician.address, "assigned"))

    technician.answers(technician.last, "#assign none")
    technician.answers(technician.inbox[0], "#take")

    assert len(ticket.notices(technician.address, "assigned")) == count


@pytest.mark.parametrize("text", ["#close\n\nBye.", "Here is what I think of you."])
def test_a_technician_who_has_left_does_nothing_with_his_old_token(ticket: Helpdesk, text: str) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)
    remove(ticket, technician.address, technician.name)

    receipt = technician.answers(technician.last, text)

    assert receipt.disposition == "held"
    assert (ticket.ticket().status, len(ticket.rita.inbox)) == (Status.NEW, count)


def test_the_ticket_of_a_technician_who_has_left_finds_another_one_when_the_requester_writes(ticket: Helpdesk) -> None:
    gone = ticket.technician_of()
    other = ticket.tess if gone is ticket.tom else ticket.tom
    remove(ticket, gone.address, gone.name)
    count = len(gone.inbox)

    ticket.rita.answers(ticket.rita.last, "It still jams.")

    assert ticket.ticket().technician == other.address
    assert "It still jams." in text_of(other.last)
    assert len(gone.inbox) == count


def test_whoever_gets_the_ticket_of_one_who_left_gets_the_conversation(ticket: Helpdesk) -> None:
    gone = ticket.technician_of()
    other = ticket.tess if gone is ticket.tom else ticket.tom
    gone.answers(gone.last, "Which tray is it?")
    remove(ticket, gone.address, gone.name)

    ticket.rita.answers(ticket.rita.inbox[0], "Tray 3 still jams.")

    text = text_of(other.last)
    assert text.index("Which tray is it?") < text.index("Tray 3 still jams.")


def test_the_timers_of_a_ticket_whose_technician_and_team_are_gone_still_tell_somebody(ticket: Helpdesk) -> None:
    gone = ticket.technician_of()
    remove(ticket, gone.address, gone.name)
    reconfigure(
        ticket,
        ('name = "support"\nlead', 'name = "helpers"\nlead'),
        ('teams = ["support"]', 'teams = ["helpers"]'),
    )

    ticket.live(days=2)

    assert ticket.notices("lena@example.com", "escalation")


def test_without_any_lead_held_mail_is_put_to_the_most_experienced_technician(ticket: Helpdesk) -> None:
    reconfigure(ticket, ('lead = "lena@example.com"\n', ""))

    ticket.receive(b"To: support@example.com\r\nSubject: no originator\r\n\r\nhello\r\n")

    assert len(ticket.notices("lena@example.com", "held")) == 1


def test_without_anybody_the_ticket_says_that_nobody_was_told(ticket: Helpdesk) -> None:
    reconfigure(ticket, ('lead = "lena@example.com"\n', ""))
    remove(ticket, "tom@example.com", "Tom Tech")
    remove(ticket, "tess@example.com", "Tess Tech")
    reconfigure(ticket, ('[[technicians]]\nemail = "lena@example.com"\nname = "Lena Lead"\nlevel = 3\n', ""))

    receipt = ticket.budi.writes("Screen", "My screen is dark, please help")

    assert receipt.disposition == "created"
    assert any("nobody is there" in event.reason for event in ticket.events(1002))


def test_a_technicians_out_of_office_notice_is_recorded_and_goes_nowhere(ticket: Helpdesk) -> None:
    technician, count = ticket.technician_of(), len(ticket.courier.sent)

    receipt = technician.answers(technician.last, "I am away until Monday.", Auto_Submitted="auto-replied")

    assert (receipt.disposition, receipt.ticket) == ("auto_reply_recorded", 1001)
    assert len(ticket.courier.sent) == count


def test_a_technician_is_an_ordinary_requester_of_his_own_incident(desk: Helpdesk) -> None:
    desk.tom.writes("My own screen", "My screen is dark, please help")
    acknowledgement = desk.notices("tom@example.com", "acknowledgement")[0]

    receipt = desk.tom.answers(acknowledgement, "#close\nIt is still dark.")

    assert receipt.disposition == "appended"
    assert desk.ticket().status == Status.NEW


def test_a_technician_who_serves_his_own_incident_is_believed_for_the_mail_that_he_answers(desk: Helpdesk) -> None:
    desk.tom.writes("My own screen", "My screen is dark, please help")
    technician = desk.technician_of()
    technician.answers(technician.last, "#assign tom")

    receipt = desk.tom.answers(desk.notices("tom@example.com", "assigned")[-1], "#close")

    assert receipt.disposition == "commanded"
    assert desk.ticket().status == Status.CLOSED


def test_a_command_from_a_technicians_address_about_his_own_incident_needs_a_token_too(desk: Helpdesk) -> None:
    desk.tom.writes("My own screen", "My screen is dark, please help")

    receipt = desk.tom.writes("[HD-1001] My own screen", "#prio critical")

    assert receipt.disposition == "held"
    assert desk.ticket().priority != "critical"
