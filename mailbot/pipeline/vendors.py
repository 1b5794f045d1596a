"""Threads with vendors: a technician asks somebody outside, in a conversation apart from that with the requester.

The vendor reads what is written to him and nothing else. What he answers is internal: it goes to the technician, whose
reply to that goes back to the vendor. He never takes part in the ticket, whatever he writes or to which mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import post, sidethreads, store
from mailbot.adapters.sidethreads import SideThread
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Entry, OutboxMail, Ticket
from mailbot.core import threads
from mailbot.core.commands import Outcome, Parsed, parse
from mailbot.core.commands.deeds import VendorAsk, VendorDone
from mailbot.core.model import (
    ACTIVE_STATUSES,
    Address,
    Disposition,
    DispositionKind,
    EventKind,
    InboundMail,
    Status,
    Vendor,
)
from mailbot.core.phrases import say
from mailbot.core.tokens import Scope
from mailbot.notify import Desk, Letter, enqueue, why_suppressed
from mailbot.pipeline import letters, tickets
from mailbot.pipeline.arrival import Arrival, Sender, Thread, home_of
from mailbot.pipeline.undowords import in_time
from mailbot.pipeline.work import Work


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a text for a vendor: whether it may be taken for sent, the events, and the transcript's line."""

    as_meant: bool
    happenings: tuple[Happening, ...]
    line: str


def known(session: Session, number: int) -> tuple[tuple[Vendor, bool], ...]:
    """The vendors who were asked about a ticket, and whether they are waited for."""
    return tuple(
        (Vendor(row.name, row.address, row.language), row.waits) for row in sidethreads.of_ticket(session, number)
    )


def mistakes(outcomes: Iterable[Outcome], language: str) -> list[str]:
    """What is wrong with the commands of a mail about vendors: one text cannot be for two of them."""
    asked = [deed for outcome in outcomes for deed in outcome.deeds if isinstance(deed, VendorAsk)]
    return [say(language, "vendor_twice")] if len(asked) > 1 else []


def was_meant(parsed: Parsed) -> bool:
    """Whether the text of a mail with mistakes may have been meant for a vendor, by a command above it or below."""
    if any(call.command.name == "vendor" for call in parsed.calls):
        return True
    misplaced = parse(parsed.text).strays if parsed.errors else parsed.strays
    return any(_looks_like_vendor(error.candidates) for error in (*parsed.errors, *misplaced))


def _looks_like_vendor(candidates: Iterable[str]) -> bool:
    return bool({"vendor", "supplier", "pemasok"} & set(candidates))


def addressee(
    session: Session, ticket: Ticket, thread: Thread, outcomes: Iterable[Outcome], now: datetime
) -> SideThread | None:
    """The vendor for whom the text of a technician's mail is; None if it is for the requester, as usual.

    That is the one whom a command asks, else the one whose answer the mail answers, if it is not to be quiet.
    """
    assert ticket.number is not None
    found = None
    outcomes = tuple(outcomes)
    for deed in (deed for outcome in outcomes for deed in outcome.deeds):
        if isinstance(deed, VendorDone):
            sidethreads.stop_waiting(session, ticket.number)
        elif isinstance(deed, VendorAsk):
            found = sidethreads.wait_for(session, ticket.number, deed.vendor, deed.reference, now)
    quiet = any(outcome.quiet for outcome in outcomes)
    return found or (None if quiet else _answered(session, ticket.number, thread.answered))


def are_addressed(answered: OutboxMail | None, outcomes: Iterable[Outcome]) -> bool:
    """Whether the text of a mail is for a vendor, by its commands or by the mail of ours that it answers."""
    if any(isinstance(deed, VendorAsk) for outcome in outcomes for deed in outcome.deeds):
        return True
    return answered is not None and answered.notice == "vendor_replied"


def _answered(session: Session, number: int, answered: OutboxMail | None) -> SideThread | None:
    """The thread that a notice about a vendor's answer is about: its key names the entry."""
    if answered is None or answered.notice != "vendor_replied":
        return None
    cause = answered.key.split(":")[2]
    entry = session.get(Entry, int(cause[1:]))
    return sidethreads.find(session, number, entry.side) if entry is not None else None


