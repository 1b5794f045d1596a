"""Technicians work by mail: what is done, what is refused, and what never leaves."""

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.core.model import Priority, Status


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def test_commands_change_the_ticket_and_are_answered_by_a_transcript(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    sent_before = len(ticket.rita.inbox)

    receipt = technician.answers(technician.last, "#take\n#prio high")

    assert receipt.disposition == "commanded"
    assert ticket.ticket().priority == Priority.HIGH
    assert ticket.ticket().status == Status.OPEN
    transcript = technician.last
    assert transcript["Auto-Submitted"] == "auto-replied"
    assert "high" in text_of(transcript)
    assert len(ticket.rita.inbox) == sent_before


def test_a_typo_does_nothing_and_sends_nothing_to_the_requester(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    sent_before = len(ticket.rita.inbox)

    receipt = technician.answers(technician.last, "#prio high\n#intrenal\n\nThe boss does not want to pay for it.")

    assert receipt.disposition == "held"
    assert ticket.ticket().priority == Priority.NORMAL
    assert len(ticket.rita.inbox) == sent_before
    assert "#internal" in text_of(technician.last) or "#note" in text_of(technician.last)


def test_go_sends_the_held_text_without_the_commands(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#resolv\n\nIt works again.")

    receipt = technician.answers(technician.last, "#go")

    assert receipt.disposition == "commanded"
    assert "It works again." in text_of(ticket.rita.last)
    assert "#resolv" not in text_of(ticket.rita.last)
    assert ticket.ticket().status == Status.OPEN


def test_the_held_text_is_sent_only_once_however_often_go_is_said(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#resolv\n\nIt works again.")
    transcript = technician.last
    technician.answers(transcript, "#go")
    count = len(ticket.rita.inbox)

    technician.answers(transcript, "#go\n")

    assert len(ticket.rita.inbox) == count


def test_an_internal_note_never_leaves(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#note\nThe canary sings: budget is blown, do not tell.")
    technician.answers(technician.inbox[0], "#resolve\n\nDone.")
    ticket.rita.answers(ticket.rita.last, "It is broken again?")
    ticket.live(days=3)

    assert ticket.ticket().has_internal
    for mail in ticket.courier.sent:
        if mail.recipient == "rita@client.example":
            assert b"canary" not in mail.raw


def test_internal_text_in_a_public_reply_is_blocked(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#note\nThe canary sings: budget is blown, do not tell.")
    count = len(ticket.rita.inbox)

    technician.answers(technician.inbox[0], "Hello Rita,\n\nThe canary sings: budget is blown,\ndo not tell.\n")

    assert len(ticket.rita.inbox) == count
    assert any(event.kind == "leak_blocked" for event in ticket.events())


def test_quiet_keeps_the_text_inside(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    count = len(ticket.rita.inbox)

    technician.answers(technician.last, "#quiet\n#close\n\nSpoke on the phone; all done.")

    assert ticket.ticket().status == Status.CLOSED
    assert len(ticket.rita.inbox) == count


def test_a_reply_to_a_transcript_stays_inside(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")
    count = len(ticket.rita.inbox)

    technician.answers(technician.last, "Remember to ask the vendor about this.")

    assert len(ticket.rita.inbox) == count
    assert ticket.ticket().has_internal


def test_assigning_tells_the_new_technician(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    other = ticket.tess if technician is ticket.tom else ticket.tom

    technician.answers(technician.last, f"#assign {other.name.split()[0].lower()}")

    assert ticket.ticket().technician == other.address
    assert "The printer on floor 2 jams" in text_of(other.last)


def test_a_command_without_a_token_is_not_run_but_asked_about_at_the_registered_address(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    count = len(ticket.rita.inbox)

    receipt = technician.writes("Re: [HD-1001] Printer jams", "#close\n\nWe do not care.")

    assert receipt.disposition == "held"
    assert ticket.ticket().status == Status.NEW
    assert len(ticket.rita.inbox) == count
    assert "#close" in text_of(technician.last)
    assert not any(line.lstrip().startswith("#close") for line in text_of(technician.last).splitlines())


def test_confirming_the_challenge_runs_exactly_the_held_mail(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.writes("Re: [HD-1001] Printer jams", "#close\n\nIt was the tray.")

    receipt = technician.answers(technician.last, "#go")

    assert receipt.disposition == "commanded"
    assert ticket.ticket().status == Status.CLOSED
    assert "It was the tray." in text_of(ticket.rita.last)


def test_a_token_of_somebody_else_proves_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    other = ticket.tess if technician is ticket.tom else ticket.tom

    receipt = other.answers(technician.last, "#close\n\nForged.")

    assert receipt.disposition == "held"
    assert ticket.ticket().status == Status.NEW


def test_an_expired_token_proves_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    ticket.live(days=20, step=__import__("datetime").timedelta(days=1))

    receipt = technician.answers(assigned, "#take")

    assert receipt.disposition == "held"


def test_a_requesters_commands_are_only_text(ticket: Helpdesk) -> None:
    receipt = ticket.rita.answers(ticket.rita.last, "#prio critical\n#assign none\nplease hurry")

    assert receipt.disposition == "appended"
    assert ticket.ticket().priority == Priority.NORMAL
    forwarded = text_of(ticket.technician_of().last)
    assert "prio critical" in forwarded
    assert not any(line.lstrip().startswith("#prio") for line in forwarded.splitlines())


def test_commands_in_the_quote_or_below_the_text_never_run(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    held = technician.answers(technician.last, "Hello Rita,\n#close\nthis is text.\n\n> #close")
    assert held.disposition == "held"
    assert ticket.ticket().status == Status.NEW
    technician.answers(technician.last, "#go")

    assert ticket.ticket().status == Status.OPEN
