"""Tickets that are closed, opened again, followed by others, and judged by their requesters."""

from datetime import timedelta

import pytest
from sqlmodel import col, select
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.adapters import store
from mailbot.adapters.tables import Survey
from mailbot.core.model import Status


@pytest.fixture
def closed(ticket: Helpdesk) -> Helpdesk:
    """Ticket 1001 was closed, and Rita was asked how it was."""
    technician = ticket.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")
    ticket.live(hours=3)
    return ticket


def test_every_answer_to_a_ticket_closed_long_ago_goes_to_the_one_ticket_that_followed_it(closed: Helpdesk) -> None:
    closed.now += timedelta(days=60)
    old = closed.rita.inbox[0]
    first = closed.rita.answers(old, "It is broken again.")

    second = closed.rita.answers(old, "Is there any news?")

    assert (first.disposition, first.ticket) == ("created", 1002)
    assert (second.disposition, second.ticket) == ("appended", 1002)
    assert "Is there any news?" in text_of(closed.technician_of(1002).last)


def test_a_ticket_that_followed_and_was_closed_long_ago_itself_is_followed_in_turn(closed: Helpdesk) -> None:
    old = closed.rita.inbox[0]
    for number in (1002, 1003):
        closed.now += timedelta(days=60)
        assert closed.rita.answers(old, f"It is broken again, {number}").ticket == number
        technician = closed.technician_of(number)
        technician.answers(technician.last, "#close\n\nDone.")

    assert [ticket.predecessor for ticket in closed.tickets()] == [None, 1001, 1002]


def test_the_ticket_of_another_person_follows_nobody_elses(closed: Helpdesk) -> None:
    technician = closed.technician_of()
    closed.budi.writes("Re: [HD-1001] Printer jams", "I sit next to Rita")
    technician.answers(technician.last, "#accept")
    technician.answers(technician.inbox[0], "#close")
    closed.now += timedelta(days=60)
    closed.rita.answers(closed.rita.inbox[0], "It is broken again.")

    receipt = closed.budi.writes("Re: [HD-1001] Printer jams", "Mine is broken too.")

    assert (receipt.disposition, receipt.ticket) == ("created", 1003)


def test_a_low_score_with_words_is_read_by_somebody(closed: Helpdesk) -> None:
    closed.rita.answers(closed.notices(closed.rita.address, "survey")[0], "1. It still jams.\n2. Nobody called.")

    assert "Nobody called." in text_of(closed.technician_of().last)
    assert closed.ticket().status == Status.CLOSED


@pytest.mark.parametrize("vote", ["1", "5 thank you, very quick"])
def test_a_mere_vote_bothers_nobody(closed: Helpdesk, vote: str) -> None:
    technician = closed.technician_of()
    count = len(technician.inbox)

    closed.rita.answers(closed.notices(closed.rita.address, "survey")[0], vote)

    assert len(technician.inbox) == count


def test_a_number_that_begins_a_sentence_is_no_vote_but_opens_the_ticket_again(closed: Helpdesk) -> None:
    survey = closed.notices(closed.rita.address, "survey")[0]

    closed.rita.answers(survey, "5 days later it is still broken")

    assert closed.ticket().status == Status.OPEN
    assert "5 days later" in text_of(closed.technician_of().last)
    assert surveys(closed) == [(1, None)]


@pytest.mark.parametrize(
    "words",
    [
        "Very satisfied, great service!",
        "Sangat puas, terima kasih banyak",
        "I give you a 4, but it took long.",
        "Very good, thanks! 6 out of 5 :)",
        "Thanks again, tidak ada masalah",
    ],
)
def test_praise_without_a_score_is_kept_with_the_ticket_that_stays_closed(closed: Helpdesk, words: str) -> None:
    survey = closed.notices(closed.rita.address, "survey")[0]

    closed.rita.answers(survey, words)

    assert closed.ticket().status == Status.CLOSED
    assert closed.notices(closed.rita.address, "reopened") == []
    told = text_of(closed.technician_of().last)
    assert words in told
    assert "stays closed" in told
    closed.technician_of().answers(closed.technician_of().last, "#reopen")
    assert closed.ticket().status == Status.OPEN


