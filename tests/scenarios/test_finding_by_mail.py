"""Technicians who look into the past by mail: tickets by their words, and the knowledge base."""

import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import event, func, select, text, update
from sqlmodel import col
from world import Helpdesk, Person, build
from world.helpdesk import text_of

from mailbot.adapters import search, store
from mailbot.adapters.articles import Article
from mailbot.adapters.tables import IS_UNINDEXED, Receipt, Ticket
from mailbot.core.model import EventKind, Status


def opened(desk: Helpdesk, subject: str, words: str, who: Person | None = None) -> int:
    """A new ticket; time goes on a little, as it does."""
    (who or desk.rita).writes(subject, words)
    desk.now += timedelta(minutes=1)
    return desk.tickets()[-1].number or 0


def asks(desk: Helpdesk, question: str, number: int = 1001) -> EmailMessage:
    """What the technician of a ticket gets for a question in an answer to it."""
    technician = desk.technician_of(number)
    assigned = next(mail for mail in technician.inbox if f"[HD-{number}]" in mail["Subject"])
    desk.now += timedelta(minutes=1)
    assert technician.answers(assigned, question).disposition == "commanded"
    return technician.last


def found(mail: EmailMessage) -> list[int]:
    return [int(number) for number in re.findall(r"^\[HD-(\d+)\]", text_of(mail), re.MULTILINE)]


def links(mail: EmailMessage) -> list[str]:
    page = mail.get_body(("html",))
    assert page is not None
    return [unescape(found) for found in re.findall(r'href="(mailto:[^"]+)"', page.get_content())]


def tap(who: Person, link: str, command: str = "") -> str:
    parts = urlsplit(link)
    values = parse_qs(parts.query)
    body = values.get("body", [command])[0]
    return who.desk.receive(
        build(who.address, values["subject"][0], body, at=who.desk.now, to=unquote(parts.path))
    ).disposition


# Subject, text; then a question, and which of the tickets it finds (1001 is the first).
PAST = (
    ("Printer jams", "The printer on floor 2 jams since this morning."),
    ("VPN déconnecte", "Le café du Général: connexion perdue, code 0x80070035."),
    ("Laptop lambat sekali", "Laptop saya lambat sejak pembaruan."),
    ("印刷できません", "東京のプリンターが動きません。"),
    ("Straße", "Die ĐIỆN Ｐrüfung schlägt fehl, siehe 10.0.0.17 und mail-server."),
)
FINDS = {
    "#find printer": {1001},
    "#find PRINTER jams": {1001},
    "#find print": {1001},
    "#find prin jams": {1001},
    '#find "floor 2 jams"': {1001},
    '#find "jams floor"': set(),
    "#find cafe general": {1002},
    "#find “connexion perdue”": {1002},
    "#find 0x80070035": {1002},
    "#cari lambat": {1003},
    "#find 東京": {1004},
    "#find 京東": set(),
    "#find strasse": {1005},
    "#find dien prufung": {1005},
    "#find 10.0.0.17": {1005},
    "#find mail-server": {1005},
    "#find server-mail": set(),
    "#find printer lambat": {1001, 1003},
    "#find 1003": {1003},
    "#find requester jams": {1001},
    "#find nothingofthekind": set(),
    # Signs that databases read as their own.
    "#find printer AND NOT jams": {1001},
    "#find NEAR(printer jams, 2)": {1001},
    "#find subject : printer*": {1001},
    "#find printer | jams & !x <-> ('a':*": {1001},
    '#find """printer" OR "': {1001},
    "#find printer'); DROP TABLE tickets; --": {1001},
    "#find -{ } ^ \\ % _ jams": {1001},
}


def test_words_phrases_and_beginnings_are_found_however_they_are_spelt(desk: Helpdesk) -> None:
    for subject, words in PAST:
        opened(desk, subject, words)
    missed = {}
    for question, numbers in FINDS.items():
        mail = asks(desk, question)
        if set(found(mail)) != numbers:
            missed[question] = found(mail)
    assert missed == {}
    assert "Nothing was found." in text_of(asks(desk, "#find nothingofthekind"))


