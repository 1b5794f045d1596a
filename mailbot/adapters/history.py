"""What an address and a ticket have behind them: a few rows, found by an index, however long the history is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from mailbot.adapters.links import family, origins
from mailbot.adapters.store import ADDRESS_LENGTH
from mailbot.adapters.tables import Entry, Event, OutboxMail, StoredAttachment, Survey, Ticket
from mailbot.core.model import EventKind

_FILES = 100
_STEPS = 20
_TEXT_LENGTH = 4000

_FIRST_TEXT = (
    select(func.substr(col(Entry.text), 1, _TEXT_LENGTH))
    .where(col(Entry.ticket) == col(Ticket.number))
    .order_by(col(Entry.id))
    .limit(1)
    .scalar_subquery()
)
_OTHER = aliased(Ticket)
_NTH_OPENED_AT = (
    select(col(_OTHER.created_at))
    .where(col(_OTHER.requester_address) == bindparam("address"))
    .order_by(col(_OTHER.number).desc())
    .limit(1)
    .offset(bindparam("before_nth"))
    .scalar_subquery()
)
# Built once, like the statements of `store` that every message needs.
_OPENED = (
    select(
        col(Ticket.number),
        col(Ticket.subject),
        col(Ticket.created_at),
        _FIRST_TEXT,
        col(Ticket.language),
        _NTH_OPENED_AT,
    )
    .where(col(Ticket.requester_address) == bindparam("address"))
    .order_by(col(Ticket.number).desc())
    .limit(bindparam("limit"))
)
_REOPENED = (
    select(func.max(col(Event.at)))
    .where(col(Event.ticket) == bindparam("ticket"), col(Event.kind) == EventKind.REOPENED)
    .scalar_subquery()
)
_LATEST = (
    select(col(Entry.text))
    .where(
        col(Entry.ticket) == bindparam("ticket"),
        col(Entry.kind) == "reply",
        col(Entry.internal).is_(False),
        col(Entry.withdrawn_at).is_(None),
        _REOPENED.is_(None) | (col(Entry.created_at) >= _REOPENED),
    )
    .order_by(col(Entry.id).desc())
    .limit(1)
)


_CLIMBED = (
    select(col(Event.at), col(Event.data))
    .where(
        col(Event.ticket) == bindparam("ticket"),
        col(Event.kind).in_([EventKind.BREACHED.value, EventKind.ESCALATED.value]),
        col(Event.actor) == "",
    )
    .order_by(col(Event.id).desc())
    .limit(_STEPS)
)
_FIRST_WORDS = (
    select(func.substr(col(Entry.text), 1, _TEXT_LENGTH))
    .where(col(Entry.ticket) == bindparam("ticket"))
    .order_by(col(Entry.id))
    .limit(1)
)
_HAPPENED = (
    select(col(Event.at), col(Event.kind), col(Event.actor))
    .where(col(Event.ticket) == bindparam("ticket"), col(Event.at) > bindparam("since"))
    .order_by(col(Event.id).desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket that somebody opened: when (UTC), the beginning of what he wrote, and the language of its mails."""

    number: int
    subject: str
    at: datetime
    text: str
    language: str


def opened_by(session: Session, address: str, limit: int, nth: int) -> tuple[list[Opened], datetime | None]:
    """The newest tickets of a requester, newest first; and when the nth of them, counted back, was opened (UTC)."""
    rows = session.connection().execute(_OPENED, {"address": address, "limit": limit, "before_nth": nth - 1}).all()
    opened = [Opened(number, subject, at, text or "", language) for number, subject, at, text, language, _nth in rows]
    session.info["opened"] = (address, opened)
    return opened, rows[0][5] if rows else None


def last_opened_by(session: Session, address: str, limit: int) -> list[Opened]:
    """The newest tickets of a requester, newest first: as they were just asked for, if they were."""
    asked_for, opened = session.info.pop("opened", ("", []))
    return opened if asked_for == address else opened_by(session, address, limit, 1)[0]


def made_at(session: Session, ticket: int) -> datetime:
    """When a ticket was made (UTC): after its mail had come, maybe long after."""
    first = select(col(Event.at)).where(col(Event.ticket) == ticket).order_by(col(Event.id)).limit(1)
    return session.scalars(first).one()


def mails_to(session: Session, address: str, since: datetime, limit: int, notice: str = "") -> list[bytes]:
    """The newest mails that were queued for somebody outside since a time (UTC), all or of a notice, as sent."""
    return list(session.scalars(_to(select(col(OutboxMail.raw)), address, since, limit, notice)))


def was_written_to(session: Session, address: str, since: datetime, until: datetime) -> bool:
    """Whether a mail was queued for somebody outside between two times (UTC)."""
    found = _to(select(col(OutboxMail.id)), address, since, 1).where(col(OutboxMail.created_at) <= until)
    return session.scalars(found).first() is not None


def _to(statement: Select[Any], address: str, since: datetime, limit: int, notice: str = "") -> Select[Any]:
    found = statement.where(
        col(OutboxMail.recipient) == address,
        col(OutboxMail.created_at) > since,
        col(OutboxMail.internal).is_(False),
    )
    found = found.where(col(OutboxMail.notice) == notice) if notice else found
    return found.order_by(col(OutboxMail.created_at).desc()).limit(limit)


