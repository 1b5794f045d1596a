"""What is taken back beyond the ticket of a mail: other tickets, relations, vendors, articles, and new tickets."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters import links, search, store
from mailbot.adapters.db import Database
from mailbot.adapters.links import Link
from mailbot.adapters.sidethreads import SideThread
from mailbot.adapters.tables import Article
from mailbot.core.model import Role, Status
from mailbot.core.searching import Question, ask

STATE = (
    *("status", "technician", "merged_into", "closed_at", "resolved_at", "waits_for", "cycle", "waiting_since"),
    *("wait_until", "next_due_at", "respond_by", "resolve_by"),
)


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    """Ticket 1001 of Rita, ticket 1002 of Budi, and a moment of grace."""
    desk = Helpdesk(database, tmp_path, now, undo_window="30s")
    desk.rita.writes("Printer jams", "The printer on floor 2 jams.")
    desk.budi.writes("Paper stuck", "Paper is stuck in the printer of floor 2 again. Please help.")
    return desk


def command(desk: Helpdesk, number: int, text: str) -> Person:
    technician = desk.technician_of(number)
    mails = [mail for mail in technician.inbox if f"HD-{number}]" in str(mail["Subject"])]
    technician.answers(mails[-1], text)
    return technician


def takes_back(technician: Person) -> str:
    """The technician answers his newest mail with #undo; gives what he is told."""
    technician.answers(technician.last, "#undo")
    return text_of(technician.last)


def state(desk: Helpdesk, number: int) -> dict[str, object]:
    row = desk.ticket(number)
    return {name: getattr(row, name) for name in STATE}


def entries(desk: Helpdesk, number: int) -> list[str]:
    with desk.database.unit_of_work(write=False) as session:
        return [entry.text for entry in store.entries(session, number)]


def question(text: str) -> Question:
    found = ask(text)
    assert found is not None
    return found


def relations(desk: Helpdesk) -> list[tuple[int, int, str]]:
    with desk.database.unit_of_work(write=False) as session:
        return [(row.ticket, row.other, row.kind) for row in session.scalars(select(Link).order_by(col(Link.id)))]


def test_a_merge_is_taken_back_whole_before_its_news_went_out(desk: Helpdesk) -> None:
    desk.mallory.writes("Printer broken", "The printer on the second floor is broken. Best regards.")
    command(desk, 1003, "#dup 1002")
    command(desk, 1002, "#cc dewi@client.example")
    desk.wait(minutes=2)
    before = {number: state(desk, number) for number in (1001, 1002, 1003)}
    technician = command(desk, 1002, "#merge 1001")
    assert desk.ticket(1003).waits_for == 1001
    assert "is told the new number" in text_of(technician.last)

    said = takes_back(technician)

    assert "status: closed → new" in said
    assert "merged into: [HD-1001] → nothing" in said
    assert "[HD-1003] waits for: [HD-1001] → [HD-1002]" in said
    assert {number: state(desk, number) for number in (1001, 1002, 1003)} == before
    desk.wait(minutes=2)
    assert desk.notices(desk.budi.address, "merged") == []
    with desk.database.unit_of_work(write=False) as session:
        assert [one.address for one in store.people(session, 1001)] == [desk.rita.address]
    desk.budi.answers(desk.budi.inbox[0], "It is stuck again.")
    assert "It is stuck again." in entries(desk, 1002)


def test_what_was_written_since_a_merge_stays_where_it_is_when_that_is_taken_back(desk: Helpdesk) -> None:
    technician = command(desk, 1002, "#merge 1001")
    transcript = technician.last
    desk.budi.answers(desk.budi.inbox[0], "It is stuck again, tray two.")

    technician.answers(transcript, "#undo")

    assert desk.ticket(1002).merged_into is None
    assert "It is stuck again, tray two." in entries(desk, 1001)


