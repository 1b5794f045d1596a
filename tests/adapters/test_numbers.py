"""What happened in a time, counted by the database: exactly that time, these teams, and by the indexes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from mailbot.adapters import balances, numbers, worklists
from mailbot.adapters.db import Database
from mailbot.adapters.numbers import Missed, Numbers
from mailbot.adapters.tables import Event, Hold, OutboxMail, Receipt, Survey, Ticket, TimerMark
from mailbot.core.model import Impact, Priority, Status, Urgency

SINCE = datetime(2026, 8, 2, 17, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
UNTIL = SINCE + DAY
WITHIN = SINCE + DAY / 2
BEFORE, LAST = SINCE - SECOND, UNTIL - SECOND
MISSED = Missed("response:1", "resolution:1")


def add(session: Session, **changed: Any) -> int:
    values: dict[str, Any] = {
        "subject": "printer",
        "status": Status.OPEN,
        "priority": Priority.NORMAL,
        "impact": Impact.PERSON,
        "urgency": Urgency.MEDIUM,
        "requester_address": "rita@example.org",
        "language": "en",
        "team": "support",
        "created_at": SINCE - 9 * DAY,
        "updated_at": WITHIN,
        "last_public_at": WITHIN,
    }
    row = Ticket(**(values | changed))
    session.add(row)
    session.flush()
    assert row.number is not None
    return row.number


def mark(session: Session, ticket: int, timer: str, cycle: int = 1) -> None:
    session.add(TimerMark(ticket=ticket, cycle=cycle, timer=timer, fired_at=BEFORE))


def vote(session: Session, ticket: int, score: int | None, at: datetime | None = WITHIN, comment: str = "") -> None:
    row = Survey(ticket=ticket, cycle=1, address="rita@example.org", asked_at=BEFORE, answered_at=at, score=score)
    row.comment = comment
    session.add(row)


def counted(database: Database, *teams: str) -> Numbers:
    with database.unit_of_work(write=False) as session:
        return numbers.of_teams(session, teams, SINCE, UNTIL, MISSED)


NOTHING = Numbers(
    came=0, answered=0, answered_in_time=0, resolved=0, resolved_in_time=0, reopened=0, ratings=0, score=None, low=0
)


def test_where_nothing_happened_there_is_nothing(database: Database) -> None:
    assert counted(database, "support") == NOTHING
    assert counted(database, "support").nothing


def test_what_came_is_counted_from_the_first_moment_to_before_the_last_and_for_the_teams_only(
    database: Database,
) -> None:
    with database.unit_of_work() as session:
        for at in (BEFORE, SINCE, WITHIN, LAST, UNTIL):
            add(session, created_at=at)
        add(session, created_at=WITHIN, team="Network")
        add(session, created_at=WITHIN, team="")
    assert counted(database, "SUPPORT").came == 3
    assert counted(database, "support", "network").came == 4
    assert counted(database).came == 0


def test_first_responses_and_solutions_are_in_time_where_no_mark_says_otherwise(database: Database) -> None:
    with database.unit_of_work() as session:
        add(session, first_response_at=WITHIN)
        late = add(session, first_response_at=WITHIN, resolved_at=WITHIN, status=Status.RESOLVED)
        mark(session, late, "response:1")
        late = add(session, resolved_at=LAST, status=Status.CLOSED)
        mark(session, late, "resolution:1")
        mark(session, late, "resolution:2")
        add(session, resolved_at=UNTIL, first_response_at=BEFORE, status=Status.RESOLVED)
        # It was late once; what it was resolved in now is its second round.
        again = add(session, resolved_at=SINCE, cycle=2, status=Status.RESOLVED)
        mark(session, again, "resolution:1", cycle=1)
        # It was not resolved, but goes on as another one.
        add(session, resolved_at=WITHIN, status=Status.CLOSED, merged_into=late)
    found = counted(database, "support")
    assert (found.answered, found.answered_in_time) == (2, 1)
    assert (found.resolved, found.resolved_in_time) == (3, 2)


def test_a_ticket_that_was_opened_twice_again_counts_once(database: Database) -> None:
    with database.unit_of_work() as session:
        number = add(session)
        for at, kind in ((WITHIN, "reopened"), (LAST, "reopened"), (WITHIN, "closed")):
            session.add(Event(ticket=number, at=at, kind=kind))
        session.add(Event(ticket=add(session), at=BEFORE, kind="reopened"))
        session.add(Event(ticket=add(session, team="network"), at=WITHIN, kind="reopened"))
    assert counted(database, "support").reopened == 1


def test_scores_have_an_average_and_the_low_ones_are_named(database: Database) -> None:
    with database.unit_of_work() as session:
        for score in (5, 4, 2, 1):
            vote(session, add(session, subject=f"score {score}"), score, comment=f"said {score}")
        vote(session, add(session), None, None)
        vote(session, add(session), 1, BEFORE)
        vote(session, add(session, team="network"), 1)
    found = counted(database, "support")
    assert (found.ratings, found.score, found.low) == (4, 3.0, 2)
    with database.unit_of_work(write=False) as session:
        low = numbers.low_ratings(session, ["support"], SINCE, UNTIL, 10)
        assert [(ticket.subject, score, comment) for ticket, score, comment in low] == [
            ("score 2", 2, "said 2"),
            ("score 1", 1, "said 1"),
        ]
        assert len(numbers.low_ratings(session, ["support"], SINCE, UNTIL, 1)) == 1


def receipt(session: Session, uid: int, at: datetime, disposition: str = "created", **changed: Any) -> None:
    values: dict[str, Any] = {"mailbox": "main", "uidvalidity": 1, "state": "done", "disposition": disposition}
    values |= {"disposed_at": at if disposition else None}
    session.add(Receipt(uid=uid, received_at=at, **(values | changed)))


def test_each_message_since_then_is_in_the_ledger_once(database: Database) -> None:
    with database.unit_of_work() as session:
        receipt(session, 1, SINCE - 30 * DAY)
        receipt(session, 2, BEFORE, "held")
        for uid, disposition in enumerate(("created", "created", "appended", "quarantined"), 10):
            receipt(session, uid, SINCE + uid * SECOND, disposition)
        # The clock was an hour slow for a while.
        receipt(session, 20, SINCE - timedelta(hours=1))
        receipt(session, 21, WITHIN, "", state="received")
    with database.unit_of_work(write=False) as session:
        found = balances.ledger(session, SINCE)
    assert (found.seen, found.waiting, found.unexplained) == (5, 1, 0)
    assert found.became == {"created": 2, "appended": 1, "quarantined": 1}


def test_a_message_without_a_disposition_that_waits_for_nothing_is_unexplained(database: Database) -> None:
    with database.unit_of_work() as session:
        receipt(session, 1, WITHIN, "")
        receipt(session, 2, WITHIN)
    with database.unit_of_work(write=False) as session:
        found = balances.ledger(session, SINCE)
    assert (found.seen, dict(found.became), found.waiting, found.unexplained) == (2, {"created": 1}, 0, 1)


def test_what_waits_is_counted_with_the_oldest(database: Database) -> None:
    with database.unit_of_work() as session:
        receipt(session, 1, LAST, "", state="received")
        receipt(session, 2, WITHIN, "", state="received")
        receipt(session, 3, SINCE - 9 * DAY, "quarantined")
        receipt(session, 4, LAST, "quarantined")
        session.flush()
        for state, at in (("open", WITHIN), ("open", LAST), ("released", BEFORE)):
            session.add(Hold(receipt=1, kind="stranger", state=state, originator="x@example.org", created_at=at))
    with database.unit_of_work(write=False) as session:
        assert balances.unprocessed(session) == balances.Waits(2, WITHIN)
        assert balances.held(session) == balances.Waits(2, WITHIN)
        quarantine = balances.quarantine(session, SINCE, 1)
        assert (quarantine.count, quarantine.fresh, [row.uid for row in quarantine.newest]) == (2, 1, [4])


def mail(session: Session, key: str, state: str, **changed: Any) -> None:
    values: dict[str, Any] = {
        "key": key,
        "notice": "reply",
        "recipient": "rita@example.org",
        "message_id": f"<{key}@example.org>",
        "created_at": SINCE - 3 * DAY,
        "raw": b"",
        "state": state,
    }
    session.add(OutboxMail(**(values | changed)))


def test_mails_of_ours_are_counted_by_what_became_of_them(database: Database) -> None:
    with database.unit_of_work() as session:
        mail(session, "a", "sent", sent_at=WITHIN)
        mail(session, "b", "sent", sent_at=BEFORE, bounced_at=WITHIN)
        mail(session, "c", "failed", lost_at=WITHIN, answer="550 no", ticket=1001)
        mail(session, "d", "uncertain", lost_at=LAST)
        mail(session, "e", "failed", lost_at=BEFORE)
        mail(session, "f", "queued", attempts=2, next_attempt_at=UNTIL)
        mail(session, "g", "queued", next_attempt_at=UNTIL)
        mail(session, "h", "cancelled")
    with database.unit_of_work(write=False) as session:
        found = balances.sending(session, SINCE)
        assert (found.sent, found.came_back, found.lost) == (1, 1, 2)
        assert found.retried == balances.Waits(1, SINCE - 3 * DAY)
        lost = balances.lost(session, SINCE, 10)
        assert lost == [
            balances.Lost("reply", None, "rita@example.org", "uncertain", ""),
            balances.Lost("reply", 1001, "rita@example.org", "failed", "550 no"),
        ]


def test_the_last_mail_of_a_mailbox_is_the_one_with_the_highest_uid(database: Database) -> None:
    with database.unit_of_work() as session:
        receipt(session, 900, SINCE - 9 * DAY, uidvalidity=1)
        receipt(session, 5, WITHIN, uidvalidity=2)
        receipt(session, 3, BEFORE, uidvalidity=2)
        receipt(session, 7, LAST, mailbox="other")
    with database.unit_of_work(write=False) as session:
        found = balances.last_received(session, ["main", "other", "new"])
    assert found == {"main": WITHIN, "other": LAST, "new": None}


def test_the_database_says_how_large_it_is(database: Database) -> None:
    with database.unit_of_work(write=False) as session:
        assert balances.size(session) > 10_000


@contextmanager
def plans(database: Database) -> Iterator[list[str]]:
    """How SQLite carries out each question of the block."""
    found: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: object) -> None:
        if statement.startswith("SELECT") and not found_own(statement):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            found.append(" | ".join(row[-1] for row in rows))

    def found_own(statement: str) -> bool:
        return "pragma_" in statement

    event.listen(database._reader, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(database._reader, "before_cursor_execute", explain)


PARTIAL = re.compile(r"ix_(tickets_active|receipts_quarantined|holds_open|receipts_open|outbox_due)\b|CONSTANT ROW")
NEWEST_FIRST = {"numbers": [], "worklists": [], "balances": ["SCAN receipts"]}
"""Receipts are read from the end, in the order of their keys, until one is older than wanted."""


@pytest.mark.parametrize("what", ["numbers", "balances", "worklists"])
def test_no_question_reads_a_whole_table_of_history(sqlite_database: Database, what: str) -> None:
    with sqlite_database.unit_of_work(write=False) as session, plans(sqlite_database) as found:
        if what == "numbers":
            numbers.of_teams(session, ["support"], SINCE, UNTIL, MISSED)
            numbers.low_ratings(session, ["support"], SINCE, UNTIL, 5)
        elif what == "worklists":
            his, theirs = worklists.of("tom@example.org"), worklists.in_teams(["support"])
            worklists.listed(session, his & worklists.is_overdue(SINCE), 5)
            worklists.listed(session, his & worklists.is_later(UNTIL) & worklists.is_awaited(), 5)
            worklists.listed(session, theirs & worklists.is_taken() & worklists.is_due(SINCE, UNTIL), 5)
        else:
            balances.ledger(session, SINCE)
            balances.unprocessed(session)
            balances.held(session)
            balances.quarantine(session, SINCE, 5)
            balances.sending(session, SINCE)
            balances.lost(session, SINCE, 5)
            balances.last_received(session, ["main"])
    assert len(found) >= 6
    steps = [step for plan in found for step in plan.split(" | ") if step.startswith("SCAN")]
    assert [step for step in steps if not PARTIAL.search(step)] == NEWEST_FIRST[what]
