"""The raw messages: stored once each under the SHA-256 of their bytes, compressed with Zstandard (RFC 8878)."""

import hashlib
import threading
from collections.abc import Iterable
from functools import cache
from typing import Any

import zstandard
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from mailbot.adapters.tables import RawMessage, metadata
from mailbot.errors import CorruptRawError

_LEVEL = 3
_TABLE = metadata.tables["raw_messages"]


class _Codecs(threading.local):
    """One pair of codecs for each thread: they are costly to make, and two threads must not share one."""

    def __init__(self) -> None:
        super().__init__()
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_codecs = _Codecs()


def store_raws(session: Session, raws: Iterable[bytes]) -> list[str]:
    """Stores the bytes of messages with one statement, but for those that are there already.

    Args:
        session: an open writing unit of work.
        raws: the messages exactly as they came.

    Returns:
        Their keys for `load_raw` in the order of `raws`: the SHA-256 of each in lower-case hexadecimal.
    """
    keys: list[str] = []
    rows: dict[str, dict[str, Any]] = {}
    for raw in raws:
        key = hashlib.sha256(raw).hexdigest()
        keys.append(key)
        if key not in rows:
            data = _codecs.compressor.compress(raw)
            rows[key] = {"sha256": key, "size": len(raw), "data": data}
    if rows:
        # Sorted, because two nodes that insert the same keys in different orders would wait for each other.
        session.connection().execute(_insert(session.get_bind().dialect.name), [rows[key] for key in sorted(rows)])
    return keys


def load_raw(session: Session, sha256: str) -> bytes:
    """Gives the bytes that were stored under a key, after checking that they are still the same.

    Raises:
        CorruptRawError: nothing is stored under this key, or what is stored was changed or damaged.
    """
    found = session.connection().execute(select(_TABLE.c.data, _TABLE.c.size).where(_TABLE.c.sha256 == sha256)).first()
    if found is None:
        raise CorruptRawError(
            f"no raw message is stored under {sha256}: it was never here, or [retention] removed it;"
            " a backup may hold it"
        )
    data, size = found
    try:
        # The size is compared first, so that a damaged length cannot make the decompressor ask for gigabytes.
        raw = _codecs.decompressor.decompress(data) if zstandard.frame_content_size(data) == size else b""
    except zstandard.ZstdError as error:
        raise _damaged(sha256) from error
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise _damaged(sha256)
    return raw


def _damaged(sha256: str) -> CorruptRawError:
    return CorruptRawError(
        f"the raw message {sha256} is not what was stored under this key:"
        " check the disk, then bring it back with a backup copy of the database"
    )


@cache
def _insert(dialect: str) -> Any:
    """The statement for one dialect; built once, since SQLAlchemy finds the compiled form again by its shape anyway."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(RawMessage).on_conflict_do_nothing(index_elements=["sha256"])
