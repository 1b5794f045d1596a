import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from mailbot.adapters.db import Database, instance_lock
from mailbot.adapters.locks import Turns
from mailbot.adapters.tables import TechnicianState
from mailbot.errors import AlreadyRunningError, ConfigError, DatabaseLostError, SchemaError, TransientError


def _in_threads(count: int, job: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told to the test by the assertion below.
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def _addresses(database: Database) -> list[str]:
    with database.unit_of_work(write=False) as session:
        return sorted(row.address for row in session.exec(select(TechnicianState)))


def _scalar(database: Database, query: str, *, write: bool = False) -> object:
    with database.unit_of_work(write=write) as session:
        return session.connection().execute(text(query)).scalar()


# Units of work


def test_rows_stay_readable_after_the_commit(database: Database, now: datetime) -> None:
    with database.unit_of_work() as session:
        row = TechnicianState(address="tess@example.org", last_assigned_at=now)
        session.add(row)
    assert (row.address, row.last_assigned_at) == ("tess@example.org", now)
    assert _addresses(database) == ["tess@example.org"]


@pytest.mark.parametrize("error", [ValueError("bug"), KeyboardInterrupt()])
def test_any_exception_rolls_everything_back(database: Database, error: BaseException) -> None:
    def work() -> None:
        with database.unit_of_work() as session:
            session.add(TechnicianState(address="tess@example.org"))
            session.flush()
            raise error

    with pytest.raises(type(error)):
        work()
    assert _addresses(database) == []


def test_six_threads_that_read_and_then_write_lose_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(text("CREATE TABLE counter (value INTEGER NOT NULL)"))
        session.connection().execute(text("INSERT INTO counter VALUES (0)"))
    lock = "" if database.dialect == "sqlite" else " FOR UPDATE"

    def increment() -> None:
        for _ in range(20):
            with database.unit_of_work() as session:
                value = session.connection().execute(text("SELECT value FROM counter" + lock)).scalar_one()
                session.connection().execute(text("UPDATE counter SET value = :value"), {"value": value + 1})

    _in_threads(6, increment)
    assert _scalar(database, "SELECT value FROM counter") == 120


def test_a_reader_goes_on_while_another_writes(database: Database) -> None:
    with database.unit_of_work() as writing:
        writing.add(TechnicianState(address="tess@example.org"))
        writing.flush()
        assert _addresses(database) == []
    assert _addresses(database) == ["tess@example.org"]


def test_a_reader_on_sqlite_sees_one_state_throughout(sqlite_database: Database) -> None:
    count = text("SELECT count(*) FROM technician_states")
    with sqlite_database.unit_of_work(write=False) as reading:
        assert reading.connection().execute(count).scalar() == 0
        with sqlite_database.unit_of_work() as writing:
            writing.add(TechnicianState(address="tess@example.org"))
        assert reading.connection().execute(count).scalar() == 0


def test_a_reading_unit_of_work_cannot_write(database: Database) -> None:
    # It is a bug of the caller, so it is not told as an error that may pass.
    with pytest.raises(DBAPIError), database.unit_of_work(write=False) as session:
        session.add(TechnicianState(address="tess@example.org"))
    assert _addresses(database) == []


def test_a_writer_inside_a_writer_is_refused_instead_of_waiting_for_itself(sqlite_database: Database) -> None:
    with (
        pytest.raises(RuntimeError, match="inside another"),
        sqlite_database.unit_of_work(),
        sqlite_database.unit_of_work(),
    ):
        pytest.fail("the inner unit of work was opened")
    with sqlite_database.unit_of_work() as session:  # Nothing is left locked.
        session.add(TechnicianState(address="tess@example.org"))


def test_a_broken_constraint_is_told_as_itself_and_without_the_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.unit_of_work() as session:
        session.connection().execute(
            text("INSERT INTO participants (ticket, address, name) VALUES (1001, :a, :b)"),
            {"a": "inbox", "b": "the text of a mail"},
        )
    assert "the text of a mail" not in "".join(traceback.format_exception(caught.value))


# Settings


@pytest.mark.parametrize("write", [True, False])
def test_sqlite_connections_are_durable_and_patient(sqlite_database: Database, write: bool) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10000,
        "temp_store": 2,
        "mmap_size": 0,
        "query_only": 0 if write else 1,
    }
    assert {name: _scalar(sqlite_database, f"PRAGMA {name}", write=write) for name in wanted} == wanted


