"""Queries about what can be taken back: the rows of `undo`, and the mails and entries that they name."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from mailbot.adapters import traces
from mailbot.adapters.links import family
from mailbot.adapters.tables import Entry, Event, OutboxMail, Participant, Undo

UNDONE = "taken back by "
"""What the reason of a mail begins with that was taken back."""


def add(session: Session, row: Undo) -> None:
    """Keeps what a mail did."""
    session.add(row)
    session.flush()


def by_code(session: Session, code: str) -> Undo | None:
    """The newest with a code, locked; None if there is none."""
    return session.scalars(
        select(Undo).where(col(Undo.code) == code).order_by(col(Undo.id).desc()).limit(1).with_for_update()
    ).first()


def by_transcript(session: Session, key: str) -> Undo | None:
    """The one that a mail of ours told of, locked; None if it told of none."""
    return session.scalars(select(Undo).where(col(Undo.transcript) == key).limit(1).with_for_update()).first()


def latest(session: Session, ticket: int, actor: str, now: datetime) -> Undo | None:
    """The newest of somebody on a ticket, or on one merged into it, that can still be taken back; locked.

    What took something back itself does not count.
    """
    return session.scalars(
        select(Undo)
        .where(
            col(Undo.ticket).in_(family(ticket)),
            col(Undo.actor) == actor,
            col(Undo.undone_at).is_(None),
            col(Undo.is_undo).is_(False),
            col(Undo.until) > now,
        )
        .order_by(col(Undo.id).desc())
        .limit(1)
        .with_for_update()
    ).first()


def newest_code(session: Session, ticket: int, actor: str, after: int, now: datetime) -> str:
    """The code of the newest mail of somebody on a ticket after another one, "" if there is none to be taken back."""
    statement = (
        select(col(Undo.code))
        .where(
            col(Undo.ticket) == ticket,
            col(Undo.actor) == actor,
            col(Undo.id) > after,
            col(Undo.undone_at).is_(None),
            col(Undo.until) > now,
        )
        .order_by(col(Undo.id).desc())
        .limit(1)
    )
    return session.scalar(statement) or ""


def mails(session: Session, ids: Sequence[int]) -> list[OutboxMail]:
    """Mails of ours, read anew and locked against the outbox, oldest first."""
    statement = select(OutboxMail).where(col(OutboxMail.id).in_(ids)).order_by(col(OutboxMail.id)).with_for_update()
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def queue_again(session: Session, ids: Sequence[int], due: datetime, reason: str) -> list[int]:
    """Puts mails back into the outbox that were taken out with a reason; gives those for which that was possible."""
    wanted = [row.id for row in mails(session, ids) if row.state == "cancelled" and row.answer == reason and row.raw]
    statement = (
        update(OutboxMail)
        .where(col(OutboxMail.id).in_(wanted))
        .values(state="queued", next_attempt_at=due, answer="", attempts=0)
    )
    session.execute(statement.execution_options(synchronize_session=False))
    return [key for key in wanted if key is not None]


def withdraw(session: Session, ids: Sequence[int], now: datetime | None) -> None:
    """Marks entries as withdrawn, or as valid again (None)."""
    statement = update(Entry).where(col(Entry.id).in_(ids)).values(withdrawn_at=now)
    session.execute(statement.execution_options(synchronize_session=False))


def entries(session: Session, ids: Sequence[int]) -> list[Entry]:
    """Entries that are not withdrawn, oldest first."""
    statement = select(Entry).where(col(Entry.id).in_(ids), col(Entry.withdrawn_at).is_(None)).order_by(col(Entry.id))
    return list(session.scalars(statement))


def take_out(session: Session, ticket: int, address: str, role: str) -> bool:
    """Ends that somebody takes part in a ticket in some role; False if he does not, or not in this role."""
    statement = (
        delete(Participant)
        .where(col(Participant.ticket) == ticket, col(Participant.address) == address, col(Participant.role) == role)
        .returning(col(Participant.name))
    )
    names = session.scalars(statement).all()
    for name in names:
        traces.note(session, "left", {"ticket": ticket, "address": address, "name": name, "role": role})
    return bool(names)


def answered_since(session: Session, row: Undo) -> bool:
    """Whether the requester of a ticket got an answer after a mail that can be taken back."""
    later = select(col(Entry.id)).where(
        col(Entry.ticket) == row.ticket,
        col(Entry.kind) == "reply",
        col(Entry.internal).is_(False),
        col(Entry.withdrawn_at).is_(None),
        col(Entry.id) > max(row.trace.get("entries", []), default=0),
        col(Entry.created_at) >= row.made_at,
    )
    return session.scalar(later.limit(1)) is not None


def is_under_way(session: Session, ticket: int, row: Undo) -> bool:
    """Whether somebody has written about a ticket since a mail opened it."""
    own = row.trace.get("entries", [])
    newer = select(col(Entry.id)).where(
        col(Entry.ticket) == ticket, col(Entry.created_at) > row.made_at, col(Entry.id).not_in(own)
    )
    return session.scalar(newer.limit(1)) is not None


def written_since(session: Session, ticket: int, authors: Sequence[str], after: datetime) -> list[int]:
    """The contributions of some people to a ticket after a time."""
    theirs = select(col(Entry.id)).where(
        col(Entry.ticket) == ticket, col(Entry.created_at) > after, col(Entry.author_address).in_(authors)
    )
    return [key for key in session.scalars(theirs.order_by(col(Entry.id))) if key is not None]


def who_changed(session: Session, ticket: int, field: str, after: datetime) -> str:
    """Who last changed a field of a ticket after a time, "" if nobody or mailbot itself did."""
    statement = (
        select(col(Event.actor), col(Event.data))
        .where(col(Event.ticket) == ticket, col(Event.at) >= after)
        .order_by(col(Event.id).desc())
    )
    return next((actor for actor, data in session.execute(statement) if data.get("field") == field), "")


def purge(session: Session, now: datetime, limit: int) -> int:
    """Forgets what can no longer be taken back; gives how many."""
    old = select(col(Undo.id)).where(col(Undo.until) < now).limit(limit)
    result = session.execute(delete(Undo).where(col(Undo.id).in_(old)).execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]
