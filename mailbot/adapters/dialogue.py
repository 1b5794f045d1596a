"""What the dialogue with a technician must remember: what he was told lately, and which mail of his is still held."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from mailbot.adapters.links import family
from mailbot.adapters.tables import Hold, OutboxMail


def told_since(session: Session, address: str, ticket: int | None, key: str, since: datetime) -> int:
    """How many mails about a ticket (None = about none) somebody got since a time whose key begins with `key`."""
    of_ticket = col(OutboxMail.ticket).is_(None) if ticket is None else col(OutboxMail.ticket) == ticket
    statement = select(func.count()).where(
        col(OutboxMail.recipient) == address,
        of_ticket,
        col(OutboxMail.created_at) > since,
        col(OutboxMail.key).startswith(key, autoescape=True),
    )
    return int(session.exec(statement).one())


def open_mistyped(session: Session, ticket: int, originator: str) -> list[Hold]:
    """The mails with a mistake of a technician about a ticket, or one merged into it, that still wait for his word."""
    statement = (
        select(Hold)
        .where(
            col(Hold.ticket).in_(family(ticket)),
            col(Hold.kind) == "mistyped",
            col(Hold.state) == "open",
            col(Hold.originator) == originator,
        )
        .order_by(col(Hold.id))
    )
    return list(session.exec(statement))