def test_a_sqlite_that_will_not_be_durable_is_refused(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbot.adapters.engines._SQLITE_PRAGMAS", ("journal_mode = WAL", "synchronous = NORMAL"))
    with pytest.raises(ConfigError, match="SQLite refuses synchronous = 2"), sqlite_database.unit_of_work():
        pytest.fail("the unit of work was opened")


def test_postgres_connections_have_a_name_and_limits(postgres_database: Database) -> None:
    wanted = {
        "application_name": "mailbot",
        "TimeZone": "UTC",
        "statement_timeout": "1min",
        "lock_timeout": "15s",
        "idle_in_transaction_session_timeout": "5min",
        "transaction_isolation": "read committed",
    }
    assert {name: _scalar(postgres_database, f"SHOW {name}", write=True) for name in wanted} == wanted
    assert _scalar(postgres_database, "SHOW transaction_read_only") == "on"
    assert _scalar(postgres_database, "SHOW transaction_read_only", write=True) == "off"


def test_a_relative_sqlite_file_lies_in_the_state_directory(tmp_path: Path) -> None:
    assert Database("sqlite:///a.db", state_dir=tmp_path).path == tmp_path / "a.db"
    assert Database("sqlite:////var/b.db", state_dir=tmp_path).path == Path("/var/b.db")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "helpdesk.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///a.db?cache=shared",
        "mysql://me:geheim@db/x",
        "postgresql+asyncpg://me:geheim@db/x",
        "postgresql://me:geheim@db:port/x",
    ],
)
def test_an_impossible_url_is_refused_without_showing_the_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[database\] url") as caught:
        Database(url, state_dir=tmp_path)
    assert "geheim" not in "".join(traceback.format_exception(caught.value))


def test_a_missing_postgres_driver_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r'pip install "mailbot\[postgres\]"'):
        Database("postgresql://me@db/x", state_dir=tmp_path)


# Trouble


def test_a_missing_file_is_an_error_and_not_an_empty_database(empty_sqlite_database: Database) -> None:
    with pytest.raises(
        SchemaError, match=r"does not exist\. If it existed before, restore the backup.*Only for a new installation"
    ):
        _addresses(empty_sqlite_database)
    assert list(empty_sqlite_database.state_dir.iterdir()) == []


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_file_that_was_removed_or_replaced_is_noticed_at_once(
    sqlite_database: Database, tmp_path: Path, how: str, write: bool
) -> None:
    path = sqlite_database.path
    assert path is not None
    shutil.copy(path, tmp_path / "backup.db")
    assert _addresses(sqlite_database) == []
    if how == "removed":
        path.unlink()
    else:
        (tmp_path / "backup.db").replace(path)
    with (
        pytest.raises(DatabaseLostError, match=f"was {how} while mailbot used it.*[Pp]ut the file back"),
        sqlite_database.unit_of_work(write=write),
    ):
        pytest.fail("a unit of work was opened")


def test_a_file_that_was_made_after_a_vain_attempt_is_the_one(sqlite_template: Path, state_dir: Path) -> None:
    database = Database("sqlite:///mailbot.db", state_dir=state_dir)
    with pytest.raises(SchemaError, match="does not exist"):
        _addresses(database)
    shutil.copy(sqlite_template, state_dir / "mailbot.db")
    assert _addresses(database) == []
    database.close()


