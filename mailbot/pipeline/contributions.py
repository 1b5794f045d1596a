"""What somebody outside wrote, as a contribution to a ticket and as a technician reads it."""

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.tables import Ticket
from mailbot.core.model import InboundMail
from mailbot.pipeline import letters
from mailbot.pipeline.arrival import Arrival, Sender


def add_entry(session: Session, ticket: Ticket, arrival: Arrival, mail: InboundMail, name: str, address: str) -> int:
    """Keeps a message in the timeline of a ticket, with its files; gives the id of the entry."""
    entry = store.add_entry(
        session,
        ticket=ticket.number,
        kind="message",
        author_address=address,
        author_name=name,
        text=mail.new_text or mail.text,
        quoted=mail.quoted,
        message_id=mail.message_id,
        receipt=arrival.receipt,
        created_at=arrival.received_at,
    )
    store.add_attachments(session, entry, mail.attachments)
    return entry


def what_was_said(mail: InboundMail, sender: Sender) -> dict[str, object]:
    """What the mail to a technician about a message says of it."""
    files = [file.name for file in mail.attachments]
    return letters.said_to_us(sender.address.label, mail.new_text or mail.text, files)
