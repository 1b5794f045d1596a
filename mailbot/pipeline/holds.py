"""Held mail: a stranger's word on a ticket, a command without proof, a mail with a mistake. Somebody is asked.

Nothing is thrown away and nothing is believed: the message waits until a technician, who proves himself by the token of
the mail that asked him, says what is to become of it.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from mailbot.adapters import store, waiting
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Hold, Receipt, Ticket
from mailbot.core.commands import Parsed, parse
from mailbot.core.model import Address, Disposition, DispositionKind, EventKind, InboundMail, Technician
from mailbot.core.phrases import Reason, say
from mailbot.notify import Desk
from mailbot.pipeline import letters, stored, tickets, vendors
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import Arrival, identify
from mailbot.pipeline.letters import Transcript
from mailbot.pipeline.work import Work

EXCERPT = 4000
"""How many characters of a held text are shown to whoever decides."""
FOR_DECISION = frozenset({"stranger", "rule", "loop"})
"""The kinds of holds about which a technician decides with #accept, #new or #spam."""
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
    *,
    loop: bool = False,
) -> Disposition:
    """Holds a message of somebody who does not take part (or that a rule holds) and asks who is responsible.

    `loop`: it seems to be a machine's answer. Those of one address are asked about one at a time: it may send many.
    """
    held = Disposition(DispositionKind.HELD, reason.english, ticket.number if ticket else None)
    asked = loop and waiting.loop_of(session, originator.key) is not None
    kind = "loop" if loop else "stranger" if ticket else "rule"
    key = hold(session, ticket, kind, arrival, originator.key, reason.english, now)
    if asked:
        return held
    told = _ask_responsible(session, desk, key, mail, originator, ticket, reason, f"h{key}", now)
    _note_asked(session, key, now, told=told)
    return held


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
        "text": (mail.new_text or mail.text)[:EXCERPT],
    }
    return letters.tell_responsible(session, desk, ticket, "held", cause, now, data, hold=key, reason=reason)


def _ask_soon(session: Session, key: int, now: datetime) -> None:
    row = session.get(Hold, key)
    if row is not None:
        row.ask_at = now
        session.add(row)


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
    if row.kind in FOR_DECISION:
        sender = identify(mail, desk.policy)
        originator = sender.address if sender else Address("", row.originator)
        why = Reason("held_stranger", {"address": row.originator})
        if row.kind == "loop":
            why = Reason("held_loop", {"address": row.originator})
        elif ticket is None:
            why = _why_by_rule(desk, mail, receipt.reason if receipt else "", named=sender is not None)
        told = _ask_responsible(session, desk, row.id, mail, originator, ticket, why, cause, now)
    else:
        technician = desk.policy.directory.technician(row.originator)
        told = technician is not None and _ask_technician(session, desk, row, mail, technician, ticket, cause, now)
    _note_asked(session, row.id, now, told=told)
    return told


def _why_by_rule(desk: Desk, mail: InboundMail, in_english: str, *, named: bool) -> Reason:
    """Why a mail about no ticket is held, found once more, so that it can be said in any language."""
    if not named:
        return Reason("held_no_originator")
    found = tickets.classify(desk.policy, mail)
    if found.winner is not None and found.action == "hold":
        return Reason("held_rule", {"rule": found.winner.rule, "words": ", ".join(found.winner.words)})
    return Reason("held_because", {"reason": in_english})


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
    lines = [*(error.message for error in (*parsed.errors, *parsed.strays)), say(language, "nothing_applied")]
    text, hint = parsed.text[:EXCERPT], _hint(language, parsed, ticket)
    told = Transcript(lines, ok=False, held_text=text, hint=hint, hold=row.id)
    return letters.transcript(session, desk, ticket, technician, mail, told, cause, now)


def _hint(language: str, parsed: Parsed, ticket: Ticket | None, *, inside: bool = False) -> str:
    """What the writer of a mail with a mistake can do now; no "#go" sends what may be meant for a vendor.

    `inside`: his text would be an internal note.
    """
    for_vendor, where = vendors.was_meant(parsed), "_inside" if inside else ""
    if parsed.calls or parsed.errors:
        return say(language, f"go_hint{where}" if parsed.text.strip() and ticket and not for_vendor else "again_hint")
    if parsed.strays and ticket:
        return say(language, "again_hint" if for_vendor else f"stray_hint{where}")
    return ""


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
    data = {"commands": [call.raw for call in parsed.calls], "text": parsed.text[:EXCERPT]}
    return letters.tell_technician(
        session, desk, ticket, "challenge", letters.person(technician), cause, now, data, hold=key
    )


def challenge(work: Work, parsed: Parsed) -> Disposition:
    """Holds a technician's mail that nothing proves, and asks at his registered address whether it is his."""
    session, ticket = work.session, work.thread.ticket
    reason = "a technician's address without proof: the mail carries no token of ours made for it"
    key = hold(session, ticket, "unproved", work.arrival, work.actor, reason, work.now)
    told = _ask_whether_his(session, work.desk, key, work.technician, ticket, parsed, f"h{key}", work.now)
    _note_asked(session, key, work.now, told=told)
    return Disposition(DispositionKind.HELD, reason, ticket.number if ticket else None)


def mistyped(work: Work, parsed: Parsed, mistakes: list[str], in_english: list[str], *, inside: bool) -> Disposition:
    """Holds a technician's mail with a mistake: nothing is applied, nothing is sent but the transcript.

    Args:
        work: The mail.
        parsed: What it says.
        mistakes: What is wrong with it, in the language of its writer.
        in_english: The same for the ledger.
        inside: Whether its text, without the mistakes, would be an internal note.
    """
    reason = "a mistake in the mail: " + "; ".join(in_english)
    hint = _hint(work.language, parsed, work.thread.ticket, inside=inside)
    return _hold_back(work, reason, [*mistakes, say(work.language, "nothing_applied")], parsed.text, hint)


def leaking(work: Work, text: str, leak: Reason) -> Disposition:
    """Holds a technician's mail of which the text for the requester is internal. No word of his sends that."""
    lines = [say(work.language, "leak_held", reason=leak.said(work.language))]
    return _hold_back(work, leak.english, lines, text, say(work.language, "leak_hint"))


def _hold_back(work: Work, reason: str, lines: list[str], text: str, hint: str) -> Disposition:
    ticket = work.thread.ticket
    key = hold(work.session, ticket, "mistyped", work.arrival, work.actor, reason, work.now)
    told = Transcript(lines, ok=False, held_text=text[:EXCERPT], hint=hint, hold=key)
    work.tell(ticket, told, f"h{key}")
    return Disposition(DispositionKind.HELD, reason, ticket.number if ticket else None)


def held_mail(session: Session, desk: Desk, row: Hold) -> tuple[Arrival, InboundMail]:
    """The held message itself, read again from its bytes."""
    return stored.mail_of(session, desk.policy, row.receipt, row.originator)


def settle(session: Session, row: Hold, state: str, decision: str, by: str, now: datetime) -> None:
    """Ends a hold: somebody has decided."""
    row.state, row.decision, row.decided_by, row.ask_at = state, decision, by, None
    session.add(row)
    if row.kind == "loop":
        session.flush()
        following = waiting.loop_of(session, row.originator)
        if following is not None:
            _ask_soon(session, following, now)
    if row.ticket is not None:
        details = {"hold": row.id, "decision": decision}
        store.add_events(session, row.ticket, now, [Happening(EventKind.RELEASED, by, decision, details)])
