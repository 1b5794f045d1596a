"""Taking back what a technician's mail did: all of it or nothing.

While a mail is carried out, `mailbot.adapters.traces` notes what it does: its ticket as it was, the entries, mails and
participants that it makes. So every verb can be taken back without a line of its own. One that does more than that
notes it, where it does it:

- it changes another ticket than that of the mail: `traces.keep_ticket(session, other)` before it does;
- it changes a row of another table: `traces.keep_row(session, ...)` before it does, and `undoplan.REVERTIBLE`;
- anything else: `traces.note(session, "steps", {"kind": "block", ...})`, and a function in `REVERTERS` by that kind.

A field that somebody has changed again since is a reason to refuse. Tags and the time worked are exceptions: of these
only the difference is taken back. What was sent cannot be; the transcript says so.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from mailbot.adapters import post, store, traces, undos
from mailbot.adapters.columns import table_of
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail, Ticket, Undo
from mailbot.core.commands import Outcome
from mailbot.core.commands.deeds import TakeBack
from mailbot.core.commands.undo import ALPHABET, LENGTH
from mailbot.core.commands.when import show_moment
from mailbot.core.model import Address, EventKind, Role, Status, Technician
from mailbot.core.phrases import say
from mailbot.notify import Desk
from mailbot.pipeline import letters, ticketrows, tickets, undowords
from mailbot.pipeline.undoplan import DERIVED, QUIET, Plan, plan_for, set_back
from mailbot.pipeline.work import Work
from mailbot.policy import Policy

Reverter = Callable[[Session, Desk, Mapping[str, Any], str, datetime], None]
"""What takes a step back: given the step, who does it, and when (UTC)."""
"""Takes back a step: what was noted of it, and the present moment."""


def is_wanted(outcomes: Sequence[Outcome]) -> bool:
    """Whether a mail takes something back."""
    return any(isinstance(deed, TakeBack) for outcome in outcomes for deed in outcome.deeds)


def keep(work: Work, ticket: Ticket, cause: str, outcomes: Sequence[Outcome]) -> Mapping[str, object] | None:
    """Keeps what a mail did until it cannot be taken back any more, once all of that is done.

    Gives what the transcript (of `cause`) says about it, None if the mail did nothing.
    """
    session, policy, now = work.session, work.desk.policy, work.now
    trace = traces.current(session)
    assert trace is not None
    assert ticket.number is not None
    changed = {str(number): _differences(session, number, before) for number, before in trace.tickets.items()}
    changed = {number: columns for number, columns in changed.items() if columns}
    rows = [row for row in (_row(session, one) for one in trace.rows) if row["before"] != row["after"]]
    if not (trace.made or rows or any(set(columns) - QUIET for columns in changed.values())):
        return None
    receipt, person = work.arrival.receipt, letters.person(work.technician)
    code = _code(policy, receipt, person.key)
    until = now + policy.settings.security.undo_for
    key = letters.key_of(ticket, "transcript", person, cause)
    row = Undo(
        code=code,
        actor=person.key,
        ticket=ticket.number,
        receipt=receipt,
        transcript=key[:300],
        is_undo=is_wanted(outcomes),
        made_at=now,
        until=until,
        trace={"tickets": changed, "rows": rows, **{str(kind): ids for kind, ids in trace.made.items()}},
    )
    undos.add(session, row)
    waiting = trace.mails_wait_until > now and any(
        not mail.internal for mail in undos.mails(session, trace.of("mails"))
    )
    carrier = ticketrows.carrier_of(policy, ticket.number, person, key, now)
    return {
        "code": code,
        "until": until,
        "waits": undowords.span(work.language, trace.mails_wait_until - now) if waiting else "",
        "tap": ticketrows.taps(policy, carrier, ticket.number, {"undo": f"#undo {code}"})[0],
    }


def _differences(session: Session, number: int, before: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The columns of a ticket that differ from an image of it: each with what was, and what is."""
    row = session.get(Ticket, number)
    after = traces.image(row) if row is not None else before
    return {
        name: [value, after[name]] for name, value in before.items() if name not in DERIVED and value != after[name]
    }


