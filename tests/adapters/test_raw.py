import hashlib
import os
import threading
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import select

from mailbot.adapters.db import Database
from mailbot.adapters.raw import load_raw, store_raws
from mailbot.adapters.tables import RawMessage
from mailbot.errors import CorruptRawError

MAIL = b"From: rita@example.org\r\nSubject: printer\r\n\r\n" + b"It does not print. " * 200


def _change(database: Database, column: str, value: object) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(text(f"UPDATE raw_messages SET {column} = :value"), {"value": value})


def _load(database: Database, sha256: str) -> bytes:
    with database.unit_of_work(write=False) as session:
        return load_raw(session, sha256)


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff\r\n", MAIL, os.urandom(100_000)], ids=["empty", "odd", "mail", "noise"]
)
def test_a_message_comes_back_byte_for_byte(database: Database, raw: bytes) -> None:
    with database.unit_of_work() as session:
        key = store_raws(session, [raw])[0]
    assert key == hashlib.sha256(raw).hexdigest()
    assert _load(database, key) == raw


def test_a_message_is_stored_once_compressed_with_its_size(database: Database) -> None:
    with database.unit_of_work() as session:
        key = store_raws(session, [MAIL])[0]
        assert store_raws(session, [MAIL])[0] == key
    with database.unit_of_work(write=False) as session:
        row = session.exec(select(RawMessage)).one()
    assert (row.sha256, row.size) == (key, len(MAIL))
    assert len(row.data) < len(MAIL) / 10


def test_many_messages_have_their_keys_in_order_even_when_some_are_equal(database: Database) -> None:
    raws = [b"b", b"a", MAIL, b"a"]
    with database.unit_of_work() as session:
        store_raws(session, [b"a"])
        keys = store_raws(session, raws)
        assert store_raws(session, []) == []
    assert keys == [hashlib.sha256(raw).hexdigest() for raw in raws]
    assert [_load(database, key) for key in keys] == raws


def test_two_nodes_may_store_the_same_messages_at_the_same_time(postgres_database: Database) -> None:
    raws = [str(number).encode() for number in range(200)]
    failures: list[BaseException] = []

    def store(batch: list[bytes]) -> None:
        try:
            with postgres_database.unit_of_work() as session:
                store_raws(session, batch)
        except BaseException as error:  # noqa: BLE001 - told to the test by the assertion below.
            failures.append(error)

    threads = [threading.Thread(target=store, args=(batch,)) for batch in (raws, raws[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_messages_are_inserted_in_the_order_of_their_keys(database: Database) -> None:
    # Two nodes that insert the same keys in different orders can deadlock on PostgreSQL.
    raws = [str(number).encode() for number in range(20)]
    with database.unit_of_work() as session:
        seen: list[str] = []

        def remember(_conn: Any, _cursor: Any, _statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            seen.extend(next(value for value in _values(row) if len(str(value)) == 64) for row in parameters)

        event.listen(session.connection(), "before_cursor_execute", remember)
        keys = store_raws(session, raws)
    assert seen == sorted(keys)


def _values(row: Any) -> list[Any]:
    return list(row.values() if isinstance(row, dict) else row)


def test_an_unknown_key_is_told(database: Database) -> None:
    with pytest.raises(CorruptRawError, match="no raw message is stored under 00"):
        _load(database, "00")


@pytest.mark.parametrize(
    ("column", "value"),
    [("data", b""), ("data", b"no zstd at all"), ("data", b"(\xb5/\xfd \x01\t\x00\x00a"), ("size", 7)],
    ids=["empty", "not compressed", "another message", "another size"],
)
def test_a_changed_message_is_never_returned(database: Database, column: str, value: object) -> None:
    with database.unit_of_work() as session:
        key = store_raws(session, [b"b"])[0]
    _change(database, column, value)
    with pytest.raises(CorruptRawError, match=f"the raw message {key} is not what was stored"):
        _load(database, key)


def test_an_empty_message_does_not_excuse_damaged_data(database: Database) -> None:
    with database.unit_of_work() as session:
        key = store_raws(session, [b""])[0]
    _change(database, "data", b"no zstd at all")
    with pytest.raises(CorruptRawError):
        _load(database, key)


def test_threads_do_not_share_a_compressor(database: Database) -> None:
    raws = [os.urandom(20_000) + bytes(20_000) for _ in range(40)]
    keys: list[str] = []

    def store(part: list[bytes]) -> None:
        for raw in part:
            with database.unit_of_work() as session:
                keys.append(store_raws(session, [raw])[0])

    threads = [threading.Thread(target=store, args=(raws[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(_load(database, key) for key in keys) == sorted(raws)
