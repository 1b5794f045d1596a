"""What taking a mail back comes to, as things are now: what is set back, and what somebody has changed again since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from mailbot.adapters import links, post, search, store, traces, undos
from mailbot.adapters.articles import Article
from mailbot.adapters.columns import Base, table_of
from mailbot.adapters.links import Link
from mailbot.adapters.sidethreads import SideThread
from mailbot.adapters.tables import Entry, OutboxMail, TechnicianState, Ticket, Undo
from mailbot.core.model import Directory, Status

DERIVED = frozenset(
    {
        "number",
        "created_at",
        "updated_at",
        "indexed_at",
        "linked",
        "has_internal",
        "next_due_at",
        "respond_by",
        "resolve_by",
    }
)
"""Columns of a ticket that are never set back: they follow from the others, or an internal text stays one."""
_CLOCK = ("elapsed_seconds", "running_since")
_TOLD = frozenset({"first_response_at", "last_public_at"})
_FIRST = (("status", Status.OPEN.value, Status.NEW.value),)
QUIET = frozenset({*_CLOCK, *_TOLD, "waiting_since", "resolved_at", "closed_at", "cycle"})
"""Columns that follow the others; one that has moved on since is left as it is, for `tickets.finish` to reckon with."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a ticket that is set back."""

    ticket: Ticket
    name: str
    now: Any
    then: Any


REVERTIBLE: Mapping[str, type[Base]] = MappingProxyType(
    {table_of(model).name: model for model in (Link, SideThread, Article, Entry, TechnicianState)}
)
"""The tables besides that of tickets of which a row is made what it was; see `mailbot.adapters.traces.keep_row`."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of another table that is set back, or deleted (`then` is None), or made again."""

    model: type[Base]
    where: Mapping[str, Any]
    columns: tuple[str, ...]
    then: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking back comes to.

    Attributes:
        fields: The columns of tickets that are set back.
        conflicts: Those that a technician has changed again since: nothing may be done then.
        kept: Those that a requester's mail or a timer has changed again since: they stay as they are.
        records: The rows of other tables that are set back.
        changed: Those that were changed again since: nothing may be done then.
        under_way: The tickets that it opened, of which something has come since: nothing may be done then.
        children: The duplicates that were ended with the ticket; they wait again.
        entries: The contributions that count no longer.
        stopped: The mails that are not sent any more.
        gone: The mails that cannot be stopped.
    """

    fields: tuple[Field, ...]
    conflicts: tuple[Field, ...]
    kept: tuple[Field, ...]
    records: tuple[Record, ...]
    changed: tuple[Record, ...]
    under_way: tuple[int, ...]
    children: tuple[int, ...]
    entries: tuple[Entry, ...]
    stopped: tuple[OutboxMail, ...]
    gone: tuple[OutboxMail, ...]

    @property
    def is_refused(self) -> bool:
        """Whether nothing may be done."""
        return bool(self.conflicts or self.changed or self.under_way)


def plan_for(session: Session, directory: Directory, row: Undo) -> Plan:
    """What taking a mail back comes to, as things are: tickets and mails are locked."""
    mails = [
        mail
        for mail in undos.mails(session, row.trace.get("mails", []))
        if mail.notice != "transcript" or mail.recipient != row.actor
    ]
    stopped = tuple(mail for mail in mails if mail.state == "queued" and not post.unanswered(mail.answer))
    gone = tuple(mail for mail in mails if mail not in stopped and mail.state not in {"failed", "cancelled"})
    reached = any(not mail.internal for mail in gone)
    fields: list[Field] = []
    conflicts: list[Field] = []
    kept: list[Field] = []
    for field, after in _differing(session, row, answered=reached or undos.answered_since(session, row)):
        if field.name in {"tags", "worked_minutes"} or field.now == after:
            fields.append(field)
        elif field.name not in QUIET:
            by = undos.who_changed(session, field.ticket.number or 0, field.name, row.made_at)
            (conflicts if directory.technician(by) is not None else kept).append(field)
    entries = undos.entries(session, row.trace.get("entries", []))
    records, changed = _records(session, row)
    opened = [step["ticket"] for step in row.trace.get("steps", []) if step["kind"] == "opened"]
    parents = [step["parent"] for step in row.trace.get("steps", []) if step["kind"] == "children"]
    return Plan(
        fields=tuple(fields),
        conflicts=tuple(conflicts),
        kept=tuple(kept),
        records=records,
        changed=changed,
        under_way=tuple(number for number in opened if undos.is_under_way(session, number, row)),
        children=tuple(child for parent in parents for child in links.ended_with(session, parent, row.made_at)),
        # What somebody outside has read stays said.
        entries=tuple(entry for entry in entries if entry.internal or not reached),
        stopped=stopped,
        gone=gone,
    )


def _differing(session: Session, row: Undo, *, answered: bool) -> Iterator[tuple[Field, Any]]:
    """The columns that are not what they were before, each with what the mail made of it.

    `answered` = the requester was answered by it, or has been since: then the first answer is no longer open.
    """
    for number, columns in row.trace["tickets"].items():
        ticket = store.lock_ticket(session, int(number))
        if ticket is None:
            continue
        now = traces.image(ticket)
        clock_moved = any(now[name] != columns[name][1] for name in _CLOCK if name in columns)
        for name in (name for name in now if name in columns):
            then, after = columns[name]
            field = Field(ticket, name, now[name], _target(name, now[name], then, after))
            first = name in _TOLD or (name, now[name], then) in _FIRST or (name == "technician" and not then)
            if field.now != field.then and not (first and answered) and not (name in _CLOCK and clock_moved):
                yield field, after


def _records(session: Session, row: Undo) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """The rows of other tables that are set back, and those that somebody has changed again since."""
    records: list[Record] = []
    changed: list[Record] = []
    for one in row.trace.get("rows", []):
        record = Record(REVERTIBLE[one["table"]], one["where"], tuple(one["columns"]), one["before"])
        now = traces.row_image(session, record.model, record.where, record.columns)
        if now != record.then:
            (records if now == one["after"] else changed).append(record)
    return tuple(records), tuple(changed)


def set_back(session: Session, record: Record) -> None:
    """Makes a row of another table what it was."""
    traces.keep_row(session, record.model, record.columns, **record.where)
    row = traces.find_row(session, record.model, record.where)
    if record.then is None:
        if row is not None:
            session.delete(row)
    else:
        row = row or record.model(**record.where)
        for name, value in record.then.items():
            traces.set_column(row, name, value)
        session.add(row)
    session.flush()
    if isinstance(row, Article) and row.number is not None:
        # Only the index of words has to be told: it looks for changes in tickets alone.
        if record.then is None:
            search.forget_article(session, row.number)
        else:
            search.index_article(session, row)


def _target(name: str, now: Any, then: Any, after: Any) -> Any:
    """The value that a column is set back to; of tags and time worked only the difference is taken back."""
    if name == "worked_minutes":
        return max(0, now - (after - then))
    if name == "tags":
        kept = [tag for tag in now if tag in then or tag not in after]
        return [*kept, *(tag for tag in then if tag not in after and tag not in kept)]
    return then
