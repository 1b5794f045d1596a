"""What time does to a ticket that waits, and to one that was opened again."""

from datetime import timedelta

from world import Helpdesk
from world.helpdesk import text_of

from mailbot.core.model import Status


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
