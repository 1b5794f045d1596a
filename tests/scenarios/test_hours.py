"""Routine mail comes in the business hours of whoever reads it; what is critical, or an answer, comes at once."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk
from world.helpdesk import text_of
from world.mails import build

from mailbot import outbox, timers
from mailbot.adapters import absences
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail
from mailbot.core.model import AwayWhy, EventKind, Priority
from mailbot.pipeline import digests

JAKARTA = ZoneInfo("Asia/Jakarta")
WEEK = ("mon", "tue", "wed", "thu", "fri")
OFFICE = (
    "[calendars.office]\n" + "".join(f'{day} = ["08:00-12:00", "13:00-17:00"]\n' for day in WEEK) + 'holidays = "ID"\n'
)


@pytest.fixture
def office(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    """Everybody works in the office."""
    return Helpdesk(database, tmp_path, now, more=OFFICE, helpdesk='calendar = "office"')


def round_the_clock(database: Database, path: Path, now: datetime, more: str = "") -> Helpdesk:
    """The team of the ticket works at night, its requesters do not."""
    desk = Helpdesk(database, path, now, more=OFFICE + more, helpdesk='calendar = "office"')
    text = desk.path.read_text().replace('lead = "lena@example.com"', 'lead = "lena@example.com"\ncalendar = "always"')
    desk.path.write_text(text)
    desk.reload()
    return desk


def sent_at(desk: Helpdesk) -> list[tuple[str, datetime]]:
    """What went out, and when, in local time."""
    with desk.database.unit_of_work(write=False) as session:
        rows = session.scalars(select(OutboxMail).where(col(OutboxMail.sent_at).is_not(None)))
        return [(row.notice, row.sent_at.astimezone(JAKARTA)) for row in rows if row.sent_at is not None]


def works(desk: Helpdesk, at: datetime) -> bool:
    calendar = desk.current.get().policy.calendar_for("")
    return calendar.next_open(at) == at


def waiting(desk: Helpdesk, notice: str) -> list[OutboxMail]:
    with desk.database.unit_of_work(write=False) as session:
        statement = select(OutboxMail).where(col(OutboxMail.notice) == notice, col(OutboxMail.state) == "queued")
        return list(session.scalars(statement))


def local(desk: Helpdesk, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in August 2026, in Jakarta; the 3rd is a Monday, the 17th, a Monday, a holiday."""
    return datetime(2026, 8, day, hour, minute, tzinfo=JAKARTA).astimezone(desk.now.tzinfo)


ROUTINE = {"warning", "escalation", "status_update", "pending_reminder", "closed", "survey"}


def test_in_a_month_no_routine_mail_goes_out_of_hours_and_each_kind_goes_once(office: Helpdesk) -> None:
    for number in (1001, 1002, 1003):
        office.rita.writes(f"Printer {number}", "It jams, please help.")
    asked, solved = office.technician_of(1002), office.technician_of(1003)
    asked.answers(office.notices(asked.address, "assigned")[-1 if asked != solved else 0], "#wait\n\nPlugged in?")
    solved.answers(office.notices(solved.address, "assigned")[-1], "#resolve\n\nIt is done.")

    office.live(days=26, step=timedelta(hours=2, minutes=40))

    routine = [(notice, at) for notice, at in sent_at(office) if notice in ROUTINE]
    assert {notice for notice, _at in routine} == ROUTINE
    assert [(notice, at) for notice, at in routine if not works(office, at)] == []


def test_what_becomes_due_at_closing_time_is_read_in_the_morning(office: Helpdesk) -> None:
    office.now = local(office, 4, 13)
    office.rita.writes("Printer", "It jams, please help.")
    technician = office.technician_of().address
    assert office.ticket().respond_by == local(office, 4, 17)

    office.live(hours=15, step=timedelta(minutes=15))

    assert not office.notices(technician, "escalation")
    assert [event.kind for event in office.events()].count("breached") == 1
    office.now = local(office, 5, 8)
    office.tick()
    [mail] = office.notices(technician, "escalation")
    assert "due on Tue 4 Aug 2026, 17:00 WIB" in text_of(mail)