def write(
    work: Work, ticket: Ticket, side: SideThread, text: str, notes: Sequence[str], *, with_files: bool
) -> Written:
    """Sends a vendor what a technician wrote, without anything that he quoted, and keeps it as internal.

    Raises:
        LeakError: There is internal text in it, or the address of the requester.
    """
    assert ticket.number is not None
    session, desk, arrival, mail, now = work.session, work.desk, work.arrival, work.mail, work.now
    language, actor = work.language, work.actor
    text = _unquoted(text)
    if not text and not with_files:
        return Written(as_meant=False, happenings=(), line=say(language, "vendor_silent", name=side.label))
    files = letters.files(desk, mail) if with_files else ()
    has_it = side.address in {one.key for one in (*mail.to, *mail.cc)}
    known = _mails(session, ticket.number, side)
    if has_it and known:
        sent, line = True, say(language, "named_already", names=side.address)
    else:
        letter = Letter(
            notice="vendor",
            recipient=Address(side.name, side.address),
            language=side.language or desk.policy.language,
            key=f"vendor:{ticket.number}:r{arrival.receipt}:{side.address}",
            data={
                "text": text,
                "author": work.technician.name,
                "attachments": [file.name for file in files if not file.left_out],
                "reference": side.reference,
                "hide_subject": ticket.requester_address in ticket.subject.lower(),
            },
            files=files,
            written=True,
            notes=tuple(notes),
            answers=known[-1] if known else "",
            ancestors=tuple(known[:-1]),
        )
        sent = enqueue(session, desk, ticket, letter, now)
        line = say(language, in_time(desk.policy, "vendor_sent"), name=side.label)
    if not sent:
        reason = why_suppressed(session, ticket, "vendor", side.address).said(language)
        line = say(language, "vendor_blocked", name=side.label, reason=reason)
    entry = store.add_entry(
        session,
        ticket=ticket.number,
        kind="reply",
        internal=True,
        side=side.address if sent else "",
        author_address=actor,
        author_name=work.technician.name,
        text=text,
        quoted=mail.quoted,
        message_id=mail.message_id,
        receipt=arrival.receipt,
        created_at=now,
    )
    if with_files:
        store.add_attachments(session, entry, mail.attachments)
    ticket.has_internal = True
    happening = Happening(EventKind.NOTED, actor, f"to vendor {side.address}" if sent else "", {"side": side.address})
    return Written(as_meant=sent, happenings=(happening,), line=line)


def _unquoted(text: str) -> str:
    """A text without the lines that it quotes: they are somebody else's words, and not sent to new people."""
    kept = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    return "\n".join(kept).strip()


def is_proved(thread: Thread) -> bool:
    """Whether a message shows a token that was made for a vendor: then it is one's answer, whoever he is besides."""
    return thread.token is not None and thread.token.scope is Scope.VENDOR and thread.ticket is not None


def goes_on(session: Session, mail: InboundMail, sender: Sender, thread: Thread) -> bool:
    """Whether a message answers a mail of a vendor's thread that only he has, his own or one to him.

    The number in the subject is not enough: the requester's mails bear it too.
    """
    if thread.ticket is None or thread.ticket.number is None or sender.technician is not None:
        return False
    number, ids = thread.ticket.number, set(threads.referenced_ids(mail))
    side = sidethreads.find(session, number, sender.address.key) if ids else None
    return side is not None and not ids.isdisjoint(_mails(session, number, side))


def _mails(session: Session, number: int, side: SideThread) -> list[str]:
    """The Message-IDs that a vendor knows of a ticket, oldest first; before them those of the one merged into it."""
    before = post.thread_of(session, side.ticket, side.address) if side.ticket != number else []
    return [*before, *post.thread_of(session, number, side.address)]


def is_vendor_of(session: Session, ticket: Ticket, address: Address) -> bool:
    """Whether somebody was asked about a ticket as a vendor."""
    return ticket.number is not None and sidethreads.find(session, ticket.number, address.key) is not None


def receive(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition:
    """Keeps a vendor's answer as internal, and tells the technician, whose turn it is now.

    Nothing in it is a command, nothing of it goes to the requester, and no mail of ours answers it.
    """
    ticket = thread.ticket
    assert ticket is not None
    assert ticket.number is not None
    by = sender.address.key
    side = sidethreads.find(session, ticket.number, by)
    if side is None:
        home = home_of(session, thread, lambda number: sidethreads.find(session, number, by) is not None)
        if home is not None:
            return receive(session, desk, arrival, mail, sender, home, now)
        # The question was taken back after it had gone: he who answers it is answered in the same thread.
        side = sidethreads.wait_for(session, ticket.number, Vendor(sender.address.name, by), "", now)
        side.waits = False
    text = mail.new_text or mail.text
    entry = store.add_entry(
        session,
        ticket=ticket.number,
        kind="message",
        internal=True,
        side=by[: store.ADDRESS_LENGTH],
        author_address=by,
        author_name=side.label,
        text=text,
        quoted=mail.quoted,
        message_id=mail.message_id,
        receipt=arrival.receipt,
        created_at=arrival.received_at,
    )
    store.add_attachments(session, entry, mail.attachments)
    ticket.has_internal = True
    happenings = [Happening(EventKind.MESSAGE_RECEIVED, by, "the answer of a vendor", {"side": by})]
    # A duplicate goes on waiting for the solution of the other ticket.
    on_hold = Status(ticket.status) is Status.ON_HOLD and ticket.waits_for is None
    awaited = side.waits and on_hold
    side.waits = False
    session.add(side)
    if awaited:
        opened = tickets.set_status(ticket, Status.OPEN, by, now)
        happenings.extend(replace(one, reason="the vendor who was waited for has answered") for one in opened)
    before = ticket.technician
    if Status(ticket.status) in ACTIVE_STATUSES and desk.policy.directory.technician(before) is None:
        happenings.extend(tickets.route(session, desk.policy, ticket, f"team {ticket.team}", now))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    data = {
        "vendor": side.label,
        "reference": side.reference,
        "text": text,
        "author": side.label,
        "attachments": [file.name for file in mail.attachments],
        "reopened": awaited,
    }
    files = letters.files(desk, mail)
    letters.tell_responsible(session, desk, ticket, "vendor_replied", f"e{entry}", now, data, files=files)
    return Disposition(DispositionKind.APPENDED, f"{thread.how}; the answer of a vendor, internal", ticket.number)
