"""The ledger: which message of which mailbox was received, and the one thing that became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col

from mailbot.adapters.tables import Receipt, table_of
from mailbot.core.model import Disposition, DispositionKind
from mailbot.errors import AlreadyDisposedError

_ERROR_LENGTH = 20_000
_RECEIPTS = table_of(Receipt)

# Built once, like the statements of `store` that every message needs.
_DISPOSE = (
    update(_RECEIPTS)
    .where(_RECEIPTS.c.id == bindparam("of"), _RECEIPTS.c.state == "received")
    .values(
        {
            name: bindparam(name)
            for name in (
                "state",
                "disposition",
                "reason",
                "ticket",
                "disposed_at",
                "message_id",
                "digest",
                "originator",
                "subject",
            )
        }
    )
)
# Of what failed there is no earlier result that a later copy could repeat.
_FAILURES = [DispositionKind.QUARANTINED.value, DispositionKind.REFUSED.value, DispositionKind.DUPLICATE.value]
_TWIN, _SAME_BYTES = (
    select(_RECEIPTS.c.id, _RECEIPTS.c.ticket)
    .where(
        column == bindparam("digest"),
        _RECEIPTS.c.id != bindparam("receipt"),
        _RECEIPTS.c.state == "done",
        # One by one: what an IN stands for is put in anew each time that the statement runs.
        *(_RECEIPTS.c.disposition != failure for failure in _FAILURES),
    )
    .order_by(_RECEIPTS.c.id)
    .limit(1)
    for column in (_RECEIPTS.c.digest, _RECEIPTS.c.sha256)
)

_RECEIVE = {
    "sqlite": insert_sqlite(_RECEIPTS).on_conflict_do_nothing(),
    "postgresql": insert_postgresql(_RECEIPTS).on_conflict_do_nothing(),
}
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:key)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger remembers of a message, so that it can be found again."""

    message_id: str = ""
    digest: str = ""
    originator: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it was found in a mailbox; `sha256` is None if it was too large to be fetched."""

    uid: int
    size: int
    internal_date: datetime | None
    sha256: str | None


def known_uids(session: Session, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
    """Those of the UIDs that have a receipt."""
    found: set[int] = set()
    for start in range(0, len(uids), 500):
        statement = select(col(Receipt.uid)).where(
            col(Receipt.mailbox) == mailbox,
            col(Receipt.uidvalidity) == uidvalidity,
            col(Receipt.uid).in_(uids[start : start + 500]),
        )
        found.update(session.scalars(statement))
    return found


def receive(session: Session, mailbox: str, uidvalidity: int, arrivals: Iterable[Arrival], now: datetime) -> None:
    """Gives each message its line in the ledger, and counts the first attempt; one that has its line keeps it."""
    rows = [
        {
            "mailbox": mailbox,
            "uidvalidity": uidvalidity,
            "uid": item.uid,
            "sha256": item.sha256,
            "size": item.size,
            "internal_date": item.internal_date,
            "received_at": now,
            "attempts": 1,
            "state": "received",
            "filed": "pending",
            "disposition": "",
            "reason": "",
            "message_id": "",
            "digest": "",
            "originator": "",
            "subject": "",
            "error": "",
        }
        for item in arrivals
    ]
    if rows:
        connection = session.connection()
        connection.execute(_RECEIVE[connection.dialect.name], rows)


def receipts_of(session: Session, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> list[Receipt]:
    """The lines of those of these messages that have no disposition yet, oldest first."""
    statement = (
        select(Receipt)
        .where(
            col(Receipt.mailbox) == mailbox,
            col(Receipt.uidvalidity) == uidvalidity,
            col(Receipt.uid).in_(uids),
            col(Receipt.state) == "received",
        )
        .order_by(col(Receipt.id))
    )
    return list(session.scalars(statement))


def open_receipts(session: Session, mailbox: str, limit: int, after: int = 0) -> list[Receipt]:
    """The messages of a mailbox that were received and have no disposition yet, oldest first, after a receipt."""
    statement = (
        select(Receipt)
        .where(col(Receipt.mailbox) == mailbox, col(Receipt.state) == "received", col(Receipt.id) > after)
        .order_by(col(Receipt.id))
        .limit(limit)
    )
    return list(session.scalars(statement))


def count_attempt(session: Session, receipt: int) -> bool:
    """Counts one more attempt, before it is made: whatever it does to the process, the count stays.

    False if the message has its disposition already: somebody else was quicker.
    """
    of = (col(Receipt.id) == receipt, col(Receipt.state) == "received")
    return bool(
        session.connection().execute(update(_RECEIPTS).where(*of).values(attempts=_RECEIPTS.c.attempts + 1)).rowcount
    )


def dispose(session: Session, receipt: int, disposition: Disposition, facts: Facts, now: datetime) -> None:
    """Writes what became of a message; the line is complete then.

    Raises:
        AlreadyDisposedError: somebody else has done it; whatever this transaction did about the message must be undone.
    """
    done = session.connection().execute(
        _DISPOSE,
        {
            "of": receipt,
            "state": "done",
            "disposition": disposition.kind.value,
            "reason": disposition.reason,
            "ticket": disposition.ticket,
            "disposed_at": now,
            "message_id": facts.message_id[:500],
            "digest": facts.digest,
            "originator": facts.originator[:400],
            "subject": facts.subject[:998],
        },
    )
    if not done.rowcount:
        raise AlreadyDisposedError(f"receipt {receipt} has its disposition already")


def note_error(session: Session, receipt: int, error: str) -> bool:
    """Keeps the report of a failure with the message that caused it; False if that has its disposition already."""
    of = (col(Receipt.id) == receipt, col(Receipt.state) == "received")
    return bool(
        session.connection().execute(update(_RECEIPTS).where(*of).values(error=error[-_ERROR_LENGTH:])).rowcount
    )


def reopen(session: Session, receipt: Receipt) -> None:
    """Lets a quarantined message be tried again, with three attempts.

    Of one whose bytes could never be fetched the receipt is forgotten, so that it is fetched as if it were new.
    """
    if receipt.sha256 is None:
        session.delete(receipt)
        return
    receipt.state = "received"
    receipt.attempts = 0
    receipt.disposition = ""
    receipt.reason = ""
    receipt.disposed_at = None
    session.add(receipt)


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier message with the same content: its receipt, and the ticket that it belongs to."""

    receipt: int
    ticket: int | None


