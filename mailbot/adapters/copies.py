"""Who reads along in a ticket."""

from sqlalchemy import delete
from sqlmodel import Session, col

from mailbot.adapters import traces
from mailbot.adapters.tables import Participant
from mailbot.core.model import Role


def dismiss(session: Session, ticket: int, address: str) -> None:
    """Takes a person out of a ticket, in whichever role he had come to it."""
    gone = (col(Participant.ticket) == ticket, col(Participant.address) == address)
    session.execute(delete(Participant).where(*gone))


def remove(session: Session, ticket: int, address: str) -> None:
    """Takes a person out of copy; nothing happens if he is not in it, and the requester always stays."""
    statement = (
        delete(Participant)
        .where(
            col(Participant.ticket) == ticket,
            col(Participant.address) == address.lower(),
            col(Participant.role) == Role.PARTICIPANT.value,
        )
        .returning(col(Participant.address), col(Participant.name), col(Participant.role))
    )
    for key, name, role in session.execute(statement).all():
        traces.note(session, "left", {"ticket": ticket, "address": key, "name": name, "role": role})
