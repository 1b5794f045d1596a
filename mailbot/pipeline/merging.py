"""Merging: a ticket goes on as another one, and whoever wrote about it is answered there."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import links, post, sidethreads, store, traces
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.commands.cc import MOST
from mailbot.core.model import ACTIVE_STATUSES, Address, EventKind, Role, Status, Technician
from mailbot.core.phrases import say
from mailbot.notify import Desk, Letter, enqueue, why_suppressed
from mailbot.pipeline import letters, tickets
from mailbot.pipeline.undowords import in_time


def mistake(session: Session, desk: Desk, ticket: Ticket, other: Ticket, language: str, now: datetime) -> str:
    """Why a ticket cannot be merged into another one, "" if it can."""
    tag = f"[{desk.policy.tag}-{other.number}]"
    if other.closed_at is not None and now - other.closed_at > desk.policy.settings.closing.reopen_window:
        return say(language, "merge_closed", tag=tag)
    assert ticket.number is not None
    assert other.number is not None
    people = {number: store.people(session, number) for number in (ticket.number, other.number)}
    vendors = {one.address for number in people for one in sidethreads.of_ticket(session, number)}
    torn = sorted(vendors & {one.address for those in people.values() for one in those})
    if torn:
        return say(language, "merge_vendor", tag=tag, address=torn[0])
    present = {one.address for one in people[other.number] if one.role == Role.PARTICIPANT}
    joining = {one.address for one in people[ticket.number]} - present - {other.requester_address}
    if joining and len(present) + len(joining) > MOST:
        return say(language, "merge_too_many", tag=tag, limit=str(MOST))
    return ""


def merge(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    other: Ticket,
    actor: Technician,
    cause: str,
    now: datetime,
    *,
    quiet: bool = False,
) -> list[str]:
    """Merges a ticket into another one; both are locked. Gives the lines of the transcript.

    The requester is told his new number, and what he can read from now on is what is written there: of what was
    written before, the other requester gets nothing, and neither does he.
    """
    assert ticket.number is not None
    assert other.number is not None
    by, tag = actor.email.lower(), f"{desk.policy.tag}-{other.number}"
    traces.keep_ticket(session, other)
    if other.waits_for == ticket.number:
        tickets.finish(session, desk.policy, other, tickets.set_status(other, Status.OPEN, by, now), now)
    redirected = links.redirect(session, ticket.number, other.number)
    if redirected and Status(other.status) not in ACTIVE_STATUSES:
        links.release(session, other.number, now)  # What they wait for now is over.
    joined = _join(session, ticket, other)
    closed = tickets.set_status(ticket, Status.CLOSED, by, now)
    ticket.merged_into = other.number
    other.linked = True
    other.has_internal = other.has_internal or ticket.has_internal
    vendors = [one.address for one in sidethreads.of_ticket(session, ticket.number)]
    people = [*joined, *vendors]
    traces.note(session, "steps", {"kind": "merged", "ticket": ticket.number, "into": other.number, "people": people})
    happenings = [replace(one, reason=f"merged into {tag}") for one in closed]
    happenings.append(Happening(EventKind.MERGED, by, f"into {tag}", {"into": other.number}))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    reason = f"{desk.policy.tag}-{ticket.number} was merged into this ticket"
    details = {"from": ticket.number, "joined": joined}
    tickets.finish(session, desk.policy, other, [Happening(EventKind.MERGED, by, reason, details)], now)
    language = letters.language_for(desk.policy, actor)
    lines = [say(language, "merged", tag=tag, old=f"{desk.policy.tag}-{ticket.number}")]
    if joined:
        lines.append(say(language, "merged_joined", names=", ".join(joined), subject=other.subject))
    return [
        *lines,
        _tell_requester(session, desk, ticket, other, cause, language, now) if not quiet else "",
        *_tell_technicians(session, desk, ticket, other, actor, cause, now),
    ]


def _join(session: Session, ticket: Ticket, other: Ticket) -> list[str]:
    """Lets whoever takes part in one ticket take part in the other; gives the addresses of those who are new there.

    A machine may go on writing, but in copy it would be sent what it cannot read.
    """
    assert ticket.number is not None
    assert other.number is not None
    joined = []
    for one in store.people(session, ticket.number):
        if store.takes_part(session, other.number, one.address):
            continue
        machine = one.address == ticket.requester_address and not ticket.answerable
        role = Role.REQUESTER if machine else Role.PARTICIPANT
        store.add_first_participant(session, other.number, Address(one.name, one.address), role)
        joined.append(one.address)
    return joined


def _tell_requester(
    session: Session, desk: Desk, ticket: Ticket, other: Ticket, cause: str, language: str, now: datetime
) -> str:
    """Tells the requester under which number his request goes on; gives the line of the transcript about it."""
    recipient = letters.requester_of(ticket)
    if not ticket.answerable:
        return say(language, "merged_untold", reason=say(language, "machine"))
    known = post.thread_of(session, ticket.number or 0, recipient.key)
    letter = Letter(
        notice="merged",
        recipient=recipient,
        language=ticket.language,
        key=f"merged:{other.number}:m{ticket.number}:{cause}:{ticket.requester_address}",
        data={"old": ticket.number, "old_subject": ticket.subject},
        answers=known[-1] if known else "",
        ancestors=tuple(known[:-1]),
    )
    if enqueue(session, desk, other, letter, now):
        return say(language, in_time(desk.policy, "merged_told"), recipient=recipient.label)
    reason = why_suppressed(session, other, "merged", recipient.key).said(language)
    return say(language, "merged_untold", reason=reason)


def _tell_technicians(
    session: Session, desk: Desk, ticket: Ticket, other: Ticket, actor: Technician, cause: str, now: datetime
) -> list[str]:
    """Tells whoever serves the other ticket what has come to it; gives the lines of the transcript."""
    newest = links.newest_message(session, ticket.number or 0, ticket.requester_address)
    said = letters.said_to_us(letters.requester_of(ticket).label, newest.text if newest else "", ())
    data = {**said, "merged": f"{desk.policy.tag}-{ticket.number}"}
    language, lines = letters.language_for(desk.policy, actor), []
    for person in letters.responsible(desk.policy, other):
        cause_of_it = f"m{ticket.number}:{cause}"
        if person.key != actor.email.lower() and letters.tell_technician(
            session, desk, other, "requester_replied", person, cause_of_it, now, data
        ):
            lines.append(say(language, "merged_told_technician", name=person.label))
    return lines
