"""Every query that concerns tickets: functions on a session; rows in, rows or core values out; nobody commits here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col

from mailbot.adapters import traces
from mailbot.adapters.tables import (
    Contact,
    Entry,
    Event,
    Hold,
    OutboxMail,
    Participant,
    StoredAttachment,
    Survey,
    TechnicianState,
    Ticket,
    TimerMark,
    table_of,
)
from mailbot.core.model import (
    ACTIVE_STATUSES,
    Address,
    Attachment,
    EventKind,
    Impact,
    Priority,
    Role,
    Source,
    Status,
    TicketView,
    Urgency,
)

# The statements that every message needs are built once and run without the unit-of-work machinery of the ORM: that
# takes a third of the time, and a mailbox with a backlog is read as fast as its mail can be parsed.
_TICKETS = table_of(Ticket)
_INSERT_TICKET = insert(_TICKETS)
_INSERT_PARTICIPANT = insert(table_of(Participant))
_INSERT_ENTRY = insert(table_of(Entry))
_INSERT_ATTACHMENT = insert(table_of(StoredAttachment))
_INSERT_EVENT = insert(table_of(Event))
_INSERT_MARK = insert(table_of(TimerMark))
_TAKES_PART = select(col(Participant.id)).where(
    col(Participant.ticket) == bindparam("ticket"), col(Participant.address) == bindparam("address")
)
_MARKS = select(col(TimerMark.timer), col(TimerMark.fired_at)).where(
    col(TimerMark.ticket) == bindparam("ticket"), col(TimerMark.cycle) == bindparam("cycle")
)
_DUE = (
    select(col(Ticket.number))
    .where(col(Ticket.next_due_at).is_not(None), col(Ticket.next_due_at) <= bindparam("now"))
    .order_by(col(Ticket.next_due_at), col(Ticket.number))
    .limit(bindparam("limit"))
)
_CONTACT = select(*table_of(Contact).columns).where(col(Contact.address) == bindparam("address"))

# Two transactions may be the first to remember somebody: whichever is later finds the row of the other one.
_ADD_CONTACT = {
    "sqlite": insert_sqlite(table_of(Contact)).on_conflict_do_nothing(),
    "postgresql": insert_postgresql(table_of(Contact)).on_conflict_do_nothing(),
}
_LATER: dict[str, Any] = {"last_assigned_at": literal_column("excluded.last_assigned_at")}
_NOTE_ASSIGNMENT = {
    "sqlite": insert_sqlite(table_of(TechnicianState)).on_conflict_do_update(index_elements=["address"], set_=_LATER),
    "postgresql": insert_postgresql(table_of(TechnicianState)).on_conflict_do_update(
        index_elements=["address"], set_=_LATER
    ),
}

_SENDER = col(Participant.address) == bindparam("sender")
_RECEIVED_IDS = (
    select(
        col(Entry.message_id),
        col(Entry.ticket),
        exists().where(col(Participant.ticket) == col(Entry.ticket), _SENDER).label("takes_part"),
    )
    .where(col(Entry.message_id).in_(bindparam("ids", expanding=True)))
    .order_by(literal_column("takes_part").desc(), col(Entry.id))
    .limit(100)  # Whoever repeats one Message-ID in thousands of mails makes nobody slow.
)
_OUR_IDS = select(
    col(OutboxMail.message_id),
    col(OutboxMail.ticket),
    exists().where(col(Participant.ticket) == col(OutboxMail.ticket), _SENDER).label("takes_part"),
).where(col(OutboxMail.message_id).in_(bindparam("ids", expanding=True)), col(OutboxMail.ticket).is_not(None))

LOCKED, MARKS = "locked", "marks"
"""Where a session remembers, as long as it lives, the tickets that `clocks.lock_due` has locked, and their marks."""
ADDRESS_LENGTH = 400
MESSAGE_ID_LENGTH = 500  # Index entries of PostgreSQL are limited to 2,704 bytes.


def view(row: Ticket) -> TicketView:
    """What the pure layer may know of a ticket."""
    assert row.number is not None
    return TicketView(
        number=row.number,
        subject=row.subject,
        status=Status(row.status),
        priority=Priority(row.priority),
        impact=Impact(row.impact),
        urgency=Urgency(row.urgency),
        category=row.category,
        team=row.team,
        technician=row.technician,
        requester=Address(row.requester_name, row.requester_address),
        language=row.language,
        created_at=row.created_at,
        tags=tuple(row.tags),
        wait_until=row.wait_until,
        resolution=row.resolution,
        prevention=row.prevention,
        first_response_at=row.first_response_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        merged_into=row.merged_into,
        diagnosis=row.diagnosis,
        workaround=row.workaround,
        worked_minutes=row.worked_minutes,
        source=Source(row.source),
    )


def add_ticket(session: Session, row: Ticket) -> int:
    """Stores a new ticket and gives its number; the row is not watched for changes, it must be complete."""
    values = {column.name: getattr(row, column.name) for column in _TICKETS.columns if column.name != "number"}
    result = session.connection().execute(_INSERT_TICKET, values)
    assert result.inserted_primary_key is not None
    row.number = int(result.inserted_primary_key[0])
    return row.number


def get_ticket(session: Session, number: int) -> Ticket | None:
    """The ticket with a number; a merged one gives the ticket that it was merged into."""
    row, seen = session.get(Ticket, number), {number}
    while row is not None and row.merged_into is not None and row.merged_into not in seen:
        seen.add(row.merged_into)
        row = session.get(Ticket, row.merged_into)
    return row


def lock_ticket(session: Session, number: int) -> Ticket | None:
    """The ticket with a number, read anew and locked against other writers until the transaction ends."""
    locked: dict[int, Ticket] = session.info.get(LOCKED, {})
    if number in locked:
        return locked[number]  # It cannot have changed since.
    if session.connection().dialect.name == "sqlite":
        return session.get(Ticket, number)  # There is one writer at any time, and that is this transaction.
    statement = select(Ticket).where(col(Ticket.number) == number).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def add_participant(session: Session, ticket: int, person: Address, role: Role) -> None:
    """Lets a person take part in a ticket; nothing happens if he already does."""
    if not takes_part(session, ticket, person.key[:ADDRESS_LENGTH]):
        add_first_participant(session, ticket, person, role)


def add_first_participant(session: Session, ticket: int, person: Address, role: Role) -> None:
    """Lets a person take part in a ticket in which he surely does not yet."""
    values = {"address": person.key[:ADDRESS_LENGTH], "name": person.name[:ADDRESS_LENGTH], "role": role.value}
    session.connection().execute(_INSERT_PARTICIPANT, {"ticket": ticket, **values})
    traces.note(session, "joined", {"ticket": ticket, **values})


def takes_part(session: Session, ticket: int, address: str) -> bool:
    """Whether a person may write into a ticket because he takes part in it."""
    found = session.connection().execute(_TAKES_PART, {"ticket": ticket, "address": address.lower()})
    return found.first() is not None


def people(session: Session, ticket: int) -> list[Participant]:
    """Who takes part in a ticket, in the order in which they came."""
    statement = select(Participant).where(col(Participant.ticket) == ticket).order_by(col(Participant.id))
    return list(session.scalars(statement))


def add_entry(session: Session, **values: Any) -> int:
    """Adds a contribution to a ticket's timeline and gives its id."""
    values["message_id"] = values.get("message_id", "")[:MESSAGE_ID_LENGTH]
    values["author_address"] = values["author_address"][:ADDRESS_LENGTH]
    values["author_name"] = values.get("author_name", "")[:ADDRESS_LENGTH]
    defaults: dict[str, Any] = {"internal": False, "quoted": "", "side": "", "receipt": None}
    result = session.connection().execute(_INSERT_ENTRY, defaults | values)
    assert result.inserted_primary_key is not None
    return traces.note(session, "entries", int(result.inserted_primary_key[0]))