@pytest.mark.parametrize("words", ["It doesn’t print.", "Printernya masih macet", "When will it be mended?"])
def test_a_complaint_in_answer_to_a_survey_opens_the_ticket_again(closed: Helpdesk, words: str) -> None:
    closed.rita.answers(closed.notices(closed.rita.address, "survey")[0], words)

    assert closed.ticket().status == Status.OPEN
    assert "It was closed on" in text_of(closed.technician_of().last)


def test_praise_that_comes_when_it_is_too_late_to_open_the_ticket_again_makes_no_new_one(closed: Helpdesk) -> None:
    survey = closed.notices(closed.rita.address, "survey")[0]
    closed.now += timedelta(days=60)

    closed.rita.answers(survey, "Very satisfied, great service!")

    assert len(closed.tickets()) == 1


def test_a_long_word_with_a_good_vote_is_read_by_somebody_and_stays_with_the_ticket(closed: Helpdesk) -> None:
    words = "Quick as ever, thank you. Only the scanner on the third floor shows the same message since this morning."

    closed.rita.answers(closed.notices(closed.rita.address, "survey")[0], f"5. {words}")

    assert words in " ".join(text_of(closed.technician_of().last).split()).replace(" > ", " ")
    assert surveys(closed) == [(1, 5)]
    with closed.database.unit_of_work(write=False) as session:
        assert words in store.entries(session, 1001)[-1].text


def test_a_vote_counts_for_the_cycle_whose_survey_it_answers(closed: Helpdesk) -> None:
    first = closed.notices(closed.rita.address, "survey")[0]
    closed.rita.answers(closed.rita.inbox[0], "It is broken again.")
    closed.now += timedelta(hours=1)
    technician = closed.technician_of()
    technician.answers(technician.last, "#close\n\nDone, again.")
    with closed.database.unit_of_work() as session:
        session.add(Survey(ticket=1001, cycle=2, address=closed.rita.address, asked_at=closed.now))

    closed.rita.answers(first, "1")

    assert surveys(closed) == [(1, 1), (2, None)]


def surveys(desk: Helpdesk) -> list[tuple[int, int | None]]:
    """The scores by cycle."""
    with desk.database.unit_of_work(write=False) as session:
        return [(row.cycle, row.score) for row in session.exec(select(Survey).order_by(col(Survey.cycle)))]


def test_the_timers_of_each_cycle_fire_anew(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    for cycle in (1, 2):
        technician.answers(assigned, "#resolve\n\nDone, again.")
        ticket.live(days=4, step=timedelta(hours=6))
        assert ticket.ticket().status == Status.CLOSED
        assert len(ticket.notices(ticket.rita.address, "closed")) == cycle
        ticket.rita.answers(ticket.rita.inbox[0], f"It still jams, number {cycle}.")
        assert (ticket.ticket().status, ticket.ticket().cycle) == (Status.OPEN, cycle + 1)

    assert len(ticket.notices(ticket.rita.address, "survey")) == 1
    assert ticket.ticket().closed_at is None


def test_after_a_reopening_the_next_update_comes_later_and_quotes_no_answer_from_before(closed: Helpdesk) -> None:
    closed.now += timedelta(days=5)
    closed.rita.answers(closed.rita.inbox[0], "It jams again.")
    assert len(closed.notices(closed.rita.address, "reopened")) == 1

    closed.live(minutes=10)
    assert closed.notices(closed.rita.address, "status_update") == []

    closed.live(days=4, step=timedelta(hours=6))
    updates = closed.notices(closed.rita.address, "status_update")
    assert updates
    assert "Our last answer" not in text_of(updates[0])
