"""What the scheduler sends, to whom, and not once too often."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session
from world import Helpdesk
from world.helpdesk import text_of

from mailbot import timers
from mailbot.adapters import store
from mailbot.adapters.db import Database
from mailbot.adapters.tables import Ticket
from mailbot.core.model import Status
from mailbot.deadlines import Marks
from mailbot.notify import Desk


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def notices(desk: Helpdesk, address: str, name: str) -> int:
    return len(desk.notices(address, name))


def test_an_overdue_first_response_is_escalated_to_the_technician_and_then_to_the_lead(ticket: Helpdesk) -> None:
    technician = ticket.technician_of().address
    allowed = ticket.settings.sla.normal.first_response

    ticket.now += allowed + timedelta(minutes=1)
    ticket.tick()
    assert (notices(ticket, technician, "escalation"), notices(ticket, "lena@example.com", "escalation")) == (1, 0)

    ticket.now += ticket.settings.escalation.lead_after + timedelta(minutes=1)
    ticket.tick()
    assert (notices(ticket, technician, "escalation"), notices(ticket, "lena@example.com", "escalation")) == (1, 1)


def test_an_answered_ticket_is_not_escalated_for_its_first_response(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")

    ticket.live(hours=12)

    assert notices(ticket, technician.address, "escalation") == 0


def test_the_clock_stands_still_while_the_requester_is_asked(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")

    ticket.live(days=4)

    assert notices(ticket, technician.address, "escalation") == 0


def test_an_open_ticket_gets_status_updates_at_its_cadence(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")
    cadence = ticket.settings.sla.normal.next_update

    ticket.live(seconds=cadence.total_seconds() * 2.2)

    assert notices(ticket, "rita@client.example", "status_update") == 2
    update = ticket.notices("rita@client.example", "status_update")[0]
    assert update["Auto-Submitted"] == "auto-generated"
    assert update["List-Unsubscribe"].startswith("<mailto:")


def test_a_tick_that_runs_twice_sends_nothing_twice(ticket: Helpdesk) -> None:
    ticket.wait(days=1)
    count = len(ticket.courier.sent)

    ticket.tick()
    ticket.tick()

    assert len(ticket.courier.sent) == count


def test_after_a_week_of_down_time_each_notice_comes_at_most_once(ticket: Helpdesk) -> None:
    ticket.now += timedelta(days=9)
    for _ in range(5):
        ticket.tick()

    assert notices(ticket, "rita@client.example", "status_update") == 1
    assert notices(ticket, ticket.technician_of().address, "escalation") <= 2


def test_a_silent_requester_is_reminded_twice_and_then_the_ticket_is_closed(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")

    ticket.live(days=10)

    assert notices(ticket, "rita@client.example", "pending_reminder") == 2
    assert notices(ticket, "rita@client.example", "closed") == 1
    assert ticket.ticket().status == Status.CLOSED


def test_a_ticket_that_waits_for_a_date_comes_back_on_that_date(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#wait 2d")
    count = notices(ticket, technician.address, "assigned")

    ticket.live(days=1)
    assert ticket.ticket().status in {Status.PENDING, Status.ON_HOLD}
    ticket.live(days=2)

    assert ticket.ticket().status == Status.OPEN
    assert notices(ticket, technician.address, "assigned") == count + 1


def test_a_person_is_asked_for_satisfaction_only_once_in_a_while(desk: Helpdesk) -> None:
    for number in (1001, 1002):
        desk.rita.writes(f"Printer {number}", "The printer jams, please help")
        technician = desk.technician_of(number)
        technician.answers(technician.last, "#close\n\nDone.")

    desk.live(days=2)

    assert notices(desk, "rita@client.example", "survey") == 1


def test_a_survey_that_is_a_week_late_is_not_sent(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")

    ticket.now += timedelta(days=9)
    ticket.tick()

    assert notices(ticket, "rita@client.example", "survey") == 0


def test_the_last_vote_wins_and_is_thanked_for_once(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")
    ticket.live(hours=3)
    survey = ticket.notices("rita@client.example", "survey")[0]

    ticket.rita.answers(survey, "2 too slow")
    ticket.rita.answers(survey, "4, it was all right")

    assert notices(ticket, "rita@client.example", "survey_thanks") == 1
    scores = [event.data["score"] for event in ticket.events() if event.kind == "survey_answered"]
    assert scores == [2, 4]


def test_a_vote_from_somebody_else_does_not_count(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")
    ticket.live(hours=3)
    survey = ticket.notices("rita@client.example", "survey")[0]

    receipt = ticket.mallory.answers(survey, "1")

    assert receipt.disposition == "held"
    assert not any(event.kind == "survey_answered" for event in ticket.events())


def test_unsubscribing_stops_updates_and_surveys_but_not_answers(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")
    ticket.live(days=3)
    update = ticket.notices("rita@client.example", "status_update")[0]
    subject = update["List-Unsubscribe"].partition("subject=")[2].rstrip(">").replace("%20", " ")

    receipt = ticket.rita.writes(subject, "")

    assert receipt.disposition == "commanded"
    count = len(ticket.rita.inbox)
    ticket.live(days=6)
    assert len(ticket.rita.inbox) == count
    technician.answers(technician.inbox[0], "News for you.")
    assert "News for you." in text_of(ticket.rita.last)


def test_a_forged_unsubscribe_changes_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")
    ticket.live(days=3)
    update = ticket.notices("rita@client.example", "status_update")[0]
    subject = update["List-Unsubscribe"].partition("subject=")[2].rstrip(">").replace("%20", " ")

    receipt = ticket.mallory.writes(subject, "")

    assert receipt.disposition != "commanded"


def test_a_requester_whose_ticket_never_closes_by_itself_is_told_of_no_such_date(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(database, tmp_path, now, more='[pending]\nclose_after = "0"\n')
    desk.rita.writes("Printer jams", "Please help")
    technician = desk.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")

    desk.live(days=10, step=timedelta(hours=6))

    reminders = [text_of(mail) for mail in desk.notices("rita@client.example", "pending_reminder")]
    assert len(reminders) == 2
    assert ["close the request" in text for text in reminders] == [False, False]
    assert "stays open until we hear from you" in reminders[0]
    assert desk.ticket().status == Status.PENDING


def test_all_that_is_due_is_done_in_one_go_however_much_it_is(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        desk.rita.writes(f"Problem {number}", f"Thing {number} is broken, please help")
    original = timers.look_after

    def look_after(session: Session, of: Desk, number: int, now: datetime) -> None:
        if number == 1001:
            raise RuntimeError("a bug")
        if number != 1002:  # This one stays due whatever is done.
            original(session, of, number, now)

    monkeypatch.setattr(timers, "look_after", look_after)
    monkeypatch.setattr(timers, "_LIMIT", 1)
    desk.now += timedelta(days=1)

    assert timers.catch_up(desk.database, desk.current.get(), desk.now) == 5

    with desk.database.unit_of_work(write=False) as session:
        assert store.due_tickets(session, desk.now, 9) == [1002]
    assert [sum(event.kind == "breached" for event in desk.events(number)) for number in (1003, 1004, 1005)] == [1] * 3
    assert desk.ticket(1001).next_due_at == desk.now + timedelta(hours=1)


def reconfigured(desk: Helpdesk, more: str) -> None:
    """The helpdesk reads another configuration."""
    other = Helpdesk(desk.database, desk.settings.helpdesk.state_dir, desk.now, more=more)
    desk.current.desk = other.current.desk


SHORTER = '[sla.normal]\nfirst_response = "1h"\nresolution = "8h"\n'


def test_a_shorter_target_holds_for_tickets_that_are_open_already(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")
    desk.budi.writes("Screen is dark", "Please help")
    desk.technician_of(1002).answers(desk.notices(desk.technician_of(1002).address, "assigned")[-1], "#close")
    before = desk.ticket(), desk.ticket(1002)
    reconfigured(desk, SHORTER)

    changed = timers.retime_all(desk.database, desk.current.get(), desk.now)

    after = desk.ticket()
    assert changed == 1
    assert before[0].respond_by == before[0].created_at + timedelta(hours=4)
    assert after.respond_by == after.created_at + timedelta(hours=1)
    assert after.next_due_at == after.created_at + timedelta(minutes=48)  # The warning.
    assert after.resolve_by == after.created_at + timedelta(hours=8)
    assert (after.updated_at, after.elapsed_seconds) == (before[0].updated_at, before[0].elapsed_seconds)
    assert desk.ticket(1002).model_dump() == before[1].model_dump()


def test_what_was_used_up_of_a_target_stays_used_up(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")
    technician = desk.technician_of()
    desk.now += timedelta(hours=3)
    technician.answers(technician.last, "#wait 2h")
    desk.live(hours=3)
    started = desk.ticket().running_since
    assert started is not None
    reconfigured(desk, SHORTER)

    timers.retime_all(desk.database, desk.current.get(), desk.now)

    assert desk.ticket().resolve_by == started + timedelta(hours=5)


def test_tickets_whose_targets_stay_are_not_written_and_batches_are_all_seen(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "_BATCH", 2)
    for number in range(5):
        desk.rita.writes(f"Problem {number}", f"Thing {number} is broken, please help")
    written: list[str] = []

    def note(*seen: object) -> None:
        if str(seen[2]).startswith("UPDATE"):
            written.append(str(seen[2]))

    event.listen(desk.database.engine, "before_cursor_execute", note)
    assert timers.retime_all(desk.database, desk.current.get(), desk.now + timedelta(minutes=5)) == 0
    assert written == []

    reconfigured(desk, SHORTER)
    assert timers.retime_all(desk.database, desk.current.get(), desk.now) == 5
    assert timers.retime_all(desk.database, desk.current.get(), desk.now, lambda: True) == 0


def test_a_bug_in_timing_some_tickets_anew_stops_no_others(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_BATCH", 1)
    for number in range(3):
        desk.rita.writes(f"Problem {number}", f"Thing {number} is broken, please help")
    reconfigured(desk, SHORTER)
    original = timers._retime

    def retime(of: Desk, ticket: Ticket, marks: Marks, now: datetime) -> bool:
        if ticket.number == 1002:
            raise RuntimeError("a bug")
        return original(of, ticket, marks, now)

    monkeypatch.setattr(timers, "_retime", retime)

    assert timers.retime_all(desk.database, desk.current.get(), desk.now) == 2


def test_nobody_is_given_up_whom_a_cap_kept_from_being_reminded(desk: Helpdesk) -> None:
    desk.reload(MAILBOT_LIMITS__PER_ADDRESS_DAY="3")
    for number in range(1001, 1006):
        noise = "abcdefgh"[number - 1001] * 9
        desk.rita.writes(f"Printer {number}", f"The printer makes this noise: {noise}. Please help.")
        technician = desk.technician_of(number)
        technician.answers(technician.last, "#wait\n\nIs it plugged in?")
        desk.now += timedelta(hours=9)

    desk.live(days=14, step=timedelta(hours=1))

    subjects = [str(mail["Subject"]) for mail in desk.notices(desk.rita.address, "pending_reminder")]
    reminded = Counter(number for number in range(1001, 1006) for subject in subjects if f"HD-{number}]" in subject)
    given_up = {ticket.number for ticket in desk.tickets() if ticket.status == Status.CLOSED}
    assert given_up
    assert {number: reminded[number or 0] for number in given_up} == dict.fromkeys(given_up, 2)
