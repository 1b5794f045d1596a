"""Who wants to hear of a ticket only what he must: a wish that is kept with his part in it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select, tuple_, update
from sqlmodel import Session, col

from mailbot.adapters.store import ADDRESS_LENGTH
from mailbot.adapters.tables import Participant

_QUIET = select(col(Participant.id)).where(
    col(Participant.ticket) == bindparam("ticket"),
    col(Participant.address) == bindparam("address"),
    col(Participant.quiet_at).is_not(None),
)


def is_quiet(session: Session, ticket: int, address: str) -> bool:
    """Whether somebody wants no updates and surveys about a ticket."""
    values = {"ticket": ticket, "address": address.lower()[:ADDRESS_LENGTH]}
    return session.connection().execute(_QUIET, values).first() is not None


def keep_quiet(session: Session, ticket: int, address: str, at: datetime | None) -> None:
    """Notes that somebody who takes part in a ticket wants no updates and surveys about it (UTC); None = he does."""
    his = (col(Participant.ticket) == ticket, col(Participant.address) == address.lower()[:ADDRESS_LENGTH])
    session.execute(update(Participant).where(*his).values(quiet_at=at))


def quiet_among(session: Session, pairs: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those among these pairs of a ticket and an address of which `is_quiet` is true."""
    wanted = sorted(set(pairs))
    if not wanted:
        return set()
    of_them = tuple_(col(Participant.ticket), col(Participant.address)).in_(wanted)
    rows = select(col(Participant.ticket), col(Participant.address)).where(
        of_them, col(Participant.quiet_at).is_not(None)
    )
    return {(ticket, address) for ticket, address in session.execute(rows)}
