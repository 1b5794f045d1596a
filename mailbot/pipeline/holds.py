"""Held mail: a stranger's word on a ticket, a command without proof, a mail with a mistake. Somebody is asked.

Nothing is thrown away and nothing is believed: the message waits until a technician, who proves himself by the token of
the mail that asked him, says what is to become of it.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.raw import load_raw
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Hold, Receipt, Ticket
from mailbot.core import threads
from mailbot.core.commands import Parsed, help_text
from mailbot.core.mail import read
from mailbot.core.model import Address, Disposition, DispositionKind, EventKind, InboundMail, Role, Technician
from mailbot.core.phrases import Reason, say
from mailbot.notify import Desk
from mailbot.pipeline import letters, requesters, tickets
from mailbot.pipeline.arrival import Arrival, Sender, Thread, identify
from mailbot.pipeline.tickets import Opening

_EXCERPT = 4000
_DECISIONS = ("accept", "new", "spam")


def hold(
    session: Session, ticket: Ticket | None, kind: str, arrival: Arrival, originator: str, reason: str, now: datetime
) -> int:
    """Holds a message; the ticket, if there is one, says so."""
    number = ticket.number if ticket else None
    row = Hold(
        receipt=arrival.receipt, ticket=number, kind=kind, originator=originator[: store.ADDRESS_LENGTH], created_at=now
    )
    key = store.add_hold(session, row)
    if number is not None:
        details = {"hold": key, "kind": kind}
        store.add_events(session, number, now, [Happening(EventKind.HELD, originator, reason, details)])
    return key


def hold_for_decision(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    originator: Address,
    ticket: Ticket | None,
    reason: Reason,
    now: datetime,
) -> Disposition:
    """Holds a message of somebody who does not take part (or that a rule holds) and asks who is responsible."""
    key = hold(session, ticket, "stranger" if ticket else "rule", arrival, originator.key, reason.english, now)
    data: dict[str, object] = {
        "author": originator.label,
        "author_address": originator.address,
        "mail_subject": mail.subject,
        "text": (mail.new_text or mail.text)[:_EXCERPT],
    }
    letters.tell_responsible(session, desk, ticket, "held", f"h{key}", now, data, hold=key, reason=reason)
    return Disposition(DispositionKind.HELD, reason.english, ticket.number if ticket else None)


def challenge(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    technician: Technician,
    ticket: Ticket | None,
    parsed: Parsed,
    now: datetime,
) -> Disposition:
    """Holds a technician's mail that nothing proves, and asks at his registered address whether it is his."""
    reason = "a technician's address without proof: the mail carries no token of ours made for it"
    key = hold(session, ticket, "unproved", arrival, technician.email.lower(), reason, now)
    data = {"commands": [call.raw for call in parsed.calls], "text": parsed.text[:_EXCERPT]}
    recipient = letters.person(technician)
    letters.tell_technician(session, desk, ticket, "challenge", recipient, f"h{key}", now, data, hold=key)
    return Disposition(DispositionKind.HELD, reason, ticket.number if ticket else None)


def mistyped(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    ticket: Ticket | None,
    lines: list[str],
    text: str,
    now: datetime,
) -> Disposition:
    """Holds a technician's mail with a mistake: nothing is applied, nothing is sent but the transcript."""
    reason = "a mistake in the commands: " + "; ".join(lines)
    key = hold(session, ticket, "mistyped", arrival, technician.email.lower(), reason, now)
    language = letters.language_for(desk.policy, technician)
    letters.transcript(
        session,
        desk,
        ticket,
        technician,
        mail,
        [*lines, say(language, "nothing_applied")],
        f"h{key}",
        now,
        ok=False,
        held_text=text[:_EXCERPT],
        hint=say(language, "go_hint" if text and ticket else "again_hint"),
        hold=key,
    )
    return Disposition(DispositionKind.HELD, reason, ticket.number if ticket else None)


def held_mail(session: Session, desk: Desk, row: Hold) -> tuple[Arrival, InboundMail]:
    """The held message itself, read again from its bytes."""
    receipt = session.get(Receipt, row.receipt)
    assert receipt is not None
    assert receipt.sha256 is not None
    raw = load_raw(session, receipt.sha256)
    arrival = Arrival(row.receipt, receipt.mailbox, raw, receipt.internal_date or receipt.received_at)
    mail = read(raw, desk.policy.limits)
    return arrival, replace(mail, subject=threads.without_tokens(mail.subject))


