"""Mails that come once a day: to whom, at which local time, and not once too often."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, update
from sqlmodel import col
from world import Helpdesk
from world.days import AT_OFFICE, BERLIN, JAKARTA, OFFICE, at, change, lead_of, live, request
from world.helpdesk import text_of

from mailbot.adapters import absences
from mailbot.adapters import daily as adapter
from mailbot.adapters.daily import DailyMail
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail
from mailbot.core.model import AwayWhy
from mailbot.core.mornings import Morning
from mailbot.pipeline import daily
from mailbot.pipeline.dailymails import Content, Occasion
from mailbot.policy import Policy

BERLIN_TEAM = """
[calendars.berlin]
timezone = "Europe/Berlin"
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]

[[teams]]
name = "berlin"
lead = "Lotte@example.com"
calendar = "berlin"
"""
DAY = timedelta(days=1)


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    """An office from 8 to 17 in Jakarta, at ten on a Tuesday; Thursday is a holiday."""
    desk = Helpdesk(database, tmp_path, now, OFFICE, AT_OFFICE, daily=True, operator="ops@example.com")
    desk.tick()  # There is nothing to do yet, so that nobody gets a list today.
    return desk


BEGIN = at("2026-08-04T10:00")


def rows(desk: Helpdesk, kind: str) -> list[DailyMail]:
    with desk.database.unit_of_work(write=False) as session:
        statement = select(DailyMail).where(col(DailyMail.kind) == kind)
        return list(session.scalars(statement.order_by(col(DailyMail.day), col(DailyMail.recipient))))


def sent_at(desk: Helpdesk, notice: str, zone: ZoneInfo = JAKARTA) -> list[str]:
    """When the mails of one kind were made, in local time, and for whom; that of the beginning does not count."""
    with desk.database.unit_of_work(write=False) as session:
        statement = select(OutboxMail).where(col(OutboxMail.notice) == notice).order_by(col(OutboxMail.id))
        mails = list(session.scalars(statement))
    return [
        f"{mail.created_at.astimezone(zone):%a %d %H:%M} {mail.recipient}" for mail in mails if mail.created_at != BEGIN
    ]


# The technician's worklist


def test_a_technician_gets_his_worklist_once_on_each_working_day_when_his_work_begins(desk: Helpdesk) -> None:
    technician = desk.technician_of(request(desk))
    live(desk, "2026-08-11T09:00")
    mine = [line for line in sent_at(desk, "morning") if technician.address in line]
    # Thursday is a holiday.
    assert [line[:12] for line in mine] == ["Wed 05 08:00", "Fri 07 08:00", "Mon 10 08:00", "Tue 11 08:00"]


def test_each_ticket_stands_in_the_first_part_in_which_it_belongs(desk: Helpdesk) -> None:
    overdue, due, awaited, quiet, asked = (request(desk, f"Printer {number}") for number in range(5))
    technician = desk.tom
    morning = at("2026-08-05T08:00")
    times = {
        overdue: (morning - DAY, morning + DAY),
        due: (None, at("2026-08-05T16:00")),
        awaited: (None, morning + 2 * DAY),
        quiet: (None, morning + 2 * DAY),
        asked: (None, None),
    }
    answered = desk.technician_of(quiet)
    answered.answers(desk.notices(answered.address, "assigned")[-1], "I look into it.")
    for number, (respond_by, resolve_by) in times.items():
        status = "pending" if number == asked else "open"
        change(desk, number, technician=technician.address, respond_by=respond_by, resolve_by=resolve_by, status=status)

    desk.now = morning
    desk.tick()

    (list_of_today,) = desk.notices(technician.address, "morning")
    text = text_of(list_of_today)
    assert list_of_today["Subject"] == "Your day: 1 overdue, 1 due today (Wed 5 Aug 2026)"
    assert lead_of(list_of_today) == "Please look after your overdue ticket first; 1 more is due today."
    parts = re.split(r"^(Overdue|Due today|The requester waits for your answer): 1$", text, flags=re.MULTILINE)
    assert parts[1::2] == ["Overdue", "Due today", "The requester waits for your answer"]
    for part, number in zip(parts[2::2], (overdue, due, awaited), strict=True):
        assert re.findall(r"^\[HD-(\d+)\]", part, re.MULTILINE) == [str(number)]
    assert "You have 5 tickets in all" in text


def test_the_links_of_a_worklist_work(desk: Helpdesk) -> None:
    number = request(desk)
    technician = desk.technician_of(number)
    live(desk, "2026-08-05T08:00")
    html = desk.notices(technician.address, "morning")[0].get_body(("html",))
    assert html is not None
    link = html.get_content().split("mailto:")[1].split('"')[0]
    subject = link.split("subject=")[1].split("&")[0].replace("%20", " ").replace("%5B", "[").replace("%5D", "]")
    receipt = technician.writes(subject, "#take")
    assert (receipt.disposition, receipt.ticket) == ("commanded", number)


def test_tickets_that_nobody_has_stand_in_the_worklist_of_everybody_in_the_team(desk: Helpdesk) -> None:
    number = request(desk)
    change(desk, number, technician="", respond_by=None, resolve_by=None)
    desk.now = at("2026-08-05T08:00")
    desk.tick()
    for person in (desk.tom, desk.tess):
        (mail,) = desk.notices(person.address, "morning")
        assert lead_of(mail) == "Nothing of yours is due today; 1 ticket in your team has nobody yet."
        assert f"[HD-{number}]" in text_of(mail)
    assert not desk.notices(desk.lena.address, "morning")  # She is in no team; her overview says it.


def test_an_empty_day_brings_no_mail_unless_it_is_wished_for(desk: Helpdesk) -> None:
    live(desk, "2026-08-05T12:00")
    assert sent_at(desk, "morning") == sent_at(desk, "overview") == []
    assert {row.outcome for row in rows(desk, "morning")} == {"empty"}

    desk.reload(MAILBOT_DAILY__EMPTY="true")
    live(desk, "2026-08-07T12:00")
    assert [line[:12] for line in sent_at(desk, "morning")] == ["Fri 07 08:00"] * 3
    assert lead_of(desk.notices(desk.tom.address, "morning")[0]) == "Nothing of yours is due today."
    assert lead_of(desk.notices(desk.lena.address, "overview")[0]) == "Nothing is overdue, unassigned or due today."


def test_who_is_away_gets_nothing_and_none_later_on_the_day_on_which_he_comes_back(desk: Helpdesk) -> None:
    number = request(desk)
    technician = desk.technician_of(number)
    with desk.database.unit_of_work() as session:
        absences.note(session, technician.address, at("2026-08-05T10:00"), desk.now, AwayWhy.COMMAND)
        absences.note(session, desk.lena.address, at("2026-08-07T00:00"), desk.now, AwayWhy.COMMAND)
    live(desk, "2026-08-05T16:00")
    assert not desk.notices(technician.address, "morning")
    assert not desk.notices(desk.lena.address, "overview")
    assert [row.outcome for row in rows(desk, "morning") if row.recipient == technician.address] == ["empty", "away"]
    live(desk, "2026-08-07T09:00")
    assert len(desk.notices(technician.address, "morning")) == 1
    assert len(desk.notices(desk.lena.address, "overview")) == 1


# When


def test_after_down_time_the_mail_of_this_day_comes_late_and_those_of_the_days_before_never(desk: Helpdesk) -> None:
    technician = desk.technician_of(request(desk))
    desk.now = at("2026-08-10T15:00")
    for _ in range(3):
        desk.tick()
    mine = [line for line in sent_at(desk, "morning") if technician.address in line]
    assert mine == [f"Mon 10 15:00 {technician.address}"]
    assert "(Mon 10 Aug 2026)" in desk.notices(technician.address, "morning")[0]["Subject"]


@pytest.mark.parametrize("moment", ["2026-08-10T17:00", "2026-08-10T23:50", "2026-08-09T10:00", "2026-08-06T10:00"])
def test_nothing_comes_in_the_evening_on_sundays_or_holidays(desk: Helpdesk, moment: str) -> None:
    request(desk)
    desk.now = at(moment)
    desk.tick()
    assert sent_at(desk, "morning") == sent_at(desk, "overview") == sent_at(desk, "balance") == []


def test_a_list_that_could_not_be_sent_in_its_day_is_never_sent(desk: Helpdesk) -> None:
    technician = desk.technician_of(request(desk))
    desk.now = at("2026-08-05T08:00")
    daily.send(desk.database, desk.current.get(), desk.now)
    desk.now += timedelta(hours=9)
    desk.send()
    assert not desk.notices(technician.address, "morning")


def test_the_time_of_day_can_be_wished_for(desk: Helpdesk) -> None:
    request(desk)
    desk.reload(MAILBOT_DAILY__AT="07:30")
    live(desk, "2026-08-05T12:00")
    assert {line[:12] for line in sent_at(desk, "morning")} == {"Wed 05 07:30"}


def test_each_kind_can_be_turned_off(desk: Helpdesk) -> None:
    request(desk)
    desk.reload(MAILBOT_DAILY__WORKLIST="false", MAILBOT_DAILY__BALANCE="false")
    live(desk, "2026-08-05T12:00")
    assert sent_at(desk, "morning") == sent_at(desk, "balance") == []
    assert len(sent_at(desk, "overview")) == 1


def test_everybody_has_his_own_morning_in_his_own_zone_over_a_change_of_clocks(
    database: Database, tmp_path: Path
) -> None:
    # The clocks of Berlin go back on Sunday, 25 October 2026.
    start = at("2026-10-23T06:00", BERLIN)
    desk = Helpdesk(database, tmp_path, start, OFFICE + BERLIN_TEAM, AT_OFFICE, daily=True)
    desk.reload(MAILBOT_DAILY__EMPTY="true")
    live(desk, "2026-10-28T06:00", BERLIN)
    overviews = sent_at(desk, "overview", BERLIN)
    assert [line for line in overviews if "otte" in line] == [
        f"{day} 09:00 lotte@example.com" for day in ("Fri 23", "Mon 26", "Tue 27")
    ]
    lena = [line for line in sent_at(desk, "overview") if "lena" in line]
    # It is eleven in Jakarta when this begins: her mail of that day comes late.
    assert lena == [
        f"{moment} lena@example.com" for moment in ("Fri 23 11:30", "Mon 26 08:00", "Tue 27 08:00", "Wed 28 08:00")
    ]
    assert "25 Oct 2026, 09:00 CET" not in text_of(desk.notices("lotte@example.com", "overview")[-1])


def test_where_every_hour_is_a_business_hour_the_morning_is_eight_o_clock_at_the_helpdesk(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(database, tmp_path, now - DAY, daily=True)
    technician = desk.technician_of(request(desk))
    live(desk, "2026-08-05T12:00")
    mine = [line for line in sent_at(desk, "morning") if technician.address in line]
    assert [line[:12] for line in mine] == ["Mon 03 10:30", "Tue 04 08:00", "Wed 05 08:00"]


# Exactly once


def test_two_nodes_at_the_same_moment_send_one_mail_each_person(desk: Helpdesk) -> None:
    request(desk)
    desk.now = at("2026-08-05T08:00")
    barrier, errors = threading.Barrier(2), []

    def node() -> None:
        barrier.wait()
        try:
            daily.send(desk.database, desk.current.get(), desk.now)
        except Exception as error:  # noqa: BLE001 - a thread has nobody to tell; the test does.
            errors.append(error)

    threads = [threading.Thread(target=node) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    today = [row for kind in daily.WRITERS for row in rows(desk, kind) if row.day == date(2026, 8, 5)]
    everybody = [f"{row.kind} {row.recipient}" for row in today]
    assert len(everybody) == len(set(everybody)) == 5
    assert len(sent_at(desk, "morning")) == 1
    assert len(sent_at(desk, "overview")) == len(sent_at(desk, "balance")) == 1


def test_a_node_that_looked_too_early_finds_that_another_one_was_quicker(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    request(desk)
    live(desk, "2026-08-05T08:00")
    before = [(row.recipient, row.decided_at, row.outcome) for row in rows(desk, "morning")]
    monkeypatch.setattr(adapter, "done", lambda _session, _days: set())
    desk.now += timedelta(minutes=5)
    assert daily.send(desk.database, desk.current.get(), desk.now) == 5
    assert [(row.recipient, row.decided_at, row.outcome) for row in rows(desk, "morning")] == before


def test_a_mail_of_which_the_row_is_lost_is_not_sent_again(desk: Helpdesk) -> None:
    technician = desk.technician_of(request(desk))
    live(desk, "2026-08-05T08:00")
    with desk.database.unit_of_work() as session:
        for row in session.scalars(select(DailyMail)):
            session.delete(row)
    live(desk, "2026-08-05T09:00")
    assert len(desk.notices(technician.address, "morning")) == 1


def test_what_cannot_be_made_stops_nobody_else_and_is_not_tried_at_every_tick(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = request(desk)
    change(desk, number, technician="", respond_by=None, resolve_by=None)
    tried = []
    working = daily.WRITERS["morning"]

    def broken(session: object, policy: Policy, occasion: Occasion, now: datetime) -> Content:
        tried.append(occasion.person.key)
        if occasion.person.key == desk.tess.address:
            raise ArithmeticError("a bug")
        return working(session, policy, occasion, now)  # type: ignore[arg-type]

    monkeypatch.setitem(daily.WRITERS, "morning", broken)
    desk.now = at("2026-08-05T08:00")
    for _ in range(3):
        desk.tick()
    assert sorted(tried) == sorted([desk.tom.address, desk.tess.address, desk.lena.address])
    assert len(desk.notices(desk.tom.address, "morning")) == 1
    outcomes = {row.recipient: row.outcome for row in rows(desk, "morning")}
    assert outcomes[desk.tess.address] == "failed"


def test_a_change_of_the_time_zone_brings_no_second_mail(desk: Helpdesk) -> None:
    technician = desk.technician_of(request(desk))
    live(desk, "2026-08-05T09:00")
    desk.reload(MAILBOT_CALENDARS__OFFICE__TIMEZONE="Europe/Berlin")
    live(desk, "2026-08-05T23:00", BERLIN, step=timedelta(hours=1))
    assert len(desk.notices(technician.address, "morning")) == 1


# What it costs


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database._reader, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
        event.remove(database._reader, "before_cursor_execute", note)


def test_a_tick_asks_the_database_once_by_day_and_never_by_night(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now, OFFICE, AT_OFFICE, daily=True, operator="ops@example.com")
    desk.tick()
    for moment, expected in (
        ("2026-08-04T11:00", 1),
        ("2026-08-04T20:00", 0),
        ("2026-08-05T07:59", 0),
        ("2026-08-06T11:00", 0),
    ):
        with statements(desk.database) as found:
            assert daily.send(desk.database, desk.current.get(), at(moment)) == 0
        assert len([one for one in found if one.startswith("SELECT")]) == expected
    with desk.database.unit_of_work(write=False) as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {DONE}").all()
    assert "USING COVERING INDEX" in str(plan)


DONE = "SELECT day, kind, recipient FROM daily_mails WHERE day IN ('2026-08-04')"


def test_rows_of_long_ago_are_forgotten(desk: Helpdesk) -> None:
    desk.tick()
    with desk.database.unit_of_work() as session:
        session.execute(update(DailyMail).values(day=(desk.now - 61 * DAY).date()))
    live(desk, "2026-08-05T09:00")
    assert {str(row.day) for kind in daily.WRITERS for row in rows(desk, kind)} == {"2026-08-04", "2026-08-05"}


def test_at_most_so_many_are_decided_about_in_one_go(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "_MOST", 2)
    desk.now = at("2026-08-05T08:00")
    counts = [daily.send(desk.database, desk.current.get(), desk.now) for _ in range(4)]
    assert counts == [2, 2, 1, 0]


def test_the_occasion_names_the_day_of_its_morning(desk: Helpdesk) -> None:
    (first, *_rest) = daily.due_now(desk.current.get().policy, desk.now)
    assert isinstance(first.morning, Morning)
    later = replace(first, morning=replace(first.morning, day=first.morning.day + DAY))
    assert first.key != later.key