def duplicate_of(session: Session, receipt: int, digest: str, *, of_bytes: bool = False) -> Twin | None:
    """An earlier message with the same content that became something, None if this is the first.

    `digest` is that of the content, or (`of_bytes`) the SHA-256 of all the bytes.

    Whoever asks must have begun to write. On PostgreSQL only one transaction at a time goes on with the same content:
    two that do not see each other's message would both be the first. SQLite has one writer at any time.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # A statement of its own: the next one must see what the other transaction has committed meanwhile.
        connection.execute(_ONE_AT_A_TIME, {"key": int(digest[:16], 16) >> 1})
    row = connection.execute(_SAME_BYTES if of_bytes else _TWIN, {"digest": digest, "receipt": receipt}).first()
    return Twin(row[0], row[1]) if row is not None else None


def has_message_id(session: Session, receipt: int, message_id: str, originator: str) -> bool:
    """Whether somebody has sent another message with this Message-ID before."""
    statement = select(_RECEIPTS.c.id).where(
        _RECEIPTS.c.message_id == message_id[:500],
        _RECEIPTS.c.originator == originator[:400],
        _RECEIPTS.c.id != receipt,
        _RECEIPTS.c.state == "done",
    )
    return session.connection().execute(statement.limit(1)).first() is not None


def unfiled(session: Session, mailbox: str, uidvalidity: int, limit: int) -> list[tuple[int, int, str]]:
    """Messages with a disposition that still lie in the mailbox: (receipt, UID, disposition)."""
    statement = (
        select(col(Receipt.id), col(Receipt.uid), col(Receipt.disposition))
        .where(
            col(Receipt.mailbox) == mailbox,
            col(Receipt.uidvalidity) == uidvalidity,
            col(Receipt.state) == "done",
            col(Receipt.filed) == "pending",
        )
        .order_by(col(Receipt.id))
        .limit(limit)
    )
    return [(key, uid, disposition) for key, uid, disposition in session.execute(statement) if key is not None]


def note_filed(session: Session, receipts: Sequence[int], how: str) -> None:
    """Remembers that messages were put away on the server ("done"), or lie where they were ("left")."""
    if receipts:
        statement = update(Receipt).where(col(Receipt.id).in_(receipts)).values(filed=how)
        session.execute(statement.execution_options(synchronize_session=False))


def balance(session: Session, since: datetime | None = None) -> Mapping[str, int]:
    """How many messages became what; those without a disposition count under ""."""
    statement = select(col(Receipt.disposition), func.count()).group_by(col(Receipt.disposition))
    if since is not None:
        statement = statement.where(col(Receipt.received_at) >= since)
    return {kind: count for kind, count in session.execute(statement)}  # noqa: C416 - a row is not a pair for mypy.