def test_taking_back_a_merge_can_be_taken_back(desk: Helpdesk) -> None:
    technician = command(desk, 1002, "#merge 1001")
    takes_back(technician)
    assert desk.ticket(1002).merged_into is None

    takes_back(technician)

    assert (desk.ticket(1002).merged_into, desk.ticket(1002).status) == (1001, Status.CLOSED)
    desk.wait(minutes=2)
    assert len(desk.notices(desk.budi.address, "merged")) == 1
    with desk.database.unit_of_work(write=False) as session:
        people = {one.address: one.role for one in store.people(session, 1001)}
    assert people[desk.budi.address] == Role.PARTICIPANT


def test_a_split_is_taken_back_and_its_number_leads_to_where_the_message_is(desk: Helpdesk) -> None:
    desk.rita.answers(desk.rita.last, "By the way, I need a new laptop.")
    technician = command(desk, 1001, "#split New laptop for Rita")
    assert entries(desk, 1003) == ["By the way, I need a new laptop."]
    transcript = desk.notices(technician.address, "transcript")[-1]
    heard = len(desk.rita.inbox)

    technician.answers(transcript, "#undo")

    said = text_of(desk.notices(technician.address, "transcript")[-1])
    assert "[HD-1003], which was split off, is closed; what is written to it lands in this ticket." in said
    assert "By the way, I need a new laptop." in entries(desk, 1001)
    assert (desk.ticket(1003).status, desk.ticket(1003).merged_into) == (Status.CLOSED, 1001)
    assert relations(desk) == []
    desk.live(days=10, step=timedelta(hours=12))
    assert not [mail for mail in desk.rita.inbox[heard:] if "HD-1003" in str(mail["Subject"])]
    with desk.database.unit_of_work(write=False) as session:
        target = store.get_ticket(session, 1003)
        assert target is not None
        assert target.number == 1001


@pytest.mark.parametrize(
    ("text", "line", "before"),
    [
        ("#link 1002", "[HD-1002] is not related to this ticket any more.", []),
        ("#dup 1002", "[HD-1002] is not related to this ticket any more.", []),
        ("#unlink 1002", "[HD-1002] is related to this ticket again.", [(1001, 1002, "related")]),
    ],
)
def test_relations_are_what_they_were(desk: Helpdesk, text: str, line: str, before: list[tuple[int, int, str]]) -> None:
    if before:
        command(desk, 1001, "#link 1002")
    then = state(desk, 1001)
    technician = command(desk, 1001, text)
    assert relations(desk) != before

    said = takes_back(technician)

    assert line in said
    assert relations(desk) == before
    assert state(desk, 1001) == then


def test_a_relation_that_was_ended_by_hand_meanwhile_is_not_taken_back_again(desk: Helpdesk) -> None:
    technician = command(desk, 1001, "#link 1002")
    transcript = technician.last
    command(desk, 1001, "#unlink 1002")

    technician.answers(transcript, "#undo")

    assert "is not related" not in text_of(technician.last)
    assert relations(desk) == []