def _row(session: Session, row: traces.Row) -> dict[str, Any]:
    """What became of a row of another table, in the forms of JSON."""
    after = traces.row_image(session, row.model, row.where, row.columns)
    name, columns = table_of(row.model).name, list(row.columns)
    return {"table": name, "where": row.where, "columns": columns, "before": row.before, "after": after}


def _code(policy: Policy, receipt: int, address: str) -> str:
    """A code that nobody can guess, and that is the same when a message is processed anew after a crash."""
    digest = hmac.digest(policy.keyring[0], f"undo:{receipt}:{address}".encode(), hashlib.sha256)
    number, code = int.from_bytes(digest[:16]), ""
    for _ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        code += ALPHABET[rest]
    return code


def resolve(work: Work, outcomes: tuple[Outcome, ...]) -> tuple[tuple[Outcome, ...], list[str]]:
    """Finds what a mail wants taken back; gives the outcomes with that and its lines, or why it cannot be done."""
    wanted = [deed for outcome in outcomes for deed in outcome.deeds if isinstance(deed, TakeBack)]
    ticket = work.thread.ticket
    if ticket is None or not wanted:
        return outcomes, []
    session, desk, technician, now, language = work.session, work.desk, work.technician, work.now, work.language
    if len(wanted) > 1:
        return (), [say(language, "undo_alone", word="undo")]
    code = wanted[0].code
    row = _find(session, ticket, work.thread.answered, code, technician, now)
    refusal = _refusal(session, desk.policy, ticket, row, code, technician, now)
    if row is None or refusal:
        return (), [refusal]
    plan = plan_for(session, row)
    if plan.conflicts or plan.changed:
        return (), undowords.why_not(session, desk.policy, row, plan, technician, now)
    told = Outcome(
        quiet=any(outcome.quiet for outcome in outcomes),
        lines=undowords.lines(session, desk, row, plan, language),
        deeds=(TakeBack(row.code, row.id or 0),),
    )
    return (told,), []


def _find(
    session: Session, ticket: Ticket, answered: OutboxMail | None, code: str, technician: Technician, now: datetime
) -> Undo | None:
    if code:
        return undos.by_code(session, code)
    told = undos.by_transcript(session, answered.key) if answered and answered.notice == "transcript" else None
    return told or undos.latest(session, ticket.number or 0, technician.email.lower(), now)


def _refusal(
    session: Session, policy: Policy, ticket: Ticket, row: Undo | None, code: str, technician: Technician, now: datetime
) -> str:
    """Why something must not be taken back, whatever it did; "" if it may be."""
    language = letters.language_for(policy, technician)
    if row is None and not code:
        return say(language, "undo_nothing")
    if row is None:
        return say(
            language, "undo_unknown", code=code, span=undowords.span(language, policy.settings.security.undo_for)
        )
    its = session.get(Ticket, row.ticket)
    by = technician.email.lower()
    teams = {its.team if its else "", *row.trace["tickets"].get(str(row.ticket), {}).get("team", [])}
    if by != row.actor and by not in {policy.directory.lead_of(team).lower() for team in teams}:
        return say(language, "undo_foreign", code=row.code, name=undowords.name_of(policy, row.actor, language))
    if row.undone_at is not None:
        moment = show_moment(row.undone_at, policy.zone, language)
        name = undowords.name_of(policy, row.undone_by, language)
        return say(language, "undo_twice", code=row.code, name=name, moment=moment)
    if row.until <= now:
        return say(language, "undo_expired", code=row.code, moment=show_moment(row.until, policy.zone, language))
    target = store.get_ticket(session, row.ticket)
    if ticket.number != row.ticket and (target is None or target.number != ticket.number):
        return say(language, "undo_elsewhere", code=row.code, tag=f"[{policy.tag}-{row.ticket}]")
    return ""


