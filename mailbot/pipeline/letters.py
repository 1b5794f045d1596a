"""Who is written to: the recipients of each kind of notice follow from their roles, never from a mail."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.compose import OutgoingFile
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.model import Address, EventKind, InboundMail, Role
from mailbot.notify import Desk, Letter, enqueue
from mailbot.policy import Policy


def requester_of(ticket: Ticket) -> Address:
    """The requester as an address."""
    return Address(ticket.requester_name, ticket.requester_address)


def responsible(policy: Policy, ticket: Ticket | None) -> list[Address]:
    """Who is asked about a ticket: its technician, else the lead of its team, else a member.

    Without a ticket, and where its team has neither, any lead is asked, else the technician of the highest level.
    """
    directory = policy.directory
    if ticket is not None:
        technician = directory.technician(ticket.technician)
        if technician is not None:
            return [Address(technician.name, technician.email)]
        lead = directory.lead_of(ticket.team)
        if lead:
            return [_person(policy, lead)]
        members = policy.members(ticket.team)
        if members:
            return [Address(members[0].name, members[0].email)]
    lead = next((team.lead for team in directory.teams.values() if team.lead), "")
    if lead:
        return [_person(policy, lead)]
    most_experienced = max(directory.technicians.values(), key=lambda who: who.level, default=None)
    return [Address(most_experienced.name, most_experienced.email)] if most_experienced else []


def lead_for(policy: Policy, ticket: Ticket) -> Address | None:
    """The lead of a ticket's team, None if it has none."""
    lead = policy.directory.lead_of(ticket.team)
    return _person(policy, lead) if lead else None


def _person(policy: Policy, address: str) -> Address:
    technician = policy.directory.technician(address)
    return Address(technician.name if technician else "", address)


def language_of(policy: Policy, person: Address) -> str:
    """The language in which a technician or lead is written to."""
    technician = policy.directory.technician(person.key)
    return (technician.language if technician else "") or policy.language


def tell_requester(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    notice: str,
    cause: str,
    now: datetime,
    data: Mapping[str, object] | None = None,
    *,
    answers: InboundMail | None = None,
    files: tuple[OutgoingFile, ...] = (),
    everyone: bool = False,
    written: bool = False,
) -> bool:
    """Writes to the requester of a ticket, and to the people in copy where `everyone` is set.

    `cause` makes the mail unique: for the same cause nobody gets a second one. `written` says that it holds what a
    person wrote, which no cap on automatic mail may hold back. Gives whether anything was queued.
    """
    recipients = [requester_of(ticket)]
    if everyone:
        assert ticket.number is not None
        in_copy = [person for person in store.people(session, ticket.number) if person.role == Role.PARTICIPANT]
        recipients.extend(Address(person.name, person.address) for person in in_copy)
    queued = False
    for recipient in recipients:
        letter = Letter(
            notice=notice,
            recipient=recipient,
            language=ticket.language,
            key=f"{notice}:{ticket.number}:{cause}:{recipient.key}",
            data=data or {},
            files=files,
            answers=answers.message_id if answers else "",
            ancestors=answers.references if answers else (),
            written=written,
        )
        queued |= enqueue(session, desk, ticket, letter, now)
    return queued


def tell_technician(
    session: Session,
    desk: Desk,
    ticket: Ticket | None,
    notice: str,
    recipient: Address,
    cause: str,
    now: datetime,
    data: Mapping[str, object] | None = None,
    *,
    hold: int | None = None,
    answers: InboundMail | None = None,
    files: tuple[OutgoingFile, ...] = (),
) -> bool:
    """Writes to one technician or lead, in his language."""
    letter = Letter(
        notice=notice,
        recipient=recipient,
        language=language_of(desk.policy, recipient),
        key=f"{notice}:{ticket.number if ticket else 0}:{cause}:{recipient.key}",
        data=data or {},
        hold=hold,
        files=files,
        answers=answers.message_id if answers else "",
        ancestors=answers.references if answers else (),
    )
    return enqueue(session, desk, ticket, letter, now)


def tell_responsible(
    session: Session,
    desk: Desk,
    ticket: Ticket | None,
    notice: str,
    cause: str,
    now: datetime,
    data: Mapping[str, object] | None = None,
    *,
    hold: int | None = None,
    files: tuple[OutgoingFile, ...] = (),
) -> bool:
    """Writes to whoever is asked about a ticket; says on the ticket when there is nobody."""
    people = responsible(desk.policy, ticket)
    if not people and ticket is not None and ticket.number is not None:
        reason = "nobody is there to be told: the team has no members and no lead"
        happening = Happening(EventKind.NOTICE_SUPPRESSED, reason=reason, data={"notice": notice})
        store.add_events(session, ticket.number, now, [happening])
    told = [
        tell_technician(session, desk, ticket, notice, person, cause, now, data, hold=hold, files=files)
        for person in people
    ]
    return any(told)


def files(desk: Desk, mail: InboundMail) -> tuple[OutgoingFile, ...]:
    """The files of a mail that may go on with ours: as many as fit within the limit for outgoing mail."""
    room = desk.policy.settings.limits.attachments_out
    chosen = []
    for file in mail.attachments:
        if file.size <= room:
            room -= file.size
            chosen.append(OutgoingFile(file.name, file.content_type, file.content))
    return tuple(chosen)
