"""Queries on the outbox: what was queued for whom, and how its delivery goes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, and_, bindparam, case, exists, func, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from mailbot.adapters import traces
from mailbot.adapters.tables import IS_OUTWARD, Contact, Entry, OutboxMail, table_of

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SKEW = timedelta(minutes=5)  # So far the clocks of nodes may differ.


@dataclass(frozen=True, slots=True)
class Quota:
    """How many automatic mails an address got, or will: in a day, about one ticket, acknowledgements in an hour.

    `outward` is how many went to all people outside within an hour, counted up to a limit.
    """

    day: int
    of_ticket: int
    acknowledgements: int
    outward: int


_OUTBOX = table_of(OutboxMail)

# Built once, like the statements of `store` that every message needs.
_QUEUE = {
    "sqlite": insert_sqlite(_OUTBOX).on_conflict_do_nothing(index_elements=["key"]).returning(_OUTBOX.c.id),
    "postgresql": insert_postgresql(_OUTBOX).on_conflict_do_nothing(index_elements=["key"]).returning(_OUTBOX.c.id),
}
# What was dated with a clock that was ahead must not count until that time comes.
_NOT_AHEAD = col(OutboxMail.created_at) <= bindparam("until")
_OUTWARD = (
    select(col(OutboxMail.id))
    .where(IS_OUTWARD, col(OutboxMail.created_at) > bindparam("hour"), _NOT_AHEAD)
    .limit(bindparam("most"))
)
_QUOTA = select(
    func.count(),
    func.coalesce(func.sum(case((col(OutboxMail.ticket).is_not_distinct_from(bindparam("ticket")), 1), else_=0)), 0),
    func.coalesce(
        func.sum(
            case(
                (and_(col(OutboxMail.notice) == "acknowledgement", col(OutboxMail.created_at) > bindparam("hour")), 1),
                else_=0,
            )
        ),
        0,
    ),
    select(func.count()).select_from(_OUTWARD.subquery()).scalar_subquery(),
).where(
    col(OutboxMail.recipient) == bindparam("recipient"),
    col(OutboxMail.created_at) > bindparam("day"),
    _NOT_AHEAD,
    col(OutboxMail.automatic).is_(True),
    col(OutboxMail.internal) == bindparam("internal"),
    col(OutboxMail.state) != "cancelled",
)
_ASKED = select(
    func.count(),
    func.coalesce(
        func.sum(
            case(
                (and_(col(OutboxMail.notice) == "challenge", col(OutboxMail.created_at) > bindparam("hour")), 1),
                else_=0,
            )
        ),
        0,
    ),
).where(
    col(OutboxMail.recipient) == bindparam("recipient"),
    col(OutboxMail.created_at) > bindparam("day"),
    _NOT_AHEAD,
    col(OutboxMail.notice).in_(("held", "challenge")),
    col(OutboxMail.state) != "cancelled",
)
SENT_SINCE = select(func.count()).select_from(
    select(col(OutboxMail.id))
    .where(col(OutboxMail.sent_at) > bindparam("since"), col(OutboxMail.sent_at) <= bindparam("until"))
    .limit(bindparam("limit"))
    .subquery()
)
BEING_SENT = (
    select(func.count())
    .select_from(OutboxMail)
    .where(col(OutboxMail.state) == "sending", col(OutboxMail.next_attempt_at) > bindparam("now"))
)
PACED_SENT_SINCE = select(func.count()).select_from(
    select(col(OutboxMail.id))
    .where(
        col(OutboxMail.paced).is_(True),
        col(OutboxMail.sent_at) > bindparam("since"),
        col(OutboxMail.sent_at) <= bindparam("until"),
    )
    .limit(bindparam("limit"))
    .subquery()
)
PACED_BEING_SENT = BEING_SENT.where(col(OutboxMail.paced).is_(True))
_PUT_BACK = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("of"), _OUTBOX.c.state == "sending", _OUTBOX.c.attempts == bindparam("claimed"))
    .values(
        state="queued",
        attempts=bindparam("attempts"),
        next_attempt_at=bindparam("next_attempt_at"),
        answer=bindparam("answer"),
    )
)
_RESERVED = select(*table_of(Contact).columns).where(
    col(Contact.address).in_(bindparam("addresses", expanding=True)),
    or_(col(Contact.undeliverable_at).is_not(None), col(Contact.quiet_at).is_not(None)),
)
_THREAD = union_all(
    select(col(Entry.created_at), col(Entry.message_id)).where(
        col(Entry.ticket) == bindparam("ticket"),
        col(Entry.author_address) == bindparam("address"),
        col(Entry.message_id) != "",
    ),
    select(col(OutboxMail.created_at), col(OutboxMail.message_id)).where(
        col(OutboxMail.ticket) == bindparam("ticket"),
        col(OutboxMail.recipient) == bindparam("address"),
        col(OutboxMail.state) != "cancelled",
    ),
)
_EARLIER = aliased(OutboxMail)
_OVERTAKEN = exists().where(
    col(_EARLIER.ticket) == col(OutboxMail.ticket),
    col(_EARLIER.recipient) == col(OutboxMail.recipient),
    col(_EARLIER.id) < col(OutboxMail.id),
    col(_EARLIER.state) == "queued",
    col(_EARLIER.attempts) == 0,
    col(_EARLIER.routine).is_(False),
    col(_EARLIER.answer) == "",
    col(_EARLIER.next_attempt_at) > col(OutboxMail.next_attempt_at),
)
_UNANSWERED = re.compile(r"([0-9]{1,9}) x unanswered; ")


def unanswered(answer: str) -> int:
    """How often the final dot of a mail got no answer, as its stored answer says (see `answer_text`)."""
    found = _UNANSWERED.match(answer)
    return int(found[1]) if found else 0


def answer_text(times: int, text: str) -> str:
    """What is stored as the answer to a mail: the words of the server, after how often it did not answer at all."""
    # Without the zero, words of a server that look like a count would be taken for one.
    return f"{times} x unanswered; {text}" if times or _UNANSWERED.match(text) else text


def reserved_contacts(session: Session, addresses: Iterable[str]) -> dict[str, Contact]:
    """Those among these addresses that could not be reached or want to be left alone; copies, not to be changed."""
    rows = session.connection().execute(_RESERVED, {"addresses": sorted(addresses)})
    return {row.address: Contact(**row._mapping) for row in rows}  # noqa: SLF001 - a public name of SQLAlchemy.


def queue(session: Session, values: dict[str, Any]) -> bool:
    """Queues a mail; False if one with the same key is there already, so that nothing is queued twice."""
    connection = session.connection()
    row = connection.execute(_QUEUE[connection.dialect.name], values).first()
    return row is not None and bool(traces.note(session, "mails", row.id))


def quota(
    session: Session, recipient: str, ticket: int | None, now: datetime, *, internal: bool, most: int = 0
) -> Quota:
    """How many automatic mails an address got lately: as that of a technician (`internal`), or of a requester.

    With `ticket` = None those about no ticket are counted as being of it. Mails to all people outside are counted up
    to `most`.
    """
    values = {
        "recipient": recipient,
        "internal": internal,
        "ticket": ticket,
        "day": now - _DAY,
        "hour": now - _HOUR,
        "until": now + _SKEW,
    }
    values["most"] = most
    row = session.connection().execute(_QUOTA, values).one()
    return Quota(*row)


def asked(session: Session, recipient: str, now: datetime) -> tuple[int, int]:
    """How many questions about held mail an address got: all of a day, and challenges within an hour."""
    values = {"recipient": recipient, "day": now - _DAY, "hour": now - _HOUR, "until": now + _SKEW}
    day, challenges = session.connection().execute(_ASKED, values).one()
    return int(day), int(challenges)


def thread_of(session: Session, ticket: int, address: str) -> list[str]:
    """The Message-IDs that a person knows of a ticket, oldest first: his own mails and ours to him.

    Nobody is given an identifier of a mail that he did not send or get: ours carry tokens.
    """
    rows: Any = session.connection().execute(_THREAD, {"ticket": ticket, "address": address}).all()
    return list(dict.fromkeys(message_id for _at, message_id in sorted(rows)))


def due(session: Session, now: datetime, limit: int, paced: int | None = None) -> list[OutboxMail]:
    """The mails to be sent now, the longest due first; on PostgreSQL they are locked against other nodes.

    At most `paced` of them are of those that have a rate of their own; the others do not wait for these.

    One that was queued after a mail that still waits for its moment, to the same person about the same ticket, is left
    until that one was sent or taken back: nobody reads the answer before what it answers. A mail that was tried before
    holds up nothing, and neither does a routine one, which may wait for days.
    """
    statement = (
        select(OutboxMail)
        .where(
            *([col(OutboxMail.paced).is_(False)] if paced == 0 else []),
            col(OutboxMail.next_attempt_at).is_not(None),
            col(OutboxMail.next_attempt_at) <= now,
            col(OutboxMail.state).in_(["queued", "sending"]),
            ~_OVERTAKEN,
        )
        .order_by(col(OutboxMail.next_attempt_at), col(OutboxMail.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(statement))
    too_many = set() if paced is None else {row.id for row in [row for row in rows if row.paced][paced:]}
    return [row for row in rows if row.id not in too_many]


def count_due(session: Session, now: datetime) -> int:
    """How many mails that were not tried yet are due."""
    due = select(func.count()).where(col(OutboxMail.next_attempt_at) <= now, col(OutboxMail.state) == "queued")
    return session.scalar(due.where(col(OutboxMail.attempts) == 0)) or 0


def mark_sending(session: Session, mails: Iterable[int], until: datetime) -> None:
    """Claims mails: they count as being sent, and are due again when the lease ends.

    The attempt counts before the server is dialled: if this process dies, the receiving server is at least not
    bothered at once with the same mail again.
    """
    statement = (
        update(OutboxMail)
        .where(col(OutboxMail.id).in_(list(mails)))
        .values(state="sending", attempts=col(OutboxMail.attempts) + 1, next_attempt_at=until)
    )
    session.execute(statement.execution_options(synchronize_session=False))


def put_back(session: Session, mails: Sequence[Mapping[str, Any]]) -> None:
    """Undoes the claim of mails whose turn never came, unless somebody else has claimed them since.

    Args:
        session: A writing unit of work.
        mails: For each `of` (its id), `claimed` (its count of attempts while it was claimed), `attempts`,
            `next_attempt_at` and `answer` (what they are to be again).
    """
    if mails:
        session.connection().execute(_PUT_BACK, [dict(mail) for mail in mails])


def renew(session: Session, claims: Mapping[int, int], until: datetime) -> set[int]:
    """Claims mails for longer.

    Args:
        session: The transaction.
        claims: The mails, each with its number of attempts when it was claimed: another claim counts one more.
        until: When the claims end.

    Returns:
        Those that are still claimed by whoever asks.
    """
    waiting = select(col(OutboxMail.id), col(OutboxMail.attempts)).where(
        col(OutboxMail.id).in_(list(claims)), col(OutboxMail.state) == "sending"
    )
    rows = session.execute(waiting.with_for_update())
    ours = {key for key, attempts in rows if key is not None and attempts == claims[key]}
    if ours:
        statement = update(OutboxMail).where(col(OutboxMail.id).in_(ours)).values(next_attempt_at=until)
        session.execute(statement.execution_options(synchronize_session=False))
    return ours


def record(session: Session, mail: int, *, claimed: int | None = None, **values: Any) -> bool:
    """Writes how the delivery of a mail went.

    Args:
        session: The transaction.
        mail: Its id.
        claimed: Its number of attempts while it was claimed; None if it is not, and this transaction has locked it.
        values: What to write.

    Returns:
        False if the claim was lost meanwhile: then nothing is written, for what holds is the word of whoever has it.
    """
    statement = _recording(tuple(sorted(values)), claimed=claimed is not None)
    result = session.connection().execute(statement, {"of": mail, "claim": claimed, **values})
    return bool(result.rowcount)


@cache
def _recording(columns: tuple[str, ...], *, claimed: bool) -> Update:
    """The statement that writes these columns of one mail; there are only a handful of combinations."""
    statement = update(_OUTBOX).where(_OUTBOX.c.id == bindparam("of"))
    if claimed:
        statement = statement.where(_OUTBOX.c.state == "sending", _OUTBOX.c.attempts == bindparam("claim"))
    return statement.values({name: bindparam(name) for name in columns})


def release_claims(session: Session, now: datetime) -> int:
    """Makes mails due at once that a dead process was sending; only for its one successor."""
    statement = (
        update(OutboxMail)
        .where(col(OutboxMail.state) == "sending", col(OutboxMail.next_attempt_at) > now)
        .values(next_attempt_at=now)
    )
    result = session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]


def cancel(session: Session, mails: Sequence[int], reason: str) -> None:
    """Takes mails out of the outbox for good."""
    statement = (
        update(OutboxMail)
        .where(col(OutboxMail.id).in_(mails))
        .values(state="cancelled", next_attempt_at=None, answer=reason)
    )
    session.execute(statement.execution_options(synchronize_session=False))


def attempted_since(session: Session, since: datetime, now: datetime, limit: int, *, paced: bool = False) -> int:
    """How many mails were sent since a time, or are being sent; counted up to a limit.

    Args:
        session: A unit of work.
        since: From when on.
        now: The present moment; a claim that ended before it does not count.
        limit: Where the counting may end.
        paced: Whether only those count that have a rate of their own.
    """
    values = {"since": since, "until": now + _SKEW, "now": now, "limit": limit}
    connection = session.connection()
    statements = (PACED_SENT_SINCE, PACED_BEING_SENT) if paced else (SENT_SINCE, BEING_SENT)
    return sum(connection.execute(statement, values).scalar() or 0 for statement in statements)


def first_answer(session: Session, ticket: int, recipient: str, notices: Iterable[str]) -> datetime | None:
    """When the oldest mail to a person was queued that a technician caused and that may have arrived; None if none."""
    statement = select(func.min(col(OutboxMail.created_at))).where(
        col(OutboxMail.ticket) == ticket,
        col(OutboxMail.recipient) == recipient,
        col(OutboxMail.notice).in_(list(notices)),
        col(OutboxMail.automatic).is_(False),
        col(OutboxMail.bounced_at).is_(None),
        col(OutboxMail.state).not_in(["failed", "cancelled"]),
    )
    return session.scalar(statement)


def mails_of(session: Session, ticket: int) -> list[OutboxMail]:
    """The mails that a ticket caused, oldest first."""
    return list(
        session.scalars(select(OutboxMail).where(col(OutboxMail.ticket) == ticket).order_by(col(OutboxMail.id)))
    )


def mails_about(session: Session, words: str, tickets: Sequence[int]) -> list[OutboxMail]:
    """The mails to an address, with a Message-ID, or of tickets."""
    statement = (
        select(OutboxMail)
        .where(
            or_(
                col(OutboxMail.recipient) == words.lower(),
                col(OutboxMail.message_id) == words,
                col(OutboxMail.ticket).in_(tickets),
            )
        )
        .order_by(col(OutboxMail.id))
    )
    return list(session.scalars(statement))
