"""Requests that a technician registers in the name of somebody else: told on the phone, or forwarded from his own mail.

The ticket is the requester's from the beginning: he is told its number, and what he writes later joins it. Who may do
this has proved himself before he comes here.
"""

from dataclasses import dataclass, replace

from mailbot.adapters import traces
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Hold, Receipt, Ticket
from mailbot.core import commands, forwards, quoting
from mailbot.core.commands import Call, CommandRefusedError, Context, Outcome, Parsed
from mailbot.core.commands.deeds import OnBehalf
from mailbot.core.commands.for_ import refuse_ours
from mailbot.core.mail import read
from mailbot.core.model import Address, Automatic, Disposition, EventKind, InboundMail
from mailbot.core.phrases import say
from mailbot.core.text import one_line
from mailbot.notify import LeakError
from mailbot.pipeline import deeds, execution, holds, questions, requesters, tickets, vendors
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import Arrival
from mailbot.pipeline.tickets import Opening
from mailbot.pipeline.work import Work

_SUBJECT_LENGTH = 80
_GIVES_IT_AWAY = frozenset({"assign", "take", "team", "category", "escalate"})
_ENDS_IT = frozenset({"resolve", "close"})
_FOR_OLD_TICKETS = frozenset({"merge", "split", "dup", "link", "unlink", "undo"})


class _MistakeError(Exception):
    """Something is wrong with the mail: nothing of it is done.

    Attributes:
        lines: What, in the language of its writer.
        english: The same for the ledger.
    """

    def __init__(self, lines: list[str], english: list[str]) -> None:
        super().__init__(*english)
        self.lines, self.english = lines, english


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


def register(work: Work) -> Disposition:
    """Makes a ticket that is the requester's, and does the other commands of the mail to it: all or nothing."""
    request = _read(work, work.language)
    held = replace(request.parsed, text=request.shown.text) if request.shown else request.parsed
    try:
        with work.session.begin_nested():
            return _open(work, request)
    except _MistakeError as mistake:
        return holds.mistyped(work, held, mistake.lines, mistake.english, inside=False)
    except LeakError as error:
        return holds.leaking(work, held.text, error.reason)


def _read(work: Work, language: str) -> _Request:
    return _completed(work, _take_apart(work.arrival, work.mail, language), language)


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


def _completed(work: Work, request: _Request, language: str) -> _Request:
    """The request that was held since something was missing in it, with the commands of the answer to our question."""
    row = work.session.get(Hold, work.corrects[0]) if work.corrects else None
    said = request.parsed.text.strip() or request.shown is not None or request.mail.attachments
    if row is None or row.kind != "mistyped" or row.ticket is not None or said:
        return request
    if row.originator != work.actor or row.decided_by != row.originator:
        return request
    held = _take_apart(*holds.held_mail(work.session, work.desk, row), language)
    new = request.parsed.calls
    named = {call.command.name for call in new}
    kept = () if held.parsed.errors else tuple(c for c in held.parsed.calls if c.command.name not in named)
    # Of what stood in the wrong place in the held mail he was told, and did not repeat it: that is text.
    return replace(held, parsed=replace(request.parsed, calls=(*new, *kept), text=held.parsed.text))


def _open(work: Work, request: _Request) -> Disposition:
    session, desk, language, parsed = work.session, work.desk, work.language, request.parsed
    requester, wrong = _requester(work, request, language)
    if requester is None or wrong:
        raise _MistakeError(wrong, _requester(work, _read(work, "en"), "en")[1])
    others = tuple(call for call in parsed.calls if call.command.name != "for")
    names = {call.command.name for call in others}
    message = _message(request, requester)[0]
    if not message.new_text.strip() and not message.attachments:
        raise _MistakeError([say(language, "for_nothing")], [say("en", "for_nothing")])
    found = replace(tickets.classify(desk.policy, message), action="")
    opening = Opening(requester, found, routed=not names & (_GIVES_IT_AWAY | _ENDS_IT))
    made, entry = requesters.record(session, desk, request.arrival, message, opening, work.now)
    ticket = session.get(Ticket, made.number)  # The one that was made is not watched for changes.
    assert ticket is not None
    with traces.taken(session, ticket, work.now + desk.policy.settings.helpdesk.undo_window):
        traces.note(session, "steps", {"kind": "opened", "ticket": ticket.number, "from": None})
        done = _carry_out(work, request, requester, ticket, entry)
    receipt = session.get(Receipt, request.arrival.receipt)
    assert receipt is not None
    receipt.ticket = ticket.number
    return done