def add_attachments(session: Session, entry: int, files: Iterable[Attachment]) -> None:
    """Stores what is known of the files of an entry."""
    rows = [
        {
            "entry": entry,
            "part": file.index,
            "name": file.name[:400],
            "content_type": file.content_type[:200],
            "size": file.size,
            "sha256": file.sha256,
            "content_id": file.content_id[:400],
            "inline": file.inline,
        }
        for file in files
    ]
    if rows:
        session.connection().execute(_INSERT_ATTACHMENT, rows)


def entries(session: Session, ticket: int) -> list[Entry]:
    """The timeline of a ticket, oldest first."""
    return list(session.scalars(select(Entry).where(col(Entry.ticket) == ticket).order_by(col(Entry.id))))


def attachments(session: Session, entry: int) -> list[StoredAttachment]:
    """What is known of the files of an entry."""
    statement = select(StoredAttachment).where(col(StoredAttachment.entry) == entry).order_by(col(StoredAttachment.id))
    return list(session.scalars(statement))


@dataclass(frozen=True, slots=True)
class Happening:
    """An event about to be stored: what happened, who did it (an addr-spec, "" = mailbot), why, and details."""

    kind: EventKind
    actor: str = ""
    reason: str = ""
    data: Mapping[str, Any] | None = None


