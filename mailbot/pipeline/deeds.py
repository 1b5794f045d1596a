"""What the commands of a technician may know, and what they want done besides changing fields of the ticket."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import copies, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.commands import Context, Outcome
from mailbot.core.commands.deeds import Join, Leave
from mailbot.core.model import Address, EventKind, InboundMail, Role, Technician
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


def carry_out(session: Session, ticket: Ticket, outcomes: Iterable[Outcome], actor: str) -> list[Happening]:
    """Does what changes who takes part in a ticket; gives the events to be stored."""
    assert ticket.number is not None
    happenings: list[Happening] = []
    for deed in (deed for outcome in outcomes for deed in outcome.deeds):
        if isinstance(deed, Join):
            for person in deed.people:
                store.add_participant(session, ticket.number, person, Role.PARTICIPANT)
                happenings.append(_participant(actor, "", person.key))
        elif isinstance(deed, Leave):
            for address in deed.addresses:
                copies.remove(session, ticket.number, address)
                happenings.append(_participant(actor, address, ""))
    return happenings


def _participant(actor: str, old: str, new: str) -> Happening:
    return Happening(EventKind.CHANGED, actor, data={"field": "participant", "old": old, "new": new})


def named_in(mail: InboundMail) -> frozenset[str]:
    """The addresses, in lower case, to which a mail went by itself, besides ours."""
    return frozenset(address.key for address in (*mail.to, *mail.cc))
