"""How tickets belong together: merged ones, duplicates that wait for another one, and those that are merely related."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    Select,
    String,
    UniqueConstraint,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlmodel import Field, Session, col

from mailbot.adapters import traces
from mailbot.adapters.columns import Base, filled, table_of
from mailbot.adapters.tables import Entry, Event, Receipt, Ticket
from mailbot.core.model import EventKind, Status
from mailbot.core.phrases import say, word

RELATED = "related"  # Stored once, under the smaller number.
SPLIT = "split"  # The ticket was split off from the other one.
DUPLICATE = "duplicate"  # The ticket is about the same incident as the other one, which answers for both.
_BACKWARDS = {SPLIT: "origin", DUPLICATE: "parent"}
_SHOWN = 12
_CHAIN = 20  # Merges of merges that are followed.


class Link(Base, table=True):
    """That a ticket has to do with another one, and how; `tickets.linked` says that there may be such a row."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("ticket", "other", "kind"),
        CheckConstraint(f"kind IN ('{RELATED}', '{SPLIT}', '{DUPLICATE}')", name="kind"),
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False))
    other: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False, index=True))
    kind: str = Field(sa_column=Column(String(16), nullable=False))


filled(table_of(Ticket), "merged_into")
filled(table_of(Ticket), "waits_for")


@dataclass(frozen=True, slots=True)
class Relative:
    """A ticket that belongs to another one.

    `how` is "related", "split" or "duplicate" as seen from this ticket, "origin" or "parent" the other way round, and
    "merged" for one that was merged into it.
    """

    how: str
    number: int
    status: str
    subject: str


def family(number: int | BindParameter[int]) -> Select[int | None]:
    """The numbers of a ticket and of all that were merged into it, or into those."""
    found = select(col(Ticket.number)).where(col(Ticket.number) == number).cte("family", recursive=True)
    merged: Any = select(col(Ticket.number)).where(col(Ticket.merged_into) == found.c.number)
    # UNION leaves out what was found before: a circle ends too.
    return select(found.union(merged).c.number)


def origins(number: int) -> Select[int]:
    """The numbers of the tickets that a ticket was split off."""
    return select(col(Link.other)).where(col(Link.ticket) == number, col(Link.kind) == SPLIT)


def requesters(session: Session, number: int) -> list[str]:
    """The addresses of the requesters of a ticket and of all that were merged into it."""
    found = select(col(Ticket.requester_address)).where(col(Ticket.number).in_(family(number)))
    return list(session.scalars(found.order_by(col(Ticket.number))))


def entries(session: Session, number: int) -> list[Entry]:
    """The timeline of a ticket with that of all tickets merged into it, oldest first."""
    statement = select(Entry).where(col(Entry.ticket).in_(family(number)))
    return list(session.scalars(statement.order_by(col(Entry.created_at), col(Entry.id))))


def add(session: Session, ticket: int, other: int, kind: str) -> bool:
    """Relates two tickets; False if they are already, in this way."""
    if kind == RELATED:
        ticket, other = sorted((ticket, other))
    same = select(col(Link.id)).where(col(Link.ticket) == ticket, col(Link.other) == other, col(Link.kind) == kind)
    if session.scalar(same) is not None:
        return False
    traces.keep_row(session, Link, (), ticket=ticket, other=other, kind=kind)
    session.add(Link(ticket=ticket, other=other, kind=kind))
    mark = update(Ticket).where(col(Ticket.number).in_([ticket, other])).values(linked=True)
    session.execute(mark.execution_options(synchronize_session="fetch"))
    return True


def remove(session: Session, ticket: int, other: int) -> list[tuple[int, int, str]]:
    """Ends every relation of two tickets; gives those that there were, each with its direction."""
    pair = or_(
        and_(col(Link.ticket) == ticket, col(Link.other) == other),
        and_(col(Link.ticket) == other, col(Link.other) == ticket),
    )
    found = [(row.ticket, row.other, row.kind) for row in session.scalars(select(Link).where(pair))]
    for one, another, kind in found:
        traces.keep_row(session, Link, (), ticket=one, other=another, kind=kind)
    session.execute(delete(Link).where(pair).execution_options(synchronize_session="fetch"))
    return found


def relatives(session: Session, number: int) -> tuple[list[Relative], int]:
    """The newest tickets that belong to one, each with how; and how many there are with those that are left out."""
    from_here: Any = select(col(Link.other).label("number"), _named({}).label("how")).where(col(Link.ticket) == number)
    to_here: Any = select(col(Link.ticket).label("number"), _named(_BACKWARDS).label("how")).where(
        col(Link.other) == number
    )
    merged: Any = select(col(Ticket.number).label("number"), literal("merged").label("how")).where(
        col(Ticket.merged_into) == number
    )
    kin = from_here.union_all(to_here, merged).subquery()
    total = session.scalar(select(func.count()).select_from(kin)) or 0
    rows = session.execute(
        select(kin.c.how, kin.c.number, col(Ticket.status), col(Ticket.subject))
        .join(Ticket, col(Ticket.number) == kin.c.number)
        .order_by(kin.c.number.desc())
        .limit(_SHOWN)
    )
    return [Relative(how, other, status, subject) for how, other, status, subject in rows], total


