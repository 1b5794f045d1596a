"""What one mail of a technician does to the database, noted while it is done, so that it can be taken back later.

Whoever adds an entry, a mail or a participant notes it here; that costs nothing while nobody takes notes. What only one
verb does, its module notes: with `keep_ticket` before it changes another ticket than that of the mail, with `keep_row`
before it changes a row of another table, or else as a "step", which `mailbot.pipeline.undo.REVERTERS` knows how to take
back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import select
from sqlmodel import Session

from mailbot.adapters.columns import Base, UTCDateTime
from mailbot.adapters.tables import Ticket, table_of

Kind = Literal["entries", "mails", "joined", "left", "steps"]
_KEY = "trace"
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a small table as it was, None if there was none.

    Attributes:
        model: What kind of row it is.
        where: What names it: columns that never change.
        columns: Which others count.
        before: Their values, in the forms of JSON.
    """

    model: type[Base]
    where: dict[str, Any]
    columns: tuple[str, ...]
    before: dict[str, Any] | None


@dataclass
class Trace:
    """The notes: tickets as they were before, by number, other rows as they were, and what was made, in order.

    `mails_wait_until` is when the mails go that are written to the outside because of it.
    """

    mails_wait_until: datetime
    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    made: dict[Kind, list[Any]] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[Any]:
        """What of one kind was made."""
        return self.made.get(kind, [])


@contextmanager
def taken(session: Session, ticket: Ticket, mails_wait_until: datetime) -> Iterator[Trace]:
    """Takes notes, beginning with a ticket, until the block ends."""
    trace = Trace(mails_wait_until)
    session.info[_KEY] = trace
    keep_ticket(session, ticket)
    try:
        yield trace
    finally:
        session.info.pop(_KEY, None)


def current(session: Session) -> Trace | None:
    """The notes that are being taken, None if none are."""
    trace: Trace | None = session.info.get(_KEY)
    return trace


def note(session: Session, kind: Kind, value: _Value) -> _Value:
    """Notes what was made, as something that JSON can hold, and gives it back."""
    trace = current(session)
    if trace is not None:
        trace.made.setdefault(kind, []).append(value)
    return value


def keep_ticket(session: Session, ticket: Ticket) -> None:
    """Notes a ticket as it is, to be called before it is changed; the second time nothing happens."""
    trace = current(session)
    if trace is not None and ticket.number is not None:
        trace.tickets.setdefault(ticket.number, image(ticket))


def keep_row(session: Session, model: type[Base], columns: Sequence[str], **where: Any) -> None:
    """Notes a row as it is, if notes are taken, to be called before it is changed; the second time nothing happens.

    Args:
        session: The transaction.
        model: What kind of row it is.
        columns: Which of its columns count, besides those that name it.
        where: The values that name it, of columns that never change.
    """
    trace = current(session)
    if trace is not None and not any(row.model is model and row.where == where for row in trace.rows):
        before = row_image(session, model, where, columns)
        trace.rows.append(Row(model, where, tuple(columns), before))


def row_image(
    session: Session, model: type[Base], where: Mapping[str, Any], columns: Iterable[str]
) -> dict[str, Any] | None:
    """Some columns of a row in the forms of JSON; None if there is no such row."""
    row = find_row(session, model, where)
    return {name: _plain(getattr(row, name)) for name in columns} if row is not None else None


def find_row(session: Session, model: type[Base], where: Mapping[str, Any]) -> Base | None:
    """The row that these values name, read anew and locked; None if there is none."""
    statement = select(model).filter_by(**where).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def image(ticket: Ticket) -> dict[str, Any]:
    """All columns of a ticket in the forms of JSON: times in ISO 8601."""
    return {column.name: _plain(getattr(ticket, column.name)) for column in table_of(Ticket).columns}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return list(value)
    return str(value) if isinstance(value, str) else value


def set_column(row: Base, name: str, value: Any) -> None:
    """Gives a column of a row a value of its image."""
    is_time = isinstance(table_of(type(row)).columns[name].type, UTCDateTime)
    setattr(row, name, datetime.fromisoformat(value) if is_time and value is not None else value)
