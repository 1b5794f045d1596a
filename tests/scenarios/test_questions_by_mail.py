"""Technicians who ask: lists of tickets with links that act, and everything about one."""

import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import text
from world import Helpdesk, Person, build
from world.helpdesk import text_of

from mailbot.adapters import store
from mailbot.adapters.store import Happening
from mailbot.core.model import EventKind, Status


def opened(desk: Helpdesk, subject: str = "Printer jams") -> Person:
    desk.rita.writes(subject, "The printer on floor 2 jams since this morning. Please help.")
    return desk.technician_of(desk.tickets()[-1].number or 0)


def links(mail: EmailMessage) -> list[str]:
    page = mail.get_body(("html",))
    assert page is not None
    return [unescape(found) for found in re.findall(r'href="(mailto:[^"]+)"', page.get_content())]


def tap(who: Person, link: str) -> str:
    """Sends the mail that a mail program makes of a link; gives what became of it."""
    parts = urlsplit(link)
    values = parse_qs(parts.query)
    raw = build(who.address, values["subject"][0], values["body"][0], at=who.desk.now, to=unquote(parts.path))
    receipt = who.desk.receive(raw)
    assert ".t." not in receipt.subject
    return receipt.disposition


def test_an_answer_with_list_brings_the_own_tickets_at_once_and_changes_nothing(desk: Helpdesk) -> None:
    technician = opened(desk)
    before = desk.ticket()

    receipt = technician.answers(technician.last, "#list")

    assert receipt.disposition == "commanded"
    assert technician.last["Subject"] == "Your tickets: 1"
    assert "[HD-1001] Printer jams" in text_of(technician.last)
    assert "from Rita Requester · new · normal" in text_of(technician.last)
    assert not desk.notices(technician.address, "transcript")
    assert desk.ticket().updated_at == before.updated_at
    assert desk.ticket().status == Status.NEW


def test_a_new_mail_that_asks_is_confirmed_at_the_registered_address_and_then_answered(desk: Helpdesk) -> None:
    technician = opened(desk)

    assert technician.writes("question", "#list team").disposition == "held"
    assert not desk.notices(technician.address, "worklist")
    technician.answers(technician.last, "#go")

    assert len(desk.notices(technician.address, "worklist")) == 1
    assert technician.last["Subject"] == "The tickets of your team: 1"


def test_a_requester_gets_no_list(desk: Helpdesk) -> None:
    opened(desk)
    desk.rita.answers(desk.rita.last, "#list team")
    desk.rita.writes("list", "#show 1001")
    assert not desk.notices(desk.rita.address, "worklist")
    assert not desk.notices(desk.rita.address, "record")


def test_a_lead_lists_the_team_that_he_leads(desk: Helpdesk) -> None:
    opened(desk)
    desk.lena.writes("list", "#list team")
    desk.lena.answers(desk.lena.last, "#go")
    assert desk.lena.last["Subject"] == "The tickets of your team: 1"


@pytest.mark.parametrize("plus", [False, True])
def test_a_tap_on_a_link_runs_its_command_at_once(desk: Helpdesk, plus: bool) -> None:
    changed = desk.settings.helpdesk.model_copy(update={"subaddress": plus})
    object.__setattr__(desk.settings, "helpdesk", changed)
    technician = opened(desk)
    technician.answers(technician.last, "#list")
    take, wait, close = links(technician.last)
    assert ("support+1001.t." in unquote(take)) is plus

    assert tap(technician, take) == "commanded"
    assert (desk.ticket().technician, desk.ticket().status) == (technician.address, Status.OPEN)
    assert tap(technician, wait) == "commanded"
    assert desk.ticket().status == Status.PENDING
    assert tap(technician, close) == "commanded"
    assert desk.ticket().status == Status.CLOSED


def test_a_link_is_worth_nothing_to_anybody_else_nor_for_ever(desk: Helpdesk) -> None:
    technician = opened(desk)
    other = desk.tess if technician is desk.tom else desk.tom
    technician.answers(technician.last, "#list")
    close = links(technician.last)[2]

    assert tap(other, close) == "held"
    assert tap(desk.mallory, close) != "commanded"
    desk.now += timedelta(days=60)
    assert tap(technician, close) == "held"
    assert desk.ticket().status == Status.NEW


def test_a_link_does_not_act_on_another_ticket(desk: Helpdesk) -> None:
    technician = opened(desk)
    opened(desk, "Screen is dark")
    technician.answers(desk.notices(technician.address, "assigned")[0], "#list")
    link = next(one for one in links(technician.last) if "1001.t." in unquote(one)).replace("1001.t.", "1002.t.")

    assert tap(technician, link) == "held"


def test_the_token_of_a_link_is_shown_to_nobody(desk: Helpdesk) -> None:
    technician = opened(desk)
    technician.answers(technician.last, "#list")
    link = links(technician.last)[0]
    token = parse_qs(urlsplit(link).query)["subject"][0].split()[1]
    desk.budi.writes(f"Fwd: [HD-9999] {token} printer", "Look at this, please.")

    assert desk.tickets()[-1].requester_address == desk.budi.address
    assert token not in desk.tickets()[-1].subject
    for mail in desk.sent[-2:]:
        assert token not in str(mail)


def test_a_link_of_a_lost_database_is_not_believed(desk: Helpdesk) -> None:
    technician = opened(desk)
    technician.answers(technician.last, "#list")
    take = links(technician.last)[0]
    with desk.database.unit_of_work() as session:
        session.connection().execute(text("DELETE FROM outbox WHERE notice = 'worklist'"))
    assert tap(technician, take) == "held"


