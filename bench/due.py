"""What a tick costs with a million tickets of which few are due, on both databases, and how it finds those.

One real ticket, with a technician's answer, is multiplied within the database, so that a million are there in a minute.
All wait for something that is not due; of some the requester has to be told how things stand.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from servers.postgres import Postgres
from sqlalchemy import Connection, Engine, event, text
from world import Helpdesk

from bench.mails import FIRST_NUMBER
from mailbot import timers
from mailbot.adapters import schema
from mailbot.adapters.db import Database

NOW = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)
LATER = timedelta(days=400)
_TABLES = {
    # Of the tickets all columns are the same but these; "n" is the number of the copy.
    "tickets": {"number": "n", "requester_address": "'p' || n || '@client.example'", "next_due_at": ":later"},
    "participants": {"id": "n + 10", "ticket": "n", "address": "'p' || n || '@client.example'"},
    "entries": {"id": "n + 10", "ticket": "n", "message_id": "'<' || n || '@history.example>'", "receipt": "NULL"},
    "events": {"id": "n + 1000", "ticket": "n"},
    "outbox": {
        "id": "n + 1000",
        "ticket": "n",
        "key": "'history:' || n",
        "message_id": "'<' || n || '.history@example.com>'",
        "recipient": "'p' || n || '@client.example'",
        "raw": "substr(m.raw, 1, 200)",  # Or a million mails would take most of the time.
    },
}
_MODELS = {"participants": "min(id)", "entries": "min(id)", "events": "min(id)", "outbox": "min(id)"}
_COUNT = {
    "sqlite": "WITH RECURSIVE c(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM c WHERE n < :last) ",
    "postgresql": "WITH c(n) AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint))) ",
}


@dataclass(frozen=True, slots=True)
class Due:
    """One database with a number of tickets.

    Attributes:
        database: Which kind.
        tickets: How many tickets there are.
        due: Of how many of them a timer was due.
        built: Seconds that it took to make them.
        tick: Seconds of the first tick, which does as much as one tick does at most.
        all: Seconds until everything that was due was done.
        cpu: Seconds of processor time of this process for all of it; on a busy machine it says more.
        idle: Milliseconds of a tick when nothing is due, each time.
        mails: How many mails were made.
        plans: How the database finds what each statement of a tick asks for, by its text.
    """

    database: str
    tickets: int
    due: int
    built: float
    tick: float
    all: float
    cpu: float
    idle: list[float]
    mails: int
    plans: dict[str, str]


def run(directory: Path, sizes: Sequence[int], due: int) -> Iterator[Due]:
    """Measures both databases with each of these numbers of tickets, of which as many are due each time."""
    with Postgres() as server:
        for size in sizes:
            place = directory / str(size)
            place.mkdir(parents=True, mode=0o700)
            yield _measure(Database("sqlite:///mailbot.db", state_dir=place), place, size, due)
            yield _measure(Database(server.url(f"due{size}"), state_dir=place), place, size, due)


def _measure(database: Database, place: Path, tickets: int, due: int) -> Due:
    schema.upgrade(database)
    desk = Helpdesk(database, place, NOW)
    desk.reload(MAILBOT_LIMITS__GLOBAL_HOUR=str(2 * due))  # Or half of those that are due would be refused.
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "We are looking into it.")
    desk.now += timedelta(days=4)
    begin = time.perf_counter()
    _multiply(database, tickets, due, desk.now)
    built = time.perf_counter() - begin
    used = time.process_time()
    with _listening() as statements:
        first = _seconds(lambda: timers.tick(database, desk.current.get(), desk.now))
    rest = _seconds(lambda: timers.catch_up(database, desk.current.get(), desk.now))
    used = time.process_time() - used
    idle = [1000 * _seconds(lambda: timers.tick(database, desk.current.get(), desk.now)) for _ in range(20)]
    with database.engine.connect() as connection:
        made = connection.execute(text("SELECT count(*) FROM outbox WHERE notice = 'status_update'")).scalar() or 0
        plans = {statement: _plan(connection, statement, values) for statement, values in statements.items()}
    kind = database.engine.dialect.name
    database.close()
    return Due(kind, tickets, due, built, first, first + rest, used, idle, made, plans)


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _multiply(database: Database, tickets: int, due: int, now: datetime) -> None:
    """Makes copies of the one ticket; those that are due come last, so that none of them is found by luck."""
    sqlite = database.engine.dialect.name == "sqlite"
    last = FIRST_NUMBER + tickets - 1
    later = _written(now + LATER, sqlite=sqlite)
    values = {"first": FIRST_NUMBER + 1, "last": last, "later": later}
    with database.unit_of_work() as session:
        connection = session.connection()
        for table, changes in _TABLES.items():
            _copy(connection, table, changes, values)
            if not sqlite:
                key = "number" if table == "tickets" else "id"
                sequence = f"pg_get_serial_sequence('{table}', '{key}')"
                connection.execute(text(f"SELECT setval({sequence}, (SELECT max({key}) FROM {table}))"))
        # The search has looked at them already; and a timer of some was due a minute ago.
        connection.execute(text("UPDATE tickets SET indexed_at = updated_at, next_due_at = :later"), {"later": later})
        past = {"past": _written(now - timedelta(minutes=1), sqlite=sqlite), "after": last - due}
        connection.execute(text("UPDATE tickets SET next_due_at = :past WHERE number > :after"), past)
    with database.unit_of_work() as session:
        session.connection().exec_driver_sql("ANALYZE")


def _written(at: datetime, *, sqlite: bool) -> Any:
    """A moment as the database keeps it."""
    return str(at.replace(tzinfo=None)) + ("" if at.microsecond else ".000000") if sqlite else at


def _copy(connection: Connection, table: str, changes: dict[str, str], values: dict[str, Any]) -> None:
    model = f"(SELECT {_MODELS[table]} FROM {table})" if table in _MODELS else str(FIRST_NUMBER)
    key = "id" if table in _MODELS else "number"
    row = connection.execute(text(f"SELECT * FROM {table} WHERE {key} = {model}")).mappings().one()
    names = [str(name) for name in row]
    wanted = ", ".join(changes.get(name, f"m.{name}") for name in names)
    counted = _COUNT[connection.dialect.name]
    statement = f"{counted} SELECT {wanted} FROM c, {table} m WHERE m.{key} = {model}"
    statement = f"INSERT INTO {table} ({', '.join(names)}) {statement}"
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    connection.execute(text(statement), used)


@contextmanager
def _listening() -> Iterator[dict[str, Any]]:
    """Notes each statement that reads, once, with the values of its first time."""
    seen: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.setdefault(statement, values)

    event.listen(Engine, "before_cursor_execute", note)  # That of reading, too.
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _plan(connection: Connection, statement: str, values: Any) -> str:
    sqlite = connection.dialect.name == "sqlite"
    asked = ("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement
    rows = connection.exec_driver_sql(asked, values).all()
    return "\n".join(str(row[-1]) for row in rows)


def reads_all(run: Due) -> list[str]:
    """The statements of a tick that go through a whole table that grows."""
    signs = [f"{sign} {table}" for table in _TABLES for sign in ("SCAN", "Seq Scan on")]
    return [
        statement
        for statement, plan in run.plans.items()
        if any(sign in line and "USING INDEX" not in line for sign in signs for line in plan.splitlines())
    ]


def of_the_due(run: Due) -> str:
    """The plan by which a tick finds what is due."""
    return next(plan for statement, plan in run.plans.items() if "next_due_at <=" in statement)
