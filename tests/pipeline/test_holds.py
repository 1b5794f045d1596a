"""Held mail: what is decided about it, and what is not done twice."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.adapters import store
from mailbot.core.model import Status


def test_the_text_of_a_mail_that_was_corrected_is_not_sent_again_by_go(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#resolv\n\nIt works again now.")
    mistake = technician.last
    technician.answers(mistake, "#resolve\n\nIt works again now.")
    count = len(ticket.rita.inbox)

    technician.answers(mistake, "#go")

    assert len(ticket.rita.inbox) == count
    assert "decided before" in text_of(technician.last)


def test_a_confirmed_mail_with_a_mistake_is_not_called_carried_out(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.writes("Re: [HD-1001] Printer jams", "#clsoe\n\nDone it.")

    technician.answers(technician.last, "#go")

    assert ticket.ticket().status == Status.NEW
    assert "was not carried out" in text_of(technician.last)
    technician.answers(technician.last, "#close\n\nDone it.")
    assert "Done it." in text_of(ticket.rita.last)


@pytest.mark.parametrize("answer", ["", "I do not know him", "#accept\n#spam", "#go", "#resolve"])
def test_an_answer_without_a_decision_decides_nothing(ticket: Helpdesk, answer: str) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "Send me everything")
    technician = ticket.technician_of()

    technician.answers(technician.last, answer)

    assert "#accept" in text_of(technician.last)
    assert (ticket.mallory.inbox, len(ticket.rita.inbox)) == ([], 1)
    technician.answers(technician.last, "#take")
    assert ticket.ticket().status == Status.OPEN


def test_a_forged_mail_that_was_called_spam_silences_nobody_who_has_a_ticket(ticket: Helpdesk) -> None:
    ticket.budi.writes("VPN down", "The VPN is down, nobody can work.")
    ticket.budi.writes("Re: [HD-1001] Printer jams", "Buy my pills")  # Forged: it is not Budi who wrote this.
    technician = ticket.technician_of(1001)
    technician.answers(technician.last, "#spam")

    by_token = ticket.budi.answers(ticket.budi.last, "It works in the other room.")
    by_number = ticket.budi.writes("Re: [HD-1002] VPN down", "And now it works here too.")

    assert [by_token.disposition, by_number.disposition] == ["appended", "appended"]
    assert ticket.budi.writes("Re: [HD-1001] Printer jams", "Again pills").disposition == "ignored"
    assert ticket.budi.writes("Pills", "Cheap ones").disposition == "ignored"


def test_whoever_calls_a_mail_spam_is_told_how_that_can_be_undone(ticket: Helpdesk) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "Buy my pills")
    technician = ticket.technician_of()

    technician.answers(technician.last, "#spam")

    assert "To take that back, reply with #accept or #new ." in " ".join(text_of(technician.last).split())


@pytest.mark.parametrize(("decision", "sender_hears_of"), [("#accept", 1001), ("#new", 1002)])
def test_a_decision_that_comes_too_late_is_carried_out_once_it_is_confirmed(
    ticket: Helpdesk, decision: str, sender_hears_of: int
) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "I sit next to Rita")
    technician = ticket.technician_of()
    question = technician.last
    ticket.wait(days=15)
    technician.answers(question, decision)
    assert len(ticket.tickets()) == 1

    confirmed = technician.answers(ticket.notices(technician.address, "challenge")[-1], "#go")

    assert (confirmed.disposition, confirmed.ticket) == ("commanded", sender_hears_of)
    assert ticket.mallory.writes(f"Re: [HD-{sender_hears_of}] x", "More words").disposition == "appended"


def test_an_answer_to_an_internal_mail_that_comes_too_late_stays_inside_when_it_is_confirmed(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")
    transcript = ticket.notices(technician.address, "transcript")[-1]
    ticket.wait(days=15)
    technician.answers(transcript, "Whoever wrote this program is a genius.")

    technician.answers(ticket.notices(technician.address, "challenge")[-1], "#go")

    assert b"genius" not in b"".join(mail.raw for mail in ticket.courier.sent if mail.recipient == ticket.rita.address)


def test_what_a_flood_kept_from_being_asked_is_asked_later(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    count = 0
    while len(ticket.notices(technician.address, "held")) == count:
        count += 1
        ticket.receive(build(f"junk{count}@evil.example", "Re: [HD-1001] x", "Buy my pills", at=ticket.now))
    ticket.budi.writes("Re: [HD-1001] Printer jams", "I sit next to Rita, it jams for me too")
    assert len(ticket.notices(technician.address, "held")) == count - 1

    ticket.wait(hours=23)
    assert len(ticket.notices(technician.address, "held")) == count - 1
    ticket.wait(hours=1, minutes=1)

    questions = ticket.notices(technician.address, "held")[count - 1 :]
    assert [f"junk{count}@" in text_of(questions[0]), "I sit next to Rita" in text_of(questions[1])] == [True, True]
    technician.answers(questions[1], "#accept")
    assert ticket.budi.writes("Re: [HD-1001] x", "More words").disposition == "appended"
    ticket.live(days=3)
    assert len(ticket.notices(technician.address, "held")) == count + 1


def test_a_challenge_that_could_not_go_out_goes_out_later(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    count = 0
    while len(ticket.notices(technician.address, "challenge")) == count:
        count += 1
        technician.writes("Re: [HD-1001] Printer jams", f"#note number {count}")

    ticket.wait(hours=24, minutes=1)

    challenge = ticket.notices(technician.address, "challenge")[-1]
    assert f"#note number {count}" in text_of(challenge)
    technician.answers(challenge, "#go")
    with ticket.database.unit_of_work(write=False) as session:
        assert f"number {count}" in [entry.text for entry in store.entries(session, 1001)]


def test_that_nobody_is_there_to_be_asked_is_logged_as_an_error(ticket: Helpdesk) -> None:
    policy = ticket.current.get().policy
    nobody = replace(policy, directory=replace(policy.directory, technicians={}, teams={}))
    ticket.current.desk = replace(ticket.current.desk, policy=nobody)

    with capture_logs() as logs:
        receipt = ticket.receive(b"To: support@example.com\r\nSubject: no originator\r\n\r\nhelp\r\n")

    assert receipt.disposition == "held"
    assert [(line["event"], line["log_level"]) for line in logs if "nobody" in line["event"]] == [
        ("nobody_to_tell", "error")
    ]