def test_when_no_ticket_has_all_words_those_with_one_are_shown_and_it_is_said(desk: Helpdesk) -> None:
    opened(desk, "Printer jams", "It jams.")
    assert "Not all of the words were found together." not in text_of(asks(desk, "#find printer jams"))
    assert "Not all of the words were found together." in text_of(asks(desk, "#find printer vpn"))


def test_a_question_without_a_word_changes_nothing_and_says_how(desk: Helpdesk) -> None:
    opened(desk, "Printer jams", "It jams.")
    technician = desk.technician_of()
    assert technician.answers(technician.last, "#find (?)\n#take").disposition == "held"
    assert "there is no word to look for" in text_of(technician.last)
    assert desk.ticket().status == Status.NEW


def test_a_solution_is_found_in_a_closed_ticket_with_who_solved_it(desk: Helpdesk) -> None:
    opened(desk, "Printer jams", "It jams since this morning.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#note Kyocera, serial 4711\n#end")
    desk.now += timedelta(minutes=1)
    technician.answers(technician.last, "#resolve\n#resolution The fuser was replaced.\nA spare lies in room 12.")
    opened(desk, "Screen flickers", "Please help.")

    mail = asks(desk, "#find fuser", 1002)

    read = text_of(mail)
    assert mail["Subject"] == "Tickets with “fuser”: 1"
    name = "Tom Tech" if technician is desk.tom else "Tess Tech"
    assert f"from Rita Requester · resolved · solved by {name}" in read
    assert "Solution: The fuser was replaced." in read
    assert "A spare" not in read
    assert "“Kyocera, serial 4711”" in text_of(asks(desk, "#find 4711", 1002))


def test_the_subject_counts_more_than_the_text_and_a_list_is_bounded(desk: Helpdesk) -> None:
    for number in range(25):
        desk.receive(build(f"p{number}@client.example", f"Case {number}", "All about the router here.", at=desk.now))
    opened(desk, "Router", "It is broken.")
    opened(desk, "Other", "Nothing.")
    for _ in range(20):
        opened(desk, "Other", "Nothing of interest is written here.", desk.budi)

    mail = asks(desk, "#find router")

    assert found(mail)[0] == 1026
    assert len(found(mail)) == 20
    assert "… and 6 more." in text_of(mail)


def test_a_change_of_a_ticket_is_found_at_once(desk: Helpdesk) -> None:
    opened(desk, "Printer jams", "It jams.")
    assert found(asks(desk, "#find toner")) == []
    desk.rita.answers(desk.rita.last, "By the way, the toner is empty.")
    assert found(asks(desk, "#find toner")) == [1001]
    asks(desk, "#title Copier jams")
    assert found(asks(desk, "#find copier")) == [1001]
    # The old subject still stands in the mail that brought it, but its words alone do not.
    assert found(asks(desk, '#find "printer jams"')) == []


def test_the_links_of_what_was_found_act(desk: Helpdesk) -> None:
    opened(desk, "Printer jams", "It jams.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#find jams")
    show, take, close = links(technician.last)
    other = desk.tess if technician is desk.tom else desk.tom

    assert tap(other, close) == "held"
    assert tap(technician, show) == "commanded"
    assert desk.notices(technician.address, "record")
    assert tap(technician, take) == "commanded"
    assert desk.ticket().status == Status.OPEN
    assert tap(technician, close) == "commanded"
    (_show, reopen) = links(asks(desk, "#find jams"))
    assert tap(technician, reopen) == "commanded"
    assert desk.ticket().status == Status.OPEN


@pytest.mark.parametrize("question", ["#find jams", "#list"])
def test_the_text_alone_is_enough_to_act(desk: Helpdesk, question: str) -> None:
    opened(desk, "Printer jams", "It jams.")
    mail = asks(desk, question)
    (link,) = re.findall(r"^  (mailto:\S+)$", text_of(mail), re.MULTILINE)
    assert tap(desk.technician_of(), link, "#take") == "commanded"
    assert desk.ticket().status == Status.OPEN


