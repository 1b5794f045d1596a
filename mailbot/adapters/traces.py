"""What one mail of a technician does to the database, noted while it is done, so that it can be taken back later.

Whoever adds an entry, a mail or a participant notes it here; that costs nothing while nobody takes notes. What only one
verb does, its module notes with `keep_ticket` (before it changes another ticket than that of the mail) or as a "step",
which `mailbot.pipeline.undo.REVERTERS` knows how to take back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlmodel import Session

from mailbot.adapters.columns import UTCDateTime
from mailbot.adapters.tables import Ticket, table_of

Kind = Literal["entries", "mails", "joined", "left", "steps"]
_KEY = "trace"
_Value = TypeVar("_Value")


@dataclass
class Trace:
    """The notes: tickets as they were before, by number, and what was made, in order.

    `mails_wait_until` is when the mails go that are written to the outside because of it.
    """

    mails_wait_until: datetime
    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
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


def image(ticket: Ticket) -> dict[str, Any]:
    """All columns of a ticket in the forms of JSON: times in ISO 8601."""
    values = {column.name: getattr(ticket, column.name) for column in table_of(Ticket).columns}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return list(value)
    return str(value) if isinstance(value, str) else value


def set_column(ticket: Ticket, name: str, value: Any) -> None:
    """Gives a column of a ticket a value of its image."""
    is_time = isinstance(table_of(Ticket).columns[name].type, UTCDateTime)
    setattr(ticket, name, datetime.fromisoformat(value) if is_time and value is not None else value)