def test_the_parent_of_duplicates_can_be_taken_back_before_their_requesters_are_answered(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    technician = command(desk, 1001, "#resolve The fuser was replaced.")

    takes_back(technician)
    desk.wait(minutes=5)

    assert (desk.ticket(1002).status, desk.ticket(1002).waits_for) == (Status.ON_HOLD, 1001)
    assert desk.notices(desk.budi.address, "resolved") == desk.notices(desk.rita.address, "resolved") == []


def test_duplicates_are_answered_once_the_moment_of_grace_is_over(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    command(desk, 1001, "#resolve The fuser was replaced.")
    assert desk.notices(desk.budi.address, "resolved") == []

    desk.wait(minutes=1)

    assert len(desk.notices(desk.budi.address, "resolved")) == len(desk.notices(desk.rita.address, "resolved")) == 1


def test_a_question_to_a_vendor_is_not_sent_and_he_is_not_waited_for(desk: Helpdesk) -> None:
    before = state(desk, 1001)
    technician = command(desk, 1001, "#vendor help@acme.example RMA-1\n\nWhich part do we need?")
    acme = Person(desk, "help@acme.example", "Acme")
    assert "Your text goes to help@acme.example, and to nobody else." in text_of(technician.last)
    assert desk.ticket(1001).status == Status.ON_HOLD

    takes_back(technician)
    desk.wait(minutes=2)

    assert acme.inbox == []
    assert state(desk, 1001) == before
    with desk.database.unit_of_work(write=False) as session:
        assert session.scalars(select(SideThread)).all() == []


def test_a_vendor_who_has_answered_meanwhile_is_a_reason_to_take_nothing_back(desk: Helpdesk) -> None:
    technician = command(desk, 1001, "#vendor help@acme.example RMA-1\n\nWhich part do we need?")
    transcript = technician.last
    desk.wait(minutes=2)
    acme = Person(desk, "help@acme.example", "Acme")
    acme.answers(acme.last, "The fuser kit.")

    technician.answers(transcript, "#undo")

    said = text_of(technician.last)
    assert "vendor: it was changed again since then. So nothing was taken back." in said
    assert desk.ticket(1001).status == Status.OPEN


def test_a_draft_of_an_article_is_deleted_and_not_found_any_more(desk: Helpdesk) -> None:
    command(desk, 1001, "#resolve The fuser was replaced.")
    technician = command(desk, 1001, "#kb draft")
    transcript = desk.notices(technician.address, "transcript")[-1]

    technician.answers(transcript, "#undo")

    assert "Article KB-1 is deleted." in text_of(technician.last)
    with desk.database.unit_of_work() as session:
        assert session.scalars(select(Article)).all() == []
        assert search.find(session, search.ARTICLES, question("fuser"), 5).numbers == ()


def test_an_article_that_was_drafted_anew_is_what_it_was(desk: Helpdesk) -> None:
    command(desk, 1001, "#resolve The fuser was replaced.")
    command(desk, 1001, "#kb draft Paper jams")
    technician = command(desk, 1001, "#kb draft Paper jams behind the drawer")
    transcript = desk.notices(technician.address, "transcript")[-1]

    technician.answers(transcript, "#undo")

    assert "Article KB-1 is what it was before." in text_of(technician.last)
    with desk.database.unit_of_work() as session:
        (row,) = session.scalars(select(Article))
        assert row.symptoms == "Paper jams"
        assert search.find(session, search.ARTICLES, question("drawer"), 5).numbers == ()


def test_a_note_that_was_taken_back_is_not_found_any_more(desk: Helpdesk) -> None:
    technician = command(desk, 1001, "#note The kilowatt meter is broken.")
    desk.tick()
    with desk.database.unit_of_work() as session:
        search.index(session, 100)
        assert search.find(session, search.TICKETS, question("kilowatt"), 5).numbers == (1001,)
    desk.wait(minutes=1)

    takes_back(technician)

    with desk.database.unit_of_work() as session:
        search.index(session, 100)
        assert search.find(session, search.TICKETS, question("kilowatt"), 5).numbers == ()


def test_a_request_that_was_registered_by_mistake_is_closed_and_its_requester_hears_nothing(desk: Helpdesk) -> None:
    technician = desk.technician_of(1001)
    technician.writes("Screen", "#for dewi@client.example Dewi\n\nThe screen is dark.")
    technician.answers(technician.last, "#go")
    assert desk.ticket(1003).requester_address == "dewi@client.example"

    technician.answers(desk.notices(technician.address, "transcript")[-1], "#undo")

    said = text_of(desk.notices(technician.address, "transcript")[-1])
    assert "[HD-1003], which was registered by it, is closed, without a word to its requester." in said
    assert desk.ticket(1003).status == Status.CLOSED
    desk.live(days=20, step=timedelta(hours=12))
    assert Person(desk, "dewi@client.example", "Dewi").inbox == []


def test_the_record_of_a_merged_ticket_is_whole(desk: Helpdesk) -> None:
    command(desk, 1002, "#merge 1001")

    with desk.database.unit_of_work(write=False) as session:
        found = [entry.text for entry in links.entries(session, 1001)]
    assert len(found) == 2
