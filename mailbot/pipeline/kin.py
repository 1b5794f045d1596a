"""Tickets that belong together: related ones, and duplicates, which wait for the one that is worked on."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import history, links, store, traces
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.model import ACTIVE_STATUSES, EventKind, Status, Technician
from mailbot.core.phrases import say
from mailbot.notify import Desk, LeakError, note_leak
from mailbot.pipeline import letters, tickets
from mailbot.policy import Policy


def link(session: Session, policy: Policy, ticket: Ticket, other: Ticket, actor: str, now: datetime) -> bool:
    """Relates two tickets; False if they are already."""
    assert ticket.number is not None
    assert other.number is not None
    if not links.add(session, ticket.number, other.number, links.RELATED):
        return False
    ticket.linked = other.linked = True
    _note(session, policy, ticket, other, actor, "related to", now)
    _note(session, policy, other, ticket, actor, "related to", now)
    return True


def unlink(
    session: Session, policy: Policy, ticket: Ticket, other: Ticket, actor: str, now: datetime
) -> list[tuple[int, int, str]]:
    """Ends every relation of two tickets; gives those that there were. A duplicate waits no longer, and is open."""
    assert ticket.number is not None
    assert other.number is not None
    found = links.remove(session, ticket.number, other.number)
    for one, another in ((ticket, other), (other, ticket)):
        if one.waits_for == another.number:
            moved = tickets.set_status(one, Status.OPEN, actor, now)
            one.waits_for = None
            tickets.finish(session, policy, one, moved, now)
        if found:
            _note(session, policy, one, another, actor, "not related any more to", now)
    return found


def duplicate(session: Session, policy: Policy, ticket: Ticket, parent: Ticket, actor: str, now: datetime) -> None:
    """Makes a ticket, which is on hold, wait for another one."""
    assert ticket.number is not None
    assert parent.number is not None
    links.add(session, ticket.number, parent.number, links.DUPLICATE)
    ticket.linked = parent.linked = True
    ticket.waits_for = parent.number
    _note(session, policy, ticket, parent, actor, "waits for", now)
    _note(session, policy, parent, ticket, actor, "is waited for by", now)
    tickets.finish(session, policy, ticket, [], now)
    session.add(parent)


def _note(session: Session, policy: Policy, ticket: Ticket, other: Ticket, actor: str, how: str, now: datetime) -> None:
    happening = Happening(EventKind.LINKED, actor, f"{how} {policy.tag}-{other.number}", {"other": other.number})
    store.add_events(session, ticket.number or 0, now, [happening])


def root(session: Session, other: Ticket) -> Ticket:
    """The ticket that is worked on where one waits for another, and that perhaps for a third one."""
    seen: set[int | None] = set()
    while other.waits_for is not None and other.number not in seen:
        seen.add(other.number)
        parent = store.get_ticket(session, other.waits_for)
        if parent is None:
            break
        other = parent
    return other


def settle_children(
    session: Session, desk: Desk, parent: Ticket, actor: Technician, now: datetime, *, quiet: bool
) -> list[str]:
    """Notes who ends the tickets that wait for one that a technician has just ended; gives the line about them.

    They are due at once: the timers answer each in a transaction of its own, however many there are.
    """
    if not parent.linked or Status(parent.status) in ACTIVE_STATUSES:
        return []
    count = links.waiting(session, parent.number or 0)
    if not count:
        return []
    details = {"children": count, "quiet": quiet, "status": parent.status}
    traces.note(session, "steps", {"kind": "children", "parent": parent.number})
    happening = Happening(EventKind.DUPLICATES_ENDED, actor.email.lower(), f"ends {count} duplicates with it", details)
    store.add_events(session, parent.number or 0, now, [happening])
    phrase = "children_quiet" if quiet else "children_closed" if parent.status == Status.CLOSED else "children_resolved"
    return [say(letters.language_for(desk.policy, actor), phrase, count=str(count))]


def wait_again(session: Session, policy: Policy, parent: int, since: datetime, actor: str, now: datetime) -> None:
    """Lets the duplicates wait that were ended with a ticket since a time: that is not over after all."""
    for number in links.ended_with(session, parent, since):
        child = store.lock_ticket(session, number)
        if child is not None:
            traces.keep_ticket(session, child)
            moved = tickets.set_status(child, Status.ON_HOLD, actor, now)
            child.waits_for = parent
            tickets.finish(session, policy, child, moved, now)


def follow(session: Session, desk: Desk, child: Ticket, now: datetime) -> list[Happening] | None:
    """Ends a ticket as the one was ended for which it waits, and answers its requester; gives the events.

    None if nobody has decided about it: the other one was closed because its requester was silent.
    """
    assert child.waits_for is not None
    parent = store.get_ticket(session, child.waits_for)
    if parent is None:
        return None
    status = Status(parent.status)
    if status in ACTIVE_STATUSES:  # It was opened again meanwhile, and is waited for once more.
        child.wait_until = None
        return []
    event = links.newest_event(session, parent.number or 0, EventKind.DUPLICATES_ENDED)
    decided = event is not None and event.data["status"] == status
    if status is Status.CLOSED and not decided:
        return None
    quiet, actor = (bool(event.data["quiet"]), event.actor) if decided and event is not None else (False, "")
    reason = f"together with {desk.policy.tag}-{parent.number}, for which it waited"
    moved = tickets.set_status(child, status, actor, now)
    happenings = [replace(one, reason=reason) for one in moved]
    if status is Status.RESOLVED:
        child.resolution, child.prevention = parent.resolution, parent.prevention
    if child.answerable and not quiet:
        _answer(session, desk, child, parent, actor or parent.technician, now)
    return happenings


def _answer(session: Session, desk: Desk, child: Ticket, parent: Ticket, actor: str, now: datetime) -> None:
    """Tells the requester of a duplicate how it ended, in a mail of his own that names nobody else."""
    resolved = child.status == Status.RESOLVED
    technician = desk.policy.directory.technician(actor)
    data = {
        "text": child.resolution if resolved else "",
        "author": technician.name if technician else "",
        "because": "",
        "attachments": [],
        "closes_at": now + desk.policy.settings.closing.resolved_after,
    }
    notice, cause = ("resolved" if resolved else "closed"), f"d{parent.number}:c{child.cycle}"
    secrets = tuple(history.internal_texts(session, parent.number or 0)) if parent.has_internal else ()
    try:
        told = letters.tell_requester(
            session, desk, child, notice, cause, now, data, everyone=True, written=bool(data["text"]), notes=secrets
        )
    except LeakError as error:
        # The solution repeats what is internal in the other ticket: he only learns that it is solved.
        note_leak(session, child, error, now)
        child.resolution = child.prevention = ""
        bare = {**data, "text": ""}
        told = letters.tell_requester(session, desk, child, notice, f"{cause}:bare", now, bare, everyone=True)
    if told:
        child.first_response_at = child.first_response_at or now
        child.last_public_at = now