def test_a_new_mail_is_confirmed_first_and_nobody_else_finds_anything(desk: Helpdesk) -> None:
    opened(desk, "Printer jams", "It jams.")
    technician = desk.technician_of()
    assert technician.writes("question", "#find jams").disposition == "held"
    assert not desk.notices(technician.address, "found")
    technician.answers(technician.last, "#go")
    assert found(technician.last) == [1001]
    for stranger in (desk.rita, desk.mallory):
        stranger.writes("question", "#find jams")
        assert not desk.notices(stranger.address, "found")
    desk.rita.answers(desk.rita.inbox[0], "#find jams")
    assert not desk.notices(desk.rita.address, "found")


def test_the_tick_indexes_what_came_in_and_no_more(desk: Helpdesk) -> None:
    for number in range(3):
        opened(desk, f"Printer {number}", "It jams.")
    with desk.database.unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Ticket).where(IS_UNINDEXED)) == 3
    desk.tick()
    with desk.database.unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Ticket).where(IS_UNINDEXED)) == 0
    assert search.catch_up(desk.database, 100) == 0
    with desk.database.unit_of_work() as session:
        session.execute(update(Ticket).values(indexed_at=None))
    assert search.catch_up(desk.database, 100) == 3


def test_hostile_text_can_be_indexed(desk: Helpdesk) -> None:
    huge = " ".join(f"{number:x}" + "\U00010400" * 50 for number in range(20_000))
    opened(desk, "Huge", huge)
    opened(desk, "Long", "a" * 500_000 + " " + "'\\\":*&|!() " * 2000 + " needle")
    with desk.database.unit_of_work() as session:
        for _ in range(300):
            values = {"kind": "note", "internal": True, "author_address": "x@example.com", "created_at": desk.now}
            store.add_entry(session, ticket=1002, text="word " * 4000, **values)
    desk.tick()
    assert found(asks(desk, "#find huge")) == [1001]
    assert found(asks(desk, "#find word")) == [1002]


# The knowledge base


def solved(desk: Helpdesk) -> Person:
    """Ticket 1001 of Rita is solved, and 1002 of Budi waits."""
    opened(desk, "Printer jams", "Hello, I am Rita, the printer jams. My phone is 0812-3456.")
    technician = desk.technician_of()
    technician.answers(
        technician.last,
        "#note The fuser is worn out since the move.\n#diagnosis The fuser is worn out since the move.\n"
        "#resolve\n#resolution Replace the fuser.\n#prevention Use paper of 80 g.",
    )
    desk.now += timedelta(minutes=1)
    opened(desk, "Printer again", "Mine jams as well.", desk.budi)
    return technician


def article(desk: Helpdesk, number: int = 1) -> Article:
    with desk.database.unit_of_work(write=False) as session:
        row = session.get(Article, number)
        assert row is not None
        return row


def test_an_article_goes_from_a_solved_ticket_by_draft_and_publishing_to_the_next_requester(desk: Helpdesk) -> None:
    technician = solved(desk)
    asks(desk, "#kb draft Paper jams behind the drawer")
    draft = desk.notices(technician.address, "article")[-1]
    assert draft["Subject"] == "[HD-1001] Draft KB-1: Printer jams"
    for words in ("Paper jams behind the drawer", "worn out since the move", "Replace the fuser", "80 g"):
        assert words in text_of(draft)
    assert "0812" not in text_of(draft)

    desk.now += timedelta(minutes=1)
    receipt = desk.technician_of(1002).answers(desk.notices(desk.ticket(1002).technician, "assigned")[-1], "#kb 1")
    assert receipt.disposition == "held"
    assert "is a draft, which no requester may read" in text_of(desk.technician_of(1002).last)
    assert not desk.notices(desk.budi.address, "kb_answer")

    technician.answers(draft, "#kb publish 1")
    said = text_of(desk.notices(technician.address, "transcript")[-1])
    assert "All requesters to whom it is sent will read this:" in said
    assert "The cause: The fuser is worn out since the move." in said
    assert article(desk).status == "published"

    said = text_of(asks(desk, "#kb KB-1", 1002))
    assert "Budi was sent article KB-1: Printer jams" in said
    assert "Nothing was sent" not in said
    (answer,) = desk.notices(desk.budi.address, "kb_answer")
    assert answer["Subject"] == "[HD-1002] Printer jams"
    assert "Replace the fuser." in text_of(answer)
    row = desk.ticket(1002)
    assert row.first_response_at == row.last_public_at == desk.now
    assert row.status == Status.OPEN
    assert any(event.kind == EventKind.REPLIED and event.data.get("article") == 1 for event in desk.events(1002))
    desk.now += timedelta(minutes=1)
    desk.budi.answers(answer, "That helped, thank you.")
    with desk.database.unit_of_work(write=False) as session:
        texts = [(entry.kind, entry.internal) for entry in store.entries(session, 1002)]
        assert texts == [("message", False), ("reply", False), ("message", False)]


