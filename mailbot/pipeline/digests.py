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
        (mail.recipient, mail.notice) for mail in due if NOTICES[mail.notice].bundles and gathering.waits(mail)
    )
    done = False
    for recipient, notice in groups:
        try:
            done |= _bundle(session, desk, recipient, notice, now)
        except Exception:  # noqa: BLE001 - a list that cannot be made must not stop all mail: each goes by itself.
            _log.exception("not_bundled", recipient=recipient, notice=notice)
    return done


def _bundle(session: Session, desk: Desk, recipient: str, notice: str, now: datetime) -> bool:
    found = gathering.waiting(session, recipient, notice, now)
    if len(found) <= FEW:
        return False
    rows = gathering.tickets(session, {mail.ticket for mail in found})
    there = {row.number: row for row in rows if _is_true(notice, row)}
    mails = [mail for mail in found if mail.ticket in there]
    if len(mails) <= FEW:
        return False  # What is no longer true is dropped when it is its turn.
    first = min(mail.id for mail in mails)
    technician = desk.policy.directory.technician(recipient)
    person = letters.person(technician) if technician else Address("", recipient)
    tickets = sorted(there.values(), key=lambda row: (ticketrows.due(row) or _LAST, row.number or 0))
    cause = f"o{first}"
    data = {
        "scale": (Scale.OVERDUE if notice == "escalation" else Scale.MINE).value,
        "total": len(tickets),
        "left_out": max(len(tickets) - _ROWS, 0),
        "rows": ticketrows.rows(desk.policy, tickets[:_ROWS], "digest", person, cause, now),
    }
    if not letters.tell_technician(session, desk, None, "digest", person, cause, now, data):
        return False
    _take_back(session, notice, recipient, mails, now)
    _log.info("bundled", recipient=recipient, notice=notice, mails=len(mails), tickets=len(tickets))
    return True


def _is_true(notice: str, ticket: Ticket) -> bool:
    return notice != "escalation" or Status(ticket.status) in ACTIVE_STATUSES


def _take_back(session: Session, notice: str, recipient: str, mails: Sequence[Waiting], now: datetime) -> None:
    post.cancel(session, [mail.id for mail in mails], "listed in a digest with others")
    reason = f"the {notice} to {recipient} was not sent by itself: it is listed in a digest with others"
    for mail in mails:
        details = {"recipient": recipient, "notice": notice, "outbox": mail.id}
        store.add_events(
            session, mail.ticket, now, [Happening(EventKind.NOTICE_SUPPRESSED, reason=reason, data=details)]
        )
