"""A clock that leaps, a computer that stood still, a zone that changes: neither a storm nor silence."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk

from mailbot import aftermath, timers
from mailbot.adapters import lived
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.aftermath import Clock
from mailbot.core.model import Status

YEAR = timedelta(days=365)


class Machine:
    """A helpdesk with the clock of its machine, which somebody may set."""

    def __init__(self, desk: Helpdesk, state: Path) -> None:
        self.desk, self.state, self.seconds = desk, state, 0.0
        self.clock = Clock(desk.database, state, lambda: desk.now, lambda: self.seconds)

    def set(self, leap: timedelta) -> None:
        self.desk.now += leap

    def lives(self, *, step: timedelta = timedelta(minutes=5), **duration: float) -> None:
        """Time passes as for the daemon: timers and outbox act when they believe the clock."""
        end = self.seconds + timedelta(**duration).total_seconds()
        while self.seconds < end:
            self.seconds += step.total_seconds()
            self.desk.now += step
            if self.clock.is_believed():
                self.desk.tick()


@pytest.fixture
def machine(desk: Helpdesk, tmp_path: Path) -> Machine:
    """Tickets that wait for an answer, are resolved, or closed; each has a timer that has not fired yet."""
    for number, text in enumerate(
        ("#wait\n\nIs it plugged in?", "#resolve\n\nDone.", "#close\n\nDone.", "On it."), 1001
    ):
        desk.rita.writes(f"Printer {number}", "The printer jams since this morning. Please help.")
        technician = desk.technician_of(number)
        technician.answers(technician.last, text)
    one = Machine(desk, tmp_path)
    one.lives(minutes=10)
    return one


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("leap", [YEAR, timedelta(days=3), -YEAR, timedelta(days=-1)])
def test_a_clock_that_is_wrong_for_some_minutes_changes_nothing(machine: Machine, leap: timedelta) -> None:
    desk = machine.desk
    count, statuses = len(desk.courier.sent), [ticket.status for ticket in desk.tickets()]

    machine.set(leap)
    machine.lives(minutes=10, step=timedelta(seconds=30))
    machine.set(-leap)
    machine.lives(minutes=10, step=timedelta(seconds=30))

    assert len(desk.courier.sent) == count
    assert [ticket.status for ticket in desk.tickets()] == statuses
    machine.lives(days=10, step=timedelta(minutes=30))
    assert len(desk.notices(desk.rita.address, "pending_reminder")) == 2
    assert desk.ticket(1001).status == desk.ticket(1002).status == Status.CLOSED


def test_a_clock_that_was_set_right_is_believed_after_a_while_and_each_mail_comes_once(machine: Machine) -> None:
    desk, before = machine.desk, len(machine.desk.courier.sent)
    machine.set(YEAR)
    machine.lives(minutes=30)
    sent = [(str(mail["To"]), str(mail["Subject"])) for mail in desk.sent[before:]]
    assert len(sent) == len(set(sent))
    assert desk.ticket(1002).status == Status.CLOSED
    assert len(desk.notices(desk.rita.address, "pending_reminder")) <= 1


def test_what_was_dated_ahead_does_not_wait_for_that_time_to_come(machine: Machine) -> None:
    desk = machine.desk
    machine.set(YEAR)
    machine.lives(hours=1)  # Long enough to be believed: everything is dated a year ahead now.
    desk.courier.outcomes = {desk.budi.address: ("retry", 451, "4.3.0 later")}
    desk.budi.writes("Screen is black", "My screen is black. Please help.")
    desk.courier.outcomes = {}
    machine.set(-YEAR)

    machine.lives(hours=2)

    assert desk.notices(desk.budi.address, "acknowledgement")
    with desk.database.unit_of_work(write=False) as session:
        waiting = session.scalars(
            select(OutboxMail).where(col(OutboxMail.next_attempt_at) > desk.now + timedelta(days=2))
        )
        assert list(waiting) == []
        ahead = session.scalars(select(Ticket).where(col(Ticket.next_due_at) > desk.now + timedelta(days=60)))
        assert list(ahead) == []
    updates = len(desk.notices(desk.rita.address, "status_update"))
    machine.lives(days=3, step=timedelta(minutes=30))
    assert len(desk.notices(desk.rita.address, "status_update")) > updates, "whoever waits hears of his ticket again"


def test_a_clock_that_was_ahead_when_the_daemon_ended_is_noticed_at_its_start(machine: Machine) -> None:
    desk = machine.desk
    desk.now += YEAR
    aftermath.note(desk.database, machine.state, desk.now)
    desk.courier.outcomes = {desk.budi.address: ("retry", 451, "4.3.0 later")}
    desk.budi.writes("Screen is black", "My screen is black. Please help.")
    desk.courier.outcomes = {}
    desk.now -= YEAR

    assert aftermath.look_back(desk.database, desk.current.get(), machine.state, desk.now) is None
    again = Machine(desk, machine.state)
    again.lives(minutes=14, step=timedelta(minutes=1))
    assert not desk.notices(desk.budi.address, "acknowledgement"), "perhaps it is this clock that is wrong"
    again.lives(minutes=2, step=timedelta(minutes=1))

    assert desk.notices(desk.budi.address, "acknowledgement")


def test_a_machine_that_starts_in_1970_changes_nothing_until_its_clock_is_set(machine: Machine) -> None:
    desk, right = machine.desk, machine.desk.now
    before = [(ticket.running_since, ticket.resolved_at, ticket.last_public_at) for ticket in desk.tickets()]
    desk.now = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    aftermath.look_back(desk.database, desk.current.get(), machine.state, desk.now)

    again = Machine(desk, machine.state)
    again.lives(minutes=10, step=timedelta(minutes=1))
    desk.now = right + timedelta(minutes=10)
    again.lives(minutes=1, step=timedelta(minutes=1))

    assert [(one.running_since, one.resolved_at, one.last_public_at) for one in desk.tickets()] == before
    assert again.clock.is_believed()


def test_a_clock_that_knows_of_no_ticket_yet_dates_nothing(machine: Machine) -> None:
    desk, count = machine.desk, len(machine.desk.courier.sent)
    desk.now = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)

    again = Machine(desk, machine.state)
    again.lives(hours=1, step=timedelta(minutes=1))

    for ticket in desk.tickets():
        assert all(at is None or at >= ticket.created_at for at in (ticket.running_since, ticket.resolved_at))
    assert len(desk.courier.sent) == count


def test_what_was_sent_by_a_clock_that_was_ahead_uses_up_no_rate(machine: Machine) -> None:
    desk = machine.desk
    desk.reload(MAILBOT_LIMITS__ROUTINE_PER_MINUTE="2")
    desk.now += timedelta(hours=20)  # So much is believed at once.
    desk.live(minutes=30, step=timedelta(minutes=1))
    desk.now -= timedelta(hours=20, minutes=30)
    count = len(desk.courier.sent)

    desk.live(days=2, step=timedelta(hours=1))

    assert len(desk.courier.sent) > count


def test_of_several_nodes_a_slow_one_neither_takes_back_the_time_nor_the_mail_of_another(machine: Machine) -> None:
    desk = machine.desk
    with desk.database.unit_of_work() as session:
        lived.note_in_database(session, desk.now)
        lived.note_in_database(session, desk.now - timedelta(minutes=16))
        assert lived.in_database(session) == desk.now
    with desk.database.unit_of_work() as session:
        row = session.scalars(select(OutboxMail).limit(1)).one()
        row.state, row.next_attempt_at, row.created_at = "sending", desk.now + timedelta(minutes=15), desk.now
        lived.pull_back(session, desk.now - timedelta(minutes=6))
        session.refresh(row)
        assert row.next_attempt_at == desk.now + timedelta(minutes=15)


def test_a_computer_that_stood_still_sends_what_became_due_once(machine: Machine) -> None:
    desk, seconds = machine.desk, timedelta(days=5).total_seconds()
    machine.seconds += seconds
    desk.now += timedelta(seconds=seconds)

    machine.lives(minutes=30)

    assert len(desk.notices(desk.rita.address, "pending_reminder")) == 1
    assert len(desk.notices(desk.rita.address, "status_update")) == 1


def test_another_zone_in_the_configuration_neither_repeats_nor_loses_a_mail(database: Database, tmp_path: Path) -> None:
    office = "[calendars.office]\n" + "".join(
        f'{day} = ["08:00-17:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri")
    )
    start = datetime(2026, 8, 4, 3, tzinfo=UTC)
    desk = Helpdesk(database, tmp_path, start, more=office, helpdesk='calendar = "office"', daily=True)
    desk.rita.writes("Printer jams", "The printer jams since this morning. Please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")
    mornings = len(desk.notices(technician.address, "morning"))

    for zone in ("Asia/Jakarta", "America/New_York", "Pacific/Auckland", "Asia/Jakarta"):
        desk.reload(MAILBOT_HELPDESK__TIMEZONE=zone)
        timers.retime_all(desk.database, desk.current.get(), desk.now)
        desk.live(days=2)

    desk.live(days=4)
    assert len(desk.notices(desk.rita.address, "pending_reminder")) == 2
    assert len(desk.notices(desk.rita.address, "closed")) == 1
    assert len(desk.notices(technician.address, "morning")) - mornings <= 9
    keys = [str(mail["Message-ID"]) for mail in desk.sent]
    assert len(keys) == len(set(keys))
