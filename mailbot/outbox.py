"""The third job: what is due in the outbox goes to the SMTP server, and what becomes of each mail is written down.

An attempt is claimed in a transaction of its own before anything is dialled; each answer of the server is committed at
once, so that the time in which a crash could cause a second copy is as short as can be (RFC 1047).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from mailbot.adapters import gathering, post, store
from mailbot.adapters.db import Database
from mailbot.adapters.smtp import Outgoing, Result
from mailbot.adapters.smtp_mail import Carrier
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail
from mailbot.core.model import EventKind, Report
from mailbot.core.notices import NOTICES
from mailbot.errors import TransientError
from mailbot.log import mail_log
from mailbot.notify import Desk
from mailbot.pipeline import absences, digests, hours, sendable
from mailbot.pipeline.bounces import take_back_response, tell_undeliverable

_log = structlog.get_logger("mailbot.outbox")

LEASE = timedelta(minutes=15)
"""How long a claimed mail is left to whoever claimed it: longer than every time limit of one SMTP transaction.

A batch may take longer than that, so the claims of those that still wait are renewed now and then.
"""

_FIRST_RETRY = timedelta(seconds=300)
_LAST_RETRY = timedelta(seconds=4000)
_RENEW_AFTER = timedelta(minutes=1)
_MINUTE = timedelta(minutes=1)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b", re.ASCII)  # RFC 3463 s.2.
_ANSWER_LENGTH = 2000  # Characters.
_MAX_UNCERTAIN = 3  # After so many unanswered final dots a mail is not sent again.


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What is remembered of a mail while it is under way."""

    notice: str
    ticket: int | None
    recipient: str
    message_id: str
    attempts: int
    unanswered: int
    due_at: datetime
    created_at: datetime


