"""What the lead reads about his teams, and the operator about the service, after days of real work."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session, col
from world import Helpdesk
from world.days import AT_OFFICE, OFFICE, at, change, lead_of, live, request
from world.helpdesk import text_of
from world.mails import build

from mailbot import __version__
from mailbot.adapters.db import Database
from mailbot.adapters.tables import Receipt, Survey
from mailbot.core.model import Disposition
from mailbot.pipeline import process as pipeline

OPERATOR = "ops@example.com"
OTHER_TEAM = """
[[teams]]
name = "network"
lead = "Lena@example.com"
"""


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    """An office from 8 to 17 in Jakarta, at ten on a Tuesday; the day's mails were decided about already."""
    made = Helpdesk(database, tmp_path, now, OFFICE + OTHER_TEAM, AT_OFFICE, daily=True, operator=OPERATOR)
    made.tick()
    return made


def overview(desk: Helpdesk) -> str:
    return text_of(desk.notices("lena@example.com", "overview")[-1])


def line(text: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", text, re.MULTILINE)
    assert found, text
    return found[1]


def test_the_lead_reads_what_is_overdue_unassigned_and_due_each_once(desk: Helpdesk) -> None:
    overdue, nobodys, due, later = (request(desk, f"Printer {number}") for number in range(4))
    morning = at("2026-08-05T08:00")
    change(desk, overdue, respond_by=None, resolve_by=morning - timedelta(hours=2), technician="")
    change(desk, nobodys, respond_by=None, resolve_by=at("2026-08-05T16:00"), technician="", team="NETWORK")
    change(desk, due, respond_by=at("2026-08-05T16:00"), resolve_by=None)
    change(desk, later, respond_by=at("2026-08-06T00:00"), resolve_by=None)
    desk.now = morning
    desk.tick()
    (mail,) = desk.notices("lena@example.com", "overview")
    assert mail["Subject"] == "Your team today: 1 overdue, 1 unassigned, 1 due (Wed 5 Aug 2026)"
    assert lead_of(mail) == "Please look at 1 overdue ticket of your team, and at 1 that nobody has."
    parts = re.split(r"^(Overdue|Nobody has it yet|At risk, due today): 1$", text_of(mail), flags=re.MULTILINE)
    numbers = [re.findall(r"^\[HD-(\d+)\]", part, re.MULTILINE) for part in parts[2::2]]
    assert numbers == [[str(overdue)], [str(nobodys)], [str(due)]]
    assert "Your team has 4 tickets in all" in text_of(mail)
    assert "you lead the teams support, network." in text_of(mail)


def test_the_numbers_are_those_of_the_last_working_day_and_nothing_of_today(desk: Helpdesk) -> None:
    in_time, late, reopened = (request(desk, f"Printer {number}") for number in range(3))
    for number in (in_time, reopened):
        technician = desk.technician_of(number)
        (mail,) = [one for one in desk.notices(technician.address, "assigned") if f"HD-{number}]" in one["Subject"]]
        technician.answers(mail, "#resolve\n\nIt is done.")
    desk.rita.answers(next(one for one in desk.rita.inbox if f"HD-{reopened}]" in one["Subject"]), "It jams again!")
    live(desk, "2026-08-04T16:30")  # More than the four hours of business time until a first response.
    technician = desk.technician_of(late)
    (mail,) = [one for one in desk.notices(technician.address, "assigned") if f"HD-{late}]" in one["Subject"]]
    technician.answers(mail, "I look into it.")
    desk.now = at("2026-08-05T07:00")
    request(desk, "Monitor flickers")

    live(desk, "2026-08-05T08:00")

    text = overview(desk)
    assert "Yesterday, Tue 4 Aug 2026:" in text
    assert line(text, "New tickets") == "3"
    assert line(text, "Resolved") == "1"
    assert line(text, "First response in time") == "2 of 3 (67%)"
    assert line(text, "Resolved in time") == "1 of 1 (100%)"
    assert line(text, "Opened again") == "1"
    assert line(text, "Satisfaction") == "no answer"


def test_after_days_off_the_numbers_begin_with_the_last_working_day(desk: Helpdesk) -> None:
    live(desk, "2026-08-05T11:00", step=timedelta(hours=1))
    request(desk)
    desk.now = at("2026-08-07T08:00")  # Thursday was a holiday.
    desk.tick()
    assert "From Wed 5 Aug 2026 to Thu 6 Aug 2026:" in overview(desk)
    assert line(overview(desk), "New tickets") == "1"


def test_low_scores_are_named_with_what_was_said(desk: Helpdesk) -> None:
    number = request(desk)
    with desk.database.unit_of_work() as session:
        row = Survey(ticket=number, cycle=1, address="rita@client.example", asked_at=desk.now, answered_at=desk.now)
        row.score, row.comment = 1, "It took\r\n#close a week"
        session.add(row)
    live(desk, "2026-08-05T08:00", step=timedelta(hours=1))
    text = overview(desk)
    assert line(text, "Satisfaction") == "1 of 5, 1 answer, 1 of them low"
    assert "  1 of 5, Rita Requester: “It took #close a week”" in text


def test_a_lead_reads_it_in_his_language_and_in_the_time_of_his_team(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    more = OFFICE.replace("[calendars.office]", '[calendars.office]\ntimezone = "Asia/Jayapura"') + (
        '[[technicians]]\nemail = "dewi@example.com"\nname = "Dewi"\nlanguage = "id"\n'
        '[[teams]]\nname = "papua"\nlead = "dewi@example.com"\n'
    )
    desk = Helpdesk(database, tmp_path, now, more, AT_OFFICE, daily=True)
    desk.tick()
    change(desk, request(desk), team="papua", technician="", resolve_by=now, respond_by=None)
    live(desk, "2026-08-05T06:30")
    (mail,) = desk.notices("dewi@example.com", "overview")
    assert mail["Subject"] == "Tim Anda hari ini: 1 terlambat, 0 tanpa teknisi, 0 jatuh tempo (Rab, 5 Agu 2026)"
    assert lead_of(mail) == "Mohon periksa 1 tiket tim Anda yang terlambat."
    assert "sejak Sel, 4 Agu 2026 12.00 WIT" in text_of(mail)


# The operator


def balance(desk: Helpdesk) -> str:
    return text_of(desk.notices(OPERATOR, "balance")[-1])


def test_the_operator_reads_that_every_message_is_accounted_for(desk: Helpdesk) -> None:
    number = request(desk)
    technician = desk.technician_of(number)
    technician.answers(technician.last, "#take\n\nI am on my way.")
    desk.rita.answers(desk.rita.last, "Thank you, the printer is next to the stairs.")
    live(desk, "2026-08-05T08:00", step=timedelta(hours=1))
    mail = desk.notices(OPERATOR, "balance")[-1]
    assert mail["Subject"] == "Balance: all is well (Wed 5 Aug 2026)"
    text = text_of(mail)
    assert lead_of(mail) == "Nothing to do: every message is accounted for."
    assert "Since Tue 4 Aug 2026, 10:00 WIB, 3 messages came, and they became:" in text
    assert "became:\n\nnew tickets: 1\nadded to tickets: 1\nwith commands: 1\nunexplained: 0\n" in text
    assert line(text, "main") == "Tue 4 Aug 2026, 10:00 WIB, 22 hours ago"
    assert f"mailbot {__version__}, database" in text
    assert "##-" not in text  # It asks for no answer.


def test_each_balance_goes_on_where_the_one_before_it_ended(desk: Helpdesk) -> None:
    for day in ("2026-08-05", "2026-08-07"):
        request(desk, f"Printer {day}")
        desk.now = at(f"{day}T09:00")
        desk.tick()
    first, second = (text_of(mail) for mail in desk.notices(OPERATOR, "balance")[1:])
    assert "Since Tue 4 Aug 2026, 10:00 WIB, 1 message came, and it became:" in first
    assert "Since Wed 5 Aug 2026, 09:00 WIB, 1 message came, and it became:" in second


def test_the_first_line_says_what_is_wrong(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    request(desk)
    decide = pipeline.decide

    def broken(session: Session, *rest: object) -> Disposition:
        if any("Poison" in str(one) for one in rest):
            raise ArithmeticError("a bug")
        return decide(session, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "decide", broken)
    desk.mailbox.add(build("budi@client.example", "Poison", "x", at=desk.now), desk.now)
    for _ in range(4):
        desk.run()
        desk.now += timedelta(minutes=10)
    desk.courier.outcomes["rita@client.example"] = ("failed", 550, "5.1.1 no such user")
    technician = desk.technician_of()
    technician.answers(desk.notices(technician.address, "assigned")[0], "I am on my way.")
    with desk.database.unit_of_work() as session:
        session.execute(update(Receipt).where(col(Receipt.disposition) == "created").values(disposition=""))
    live(desk, "2026-08-05T08:00", step=timedelta(hours=1))
    mail = desk.notices(OPERATOR, "balance")[-1]
    assert mail["Subject"] == "Balance: please look at 3 things (Wed 5 Aug 2026)"
    assert lead_of(mail) == (
        "Please look at this: 1 message unaccounted for; 1 message in quarantine; 1 mail not delivered; "
        "the rest is fine."
    )
    text = text_of(mail)
    assert "[HD-1001] the answer to the request, to rita@client.example: 5.1.1 no such user" in text
    assert re.search(r"^2, main, .*ArithmeticError", text, re.MULTILINE)


def test_held_mail_that_waits_for_days_is_something_to_look_at(desk: Helpdesk) -> None:
    number = request(desk)
    desk.mallory.writes(f"[HD-{number}] me too", "Let me in.")
    desk.now = at("2026-08-05T08:00")
    desk.tick()
    assert line(balance(desk), "Held") == "1, the oldest for 22 hours"
    assert lead_of(desk.notices(OPERATOR, "balance")[-1]).startswith("Nothing to do")
    desk.now = at("2026-08-07T08:00")
    desk.tick()
    assert lead_of(desk.notices(OPERATOR, "balance")[-1]) == (
        "Please look at this: 1 held message, the oldest for over two days; the rest is fine."
    )


def test_what_lies_in_quarantine_for_a_week_is_counted_but_no_news(desk: Helpdesk) -> None:
    request(desk)
    with desk.database.unit_of_work() as session:
        values = {"disposition": "quarantined", "disposed_at": desk.now - timedelta(days=8)}
        session.execute(update(Receipt).values(values))
    desk.now = at("2026-08-05T08:00")
    desk.tick()
    assert line(balance(desk), "In quarantine") == "1"
    assert lead_of(desk.notices(OPERATOR, "balance")[-1]).startswith("Nothing to do")


def test_mail_that_the_server_does_not_take_is_something_to_look_at(desk: Helpdesk) -> None:
    desk.courier.outcomes["rita@client.example"] = ("retry", 451, "4.3.0 later")
    request(desk)
    desk.now = at("2026-08-05T08:00")
    desk.tick()
    assert "1 mail that the server has not taken for over an hour" in lead_of(desk.notices(OPERATOR, "balance")[-1])
    assert line(balance(desk), "To be tried again") == "1"


def test_messages_that_nobody_processes_are_something_to_look_at(desk: Helpdesk) -> None:
    with desk.database.unit_of_work() as session:
        session.add(Receipt(mailbox="main", uidvalidity=1, uid=77, received_at=desk.now, state="received"))
    desk.now = at("2026-08-05T08:00")
    desk.tick()
    text = balance(desk)
    assert "1 message not processed for over an hour" in lead_of(desk.notices(OPERATOR, "balance")[-1])
    assert "1 message came, and it became:\n\nnot yet processed: 1\nunexplained: 0\n" in text
