"""Forgetting what need not be kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, event, func, select
from sqlmodel import col
from world import Helpdesk, build

from mailbot import retention
from mailbot.adapters import post
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail, RawMessage, Receipt

FORGET = '[retention]\nraw = "30d"\nsent = "10d"\n'


@pytest.fixture
def forgetful(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return Helpdesk(database, tmp_path, now, more=FORGET)


def count(desk: Helpdesk, model: Any) -> int:
    with desk.database.unit_of_work(write=False) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_old_bytes_are_forgotten_and_the_ledger_stays(forgetful: Helpdesk) -> None:
    forgetful.rita.writes("Printer jams", "Please help")
    forgetful.now += timedelta(days=31)
    forgetful.budi.writes("Screen is black", "Please help")

    forgotten = retention.purge(forgetful.database, forgetful.current.get().policy, forgetful.now)

    assert forgotten[0] == 1
    assert (count(forgetful, RawMessage), count(forgetful, Receipt)) == (1, 2)
    with forgetful.database.unit_of_work(write=False) as session:
        empty = session.scalars(select(col(OutboxMail.message_id)).where(col(OutboxMail.raw) == b"")).all()
    assert len(empty) == forgotten[1] > 0


def test_what_waits_for_a_decision_is_kept_however_old_it_is(forgetful: Helpdesk) -> None:
    forgetful.rita.writes("Printer jams", "Please help")
    forgetful.mallory.writes("Re: [HD-1001] Printer jams", "My screen is broken, please help")
    technician = forgetful.technician_of()
    question = technician.last
    forgetful.now += timedelta(days=31)

    retention.purge(forgetful.database, forgetful.current.get().policy, forgetful.now)

    assert count(forgetful, RawMessage) == 1
    assert question["Subject"]


def raw_of(desk: Helpdesk, recipient: str) -> list[tuple[str, bool]]:
    with desk.database.unit_of_work(write=False) as session:
        statement = select(OutboxMail).where(col(OutboxMail.recipient) == recipient).order_by(col(OutboxMail.id))
        return [(row.state, bool(row.raw)) for row in session.scalars(statement)]


def test_mails_that_failed_or_were_dropped_are_forgotten_too_but_not_those_that_may_yet_be_sent(
    forgetful: Helpdesk,
) -> None:
    outcomes = {"failed@client.example": ("failed", 550, "no"), "sent@client.example": ("sent", 250, "ok")}
    forgetful.courier.outcomes.update(outcomes)
    forgetful.courier.outcomes["dropped@client.example"] = ("retry", 451, "later")
    for name in ("failed", "sent", "dropped"):
        forgetful.receive(build(f"{name}@client.example", f"Help {name}", "Please help", at=forgetful.now))
    forgetful.now += timedelta(days=4)
    forgetful.send()
    forgetful.now += timedelta(days=7)
    forgetful.receive(build("failed@client.example", "Again", "Please help", at=forgetful.now))

    retention.purge(forgetful.database, forgetful.current.get().policy, forgetful.now)

    assert raw_of(forgetful, "failed@client.example") == [("failed", False), ("failed", True)]
    assert raw_of(forgetful, "sent@client.example") == [("sent", False)]
    assert raw_of(forgetful, "dropped@client.example") == [("cancelled", False)]


def test_a_mail_that_became_final_late_is_forgotten_the_next_time(forgetful: Helpdesk) -> None:
    forgetful.rita.writes("Printer jams", "Please help")
    with forgetful.database.unit_of_work() as session:
        rows = list(session.scalars(select(OutboxMail).order_by(col(OutboxMail.id))))
        rows[0].sent_at = rows[0].created_at + timedelta(days=5)
    forgetful.now += timedelta(days=10, hours=1)
    policy = forgetful.current.get().policy
    assert retention.purge(forgetful.database, policy, forgetful.now) == (0, len(rows) - 1)

    assert retention.purge(forgetful.database, policy, forgetful.now + timedelta(days=5)) == (0, 1)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_it_is_forgotten_in_small_steps_until_nothing_is_left(
    forgetful: Helpdesk, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_BATCH", batch)
    for number in range(5):
        forgetful.rita.writes(f"Problem {number}", f"Thing {number} is broken, please help")
    forgetful.now += timedelta(days=31)
    policy = forgetful.current.get().policy

    assert retention.purge(forgetful.database, policy, forgetful.now, lambda: True) == (0, 0)
    received, sent = retention.purge(forgetful.database, policy, forgetful.now)

    assert (received, sent) == (5, count(forgetful, OutboxMail))
    assert (count(forgetful, RawMessage), count(forgetful, Receipt)) == (0, 5)
    assert retention.purge(forgetful.database, policy, forgetful.now) == (0, 0)


def test_bytes_that_two_messages_share_stay_until_both_are_old(forgetful: Helpdesk) -> None:
    raw = build("rita@client.example", "Printer jams", "Please help", at=forgetful.now)
    forgetful.receive(raw)
    forgetful.now += timedelta(days=20)
    forgetful.receive(raw)
    policy = forgetful.current.get().policy

    assert retention.purge(forgetful.database, policy, forgetful.now + timedelta(days=11))[0] == 0
    assert count(forgetful, RawMessage) == 1
    assert retention.purge(forgetful.database, policy, forgetful.now + timedelta(days=31))[0] == 1


PLANS = [
    (retention.old_receipts(datetime(2026, 1, 1, tzinfo=UTC), "a", 5), {}, "ix_receipts_sha256"),
    (retention.old_mails(datetime(2026, 1, 1, tzinfo=UTC), 7, 5), {}, "ix_outbox_created_at"),
    (
        post.SENT_SINCE,
        {"since": datetime(2026, 1, 1, tzinfo=UTC), "until": datetime(2026, 2, 1, tzinfo=UTC), "limit": 5},
        "ix_outbox_sent_at",
    ),
    (post.BEING_SENT, {"now": datetime(2026, 1, 1, tzinfo=UTC)}, "ix_outbox_due"),
    (
        post.PACED_SENT_SINCE,
        {"since": datetime(2026, 1, 1, tzinfo=UTC), "until": datetime(2026, 2, 1, tzinfo=UTC), "limit": 5},
        "COVERING INDEX ix_outbox_sent_at",
    ),
]


@pytest.mark.parametrize(("statement", "values", "index"), PLANS, ids=["raw", "sent", "rate", "leases", "pace"])
def test_a_long_history_costs_nothing(
    sqlite_database: Database, statement: Select[Any], values: dict[str, Any], index: str
) -> None:
    asked: list[str] = []

    def explained(_connection: object, _cursor: object, sql: str, parameters: Any, *_more: object) -> tuple[str, Any]:
        asked.append(sql)
        return f"EXPLAIN QUERY PLAN {sql}", parameters

    with sqlite_database.unit_of_work() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", explained, retval=True)
        plan = [str(row[-1]) for row in connection.execute(statement, values).cursor.fetchall()]

    assert asked
    assert any("SEARCH" in step and index in step for step in plan), plan
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN receipts") for step in plan), plan


def test_by_default_nothing_is_forgotten(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")

    assert retention.purge(desk.database, desk.current.get().policy, desk.now + timedelta(days=4000)) == (0, 0)


def test_the_rate_of_sending_is_kept(database: Database, tmp_path: Path, now: datetime) -> None:
    desk = Helpdesk(database, tmp_path, now)
    smtp = desk.settings.smtp.model_copy(update={"rate_per_minute": 3})
    policy = desk.current.desk.policy
    settings = policy.settings.model_copy(update={"smtp": smtp})
    desk.current.desk = replace(desk.current.desk, policy=replace(policy, settings=settings))
    for number in range(4):
        desk.rita.writes(f"Problem {number}", f"Thing {number} is broken, please help")
    assert len(desk.courier.sent) == 3

    desk.wait(minutes=1, seconds=1)

    assert len(desk.courier.sent) == 6