def take_back(
    session: Session, desk: Desk, ticket: Ticket, deed: TakeBack, actor: str, now: datetime
) -> list[Happening]:
    """Takes back what `resolve` found; gives the events to be stored on the ticket of the mail."""
    row = session.get(Undo, deed.row)
    assert row is not None
    plan = plan_for(session, row)
    events: dict[int, list[Happening]] = {row.ticket: []}
    for field in plan.fields:
        traces.keep_ticket(session, field.ticket)
    for field in plan.fields:
        traces.set_column(field.ticket, field.name, field.then)
        changes = events.setdefault(field.ticket.number or 0, [])
        if field.name not in QUIET:
            details = {"field": field.name, "old": _text(field.now), "new": _text(field.then)}
            changes.append(Happening(EventKind.CHANGED, actor, f"#undo {row.code}", details))
    for record in plan.records:
        set_back(session, record)
    reason = f"{undos.UNDONE}{actor}"
    stopped = [mail.id for mail in plan.stopped if mail.id is not None]
    post.cancel(session, stopped, reason)
    traces.note(session, "steps", {"kind": "cancelled", "mails": stopped, "reason": reason})
    withdrawn = [entry.id for entry in plan.entries if entry.id is not None]
    undos.withdraw(session, withdrawn, now)
    traces.note(session, "steps", {"kind": "withdrawn", "entries": withdrawn})
    for one in row.trace.get("joined", []):
        undos.take_out(session, one["ticket"], one["address"], one["role"])
    for one in row.trace.get("left", []):
        store.add_participant(session, one["ticket"], Address(one["name"], one["address"]), Role(one["role"]))
    for step in reversed(row.trace.get("steps", [])):
        REVERTERS[step["kind"]](session, desk, step, actor, now)
    row.undone_at, row.undone_by = now, actor
    session.add(row)
    traces.note(session, "steps", {"kind": "undone", "undo": row.id})
    return _tell_tickets(session, desk, ticket, row, plan, events, actor, now)


def _tell_tickets(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    row: Undo,
    plan: Plan,
    events: Mapping[int, list[Happening]],
    actor: str,
    now: datetime,
) -> list[Happening]:
    """Ends the change of each ticket but that of the mail, whose events it gives: those are stored with the others."""
    details = {
        "undo": row.id,
        "receipt": row.receipt,
        "not_sent": [mail.id for mail in plan.stopped],
        "sent_before": [mail.id for mail in plan.gone],
        "withdrawn": [entry.id for entry in plan.entries],
    }
    what = f"what the mail of {row.actor} of receipt {row.receipt} did (#undo {row.code})"
    own: list[Happening] = []
    for number, changes in events.items():
        happenings = [Happening(EventKind.UNDONE, actor, what, details), *changes]
        if number == ticket.number:
            own = happenings
            continue
        other = session.get(Ticket, number)
        if other is not None:
            tickets.finish(session, desk.policy, other, happenings, now)
    return own


def _text(value: Any) -> str:
    """A value of a column as events hold it."""
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _queue_again(session: Session, desk: Desk, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    del desk, actor
    trace = traces.current(session)
    due = trace.mails_wait_until if trace else now
    for key in undos.queue_again(session, step["mails"], due, step["reason"]):
        traces.note(session, "mails", key)


def _validate(session: Session, desk: Desk, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    del desk, actor, now
    undos.withdraw(session, step["entries"], None)


def _offer_again(session: Session, desk: Desk, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    del desk, actor, now
    row = session.get(Undo, step["undo"])
    if row is not None:  # Its time may be up.
        row.undone_at, row.undone_by = None, ""
        session.add(row)


def _shut(session: Session, desk: Desk, step: Mapping[str, Any], actor: str, now: datetime) -> None:
    """Closes a ticket that was opened by mistake: no survey asks about it, and what is written to it goes on."""
    ticket = store.lock_ticket(session, step["ticket"])
    if ticket is None or ticket.merged_into is not None or Status(ticket.status) is Status.CLOSED:
        return
    traces.keep_ticket(session, ticket)
    happenings = tickets.set_status(ticket, Status.CLOSED, actor, now)
    ticket.merged_into = step["from"]
    store.add_mark(session, step["ticket"], ticket.cycle, "survey", now)
    tickets.finish(session, desk.policy, ticket, happenings, now)


REVERTERS: Mapping[str, Reverter] = MappingProxyType(
    {"cancelled": _queue_again, "withdrawn": _validate, "undone": _offer_again, "opened": _shut}
)
"""How each kind of step is taken back."""