def test_what_is_due_first_stands_on_top_and_a_list_is_bounded(desk: Helpdesk) -> None:
    for number in range(60):
        desk.receive(build(f"p{number}@client.example", f"Case {number:02}", "It is broken, please help.", at=desk.now))
        desk.now += timedelta(minutes=1)
    last = desk.ticket(1060)
    desk.technician_of(1060).answers(desk.notices(last.technician, "assigned")[-1], "#prio critical\n#list team")

    listed = text_of(desk.notices(last.technician, "worklist")[-1])

    assert listed.index("Case 59") < listed.index("Case 00") < listed.index("Case 01")
    assert listed.count("\n[HD-") == 50
    assert "… and 10 more: reply with  #list team 2\n" in listed

    Person(desk, last.technician).answers(desk.notices(last.technician, "worklist")[-1], "#list team 2")

    rest = text_of(desk.notices(last.technician, "worklist")[-1])
    assert "The tickets of your team: 60, page 2" in rest
    assert rest.count("\n[HD-") == 10
    assert "more" not in rest
    assert not set(re.findall(r"^\[HD-\d+\]", listed, re.MULTILINE)) & set(
        re.findall(r"^\[HD-\d+\]", rest, re.MULTILINE)
    )


def test_unassigned_and_overdue_tickets_are_listed(desk: Helpdesk) -> None:
    technician = opened(desk)
    opened(desk, "Screen is dark")
    technician.answers(technician.last, "#assign none\n#list unassigned")
    assert desk.notices(technician.address, "worklist")[-1]["Subject"] == "The tickets that nobody has: 1"
    desk.now += timedelta(days=4)
    technician.answers(technician.last, "#list overdue")
    assert technician.last["Subject"] == "The tickets that are overdue: 2"
    assert "OVERDUE by" in text_of(technician.last)


def test_show_tells_what_was_written_what_happened_and_how_the_clock_runs(desk: Helpdesk) -> None:
    technician = opened(desk)
    technician.answers(technician.last, "#note The tray is bent.\n#prio high")
    desk.now += timedelta(hours=1)

    technician.answers(technician.last, "#show HD-1001")

    read = text_of(technician.last)
    assert "> The printer on floor 2 jams since this morning. Please help." in read
    assert "Internal note of Tom Tech" in read or "Internal note of Tess Tech" in read
    assert "The clock runs:" in read
    assert "First response: within" in read
    assert "priority: normal → high" in read
    assert "no rule names a category" in read or "because rule" in read
    assert len(desk.notices(technician.address, "record")) == 1
    assert not any(line.lstrip().startswith("#") for line in read.splitlines() if "##-" not in line)


def test_a_record_is_bounded_and_says_how_much_it_leaves_out(desk: Helpdesk) -> None:
    technician = opened(desk)
    before = len(desk.events())
    with desk.database.unit_of_work() as session:
        happenings = [Happening(EventKind.NOTED, reason=f"event {number};") for number in range(250)]
        store.add_events(session, 1001, desk.now, happenings)
        for number in range(250):
            values = {"kind": "message", "author_address": "x@example.com", "created_at": desk.now}
            store.add_entry(session, ticket=1001, text=f"words {number};", **values)
    desk.now += timedelta(minutes=1)

    technician.answers(technician.last, "#show")

    read = text_of(technician.last)
    assert f"Left out here: the oldest {before + 50}." in read
    assert "its 51 oldest messages are left out here" in read
    assert "event 249;" in read
    assert "event 50;" in read
    assert "event 49;" not in read
    assert "words 50;" in read
    assert "words 49;" not in read


def test_the_answer_to_a_record_is_one_to_the_ticket(desk: Helpdesk) -> None:
    technician = opened(desk)
    technician.answers(technician.last, "#show")
    technician.answers(technician.last, "#take")
    assert desk.ticket().status == Status.OPEN


def test_a_question_and_a_change_are_done_together_or_not_at_all(desk: Helpdesk) -> None:
    technician = opened(desk)
    request = technician.last
    technician.answers(request, "#take\n#show 4711")
    assert desk.ticket().status == Status.NEW
    assert "There is no ticket [HD-4711]." in text_of(technician.last)

    technician.answers(request, "#take\n#list")
    assert desk.ticket().status == Status.OPEN
    assert len(desk.notices(technician.address, "worklist")) == 1
    assert "The list comes in a mail of its own." in text_of(desk.notices(technician.address, "transcript")[-1])

    list_mail = desk.notices(technician.address, "worklist")[-1]
    technician.answers(list_mail, "#list team\n#close")
    assert desk.ticket().status == Status.OPEN
    assert len(desk.notices(technician.address, "worklist")) == 1
    assert "names no ticket" in text_of(technician.last)


def test_help_works_without_a_ticket(desk: Helpdesk) -> None:
    technician = opened(desk)
    technician.answers(technician.last, "#list")
    technician.answers(technician.last, "#help list")
    assert "#list [mine|team|overdue|unassigned]" in text_of(technician.last)


def test_a_text_below_a_question_in_an_answer_goes_to_the_requester(desk: Helpdesk) -> None:
    technician = opened(desk)
    technician.answers(technician.last, "#list\n\nDear Rita, we are on our way.")
    assert "we are on our way" in text_of(desk.rita.last)
    assert len(desk.notices(technician.address, "worklist")) == 1
