"""One word of a requester on top of his reply; and what he writes on a ticket that waits for somebody else."""

from datetime import timedelta

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.core.model import Status


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


@pytest.mark.parametrize("word", ["#close", "#tutup", " #Close.", "＃TUTUP"])
def test_a_requester_closes_his_ticket_with_one_word(ticket: Helpdesk, word: str) -> None:
    receipt = ticket.rita.answers(ticket.rita.last, word)

    assert receipt.disposition == "commanded"
    assert ticket.ticket().status == Status.CLOSED
    assert any(event.kind == "closed" and event.reason == "the requester closed it" for event in ticket.events())
    assert "As you asked, request HD-1001 is closed." in " ".join(text_of(ticket.rita.last).split())
    assert "has closed this ticket" in text_of(ticket.technician_of().last)
    ticket.live(days=3)
    assert len(ticket.notices(ticket.rita.address, "survey")) == 1


def test_a_requester_opens_it_again_with_one_word_even_below_a_survey(ticket: Helpdesk) -> None:
    ticket.rita.answers(ticket.rita.last, "#close")
    ticket.live(days=3)
    survey = ticket.notices(ticket.rita.address, "survey")[-1]

    ticket.rita.answers(survey, "#buka")

    assert ticket.ticket().status == Status.OPEN
    assert ticket.notices(ticket.rita.address, "reopened")


def test_after_the_window_a_wish_to_reopen_makes_a_new_ticket_as_every_reply_does(ticket: Helpdesk) -> None:
    acknowledgement = ticket.rita.last
    ticket.rita.answers(acknowledgement, "#close")
    ticket.now += timedelta(days=200)
    ticket.rita.answers(ticket.rita.last, "#reopen")
    assert ticket.ticket().status == Status.CLOSED
    assert ticket.ticket(1002).predecessor == 1001


@pytest.mark.parametrize("word", ["#stop", "#berhenti"])
def test_stop_ends_updates_and_leaves_the_ticket(ticket: Helpdesk, word: str) -> None:
    receipt = ticket.rita.answers(ticket.rita.last, word)

    assert receipt.disposition == "commanded"
    assert ticket.ticket().status == Status.NEW
    technician = ticket.technician_of()
    technician.answers(technician.last, "#close")
    ticket.live(days=3)
    assert not ticket.notices(ticket.rita.address, "survey")


@pytest.mark.parametrize(
    "text", ["#close\nIt is still dark.", "#closed?", "# close", "Please #close", "#prio critical"]
)
def test_anything_else_stays_text_and_the_technician_reads_it(ticket: Helpdesk, text: str) -> None:
    receipt = ticket.rita.answers(ticket.rita.last, text)
    assert receipt.disposition == "appended"
    assert ticket.ticket().status == Status.NEW
    assert text.rsplit(maxsplit=1)[-1] in text_of(ticket.technician_of().last)


def test_without_our_token_and_in_somebody_elses_name_it_is_text(ticket: Helpdesk) -> None:
    ticket.rita.writes("Re: [HD-1001] Printer jams", "#close")
    assert ticket.ticket().status == Status.NEW
    ticket.mallory.answers(ticket.rita.last, "#close")
    assert ticket.ticket().status == Status.NEW


def test_somebody_in_copy_closes_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#cc budi@client.example\n\nWe look at it.")
    receipt = ticket.budi.answers(ticket.budi.last, "#close")
    assert receipt.disposition == "appended"
    assert ticket.ticket().status == Status.OPEN


def test_what_a_requester_writes_does_not_end_the_hold_and_the_technician_hears_of_it(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take\n#hold spare part ordered until 20 Aug")
    before = ticket.ticket()

    ticket.now += timedelta(hours=3)
    ticket.rita.answers(ticket.rita.last, "Any news?")

    after = ticket.ticket()
    assert (after.status, after.wait_until) == (Status.ON_HOLD, before.wait_until)
    assert (after.elapsed_seconds, after.running_since) == (before.elapsed_seconds, None)
    read = " ".join(text_of(technician.last).split())
    assert "Any news?" in read
    assert "It stays on hold until Thu 20 Aug 2026" in read


def test_whoever_is_given_a_ticket_reads_the_diagnosis_and_the_workaround_so_far(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    other = ticket.tess if technician is ticket.tom else ticket.tom
    text = f"#diagnosis The fuser is worn.\n#workaround Print on floor 3.\n#assign {other.name}"
    technician.answers(technician.last, text)
    read = text_of(other.last)
    assert "Diagnosis so far:\n\n> The fuser is worn." in read
    assert "Temporary solution so far:\n\n> Print on floor 3." in read
    other.answers(other.last, "#escalate Lena the part is missing")
    assert "> The fuser is worn." in text_of(ticket.lena.last)
