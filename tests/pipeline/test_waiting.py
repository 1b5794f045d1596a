"""What time does to a ticket that waits, and to one that was opened again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot import timers
from mailbot.core.model import Status
from mailbot.errors import TransientError
from mailbot.notify import Desk


def reminders(desk: Helpdesk) -> int:
    return len(desk.notices(desk.rita.address, "pending_reminder"))


def test_a_requester_is_reminded_of_a_question_only_after_he_had_time_to_answer_it(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#prio low")
    ticket.now += timedelta(hours=47)
    technician.answers(technician.inbox[0], "#wait")

    ticket.live(hours=40)
    assert reminders(ticket) == 0
    ticket.live(hours=9)
    assert reminders(ticket) == 1


def test_waiting_for_the_requester_begins_when_waiting_for_a_date_ends(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#wait 10d")
    ticket.live(days=8, step=timedelta(hours=6))
    technician.answers(technician.last, "#wait user\n\nIs it plugged in?")

    ticket.live(days=6, step=timedelta(hours=6))

    assert reminders(ticket) == 2
    assert ticket.ticket().status == Status.PENDING


def test_a_ticket_that_comes_back_on_its_date_shows_what_the_requester_wrote_last(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#wait 2d\n#note the vendor is slow, and so are we")
    count = len(ticket.notices(technician.address, "assigned"))

    ticket.live(days=3)

    woken = ticket.notices(technician.address, "assigned")[count:]
    assert len(woken) == 1
    assert "The printer on floor 2 jams" in text_of(woken[0])
    assert "vendor" not in text_of(woken[0])


def test_an_old_solution_is_not_told_again_after_the_ticket_was_opened_again(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    technician.answers(assigned, "#quiet\n#resolve he had unplugged it himself")
    ticket.rita.answers(ticket.rita.last, "It jams again!")

    technician.answers(assigned, "#resolve\n\nA new driver was installed.")

    assert "A new driver was installed." in text_of(ticket.rita.last)
    assert "unplugged" not in ticket.rita.last.as_string()
    assert ticket.ticket().resolution == "A new driver was installed."


def test_a_machine_is_sent_no_updates_and_its_ticket_says_nothing_of_them(desk: Helpdesk) -> None:
    desk.receive(build("nagios@client.example", "db1 is DOWN", "help", at=desk.now, Auto_Submitted="auto-generated"))

    desk.live(days=6, step=timedelta(hours=6))

    assert desk.mails_to("nagios@client.example") == []
    assert [event.reason for event in desk.events() if event.kind == "notice_queued"] == []
    assert len([event for event in desk.events() if event.kind == "notice_suppressed"]) == 1


def test_a_notice_that_is_held_back_is_not_noted_as_queued(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#prio critical")

    ticket.live(hours=20)

    queued = [event for event in ticket.events() if event.kind == "notice_queued"]
    assert len(queued) == len(ticket.notices(ticket.rita.address, "status_update"))


def test_a_database_that_is_not_to_be_had_puts_no_timer_off(ticket: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket.now += timedelta(days=1)
    due_at = ticket.ticket().next_due_at

    with monkeypatch.context() as patch:
        patch.setattr(timers, "look_after", raising(TransientError("try again later")))
        with pytest.raises(TransientError):
            ticket.tick()

    assert ticket.ticket().next_due_at == due_at
    ticket.tick()
    assert ticket.notices(ticket.technician_of().address, "escalation")


def test_a_timer_that_fails_stops_no_other_ticket_and_is_tried_again(
    ticket: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket.budi.writes("Screen", "My screen is dark, please help")
    ticket.now += timedelta(days=1)
    original = timers.look_after

    def look_after(session: Session, desk: Desk, number: int, now: datetime) -> None:
        if number == 1001:
            raise RuntimeError("a bug")
        original(session, desk, number, now)

    with monkeypatch.context() as patch:
        patch.setattr(timers, "look_after", look_after)
        ticket.tick()
    escalated = [event.kind for event in ticket.events(1002)].count("breached")
    assert escalated == 1
    assert ticket.ticket(1001).next_due_at == ticket.now + timedelta(hours=1)

    ticket.wait(hours=1)

    assert "breached" in [event.kind for event in ticket.events(1001)]


def raising(error: Exception) -> Callable[..., None]:
    def act(*_arguments: object) -> None:
        raise error

    return act
