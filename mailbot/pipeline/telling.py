"""What the requester, and whoever is in copy, are told because of a technician's mail."""

from dataclasses import dataclass

from mailbot.adapters.compose import OutgoingFile
from mailbot.adapters.tables import Ticket
from mailbot.core.model import Status
from mailbot.core.phrases import say
from mailbot.notify import why_suppressed
from mailbot.pipeline import letters
from mailbot.pipeline.undowords import in_time
from mailbot.pipeline.work import Work


@dataclass(frozen=True, slots=True)
class Message:
    """What is to go out.

    Attributes:
        text: The technician's words, without the closing formula.
        closing: The closing formula and the name below them, "" = none.
        files: The files that go with them.
        notes: The internal notes of the same mail, which must not stand in it.
        named: The addresses, in lower case, of those who have it already, since the mail went to them by itself.
    """

    text: str = ""
    closing: str = ""
    files: tuple[OutgoingFile, ...] = ()
    notes: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What became of it.

    Attributes:
        sent: Whether somebody outside got it.
        line: The line of the transcript about it.
        untold: Why the requester does not hear of it though he should, "" if he does or there is nothing to hear.
    """

    sent: bool
    line: str
    untold: str = ""


def signed(text: str, closing: str) -> str:
    """A text as its writer ended it."""
    return f"{text}\n\n{closing}" if closing else text


def tell(work: Work, ticket: Ticket, message: Message, before: Status) -> Told:
    """Sends the requester what concerns him; `before` is the status that the ticket had.

    Whoever is named in the mail has the text already; but the requester must hear that his ticket is resolved.

    Raises:
        LeakError: There is internal text in it, that of the ticket or of the mail's own notes.
    """
    notice = _notice(ticket, before)
    text = message.text
    if notice == "resolved":
        # The solution is what "#resolve" named, else the text below it; the requester reads both.
        ticket.resolution = ticket.resolution or text
        text = text or ticket.resolution
    text = signed(text, message.closing)
    if notice == "reply" and not text and not message.files:
        return Told(sent=False, line=say(work.language, "nothing_sent"))
    has_it = message.named if notice == "reply" else message.named - {ticket.requester_address}
    told = _send(work, ticket, notice, text, message, has_it)
    requester, untold = letters.requester_of(ticket), ""
    has_it_himself = requester.key in has_it
    if requester.key not in told and not has_it_himself:
        untold = why_suppressed(work.session, ticket, notice, requester.key).said(work.language)
    if not told and not has_it_himself:
        line = say(work.language, "blocked" if text else "blocked_bare", reason=untold)
        return Told(sent=False, line=line, untold=untold)
    ticket.first_response_at = ticket.first_response_at or work.now
    ticket.last_public_at = work.now
    if untold:
        return Told(sent=True, line=say(work.language, "only_copies", reason=untold), untold=untold)
    if has_it_himself:
        return Told(sent=True, line=say(work.language, "named_already", names=requester.key))
    phrase = "sent_resolved_bare" if notice == "resolved" and not text else f"sent_{notice}"
    others = letters.in_copy(work.session, ticket) if len(told) > 1 else []
    names = ", ".join([requester.label, *(one.label for one in others if one.key in told - {requester.key})])
    return Told(sent=True, line=say(work.language, in_time(work.desk.policy, phrase), recipient=names))


def _notice(ticket: Ticket, before: Status) -> str:
    """Which notice brings the text: that of the end of a ticket, if the mail ended it."""
    if ticket.status != before and ticket.status in {Status.RESOLVED, Status.CLOSED}:
        return Status(ticket.status).value
    return "reply"


def _send(work: Work, ticket: Ticket, notice: str, text: str, message: Message, has_it: frozenset[str]) -> set[str]:
    data = {
        "text": text,
        "author": work.technician.name,
        "because": "",
        "attachments": [file.name for file in message.files if not file.left_out],
        "closes_at": work.now + work.desk.policy.settings.closing.resolved_after,
    }
    return letters.tell_requester(
        work.session,
        work.desk,
        ticket,
        notice,
        work.cause,
        work.now,
        data,
        files=message.files,
        everyone=True,
        written=bool(text),
        notes=message.notes,
        but_not=has_it,
    )