def test_what_became_untrue_overnight_is_not_sent(office: Helpdesk) -> None:
    office.now = local(office, 4, 13)
    office.rita.writes("Printer", "It jams, please help.")
    technician = office.technician_of()
    office.now = local(office, 4, 17)
    office.tick()
    assert len(waiting(office, "escalation")) == 1

    office.now = local(office, 4, 22)
    technician.answers(technician.last, "Have you tried the other tray?")
    office.now = local(office, 5, 8)
    office.tick()

    assert not office.notices(technician.address, "escalation")
    [event] = [event for event in office.events() if event.kind == EventKind.NOTICE_SUPPRESSED]
    assert "the response was given, or the clock was stopped, meanwhile" in event.reason


def test_what_somebody_else_has_meanwhile_is_not_asked_of_the_first(office: Helpdesk) -> None:
    office.now = local(office, 4, 13)
    office.rita.writes("Printer", "It jams, please help.")
    first = office.technician_of()
    other = office.tess if first == office.tom else office.tom
    office.now = local(office, 4, 17)
    office.tick()

    first.answers(first.last, f"#assign {other.name}")
    office.now = local(office, 5, 8)
    office.tick()

    assert not office.notices(first.address, "escalation")
    assert any("somebody else's meanwhile" in event.reason for event in office.events())


@pytest.mark.parametrize("priority", list(Priority))
def test_only_what_is_critical_is_told_at_night(
    database: Database, tmp_path: Path, now: datetime, priority: Priority
) -> None:
    more = '[[technicians]]\nemail = "nina@example.com"\nname = "Nina"\nteams = ["desk"]\n'
    desk = round_the_clock(database, tmp_path, now, more + '[[teams]]\nname = "desk"\ncalendar = "office"\n')
    desk.rita.writes("Printer", "It jams, please help.")
    technician = desk.technician_of()
    desk.now = local(desk, 4, 18)
    technician.answers(technician.last, f"#assign nina@example.com\n#prio {priority.value}")

    desk.live(hours=13, step=timedelta(minutes=20))

    told = len(desk.notices("nina@example.com", "escalation")) + len(desk.notices("nina@example.com", "warning"))
    assert (told > 0) == (priority is Priority.CRITICAL)
    updates = len(desk.notices("rita@client.example", "status_update"))
    assert (updates > 0) == (priority is Priority.CRITICAL)


