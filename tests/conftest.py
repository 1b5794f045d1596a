"""What the whole suite shares: the time at which tests happen, and a fresh database of each kind."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from servers.postgres import Postgres
from sqlalchemy import make_url

from mailbot.adapters import schema, search
from mailbot.adapters.alltables import ALL_TABLES
from mailbot.adapters.db import Database

# How long an example takes says nothing on a machine that others use too: timings belong into bench/.
settings.register_profile("mailbot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mailbot")

_TEMPLATE = "mailbot_template"
_EMPTY = "template0"


_SHAPE = """
SELECT string_agg(concat_ws(' ', attrelid::regclass, attname, atttypid, atttypmod), ',' ORDER BY attrelid, attnum)
    || (SELECT version_num FROM alembic_version)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
"""


class PostgresFactory:
    """Lends databases on the test server. Emptying the tables of a returned one takes 8 ms, making a new one 60.

    One whose tables were changed is never lent again.
    """

    def __init__(self, server: Postgres, state_dir: Path) -> None:
        self._numbers = itertools.count(1)
        self._url = make_url(server.url(_TEMPLATE))
        template = Database(self._url_of(_TEMPLATE), state_dir=state_dir)
        schema.upgrade(template)
        template.close()
        with self._connect(_TEMPLATE) as connection:
            self._shape = connection.execute(_SHAPE).fetchone()
        self._admin = self._connect("postgres")
        self._free: list[tuple[str, psycopg.Connection]] = []

    def _url_of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _connect(self, name: str) -> psycopg.Connection:
        url = self._url_of(name).replace("postgresql+psycopg:", "postgresql:")
        return psycopg.connect(url, autocommit=True, options="-c lock_timeout=3s")

    def _copy(self, name: str, template: str) -> None:
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._admin.execute(command.format(sql.Identifier(name), sql.Identifier(template)))

    @contextmanager
    def empty(self, state_dir: Path) -> Iterator[Database]:
        """A database without any table."""
        name = f"empty_{next(self._numbers)}"
        self._copy(name, _EMPTY)
        database = Database(self._url_of(name), state_dir=state_dir)
        yield database
        database.close()

    @contextmanager
    def database(self, state_dir: Path) -> Iterator[Database]:
        """A database with all tables, in which all are empty."""
        if not self._free:
            name = f"test_{next(self._numbers)}"
            self._copy(name, _TEMPLATE)
            self._free.append((name, self._connect(name)))
        name, connection = self._free.pop()
        database = Database(self._url_of(name), state_dir=state_dir)
        yield database
        database.close()
        if connection.execute(_SHAPE).fetchone() == self._shape:
            tables = sql.SQL(", ").join(
                map(sql.Identifier, sorted({*ALL_TABLES.tables, *search.TABLES} - {"installation"}))
            )
            # This fails after 3 s if the test left a transaction open: that is a bug in the test.
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(tables))
            connection.execute("UPDATE installation SET seen_at = NULL")
            self._free.append((name, connection))
        else:
            connection.close()

    def close(self) -> None:
        for _, connection in self._free:
            connection.close()
        self._admin.close()


@pytest.fixture
def now() -> datetime:
    """Tuesday, 4 August 2026, 10:00 in Jakarta."""
    return datetime(2026, 8, 4, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """The PostgreSQL server of this test process; a test may make further databases on it."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_factory(postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresFactory]:
    factory = PostgresFactory(postgres_server, tmp_path_factory.mktemp("postgres"))
    yield factory
    factory.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = Database("sqlite:///template.db", state_dir=tmp_path_factory.mktemp("sqlite"))
    schema.upgrade(database)
    database.close()
    assert database.path is not None
    return database.path


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def sqlite_database(sqlite_template: Path, state_dir: Path) -> Iterator[Database]:
    """A fresh SQLite database with all tables."""
    shutil.copy(sqlite_template, state_dir / "mailbot.db")
    database = Database("sqlite:///mailbot.db", state_dir=state_dir)
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres_factory: PostgresFactory, state_dir: Path) -> Iterator[Database]:
    """A fresh PostgreSQL database with all tables."""
    with postgres_factory.database(state_dir) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database with all tables; the test runs once for each kind."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    found = request.getfixturevalue(name)
    assert isinstance(found, Database)
    return found


@pytest.fixture
def empty_sqlite_database(state_dir: Path) -> Iterator[Database]:
    """An SQLite database whose file does not exist yet."""
    database = Database("sqlite:///mailbot.db", state_dir=state_dir)
    yield database
    database.close()


@pytest.fixture
def empty_postgres_database(postgres_factory: PostgresFactory, state_dir: Path) -> Iterator[Database]:
    with postgres_factory.empty(state_dir) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest) -> Database:
    """A database in which `mailbot db upgrade` was never run; the test runs once for each kind."""
    name = "empty_sqlite_database" if request.param == "sqlite" else "empty_postgres_database"
    found = request.getfixturevalue(name)
    assert isinstance(found, Database)
    return found