def test_what_was_internal_goes_out_by_publishing_alone(desk: Helpdesk) -> None:
    solved(desk)
    asks(desk, "#kb draft Paper jams")
    asks(desk, "#kb publish 1")
    # To the requester of the very ticket whose note says the same: the guard knows that it was published.
    asks(desk, "#reopen")
    asks(desk, "#kb 1")
    (answer,) = desk.notices(desk.rita.address, "kb_answer")
    assert "worn out since the move" in text_of(answer)
    assert "worn out since the move" not in "".join(
        text_of(mail) for mail in desk.rita.inbox if mail["Message-ID"] != answer["Message-ID"]
    )


def test_a_withdrawn_or_renewed_article_goes_to_nobody(desk: Helpdesk) -> None:
    solved(desk)
    asks(desk, "#kb draft")
    assert "Hello, I am Rita" in text_of(desk.notices(desk.technician_of().address, "article")[-1])
    assert "are those of the requester" in text_of(desk.notices(desk.technician_of().address, "article")[-1])
    asks(desk, "#kb publish 1")
    asks(desk, "#kb withdraw 1")
    assert article(desk).status == "draft"
    asks(desk, "#kb publish 1")
    assert "was public already" in text_of(asks(desk, "#kb publish 1"))
    asks(desk, "#prevention Buy better paper.")
    said = text_of(asks(desk, "#kb draft Paper jams"))
    assert "It is a draft again" in said
    asks(desk, "#kb draft")
    assert (article(desk).status, article(desk).prevention) == ("draft", "Buy better paper.")
    assert article(desk).symptoms == "Paper jams"
    asks(desk, "#kb publish 1")
    assert "is a draft, which no requester may read" in text_of(asks(desk, "#kb withdraw 1\n#kb 1", 1002))
    assert not desk.notices(desk.budi.address, "kb_answer")
    with desk.database.unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Article)) == 1


def test_articles_are_found_read_and_sent_with_a_tap(desk: Helpdesk) -> None:
    solved(desk)
    asks(desk, "#kb draft Paper jams")
    assert "draft" in text_of(asks(desk, "#kb search fuser", 1002))
    assert len(links(asks(desk, "#kb search fuser", 1002))) == 1
    asks(desk, "#kb publish 1")
    mail = asks(desk, "#kb search pap", 1002)
    assert mail["Subject"] == "Articles with “pap”: 1"
    assert "KB-1 Printer jams" in text_of(mail)
    read, send = links(mail)
    technician = desk.technician_of(1002)
    desk.now += timedelta(minutes=1)
    assert tap(technician, read) == "commanded"
    assert technician.last["Subject"] == "[HD-1001] Article KB-1: Printer jams"
    assert tap(technician, send) == "commanded"
    assert len(desk.notices(desk.budi.address, "kb_answer")) == 1


def test_an_article_is_read_and_published_in_a_new_mail_too(desk: Helpdesk) -> None:
    technician = solved(desk)
    asks(desk, "#kb draft Paper jams")
    for command in ("#kb 1", "#kb publish 1"):
        assert technician.writes("kb", command).disposition == "held"
        technician.answers(technician.last, "#go")
        desk.now += timedelta(minutes=1)
    assert article(desk).status == "published"
    assert len(desk.notices(technician.address, "article")) == 2
    assert "is public now" in text_of(desk.notices(technician.address, "transcript")[-1])
    for stranger in (desk.rita, desk.mallory):
        stranger.writes("kb", "#kb 1")
        assert not desk.notices(stranger.address, "article")


