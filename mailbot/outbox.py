"""The third job: what is due in the outbox goes to the SMTP server, and what becomes of each mail is written down.

An attempt is claimed in a transaction of its own before anything is dialled; each answer of the server is committed at
once, so that the time in which a crash could cause a second copy is as short as can be (RFC 1047).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from mailbot.adapters import post, store
from mailbot.adapters.db import Database
from mailbot.adapters.smtp import Courier, Outgoing, Result
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail
from mailbot.core.model import ACTIVE_STATUSES, EventKind, Status
from mailbot.core.notices import NOTICES
from mailbot.errors import TransientError
from mailbot.log import mail_log
from mailbot.notify import Desk
from mailbot.pipeline.bounces import tell_undeliverable

_log = structlog.get_logger("mailbot.outbox")

LEASE = timedelta(minutes=15)
"""How long a claimed mail is left to whoever claimed it: longer than every time limit of one SMTP transaction."""

_FIRST_RETRY = timedelta(seconds=300)
_LAST_RETRY = timedelta(seconds=4000)
_MINUTE = timedelta(minutes=1)
_MAX_UNCERTAIN = 3  # After so many unanswered final dots a mail is not sent again.

_ABOUT_ACTIVE = frozenset({"status_update", "pending_reminder", "escalation"})
"""Notices that are only true while the ticket is active; they are asked again before they are sent."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What is remembered of a mail while it is under way."""

    notice: str
    ticket: int | None
    recipient: str
    message_id: str
    attempts: int
    created_at: datetime


def drain(
    database: Database,
    courier: Courier,
    desk: Desk,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Sends everything that is due, batch after batch until told to stop; gives how many mails were tried.

    Raises:
        TransientError: The SMTP server cannot be reached or refuses us; the mails stay in the outbox.
    """
    total = 0
    while not stopping():
        outgoing, claimed = _claim(database, desk, clock())
        if not outgoing:
            break
        total += len(outgoing)
        _send(database, courier, desk, outgoing, claimed, clock)
    return total


def _claim(database: Database, desk: Desk, now: datetime) -> tuple[list[Outgoing], dict[int, _Claimed]]:
    outgoing: list[Outgoing] = []
    claimed: dict[int, _Claimed] = {}
    sender = desk.policy.envelope_from
    with database.unit_of_work() as session:
        for row in post.due(session, now, _room(session, desk, now)):
            assert row.id is not None
            reason = _why_not(session, row, now)
            if reason:
                state = "uncertain" if row.state == "sending" else "cancelled"
                post.record(session, row.id, state=state, next_attempt_at=None, answer=reason)
                mail_log("send", outcome=state, reason=reason, notice=row.notice, message_id=row.message_id)
                continue
            outgoing.append(Outgoing(row.id, sender, row.recipient, row.raw))
            claimed[row.id] = _Claimed(
                row.notice, row.ticket, row.recipient, row.message_id, row.attempts + 1, row.created_at
            )
        if outgoing:
            post.mark_sending(session, claimed, now + LEASE)
    return outgoing, claimed


def _room(session: Session, desk: Desk, now: datetime) -> int:
    """How many mails may be sent in one go: a batch, or what is left of this minute's rate."""
    smtp = desk.policy.settings.smtp
    if not smtp.rate_per_minute:
        return smtp.batch
    left = smtp.rate_per_minute - post.attempted_since(session, now - _MINUTE)
    return max(0, min(smtp.batch, left))


def _why_not(session: Session, row: OutboxMail, now: datetime) -> str:
    """Why a due mail must not be sent after all, "" if it may: its guards are asked at the moment of sending."""
    if row.state == "sending" and not NOTICES[row.notice].resend_if_uncertain:
        return "it may have been sent before a crash, and is not worth a second copy"
    if row.valid_until is not None and row.valid_until < now:
        return "it is stale"
    if row.notice in _ABOUT_ACTIVE and row.ticket is not None:
        ticket = store.get_ticket(session, row.ticket)
        if ticket is not None and Status(ticket.status) not in ACTIVE_STATUSES:
            return f"the ticket is {ticket.status} meanwhile"
    return ""


def _send(
    database: Database,
    courier: Courier,
    desk: Desk,
    outgoing: list[Outgoing],
    claimed: dict[int, _Claimed],
    clock: Callable[[], datetime],
) -> None:
    pending = dict(claimed)

    def on_result(result: Result) -> None:
        mail = pending.pop(result.id)
        with database.unit_of_work() as session:
            _record(session, desk, result, mail, clock())
        mail_log(
            "send",
            outcome=result.outcome,
            smtp_code=result.code,
            answer=result.text,
            notice=mail.notice,
            ticket=mail.ticket,
            recipient=mail.recipient,
            message_id=mail.message_id,
            attempt=mail.attempts,
        )

    try:
        courier.send(outgoing, on_result)
    except TransientError as error:
        _put_back(database, desk, pending, str(error), clock())
        raise
    if pending:
        _put_back(database, desk, pending, "the batch ended before it was its turn", clock())


def _put_back(database: Database, desk: Desk, pending: dict[int, _Claimed], text: str, now: datetime) -> None:
    with database.unit_of_work() as session:
        for key, mail in pending.items():
            _record(session, desk, Result(key, "retry", None, text), mail, now)


def _record(session: Session, desk: Desk, result: Result, mail: _Claimed, now: datetime) -> None:
    if result.outcome == "sent":
        values = {"state": "sent", "sent_at": now, "next_attempt_at": None}
    elif result.outcome == "failed":
        values = {"state": "failed", "next_attempt_at": None}
    elif result.outcome == "uncertain" and not _worth_repeating(mail):
        values = {"state": "uncertain", "next_attempt_at": None}
    elif now - mail.created_at > desk.policy.settings.smtp.give_up_after:
        values = {"state": "failed", "next_attempt_at": None}
    else:
        values = {"state": "queued", "next_attempt_at": now + retry_delay(mail.attempts)}
    post.record(session, result.id, **values, smtp_code=result.code, answer=result.text[:2000])
    if values["state"] == "failed":
        _tell(session, desk, result, mail, now)


def _worth_repeating(mail: _Claimed) -> bool:
    return NOTICES[mail.notice].resend_if_uncertain and mail.attempts < _MAX_UNCERTAIN


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 minutes, doubling up to a good hour (as Postfix does)."""
    doubled = _FIRST_RETRY * (1 << (min(attempts, 10) - 1))
    return min(doubled, _LAST_RETRY)


def _tell(session: Session, desk: Desk, result: Result, mail: _Claimed, now: datetime) -> None:
    """Makes a failure visible: an event on the ticket, and a word to its technician if the mail was for outside."""
    if mail.ticket is None:
        return
    reason = f"the {mail.notice} to {mail.recipient} was not accepted: {result.text}"
    details = {"recipient": mail.recipient, "notice": mail.notice, "outbox": result.id}
    store.add_events(session, mail.ticket, now, [Happening(EventKind.NOTICE_FAILED, reason=reason, data=details)])
    row = session.get(OutboxMail, result.id)
    if row is not None and not row.internal:
        tell_undeliverable(session, desk, row, result.text, now)


def take_over(database: Database, now: datetime) -> int:
    """At the start of the only daemon: mails that its dead predecessor was sending are due at once."""
    with database.unit_of_work() as session:
        count = post.release_claims(session, now)
    if count:
        _log.warning("claims_released", count=count)
    return count