def settle(session: Session, row: Hold, state: str, decision: str, by: str, now: datetime) -> None:
    """Ends a hold: somebody has decided."""
    row.state, row.decision, row.decided_by = state, decision, by
    session.add(row)
    if row.ticket is not None:
        details = {"hold": row.id, "decision": decision}
        store.add_events(session, row.ticket, now, [Happening(EventKind.RELEASED, by, decision, details)])


def decide(
    session: Session,
    desk: Desk,
    row: Hold,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    parsed: Parsed,
    now: datetime,
) -> Disposition:
    """Carries out what a technician says about the held message of a stranger or of a rule.

    His answer is one to an internal mail: a text in it stays inside, as a note of the ticket that comes of it.
    """
    language = letters.language_for(desk.policy, technician)
    words = [call.command.name for call in parsed.calls]
    decision = words[0] if len(words) == 1 and words[0] in _DECISIONS and not parsed.errors else ""
    number, ok, unsent = row.ticket, False, parsed.text[:_EXCERPT]
    if row.state != "open":
        lines = [say(language, "decided", by=row.decided_by, decision=row.decision)]
    elif words == ["help"] and not parsed.errors:
        lines, ok, unsent = help_text(language).splitlines(), True, ""
    elif not decision:
        lines = [*(error.message for error in parsed.errors), say(language, "decide_hint")]
    else:
        line, number = _carry_out(session, desk, row, decision, technician, language, now)
        noted = _keep_text(session, desk, number, arrival, mail, technician, parsed.text.strip(), now)
        lines, ok, unsent = [line, noted], True, ""
    ticket = store.get_ticket(session, number) if number is not None else None
    cause = f"h{row.id}:{mail.canonical_digest[:16]}"
    letters.transcript(session, desk, ticket, technician, mail, lines, cause, now, ok=ok, held_text=unsent)
    return Disposition(DispositionKind.COMMANDED, lines[0], number)


def _keep_text(
    session: Session,
    desk: Desk,
    number: int | None,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    text: str,
    now: datetime,
) -> str:
    """Keeps what stands below a decision as a note; gives the line about it, "" if nothing stands there."""
    files = [file for file in mail.attachments if not file.inline]
    if not text and not files:
        return ""
    language = letters.language_for(desk.policy, technician)
    ticket = store.get_ticket(session, number) if number is not None else None
    if ticket is None or ticket.number is None:
        return say(language, "decision_dropped")
    by = technician.email.lower()
    entry = store.add_entry(
        session,
        ticket=ticket.number,
        kind="note",
        internal=True,
        author_address=by,
        author_name=technician.name,
        text=text,
        receipt=arrival.receipt,
        created_at=now,
    )
    store.add_attachments(session, entry, mail.attachments)
    ticket.has_internal = True
    session.add(ticket)
    store.add_events(session, ticket.number, now, [Happening(EventKind.NOTED, by, data={"receipt": arrival.receipt})])
    return say(language, "decision_noted", tag=f"[{desk.policy.tag}-{ticket.number}]")


def _carry_out(
    session: Session, desk: Desk, row: Hold, decision: str, technician: Technician, language: str, now: datetime
) -> tuple[str, int | None]:
    """Does what was decided; gives the line about it, and the ticket to which the message belongs now."""
    by = technician.email.lower()
    if decision == "spam":
        store.contact_for_change(session, row.originator).blocked_at = now
        settle(session, row, "rejected", decision, by, now)
        return say(language, "spam", originator=row.originator), row.ticket
    arrival, mail = held_mail(session, desk, row)
    sender = identify(mail, desk.policy) or Sender(letters.person(technician), None)
    ticket = store.get_ticket(session, row.ticket) if row.ticket is not None else None
    settle(session, row, "released", decision, by, now)
    if decision == "accept" and ticket is not None and ticket.number is not None:
        store.add_participant(session, ticket.number, sender.address, Role.PARTICIPANT)
        done = requesters.append(session, desk, arrival, mail, sender, Thread(ticket, f"accepted by {by}"), now)
        phrase = "accepted"
    else:
        opening = Opening(sender.address, tickets.classify(desk.policy, mail))
        done = requesters.begin(session, desk, arrival, mail, opening, now)
        phrase = "made_new"
    receipt = session.get(Receipt, row.receipt)
    assert receipt is not None
    receipt.ticket = done.ticket
    tag = f"[{desk.policy.tag}-{done.ticket}]"
    return say(language, phrase, originator=row.originator, tag=tag), done.ticket