def drain(
    database: Database,
    courier: Carrier,
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
        if not _send(database, courier, desk, outgoing, claimed, clock):
            break
    return total


def _claim(database: Database, desk: Desk, now: datetime) -> tuple[list[Outgoing], dict[int, _Claimed]]:
    outgoing: list[Outgoing] = []
    claimed: dict[int, _Claimed] = {}
    sender = desk.policy.envelope_from
    with database.unit_of_work() as session:
        rows = _due(session, desk, now)
        while rows and hours.put_off(session, desk.policy, rows, now):
            rows = _due(session, desk, now)
        if digests.bundle(session, desk, rows, now):
            rows = _due(session, desk, now)
        obstacles = sendable.obstacles(session, desk.policy, rows, now) if rows else {}
        for row in rows:
            assert row.id is not None
            if row.state == "sending" and not NOTICES[row.notice].resend_if_uncertain:
                _drop(session, row, "uncertain", "it may have been sent before a crash", now)
                continue
            if row.id in obstacles:
                _drop(session, row, "cancelled", obstacles[row.id], now)
                continue
            outgoing.append(Outgoing(row.id, sender, row.recipient, row.raw))
            claimed[row.id] = _Claimed(
                row.notice,
                row.ticket,
                row.recipient,
                row.message_id,
                row.attempts + 1,
                post.unanswered(row.answer),
                row.next_attempt_at or now,
                row.created_at,
            )
        if outgoing:
            post.mark_sending(session, claimed, now + LEASE)
    return outgoing, claimed


def _drop(session: Session, row: OutboxMail, state: str, reason: str, now: datetime) -> None:
    """Takes a mail out of the outbox unsent, and says so on its ticket."""
    assert row.id is not None
    lost_at = now if state == "uncertain" else None
    post.record(session, row.id, state=state, next_attempt_at=None, answer=reason, lost_at=lost_at)
    mail_log("send", outcome=state, reason=reason, notice=row.notice, ticket=row.ticket, message_id=row.message_id)
    if row.ticket is None:
        return
    if state == "uncertain":
        kind, text = EventKind.NOTICE_FAILED, f"nobody knows whether the {row.notice} to {row.recipient} arrived"
    else:
        kind, text = EventKind.NOTICE_SUPPRESSED, f"the {row.notice} to {row.recipient} was not sent"
    _note(session, row.ticket, now, kind, f"{text}: {reason}", row)
    if row.notice == "survey" and state == "cancelled":
        _forget_question(session, row.ticket)


def _forget_question(session: Session, ticket: int) -> None:
    """A survey that was never sent is none: the person may be asked about another ticket."""
    question = store.survey(session, ticket)
    if question is not None and question.answered_at is None:
        session.delete(question)


def _note(session: Session, ticket: int, now: datetime, kind: EventKind, reason: str, row: OutboxMail) -> None:
    details = {"recipient": row.recipient, "notice": row.notice, "outbox": row.id}
    store.add_events(session, ticket, now, [Happening(kind, reason=reason, data=details)])


def _due(session: Session, desk: Desk, now: datetime) -> list[OutboxMail]:
    """What may be sent in one go: a batch, or what is left of this minute's rates."""
    settings = desk.policy.settings
    batch, paced = settings.smtp.batch, None
    if settings.smtp.rate_per_minute:
        batch = min(batch, _left(session, settings.smtp.rate_per_minute, now))
    if settings.limits.routine_per_minute:
        paced = _left(session, settings.limits.routine_per_minute, now, paced=True)
    return post.due(session, now, batch, paced)


def _left(session: Session, rate: int, now: datetime, *, paced: bool = False) -> int:
    return max(0, rate - post.attempted_since(session, now - _MINUTE, now, rate, paced=paced))


def _send(
    database: Database,
    courier: Carrier,
    desk: Desk,
    outgoing: list[Outgoing],
    claimed: dict[int, _Claimed],
    clock: Callable[[], datetime],
) -> bool:
    """Sends a batch; False if it ended before each mail had its turn."""
    pending = dict(claimed)
    claimed_at = clock()

    def turns() -> Iterator[Outgoing]:
        nonlocal claimed_at
        for mail in outgoing:
            if clock() - claimed_at > _RENEW_AFTER:
                claimed_at = clock()
                _renew(database, pending, claimed_at)
            if mail.id in pending:
                yield mail

    def on_result(result: Result) -> None:
        mail = pending.pop(result.id)
        with database.unit_of_work() as session:
            ours = _record(session, desk, result, mail, clock())
        if not ours:
            _lost(mail, outcome=result.outcome, smtp_code=result.code)
            return
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
        courier.send(turns(), on_result)
    except TransientError as error:
        _put_back(database, desk, pending, str(error), clock())
        raise
    except Exception as error:
        # A bug: nobody knows how far the first of them got, so its lease has to end; the others were not begun.
        begun = next(iter(pending), None)
        waiting = {key: mail for key, mail in pending.items() if key != begun}
        _put_back(database, desk, waiting, f"an error of mailbot: {error!r}", clock())
        raise
    if pending:
        _put_back(database, desk, pending, "the batch ended before it was its turn", clock())
    return not pending


def _renew(database: Database, pending: dict[int, _Claimed], now: datetime) -> None:
    """Claims the mails that still wait for longer; those that another node has taken meanwhile are no more ours."""
    with database.unit_of_work() as session:
        ours = post.renew(session, {key: mail.attempts for key, mail in pending.items()}, now + LEASE)
    for key in pending.keys() - ours:
        _lost(pending.pop(key), outcome="not tried")


def _lost(mail: _Claimed, **result: object) -> None:
    """Tells operators that another node has taken a mail over: what happened to it there is what holds."""
    hint = "another node took it over, because this one was stuck for longer than the lease; it may arrive twice"
    about = {"message_id": mail.message_id, "notice": mail.notice, "ticket": mail.ticket, "recipient": mail.recipient}
    _log.warning("claim_lost", **about, **result, hint=hint)


def _put_back(database: Database, desk: Desk, pending: dict[int, _Claimed], text: str, now: datetime) -> None:
    """Mails whose turn never came wait as before; the pauses of the connection say when it is tried again.

    The first one goes behind the others: should it be what the server cannot stand, it does not stop them.
    """
    first = next(iter(pending), None)
    old = {key for key, mail in pending.items() if now - mail.created_at > desk.policy.settings.smtp.give_up_after}
    with database.unit_of_work() as session:
        for key in old:
            _record(session, desk, Result(key, "retry", None, text), pending[key], now)
        post.put_back(
            session,
            [
                {
                    "of": key,
                    "claimed": mail.attempts,
                    "attempts": mail.attempts - 1,
                    "next_attempt_at": now if key == first else mail.due_at,
                    "answer": post.answer_text(mail.unanswered, text[:_ANSWER_LENGTH]),
                }
                for key, mail in pending.items()
                if key not in old
            ],
        )


def _record(session: Session, desk: Desk, result: Result, mail: _Claimed, now: datetime) -> bool:
    """Writes down what the server said, and tells who must know; False, and nothing, if the claim is no more ours."""
    unanswered = mail.unanswered + (result.outcome == "uncertain")
    state = _state_after(result, mail, unanswered, now - mail.created_at > desk.policy.settings.smtp.give_up_after)
    values = {
        "state": state,
        "next_attempt_at": now + retry_delay(mail.attempts) if state == "queued" else None,
        "smtp_code": result.code,
        "answer": post.answer_text(unanswered, result.text[:_ANSWER_LENGTH]),
    }
    if state == "sent":
        values["sent_at"] = now
    elif state != "queued":
        values["lost_at"] = now
    if not post.record(session, result.id, claimed=mail.attempts, **values):
        return False
    if state in {"failed", "uncertain"}:
        _tell(session, desk, result, state, now)
    return True


def _state_after(result: Result, mail: _Claimed, unanswered: int, too_old: bool) -> str:
    if result.outcome in {"sent", "failed"}:
        return result.outcome
    if result.outcome == "uncertain":
        worth_repeating = NOTICES[mail.notice].resend_if_uncertain and unanswered < _MAX_UNCERTAIN
        return "queued" if worth_repeating and not too_old else "uncertain"
    return "failed" if too_old else "queued"


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 minutes, doubling up to a good hour (as Postfix does)."""
    doubled = _FIRST_RETRY * (1 << (min(attempts, 10) - 1))
    return min(doubled, _LAST_RETRY)


def _tell(session: Session, desk: Desk, result: Result, state: str, now: datetime) -> None:
    """Makes a failure visible: an event on the ticket, and a word to whoever can reach the recipient otherwise."""
    row = session.get(OutboxMail, result.id)
    assert row is not None, f"mail {result.id} has left the outbox while it was being sent"
    about = f"the {row.notice} to {row.recipient}"
    reason = f"{about} was not accepted: {result.text}"
    if state == "uncertain":
        reason = f"nobody knows whether {about} arrived: {result.text}"
    if row.ticket is not None:
        _note(session, row.ticket, now, EventKind.NOTICE_FAILED, reason, row)
    if state == "failed":
        take_back_response(session, desk, row, now)
    if state == "failed" or NOTICES[row.notice].resend_if_uncertain:
        # What a server says at once counts like what it says in a report.
        status = _STATUS.search(result.text)
        code = str(result.code or "")
        report = Report((row.recipient,), status=status[0] if status else "", diagnostic=result.text, smtp_code=code)
        absent = absences.unreachable(session, desk.policy, row, report, now) if state == "failed" else None
        detail = reason if state == "uncertain" else result.text
        tell_undeliverable(session, desk, row, detail, now, absent_until=absent)


def waiting(database: Database, now: datetime) -> int:
    """How many mails are due, but were not sent because a rate is used up."""
    with database.unit_of_work(write=False) as session:
        return post.count_due(session, now)


def hurry(database: Database, now: datetime) -> None:
    """Makes due what waits to be bundled: for whoever sends once, and after all of it is there."""
    with database.unit_of_work() as session:
        names = [notice.name for notice in NOTICES.values() if notice.bundled_as]
        gathering.hurry(session, now, names, digests.PATIENCE)


def take_over(database: Database, now: datetime) -> int:
    """At the start of the only daemon: mails that its dead predecessor was sending are due at once."""
    with database.unit_of_work() as session:
        count = post.release_claims(session, now)
    if count:
        _log.warning("claims_released", count=count)
    return count