def test_a_requester_is_told_in_the_hours_of_the_helpdesk_though_the_team_works_at_night(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = round_the_clock(database, tmp_path, now)
    desk.rita.writes("Printer", "It jams, please help.")
    technician = desk.technician_of()
    desk.now = local(desk, 7, 20)
    technician.answers(technician.last, "I am on it.")

    desk.now = local(desk, 8, 21)  # A Saturday: a day without news is over.
    desk.tick()
    assert not desk.notices("rita@client.example", "status_update")
    desk.now = local(desk, 10, 8)
    desk.tick()
    assert len(desk.notices("rita@client.example", "status_update")) == 1


def test_over_long_holidays_somebody_is_reminded_before_he_is_given_up(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    lebaran = "add = [2026-08-06, 2026-08-07, 2026-08-10, 2026-08-11, 2026-08-12, 2026-08-13, 2026-08-14]\n"
    desk = Helpdesk(database, tmp_path, now, more=OFFICE + lebaran, helpdesk='calendar = "office"')
    desk.rita.writes("Printer", "It jams, please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")

    desk.live(days=20, step=timedelta(hours=1))

    said = [(notice, at.day) for notice, at in sent_at(desk) if notice in {"pending_reminder", "closed"}]
    # The 17th is Independence Day: everybody is back on the 18th.
    assert said == [("pending_reminder", 18), ("pending_reminder", 20), ("closed", 24)]


def test_an_answer_overtakes_routine_mail_that_waits_for_the_morning(office: Helpdesk) -> None:
    office.now = local(office, 4, 13)
    office.rita.writes("Printer", "It jams, please help.")
    technician = office.technician_of()
    office.now = local(office, 4, 17)
    office.tick()
    assert len(waiting(office, "escalation")) == 1

    office.rita.answers(office.rita.last, "Now it smokes.")

    assert len(office.notices(technician.address, "requester_replied")) == 1


def test_what_was_due_in_the_day_is_not_sent_at_night_after_down_time(office: Helpdesk) -> None:
    office.now = local(office, 4, 13)
    office.rita.writes("Printer", "It jams, please help.")
    technician = office.technician_of().address
    office.now = local(office, 4, 17)
    office.tick()

    office.now = local(office, 5, 23)
    office.send()
    assert not office.notices(technician, "escalation")
    [mail] = waiting(office, "escalation")
    assert mail.next_attempt_at == local(office, 6, 8)


def test_who_sends_once_does_not_hurry_what_waits_for_the_morning(office: Helpdesk) -> None:
    office.now = local(office, 4, 13)
    office.rita.writes("Printer", "It jams, please help.")
    office.now = local(office, 4, 17)
    office.tick()
    due = [mail.next_attempt_at for mail in waiting(office, "escalation")]

    office.now += timedelta(hours=1)
    outbox.hurry(office.database, office.now)

    assert due == [local(office, 5, 8)]
    assert [mail.next_attempt_at for mail in waiting(office, "escalation")] == due


def test_many_that_wait_for_the_morning_come_in_one_list_though_each_tick_finds_few(
    office: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "_LIMIT", digests.FEW)
    office.now = local(office, 4, 13)
    for number in range(2 * digests.FEW + 2):
        raw = build(f"rita{number}@client.example", f"Printer {number}", "It jams.", at=office.now)
        office.mailbox.add(raw, office.now)
    office.run()
    for minute in range(3):
        office.now = local(office, 4, 17, minute)
        office.tick()
    assert not office.notices(office.tom.address, "escalation")

    office.now = local(office, 5, 8)
    office.tick()
    office.now += digests.PATIENCE
    office.send()

    assert not office.notices(office.tom.address, "escalation")
    assert [mail["Subject"] for mail in office.notices(office.tom.address, "digest_overdue")] == [
        f"{digests.FEW + 1} tickets are overdue"
    ]


def test_who_is_back_at_midnight_reads_in_the_morning_what_happened(office: Helpdesk) -> None:
    office.rita.writes("Printer", "It jams, please help.")
    technician = office.technician_of()
    with office.database.unit_of_work() as session:
        absences.note(session, technician.address, local(office, 6, 0), office.now, AwayWhy.COMMAND)
    office.rita.answers(office.rita.last, "It still jams.")

    office.live(days=3, step=timedelta(hours=1))

    [at] = [at for notice, at in sent_at(office) if notice == "returned"]
    assert (at.day, at.hour) == (6, 8)


def moment(mail: EmailMessage) -> datetime:
    return parsedate_to_datetime(str(mail["Date"]))


def test_a_ticket_that_wakes_at_night_is_open_at_once_and_told_of_in_the_morning(office: Helpdesk) -> None:
    office.rita.writes("Printer", "It jams, please help.")
    technician = office.technician_of()
    technician.answers(technician.last, "#wait until 5 Aug 23:00")

    office.live(days=2, step=timedelta(hours=1))

    assert office.ticket().status == "open"
    mail = office.notices(technician.address, "assigned")[-1]
    assert moment(mail).astimezone(JAKARTA).hour == 23
    assert [(at.day, at.hour) for notice, at in sent_at(office) if notice == "assigned"] == [(4, 10), (6, 8)]
