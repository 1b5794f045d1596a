"""THE message pipeline: what becomes of a message, from top to bottom.

It runs inside a transaction that its caller commits; whatever it decides is written in the same transaction.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import ledger, store
from mailbot.adapters.ledger import Facts, Twin
from mailbot.adapters.signed import Lookup
from mailbot.adapters.store import Happening
from mailbot.core import commands, limits, threads
from mailbot.core.automatic import is_empty
from mailbot.core.mail import read
from mailbot.core.model import Address, Disposition, DispositionKind, EventKind, InboundMail
from mailbot.core.phrases import Reason
from mailbot.core.tokens import Scope
from mailbot.notify import Desk
from mailbot.pipeline import (
    absences,
    bounces,
    holds,
    peace,
    pictures,
    proofs,
    requesters,
    storms,
    technicians,
    tickets,
    vendors,
    wishes,
)
from mailbot.pipeline.arrival import Arrival, Sender, Thread, find_thread, home_of, identify
from mailbot.pipeline.tickets import Opening
from mailbot.policy import Policy


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as it was read, or which limit forbids to read it; `proof` is what proves its author, "" = nothing."""

    mail: InboundMail | None
    excess: str = ""
    proof: str = ""


def understand(raw: bytes, policy: Policy, now: datetime, find: Lookup | None = None) -> Reading:
    """Reads a message, if it is within the limits.

    It needs no transaction, and hostile mail may take its time; `find` looks for the keys of signatures in the DNS.
    """
    excess = limits.check(raw, policy.limits)
    if excess:
        return Reading(None, excess)
    mail = read(raw, policy.limits)
    return Reading(mail, proof=proofs.of_mail(raw, mail, policy, now, find))


def process(
    session: Session, arrival: Arrival, desk: Desk, now: datetime, reading: Reading | None = None
) -> Disposition:
    """Gives a message its one disposition and writes it into the ledger; it is read here if it was not before."""
    reading = reading or understand(arrival.raw, desk.policy, now)
    mail = reading.mail
    if mail is None:
        refused = Disposition(DispositionKind.REFUSED, reading.excess)
        ledger.dispose(session, arrival.receipt, refused, Facts(), now)
        return refused
    disposition = decide(session, arrival, mail, desk, now, reading.proof)
    originator = mail.from_.key if mail.from_ else ""
    subject = threads.without_tokens(mail.subject)
    facts = Facts(mail.message_id, mail.canonical_digest, originator, subject)
    ledger.dispose(session, arrival.receipt, disposition, facts, now)
    return disposition


def decide(
    session: Session, arrival: Arrival, mail: InboundMail, desk: Desk, now: datetime, proof: str = ""
) -> Disposition:
    """Decides what a readable message becomes, and does it."""
    policy = desk.policy
    twin = _twin(session, arrival, mail)
    if twin is not None:
        return Disposition(DispositionKind.DUPLICATE, f"the same message as receipt {twin.receipt}", twin.ticket)
    # A vacation notice may come in the form of a report that says nothing.
    if mail.report is not None and not (mail.automatic.is_auto_reply and is_empty(mail.report)):
        return bounces.record(session, desk, mail, mail.report, now)
    sender = identify(mail, policy)
    if sender is None:
        nobody, why = Address("", policy.helpdesk_address), Reason("held_no_originator")
        return holds.hold_for_decision(session, desk, arrival, mail, nobody, None, why, now)
    for guard in GUARDS:
        reason = guard(session, policy, mail, sender)
        if reason:
            return Disposition(DispositionKind.IGNORED, reason)
    thread = find_thread(session, policy, mail, sender, now)
    thread = proofs.applied(session, policy, arrival, mail, sender, thread, proof)
    if is_blocked(session, sender, thread):
        return Disposition(DispositionKind.IGNORED, f"{sender.address.key} is blocked")
    if mail.automatic.is_auto_reply:
        return _auto_reply(session, policy, mail, sender, thread, now)
    mail = pictures.without_repeated(session, mail, sender.address.key)
    if peace.wants_silence(mail, thread):
        return peace.stop(session, desk, arrival, mail, sender, thread, now, everything=True)
    mail = replace(mail, subject=threads.without_tokens(mail.subject))  # From here on others may read it.
    if sender.technician is not None and _speaks_as_technician(mail, sender, thread):
        return technicians.handle(session, desk, arrival, mail, sender.technician, thread, now)
    return _from_outside(session, desk, arrival, mail, sender, thread, now)


