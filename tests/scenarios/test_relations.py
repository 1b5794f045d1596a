"""Two tickets at once, through the whole pipeline: merging, splitting, relating, and duplicates with their parent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session, col
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters import links, store
from mailbot.adapters.db import Database
from mailbot.adapters.links import Link
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Survey, Ticket
from mailbot.core.model import EventKind, Role, Status
from mailbot.pipeline import kin, merging

SECRET = "The canary sings in the cellar of building nine"
PRIVATE = "My password is hunter2 and my cat is called Whiskers"


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    """Ticket 1001 of Rita, ticket 1002 of Budi."""
    desk = Helpdesk(database, tmp_path, now)
    desk.rita.writes("Printer jams", f"The printer on floor 2 jams. {PRIVATE}.")
    desk.budi.writes("Paper stuck", "Paper is stuck in the printer of floor 2 again. Please help.")
    return desk


def mail_about(desk: Helpdesk, number: int) -> tuple[Person, object]:
    """The technician of a ticket, and the newest mail that he got about it."""
    technician = desk.technician_of(number)
    mails = [mail for mail in technician.inbox if f"HD-{number}]" in str(mail["Subject"])]
    return technician, mails[-1]


def command(desk: Helpdesk, number: int, text: str) -> Person:
    technician, mail = mail_about(desk, number)
    technician.answers(mail, text)  # type: ignore[arg-type]
    return technician


def said(person: Person) -> str:
    return text_of(person.last)


def entries(desk: Helpdesk, number: int) -> list[str]:
    with desk.database.unit_of_work(write=False) as session:
        return [entry.text for entry in links.entries(session, number)]


# Merging


def test_a_merged_ticket_is_closed_without_a_closing_notice_or_a_survey(desk: Helpdesk) -> None:
    command(desk, 1002, "#merge 1001")

    row = desk.ticket(1002)
    assert (row.status, row.merged_into, row.next_due_at, row.respond_by) == (Status.CLOSED, 1001, None, None)
    desk.live(days=20, step=timedelta(hours=12))
    assert desk.notices(desk.budi.address, "closed") == []
    assert desk.notices(desk.budi.address, "survey") == []
    assert desk.notices(desk.budi.address, "status_update") == []


def test_the_requester_hears_his_new_number_and_nothing_of_the_other_conversation(desk: Helpdesk) -> None:
    command(desk, 1001, "#note The fuser is worn.\n#end\n\nHello Rita, we look after it.")

    command(desk, 1002, "#merge 1001")

    (notice,) = desk.notices(desk.budi.address, "merged")
    assert notice["Subject"] == "[HD-1001] The new number of your request"
    assert "HD-1002, “Paper stuck”," in text_of(notice)
    assert "HD-1001" in text_of(notice)
    sent = "".join(mail.as_string() for mail in desk.budi.inbox)
    assert "Printer jams" not in sent
    assert "Whiskers" not in sent
    assert desk.rita.address not in sent
    assert set(notice["References"].split()) == {_first_id(desk, 1002), desk.budi.inbox[0]["Message-ID"]}


def test_replies_of_the_technician_go_to_both_each_in_a_mail_of_his_own(desk: Helpdesk) -> None:
    command(desk, 1002, "#merge 1001")

    command(desk, 1001, "The part arrives on Friday.")

    for person, other in ((desk.rita, desk.budi), (desk.budi, desk.rita)):
        assert "The part arrives on Friday." in said(person)
        assert other.address not in person.last.as_string()
    assert "Whiskers" not in "".join(mail.as_string() for mail in desk.budi.inbox)
    desk.budi.answers(desk.budi.last, "Thank you. Which time?")
    assert "Which time?" in " ".join(entries(desk, 1001))


ROADS: dict[str, Callable[[Helpdesk], object]] = {
    "token": lambda desk: desk.budi.answers(desk.budi.inbox[0], "It is stuck again, tray two."),
    "tag": lambda desk: desk.budi.writes("Re: [HD-1002] Paper stuck", "It is stuck again, tray two."),
    "message": lambda desk: desk.budi.writes(
        "Paper", "It is stuck again, tray two.", In_Reply_To=_first_id(desk, 1002)
    ),
}


def _first_id(desk: Helpdesk, number: int) -> str:
    with desk.database.unit_of_work(write=False) as session:
        return store.entries(session, number)[0].message_id


@pytest.mark.parametrize("road", ROADS)
def test_whatever_is_written_to_the_old_number_lands_in_the_other_ticket(desk: Helpdesk, road: str) -> None:
    command(desk, 1002, "#merge 1001")
    count = len(entries(desk, 1001))

    ROADS[road](desk)

    assert len(desk.tickets()) == 2
    assert len(entries(desk, 1001)) == count + 1
    assert desk.ticket(1002).status == Status.CLOSED
    assert "tray two" in said(desk.technician_of(1001))


def test_a_chain_of_merges_leads_to_its_end(desk: Helpdesk) -> None:
    desk.mallory.writes("Printer broken", "The printer on the second floor is broken. Best regards.")
    command(desk, 1003, "#merge 1002")
    command(desk, 1002, "#merge 1001")

    desk.mallory.answers(desk.mallory.inbox[0], "It still does not work at all.")

    assert desk.ticket(1003).merged_into == 1002
    assert "It still does not work at all." in entries(desk, 1001)
    command(desk, 1001, "It is repaired.")
    assert "It is repaired." in said(desk.mallory)


def test_a_long_chain_and_a_circle_both_end(desk: Helpdesk) -> None:
    with desk.database.unit_of_work() as session:
        rows = [desk.ticket(1001).model_dump(exclude={"number", "merged_into"}) for _ in range(15)]
        for index, values in enumerate(rows):
            session.add(Ticket(number=2000 + index, **values, merged_into=2001 + index if index < 14 else None))
    with desk.database.unit_of_work(write=False) as session:
        end = store.get_ticket(session, 2000)
        assert end is not None
        assert end.number == 2014
        assert sorted(number for number in session.scalars(links.family(2014)) if number) == list(range(2000, 2015))
    with desk.database.unit_of_work() as session:
        last = session.get(Ticket, 2014)
        assert last is not None
        last.merged_into = 2000
    with desk.database.unit_of_work(write=False) as session:
        assert store.get_ticket(session, 2000) is not None
        assert len(session.scalars(links.family(2014)).all()) == 15


@pytest.mark.parametrize(
    ("before", "text", "why"),
    [
        ("", "#merge 1001", "is the number of this very ticket"),
        ("", "#merge 4711", "There is no ticket [HD-4711]."),
        ("", "#dup 999999999", "There is no ticket [HD-999999999]."),
        ("", "#merge 1002\n#merge 1003", "#merge and #merge do not go together"),
        ("", "#split one\n#split two", "#split and #split do not go together"),
        ("", "#link 4711", "There is no ticket [HD-4711]."),
        ("#merge 1003", "#merge 1002", "[HD-1002] was merged into HD-1003. Name that number instead."),
        ("#merge 1003", "#link 1002", "[HD-1002] was merged into HD-1003. Name that number instead."),
        ("#merge 1001", "#merge 1002", "[HD-1002] was merged into this ticket already."),
        ("#resolve Done.", "#dup 1002", "[HD-1002] is resolved already"),
        ("#dup 1001", "#dup 1002", "[HD-1002] waits for this ticket itself."),
    ],
)
def test_what_cannot_be_done_with_another_ticket_changes_nothing(
    desk: Helpdesk, before: str, text: str, why: str
) -> None:
    desk.mallory.writes("Scanner", "The scanner of the third floor does not work. Please help me.")
    if before:
        command(desk, 1002, before)
    count = len(desk.rita.inbox)

    technician = command(desk, 1001, f"{text}\n\nHello Rita.")

    assert why in said(technician)
    assert desk.ticket(1001).merged_into is None
    assert desk.ticket(1001).status == Status.NEW
    assert len(desk.rita.inbox) == count


def test_nothing_is_merged_into_a_ticket_that_was_closed_long_ago(desk: Helpdesk) -> None:
    command(desk, 1001, "#close")
    desk.now += timedelta(days=100)
    desk.budi.writes("Scanner", "The scanner of the third floor does not work. Please help me.")

    technician = command(desk, 1003, "#merge 1001")

    assert "was closed too long ago" in said(technician)
    assert desk.ticket(1003).merged_into is None


def test_too_many_reporters_are_no_crowd_in_copy(desk: Helpdesk) -> None:
    crowd = ", ".join(f"p{index}@client.example" for index in range(20))
    command(desk, 1001, f"#cc {crowd}")

    technician = command(desk, 1002, "#merge 1001")

    assert "Use #dup instead" in said(technician)
    assert desk.ticket(1002).merged_into is None


def test_the_record_shows_both_conversations_and_where_each_came_from(desk: Helpdesk) -> None:
    command(desk, 1002, "#note Seen before.")
    technician = command(desk, 1002, "#merge 1001")

    technician = command(desk, 1001, "#show")

    (record,) = desk.notices(technician.address, "record")
    text = text_of(record)
    assert "Paper is stuck in the printer" in text
    assert "Budi (1002) wrote:" in text
    assert "Rita Requester wrote:" in text
    assert "Seen before." in text
    assert "Related: HD-1002, merged into this: Paper stuck" in text


def test_an_internal_note_of_a_merged_ticket_reaches_nobody_outside(desk: Helpdesk) -> None:
    command(desk, 1002, f"#note {SECRET}")
    command(desk, 1002, "#merge 1001")
    count = len(desk.rita.inbox)

    command(desk, 1001, f"Hello Rita. {SECRET}.")

    assert len(desk.rita.inbox) == count
    assert any(event.kind == EventKind.LEAK_BLOCKED for event in desk.events(1001))


def test_the_technician_of_the_other_ticket_hears_of_it(desk: Helpdesk) -> None:
    other = desk.technician_of(1001)
    technician = command(desk, 1002, "#merge 1001")

    assert technician.address != other.address
    assert "HD-1002 was merged into this ticket." in said(other)
    assert "Paper is stuck" in said(other)


def test_with_quiet_the_requester_is_not_told(desk: Helpdesk) -> None:
    count = len(desk.budi.inbox)

    command(desk, 1002, "#quiet\n#merge 1001")

    assert desk.ticket(1002).merged_into == 1001
    assert len(desk.budi.inbox) == count


def test_a_text_below_goes_to_the_requester_under_his_old_number_first(desk: Helpdesk) -> None:
    command(desk, 1002, "#merge 1001\n\nDear Budi, a colleague of yours told us too.")

    reply, merged = desk.budi.inbox[-2:]
    assert "a colleague of yours" in text_of(reply)
    assert reply["Subject"].startswith("[HD-1002]")
    assert merged["Subject"].startswith("[HD-1001]")


def test_a_machine_that_is_merged_is_sent_nothing(desk: Helpdesk) -> None:
    desk.mallory.writes("Disk full", "The disk of server 4 is full, 98 per cent.", Auto_Submitted="auto-generated")
    assert not desk.ticket(1003).answerable

    command(desk, 1003, "#merge 1001")
    command(desk, 1001, "We have freed some space.")

    assert desk.ticket(1003).merged_into == 1001
    assert desk.mallory.inbox == []


def test_the_same_requester_of_both_is_told_once_and_answered_once(desk: Helpdesk) -> None:
    desk.rita.writes("Printer again", "And it has begun to smell of smoke. Please come at once.")
    command(desk, 1003, "#merge 1001")
    count = len(desk.rita.inbox)

    command(desk, 1001, "We are on our way.")

    assert len(desk.rita.inbox) == count + 1


def test_what_was_held_of_a_ticket_before_its_merge_is_replaced_by_a_correct_mail_after_it(desk: Helpdesk) -> None:
    technician, assigned = mail_about(desk, 1002)
    technician.answers(assigned, "#prioo high\n\nPlease try tray 3.")  # type: ignore[arg-type]
    question = technician.last
    with desk.database.unit_of_work() as session:  # As somebody else does who has got the ticket meanwhile.
        ticket, other = (store.lock_ticket(session, number) for number in (1002, 1001))
        somebody = desk.current.get().policy.directory.technician("lena@example.com")
        assert ticket is not None
        assert other is not None
        assert somebody is not None
        merging.merge(session, desk.current.get(), ticket, other, somebody, "elsewhere", desk.now, quiet=True)

    technician.answers(question, "#prio high\n\nPlease open the cover.")
    technician.answers(question, "#go")

    assert "open the cover" in said(desk.budi)
    assert not [mail for mail in (*desk.rita.inbox, *desk.budi.inbox) if "tray 3" in text_of(mail)]


@pytest.mark.parametrize(("number", "text"), [(1002, "#merge 1001"), (1001, "#dup HD-1002"), (1002, "#link none 1001")])
def test_two_tickets_are_locked_in_the_order_of_their_numbers(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch, number: int, text: str
) -> None:
    locked: list[int] = []
    lock = store.lock_ticket

    def remember(session: Session, wanted: int) -> Ticket | None:
        locked.append(wanted)
        return lock(session, wanted)

    monkeypatch.setattr(store, "lock_ticket", remember)

    command(desk, number, text)

    assert locked[:2] == [1001, 1002]


# Who may


@pytest.mark.parametrize("verb", ["#merge 1001", "#dup 1001", "#split", "#link 1001", "#unlink 1001"])
def test_a_requester_only_writes_text(desk: Helpdesk, verb: str) -> None:
    desk.budi.answers(desk.budi.last, f"{verb}\n\nPlease.")

    assert (desk.ticket(1002).merged_into, desk.ticket(1002).waits_for) == (None, None)
    assert len(desk.tickets()) == 2
    assert verb in " ".join(entries(desk, 1002))


@pytest.mark.parametrize("verb", ["#merge 1001", "#dup 1001", "#split", "#link 1001"])
def test_without_a_token_nothing_is_done_in_the_name_of_a_technician(desk: Helpdesk, verb: str) -> None:
    desk.tom.writes("Re: [HD-1002] Paper stuck", verb)

    assert (desk.ticket(1002).merged_into, desk.ticket(1002).waits_for) == (None, None)
    assert not desk.ticket(1002).linked
    assert len(desk.tickets()) == 2
    desk.tom.answers(desk.notices(desk.tom.address, "challenge")[-1], "#go")
    changed = desk.ticket(1002)
    assert changed.merged_into or changed.waits_for or changed.linked or verb == "#split"


# Splitting


def test_a_message_gets_a_ticket_of_its_own_and_its_writer_the_number(desk: Helpdesk) -> None:
    desk.rita.answers(desk.rita.last, "By the way, I need a new laptop.", files={"form.pdf": b"%PDF"})

    technician = command(desk, 1001, "#split New laptop for Rita")

    new = desk.ticket(1003)
    assert (new.subject, new.requester_address, new.status) == ("New laptop for Rita", desk.rita.address, Status.NEW)
    assert entries(desk, 1003) == ["By the way, I need a new laptop."]
    assert len(entries(desk, 1001)) == 1
    assert desk.rita.last["Subject"].startswith("[HD-1003]")
    assert "By the way" in text_of(desk.notices(new.technician, "assigned")[-1])
    assert "is the new ticket HD-1003 now" in text_of(desk.notices(technician.address, "transcript")[-1])
    desk.rita.answers(desk.rita.last, "A small one, please.")
    assert "A small one, please." in entries(desk, 1003)
    assert "HD-1001 (new), from which this was split off" in said(desk.technician_of(1003))


def test_the_message_that_is_answered_is_split_off_not_a_later_one(desk: Helpdesk) -> None:
    desk.rita.answers(desk.rita.last, "By the way, I need a new laptop.")
    technician, mail = mail_about(desk, 1001)
    desk.rita.answers(desk.rita.inbox[0], "The printer jams even more now.")

    technician.answers(mail, "#split")  # type: ignore[arg-type]

    assert entries(desk, 1003) == ["By the way, I need a new laptop."]
    assert desk.ticket(1003).subject == "We have received your request"


def test_the_only_message_of_a_ticket_stays_there(desk: Helpdesk) -> None:
    technician = command(desk, 1001, "#split")

    assert "nothing to split off" in said(technician)
    assert len(desk.tickets()) == 2


# Relating


def test_related_tickets_name_each_other_to_technicians_only(desk: Helpdesk) -> None:
    command(desk, 1001, "#link 1002")

    desk.budi.answers(desk.budi.last, "Is there any news about it?")
    desk.rita.answers(desk.rita.last, "Is there any news about it?")

    assert "Related: HD-1001 (new): Printer jams" in said(desk.technician_of(1002))
    assert "Related: HD-1002 (new): Paper stuck" in said(desk.technician_of(1001))
    command(desk, 1002, "Not yet.")
    assert "1001" not in said(desk.budi)


@pytest.mark.parametrize("text", ["#link none 1001", "#unlink 1001"])
def test_a_relation_can_be_ended_from_either_side(desk: Helpdesk, text: str) -> None:
    command(desk, 1001, "#link 1002")
    assert "is related to HD-1001 already" in said(command(desk, 1002, "#link 1001"))

    command(desk, 1002, text)

    with desk.database.unit_of_work(write=False) as session:
        assert session.scalars(select(Link)).all() == []
    assert "was not related" in said(command(desk, 1002, text))


# Duplicates


def test_a_duplicate_waits_without_any_timer_and_keeps_its_requester(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")

    row = desk.ticket(1002)
    assert (row.status, row.waits_for, row.next_due_at, row.resolve_by) == (Status.ON_HOLD, 1001, None, None)
    assert row.requester_address == desk.budi.address
    count = len(desk.budi.inbox)
    desk.live(days=10, step=timedelta(hours=12))
    assert len(desk.budi.inbox) == count


def test_one_resolve_answers_the_requester_of_every_duplicate_in_a_mail_of_his_own(desk: Helpdesk) -> None:
    writers = [Person(desk, f"u{index}@client.example") for index in range(5)]
    for index, person in enumerate(writers):
        person.writes("Mail is down", "I cannot read my mail since this morning. Please help me.")
        command(desk, 1003 + index, "#dup 1001")
        assert desk.ticket(1003 + index).waits_for == 1001

    technician = command(desk, 1001, "#resolve The mail server was restarted.\n\nDear Rita, it runs again.")
    assert "Duplicates that are resolved with it: 5." in said(technician)
    desk.tick()

    for index, person in enumerate(writers):
        row, mail = desk.ticket(1003 + index), person.last
        assert (row.status, row.waits_for) == (Status.RESOLVED, None)
        assert mail["Subject"].startswith(f"[HD-{1003 + index}]")
        assert "The mail server was restarted." in text_of(mail)
        raw = mail.as_string()
        assert "Rita" not in raw
        assert "1001" not in raw.replace(str(mail["Message-ID"]), "").replace(str(mail["Date"]), "")
        assert not [other.address for other in (*writers, desk.rita) if other is not person and other.address in raw]
    assert "Dear Rita, it runs again." in said(desk.rita)
    assert desk.ticket(1002).status == Status.NEW
    desk.live(days=6, step=timedelta(hours=6))
    with desk.database.unit_of_work(write=False) as session:
        asked = set(session.scalars(select(col(Survey.address))))
    assert {person.address for person in writers} <= asked


def test_hundreds_of_duplicates_block_nobody(sqlite_database: Database, tmp_path: Path, now: datetime) -> None:
    """Each is a transaction of its own; the mail that resolves their parent only makes them due."""
    desk = Helpdesk(sqlite_database, tmp_path, now)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")
    child = desk.ticket(1001).model_dump(exclude={"number"}) | {"status": Status.ON_HOLD, "waits_for": 1001}
    with desk.database.unit_of_work() as session:
        for number in range(2000, 2300):
            who = {"requester_address": f"u{number}@client.example", "next_due_at": None, "running_since": None}
            session.add(Ticket(number=number, **child | who))
            session.flush()
            links.add(session, number, 1001, links.DUPLICATE)

    technician = command(desk, 1001, "#resolve Repaired.")
    assert "Duplicates that are resolved with it: 300." in said(technician)
    assert desk.ticket(2150).status == Status.ON_HOLD
    for _ in range(10):
        desk.now += timedelta(seconds=5)
        desk.tick()

    resolved = [row.number for row in desk.tickets() if row.status == Status.RESOLVED]
    assert len(resolved) == 301
    assert len([mail for mail in desk.sent if "@client.example" in mail["To"] and "Repaired." in text_of(mail)]) == 301


def test_without_a_named_solution_the_text_below_is_what_they_get(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    command(desk, 1001, "#resolve\n\nThe server was restarted.")
    desk.tick()

    assert "The server was restarted." in said(desk.budi)


def test_a_duplicate_that_is_resolved_alone_is_not_answered_again(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    command(desk, 1002, "#resolve Paper taken out.")
    assert desk.ticket(1001).status == Status.NEW
    count = len(desk.budi.inbox)

    command(desk, 1001, "#resolve Repaired.")
    desk.tick()

    assert len(desk.budi.inbox) == count


def test_a_requester_who_writes_meanwhile_still_gets_the_solution(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    desk.budi.answers(desk.budi.last, "Is there any news about it?")
    assert desk.ticket(1002).waits_for == 1001
    assert "Is there any news about it?" in said(desk.technician_of(1002))

    command(desk, 1001, "#resolve Repaired.")
    desk.tick()

    assert desk.ticket(1002).status == Status.RESOLVED
    assert "Repaired." in said(desk.budi)


def test_a_duplicate_that_its_requester_opens_again_tells_the_technician(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    command(desk, 1001, "#resolve Repaired.")
    desk.tick()

    desk.budi.answers(desk.budi.last, "No, it is still stuck in tray two.")

    assert desk.ticket(1002).status == Status.OPEN
    assert desk.ticket(1001).status == Status.RESOLVED
    text = said(desk.technician_of(1002))
    assert "still stuck" in text
    assert "HD-1001 (resolved), of which this is a duplicate" in text


def test_quiet_keeps_everybody_silent(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    count = len(desk.budi.inbox)

    assert "Their requesters are not told." in said(command(desk, 1001, "#quiet\n#resolve Repaired."))
    desk.tick()

    assert desk.ticket(1002).status == Status.RESOLVED
    assert len(desk.budi.inbox) == count


def test_closing_by_hand_closes_the_duplicates_and_silence_opens_them(desk: Helpdesk) -> None:
    desk.mallory.writes("Scanner", "The scanner of the third floor does not work. Please help me.")
    command(desk, 1002, "#dup 1001")
    command(desk, 1001, "#close")
    desk.tick()
    assert desk.ticket(1002).status == Status.CLOSED
    assert len(desk.notices(desk.budi.address, "closed")) == 1

    desk.budi.writes("Scanner", "The scanner is broken, I think. Please look at it soon.")
    command(desk, 1004, "#dup 1003")
    command(desk, 1003, "#wait\n\nWhich scanner do you mean?")
    desk.live(days=30, step=timedelta(hours=12))
    assert desk.ticket(1003).status == Status.CLOSED
    assert desk.ticket(1004).status == Status.OPEN


def test_a_solution_with_internal_text_is_not_carried_to_the_duplicates(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    command(desk, 1001, "#quiet\n#resolve Repaired.")
    with desk.database.unit_of_work() as session:
        parent = store.lock_ticket(session, 1001)
        child = store.lock_ticket(session, 1002)
        assert parent is not None
        assert child is not None
        store.add_entry(
            session, ticket=1001, kind="note", internal=True, author_address="tom@example.com", text=SECRET,
            created_at=desk.now,
        )  # fmt: skip
        parent.has_internal, parent.resolution = True, f"{SECRET}."
        loud = {"children": 1, "quiet": False, "status": "resolved"}
        store.add_events(session, 1001, desk.now, [Happening(EventKind.DUPLICATES_ENDED, "tom@example.com", data=loud)])
    desk.tick()

    assert desk.ticket(1002).status == Status.RESOLVED
    assert "canary" not in "".join(mail.as_string() for mail in desk.budi.inbox)
    assert len(desk.notices(desk.budi.address, "resolved")) == 1


def test_a_duplicate_of_a_duplicate_waits_for_the_one_that_is_worked_on(desk: Helpdesk) -> None:
    desk.mallory.writes("Printer broken", "The printer on the second floor is broken. Best regards.")
    command(desk, 1002, "#dup 1001")

    technician = command(desk, 1003, "#dup 1002")

    assert desk.ticket(1003).waits_for == 1001
    assert "waits for HD-1001" in said(technician)


def test_what_waits_for_a_parent_that_becomes_a_duplicate_itself_is_answered_too(desk: Helpdesk) -> None:
    desk.mallory.writes("Printer broken", "The printer on the second floor is broken. Best regards.")
    command(desk, 1003, "#dup 1002")
    command(desk, 1002, "#dup 1001")

    command(desk, 1001, "#resolve Repaired.")
    desk.tick()
    desk.now += timedelta(seconds=5)
    desk.tick()

    assert [desk.ticket(number).status for number in (1002, 1003)] == [Status.RESOLVED, Status.RESOLVED]
    assert "Repaired." in said(desk.mallory)


def test_a_parent_that_is_opened_again_at_once_is_waited_for_once_more(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")
    command(desk, 1001, "#resolve Repaired.")
    command(desk, 1001, "#reopen")
    desk.tick()

    row = desk.ticket(1002)
    assert (row.status, row.waits_for, row.next_due_at) == (Status.ON_HOLD, 1001, None)


def test_whoever_is_unlinked_waits_no_longer(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")

    command(desk, 1002, "#unlink 1001")

    assert (desk.ticket(1002).status, desk.ticket(1002).waits_for) == (Status.OPEN, None)


def test_a_parent_that_is_merged_hands_on_what_waits_for_it(desk: Helpdesk) -> None:
    desk.mallory.writes("Printer broken", "The printer on the second floor is broken. Best regards.")
    command(desk, 1003, "#dup 1002")
    command(desk, 1002, "#merge 1001")
    assert desk.ticket(1003).waits_for == 1001

    command(desk, 1001, "#resolve Repaired.")
    desk.tick()

    assert desk.ticket(1003).status == Status.RESOLVED


def test_what_waits_for_a_ticket_that_is_merged_into_a_resolved_one_is_answered(desk: Helpdesk) -> None:
    desk.mallory.writes("Printer broken", "The printer on the second floor is broken. Best regards.")
    command(desk, 1003, "#dup 1002")
    command(desk, 1001, "#resolve Repaired.")

    command(desk, 1002, "#merge 1001")
    desk.tick()

    assert desk.ticket(1003).status == Status.RESOLVED
    assert "Repaired." in said(desk.mallory)


def test_a_ticket_that_is_merged_into_its_own_duplicate_leaves_that_open(desk: Helpdesk) -> None:
    command(desk, 1002, "#dup 1001")

    command(desk, 1001, "#merge 1002")

    assert (desk.ticket(1002).status, desk.ticket(1002).waits_for) == (Status.OPEN, None)


def test_deeds_are_what_an_undo_finds(desk: Helpdesk) -> None:
    with desk.database.unit_of_work() as session:
        first, second = store.lock_ticket(session, 1001), store.lock_ticket(session, 1002)
        assert first is not None
        assert second is not None
        policy = desk.current.get().policy
        assert kin.link(session, policy, first, second, "tom@example.com", desk.now)
        assert kin.unlink(session, policy, first, second, "tom@example.com", desk.now) == [(1001, 1002, "related")]


def test_people_who_take_part_are_taken_along(desk: Helpdesk) -> None:
    command(desk, 1002, "#cc dewi@client.example")
    command(desk, 1002, "#merge 1001")

    with desk.database.unit_of_work(write=False) as session:
        people = {one.address: one.role for one in store.people(session, 1001)}
    assert people["dewi@client.example"] == people[desk.budi.address] == Role.PARTICIPANT
