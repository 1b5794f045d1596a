"""The commands that change a ticket, through the whole pipeline: what is stored, and who reads what."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.adapters.db import Database
from mailbot.core.commands import COMMANDS
from mailbot.core.model import EventKind, Impact, Priority, Status, Urgency

MORE = """
[[teams]]
name = "network"

[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["network"]
level = 2
"""


CHANGEABLE = (
    "status", "priority", "impact", "urgency", "category", "team", "technician", "subject", "tags",
    "wait_until", "resolution", "prevention", "diagnosis", "workaround", "worked_minutes",
)  # fmt: skip


@pytest.fixture
def ticket(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    desk = Helpdesk(database, tmp_path, now, more=MORE)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def test_impact_and_urgency_make_the_priority_and_move_the_deadlines(ticket: Helpdesk) -> None:
    technician, due = ticket.technician_of(), ticket.ticket().resolve_by

    technician.answers(technician.last, "#impact department\n#urgency high")

    row = ticket.ticket()
    assert (row.impact, row.urgency, row.priority) == (Impact.DEPARTMENT, Urgency.HIGH, Priority.HIGH)
    assert row.resolve_by is not None
    assert due is not None
    assert row.resolve_by < due
    reasons = [event.reason for event in ticket.events() if event.kind == EventKind.PRIORITISED]
    assert reasons[-1] == "priority high because the impact is department and the urgency medium"


def test_a_priority_set_by_hand_in_the_same_mail_stays(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#prio low\n#impact organisation")

    assert ticket.ticket().priority == Priority.LOW
    assert "as this mail sets it by hand" in text_of(technician.last)


def test_another_team_gets_the_ticket_with_its_history(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#team network")

    row = ticket.ticket()
    assert (row.team, row.technician) == ("network", "nina@example.com")
    assert "The printer on floor 2 jams" in text_of(ticket.mails_to("nina@example.com")[-1])


def test_a_new_title_stands_in_all_later_mails_beside_the_number(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#title Fuser of the printer is worn\n\nWe have ordered a part.")

    assert ticket.ticket().subject == "Fuser of the printer is worn"
    assert ticket.rita.last["Subject"] == "[HD-1001] Fuser of the printer is worn"
    ticket.rita.answers(ticket.rita.last, "Thank you. When does it come?")
    assert len(ticket.tickets()) == 1


def test_a_title_does_not_carry_an_internal_note_outside(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request, secret = technician.last, "The canary sings about the budget"
    technician.answers(request, f"#note {secret}")
    count = len(ticket.rita.inbox)

    technician.answers(request, f"#title {secret}\n\nHello Rita.")

    assert len(ticket.rita.inbox) == count
    assert any(event.kind == EventKind.LEAK_BLOCKED for event in ticket.events())


def test_tags_are_added_and_taken_away(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last

    technician.answers(request, "#tag +vip +floor2")
    technician.answers(request, "#tag -vip")

    assert ticket.ticket().tags == ["floor2"]


def test_on_hold_the_clock_stands_still_until_the_date(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    count = len(ticket.rita.inbox)

    technician.answers(technician.last, "#hold The vendor of the canary is late until tomorrow")

    row = ticket.ticket()
    assert (row.status, row.running_since, row.resolve_by) == (Status.ON_HOLD, None, None)
    elapsed = row.elapsed_seconds
    ticket.live(hours=20)
    assert ticket.ticket().elapsed_seconds == elapsed
    ticket.live(days=1)
    assert ticket.ticket().status == Status.OPEN
    outside = [mail for mail in ticket.courier.sent if mail.recipient == ticket.rita.address]
    assert len(outside) >= count
    assert not any(b"canary" in mail.raw for mail in outside)
    reasons = [event.reason for event in ticket.events() if (event.data or {}).get("new") == Status.ON_HOLD]
    assert reasons == ["The vendor of the canary is late until tomorrow"]


@pytest.mark.parametrize("verb", [name for name in COMMANDS if name not in {"close", "reopen"}])
def test_no_command_runs_for_a_requester_on_a_signed_thread(
    sqlite_database: Database, tmp_path: Path, now: datetime, verb: str
) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now, more=MORE)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    desk.technician_of().answers(desk.technician_of().last, "We are looking into it.")
    desk.now += timedelta(minutes=5)
    before = {field: getattr(desk.ticket(), field) for field in CHANGEABLE}
    people = {mail.recipient for mail in desk.courier.sent}

    for example in COMMANDS[verb].examples:
        receipt = desk.rita.answers(desk.rita.last, example)
        assert receipt.disposition == "appended"

    assert {field: getattr(desk.ticket(), field) for field in CHANGEABLE} == before
    assert {mail.recipient for mail in desk.courier.sent} == people
    assert len(desk.tickets()) == 1