def test_an_answer_to_a_draft_stays_inside(desk: Helpdesk) -> None:
    technician = solved(desk)
    asks(desk, "#kb draft")
    before = len(desk.rita.inbox)
    technician.answers(desk.notices(technician.address, "article")[-1], "This needs a better title, I think.")
    assert len(desk.rita.inbox) == before


REFUSED = {
    "#kb draft": "there is no solution to write about",
    "#kb 7": "There is no article KB-7.",
    "#kb publish 7": "There is no article KB-7.",
    "#kb show x": "“x” is not the number of an article.",
    "#kb publish": "“” is not the number of an article.",
    "#kb frobnicate": "“frobnicate” is nothing that the knowledge base does.",
    "#kb search !": "there is no word to look for",
    "#kb 7\n#quiet": "the mail is to send nothing to the requester",
}


@pytest.mark.parametrize("command", REFUSED)
def test_what_cannot_be_done_changes_nothing(desk: Helpdesk, command: str) -> None:
    opened(desk, "Printer jams", "It jams.")
    technician = desk.technician_of()
    assert technician.answers(technician.last, f"#take\n{command}").disposition == "held"
    assert REFUSED[command] in text_of(technician.last)
    assert desk.ticket().status == Status.NEW


def test_while_mail_waits_the_index_takes_small_steps(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        opened(desk, f"Printer {number}", "It jams.")
    monkeypatch.setattr(search, "_BATCH", 1)
    with desk.database.unit_of_work() as session:
        waiting = Receipt(mailbox="main", uidvalidity=9, uid=9, received_at=desk.now)
        session.add(waiting)
    assert search.catch_up(desk.database, 100) == 1
    with desk.database.unit_of_work() as session:
        session.execute(update(Receipt).values(state="done"))
    assert search.catch_up(desk.database, 100) == 2


def test_what_is_unindexed_is_found_by_its_index(desk: Helpdesk) -> None:
    statement = str(search.unindexed(5).compile(compile_kwargs={"literal_binds": True}))
    with desk.database.unit_of_work(write=False) as session:
        if desk.database.dialect == "postgresql":
            session.connection().execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN" if desk.database.dialect == "sqlite" else "EXPLAIN"
        plan = str(session.connection().execute(text(f"{explain} {statement}")).all())
    assert "ix_tickets_unindexed" in plan


def test_of_many_contributions_the_first_and_the_newest_are_indexed(desk: Helpdesk) -> None:
    number = opened(desk, "Printer jams", "It jams, says alpha.")
    noted(desk, number, ["omitted", *(f"word{count}" for count in range(99)), "omega"])
    noted(desk, opened(desk, "Other", "Another one, says beta."), ["gamma"])

    with desk.database.unit_of_work() as session:
        (_ticket, said), (_other, of_other) = search.tickets(session, [number, number + 1])

    assert said[0].endswith("says alpha.")
    assert said[1:] == [*(f"word{count}" for count in range(99)), "omega"]
    assert (len(of_other), of_other[-1]) == (2, "gamma")


def test_indexing_reads_the_contributions_of_its_tickets_alone(desk: Helpdesk) -> None:
    number = opened(desk, "Printer jams", "It jams.")
    noted(desk, number, ["a long history"] * 5000)
    for count in range(3):
        opened(desk, f"Printer {count}", "It jams, too.")
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        if "FROM entries" in statement:
            asked.append((statement, values))

    with desk.database.unit_of_work() as session:
        session.execute(update(Ticket).where(col(Ticket.number) == number).values(indexed_at=Ticket.updated_at))
        connection = session.connection()
        connection.execute(text("ANALYZE"))
        event.listen(connection, "before_cursor_execute", note)
        assert search.index(session, 100) == 3
        event.remove(connection, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN" if desk.database.dialect == "sqlite" else "EXPLAIN"
        plans = [str(connection.exec_driver_sql(f"{explain} {said}", values).all()) for said, values in asked]

    assert len(plans) == 2
    assert not [plan for plan in plans if "SCAN entries" in plan or "Seq Scan on entries" in plan]


def noted(desk: Helpdesk, ticket: int, texts: list[str]) -> None:
    with desk.database.unit_of_work() as session:
        for said in texts:
            store.add_entry(
                session, ticket=ticket, kind="note", author_address="tech@example.com", text=said, created_at=desk.now
            )