def messages_by(session: Session, ticket: int, address: str, limit: int) -> list[str]:
    """What somebody wrote last about a ticket, newest first; of each mail the beginning."""
    statement = (
        select(func.substr(col(Entry.text), 1, _TEXT_LENGTH))
        .where(col(Entry.ticket) == ticket, col(Entry.author_address) == address, col(Entry.kind) == "message")
        .order_by(col(Entry.id).desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def internal_texts(session: Session, ticket: int) -> list[str]:
    """What no mail to the outside may contain: the notes of a ticket, and why it was escalated.

    Those of the tickets that were merged into it, and of the one that it was split off, are among them.
    """
    every = family(ticket)
    concerned = col(Entry.ticket).in_(every) | col(Entry.ticket).in_(origins(ticket))
    statement = select(col(Entry.text)).where(concerned, col(Entry.internal).is_(True))
    escalated = select(col(Event.data)).where(col(Event.ticket).in_(every), col(Event.kind) == EventKind.ESCALATED)
    return [*session.scalars(statement), *filter(None, (data.get("why") for data in session.scalars(escalated)))]


def file_names(session: Session, ticket: int) -> list[str]:
    """The names of the files of a ticket and of those merged into it, in the order in which they came."""
    statement = (
        select(col(StoredAttachment.name))
        .join(Entry, col(StoredAttachment.entry) == col(Entry.id))
        .where(
            col(Entry.ticket).in_(family(ticket)),
            col(StoredAttachment.inline).is_(False),
            col(StoredAttachment.name) != "",
        )
        .order_by(col(StoredAttachment.id))
        .limit(_FILES)
    )
    return list(dict.fromkeys(session.scalars(statement)))


def first_entry(session: Session, ticket: int) -> Entry | None:
    """What a ticket began with."""
    statement = select(Entry).where(col(Entry.ticket) == ticket).order_by(col(Entry.id)).limit(1)
    return session.scalars(statement).first()


def newest_entries(session: Session, ticket: int, limit: int) -> tuple[list[Entry], int]:
    """The newest contributions to a ticket and to those merged into it, oldest first; and how many older there are."""
    of_it = col(Entry.ticket).in_(family(ticket))
    newest = select(Entry).where(of_it).order_by(col(Entry.created_at).desc(), col(Entry.id).desc()).limit(limit)
    rows = list(session.scalars(newest))[::-1]
    older = (session.scalar(select(func.count()).where(of_it)) or 0) - limit if len(rows) == limit else 0
    return rows, older


def newest_events(session: Session, ticket: int, limit: int) -> tuple[list[Event], int]:
    """The newest events of a ticket, oldest first, and how many older ones there are."""
    statement = select(Event).where(col(Event.ticket) == ticket).order_by(col(Event.id).desc()).limit(limit)
    rows = list(session.scalars(statement))[::-1]
    if len(rows) < limit:
        return rows, 0
    return rows, (session.scalar(select(func.count()).where(col(Event.ticket) == ticket)) or 0) - limit


def first_words(session: Session, ticket: int) -> str:
    """The beginning of what a ticket began with, "" if it has no text."""
    return session.connection().scalar(_FIRST_WORDS, {"ticket": ticket}) or ""


def happened(session: Session, ticket: int, since: datetime, limit: int) -> list[tuple[datetime, str, str]]:
    """What happened to a ticket after a time (UTC), newest first: when, the kind of event, and who did it."""
    rows = session.connection().execute(_HAPPENED, {"ticket": ticket, "since": since, "limit": limit})
    return [(at, kind, actor) for at, kind, actor in rows]


def climbed(session: Session, ticket: int) -> list[tuple[datetime, dict[str, Any]]]:
    """What was done about broken promises of a ticket by itself, and when: the newest such steps, oldest first."""
    rows: Any = session.connection().execute(_CLIMBED, {"ticket": ticket}).all()
    return [(at, data) for at, data in reversed(rows)]


def pictures_of(session: Session, author: str, digests: Sequence[str]) -> frozenset[str]:
    """Those among these SHA-256 digests that a file of an earlier mail of somebody has."""
    statement = (
        select(col(StoredAttachment.sha256))
        .join(Entry, col(StoredAttachment.entry) == col(Entry.id))
        .where(col(StoredAttachment.sha256).in_(digests), col(Entry.author_address) == author[:ADDRESS_LENGTH])
        .distinct()
    )
    return frozenset(session.scalars(statement))


def survey_of(session: Session, ticket: int, asked_at: datetime) -> Survey | None:
    """The survey of a ticket that was the newest at a time (UTC), as when its mail was queued."""
    earlier = select(Survey).where(col(Survey.ticket) == ticket, col(Survey.asked_at) <= asked_at)
    return session.scalars(earlier.order_by(col(Survey.asked_at).desc(), col(Survey.cycle).desc()).limit(1)).first()


def latest_public_text(session: Session, ticket: int) -> str:
    """The newest text of a ticket that was sent to the requester since it was last opened, "" if there is none."""
    return session.connection().scalar(_LATEST, {"ticket": ticket}) or ""
