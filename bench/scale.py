"""What history costs: the same work with a thousand and with a hundred thousand tickets in the database.

The history is made of one real ticket, which is copied with other numbers, people, times and identifiers. Nineteen of
twenty tickets were closed long ago, so that a reply to them makes a new one; the others wait for timers that are not
due. The bytes of sent mail are cut short, or filling
the database would take most of the time.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crash.installation import Installation, install
from servers.dovecot import Dovecot
from servers.smtp_sink import sink_process

from bench.inprocess import jobs
from bench.mails import FIRST_NUMBER, generate, owner
from mailbot.log import configure

Row = dict[str, Any]
_OPEN_EVERY = 20  # One of so many tickets is open.
_SENT_BYTES = 200


@dataclass(frozen=True, slots=True)
class Scale:
    """One size.

    Attributes:
        tickets: How many tickets there were before.
        once: Seconds that `mailbot once` takes with nothing to do, from start to end, each time.
        tick: Milliseconds of a look at the timers with nothing due, each time.
        intake: Mails a second that are read (without sending), each time.
        mebibytes: The size of the database.
    """

    tickets: int
    once: list[float]
    tick: list[float]
    intake: list[float]
    mebibytes: float


def run(dovecot: Dovecot, directory: Path, sizes: tuple[int, ...], messages: int, rounds: int = 3) -> list[Scale]:
    """Measures all sizes in turn, round after round, so that a machine that slows down does not favour one of them."""
    directory.mkdir(parents=True)
    with sink_process(directory / "sink.jsonl") as port:
        places = {size: _with_history(dovecot, directory / str(size), port, size) for size in sizes}
        found = {size: Scale(size, [], [], [], _mebibytes(place)) for size, place in places.items()}
        dovecot.empty("support")
        for _ in range(5):
            for size, place in places.items():
                found[size].once.append(_seconds_of(lambda place=place: place.call("once")))  # type: ignore[misc]
        for number in range(rounds):
            for size, place in places.items():
                _read(dovecot, place, found[size], messages, number)
    return list(found.values())


def _seconds_of(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _mebibytes(place: Installation) -> float:
    return place.database.stat().st_size / 2**20


def _read(dovecot: Dovecot, place: Installation, found: Scale, messages: int, number: int) -> None:
    """Reads mails with the history as it was; what they add is thrown away."""
    saved = place.database.with_suffix(".saved")
    if not saved.exists():
        shutil.copy(place.database, saved)
    samples = generate(messages, seed=50 + number, existing=found.tickets)
    dovecot.empty("support")
    dovecot.deliver("support", *(sample.raw for sample in samples))
    with (place.directory / "log").open("w") as log:
        configure("json", stream=log)
        with jobs(place) as work:
            work.tick()
            found.tick.extend(work.tick() for _ in range(20))
            found.intake.append(messages / _seconds_of(work.read))
    for leftover in place.database.parent.glob(f"{place.database.name}-*"):
        leftover.unlink()
    shutil.copy(saved, place.database)


def _with_history(dovecot: Dovecot, directory: Path, port: int, tickets: int) -> Installation:
    place = install(directory, imap_port=dovecot.port, smtp_port=port)
    dovecot.empty("support")
    dovecot.deliver("support", generate(1, seed=9, mix=(("plain", 1.0),))[0].raw)
    place.call("once")
    with closing(sqlite3.connect(place.database, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("BEGIN")
        for table, rows in _copies(database, tickets).items():
            _insert(database, table, rows)
        database.execute("UPDATE sqlite_sequence SET seq = (SELECT max(number) FROM tickets) WHERE name = 'tickets'")
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")
    return place


def _insert(database: sqlite3.Connection, table: str, rows: Iterator[Row]) -> None:
    first = next(rows)
    marks = ", ".join("?" * len(first))
    statement = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({marks})"
    database.execute(statement, tuple(first.values()))
    database.executemany(statement, (tuple(row.values()) for row in rows))


def _rows(database: sqlite3.Connection, table: str) -> list[Row]:
    cursor = database.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _copies(database: sqlite3.Connection, tickets: int) -> dict[str, Iterator[Row]]:
    """The rows of all tickets but the first, which is there already; in the order in which they point to each other."""
    numbers = range(FIRST_NUMBER + 1, FIRST_NUMBER + tickets)
    now = datetime.now(UTC).replace(tzinfo=None)
    return {table: _changed(_rows(database, table), change, numbers, now) for table, change in _CHANGES.items()}


def _changed(models: list[Row], change: "Change", numbers: range, now: datetime) -> Iterator[Row]:
    for number in numbers:
        for model in models:
            yield {**model, **change(model, number, now)}


def _long_ago(number: int, now: datetime) -> str:
    """Tickets are some months to a few years old: no cap on mails counts them any more."""
    return str(now - timedelta(days=90, minutes=13 * (number % 100_000)))


def _digest(number: int) -> str:
    return f"{number:064x}"


def _raw_message(_model: Row, number: int, _now: datetime) -> Row:
    return {"sha256": _digest(number)}


def _receipt(_model: Row, number: int, now: datetime) -> Row:
    at = _long_ago(number, now)
    return {
        "id": number,
        "uidvalidity": 1,
        "uid": number,
        "sha256": _digest(number),
        "internal_date": at,
        "received_at": at,
        "disposed_at": at,
        "ticket": number,
        "message_id": f"<{number}@history.example>",
        "digest": _digest(number),
        "originator": owner(number)[1],
    }


def _ticket(_model: Row, number: int, now: datetime) -> Row:
    at, person = _long_ago(number, now), owner(number)
    changes = {
        "number": number,
        "requester_address": person[1],
        "requester_name": person[0],
        "created_at": at,
        "updated_at": at,
        "last_public_at": at,
    }
    if number % _OPEN_EVERY == 0:
        later = str(now + timedelta(days=30, minutes=number % 10_000))
        # Its requester heard of it just now, or there would be thousands of updates to send.
        due = {"respond_by": later, "resolve_by": later, "next_due_at": later}
        return changes | {"status": "open", "last_public_at": str(now), **due}
    closed = {"status": "closed", "resolved_at": at, "closed_at": at, "running_since": None, "next_due_at": None}
    return changes | closed


def _participant(_model: Row, number: int, _now: datetime) -> Row:
    person = owner(number)
    return {
        "id": number,
        "ticket": number,
        "address": person[1],
        "name": person[0],
    }


def _entry(_model: Row, number: int, now: datetime) -> Row:
    return {
        "id": number,
        "ticket": number,
        "author_address": owner(number)[1],
        "message_id": f"<{number}@history.example>",
        "receipt": number,
        "created_at": _long_ago(number, now),
    }


def _event(_model: Row, number: int, now: datetime) -> Row:
    return {"id": None, "ticket": number, "at": _long_ago(number, now)}


def _mail(model: Row, number: int, now: datetime) -> Row:
    at = _long_ago(number, now)
    return {
        "id": number,
        "key": f"acknowledgement:{number}:history",
        "ticket": number,
        "recipient": owner(number)[1],
        "message_id": f"<{number}.history@example.com>",
        "raw": model["raw"][:_SENT_BYTES],
        "created_at": at,
        "valid_until": at,
        "sent_at": at,
    }


Change = Callable[[Row, int, datetime], Row]

_CHANGES: dict[str, Change] = {
    "raw_messages": _raw_message,
    "receipts": _receipt,
    "tickets": _ticket,
    "participants": _participant,
    "entries": _entry,
    "events": _event,
    "outbox": _mail,
}