def add_events(session: Session, ticket: int, now: datetime, happenings: Sequence[Happening]) -> None:
    """Adds events to a ticket's audit log."""
    rows = [
        {
            "ticket": ticket,
            "at": now,
            "kind": item.kind.value,
            "actor": item.actor[:ADDRESS_LENGTH],
            "reason": item.reason,
            "data": dict(item.data or {}),
        }
        for item in happenings
    ]
    if rows:
        session.connection().execute(_INSERT_EVENT, rows)


def events(session: Session, ticket: int) -> list[Event]:
    """The audit log of a ticket, oldest first."""
    return list(session.scalars(select(Event).where(col(Event.ticket) == ticket).order_by(col(Event.id))))


def tickets_of_message_ids(session: Session, ids: Sequence[str], sender: str) -> list[int]:
    """The tickets to which mails with these Message-IDs belong, the most likely first.

    That is one in which the sender takes part; then one that a Message-ID of ours names, since anybody may repeat
    that of somebody else; then the order of the ids.
    """
    if not ids:
        return []
    keys = [msg_id[:MESSAGE_ID_LENGTH] for msg_id in ids]
    found: list[tuple[str, int, bool]] = []
    for statement in (_OUR_IDS, _RECEIVED_IDS):
        values = {"ids": keys, "sender": sender[:ADDRESS_LENGTH]}
        rows: Any = session.connection().execute(statement, values).all()
        found += sorted(rows, key=lambda row: keys.index(row[0]))
        if any(takes_part for _id, _ticket, takes_part in found):
            break
    found.sort(key=lambda row: not row[2])
    return list(dict.fromkeys(ticket for _id, ticket, _takes_part in found))


def are_ours(session: Session, message_ids: Sequence[str]) -> bool:
    """Whether every one of these Message-IDs is that of a mail in the outbox."""
    wanted = set(message_ids)
    found = session.scalars(select(col(OutboxMail.message_id)).where(col(OutboxMail.message_id).in_(wanted)))
    return wanted == set(found)


def our_mail(session: Session, message_ids: Sequence[str]) -> OutboxMail | None:
    """The first mail of ours among these Message-IDs, in their order."""
    keys = [msg_id[:MESSAGE_ID_LENGTH] for msg_id in message_ids]
    if not keys:
        return None
    rows = {
        row.message_id: row for row in session.scalars(select(OutboxMail).where(col(OutboxMail.message_id).in_(keys)))
    }
    return next((rows[key] for key in keys if key in rows), None)


def loads(session: Session, technicians: Sequence[str]) -> dict[str, int]:
    """How many active tickets each of these technicians has."""
    statement = (
        select(col(Ticket.technician), func.count())
        .where(col(Ticket.technician).in_(technicians), col(Ticket.status).in_([str(s) for s in ACTIVE_STATUSES]))
        .group_by(col(Ticket.technician))
    )
    return {address: count for address, count in session.execute(statement)}  # noqa: C416 - a row is not a pair for mypy.


