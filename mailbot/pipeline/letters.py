"""Who is written to: the recipients of each kind of notice follow from their roles, never from a mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from mailbot.adapters import history, store
from mailbot.adapters.compose import OutgoingFile
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Entry, Participant, Ticket
from mailbot.core import conversation
from mailbot.core.conversation import Said
from mailbot.core.model import Address, EventKind, InboundMail, Role, Technician
from mailbot.core.phrases import Reason
from mailbot.notify import Desk, Letter, enqueue
from mailbot.policy import Policy

_log = structlog.get_logger("mailbot.letters")

NEWEST = 200
"""How many contributions to a ticket may stand in one mail."""


def requester_of(ticket: Ticket) -> Address:
    """The requester as an address."""
    return Address(ticket.requester_name, ticket.requester_address)


def person(technician: Technician) -> Address:
    """A technician as an address."""
    return Address(technician.name, technician.email)


def language_for(policy: Policy, technician: Technician) -> str:
    """The language in which a technician is written to."""
    return technician.language or policy.language


def responsible(policy: Policy, ticket: Ticket | None) -> list[Address]:
    """Who is asked about a ticket: its technician, else the lead of its team, else a member.

    Without a ticket, and where its team has neither, any lead is asked, else the technician of the highest level.
    """
    directory = policy.directory
    if ticket is not None:
        technician = directory.technician(ticket.technician)
        if technician is not None:
            return [person(technician)]
        lead = directory.lead_of(ticket.team)
        if lead:
            return [by_address(policy, lead)]
        members = policy.members(ticket.team)
        if members:
            return [person(members[0])]
    lead = next((team.lead for team in directory.teams.values() if team.lead), "")
    if lead:
        return [by_address(policy, lead)]
    most_experienced = max(directory.technicians.values(), key=lambda who: who.level, default=None)
    return [person(most_experienced)] if most_experienced else []


def lead_for(policy: Policy, ticket: Ticket) -> Address | None:
    """The lead of a ticket's team, None if it has none."""
    lead = policy.directory.lead_of(ticket.team)
    return by_address(policy, lead) if lead else None


def by_address(policy: Policy, address: str) -> Address:
    """Somebody who is written to by an addr-spec of the configuration, with his name if he is a technician."""
    technician = policy.directory.technician(address)
    return person(technician) if technician else Address("", address)


def language_of(policy: Policy, recipient: Address) -> str:
    """The language in which a technician or lead is written to."""
    technician = policy.directory.technician(recipient.key)
    return language_for(policy, technician) if technician else policy.language


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
    notes: tuple[str, ...] | None = None,
    but_not: frozenset[str] = frozenset(),
    public: tuple[str, ...] = (),
) -> set[str]:
    """Writes to the requester of a ticket, and to the people in copy where `everyone` is set.

    `cause` makes the mail unique: for the same cause nobody gets a second one. `written` says that it holds what a
    person wrote, which no cap on automatic mail may hold back. `but_not` holds the addresses of those who have it
    already, `public` texts in it that were published. Gives to whom something was queued.

    Raises:
        LeakError: A letter would hold internal text; only where `notes`, those of the causing mail, are given.
    """
    recipients = [requester_of(ticket)]
    if everyone:
        recipients.extend(in_copy(session, ticket))
    recipients = [one for one in recipients if one.key not in but_not]
    queued = set()
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
            notes=notes,
            public=public,
        )
        if enqueue(session, desk, ticket, letter, now):
            queued.add(recipient.key)
    return queued


def in_copy(session: Session, ticket: Ticket) -> list[Address]:
    """Who gets besides the requester what is written to him."""
    assert ticket.number is not None
    return copied(store.people(session, ticket.number))


def copied(people: Iterable[Participant]) -> list[Address]:
    """Those among the people of a ticket who are in copy."""
    return [Address(one.name, one.address) for one in people if one.role == Role.PARTICIPANT]


