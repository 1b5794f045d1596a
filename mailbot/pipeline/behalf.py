"""Requests that a technician registers in the name of somebody else: told on the phone, or forwarded from his own mail.

The ticket is the requester's from the beginning: he is told its number, and what he writes later joins it. Who may do
this has proved himself before he comes here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Hold, Receipt, Ticket
from mailbot.core import commands, forwards, quoting
from mailbot.core.commands import CommandRefusedError, Outcome, Parsed
from mailbot.core.commands.deeds import OnBehalf
from mailbot.core.commands.for_ import refuse_ours
from mailbot.core.mail import read
from mailbot.core.model import Address, Automatic, Disposition, EventKind, InboundMail, Technician
from mailbot.core.phrases import say
from mailbot.core.text import one_line
from mailbot.notify import Desk, LeakError
from mailbot.pipeline import deeds, holds, letters, questions, requesters, tickets
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import Arrival, Thread
from mailbot.pipeline.tickets import Opening

_SUBJECT_LENGTH = 80
_GIVES_IT_AWAY = frozenset({"assign", "take", "team", "category", "escalate"})
_ENDS_IT = frozenset({"resolve", "close"})

CarryOut = Callable[
    [Session, Desk, Arrival, InboundMail, Technician, Thread, Ticket, Parsed, tuple[Outcome, ...], datetime],
    Disposition,
]
"""How the commands of a technician's mail are done to a ticket, and told."""


class _MistakeError(Exception):
    """Something is wrong with the mail: nothing of it is done. The lines say what."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = list(lines)


@dataclass(frozen=True, slots=True)
class _Request:
    """A mail of a technician, taken apart.

    Attributes:
        arrival: What the files and the text come from.
        mail: That message, as it was read.
        parsed: His commands; the text below them is his own.
        shown: The mail that he forwards, if he does.
        message_id: The Message-ID of the forwarded mail, where it is attached whole.
    """

    arrival: Arrival
    mail: InboundMail
    parsed: Parsed
    shown: forwards.Shown | None
    message_id: str = ""


def is_meant(parsed: Parsed, ticket: Ticket | None) -> bool:
    """Whether a mail without a ticket registers a request of somebody else."""
    return ticket is None and any(call.command.name == "for" for call in parsed.calls)


def register(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    technician: Technician,
    thread: Thread,
    now: datetime,
    carry_out: CarryOut,
) -> Disposition:
    """Makes a ticket that is the requester's, and does the other commands of the mail to it: all or nothing."""
    language = letters.language_for(desk.policy, technician)
    request = _take_apart(arrival, mail, language)
    request = _completed(session, desk, thread, technician, request, language)
    held_text = request.shown.text if request.shown else request.parsed.text
    try:
        with session.begin_nested():
            return _open(session, desk, request, mail, technician, thread, language, now, carry_out)
    except _MistakeError as mistake:
        lines, leak = mistake.lines, None
    except LeakError as error:
        lines, leak = [], error.reason
    return holds.mistyped(session, desk, arrival, mail, technician, None, lines, held_text, now, leak=leak)


def _take_apart(arrival: Arrival, mail: InboundMail, language: str) -> _Request:
    text = own_words(mail.new_text, mail.quoted)
    own, shown = forwards.cut(text)
    if shown is None and mail.quoted and own == text:
        # Without "Fwd:" in the subject the forwarded mail looks like a quote below an answer.
        shown = forwards.cut(mail.quoted)[1] if not mail.in_reply_to else None
    parsed = commands.parse(quoting.split(own).new_text if shown is not None else own, language)
    message_id = ""
    if shown is None:
        attached = [file for file in mail.attachments if file.content_type == "message/rfc822"]
        inner = read(attached[0].content) if len(attached) == 1 else None
        if inner is not None:
            shown = forwards.Shown(inner.from_, inner.subject, inner.new_text or inner.text)
            message_id = inner.message_id
    return _Request(arrival, mail, parsed, shown, message_id)


def _completed(
    session: Session, desk: Desk, thread: Thread, technician: Technician, request: _Request, language: str
) -> _Request:
    """The request that was held since something was missing in it, with the commands of the answer to our question."""
    answered = thread.answered.hold if thread.answered else None
    row = session.get(Hold, answered) if answered is not None else None
    said = request.parsed.text.strip() or request.shown is not None or request.mail.attachments
    if row is None or row.kind != "mistyped" or row.ticket is not None or said:
        return request
    if row.originator != technician.email.lower() or row.decided_by != row.originator:
        return request
    held = _take_apart(*holds.held_mail(session, desk, row), language)
    new = request.parsed.calls
    named = {call.command.name for call in new}
    kept = () if held.parsed.errors else tuple(c for c in held.parsed.calls if c.command.name not in named)
    return replace(held, parsed=Parsed((*new, *kept), held.parsed.text, request.parsed.errors))


