"""Whether a mail that would become a ticket belongs to a storm: two machines in conversation, or a flood.

The headers were asked before; here the only witnesses are what the same address sent before and what it got from us.
A few rows are looked at, found by an index, however long the history is.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from mailbot.adapters import history
from mailbot.core import loops
from mailbot.core.mail import read
from mailbot.core.model import InboundMail
from mailbot.core.phrases import Reason
from mailbot.pipeline.arrival import Arrival, Sender
from mailbot.policy import Policy

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_LAST = 5  # Tickets of an address that are compared.


@dataclass(frozen=True, slots=True)
class Storm:
    """What speaks against a ticket: `loop` = a machine answers us (and which ticket of its own it repeats)."""

    loop: str = ""
    ticket: int | None = None
    excess: Reason | None = None


def look(session: Session, policy: Policy, arrival: Arrival, mail: InboundMail, sender: Sender) -> Storm:
    """Tells whether a mail that names no ticket goes on with a conversation of machines, or is one too many."""
    caps, address = policy.settings.limits, sender.address.key
    opened, nth = history.opened_by(session, address, _LAST, caps.tickets_per_address_hour)
    if opened and loops.is_answer(mail.subject) and not any(not file.inline for file in mail.attachments):
        text, subject = mail.new_text or mail.text, loops.bare_subject(mail.subject)
        for before in opened:
            recent = arrival.received_at - before.at < _DAY
            if recent and loops.bare_subject(before.subject) == subject and loops.is_same(text, before.text):
                reason = f"a machine answers our mail: it says the same as the mail that opened ticket {before.number}"
                return Storm(reason, before.number)
        for raw in history.acknowledgements_to(session, address, arrival.received_at - _DAY, _LAST):
            if loops.gives_back(text, read(raw, policy.limits).text):
                return Storm("a machine answers our mail: it gives back the text of an acknowledgement")
    if nth is not None and arrival.received_at - nth < _HOUR and sender.technician is None:
        values = {"address": address, "count": str(caps.tickets_per_address_hour)}
        return Storm(excess=Reason("held_rate", values))
    return Storm()
