"""The ledger: which message of which mailbox was received, and the one thing that became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import Session, col

from mailbot.adapters.tables import Receipt, table_of
from mailbot.core.model import Disposition, DispositionKind

_ERROR_LENGTH = 20_000
_RECEIPTS = table_of(Receipt)

# Built once, like the statements of `store` that every message needs.
_DISPOSE = (
    update(_RECEIPTS)
    .where(_RECEIPTS.c.id == bindparam("of"))
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
_FAILURES = [DispositionKind.QUARANTINED.value, DispositionKind.REFUSED.value, DispositionKind.DUPLICATE.value]
_TWIN = (
    select(_RECEIPTS.c.id, _RECEIPTS.c.ticket)
    .where(
        _RECEIPTS.c.digest == bindparam("digest"),
        _RECEIPTS.c.id != bindparam("receipt"),
        _RECEIPTS.c.state == "done",
        _RECEIPTS.c.disposition.not_in(_FAILURES),
    )
    .order_by(_RECEIPTS.c.id)
    .limit(1)
)


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
    """Gives each message its line in the ledger, and counts the first attempt."""
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
        session.execute(insert(Receipt), rows)


def open_receipts(session: Session, mailbox: str, limit: int) -> list[Receipt]:
    """The messages of a mailbox that were received and have no disposition yet, oldest first."""
    statement = (
        select(Receipt)
        .where(col(Receipt.mailbox) == mailbox, col(Receipt.state) == "received")
        .order_by(col(Receipt.id))
        .limit(limit)
    )
    return list(session.scalars(statement))


def count_attempt(session: Session, receipts: Sequence[int]) -> None:
    """Counts one more attempt, before it is made: whatever it does to the process, the count stays."""
    statement = update(Receipt).where(col(Receipt.id).in_(receipts)).values(attempts=col(Receipt.attempts) + 1)
    session.execute(statement.execution_options(synchronize_session=False))


def dispose(session: Session, receipt: int, disposition: Disposition, facts: Facts, now: datetime) -> None:
    """Writes what became of a message; the line is complete then."""
    session.connection().execute(
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


def note_error(session: Session, receipt: int, error: str) -> None:
    """Keeps the report of a failure with the message that caused it."""
    statement = update(Receipt).where(col(Receipt.id) == receipt).values(error=error[-_ERROR_LENGTH:])
    session.execute(statement.execution_options(synchronize_session=False))


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


def duplicate_of(session: Session, receipt: int, digest: str) -> Twin | None:
    """An earlier message with the same content that became something, None if this is the first."""
    row = session.connection().execute(_TWIN, {"digest": digest, "receipt": receipt}).first()
    return Twin(row[0], row[1]) if row is not None else None


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
