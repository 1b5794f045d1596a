import re
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

from mailbot.adapters import schema, search
from mailbot.adapters.alltables import ALL_TABLES
from mailbot.adapters.db import Database
from mailbot.errors import ConfigError, SchemaError


def _set_version(database: Database, version: str) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def _no_index(name: str | None, kind: str, parents: object) -> bool:
    del parents
    return kind != "table" or not search.is_index(name or "")


def _tables(database: Database) -> set[str]:
    with database.unit_of_work(write=False) as session:
        found = set(inspect(session.connection()).get_table_names())
    return {name for name in found if not search.is_index(name)}


def test_head_is_the_newest_migration_in_the_package() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert scripts.get_heads() == [schema.HEAD]
    assert schema.expected_version() == schema.HEAD


def test_upgrade_creates_everything_once(empty_database: Database) -> None:
    assert schema.current_version(empty_database) is None
    assert schema.upgrade(empty_database) == ["0001: The first tables."]
    assert schema.current_version(empty_database) == "0001"
    schema.require_current(empty_database)
    assert _tables(empty_database) == {*ALL_TABLES.tables, "alembic_version"}
    assert schema.upgrade(empty_database) == []


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _no_index})
        assert compare_metadata(context, ALL_TABLES) == []


def test_check_constraints_of_the_migrations_are_those_of_the_code(database: Database) -> None:
    # Alembic does not compare CHECK constraints, so this does: by name, and by the words that they allow.
    with database.engine.connect() as connection:
        inspector = inspect(connection)
        for table in ALL_TABLES.tables.values():
            wanted = {
                str(constraint.name): sorted(re.findall(r"'\w*'|\d+", str(constraint.sqltext)))
                for constraint in table.constraints
                if isinstance(constraint, CheckConstraint)
            }
            found = {
                str(check["name"]): sorted(re.findall(r"'\w*'|\d+", check["sqltext"]))
                for check in inspector.get_check_constraints(table.name)
            }
            assert found == wanted, table.name


def test_partial_indexes_are_partial_on_both_databases(database: Database) -> None:
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
        if database.dialect == "sqlite"
        else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% WHERE %'"
    )
    with database.unit_of_work(write=False) as session:
        found = {row[0]: row[1].partition(" WHERE ")[2] for row in session.connection().execute(text(query))}
    wanted = {
        str(index.name): index.dialect_options["sqlite"]["where"]
        for table in ALL_TABLES.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert found.keys() == wanted.keys()
    assert len(found) >= 3
    for name, condition in found.items():
        words = re.findall(r"\w+", re.sub(r"::[a-z ]+", "", condition))
        assert words == re.findall(r"\w+", str(wanted[name].compile(compile_kwargs={"literal_binds": True}))), name


def test_a_missing_database_names_the_command_that_makes_it(empty_database: Database) -> None:
    state = "does not exist" if empty_database.dialect == "sqlite" else "is empty"
    advice = f"{state}. If it existed before, restore the backup.*Only for a new installation run: .*mailbot db upgrade"
    with pytest.raises(SchemaError, match=advice):
        schema.require_current(empty_database)
    assert list(empty_database.state_dir.iterdir()) == []  # Asking must not create anything.


def test_an_older_database_names_the_command_that_raises_it(database: Database) -> None:
    _set_version(database, "0000")
    with pytest.raises(SchemaError, match="has schema 0000, 0001 is needed: run: mailbot db upgrade"):
        schema.require_current(database)


def test_a_newer_database_is_refused_with_advice(database: Database) -> None:
    _set_version(database, "0002")
    advice = "made by a newer mailbot .schema 0002; this one knows 0001.*install the newer mailbot again"
    with pytest.raises(SchemaError, match=advice):
        schema.require_current(database)
    with pytest.raises(SchemaError, match=advice):
        schema.upgrade(database)
    assert database.check() != []


def test_upgrade_makes_files_that_only_their_owner_can_read(tmp_path: Path) -> None:
    state_dir = tmp_path / "var" / "mailbot"
    database = Database("sqlite:///data/helpdesk.db", state_dir=state_dir)
    schema.upgrade(database)
    _set_version(database, "0001")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (state_dir, *state_dir.rglob("*"))}
    database.close()
    assert modes.pop("mailbot") == 0o700
    assert modes.pop("data") == 0o700
    assert set(modes) >= {"helpdesk.db", "helpdesk.db-wal"}
    assert set(modes.values()) == {0o600}


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    database = Database("sqlite:///mailbot.db", state_dir=tmp_path / "file" / "state")
    with pytest.raises(ConfigError, match=r"file/state cannot be created .*state_dir"):
        schema.upgrade(database)


