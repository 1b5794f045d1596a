"""Queries about time to come: when something is due next, and what went out and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from mailbot.adapters import post, store
from mailbot.adapters.tables import Event, Hold, OutboxMail, Receipt, TechnicianState, Ticket, UTCDateTime
from mailbot.core.model import EventKind

_LEFT = 2001  # How many tickets that are still due are looked at: one more than a tick does.
_PART = 500  # Mails that are looked up at a time.
_NOT_SENT = frozenset({EventKind.NOTICE_SUPPRESSED.value, EventKind.LEAK_BLOCKED.value})
_NO_CAUSE = _NOT_SENT | {EventKind.NOTICE_FAILED.value}

# Built once, since they are asked at each of thousands of moments.
_MOMENT = bindparam("moment", type_=UTCDateTime)
_NEXT = (
    select(func.min(col(Ticket.next_due_at))).where(col(Ticket.next_due_at) > _MOMENT),
    select(func.min(col(OutboxMail.next_attempt_at))).where(
        col(OutboxMail.next_attempt_at) > _MOMENT, col(OutboxMail.state).in_(["queued", "sending"])
    ),
    select(func.min(col(Hold.ask_at))).where(col(Hold.ask_at) > _MOMENT, col(Hold.state) == "open"),
    select(func.min(col(TechnicianState.away_until))).where(
        col(TechnicianState.away_until) > _MOMENT, col(TechnicianState.away_since).is_not(None)
    ),
)
_TICKET_DUE = select(col(Ticket.number)).where(col(Ticket.next_due_at) <= _MOMENT).limit(1)
_MAIL_DUE = select(col(OutboxMail.id)).where(col(OutboxMail.next_attempt_at) <= _MOMENT).limit(1)


@dataclass(frozen=True, slots=True)
class Told:
    """A mail, and why it was made: what happened to its ticket at the same moment, a text for each; maybe none."""

    id: int
    notice: str
    ticket: int | None
    hold: int | None
    recipient: str
    created_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Untold:
    """A mail that was held back, or taken out of the outbox; `notice` and `recipient` are "" if nobody was meant."""

    at: datetime
    ticket: int
    notice: str
    recipient: str
    reason: str


def next_after(session: Session, moment: datetime) -> datetime | None:
    """When the next thing is due after a moment: a ticket, a mail, a question, or the end of an absence (UTC)."""
    found = [session.scalar(statement, {"moment": moment}) for statement in _NEXT]
    return min((when for when in found if when is not None), default=None)


def behind(session: Session, moment: datetime) -> frozenset[str]:
    """What is still due at a moment, after all had its turn: because there was too much of it, or it cannot be done."""
    left: set[str] = set()
    if session.scalar(_TICKET_DUE, {"moment": moment}) is not None:
        left |= {f"ticket {number}" for number in store.due_tickets(session, moment, _LEFT)}
    if is_mail_due(session, moment):
        # One that waits for an earlier mail to the same person is not behind: it goes right after that one.
        left |= {f"mail {mail.id}" for mail in post.due(session, moment, 1)}
    return frozenset(left)


def is_mail_due(session: Session, moment: datetime) -> bool:
    """Whether there may be a mail to send; False is certain, and costs next to nothing."""
    return session.scalar(_MAIL_DUE, {"moment": moment}) is not None


def newest(session: Session) -> tuple[int, int]:
    """The ids of the newest mail and of the newest event; 0 if there is none."""
    return session.scalar(select(func.max(col(OutboxMail.id)))) or 0, session.scalar(
        select(func.max(col(Event.id)))
    ) or 0


def unprocessed(session: Session) -> int:
    """How many messages were received and wait to be processed."""
    return session.scalar(select(func.count()).where(col(Receipt.state) == "received")) or 0


def told(session: Session, mails: Sequence[int]) -> dict[int, Told]:
    """What became of these mails, by their ids."""
    found: dict[int, Told] = {}
    for start in range(0, len(mails), _PART):
        found |= _told(session, mails[start : start + _PART])
    return found


def _told(session: Session, mails: Sequence[int]) -> dict[int, Told]:
    columns = (
        OutboxMail.id,
        OutboxMail.notice,
        OutboxMail.ticket,
        OutboxMail.hold,
        OutboxMail.recipient,
        OutboxMail.created_at,
    )
    rows = session.execute(select(*map(col, columns)).where(col(OutboxMail.id).in_(mails))).all()
    events = (
        select(col(Event.ticket), col(Event.at), col(Event.kind), col(Event.reason), col(Event.data))
        .where(
            col(Event.ticket).in_({row.ticket for row in rows if row.ticket is not None}),
            col(Event.at).in_({row.created_at for row in rows}),
            col(Event.kind).not_in(_NO_CAUSE),
        )
        .order_by(col(Event.id))
    )
    happened: dict[tuple[int, datetime], list[tuple[str, str]]] = {}
    for ticket, at, kind, reason, data in session.execute(events):
        happened.setdefault((ticket, at), []).append((data.get("notice", ""), _words(kind, reason, data)))
    return {
        row.id: Told(**row._mapping, reasons=_reasons(row.notice, happened.get((row.ticket, row.created_at), [])))  # noqa: SLF001 - a public name of SQLAlchemy.
        for row in rows
    }


def _reasons(notice: str, happened: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Those that tell of this notice; else all that tell of none."""
    own = [words for of, words in happened if of == notice]
    return tuple(dict.fromkeys(own or [words for of, words in happened if not of]))


def _words(kind: str, reason: str, data: dict[str, object]) -> str:
    if reason:
        return reason
    if "field" in data:
        return f"{data['field']}: {data.get('old') or '-'} -> {data.get('new') or '-'}"
    return kind.replace("_", " ")


def untold(session: Session, after: int, limit: int) -> list[Untold]:
    """The mails that were not sent after all, of which the events behind this one tell, oldest first."""
    statement = (
        select(col(Event.at), col(Event.ticket), col(Event.reason), col(Event.data))
        .where(col(Event.id) > after, col(Event.kind).in_(_NOT_SENT))
        .order_by(col(Event.id))
        .limit(limit)
    )
    return [
        Untold(at, ticket, data.get("notice", ""), data.get("recipient", ""), reason)
        for at, ticket, reason, data in session.execute(statement)
    ]