def _open(
    session: Session,
    desk: Desk,
    request: _Request,
    mail: InboundMail,
    technician: Technician,
    thread: Thread,
    language: str,
    now: datetime,
    carry_out: CarryOut,
) -> Disposition:
    policy, actor, parsed = desk.policy, technician.email.lower(), request.parsed
    requester = _requester(desk, request, technician, language, now)
    others = tuple(call for call in parsed.calls if call.command.name != "for")
    names = {call.command.name for call in others}
    message, own = _message(request, requester)
    if not message.new_text.strip() and not message.attachments:
        raise _MistakeError(say(language, "for_nothing"))
    found = replace(tickets.classify(policy, message), action="")
    opening = Opening(requester, found, routed=not names & (_GIVES_IT_AWAY | _ENDS_IT))
    made, entry = requesters.record(session, desk, request.arrival, message, opening, now)
    ticket = session.get(Ticket, made.number)  # The one that was made is not watched for changes.
    assert ticket is not None
    if names & _ENDS_IT and not names & _GIVES_IT_AWAY:
        ticket.technician = actor  # It is done already, by him.
    context = deeds.context_for(session, desk, ticket, technician, now)
    result = commands.run_all(Parsed(others, ""), context)
    mistakes = [error.message for error in result.errors]
    mistakes.extend(questions.mistakes(session, policy, result.outcomes, language))
    if mistakes:
        raise _MistakeError(*mistakes)
    reason = f"registered by {actor} in the name of {requester.key}"
    tickets.finish(session, policy, ticket, [Happening(EventKind.CHANGED, actor, reason)], now)
    quiet = any(outcome.quiet for outcome in result.outcomes)
    told = False
    if not quiet and not names & _ENDS_IT:
        told = requesters.acknowledge(session, desk, request.arrival, ticket, message, entry, now)
    said = _named(requester)
    named = any(call.command.name == "for" and call.value for call in parsed.calls)
    lines = [say(language, "for_done" if named else "for_found", requester=said)]
    if not names & _ENDS_IT or quiet:
        lines.append(say(language, "for_told" if told else "for_untold", requester=said))
    lines.append(say(language, "for_noted") if own else "")
    outcome = Outcome(notes=(own,) if own else (), lines=tuple(lines), deeds=(OnBehalf(requester),))
    about, bare = replace(thread, ticket=ticket, answered=None), replace(mail, attachments=())
    outcomes = (outcome, *result.outcomes)
    done = carry_out(
        session, desk, request.arrival, bare, technician, about, ticket, replace(parsed, text=""), outcomes, now
    )
    _tell(session, desk, ticket, message, names, actor, entry, now)
    receipt = session.get(Receipt, request.arrival.receipt)
    assert receipt is not None
    receipt.ticket = ticket.number
    return done


def _tell(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    message: InboundMail,
    names: set[str],
    actor: str,
    entry: int,
    now: datetime,
) -> None:
    """Gives the ticket to a technician, if no command did, and tells whoever does not know yet that it is his."""
    if names & _ENDS_IT:
        return
    chosen = bool(names & _GIVES_IT_AWAY) and ticket.technician not in {"", actor}
    if names & _GIVES_IT_AWAY and not ticket.technician and "assign" not in names:
        routed = tickets.route(session, desk.policy, ticket, f"team {ticket.team}", now)
        tickets.finish(session, desk.policy, ticket, routed, now)
    if not chosen:
        requesters.tell_assigned(session, desk, ticket, message, f"e{entry}", now)


def _requester(desk: Desk, request: _Request, technician: Technician, language: str, now: datetime) -> Address:
    """Whose request it is.

    Raises:
        _MistakeError: that is not clear, or not possible, or there are other mistakes in the commands.
    """
    parsed = request.parsed
    calls = tuple(call for call in parsed.calls if call.command.name == "for")
    context = replace(questions.context_without_ticket(desk, technician, now), own_addresses=desk.policy.own_addresses)
    # All mistakes are told at once.
    lines = [error.message for error in parsed.errors]
    result = commands.run_all(Parsed(calls, ""), context)
    lines.extend(error.message for error in result.errors)
    if len(calls) > 1:
        lines.append(say(language, "for_twice"))
    named = [deed.requester for outcome in result.outcomes for deed in outcome.deeds if isinstance(deed, OnBehalf)]
    person = next((one for one in named if one is not None), None)
    if person is None and not result.errors:
        person = request.shown.author if request.shown else None
        if person is None:
            lines.append(say(language, "for_whom"))
        else:
            try:
                refuse_ours(person, context)
            except CommandRefusedError as refusal:
                lines.append(say(language, refusal.phrase, **refusal.values))
    if lines or person is None:
        raise _MistakeError(*lines)
    author = request.shown.author if request.shown else None
    if not person.name and author is not None and author.key == person.key:
        return author
    return person


def _message(request: _Request, requester: Address) -> tuple[InboundMail, str]:
    """The request as if the requester had written it himself, and the technician's own words about it."""
    shown, own, mail = request.shown, request.parsed.text.strip(), request.mail
    attached = bool(request.message_id)
    author = shown.author if shown else None
    if shown is not None and attached and own and (author is None or author.key != requester.key):
        shown = None  # Somebody else's mail only goes with what the technician says himself.
    subject = (shown.subject if shown else "") or forwards.bare_subject(mail.subject)
    text = shown.text if shown is not None else own
    split = quoting.split(text)
    subject = subject or one_line(split.new_text.strip().partition("\n")[0], _SUBJECT_LENGTH)
    message = replace(
        mail,
        from_=requester,
        subject=subject,
        text=text,
        new_text=split.new_text or text,
        quoted=split.quoted,
        signature=split.signature,
        # Nobody is given the identifiers of a mail that he neither wrote nor got.
        message_id=request.message_id
        if shown is not None and author is not None and author.key == requester.key
        else "",
        in_reply_to=(),
        references=(),
        automatic=Automatic(),
    )
    return message, own if shown is not None else ""


def _named(person: Address) -> str:
    return f"{person.name} <{person.address}>" if person.name else person.address
