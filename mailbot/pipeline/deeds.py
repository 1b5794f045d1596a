"""What the commands of a technician may know, and what they want done besides changing fields of the ticket."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import absences, copies, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.core.commands import Context, Outcome
from mailbot.core.commands.deeds import (
    ArticleSend,
    Escalation,
    Join,
    Leave,
    Merge,
    OnBehalf,
    RemoteOffer,
    Split,
    TakeBack,
)
from mailbot.core.model import Address, EventKind, InboundMail, Role, Technician
from mailbot.notify import Desk
from mailbot.pipeline import escalations, letters, relations, remote, undo, vendors


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
        vendors=vendors.known(session, ticket.number),
        remote_support=remote.is_configured(policy),
        participants=tuple(Address(one.name, one.address) for one in in_copy),
        away=absences.everybody_away(session, now),
    )


def carry_out(
    session: Session, desk: Desk, ticket: Ticket, outcomes: Iterable[Outcome], actor: str, now: datetime
) -> list[Happening]:
    """Does what changes who takes part in a ticket and who serves it; gives the events to be stored."""
    assert ticket.number is not None
    happenings: list[Happening] = []
    for deed in (deed for outcome in outcomes for deed in outcome.deeds):
        if isinstance(deed, Escalation):
            happenings.extend(escalations.escalate(session, desk, ticket, deed, actor, now))
        elif isinstance(deed, Join):
            for person in deed.people:
                store.add_participant(session, ticket.number, person, Role.PARTICIPANT)
                happenings.append(_participant(actor, "", person.key))
        elif isinstance(deed, Leave):
            for address in deed.addresses:
                copies.remove(session, ticket.number, address)
                happenings.append(_participant(actor, address, ""))
        elif isinstance(deed, TakeBack):
            happenings.extend(undo.take_back(session, desk, ticket, deed, actor, now))
    return happenings


def _participant(actor: str, old: str, new: str) -> Happening:
    return Happening(EventKind.CHANGED, actor, data={"field": "participant", "old": old, "new": new})


def tell(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    outcomes: tuple[Outcome, ...],
    technician: Technician,
    cause: str,
    now: datetime,
    answered: OutboxMail | None = None,
) -> tuple[frozenset[str], list[str]]:
    """Writes the mails that commands ask for, once everything else of their mail is done.

    `answered` is the mail of ours that his mail answers.
    Gives the addresses of those who know now why the ticket is theirs, and the lines of the transcript.
    """
    assert ticket.number is not None
    told: frozenset[str] = frozenset()
    lines: list[str] = []
    for deed in (deed for outcome in outcomes for deed in outcome.deeds):
        if isinstance(deed, Escalation):
            reached, more = escalations.tell(session, desk, ticket, deed, technician, cause, now)
            told |= reached
            lines.extend(more)
        elif isinstance(deed, RemoteOffer):
            happenings, more = remote.offer(session, desk, ticket, technician, cause, now)
            store.add_events(session, ticket.number, now, happenings)
            lines.extend(more)
    lines.extend(relations.carry_out(session, desk, ticket, outcomes, technician, answered, cause, now))
    return told, lines


def writes_to_requester(outcomes: Iterable[Outcome]) -> bool:
    """Whether a command sends the requester a mail of its own, and says so in a line of its own."""
    outcomes = tuple(outcomes)
    if any(outcome.quiet for outcome in outcomes):
        return False
    written = (RemoteOffer, ArticleSend, OnBehalf, Merge, Split)
    return any(isinstance(deed, written) for outcome in outcomes for deed in outcome.deeds)


def named_in(mail: InboundMail) -> frozenset[str]:
    """The addresses, in lower case, to which a mail went by itself, besides ours."""
    return frozenset(address.key for address in (*mail.to, *mail.cc))