def test_another_program_that_keeps_sqlite_locked_is_a_passing_trouble(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    impatient = Database("sqlite:///mailbot.db", state_dir=sqlite_database.state_dir, busy_timeout=0.01)
    other = sqlite3.connect(sqlite_database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        pytest.raises(TransientError, match=r"mailbot.db is locked by another program .*fuser"),
        impatient.unit_of_work(),
    ):
        pytest.fail("the unit of work was opened")
    other.execute("COMMIT")
    other.close()
    with impatient.unit_of_work() as session:
        session.add(TechnicianState(address="tess@example.org"))
    impatient.close()


def test_a_short_lock_of_another_program_is_waited_out(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sqlite_database.path is not None
    impatient = Database("sqlite:///mailbot.db", state_dir=sqlite_database.state_dir, busy_timeout=0.0)
    assert _addresses(impatient) == []  # Opened beforehand, since opening a database may have to wait, too.
    other = sqlite3.connect(sqlite_database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("mailbot.adapters.db.time.sleep", lambda _seconds: other.execute("COMMIT"))
    with impatient.unit_of_work() as session:
        session.add(TechnicianState(address="tess@example.org"))
    impatient.close()
    other.close()


def test_a_full_disk_is_a_passing_trouble(sqlite_database: Database) -> None:
    def fill() -> None:
        with sqlite_database.unit_of_work() as session:
            pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            session.connection().execute(text("CREATE TABLE filler AS SELECT zeroblob(1000000) AS data"))

    with pytest.raises(TransientError, match="the disk is full"):
        fill()
    sqlite_database.close()  # The limit was that of the connection.
    assert sqlite_database.check() == []


def test_a_damaged_page_is_told_loudly(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    page = _scalar(sqlite_database, "SELECT rootpage FROM sqlite_master WHERE name = 'technician_states'")
    sqlite_database.close()
    assert isinstance(page, int)
    with sqlite_database.path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 100)
    with pytest.raises(SchemaError, match=r"is damaged .*put a backup copy in its place"):
        _addresses(sqlite_database)
    problems = sqlite_database.check()
    assert problems != []
    assert all("put a backup copy in its place" in problem for problem in problems)


def test_a_file_that_is_no_database_is_told_loudly(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    sqlite_database.path.write_bytes(b"From: a mail, not a database\n" * 200)
    with pytest.raises(SchemaError, match="is damaged"):
        _addresses(sqlite_database)


def test_an_unreachable_postgres_names_the_host_but_not_the_password(tmp_path: Path) -> None:
    database = Database("postgresql+psycopg://me:geheim@127.0.0.1:1/helpdesk", state_dir=tmp_path)
    with pytest.raises(TransientError, match=r"at 127\.0\.0\.1, port 1 failed .*check that the server runs") as caught:
        _addresses(database)
    assert "geheim" not in "".join(traceback.format_exception(caught.value))
    assert database.check() == [str(caught.value)]


def test_a_missing_postgres_database_is_named(postgres_database: Database) -> None:
    url = postgres_database.engine.url.set(database="nothing_here").render_as_string(hide_password=False)
    lost = Database(url, state_dir=postgres_database.state_dir)
    with pytest.raises(TransientError, match='database "nothing_here" does not exist'):
        _addresses(lost)


def test_a_lost_postgres_connection_is_a_passing_trouble(postgres_database: Database) -> None:
    def work() -> None:
        with postgres_database.unit_of_work() as session:
            session.add(TechnicianState(address="tess@example.org"))
            session.flush()
            victim = session.connection().execute(text("SELECT pg_backend_pid()")).scalar()
            assert _scalar(postgres_database, f"SELECT pg_terminate_backend({victim}, 5000)") is True

    with pytest.raises(TransientError, match="failed"):
        work()
    assert _addresses(postgres_database) == []


def test_an_idle_postgres_connection_that_died_is_not_noticed(postgres_database: Database) -> None:
    victim = _scalar(postgres_database, "SELECT pg_backend_pid()")
    with postgres_database.unit_of_work() as session:  # Takes the one idle connection.
        assert session.connection().execute(text("SELECT pg_backend_pid()")).scalar() == victim
        other = _scalar(postgres_database, "SELECT pg_backend_pid()")
    # Both connections lie idle in the pool now, and both die there.
    killer = Database(postgres_database.engine.url.render_as_string(False), state_dir=postgres_database.state_dir)
    for pid in (victim, other):
        assert _scalar(killer, f"SELECT pg_terminate_backend({pid}, 5000)") is True
    killer.close()
    assert _addresses(postgres_database) == []


def test_a_lock_that_postgres_waits_for_too_long_is_a_passing_trouble(postgres_database: Database) -> None:
    query = text("SELECT address FROM technician_states FOR UPDATE")

    def wait() -> None:
        with postgres_database.unit_of_work() as second:
            second.connection().execute(text("SET LOCAL lock_timeout = '10ms'"))
            second.connection().execute(query)

    with postgres_database.unit_of_work() as session:
        session.add(TechnicianState(address="tess@example.org"))
    with postgres_database.unit_of_work() as first:
        first.connection().execute(query)
        with pytest.raises(TransientError, match=r"busy with other work .*try again later"):
            wait()


def test_a_value_that_cannot_be_stored_is_not_a_passing_trouble(postgres_database: Database) -> None:
    # Otherwise one odd mail would be tried again for ever. The driver calls this one an operational error, too.
    huge = "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(3000))

    def store() -> None:
        with postgres_database.unit_of_work() as session:
            session.connection().execute(text("CREATE TABLE narrow (value TEXT UNIQUE)"))
            session.connection().execute(text("INSERT INTO narrow VALUES (:value)"), {"value": huge})

    with pytest.raises(DBAPIError, match="index row requires"):
        store()


def test_an_overloaded_postgres_is_a_passing_trouble(postgres_database: Database) -> None:
    def fail() -> None:
        with postgres_database.unit_of_work() as session:
            raising = "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"
            session.connection().execute(text(raising))

    with pytest.raises(TransientError, match="no room"):
        fail()


def test_a_damaged_postgres_is_told_loudly(postgres_database: Database) -> None:
    def fail() -> None:
        with postgres_database.unit_of_work() as session:
            raising = "DO $$ BEGIN RAISE EXCEPTION 'bad page' USING ERRCODE = 'XX001'; END $$"
            session.connection().execute(text(raising))

    with pytest.raises(SchemaError, match=r"is damaged .bad page"):
        fail()


def test_a_postgres_that_became_a_replica_is_a_passing_trouble(postgres_database: Database) -> None:
    def fail() -> None:
        with postgres_database.unit_of_work() as session:
            session.connection().execute(text("SET TRANSACTION READ ONLY"))
            session.add(TechnicianState(address="tess@example.org"))

    with pytest.raises(TransientError, match="read-only transaction"):
        fail()


_DIES = """
import os, pathlib, signal, sys
from sqlalchemy import text
from mailbot.adapters.db import Database
from mailbot.adapters.tables import TechnicianState
database = Database(sys.argv[1], state_dir=pathlib.Path(sys.argv[2]))
with database.unit_of_work() as session:
    session.add(TechnicianState(address="committed@example.org"))
with database.unit_of_work() as session:
    session.connection().exec_driver_sql("SELECT 1")
    if database.dialect == "sqlite":
        session.connection().exec_driver_sql("PRAGMA cache_size = 1")  # Writes pages before the commit.
    for number in range(500):
        session.add(TechnicianState(address=f"{number}@" + "x" * 300))
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_in_the_middle_of_a_transaction_leaves_the_last_commit(database: Database) -> None:
    url = "sqlite:///mailbot.db"
    if database.dialect == "postgresql":
        url = database.engine.url.render_as_string(hide_password=False)
    died = subprocess.run([sys.executable, "-c", _DIES, url, str(database.state_dir)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert _addresses(database) == ["committed@example.org"]
    assert database.check() == []


# The check, the room, the locks


def test_check_finds_nothing_wrong_with_a_fresh_database(database: Database) -> None:
    assert database.check() == []


def test_check_tells_that_others_can_read_the_file(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    sqlite_database.path.chmod(0o644)
    assert [problem for problem in sqlite_database.check() if "run: chmod 600" in problem] != []


def test_free_space_is_known_for_sqlite_only(sqlite_database: Database, postgres_database: Database) -> None:
    room = sqlite_database.free_space()
    assert room is not None
    assert room > 0
    assert postgres_database.free_space() is None


_HOLDS = """
import pathlib, sys
from mailbot.adapters.db import instance_lock
with instance_lock(pathlib.Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_daemon_is_told_the_process_of_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDS, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"locked\n"
        with (
            pytest.raises(AlreadyRunningError, match=rf"another mailbot .process {first.pid}."),
            instance_lock(tmp_path),
        ):
            pytest.fail("two daemons run")
        first.kill()
        first.wait()
    with instance_lock(tmp_path):  # A kill frees it.
        assert (tmp_path / "mailbot.lock").read_text() == f"{os.getpid()}\n"


def test_a_state_directory_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be opened .*state_dir"), instance_lock(tmp_path / "missing"):
        pytest.fail("locked a directory that does not exist")


def test_threads_get_their_turns_in_the_order_in_which_they_asked() -> None:
    turns = Turns()
    served: list[int] = []
    threads: list[threading.Thread] = []

    def wait(number: int) -> None:
        with turns.turn(10):
            served.append(number)

    with turns.turn(10):
        for number in range(5):
            threads.append(threading.Thread(target=wait, args=(number,)))
            threads[-1].start()
            while len(turns._waiting) <= number:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert served == list(range(5))


def test_a_turn_that_does_not_come_is_a_passing_trouble_and_leaves_the_queue() -> None:
    turns = Turns()
    errors: list[BaseException] = []

    def wait() -> None:
        try:
            with turns.turn(0.01):
                pytest.fail("got a turn that somebody else has")
        except TransientError as error:
            errors.append(error)

    with turns.turn(1):
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert len(errors) == 1
    with turns.turn(0.01):
        assert not turns._waiting
