"""Held mail: a stranger's word on a ticket, a command without proof, a mail with a mistake. Somebody is asked.

Nothing is thrown away and nothing is believed: the message waits until a technician, who proves himself by the token of
the mail that asked him, says what is to become of it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.raw import load_raw
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Hold, Receipt, Ticket
from mailbot.core import threads
from mailbot.core.commands import Parsed, help_text, parse
from mailbot.core.mail import read
from mailbot.core.model import Address, Disposition, DispositionKind, EventKind, InboundMail, Role, Technician
from mailbot.core.phrases import Reason, say
from mailbot.notify import Desk
from mailbot.pipeline import letters, pictures, requesters, tickets, vendors
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import Arrival, Sender, Thread, identify
from mailbot.pipeline.tickets import Opening

_EXCERPT = 4000
_DECISIONS = ("accept", "new", "spam")
ASK_AGAIN = timedelta(days=1)
"""After how long a question is tried again that did not go out: the caps on automatic mail look back as far."""


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
    told = _ask_responsible(session, desk, key, mail, originator, ticket, reason, f"h{key}", now)
    _note_asked(session, key, now, told=told)
    return Disposition(DispositionKind.HELD, reason.english, ticket.number if ticket else None)


def _ask_responsible(
    session: Session,
    desk: Desk,
    key: int,
    mail: InboundMail,
    originator: Address,
    ticket: Ticket | None,
    reason: Reason,
    cause: str,
    now: datetime,
) -> bool:
    data: dict[str, object] = {
        "author": originator.label,
        "author_address": originator.address,
        "mail_subject": mail.subject,
        "text": (mail.new_text or mail.text)[:_EXCERPT],
    }
    return letters.tell_responsible(session, desk, ticket, "held", cause, now, data, hold=key, reason=reason)


def _note_asked(session: Session, key: int, now: datetime, *, told: bool) -> None:
    """Remembers to ask later where no question went out: a cap was reached, or nobody is there to be asked."""
    row = session.get(Hold, key)
    if row is not None and row.state == "open":
        row.ask_at = None if told else now + ASK_AGAIN
        session.add(row)


def ask_again(session: Session, desk: Desk, row: Hold, now: datetime) -> bool:
    """Asks about a held message whose question did not go out before; gives whether it does now.

    Of a technician's mail only he can say whether it is his. If he is none any more, an operator decides.
    """
    assert row.id is not None
    _arrival, mail = held_mail(session, desk, row)
    receipt = session.get(Receipt, row.receipt)
    ticket = store.get_ticket(session, row.ticket) if row.ticket is not None else None
    cause = f"h{row.id}:{int(now.timestamp())}"
    if row.kind in {"stranger", "rule"}:
        sender = identify(mail, desk.policy)
        originator = sender.address if sender else Address("", row.originator)
        because = Reason("held_because", {"reason": receipt.reason if receipt else ""})
        why = Reason("held_stranger", {"address": row.originator}) if ticket else because
        told = _ask_responsible(session, desk, row.id, mail, originator, ticket, why, cause, now)
    else:
        technician = desk.policy.directory.technician(row.originator)
        told = technician is not None and _ask_technician(session, desk, row, mail, technician, ticket, cause, now)
    _note_asked(session, row.id, now, told=told)
    return told


def _ask_technician(
    session: Session,
    desk: Desk,
    row: Hold,
    mail: InboundMail,
    technician: Technician,
    ticket: Ticket | None,
    cause: str,
    now: datetime,
) -> bool:
    language = letters.language_for(desk.policy, technician)
    parsed = parse(own_words(mail.new_text, mail.quoted), language)
    if row.kind == "unproved":
        return _ask_whether_his(session, desk, row.id or 0, technician, ticket, parsed, cause, now)
    lines = [*(error.message for error in parsed.errors), say(language, "nothing_applied")]
    text = parsed.text[:_EXCERPT]
    may_go = bool(text) and ticket is not None and not vendors.was_meant(parsed)
    hint = say(language, "go_hint" if may_go else "again_hint")
    return letters.transcript(
        session, desk, ticket, technician, mail, lines, cause, now, ok=False, held_text=text, hint=hint, hold=row.id
    )


def _ask_whether_his(
    session: Session,
    desk: Desk,
    key: int,
    technician: Technician,
    ticket: Ticket | None,
    parsed: Parsed,
    cause: str,
    now: datetime,
) -> bool:
    data = {"commands": [call.raw for call in parsed.calls], "text": parsed.text[:_EXCERPT]}
    return letters.tell_technician(
        session, desk, ticket, "challenge", letters.person(technician), cause, now, data, hold=key
    )


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
    told = _ask_whether_his(session, desk, key, technician, ticket, parsed, f"h{key}", now)
    _note_asked(session, key, now, told=told)
    return Disposition(DispositionKind.HELD, reason, ticket.number if ticket else None)


def mistyped(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    ticket: Ticket | None,
    lines: list[str],
    parsed: Parsed,
    now: datetime,
    *,
    leak: Reason | None = None,
) -> Disposition:
    """Holds a technician's mail with a mistake: nothing is applied, nothing is sent but the transcript.

    `leak` says what of the text for the requester is internal. No word of the technician sends that, nor what may
    be meant for a vendor, without the command that says so.
    """
    reason = leak.english if leak else "a mistake in the commands: " + "; ".join(lines)
    key = hold(session, ticket, "mistyped", arrival, technician.email.lower(), reason, now)
    language = letters.language_for(desk.policy, technician)
    may_go = bool(parsed.text) and ticket is not None and not vendors.was_meant(parsed)
    letters.transcript(
        session,
        desk,
        ticket,
        technician,
        mail,
        [*lines, say(language, "leak_held", reason=leak.said(language)) if leak else say(language, "nothing_applied")],
        f"h{key}",
        now,
        ok=False,
        held_text=parsed.text[:_EXCERPT],
        hint=say(language, "leak_hint" if leak else "go_hint" if may_go else "again_hint"),
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
    mail = pictures.without_repeated(session, read(raw, desk.policy.limits), row.originator)
    return arrival, replace(mail, subject=threads.without_tokens(mail.subject))


def settle(session: Session, row: Hold, state: str, decision: str, by: str, now: datetime) -> None:
    """Ends a hold: somebody has decided."""
    row.state, row.decision, row.decided_by, row.ask_at = state, decision, by, None
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
    if decision == "accept" and ticket is not None and vendors.is_vendor_of(session, ticket, sender.address):
        # Whoever is accepted reads along, which a vendor never does.
        done = vendors.receive(session, desk, arrival, mail, sender, Thread(ticket, f"accepted by {by}"), now)
        phrase = "vendor_answered"
    elif decision == "accept" and ticket is not None and ticket.number is not None:
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
