"""Many mails to one person at once become one list: after down time nobody reads a hundred notices.

Whoever causes them says so by the patience of the desk: they wait in the outbox a little before their first attempt.
When the first of them is due, all that wait for the same person are cancelled, and a digest is queued, in one
transaction; a few go by themselves. Mail that is sent at once never comes here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlmodel import Session

from mailbot.adapters import gathering, post, store
from mailbot.adapters.gathering import Waiting
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.core.commands.deeds import Scale
from mailbot.core.model import ACTIVE_STATUSES, Address, EventKind, Status
from mailbot.core.notices import NOTICES
from mailbot.notify import Desk
from mailbot.pipeline import letters, ticketrows
from mailbot.policy import Policy

_log = structlog.get_logger("mailbot.digests")

PATIENCE = timedelta(minutes=1)
"""How long the mails wait for each other."""
FEW = 5
"""So many go by themselves: each has the whole request in it, and is answered with one tap."""
_ROWS = 100
_LAST = datetime.max.replace(tzinfo=UTC)


def patient(desk: Desk) -> Desk:
    """The desk for a time at which much happens at once."""
    return replace(desk, patience=PATIENCE)


def bundle(session: Session, desk: Desk, due: Sequence[OutboxMail], now: datetime) -> bool:
    """Makes one list of what waits together, if the first of it is due; False if all goes as it is."""
    groups = dict.fromkeys(
        (mail.recipient, mail.notice) for mail in due if NOTICES[mail.notice].bundled_as and gathering.waits(mail)
    )
    done = False
    for recipient, notice in groups:
        try:
            with session.begin_nested():
                done |= _bundle(session, desk, recipient, notice, now)
        except gathering.StatementError:
            raise  # Then nothing is sent now, neither the list nor what it would replace.
        except Exception:  # noqa: BLE001 - a list that cannot be made must not stop all mail: each goes by itself.
            _log.exception("not_bundled", recipient=recipient, notice=notice)
    return done


def _bundle(session: Session, desk: Desk, recipient: str, notice: str, now: datetime) -> bool:
    found = gathering.waiting(session, recipient, notice, now)
    if len(found) <= FEW:
        return False
    rows = gathering.tickets(session, {mail.ticket for mail in found})
    there = {row.number: row for row in rows if _concerns(desk.policy, notice, recipient, row, now)}
    mails = [mail for mail in found if mail.ticket in there]
    untrue = [mail for mail in found if mail.ticket not in there]
    if untrue:
        _take_back(session, notice, recipient, untrue, "its ticket is done, or somebody else's, meanwhile", now)
    if len(mails) <= FEW:
        return bool(untrue)
    first = min(mail.id for mail in mails)
    technician = desk.policy.directory.technician(recipient)
    person = letters.person(technician) if technician else Address("", recipient)
    tickets = sorted(there.values(), key=lambda row: (ticketrows.due(row) or _LAST, row.number or 0))
    cause, listed_as = f"o{first}", NOTICES[notice].bundled_as
    data = {
        "scale": (Scale.OVERDUE if notice == "escalation" else Scale.MINE).value,
        "total": len(tickets),
        "left_out": max(len(tickets) - _ROWS, 0),
        "rows": ticketrows.rows(desk.policy, tickets[:_ROWS], listed_as, person, cause, now),
    }
    if not letters.tell_technician(session, desk, None, listed_as, person, cause, now, data):
        return bool(untrue)
    _take_back(session, notice, recipient, mails, "it is listed in a digest with others", now)
    _log.info("bundled", recipient=recipient, notice=notice, mails=len(mails), tickets=len(tickets))
    return True


def _concerns(policy: Policy, notice: str, recipient: str, ticket: Ticket, now: datetime) -> bool:
    """Whether a mail about a ticket is still true: it is open, and overdue if it says so, or its recipient's."""
    if Status(ticket.status) not in ACTIVE_STATUSES:
        return False
    if notice in {"escalation", "warning"}:
        due_at = ticketrows.due(ticket)
        return due_at is not None and (due_at <= now) == (notice == "escalation")
    return notice != "assigned" or recipient in {person.key for person in letters.responsible(policy, ticket)}


def _take_back(
    session: Session, notice: str, recipient: str, mails: Sequence[Waiting], because: str, now: datetime
) -> None:
    post.cancel(session, [mail.id for mail in mails], because)
    reason = f"the {notice} to {recipient} was not sent by itself: {because}"
    for mail in mails:
        details = {"recipient": recipient, "notice": notice, "outbox": mail.id}
        store.add_events(
            session, mail.ticket, now, [Happening(EventKind.NOTICE_SUPPRESSED, reason=reason, data=details)]
        )
