"""Two nodes on one PostgreSQL, or a timer and a mail at the same moment: nothing is lost, nothing happens twice."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import Session, col
from world import Helpdesk, build, reply

from mailbot import timers
from mailbot.adapters import ledger, store
from mailbot.adapters.db import Database
from mailbot.adapters.raw import store_raws
from mailbot.adapters.tables import Contact, Hold, Receipt, TechnicianState
from mailbot.core.model import Disposition, Status
from mailbot.pipeline.arrival import Arrival
from mailbot.pipeline.process import process

RULE = '[[rules]]\nid = "gold"\nany = ["gold"]\naction = "hold"\n'
PATIENCE = 10.0  # Seconds until a thread that never has to wait counts as one that does not look.


@pytest.fixture
def shared(postgres_database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return Helpdesk(postgres_database, tmp_path, now, more=RULE)


def meanwhile(session: Session, work: Callable[[], None]) -> threading.Thread:
    """Begins some work in another thread, and comes back when that waits for a lock of this session, or has ended."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while thread.is_alive() and not session.connection().execute(waiting).scalar_one():
        assert time.monotonic() < end, "the other thread neither ends nor waits"
        time.sleep(0.005)
    return thread


def received(desk: Helpdesk, raw: bytes, uid: int) -> Arrival:
    """A message with its receipt, of which nothing has become yet."""
    with desk.database.unit_of_work() as session:
        digest = store_raws(session, [raw])[0]
        ledger.receive(session, "main", 7, [ledger.Arrival(uid, len(raw), desk.now, digest)], desk.now)
        key = session.scalars(
            select(col(Receipt.id)).where(col(Receipt.uid) == uid, col(Receipt.uidvalidity) == 7)
        ).one()
    assert key is not None
    return Arrival(key, "main", raw, desk.now)


def test_an_answer_that_arrives_while_a_timer_closes_the_ticket_opens_it_again(shared: Helpdesk) -> None:
    shared.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    technician = shared.technician_of()
    technician.answers(technician.last, "#resolve\n\nDone.")
    shared.now += timedelta(days=4)
    answer = received(shared, reply(shared.rita.address, shared.rita.last, "It still jams", at=shared.now), 1)
    desk = shared.current.get()

    def work() -> None:
        with shared.database.unit_of_work() as session:
            process(session, answer, desk, shared.now)

    with shared.database.unit_of_work() as session:
        timers.look_after(session, desk, 1001, shared.now)
        session.flush()
        thread = meanwhile(session, work)
    thread.join(PATIENCE)

    found = shared.ticket()
    assert (found.status, found.cycle, found.closed_at, found.resolved_at) == (Status.OPEN, 2, None, None)
    assert shared.events()[-1].kind in {"reopened", "message_received"}


def test_a_hold_is_decided_once_however_many_decide_at_the_same_moment(shared: Helpdesk) -> None:
    shared.mallory.writes("Offer", "Buy my gold")
    question = shared.lena.last
    desk = shared.current.get()
    arrivals = [
        received(shared, reply(shared.lena.address, question, f"#new\n\n{n}", at=shared.now), n) for n in (1, 2)
    ]
    second: list[Disposition] = []

    def work() -> None:
        with shared.database.unit_of_work() as session:
            second.append(process(session, arrivals[1], desk, shared.now))

    with shared.database.unit_of_work() as session:
        process(session, arrivals[0], desk, shared.now)
        session.flush()
        thread = meanwhile(session, work)
    thread.join(PATIENCE)

    assert len(shared.tickets()) == 1
    assert [item.kind for item in second] == ["commanded"]
    assert "decided before" in second[0].reason
    with shared.database.unit_of_work(write=False) as session:
        assert session.scalars(select(col(Hold.state))).all() == ["released"]


def test_two_copies_of_a_mail_that_are_read_at_the_same_moment_become_one_ticket(shared: Helpdesk) -> None:
    raw = build("rita@client.example", "Printer jams", "It jams. Please help.", at=shared.now)
    arrivals = [received(shared, b"Delivered-To: %d@example.com\r\n" % n + raw, n) for n in (1, 2)]
    desk = shared.current.get()
    second: list[Disposition] = []

    def work() -> None:
        with shared.database.unit_of_work() as session:
            second.append(process(session, arrivals[1], desk, shared.now))

    with shared.database.unit_of_work() as session:
        process(session, arrivals[0], desk, shared.now)
        thread = meanwhile(session, work)
        assert not second
    thread.join(PATIENCE)

    assert [(item.kind, item.ticket) for item in second] == [("duplicate", 1001)]
    assert len(shared.tickets()) == 1


