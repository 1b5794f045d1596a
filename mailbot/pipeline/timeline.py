"""What technicians add to the timeline of a ticket: replies, and internal notes."""

from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.model import EventKind, InboundMail, Technician
from mailbot.pipeline.arrival import Arrival


def note(
    session: Session,
    ticket: Ticket,
    technician: Technician,
    text: str,
    arrival: Arrival,
    with_files_of: InboundMail | None,
    now: datetime,
) -> Happening:
    """Keeps an internal note; `with_files_of` is the mail whose files belong to it."""
    entry = store.add_entry(
        session,
        ticket=ticket.number,
        kind="note",
        internal=True,
        author_address=technician.email.lower(),
        author_name=technician.name,
        text=text,
        receipt=arrival.receipt if with_files_of is not None else None,
        created_at=now,
    )
    if with_files_of is not None:
        store.add_attachments(session, entry, with_files_of.attachments)
    ticket.has_internal = True
    return Happening(EventKind.NOTED, technician.email.lower(), data={"receipt": arrival.receipt})


def add_text(
    session: Session,
    ticket: Ticket,
    technician: Technician,
    mail: InboundMail,
    arrival: Arrival,
    text: str,
    now: datetime,
    *,
    internal: bool,
) -> None:
    """Keeps the text of a mail, with its files: as a reply to the requester, or as an internal note."""
    entry = store.add_entry(
        session,
        ticket=ticket.number,
        kind="note" if internal else "reply",
        internal=internal,
        author_address=technician.email.lower(),
        author_name=technician.name,
        text=text,
        quoted=mail.quoted,
        message_id=mail.message_id,
        receipt=arrival.receipt,
        created_at=now,
    )
    store.add_attachments(session, entry, mail.attachments)
    if internal:
        ticket.has_internal = True