def _carry_out(work: Work, request: _Request, requester: Address, ticket: Ticket, entry: int) -> Disposition:
    """Does what else the mail says to the new ticket, and tells everybody about it."""
    session, desk, language, parsed = work.session, work.desk, work.language, request.parsed
    others = tuple(call for call in parsed.calls if call.command.name != "for")
    names = {call.command.name for call in others}
    message, own = _message(request, requester)
    if names & _ENDS_IT and not names & _GIVES_IT_AWAY:
        ticket.technician = work.actor  # It is done already, by him.
    outcomes = _run(work, ticket, others)
    reason = f"registered by {work.actor} in the name of {requester.key}"
    tickets.finish(session, desk.policy, ticket, [Happening(EventKind.CHANGED, work.actor, reason)], work.now)
    quiet = any(outcome.quiet for outcome in outcomes)
    told = False
    if not quiet and not names & _ENDS_IT:
        by = work.technician.name or work.technician.email
        told = requesters.acknowledge(
            session, desk, request.arrival, ticket, message, entry, work.now, registered_by=by
        )
    said = _named(requester)
    named = any(call.command.name == "for" and call.value for call in parsed.calls)
    lines = [say(language, "for_done" if named else "for_found", requester=said)]
    if not names & _ENDS_IT or quiet:
        lines.append(say(language, "for_told" if told else "for_untold", requester=said))
    lines.append(say(language, "for_noted") if own else "")
    outcome = Outcome(notes=(own,) if own else (), lines=tuple(lines), deeds=(OnBehalf(requester),))
    about = replace(
        work,
        arrival=request.arrival,
        mail=replace(work.mail, attachments=()),
        thread=replace(work.thread, ticket=ticket, answered=None),
    )
    done = execution.carry_out(about, ticket, replace(parsed, text=""), (outcome, *outcomes))
    _tell(about, ticket, message, names, entry)
    return done


def _run(work: Work, ticket: Ticket, calls: tuple[Call, ...]) -> tuple[Outcome, ...]:
    """What the other commands of the mail mean for the new ticket.

    Raises:
        _MistakeError: One of them makes no sense.
    """
    context = deeds.context_for(work.session, work.desk, ticket, work.technician, work.now)
    outcomes, wrong = _outcomes(work, calls, context)
    if wrong:
        raise _MistakeError(wrong, _outcomes(work, calls, replace(context, language="en"))[1])
    return outcomes


def _outcomes(work: Work, calls: tuple[Call, ...], context: Context) -> tuple[tuple[Outcome, ...], list[str]]:
    result = commands.run_all(Parsed(calls, ""), context)
    wrong = [error.message for error in result.errors]
    wrong.extend(vendors.mistakes(result.outcomes, context.language))
    wrong.extend(questions.mistakes(work.session, work.desk.policy, result.outcomes, context.language))
    wrong.extend(say(context.language, "for_later", verb=call.command.name) for call in calls if _needs_more(call))
    return result.outcomes, wrong


def _needs_more(call: Call) -> bool:
    """Whether a command means another ticket, or what was done before: a new ticket has neither yet."""
    return call.command.name in _FOR_OLD_TICKETS


def _tell(work: Work, ticket: Ticket, message: InboundMail, names: set[str], entry: int) -> None:
    """Gives the ticket to a technician, if no command did, and tells whoever does not know yet that it is his."""
    if names & _ENDS_IT:
        return
    session, desk, now = work.session, work.desk, work.now
    chosen = bool(names & _GIVES_IT_AWAY) and ticket.technician not in {"", work.actor}
    if names & _GIVES_IT_AWAY and not ticket.technician and "assign" not in names:
        routed = tickets.route(session, desk.policy, ticket, f"team {ticket.team}", now)
        tickets.finish(session, desk.policy, ticket, routed, now)
    if not chosen:
        requesters.tell_assigned(session, desk, ticket, message, f"e{entry}", now)


def _requester(work: Work, request: _Request, language: str) -> tuple[Address | None, list[str]]:
    """Whose request it is (None = that is not clear, or not possible), and all that is wrong with the mail so far."""
    parsed = request.parsed
    calls = tuple(call for call in parsed.calls if call.command.name == "for")
    known = questions.context_without_ticket(work.desk, work.technician, work.now)
    context = replace(known, language=language)
    # All mistakes are told at once.
    lines = [error.message for error in sorted((*parsed.errors, *parsed.strays), key=lambda error: error.line)]
    result = commands.run_all(Parsed(calls, ""), context)
    lines.extend(error.message for error in result.errors)
    if len(calls) > 1:
        lines.append(say(language, "for_twice"))
    named = [deed.requester for outcome in result.outcomes for deed in outcome.deeds if isinstance(deed, OnBehalf)]
    person = next((one for one in named if one is not None), None)
    author = request.shown.author if request.shown else None
    if person is None and not result.errors:
        person = author
        if person is None:
            lines.append(say(language, "for_whom"))
        else:
            try:
                refuse_ours(person, context)
            except CommandRefusedError as refusal:
                lines.append(say(language, refusal.phrase, **refusal.values))
    if person is not None and not person.name and author is not None and author.key == person.key:
        return author, lines
    return person, lines


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