def test_one_message_that_two_nodes_find_unfinished_becomes_one_ticket(shared: Helpdesk) -> None:
    arrival = received(shared, build("rita@client.example", "Printer jams", "It jams, help.", at=shared.now), 1)
    desk = shared.current.get()
    done: list[int] = []

    with shared.database.unit_of_work() as session:
        process(session, arrival, desk, shared.now)
        thread = meanwhile(session, lambda: done.append(shared.intake.resume(desk)))
        assert thread.is_alive()
    thread.join(PATIENCE)

    assert done == [0]
    assert line_of(shared, arrival) == ("created", 1, "")
    assert len(shared.tickets()) == 1


def test_one_message_that_two_nodes_process_becomes_one_ticket(
    shared: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrival = received(shared, build("rita@client.example", "Printer jams", "It jams, help.", at=shared.now), 1)
    desk = shared.current.get()
    with shared.database.unit_of_work() as session:
        process(session, arrival, desk, shared.now)
    monkeypatch.setattr(ledger, "count_attempt", lambda *_arguments: True)  # Both counted before either had finished.
    monkeypatch.setattr(ledger, "open_receipts", lambda session, *_rest: list(session.scalars(select(Receipt))))

    shared.intake.resume(desk)

    assert line_of(shared, arrival) == ("created", 1, "")
    assert len(shared.tickets()) == 1


def line_of(desk: Helpdesk, arrival: Arrival) -> tuple[str, int, str]:
    with desk.database.unit_of_work(write=False) as session:
        row = session.get(Receipt, arrival.receipt)
        assert row is not None
        return row.disposition, row.attempts, row.error


def test_two_nodes_that_receive_the_same_message_give_it_one_line(shared: Helpdesk) -> None:
    raw = build("rita@client.example", "Printer jams", "It jams. Please help.", at=shared.now)

    first, second = received(shared, raw, 1), received(shared, raw, 1)

    assert first == second


FIRSTS: dict[str, Callable[[Session, datetime], object]] = {
    "a technician": lambda session, now: store.note_assignment(session, "tom@example.com", now),
    "a contact": lambda session, now: setattr(
        store.contact_for_change(session, "rita@client.example"), "quiet_at", now
    ),
}


@pytest.mark.parametrize("who", FIRSTS)
def test_two_transactions_may_be_the_first_to_remember_somebody(shared: Helpdesk, who: str) -> None:
    later = shared.now + timedelta(minutes=1)

    def work() -> None:
        with shared.database.unit_of_work() as session:
            FIRSTS[who](session, later)

    with shared.database.unit_of_work() as session:
        FIRSTS[who](session, shared.now)
        session.flush()
        thread = meanwhile(session, work)
        assert thread.is_alive()
    thread.join(PATIENCE)

    with shared.database.unit_of_work(write=False) as session:
        state = session.scalars(select(TechnicianState)).all()
        contact = session.scalars(select(Contact)).all()
    assert [row.last_assigned_at for row in state] + [row.quiet_at for row in contact] == [later]


def test_two_tickets_that_are_merged_into_each_other_at_once_do_not_stop_each_other(shared: Helpdesk) -> None:
    shared.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    shared.budi.writes("Paper stuck", "Paper is stuck in the printer of floor 2 again. Please help.")
    first, second = shared.technician_of(1001), shared.technician_of(1002)
    one = received(shared, reply(first.address, first.last, "#merge 1002", at=shared.now), 1)
    other = received(shared, reply(second.address, second.last, "#merge 1001", at=shared.now), 2)
    desk = shared.current.get()

    def work() -> None:
        with shared.database.unit_of_work() as session:
            process(session, other, desk, shared.now)

    with shared.database.unit_of_work() as session:
        process(session, one, desk, shared.now)
        session.flush()
        thread = meanwhile(session, work)
    thread.join(PATIENCE)

    assert shared.ticket(1001).merged_into == 1002
    assert shared.ticket(1002).merged_into is None