def key_of(ticket: Ticket | None, notice: str, recipient: Address, cause: str) -> str:
    """What makes a mail to a technician unique."""
    return f"{notice}:{ticket.number if ticket else 0}:{cause}:{recipient.key}"


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
    written: bool = False,
) -> bool:
    """Writes to one technician or lead, in his language; `written` says that it holds what a person wrote."""
    letter = Letter(
        notice=notice,
        recipient=recipient,
        language=language_of(desk.policy, recipient),
        key=key_of(ticket, notice, recipient, cause),
        data=data or {},
        hold=hold,
        files=files,
        answers=answers.message_id if answers else "",
        ancestors=answers.references if answers else (),
        written=written,
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
    reason: Reason | None = None,
) -> bool:
    """Writes to whoever is asked about a ticket; says on the ticket when there is nobody.

    `reason` becomes a value of the letter, in the language of each who reads it.
    """
    people = responsible(desk.policy, ticket)
    if not people and hold is not None:
        # Held mail waits for somebody's word, so operators must hear of it; of anything else the ticket tells.
        number = ticket.number if ticket is not None else None
        hint = "name a lead of the team, or technicians in it, in the configuration"
        _log.error("nobody_to_tell", notice=notice, ticket=number, hold=hold, hint=hint)
    if not people and ticket is not None and ticket.number is not None:
        nobody = "nobody is there to be told: the team has no members and no lead"
        happening = Happening(EventKind.NOTICE_SUPPRESSED, reason=nobody, data={"notice": notice})
        store.add_events(session, ticket.number, now, [happening])
    told = []
    for one in people:
        why = {"reason": reason.said(language_of(desk.policy, one))} if reason else {}
        values = {**(data or {}), **why}
        told.append(tell_technician(session, desk, ticket, notice, one, cause, now, values, hold=hold, files=files))
    return any(told)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a technician reads about a mail of his.

    Attributes:
        lines: What became of it, line by line; empty ones are left out.
        ok: Whether it was carried out.
        held_text: The text that waits for his decision.
        hint: What he can do now.
        hold: The held message that an answer decides about.
        untold: Why the requester does not hear of it.
        kept: Whether its text or files became an internal note.
        takeback: How all of it is taken back.
    """

    lines: Sequence[str]
    ok: bool = True
    held_text: str = ""
    hint: str = ""
    hold: int | None = None
    untold: str = ""
    kept: bool = False
    takeback: Mapping[str, object] | None = None


def transcript(
    session: Session,
    desk: Desk,
    ticket: Ticket | None,
    technician: Technician,
    mail: InboundMail,
    told: Transcript,
    cause: str,
    now: datetime,
) -> bool:
    """Tells a technician what became of his mail."""
    data = {
        "ok": told.ok,
        "lines": [line for line in told.lines if line],
        "held_text": told.held_text,
        "hint": told.hint,
        "untold": told.untold,
        "kept": told.kept,
        "takeback": told.takeback,
    }
    recipient = person(technician)
    return tell_technician(
        session, desk, ticket, "transcript", recipient, cause, now, data, hold=told.hold, answers=mail
    )


def hand_over(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    recipient: Address,
    cause: str,
    now: datetime,
    *,
    assigned_by: str = "",
    files: tuple[OutgoingFile, ...] = (),
) -> bool:
    """Gives a ticket that is under way to somebody who has not seen it yet: with all that was said so far."""
    data = {**so_far(session, ticket), "text": "", "author": "", "reasons": [], "assigned_by": assigned_by}
    return tell_technician(session, desk, ticket, "assigned", recipient, cause, now, data, files=files)


def said_to_us(author: str, text: str, files: Sequence[str]) -> dict[str, object]:
    """What "requester_replied" says of a message about which there is nothing special; `files` are their names."""
    return {
        "text": text,
        "author": author,
        "attachments": list(files),
        **dict.fromkeys(("survey", "on_hold", "closed"), False),
        "score": None,
        **dict.fromkeys(("was", "merged", "absent"), ""),
        **dict.fromkeys(("done_at", "absent_until")),
    }


def so_far(session: Session, ticket: Ticket) -> dict[str, object]:
    """What was said about a ticket, and the names of its files, for somebody who has not seen it yet."""
    assert ticket.number is not None
    rows, older = history.newest_entries(session, ticket.number, NEWEST)
    said = [
        Said(author_of(row, ticket.number), row.created_at, row.text, internal=row.internal)
        for row in rows
        if row.withdrawn_at is None
    ]
    return {
        **conversation_of(said, older),
        "in_copy": [one.label for one in in_copy(session, ticket)],
        "attachments": history.file_names(session, ticket.number),
        "diagnosis": ticket.diagnosis,
        "workaround": ticket.workaround,
    }


def conversation_of(said: Sequence[Said], older: int) -> dict[str, object]:
    """A conversation as templates show it: as much of it as a mail holds; `older` are the contributions before it."""
    kept, left_out = conversation.fit(said)
    return {
        "conversation": [
            {"author": one.author, "at": one.at, "text": one.text, "internal": one.internal} for one in kept
        ],
        "left_out": older + left_out,
    }


def author_of(row: Entry, number: int) -> str:
    """Who wrote something, and in which ticket, if it came from one that was merged into the one with this number."""
    author = row.author_name or row.author_address
    return author if row.ticket == number else f"{author} ({row.ticket})"


def files(desk: Desk, mail: InboundMail) -> tuple[OutgoingFile, ...]:
    """The files of a mail that may go on with ours: as many as fit within the limit for outgoing mail.

    Pictures within the text go as files: our text has no places for them. Of what does not fit the name goes.
    """
    room = desk.policy.settings.limits.attachments_out
    chosen = []
    for file in mail.attachments:
        fits = file.size <= room
        room -= file.size if fits else 0
        content = file.content if fits else b""
        chosen.append(OutgoingFile(file.name, file.content_type, content, left_out=not fits))
    return tuple(chosen)
