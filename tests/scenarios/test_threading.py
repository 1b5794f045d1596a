"""How a mail finds its ticket, when its client keeps little of what it should."""

from datetime import datetime
from pathlib import Path

import pytest
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.adapters import store
from mailbot.adapters.db import Database

PROBLEM = "The printer on floor 2 jams since this morning. Please help."


@pytest.fixture
def subaddressed(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return Helpdesk(database, tmp_path, now, helpdesk="subaddress = true")


@pytest.fixture
def successor(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return Helpdesk(database, tmp_path, now, helpdesk=r"legacy_tags = ['\[rt #(\d+)\]']")


def test_the_token_in_the_reply_address_is_enough(subaddressed: Helpdesk) -> None:
    desk = subaddressed
    desk.rita.writes("Printer jams", PROBLEM)
    address = desk.rita.last["Reply-To"].addresses[0].addr_spec
    assert address.startswith("support+1001.r.")

    receipt = desk.receive(build("rita@client.example", "no number", "More to say", at=desk.now, to=address))

    assert (receipt.disposition, receipt.ticket) == ("appended", 1001)


def test_a_technician_commands_by_the_token_in_the_reply_address(subaddressed: Helpdesk) -> None:
    desk = subaddressed
    desk.rita.writes("Printer jams", PROBLEM)
    technician = desk.technician_of()
    address = technician.last["Reply-To"].addresses[0].addr_spec

    receipt = desk.receive(build(technician.address, "no number", "#close", at=desk.now, to=address))

    assert receipt.disposition == "commanded"
    assert desk.ticket().status == "closed"


def test_a_stranger_gains_nothing_from_somebody_elses_reply_address(subaddressed: Helpdesk) -> None:
    desk = subaddressed
    desk.rita.writes("Printer jams", PROBLEM)
    address = desk.rita.last["Reply-To"].addresses[0].addr_spec

    receipt = desk.receive(build("mallory@evil.example", "Your code is 1234", "code", at=desk.now, to=address))

    assert receipt.disposition != "appended"


def test_a_mail_that_answers_the_requesters_own_mail_joins_its_ticket(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", PROBLEM, message_id="<first@client.example>")

    receipt = desk.rita.writes("one more thing", "It also smells.", In_Reply_To="<first@client.example>")

    assert (receipt.disposition, receipt.ticket) == ("appended", 1001)


def test_a_number_of_the_older_system_never_means_a_ticket_of_ours(successor: Helpdesk) -> None:
    desk = successor
    desk.budi.writes("Other matter", "Something else is broken, please help")

    receipt = desk.rita.writes("Re: [rt #1001] old matter", "Any news on this?")

    assert (receipt.disposition, receipt.ticket) == ("created", 1002)
    again = desk.rita.writes("Re: [rt #1001] old matter", "Still waiting")
    assert (again.disposition, again.ticket) == ("appended", 1002)


def test_the_number_in_a_subject_that_nobody_knows_begins_a_new_ticket(desk: Helpdesk) -> None:
    receipt = desk.rita.writes("Re: [HD-9999] lost", "Please help")

    assert receipt.disposition == "created"


def test_long_references_stay_whole_and_thread_in_our_answer(desk: Helpdesk) -> None:
    long_id = "<" + "a" * 90 + "@prod.outlook.example>"
    desk.rita.writes("Printer jams", PROBLEM, message_id=long_id)

    raw = desk.courier.sent[0].raw

    assert long_id.encode() in raw
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0].partition(b"In-Reply-To")[2].partition(b"Content-")[0]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_a_technicians_own_incident_is_a_ticket_like_any_other(desk: Helpdesk) -> None:
    receipt = desk.tom.writes("My own laptop", "The laptop does not start, please help")

    assert receipt.disposition == "created"
    assert "[HD-1001]" in desk.tom.inbox[0]["Subject"]
    answer = desk.tom.answers(desk.notices("tom@example.com", "acknowledgement")[0], "It starts again now")
    assert (answer.disposition, answer.ticket) == ("appended", 1001)


def test_a_status_update_says_what_was_last_said(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", PROBLEM)
    technician = desk.technician_of()
    technician.answers(technician.last, "A new tray is on its way.")

    desk.live(days=2)

    assert "A new tray is on its way." in text_of(desk.notices("rita@client.example", "status_update")[0])


def test_a_stranger_who_repeats_a_message_id_does_not_divert_the_answers_to_it(desk: Helpdesk) -> None:
    desk.mallory.writes("Nothing", "Nothing at all, please help", message_id="<first@client.example>")
    desk.rita.writes("Printer jams", PROBLEM, message_id="<first@client.example>")
    desk.mallory.writes("Nothing again", "Nothing more, please help", message_id="<first@client.example>")

    receipt = desk.rita.writes("one more thing", "It also smells.", In_Reply_To="<first@client.example>")

    assert (receipt.disposition, receipt.ticket) == ("appended", 1002)


def test_an_answer_joins_the_ticket_in_which_its_sender_takes_part_whatever_else_it_refers_to(desk: Helpdesk) -> None:
    desk.budi.writes("Screen", "My screen is black, please help", message_id="<budi@client.example>")
    desk.rita.writes("Printer jams", PROBLEM, message_id="<rita@client.example>")

    receipt = desk.rita.writes(
        "see also", "It also smells.", In_Reply_To="<budi@client.example>", References="<rita@client.example>"
    )

    assert (receipt.disposition, receipt.ticket) == ("appended", 1002)


def test_our_own_message_id_comes_before_that_of_anybody_else(desk: Helpdesk) -> None:
    desk.budi.writes("Screen", "My screen is black, please help", message_id="<budi@client.example>")
    desk.rita.writes("Printer jams", PROBLEM)
    ours = str(desk.rita.last["Message-ID"])

    with desk.database.unit_of_work(write=False) as session:
        found = store.tickets_of_message_ids(session, ["<budi@client.example>", ours], "mallory@evil.example")
        of_budi = store.tickets_of_message_ids(session, ["<budi@client.example>", ours], "budi@client.example")

    assert found == [1002, 1001]
    assert of_budi == [1001, 1002]