def test_asking_for_the_version_does_not_import_alembic() -> None:
    script = (
        "import sys, pathlib; from mailbot.adapters import db, raw, schema;"
        "d = db.Database('sqlite:///x.db', state_dir=pathlib.Path('/nonexistent'));"
        "assert schema.current_version(d) is None; sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


_BREAKS = '''
"""A migration that fails half-way."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE tickets SET subject = 'changed'")
    raise RuntimeError("power cut")
'''


def test_a_migration_that_fails_leaves_no_trace(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    (scripts / "versions" / "0002_breaks.py").write_text(_BREAKS)
    original = schema.alembic_config
    monkeypatch.setattr(schema, "alembic_config", lambda connection: original(connection, scripts))
    monkeypatch.setattr(schema, "HEAD", "0002")
    with pytest.raises(RuntimeError, match="power cut"):
        schema.upgrade(database)
    assert schema.current_version(database) == "0001"
    assert "half_done" not in _tables(database)


_UPGRADES = """
import pathlib, sys
from mailbot.adapters import schema
from mailbot.adapters.db import Database
original = schema.alembic_config
schema.alembic_config = lambda connection: original(connection, pathlib.Path(sys.argv[3]))
schema.HEAD = "0002"
schema.upgrade(Database(sys.argv[1], state_dir=pathlib.Path(sys.argv[2])))
"""


def test_a_kill_in_the_middle_of_a_migration_leaves_the_old_schema(database: Database, tmp_path: Path) -> None:
    scripts = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    dies = _BREAKS.replace('raise RuntimeError("power cut")', "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    (scripts / "versions" / "0002_dies.py").write_text(dies)
    url = f"sqlite:///{database.path}"
    if database.path is None:
        url = database.engine.url.render_as_string(hide_password=False)
    command_line = [sys.executable, "-c", _UPGRADES, url, str(database.state_dir), str(scripts)]
    assert subprocess.run(command_line, check=False).returncode == -signal.SIGKILL
    assert schema.current_version(database) == "0001"
    assert "half_done" not in _tables(database)
    assert database.check() == []


def test_a_table_can_be_rebuilt_without_losing_what_refers_to_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(text(_RAW), {"data": b"x"})
        session.connection().execute(text(_RECEIPT))
    scripts = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    rebuild = (
        _BREAKS.partition("def upgrade")[0]
        + 'def upgrade() -> None:\n    with op.batch_alter_table("raw_messages") as batch:\n'
        '        batch.alter_column("sha256", existing_type=sa.String(64), type_=sa.String(70))\n'
    )
    (scripts / "versions" / "0002_rebuild.py").write_text(rebuild)
    original = schema.alembic_config
    monkeypatch.setattr(schema, "alembic_config", lambda connection: original(connection, scripts))
    monkeypatch.setattr(schema, "HEAD", "0002")
    assert schema.upgrade(database) == ["0002: A migration that fails half-way."]
    with database.unit_of_work(write=False) as session:
        assert session.connection().execute(text("SELECT count(*) FROM receipts WHERE sha256 = 'a'")).scalar() == 1
        if database.dialect == "sqlite":
            assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


_RAW = "INSERT INTO raw_messages (sha256, size, data) VALUES ('a', 1, :data)"
_RECEIPT = (
    "INSERT INTO receipts (mailbox, uidvalidity, uid, sha256, size, received_at, attempts, state, filed, disposition,"
    " reason, message_id, digest, originator, subject, error)"
    " VALUES ('m', 1, 1, 'a', 1, '2026-08-04', 0, 'received', 'pending', '', '', '', '', '', '', '')"
)


def test_an_upgrade_that_finds_dangling_references_changes_nothing(sqlite_database: Database) -> None:
    with sqlite_database.unit_of_work() as session:
        driver = session.connection().connection.driver_connection
        assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.execute(_RECEIPT)
    with pytest.raises(SchemaError, match=r"1 rows that refer to nothing.*nothing was changed"):
        schema.upgrade(sqlite_database)


def test_a_draft_for_the_next_migration_stands_on_its_own(sqlite_database: Database, tmp_path: Path) -> None:
    scripts = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    with sqlite_database.unit_of_work() as session:
        session.connection().execute(text("DROP TABLE technician_states"))
    draft = schema.draft_migration(sqlite_database, "technician states", scripts)
    written = draft.read_text()
    assert draft.name.startswith("0002_")
    assert "op.create_table('technician_states'" in written
    assert "sa.DateTime(timezone=True)" in written
    assert "mailbot." not in written
    compile(written, draft, "exec")


def test_downgrade_removes_every_table(database: Database) -> None:
    with database.engine.begin() as connection:
        command.downgrade(schema.alembic_config(connection), "base")
    assert _tables(database) == {"alembic_version"}
