"""What time does to a ticket that waits, and to one that was opened again."""

from datetime import timedelta

from world import Helpdesk

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
