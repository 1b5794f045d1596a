from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, SQLModel, select

from mailbot.adapters.db import Database
from mailbot.adapters.tables import (
    Contact,
    Entry,
    Event,
    Hold,
    OutboxMail,
    Participant,
    Receipt,
    StoredAttachment,
    Survey,
    Ticket,
    TimerMark,
)
from mailbot.core.model import DispositionKind, Impact, Priority, Status, Urgency

NOW = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)


def ticket(**changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "subject": "printer",
        "status": Status.NEW,
        "priority": Priority.NORMAL,
        "impact": Impact.PERSON,
        "urgency": Urgency.MEDIUM,
        "requester_address": "rita@example.org",
        "language": "en",
        "created_at": NOW,
        "updated_at": NOW,
        "last_public_at": NOW,
    }
    return Ticket(**(values | changed))


def receipt(**changed: Any) -> Receipt:
    values: dict[str, Any] = {"mailbox": "support", "uidvalidity": 1, "uid": 1, "received_at": NOW}
    return Receipt(**(values | changed))


def participant(**changed: Any) -> Participant:
    values: dict[str, Any] = {"ticket": 1001, "address": "rita@example.org", "role": "requester"}
    return Participant(**(values | changed))


def entry(**changed: Any) -> Entry:
    values: dict[str, Any] = {
        "ticket": 1001,
        "kind": "message",
        "author_address": "rita@example.org",
        "text": "",
        "created_at": NOW,
    }
    return Entry(**(values | changed))


def outbox(**changed: Any) -> OutboxMail:
    values: dict[str, Any] = {
        "key": "k",
        "notice": "reply",
        "recipient": "rita@example.org",
        "message_id": "<1@x>",
        "raw": b"",
        "created_at": NOW,
    }
    return OutboxMail(**(values | changed))


def hold(**changed: Any) -> Hold:
    values: dict[str, Any] = {"receipt": 1, "kind": "stranger", "originator": "eve@example.org", "created_at": NOW}
    return Hold(**(values | changed))


def attachment(**changed: Any) -> StoredAttachment:
    values: dict[str, Any] = {"entry": 1, "part": 1, "content_type": "text/plain", "size": 1, "sha256": "0" * 64}
    return StoredAttachment(**(values | changed))


def event(**changed: Any) -> Event:
    values: dict[str, Any] = {"ticket": 1001, "at": NOW, "kind": "changed"}
    return Event(**(values | changed))


def timer_mark(**changed: Any) -> TimerMark:
    values: dict[str, Any] = {"ticket": 1001, "cycle": 1, "timer": "response_breach", "fired_at": NOW}
    return TimerMark(**(values | changed))


def survey(**changed: Any) -> Survey:
    values: dict[str, Any] = {"ticket": 1001, "cycle": 1, "address": "rita@example.org", "asked_at": NOW}
    return Survey(**(values | changed))


def _add(database: Database, *rows: SQLModel) -> None:
    with database.unit_of_work() as session:
        for row in rows:
            session.add(row)
            session.flush()


