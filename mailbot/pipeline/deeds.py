"""What the commands of a technician may know, and what they want done besides changing fields of the ticket."""

from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.tables import Ticket
from mailbot.core.commands import Context
from mailbot.core.model import Address, Role, Technician
from mailbot.notify import Desk
from mailbot.pipeline import letters


def context_for(session: Session, desk: Desk, ticket: Ticket, technician: Technician, now: datetime) -> Context:
    """What the commands of a mail may know: the ticket, who writes, and what the configuration says."""
    policy = desk.policy
    assert ticket.number is not None
    in_copy = [one for one in store.people(session, ticket.number) if one.role == Role.PARTICIPANT]
    return Context(
        ticket=store.view(ticket),
        actor=technician,
        directory=policy.directory,
        now=now,
        zone=policy.zone,
        language=letters.language_for(policy, technician),
        matrix=policy.matrix,
        own_addresses=policy.own_addresses,
        participants=tuple(Address(one.name, one.address) for one in in_copy),
    )