def _from_outside(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition:
    """Decides about the mail of somebody who does not write as a technician."""
    if vendors.is_proved(thread):
        return vendors.receive(session, desk, arrival, mail, sender, thread, now)
    if thread.ticket is None:
        return _new(session, arrival, mail, desk, sender, thread, now)
    assert thread.ticket.number is not None
    if not store.takes_part(session, thread.ticket.number, sender.address.key):
        if vendors.goes_on(session, mail, sender, thread):
            return vendors.receive(session, desk, arrival, mail, sender, thread, now)
        home = home_of(session, thread, lambda number: store.takes_part(session, number, sender.address.key))
        if home is not None:
            return _from_outside(session, desk, arrival, mail, sender, home, now)
        in_full = f"{thread.how}, but {sender.address.key} does not take part in it"
        why = Reason("held_stranger", {"address": sender.address.key}, in_full)
        return holds.hold_for_decision(session, desk, arrival, mail, sender.address, thread.ticket, why, now)
    wish = wishes.obey(session, desk, arrival, mail, sender, thread, now)
    if wish is not None:
        return wish
    doubt = storms.repeats(session, arrival, mail, thread.ticket, sender)
    if doubt is not None:
        if sender.address.key == thread.ticket.requester_address:
            storms.quieten(session, thread.ticket.number, doubt.english, now)
        return holds.hold_for_decision(
            session, desk, arrival, mail, sender.address, thread.ticket, doubt, now, loop=True
        )
    return requesters.append(session, desk, arrival, mail, sender, thread, now)


def _twin(session: Session, arrival: Arrival, mail: InboundMail) -> Twin | None:
    """The earlier copy of a message, None if it is the first.

    One without Message-ID and Date has the content of its honest repetition (an alarm, say). What tells the two apart
    is the time in the trace that servers leave in them (RFC 5321 s.4.4); where there is none, both count.
    """
    if mail.message_id or mail.date:
        return ledger.duplicate_of(session, arrival.receipt, mail.canonical_digest)
    if "received" not in mail.headers:
        return None
    return ledger.duplicate_of(session, arrival.receipt, hashlib.sha256(arrival.raw).hexdigest(), of_bytes=True)


def _new(
    session: Session, arrival: Arrival, mail: InboundMail, desk: Desk, sender: Sender, thread: Thread, now: datetime
) -> Disposition:
    found = tickets.classify(desk.policy, mail)
    if found.winner is not None and found.action == "ignore":
        return Disposition(DispositionKind.IGNORED, f"rule {found.winner.rule}: {', '.join(found.winner.words)}")
    if found.winner is not None and found.action == "hold":
        reason = Reason("held_rule", {"rule": found.winner.rule, "words": ", ".join(found.winner.words)})
        return holds.hold_for_decision(session, desk, arrival, mail, sender.address, None, reason, now)
    if mail.automatic.not_a_ticket:
        return Disposition(DispositionKind.IGNORED, mail.automatic.not_a_ticket)
    # What is never answered can keep no other machine going: alarms may come by the dozen.
    if not mail.automatic.not_answerable and found.action != "monitor":
        storm = storms.look(session, desk.policy, arrival, mail, sender)
        why = storm.doubt or storm.excess
        if storm.ticket is not None and storm.notice:
            storms.quieten(session, storm.ticket, storm.loop or (why.english if why else ""), now)
        if storm.loop:
            return _record_automatic(session, sender, storm.loop, storm.ticket, now)
        if why is not None:
            loop = storm.doubt is not None
            return holds.hold_for_decision(session, desk, arrival, mail, sender.address, None, why, now, loop=loop)
    return requesters.begin(session, desk, arrival, mail, Opening(sender.address, found, thread.legacy), now)


def _speaks_as_technician(mail: InboundMail, sender: Sender, thread: Thread) -> bool:
    """Whether a technician writes as one, and not about an incident of his own."""
    if thread.token is not None:
        return thread.token.scope is Scope.TECHNICIAN
    parsed = commands.parse(mail.new_text)
    if parsed.calls or parsed.errors:
        return True
    if thread.ticket is None or thread.ticket.number is None:
        return False
    return thread.ticket.requester_address != sender.address.key


def _auto_reply(
    session: Session, policy: Policy, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition:
    reason = mail.automatic.reason
    if sender.technician is not None:
        away = absences.note(session, policy, mail, sender.technician, thread, now)
        reason += f"; {sender.technician.email.lower()} is {away}" if away else ""
    return _record_automatic(session, sender, reason, thread.ticket.number if thread.ticket else None, now)


def _record_automatic(session: Session, sender: Sender, reason: str, number: int | None, now: datetime) -> Disposition:
    if number is not None:
        store.add_events(session, number, now, [Happening(EventKind.AUTO_REPLY, sender.address.key, reason)])
    return Disposition(DispositionKind.AUTO_REPLY_RECORDED, reason, number)


def own_mail(session: Session, policy: Policy, mail: InboundMail, sender: Sender) -> str:
    """A mail of ours that came back, by its Message-ID or its originator."""
    if sender.address.key in policy.own_addresses:
        return f"it comes from an address of the helpdesk itself, {sender.address.key}"
    suffix = f"@{policy.hostname}>"
    if mail.message_id.lower().endswith(suffix) and store.our_mail(session, [mail.message_id]) is not None:
        return f"it is a mail of ours that came back: {mail.message_id}"
    return ""


def is_blocked(session: Session, sender: Sender, thread: Thread) -> bool:
    """Whether a technician blocked the sender, who has neither a token of ours nor a part in the ticket.

    What was blocked was a name in From, which proves nothing: whoever bears it rightly must still get through.
    """
    known = store.contact(session, sender.address.key)
    if known is None or known.blocked_at is None or thread.token is not None or thread.proof:
        return False
    number = thread.ticket.number if thread.ticket else None
    return number is None or not store.takes_part(session, number, sender.address.key)


Guard = Callable[[Session, Policy, InboundMail, Sender], str]

GUARDS: tuple[Guard, ...] = (own_mail,)
"""Reasons to ignore a message whatever it says; the first that gives a reason wins."""
