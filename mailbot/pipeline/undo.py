"""Taking back what a technician's mail did: all of it or nothing.

While a mail is carried out, `mailbot.adapters.traces` notes what it does: its ticket as it was, the entries, mails and
participants that it makes. So every verb can be taken back without a line of its own. One that does more than that
notes it, where it does it:

- it changes another ticket than that of the mail: `traces.keep_ticket(session, other)` before it does;
- it changes a row of another table: `traces.keep_row(session, ...)` before it does, and `undoplan.REVERTIBLE`;
- anything else: `traces.note(session, "steps", {"kind": ..., ...})`, and a function in `reverters.REVERTERS` by that
  kind.

A field that somebody has changed again since is a reason to refuse. Tags and the time worked are exceptions: of these
only the difference is taken back. What was sent cannot be; the transcript says so.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from mailbot.adapters import links, post, store, traces, undos
from mailbot.adapters.columns import table_of
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail, Ticket, Undo
from mailbot.core.commands import Outcome
from mailbot.core.commands.deeds import TakeBack
from mailbot.core.commands.undo import ALPHABET, LENGTH
from mailbot.core.commands.when import show_moment
from mailbot.core.model import Address, EventKind, Role, Technician
from mailbot.core.phrases import say
from mailbot.notify import Desk
from mailbot.pipeline import letters, ticketrows, tickets, undowords
from mailbot.pipeline.reverters import REVERTERS
from mailbot.pipeline.undoplan import DERIVED, QUIET, Plan, plan_for, set_back
from mailbot.pipeline.work import Work
from mailbot.policy import Policy


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
    answered = work.thread.answered
    about_one = bool(work.corrects) or (answered is not None and answered.notice == "transcript")
    row = None if work.corrects and not code else row  # A mail with a mistake did nothing.
    nothing = say(language, "undo_nothing_there" if about_one else "undo_nothing")
    refusal = nothing if row is None and not code else ""
    refusal = refusal or _refusal(session, desk.policy, ticket, row, code, technician, now)
    if row is None or refusal:
        return (), [refusal]
    plan = plan_for(session, desk.policy.directory, row)
    if plan.is_refused:
        return (), undowords.why_not(session, desk.policy, row, plan, technician, now)
    told = Outcome(
        quiet=any(outcome.quiet for outcome in outcomes),
        lines=undowords.lines(session, desk, row, plan, ticket.number, language),
        deeds=(TakeBack(row.code, row.id or 0),),
    )
    return (told,), []


def _find(
    session: Session, ticket: Ticket, answered: OutboxMail | None, code: str, technician: Technician, now: datetime
) -> Undo | None:
    if code:
        return undos.by_code(session, code)
    if answered is not None and answered.notice == "transcript":
        # That mail alone is meant: to take back another one, its code has to be named.
        return undos.by_transcript(session, answered.key)
    return undos.latest(session, ticket.number or 0, technician.email.lower(), now)


def _refusal(
    session: Session, policy: Policy, ticket: Ticket, row: Undo | None, code: str, technician: Technician, now: datetime
) -> str:
    """Why something must not be taken back, whatever it did; "" if it may be."""
    language = letters.language_for(policy, technician)
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
    plan = plan_for(session, desk.policy.directory, row)
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
        for number in links.carried_on(session, one["ticket"], one["address"]):
            undos.take_out(session, number, one["address"], one["role"])
    for one in row.trace.get("left", []):
        store.add_participant(session, one["ticket"], Address(one["name"], one["address"]), Role(one["role"]))
    for step in reversed(row.trace.get("steps", [])):
        REVERTERS[step["kind"]](session, desk, row, step, actor, now)
    row.undone_at, row.undone_by = now, actor
    session.add(row)
    traces.note(session, "steps", {"kind": "undone", "undo": row.id})
    _tell_others(session, desk, row, plan, actor, now)
    return _tell_tickets(session, desk, ticket, row, plan, events, actor, now)


def _tell_others(session: Session, desk: Desk, row: Undo, plan: Plan, actor: str, now: datetime) -> None:
    """Tells the writer of the mail, and other technicians who heard of what it did, that this was taken back."""
    directory, ticket = desk.policy.directory, session.get(Ticket, row.ticket)
    heard = (mail.recipient for mail in plan.gone if mail.internal)
    for address in dict.fromkeys([row.actor, *heard]):
        reader = directory.technician(address)
        if reader is None or address == actor:
            continue
        language = letters.language_for(desk.policy, reader)
        data = {
            "by": undowords.name_of(desk.policy, actor, language),
            "author": "" if address == row.actor else undowords.name_of(desk.policy, row.actor, language),
            "lines": list(undowords.lines(session, desk, row, plan, row.ticket, language)),
        }
        person, cause = letters.person(reader), f"u{row.id}:{int(now.timestamp())}"
        letters.tell_technician(session, desk, ticket, "taken_back", person, cause, now, data)


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
