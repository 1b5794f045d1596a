"""Many tickets that are due at once: done a few at a time, at a bounded cost each, and none in another one's way."""

import threading
from collections import Counter
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, text, update
from sqlmodel import Session, col
from world import Helpdesk

from mailbot import timers
from mailbot.adapters import moments, store
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.notify import Desk

GROWING = ("tickets", "entries", "events", "outbox", "participants", "receipts", "timer_marks", "contacts")
PATIENCE = 20.0


@pytest.fixture
def overdue(desk: Helpdesk) -> Helpdesk:
    """Ten tickets whose first response is overdue."""
    for number in range(10):
        desk.rita.writes(f"Problem {number}", f"Thing {number} is broken. Please help.")
    desk.now += timedelta(days=1)
    return desk


def escalated(desk: Helpdesk) -> Counter[int | None]:
    """How many escalations were made, by their ticket."""
    with desk.database.unit_of_work(write=False) as session:
        return Counter(session.scalars(select(col(OutboxMail.ticket)).where(col(OutboxMail.notice) == "escalation")))


def test_what_is_due_is_committed_in_groups(overdue: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    units: list[bool] = []
    unit_of_work = overdue.database.unit_of_work

    def counted(*, write: bool = True) -> AbstractContextManager[Session]:
        units.append(write)
        return unit_of_work(write=write)

    monkeypatch.setattr(overdue.database, "unit_of_work", counted)
    timers._look_after_all(overdue.database, overdue.current.get(), list(range(1001, 1011)), overdue.now)

    assert units == [True, True]
    assert escalated(overdue) == Counter(range(1001, 1011))


@pytest.mark.parametrize("bad", [1001, 1004, 1008])
def test_nothing_is_left_of_a_ticket_that_fails_and_the_others_of_its_group_are_done_once(
    overdue: Helpdesk, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    look_after = timers.look_after

    def fail_late(session: Session, desk: Desk, number: int, now: datetime) -> None:
        look_after(session, desk, number, now)
        if number == bad:
            raise RuntimeError("a bug")

    monkeypatch.setattr(timers, "look_after", fail_late)
    overdue.tick()

    assert escalated(overdue) == Counter(number for number in range(1001, 1011) if number != bad)
    for number in range(1001, 1011):
        kinds = Counter(one.kind for one in overdue.events(number))
        assert (kinds["breached"], kinds["timer_failed"]) == ((0, 1) if number == bad else (1, 0))
    assert overdue.ticket(bad).next_due_at == overdue.now + timedelta(hours=1)

    monkeypatch.undo()
    overdue.wait(hours=1)
    assert escalated(overdue)[bad] == 1


def test_it_stops_between_two_groups_and_what_is_left_is_due(
    overdue: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "_GROUP", 3)
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    timers.tick(overdue.database, overdue.current.get(), overdue.now, stopping)

    assert escalated(overdue) == Counter(range(1001, 1007))
    timers.tick(overdue.database, overdue.current.get(), overdue.now)
    assert escalated(overdue) == Counter(range(1001, 1011))


def test_tickets_that_are_due_at_the_same_moment_come_in_the_order_of_their_numbers(overdue: Helpdesk) -> None:
    moment = overdue.now - timedelta(days=3)
    for number in (1007, 1003, 1005, 1001):
        with overdue.database.unit_of_work() as session:
            session.execute(update(Ticket).where(col(Ticket.number) == number).values(next_due_at=moment))
    with overdue.database.unit_of_work() as session:
        session.execute(
            update(Ticket).where(col(Ticket.number) == 1010).values(next_due_at=moment - timedelta(hours=1))
        )
    with overdue.database.unit_of_work(write=False) as session:
        assert store.due_tickets(session, moment, 4) == [1010, 1001, 1003, 1005]


def test_a_ticket_that_is_taken_holds_up_only_itself(
    postgres_database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(postgres_database, tmp_path, now)
    for number in range(3):
        desk.rita.writes(f"Problem {number}", f"Thing {number} is broken. Please help.")
    desk.now += timedelta(days=1)
    thread = threading.Thread(
        target=timers.tick, args=(desk.database, desk.current.get(), desk.now), daemon=True, name="tick"
    )

    with desk.database.unit_of_work() as session:
        assert store.lock_ticket(session, 1001) is not None
        thread.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while thread.is_alive() and not session.connection().execute(waiting).scalar_one():
            thread.join(0.005)
        assert escalated(desk) == Counter([1002, 1003])
    thread.join(PATIENCE)

    assert escalated(desk) == Counter([1001, 1002, 1003])


def test_no_statement_of_a_tick_reads_a_whole_table_that_grows(overdue: Helpdesk) -> None:
    asked: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        if statement.startswith("SELECT"):
            asked.setdefault(statement, values)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        timers.tick(overdue.database, overdue.current.get(), overdue.now)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with overdue.database.unit_of_work(write=False) as session:
        connection = session.connection()
        explain = "EXPLAIN QUERY PLAN" if overdue.database.dialect == "sqlite" else "EXPLAIN"
        if overdue.database.dialect == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # The tables are small; is there another way?
        plans = {
            said: [str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {said}", values)]
            for said, values in asked.items()
        }

    assert any("ix_tickets_next_due_at" in line for plan in plans.values() for line in plan)
    signs = [f"{sign} {table}" for table in GROWING for sign in ("SCAN", "Seq Scan on")]
    assert {
        said: line
        for said, plan in plans.items()
        for line in plan
        if any(sign in line for sign in signs) and "USING" not in line
    } == {}


def test_what_is_left_behind_is_looked_for_further_than_a_tick_goes() -> None:
    assert moments._LEFT == timers._LIMIT + 1