def _refusal(session: Session, row: SQLModel) -> str:
    """What the database says against a row, in lower case; "" if it takes it. The transaction goes on."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        return str(error.orig).lower()
    return ""


def test_tickets_are_numbered_from_1001_and_never_reused(database: Database) -> None:
    first, second = ticket(), ticket()
    _add(database, first, second)
    assert (first.number, second.number) == (1001, 1002)
    with database.unit_of_work() as session:
        session.delete(second)
    third = ticket()
    _add(database, third)
    assert third.number == 1003


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    jakarta = timezone(timedelta(hours=7))
    precise = datetime(2026, 8, 4, 10, 0, 0, 123456, tzinfo=jakarta)
    _add(database, Contact(address="rita@example.org", blocked_at=precise))
    with database.unit_of_work(write=False) as session:
        found = session.exec(select(Contact)).one().blocked_at
        early = session.exec(select(Contact).where(Contact.blocked_at < NOW)).all()  # type: ignore[operator]
    assert found == precise
    assert found is not None
    assert found.tzinfo is UTC
    assert early == []


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        _add(database, Contact(address="rita@example.org", blocked_at=NOW.replace(tzinfo=None)))


def test_tags_and_event_data_keep_their_shape(database: Database) -> None:
    data = {"from": "low", "to": "high", "words": ["cepat", "“segera”"], "score": 3, "none": None}
    made = ticket(tags=["vpn", "kantor pusat"])
    _add(database, made)
    _add(database, Event(ticket=1001, at=NOW, kind="changed", data=data))
    with database.unit_of_work(write=False) as session:
        assert session.exec(select(Ticket)).one().tags == ["vpn", "kantor pusat"]
        assert session.exec(select(Event)).one().data == data


Maker = Callable[..., SQLModel]

NONSENSE: list[tuple[Maker, str, object]] = [
    (ticket, "status", "nonsense"),
    (ticket, "status", ""),
    (ticket, "status", "NEW"),
    (ticket, "priority", "urgent"),
    (ticket, "impact", "all"),
    (ticket, "urgency", "normal"),
    (receipt, "state", "half"),
    (receipt, "filed", "maybe"),
    (receipt, "disposition", "lost"),
    (participant, "role", "self"),
    (entry, "kind", "mail"),
    (outbox, "state", "waiting"),
    (hold, "kind", "whim"),
    (hold, "state", "shut"),
    (survey, "score", 0),
    (survey, "score", 6),
]

DANGLING: list[tuple[Maker, str, object]] = [
    (receipt, "sha256", "0" * 64),
    (participant, "ticket", 9),
    (entry, "ticket", 9),
    (entry, "receipt", 9),
    (attachment, "entry", 9),
    (event, "ticket", 9),
    (hold, "receipt", 9),
    (survey, "ticket", 9),
    (timer_mark, "ticket", 9),
]

UNIQUE: list[tuple[Maker, dict[str, object], dict[str, object], list[dict[str, object]]]] = [
    # A maker, a row, what a second one may not be like, and what makes it another one.
    (receipt, {}, {}, [{"uid": 2}, {"uidvalidity": 2}, {"mailbox": "sales"}]),
    (participant, {}, {"name": "Rita", "role": "vendor"}, [{"address": "rudi@example.org"}]),
    (entry, {"receipt": 1}, {"receipt": 1, "text": "again"}, [{"receipt": 1, "kind": "note"}, {"receipt": None}]),
    (outbox, {}, {"message_id": "<2@x>"}, [{"key": "l", "message_id": "<3@x>"}]),
    (outbox, {"key": "m", "message_id": "<4@x>"}, {"key": "n", "message_id": "<4@x>"}, []),
    (survey, {"score": 5}, {"score": 1}, [{"cycle": 2}]),
    (timer_mark, {}, {"fired_at": NOW + timedelta(days=1)}, [{"cycle": 2}, {"timer": "other"}]),
]


def test_nonsense_is_refused(database: Database) -> None:
    with database.unit_of_work() as session:
        assert _refusal(session, ticket()) == ""
        assert _refusal(session, receipt(uid=9)) == ""
        for make, column, value in NONSENSE:
            row = make(**{column: value})
            said = _refusal(session, row)
            assert f"ck_{type(row).__tablename__}_{column}" in said, (make.__name__, column, value, said)


def test_every_word_of_the_vocabulary_is_accepted(database: Database) -> None:
    _add(database, *(ticket(status=value) for value in Status))
    _add(database, *(ticket(priority=value) for value in Priority))
    _add(database, *(ticket(impact=value) for value in Impact))
    _add(database, *(ticket(urgency=value) for value in Urgency))
    _add(database, *(receipt(uid=uid, disposition=value) for uid, value in enumerate(DispositionKind)))
    _add(database, *(survey(cycle=score, score=score) for score in range(1, 6)))


def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    with database.unit_of_work() as session:
        assert _refusal(session, ticket()) == ""
        assert _refusal(session, receipt(uid=9)) == ""
        assert _refusal(session, entry()) == ""
        for make, column, value in DANGLING:
            assert _refusal(session, make()) == "", make.__name__
            said = _refusal(session, make(**{"uid": 3} if make is receipt else {}, **{column: value}))
            assert "foreign key" in said, (make.__name__, column, said)


def test_what_must_be_unique_is_and_nothing_more(database: Database) -> None:
    with database.unit_of_work() as session:
        assert _refusal(session, ticket()) == ""
        for make, first, second, others in UNIQUE:
            assert _refusal(session, make(**first)) == "", (make.__name__, first)
            assert "unique" in _refusal(session, make(**second)), (make.__name__, second)
            for other in others:
                assert _refusal(session, make(**other)) == "", (make.__name__, other)
