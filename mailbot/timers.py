"""The second job: what time brings. Each tick looks at the tickets of which a timer is due, a few in one transaction.

A tick may run twice, late, or after a week: what has been done is marked, what is stale is dropped, and every guard is
asked again at the moment of acting.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from mailbot import caps, deadlines
from mailbot.adapters import absences, clocks, history, links, search, store, waiting
from mailbot.adapters.db import Database
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Survey, Ticket
from mailbot.core.model import EventKind, Status
from mailbot.core.phrases import say
from mailbot.deadlines import RULES, Marks
from mailbot.errors import SchemaError, TransientError
from mailbot.notify import Desk, why_suppressed
from mailbot.pipeline import daily, digests, holds, kin, ladder, letters, progress, returns, tickets, votes
from mailbot.pipeline.ladder import Action

_log = structlog.get_logger("mailbot.timers")
_AFTER_FAILURE = timedelta(hours=1)
_LIMIT = 2000
_GROUP = 8  # Tickets in one transaction: other writers wait for all of them, and that must not be long.
_QUESTIONS = 500
_INDEXED = 2000  # Tickets that one tick indexes for the search at most.
_TURNS = 3  # How often one ticket is looked at in one go: what is done may make something else due at once.
_BATCH = 100  # Tickets that are timed anew in one transaction.


def tick(database: Database, desk: Desk, now: datetime, stopping: Callable[[], bool] = lambda: False) -> int:
    """Does what is due, up to a limit, or until it is to stop; gives how many tickets were looked at.

    Raises:
        TransientError: The database is not to be had; what is left is due at the next tick.
    """
    with database.unit_of_work(write=False) as session:
        numbers = store.due_tickets(session, now, _LIMIT)
    _look_after_all(database, desk, numbers, now, stopping)
    if stopping():
        return len(numbers)
    count = len(numbers) + ask_again(database, desk, now) + welcome_back(database, desk, now)
    count += daily.send(database, desk, now)
    search.catch_up(database, _INDEXED, stopping)
    return count


def catch_up(database: Database, desk: Desk, now: datetime) -> int:
    """Does all that is due, however much it is; gives how many tickets were looked at.

    Raises:
        TransientError: The database is not to be had; what is left is due at the next tick.
    """
    turns: Counter[int] = Counter()
    while True:
        # A ticket that stays due whatever is done to it must neither hold this up for ever nor hide the others.
        stuck = sum(count >= _TURNS for count in turns.values())
        with database.unit_of_work(write=False) as session:
            due = store.due_tickets(session, now, _LIMIT + stuck)
        numbers = [number for number in due if turns[number] < _TURNS]
        if not numbers:
            ask_again(database, desk, now)
            welcome_back(database, desk, now)
            while daily.send(database, desk, now):
                pass  # Until everybody has his own.
            search.catch_up(database, _INDEXED)
            return len(turns)
        _look_after_all(database, desk, numbers, now)
        turns.update(numbers)


def ask_again(database: Database, desk: Desk, now: datetime) -> int:
    """Asks about held messages whose question could not go out before; gives how many were looked at.

    Raises:
        TransientError: The database is not to be had; what is left is asked about at the next tick.
    """
    with database.unit_of_work(write=False) as session:
        keys = waiting.to_ask(session, now, _QUESTIONS)
    full: set[tuple[str, int | None]] = set()
    for key in keys:
        try:
            with database.unit_of_work() as session:
                row = waiting.lock(session, key)
                if row is None or row.ask_at is None:
                    continue
                if (row.kind, row.ticket) in full:
                    # Once a cap is reached it is for all of them; what is asked about the ticket says so already.
                    row.ask_at = now + holds.ASK_AGAIN
                elif not holds.ask_again(session, desk, row, now):
                    full.add((row.kind, row.ticket))
        except TransientError:
            raise
        except Exception:  # noqa: BLE001 - one message must not stop the others; it is tried again in an hour.
            _log.exception("asking_failed", hold=key)
            with database.unit_of_work() as session:
                row = waiting.lock(session, key)
                if row is not None:
                    row.ask_at = now + _AFTER_FAILURE
    return len(keys)


def welcome_back(database: Database, desk: Desk, now: datetime) -> int:
    """Tells technicians whose absence is over what happened meanwhile; gives how many there were.

    Raises:
        TransientError: The database is not to be had; whoever is left is told at the next tick.
    """
    with database.unit_of_work(write=False) as session:
        addresses = absences.over(session, now)
    desk = replace(desk, unhurried=True)
    for address in addresses:
        try:
            with database.unit_of_work() as session:
                absence, technician = absences.end(session, address), desk.policy.directory.technician(address)
                if absence is not None and technician is not None:
                    returns.tell(session, desk, technician, absence, now)
        except TransientError:
            raise
        except Exception:  # noqa: BLE001 - one mail must not stop the others; that he is back counts all the same.
            _log.exception("welcome_failed", technician=address)
            with database.unit_of_work() as session:
                absences.end(session, address)
    return len(addresses)


def _look_after_all(
    database: Database,
    desk: Desk,
    numbers: Sequence[int],
    now: datetime,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    if len(numbers) > digests.FEW:
        desk = digests.patient(desk)
    for start in range(0, len(numbers), _GROUP):
        if stopping():
            return
        group = numbers[start : start + _GROUP]
        done = _look_after_together(database, desk, group, now)
        _look_after_singly(database, desk, [number for number in group if number not in done], now)


def _look_after_together(database: Database, desk: Desk, numbers: Sequence[int], now: datetime) -> set[int]:
    """Looks after tickets in one transaction; gives which are done: none, if one of them fails."""
    try:
        with database.unit_of_work() as session:
            found = clocks.lock_due(session, numbers, now)
            for number in numbers:
                if number in found:
                    look_after(session, desk, number, now)
            return found
    except SchemaError:
        raise
    except Exception as error:  # noqa: BLE001 - one ticket must not stop the others: each is looked after by itself.
        # So is each where two nodes were in the way of each other.
        _log.debug("timers_failed_together", tickets=list(numbers), error=repr(error))
        return set()


def _look_after_singly(database: Database, desk: Desk, numbers: Sequence[int], now: datetime) -> None:
    for number in numbers:
        try:
            with database.unit_of_work() as session:
                look_after(session, desk, number, now)
        except (TransientError, SchemaError):
            # The database is not to be had: that is no fault of the ticket, and the next tick finds it due again.
            raise
        except Exception:  # noqa: BLE001 - one ticket must not stop the others; it is tried again later.
            _log.exception("timer_failed", ticket=number)
            _postpone(database, number, now)


def retime_all(database: Database, desk: Desk, now: datetime, stopping: Callable[[], bool] = lambda: False) -> int:
    """Derives the targets of all active tickets anew, for a configuration that may have changed meanwhile.

    What has run on their clocks stays; only tickets that are due at another time than before are written.

    Returns:
        How many were.

    Raises:
        TransientError: The database is not to be had; what is left may be done again from the start.
    """
    changed = last = 0
    while not stopping():
        with database.unit_of_work(write=False) as session:
            numbers = clocks.active_after(session, last, _BATCH)
        if not numbers:
            break
        last = numbers[-1]
        try:
            with database.unit_of_work() as session:
                found = clocks.lock_active(session, numbers)
                marks = clocks.marks_of(session, found)
                changed += sum(_retime(desk, ticket, marks[ticket.number or 0], now) for ticket in found)
        except TransientError:
            raise
        except Exception:  # noqa: BLE001 - these tickets keep their old targets, which must stop neither others nor ticks.
            _log.exception("retiming_failed", tickets=numbers)
    if changed:
        _log.info("retimed", tickets=changed)
    return changed


def _retime(desk: Desk, ticket: Ticket, marks: Marks, now: datetime) -> bool:
    before = (ticket.respond_by, ticket.resolve_by, ticket.next_due_at)
    deadlines.retime(ticket, desk.policy, now)
    deadlines.schedule(ticket, desk.policy, marks)
    return (ticket.respond_by, ticket.resolve_by, ticket.next_due_at) != before


def _postpone(database: Database, number: int, now: datetime) -> None:
    with database.unit_of_work() as session:
        ticket = store.lock_ticket(session, number)
        if ticket is not None:
            ticket.next_due_at = now + _AFTER_FAILURE
            reason = "a timer failed and is tried again in an hour; see the log"
            store.add_events(session, number, now, [Happening(EventKind.TIMER_FAILED, reason=reason)])


def look_after(session: Session, desk: Desk, number: int, now: datetime) -> None:
    """Fires every timer of a ticket that is due, and computes when the next one is."""
    ticket = store.lock_ticket(session, number)
    if ticket is None or ticket.next_due_at is None or ticket.next_due_at > now:
        return
    desk = replace(desk, unhurried=True)
    late = now - ticket.next_due_at > desk.policy.settings.helpdesk.late_after
    if late and history.made_at(session, number) > ticket.next_due_at:
        desk = digests.patient(desk)  # It was overdue when it came, out of a backlog: there will be more of them.
    marks = store.marks(session, number, ticket.cycle)
    fired = False
    for name, rule in RULES.items():
        due_at = rule(ticket, desk.policy, marks)
        if due_at is not None and due_at <= now:
            fired = True
            happenings = ACTIONS[name](session, desk, ticket, marks, due_at, now)
            tickets.finish(session, desk.policy, ticket, happenings, now)
            marks = store.marks(session, number, ticket.cycle)
    if not fired:
        tickets.finish(session, desk.policy, ticket, [], now)


def _update(
    session: Session, desk: Desk, ticket: Ticket, marks: Marks, due_at: datetime, now: datetime
) -> list[Happening]:
    new, ticket.last_public_at = progress.since(session, desk.policy, ticket, ticket.last_public_at), now
    data = {
        **new,
        "text": history.latest_public_text(session, ticket.number or 0),
        "next_update_by": deadlines.update_due(ticket, desk.policy, marks),
    }
    cause = f"u{int(due_at.timestamp())}"
    if not letters.tell_requester(session, desk, ticket, "status_update", cause, now, data):
        return []  # The ticket says already why not.
    return [Happening(EventKind.NOTICE_QUEUED, reason="status update", data={"notice": "status_update"})]


def _remind(
    session: Session, desk: Desk, ticket: Ticket, marks: Marks, due_at: datetime, now: datetime
) -> list[Happening]:
    del due_at
    count = deadlines.reminders_sent(ticket, marks) + 1
    mark = f"{deadlines.reminder_prefix(ticket)}{count}"
    pending = desk.policy.settings.pending
    data = {
        "text": history.latest_public_text(session, ticket.number or 0),
        "closes_at": max((ticket.waiting_since or now) + pending.close_after, now + pending.remind_after)
        if pending.close_after
        else None,
    }
    ticket.last_public_at = now
    told = letters.tell_requester(session, desk, ticket, "pending_reminder", mark, now, data)
    # Who gets too much mail today is reminded later: nobody is given up whom nobody has reminded.
    if told or not caps.is_cap(why_suppressed(session, ticket, "pending_reminder", ticket.requester_address)):
        store.add_mark(session, ticket.number or 0, ticket.cycle, mark, now)
    if not told:
        return []
    return [Happening(EventKind.NOTICE_QUEUED, reason=f"reminder {count}", data={"notice": "pending_reminder"})]


def _close_for(because: str, reason: str) -> Action:
    def act(
        session: Session, desk: Desk, ticket: Ticket, marks: Marks, due_at: datetime, now: datetime
    ) -> list[Happening]:
        del marks, due_at
        happenings = tickets.set_status(ticket, Status.CLOSED, "", now)
        ticket.last_public_at = now
        data = {"text": "", "author": "", "because": because}
        letters.tell_requester(session, desk, ticket, "closed", f"c{ticket.cycle}", now, data)
        return [replace(happening, reason=reason) for happening in happenings]

    return act


def _wake(
    session: Session, desk: Desk, ticket: Ticket, marks: Marks, due_at: datetime, now: datetime
) -> list[Happening]:
    del marks
    if ticket.waits_for is not None:
        # A technician has decided about what it waits for, and his answer waits for no hours.
        followed = kin.follow(session, replace(desk, unhurried=False), ticket, now)
        if followed is not None:
            return followed
    happenings = tickets.set_status(ticket, Status.OPEN, "", now)
    newest = links.newest_message(session, ticket.number or 0, ticket.requester_address)
    for person in letters.responsible(desk.policy, ticket):
        data = {
            "text": newest.text if newest else "",
            "author": letters.requester_of(ticket).label,
            "attachments": [],
            "reasons": [say(letters.language_of(desk.policy, person), "why_waited")],
            "assigned_by": "",
        }
        cause = f"w{int(due_at.timestamp())}"
        letters.tell_technician(session, desk, ticket, "assigned", person, cause, now, data)
    return happenings


def _ask(
    session: Session, desk: Desk, ticket: Ticket, marks: Marks, due_at: datetime, now: datetime
) -> list[Happening]:
    """Asks for satisfaction, unless the question is stale or this person was asked not long ago."""
    del marks
    assert ticket.number is not None
    surveys = desk.policy.settings.surveys
    store.add_mark(session, ticket.number, ticket.cycle, "survey", now)
    if now - due_at > surveys.valid:
        return [Happening(EventKind.NOTICE_SUPPRESSED, reason="the survey is stale", data={"notice": "survey"})]
    if store.surveyed_since(session, ticket.requester_address, now - surveys.min_interval):
        reason = f"{ticket.requester_address} was asked less than surveys.min_interval ago"
        return [Happening(EventKind.NOTICE_SUPPRESSED, reason=reason, data={"notice": "survey"})]
    cause = f"c{ticket.cycle}"
    data = {"taps": votes.taps(desk.policy, ticket, cause, now)}
    if not letters.tell_requester(session, desk, ticket, "survey", cause, now, data):
        return []
    session.add(Survey(ticket=ticket.number, cycle=ticket.cycle, address=ticket.requester_address, asked_at=now))
    return [Happening(EventKind.NOTICE_QUEUED, reason="survey", data={"notice": "survey"})]


ACTIONS: dict[str, Action] = {
    "response": ladder.climb("response"),
    "resolution": ladder.climb("resolution"),
    "response_warning": ladder.warn("response"),
    "resolution_warning": ladder.warn("resolution"),
    "update": _update,
    "reminder": _remind,
    "silence": _close_for("silence", "the requester has not answered (pending.close_after)"),
    "wake": _wake,
    "closing": _close_for("solved", "nobody objected to the solution (closing.resolved_after)"),
    "survey": _ask,
}
"""What each timer of `deadlines.RULES` does when it is due."""
