"""Until when a helpdesk lived: in its database, and beside it.

A database that was put back to an earlier state does not know what it forgot; the file beside it does.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Update, func, or_, select, update
from sqlmodel import Session, col

from mailbot.adapters.tables import Installation, OutboxMail, Ticket

_FILE = "mailbot.lived"


def in_database(session: Session) -> datetime | None:
    """Until when (UTC) a helpdesk lived on this database, as far as it knows; None if it never did."""
    return session.scalar(select(col(Installation.seen_at)))


def note_in_database(session: Session, now: datetime) -> None:
    """Notes that a helpdesk lives on this database; of several nodes, the one whose clock is the farthest counts."""
    earlier = or_(col(Installation.seen_at).is_(None), col(Installation.seen_at) < now)
    session.execute(update(Installation).where(earlier).values(seen_at=now))


def beside(state_dir: Path, identity: str) -> datetime | None:
    """Until when (UTC) a helpdesk lived here on the database with this identity; None if that is not known."""
    try:
        whose, _, moment = (state_dir / _FILE).read_text("utf-8").strip().partition(" ")
        at = datetime.fromisoformat(moment)
    except (OSError, ValueError):
        return None  # There is none yet, or it was torn: then nothing is known, as on a new machine.
    return at if whose == identity and at.tzinfo is not None else None


def note_beside(state_dir: Path, identity: str, now: datetime) -> None:
    """Notes beside the database that a helpdesk lives on it.

    Raises:
        OSError: The file cannot be written.
    """
    new = state_dir / f"{_FILE}.new"
    new.write_text(f"{identity} {now.isoformat()}\n", "utf-8")
    new.replace(state_dir / _FILE)


def waiting_since_before(session: Session, until: datetime, limit: int) -> list[OutboxMail]:
    """The mails in the outbox that were due by a time (UTC), oldest first, for change."""
    statement = (
        select(OutboxMail)
        .where(col(OutboxMail.state).in_(["queued", "sending"]), col(OutboxMail.next_attempt_at) <= until)
        .order_by(col(OutboxMail.id))
        .limit(limit)
        .with_for_update()
    )
    return list(session.scalars(statement))


def first_due(session: Session) -> datetime | None:
    """When (UTC) the first timer of all tickets is due; None if none is."""
    return session.scalar(select(func.min(col(Ticket.next_due_at))))


def pull_back(session: Session, now: datetime) -> int:
    """Brings to now what was dated with a clock that was ahead, so that nothing waits for that time to come.

    What is being sent now stays with whoever sends it. A clock that says that there is no ticket yet is wrong itself,
    and nothing is dated by it.

    Returns:
        How many mails and tickets were.
    """
    first = session.scalar(select(col(Ticket.created_at)).order_by(col(Ticket.number)).limit(1))
    if first is not None and first > now:
        return 0
    session.execute(update(Installation).where(col(Installation.seen_at) > now).values(seen_at=now))
    mails = update(OutboxMail).where(col(OutboxMail.state) == "queued", col(OutboxMail.created_at) > now)
    count = _changed(session, mails.values(created_at=now, next_attempt_at=now))
    # Whose reading of time depends on it is looked at by the next tick, which finds out what is really due.
    for name in _MOMENTS:
        ahead = update(Ticket).where(col(getattr(Ticket, name)) > now)
        count += _changed(session, ahead.values({name: now, "next_due_at": now}))
    return count


_MOMENTS = ("running_since", "waiting_since", "last_public_at", "resolved_at", "closed_at")


def _changed(session: Session, statement: Update) -> int:
    return int(session.connection().execute(statement).rowcount)