def technician_states(session: Session, technicians: Sequence[str]) -> dict[str, TechnicianState]:
    """What is remembered of these technicians."""
    statement = select(TechnicianState).where(col(TechnicianState.address).in_(technicians))
    return {row.address: row for row in session.scalars(statement)}


def note_assignment(session: Session, technician: str, now: datetime) -> None:
    """Remembers when a technician was last given a ticket, for the round robin."""
    connection = session.connection()
    connection.execute(_NOTE_ASSIGNMENT[connection.dialect.name], {"address": technician, "last_assigned_at": now})


def contact(session: Session, address: str) -> Contact | None:
    """What is remembered of an address; a copy, changes of it are not stored. Asked only once in a transaction."""
    key = address.lower()[:ADDRESS_LENGTH]
    known: dict[str, Contact | None] = session.info.setdefault("contacts", {})
    if key not in known:
        row = session.connection().execute(_CONTACT, {"address": key}).first()
        known[key] = Contact(**row._mapping) if row is not None else None  # noqa: SLF001 - a public name of SQLAlchemy.
    return known[key]


def contact_for_change(session: Session, address: str) -> Contact:
    """What is remembered of an address, made if there is nothing yet."""
    key = address.lower()[:ADDRESS_LENGTH]
    session.info.pop("contacts", None)
    connection = session.connection()
    connection.execute(_ADD_CONTACT[connection.dialect.name], {"address": key})
    return session.scalars(select(Contact).where(col(Contact.address) == key).with_for_update()).one()


def marks(session: Session, ticket: int, cycle: int) -> dict[str, datetime]:
    """The timers of a ticket that have fired in this cycle, and when (a reopened ticket begins a new cycle)."""
    known: dict[tuple[int, int], dict[str, datetime]] = session.info.get(MARKS, {})
    if (ticket, cycle) in known:
        return dict(known[ticket, cycle])
    rows = session.connection().execute(_MARKS, {"ticket": ticket, "cycle": cycle})
    return {timer: fired_at for timer, fired_at in rows}  # noqa: C416 - a row is no pair for mypy.


def add_mark(session: Session, ticket: int, cycle: int, timer: str, now: datetime) -> None:
    """Notes that a timer has fired; a second note of the same is refused by the database."""
    values = {"ticket": ticket, "cycle": cycle, "timer": timer, "fired_at": now}
    session.connection().execute(_INSERT_MARK, values)
    session.info.get(MARKS, {}).get((ticket, cycle), {})[timer] = now


def due_tickets(session: Session, now: datetime, limit: int) -> list[int]:
    """The numbers of tickets of which a timer is due, the longest due first, of the same moment in their order."""
    found = session.connection().scalars(_DUE, {"now": now, "limit": limit})
    return [number for number in found if number is not None]


def add_hold(session: Session, row: Hold) -> int:
    """Stores a held message and gives the id of its hold."""
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def surveyed_since(session: Session, address: str, since: datetime) -> bool:
    """Whether a person was asked for satisfaction since a time."""
    found = exists().where(col(Survey.address) == address.lower(), col(Survey.asked_at) >= since)
    return bool(session.scalar(select(found)))


def survey(session: Session, ticket: int) -> Survey | None:
    """The newest survey of a ticket."""
    statement = select(Survey).where(col(Survey.ticket) == ticket).order_by(col(Survey.cycle).desc()).limit(1)
    return session.scalars(statement).first()


def legacy_ticket(session: Session, legacy: str) -> Ticket | None:
    """The ticket that goes on with a number of an older system, None if there is none yet."""
    number = session.scalar(select(col(Ticket.number)).where(col(Ticket.legacy) == legacy).limit(1))
    return get_ticket(session, number) if number is not None else None


def successor(session: Session, ticket: int, requester: str) -> Ticket | None:
    """The newest ticket of a requester that followed one that was closed too long ago, None if there is none."""
    statement = (
        select(Ticket)
        .where(col(Ticket.requester_address) == requester, col(Ticket.predecessor) == ticket)
        .order_by(col(Ticket.number).desc())
        .limit(1)
    )
    return session.scalars(statement.with_for_update()).first()
