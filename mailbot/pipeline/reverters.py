"""How what only one verb does is taken back: a function for each kind of step in the notes about a mail."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from mailbot.adapters import links, store, traces, undos
from mailbot.adapters.tables import Undo
from mailbot.core.model import Status
from mailbot.notify import Desk
from mailbot.pipeline import kin, tickets

Reverter = Callable[[Session, Desk, Undo, Mapping[str, Any], str, datetime], None]
"""What takes a step back: given of what it is, the step, who takes it back, and when (UTC)."""
"""Takes back a step: what was noted of it, and the present moment."""


def _queue_again(session: Session, desk: Desk, row: Undo, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    del desk, row, actor
    trace = traces.current(session)
    due = trace.mails_wait_until if trace else now
    for key in undos.queue_again(session, step["mails"], due, step["reason"]):
        traces.note(session, "mails", key)


def _validate(session: Session, desk: Desk, row: Undo, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    del desk, row, actor, now
    undos.withdraw(session, step["entries"], None)


def _offer_again(session: Session, desk: Desk, row: Undo, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    del desk, row, actor, now
    undone = session.get(Undo, step["undo"])
    if undone is not None:  # Its time may be up.
        undone.undone_at, undone.undone_by = None, ""
        session.add(undone)


def _shut(session: Session, desk: Desk, row: Undo, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    """Closes a ticket that was opened by mistake: no survey asks about it, and what is written to it goes on."""
    del row
    ticket = store.lock_ticket(session, step["ticket"])
    if ticket is None or ticket.merged_into is not None or Status(ticket.status) is Status.CLOSED:
        return
    traces.keep_ticket(session, ticket)
    happenings = tickets.set_status(ticket, Status.CLOSED, actor, now)
    ticket.merged_into = step["from"]
    store.add_mark(session, step["ticket"], ticket.cycle, "survey", now)
    tickets.finish(session, desk.policy, ticket, happenings, now)


def _wait_again(session: Session, desk: Desk, row: Undo, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    kin.wait_again(session, desk.policy, step["parent"], row.made_at, actor, now)


def _give_back(session: Session, desk: Desk, row: Undo, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    """Gives a ticket that was merged what those have written since then who came with it."""
    del desk, actor, now
    for entry in undos.written_since(session, step["into"], step["people"], row.made_at):
        links.move_entry(session, entry, step["ticket"])


REVERTERS: Mapping[str, Reverter] = MappingProxyType(
    {
        "cancelled": _queue_again,
        "withdrawn": _validate,
        "undone": _offer_again,
        "opened": _shut,
        "children": _wait_again,
        "merged": _give_back,
    }
)
"""By the kind of step."""