def lines(session: Session, number: int, tag: str, language: str) -> list[str]:
    """The tickets that belong to one, a line for each, for technicians; requesters and vendors never read them."""
    found, total = relatives(session, number)
    told = [
        say(
            language,
            f"kin_{one.how}",
            tag=f"{tag}-{one.number}",
            status=word(language, one.status),
            subject=one.subject,
        )
        for one in found
    ]
    return [*told, say(language, "kin_more", count=str(total - len(found)))] if total > len(found) else told


def _named(names: Mapping[str, str]) -> ColumnElement[str]:
    """How a row relates its tickets, under other names where it is read backwards."""
    kind = col(Link.kind)
    return case(*((kind == key, name) for key, name in names.items()), else_=kind) if names else cast(kind, String)


def waiting(session: Session, parent: int) -> int:
    """How many tickets wait for another one."""
    statement = select(func.count()).select_from(Ticket).where(col(Ticket.waits_for) == parent)
    return session.scalar(statement) or 0


def release(session: Session, parent: int, now: datetime) -> None:
    """Lets the timers look at every ticket that waits for one that is done; each is a transaction of its own."""
    due = (
        update(Ticket)
        .where(col(Ticket.waits_for) == parent, col(Ticket.status) == Status.ON_HOLD.value)
        .values(wait_until=now, next_due_at=now)
    )
    session.execute(due.execution_options(synchronize_session="fetch"))


def redirect(session: Session, parent: int, other: int) -> bool:
    """Lets the tickets that wait for one wait for another one; False if there are none."""
    wanted = select(Ticket).where(col(Ticket.waits_for) == parent, col(Ticket.number) != other)
    children = list(session.scalars(wanted.order_by(col(Ticket.number)).with_for_update()))
    for child in children:
        traces.keep_ticket(session, child)
        child.waits_for = other
        session.add(child)
    session.flush()
    return bool(children)


def move_entry(session: Session, entry: int, ticket: int) -> None:
    """Makes a contribution part of another ticket, with its files."""
    traces.keep_row(session, Entry, ("ticket",), id=entry)
    statement = update(Entry).where(col(Entry.id) == entry).values(ticket=ticket)
    session.execute(statement.execution_options(synchronize_session="fetch"))


def newest_message(session: Session, number: int, author: str) -> Entry | None:
    """The newest message of a person in a ticket or in one merged into it."""
    statement = (
        select(Entry)
        .where(col(Entry.ticket).in_(family(number)), col(Entry.kind) == "message", col(Entry.author_address) == author)
        .order_by(col(Entry.id).desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def messages(session: Session, number: int) -> int:
    """How many messages a ticket has of those who take part; those of vendors, which are internal, do not count."""
    theirs = (col(Entry.ticket) == number, col(Entry.kind) == "message", col(Entry.internal).is_(False))
    return session.scalar(select(func.count()).select_from(Entry).where(*theirs)) or 0


def newest_event(session: Session, number: int, kind: EventKind) -> Event | None:
    """The newest event of one kind of a ticket."""
    statement = (
        select(Event)
        .where(col(Event.ticket) == number, col(Event.kind) == kind.value)
        .order_by(col(Event.id).desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def carried_on(session: Session, number: int, address: str) -> list[int]:
    """The ticket, and those to which merges have carried somebody on who takes part in it."""
    numbers = [number]
    while len(numbers) <= _CHAIN:
        row = session.get(Ticket, numbers[-1])
        if row is None or row.merged_into is None or row.merged_into in numbers:
            break
        events = select(Event).where(col(Event.ticket) == row.merged_into, col(Event.kind) == EventKind.MERGED.value)
        merges = session.scalars(events.order_by(col(Event.id).desc()).limit(_CHAIN))
        came = next((one.data for one in merges if one.data.get("from") == row.number), {})
        if address not in came.get("joined", []):
            break
        numbers.append(row.merged_into)
    return numbers


def once_merged(session: Session, number: int) -> list[int]:
    """The tickets that were merged into one and are not any more, the newest merge first."""
    events = select(Event).where(col(Event.ticket) == number, col(Event.kind) == EventKind.MERGED.value)
    found = session.scalars(events.order_by(col(Event.id).desc()).limit(_CHAIN))
    numbers = dict.fromkeys(one.data["from"] for one in found if "from" in one.data)
    return [one for one in numbers if (row := session.get(Ticket, one)) is not None and row.merged_into is None]


def ended_with(session: Session, parent: int, since: datetime) -> list[int]:
    """The duplicates of a ticket that were ended with it since a time."""
    found = (
        select(col(Ticket.number))
        .join(Link, col(Link.ticket) == col(Ticket.number))
        .where(
            col(Link.other) == parent,
            col(Link.kind) == DUPLICATE,
            col(Ticket.status).in_([Status.RESOLVED.value, Status.CLOSED.value]),
            func.coalesce(col(Ticket.resolved_at), col(Ticket.closed_at)) >= since,
        )
    )
    return [number for number in session.scalars(found.order_by(col(Ticket.number))) if number is not None]


def kept(session: Session, receipt: int | None) -> bool:
    """Whether the bytes of a message are still there."""
    row = session.get(Receipt, receipt) if receipt is not None else None
    return row is not None and row.sha256 is not None
