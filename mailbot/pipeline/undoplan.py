"""What taking a mail back comes to, as things are now: what is set back, and what somebody has changed again since."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from mailbot.adapters import post, search, store, traces, undos
from mailbot.adapters.columns import Base, table_of
from mailbot.adapters.links import Link
from mailbot.adapters.sidethreads import SideThread
from mailbot.adapters.tables import Article, Entry, OutboxMail, TechnicianState, Ticket, Undo

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
    """What taking back comes to; with `conflicts` or `changed`, nothing may be done."""

    fields: tuple[Field, ...]
    conflicts: tuple[Field, ...]
    records: tuple[Record, ...]
    changed: tuple[Record, ...]
    entries: tuple[Entry, ...]
    stopped: tuple[OutboxMail, ...]
    gone: tuple[OutboxMail, ...]


def plan_for(session: Session, row: Undo) -> Plan:
    """What taking a mail back comes to, as things are: tickets and mails are locked."""
    fields: list[Field] = []
    conflicts: list[Field] = []
    mails = [
        mail
        for mail in undos.mails(session, row.trace.get("mails", []))
        if mail.notice != "transcript" or mail.recipient != row.actor
    ]
    stopped = tuple(mail for mail in mails if mail.state == "queued" and not post.unanswered(mail.answer))
    gone = tuple(mail for mail in mails if mail not in stopped and mail.state not in {"failed", "cancelled"})
    reached = any(not mail.internal for mail in gone)
    for number, columns in row.trace["tickets"].items():
        ticket = store.lock_ticket(session, int(number))
        if ticket is None:
            continue
        now = traces.image(ticket)
        clock_moved = any(now[name] != columns[name][1] for name in _CLOCK if name in columns)
        for name in (name for name in now if name in columns):
            then, after = columns[name]
            field = Field(ticket, name, now[name], _target(name, now[name], then, after))
            if field.now == field.then or (name in _TOLD and reached) or (name in _CLOCK and clock_moved):
                continue
            if name in {"tags", "worked_minutes"} or field.now == after:
                fields.append(field)
            elif name not in QUIET:
                conflicts.append(field)
    entries = undos.entries(session, row.trace.get("entries", []))
    # What somebody outside has read stays said.
    kept = tuple(entry for entry in entries if entry.internal or not reached)
    records, changed = _records(session, row)
    return Plan(tuple(fields), tuple(conflicts), records, changed, kept, stopped, gone)


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
