"""What is taken back beyond the ticket of a mail: other tickets, relations, vendors, articles, and new tickets."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters import links, search, store
from mailbot.adapters.articles import Article
from mailbot.adapters.db import Database
from mailbot.adapters.links import Link
from mailbot.adapters.sidethreads import SideThread
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


def test_when_a_merge_is_taken_back_each_requester_gets_his_own_ticket_back(desk: Helpdesk) -> None:
    technician = command(desk, 1002, "#merge 1001")
    transcript = technician.last
    desk.wait(minutes=2)
    desk.budi.answers(desk.budi.inbox[0], "It is stuck again, tray two.")

    technician.answers(transcript, "#undo")

    assert desk.ticket(1002).merged_into is None
    assert "It is stuck again, tray two." in entries(desk, 1002)
    (news,) = desk.notices(desk.budi.address, "merged")
    desk.budi.answers(news, "Thank you, I wait.")
    assert "Thank you, I wait." in entries(desk, 1002)
    assert all("wait" not in text for text in entries(desk, 1001))


def test_who_came_by_a_command_leaves_the_ticket_to_which_a_merge_has_carried_him(desk: Helpdesk) -> None:
    technician = command(desk, 1002, "#cc dewi@client.example")
    transcript = technician.last
    command(desk, 1002, "#merge 1001")

    technician.answers(transcript, "#undo")

    with desk.database.unit_of_work(write=False) as session:
        assert not store.takes_part(session, 1001, "dewi@client.example")
        assert store.takes_part(session, 1001, desk.budi.address)


def test_after_a_merge_undo_still_means_the_newest_mail_about_the_old_ticket(desk: Helpdesk) -> None:
    technician = command(desk, 1002, "#merge 1001")
    (assigned,) = [mail for mail in technician.inbox if "HD-1002]" in str(mail["Subject"])][:1]

    technician.answers(assigned, "#undo")

    assert desk.ticket(1002).merged_into is None


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


# What has happened meanwhile


def test_a_wrong_answer_is_stopped_though_the_requester_has_written_meanwhile(desk: Helpdesk) -> None:
    technician = command(desk, 1001, "#wait 2d\n\nDear Rita, this was meant for somebody else.")
    transcript = technician.last
    desk.rita.answers(desk.rita.inbox[0], "It jams again.")
    assert desk.ticket(1001).status == Status.OPEN

    technician.answers(transcript, "#undo")

    said = text_of(desk.notices(technician.address, "transcript")[-1])
    assert "status stays “open”: rita@client.example has changed it since then." in said
    desk.wait(minutes=5)
    assert not [mail for mail in desk.rita.inbox if "somebody else" in text_of(mail)]


def test_a_request_that_is_under_way_is_not_closed_by_an_undo(desk: Helpdesk) -> None:
    technician = desk.technician_of(1001)
    technician.writes("Screen", "#for dewi@client.example Dewi\n\nThe screen is dark.")
    technician.answers(technician.last, "#go")
    transcript = desk.notices(technician.address, "transcript")[-1]
    desk.wait(minutes=2)
    dewi = Person(desk, "dewi@client.example", "Dewi")
    dewi.answers(dewi.last, "It is urgent.")

    technician.answers(transcript, "#undo")

    assert "[HD-1003] is under way already" in text_of(desk.notices(technician.address, "transcript")[-1])
    assert desk.ticket(1003).status != Status.CLOSED


def test_the_requester_stays_answered_when_only_the_first_of_two_answers_is_taken_back(desk: Helpdesk) -> None:
    first = command(desk, 1001, "#prio high\n\nHello Rita, wrong text.").last
    technician = desk.technician_of()
    technician.answers(desk.notices(technician.address, "assigned")[0], "Hello Rita, please open the cover.")

    technician.answers(first, "#undo")
    desk.wait(minutes=2)

    row = desk.ticket(1001)
    assert row.first_response_at is not None
    assert row.status == Status.OPEN
    assert [text for text in map(text_of, desk.rita.inbox) if "open the cover" in text]
    assert not [text for text in map(text_of, desk.rita.inbox) if "wrong text" in text]


def test_duplicates_that_were_answered_wait_again_when_their_parent_is_taken_back(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    technician = command(desk, 1001, "#resolve The fuser was replaced.")
    transcript = technician.last
    desk.wait(minutes=2)
    assert desk.ticket(1002).status == Status.RESOLVED

    technician.answers(transcript, "#undo")

    assert "Duplicates that were ended with it wait again" in text_of(technician.last)
    assert (desk.ticket(1002).status, desk.ticket(1002).waits_for) == (Status.ON_HOLD, 1001)
    command(desk, 1001, "#resolve The roller was replaced.")
    desk.wait(minutes=2)
    assert "The roller was replaced." in text_of(desk.notices(desk.budi.address, "resolved")[-1])


def test_undo_in_the_answer_to_a_mail_that_did_nothing_takes_nothing_else_back(desk: Helpdesk) -> None:
    command(desk, 1001, "#prio high")
    technician = command(desk, 1001, "#prio hihg")

    technician.answers(technician.last, "#undo")

    assert "did nothing that could be taken back" in text_of(technician.last)
    assert desk.ticket(1001).priority == "high"


def test_whoever_wrote_a_mail_hears_that_his_lead_has_taken_it_back(desk: Helpdesk) -> None:
    technician = command(desk, 1001, "#prio high\n\nHello Rita, wrong text.")
    found = [line for line in text_of(technician.last).splitlines() if "#undo" in line]
    code = found[0].split("#undo ")[1].split()[0]

    desk.lena.writes("Re: [HD-1001] Printer jams", f"#undo {code}")
    desk.lena.answers(desk.lena.last, "#go")

    (told,) = desk.notices(technician.address, "taken_back")
    assert "Lena Lead has taken back what your mail did." in text_of(told)
    assert "Not sent any more: " in text_of(told)


def test_an_answer_to_a_vendor_whose_question_was_taken_back_too_late_goes_to_him(desk: Helpdesk) -> None:
    technician = command(desk, 1001, "#vendor help@acme.example RMA-1\n\nWhich part do we need?")
    transcript = technician.last
    desk.wait(minutes=2)
    technician.answers(transcript, "#undo")
    acme = Person(desk, "help@acme.example", "Acme")
    acme.answers(acme.last, "The fuser kit.")

    technician.answers(desk.notices(technician.address, "vendor_replied")[-1], "Thank you, never mind.")
    desk.wait(minutes=2)

    assert "Thank you, never mind." in text_of(acme.last)


# Beside undo


def test_a_text_that_was_taken_back_unsent_is_no_public_text(desk: Helpdesk) -> None:
    secret = "Her machine is on the list of those that are replaced in December."
    technician = command(desk, 1001, f"#prio high\n\n{secret}")
    technician.answers(technician.last, "#undo")
    command(desk, 1001, f"#note {secret}")

    command(desk, 1001, f"Hello Rita,\n{secret}")
    desk.wait(minutes=2)

    assert not [mail for mail in desk.rita.inbox if "December" in text_of(mail)]


@pytest.mark.parametrize("line", ["#merge 1002", "#dup 1002", "#link 1002", "#unlink 1002", "#split", "#undo"])
def test_what_needs_a_ticket_of_before_does_not_go_with_a_new_one(desk: Helpdesk, line: str) -> None:
    technician = desk.technician_of(1001)
    technician.writes("Screen", f"#for dewi@client.example Dewi\n{line}\n\nThe screen is dark.")
    technician.answers(technician.last, "#go")

    assert "is for a ticket that is there already" in text_of(technician.last)
    assert len(desk.tickets()) == 2


@pytest.mark.parametrize("later", [True, False])
def test_duplicates_are_ended_with_their_parent_whatever_else_is_related_to_it(desk: Helpdesk, *, later: bool) -> None:
    desk.mallory.writes("Printer broken", "The printer on the second floor is broken. Best regards.")
    command(desk, 1002, "#dup 1001")
    if later:
        command(desk, 1001, "#close")
        command(desk, 1001, "#link 1003")
    else:
        command(desk, 1001, "#close\n#link 1003")
    desk.wait(minutes=2)

    assert desk.ticket(1002).status == Status.CLOSED
    assert len(desk.notices(desk.budi.address, "closed")) == 1


def test_a_message_that_a_technician_registered_is_split_off_without_anything_of_his_own_mail(desk: Helpdesk) -> None:
    technician = desk.technician_of(1001)
    technician.writes("laptop broken (that woman again)", "#for dewi@client.example Dewi\n\nThe screen is dark.")
    technician.answers(technician.last, "#go")
    desk.wait(minutes=2)
    dewi = Person(desk, "dewi@client.example", "Dewi")
    dewi.answers(dewi.last, "And the mouse is dead.")
    with desk.database.unit_of_work() as session:
        row = store.get_ticket(session, 1003)
        assert row is not None
        row.subject = "Dark screen"
    holder = desk.technician_of(1003)

    holder.answers(desk.notices(holder.address, "assigned")[-1], "#split")
    desk.wait(minutes=2)

    sent = "".join(mail.as_string() for mail in dewi.inbox[1:])
    assert "that woman" not in sent
    assert desk.ticket(1004).subject == "Dark screen"


def test_a_message_is_split_off_once(desk: Helpdesk) -> None:
    desk.rita.answers(desk.rita.last, "By the way, I need a new laptop.")
    technician = desk.technician_of(1001)
    replied = desk.notices(technician.address, "requester_replied")[-1]
    technician.answers(replied, "#split")

    technician.answers(replied, "#split")

    assert "the message that you answer has become [HD-1003] already." in text_of(technician.last)
    assert len(desk.tickets()) == 3


def test_the_notes_of_a_ticket_stay_internal_where_a_message_was_split_off(desk: Helpdesk) -> None:
    secret = "The fuser costs four hundred euro and comes from the stock of building nine."
    desk.rita.answers(desk.rita.last, "By the way, I need a new laptop.")
    command(desk, 1001, f"#note {secret}")
    command(desk, 1001, "#split New laptop")
    desk.wait(minutes=2)

    command(desk, 1003, f"Hello Rita, {secret}")
    desk.wait(minutes=2)

    assert not [mail for mail in desk.rita.inbox if "building nine" in text_of(mail)]


def test_a_vendor_is_not_told_who_the_requesters_are_not_even_those_of_merged_tickets(desk: Helpdesk) -> None:
    command(desk, 1002, "#merge 1001")
    command(desk, 1001, "#vendor help@acme.example\n\nPlease call budi@client.example.")
    desk.wait(minutes=2)

    assert Person(desk, "help@acme.example", "Acme").inbox == []


def test_a_wrong_word_about_a_stranger_can_be_taken_back(desk: Helpdesk) -> None:
    desk.mallory.writes("Re: [HD-1001] Printer jams", "I am next to Rita, it is the same here.")
    technician = desk.technician_of(1001)
    technician.answers(technician.last, "#spam")

    technician.answers(technician.last, "#accept")

    assert "it is the same here" in " ".join(entries(desk, 1001))
    with desk.database.unit_of_work(write=False) as session:
        known = store.contact(session, desk.mallory.address)
        assert known is None or known.blocked_at is None
