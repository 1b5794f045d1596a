"""Putting mail into the outbox: the only way in which anything leaves.

A letter is rendered and composed here, inside the transaction that causes it, so that ticket and mail are committed
together. Here stands the guard against internal text in mail to the outside; the caps against storms are in `caps`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlmodel import Session

from mailbot import caps, seals
from mailbot.adapters import history, links, peace, post, store, traces
from mailbot.adapters.compose import OutgoingFile, OutgoingMail, compose
from mailbot.adapters.render import Rendered, Renderer
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Entry, Receipt, Ticket
from mailbot.core import tokens
from mailbot.core.leaks import Secrets, compile_secrets, leaked, words_of, words_of_page
from mailbot.core.model import Address, EventKind, Priority
from mailbot.core.notices import NOTICES, Audience, Notice
from mailbot.core.phrases import Reason, say
from mailbot.core.tokens import Scope
from mailbot.policy import Policy

_log = structlog.get_logger("mailbot.notify")
DEAD_FOR = timedelta(days=7)
"""How long automatic mail to an address stops after one came back."""
_KEY_LENGTH = 300
_WRITTEN: dict[str, object] = {  # What of a letter's data people wrote; the rest is the template's own.
    "attachments": [],
    **dict.fromkeys(("text", "title", "symptoms", "diagnosis", "resolution", "prevention"), ""),
}
_SCOPES = {Audience.REQUESTER: Scope.REQUESTER, Audience.VENDOR: Scope.VENDOR}
_SHOWN = 120  # Characters of the internal text in a letter that are told to whoever wrote it.


@dataclass(frozen=True, slots=True)
class Desk:
    """What every decision needs besides the database: the policy and the templates.

    Attributes:
        policy: The configuration.
        renderer: The templates.
        patience: How long notices of which many may go as one wait for others; more than nothing while much happens
            at once.
        unhurried: Whether what is queued waits for the business hours of whoever gets it: what time brings does, what
            somebody's mail causes goes at once.
        muted: Whether nothing is queued, since it most likely went out before the database was put back.
    """

    policy: Policy
    renderer: Renderer
    patience: timedelta = timedelta()
    unhurried: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be: which notice, to whom, with what.

    Attributes:
        notice: A name of `mailbot.core.notices.NOTICES`.
        recipient: Whom it goes to.
        language: In which language.
        data: What the notice's template needs besides the ticket.
        key: What makes it unique; a second letter with the same key is not queued.
        hold: The hold that an answer decides.
        files: Files that go with it.
        answers: The Message-ID that it answers, if the recipient sent it.
        ancestors: The References of the mail that it answers.
        written: Whether it holds what a person wrote: then it is no automatic mail, and no cap holds it back.
        notes: The internal notes of the technician's mail that causes it. With these, internal text in the letter is
            his mistake, and an error; without (None) the letter is just left out.
        public: Texts in it that somebody published on purpose, whatever they were before.
    """

    notice: str
    recipient: Address
    language: str
    key: str
    data: Mapping[str, object] = field(default_factory=dict)
    hold: int | None = None
    files: tuple[OutgoingFile, ...] = ()
    answers: str = ""
    ancestors: tuple[str, ...] = ()
    written: bool = False
    notes: tuple[str, ...] | None = None
    public: tuple[str, ...] = ()


class LeakError(Exception):
    """A letter that a technician's mail causes holds internal text: nothing of his mail may be done."""

    def __init__(self, letter: Letter, reason: Reason) -> None:
        super().__init__(reason.english)
        self.letter, self.reason = letter, reason


def enqueue(session: Session, desk: Desk, ticket: Ticket | None, letter: Letter, now: datetime) -> bool:
    """Puts a letter into the outbox; False (with an event on the ticket that says why) if it must not go.

    Raises:
        LeakError: There is internal text in it, and `letter.notes` are given.
    """
    notice = NOTICES[letter.notice]
    refusal = Reason("put_back") if desk.muted else _refusal(session, desk, ticket, letter, notice, now)
    if refusal is not None:
        _note(session, ticket, now, EventKind.NOTICE_SUPPRESSED, letter, refusal)
        if ticket is None and letter.notice in caps.QUESTIONS:
            reason = refusal.english
            _log.warning(
                "not_asked", notice=letter.notice, recipient=letter.recipient.key, hold=letter.hold, reason=reason
            )
        return False
    values = context(desk.policy, ticket, letter, now)
    if ticket is not None and ticket.linked and not notice.audience.outside:
        values["ticket"]["relatives"] = links.lines(session, ticket.number or 0, desk.policy.tag, letter.language)
    rendered = desk.renderer.render(letter.notice, letter.language, values)
    if notice.audience.outside and ticket is not None:
        requesters = links.requesters(session, ticket.number or 0) if notice.audience is Audience.VENDOR else []
        leak = seals.broken(notice.audience, requesters, letter.files, rendered)
        if leak is None and (ticket.has_internal or letter.notes):
            found = _leak(session, desk, ticket, letter, rendered, now)
            leak = Reason("leak", {"text": f"“{found[:_SHOWN]}”"}) if found else None
        if leak is not None:
            error = LeakError(letter, leak)
            if letter.notes is not None:
                raise error
            note_leak(session, ticket, error, now)
            return False
    return _queue(session, desk, ticket, letter, rendered, now)


def _queue(
    session: Session, desk: Desk, ticket: Ticket | None, letter: Letter, rendered: Rendered, now: datetime
) -> bool:
    policy, notice = desk.policy, NOTICES[letter.notice]
    number = ticket.number if ticket else None
    paced = _is_paced(desk, ticket, letter)
    starts_at = _starts_at(desk, ticket, letter, now) if paced and desk.unhurried else None
    # Those that wait for the morning are read together, and so are those of a time at which much happens.
    waits = desk.patience > timedelta() or (starts_at is not None and starts_at > now)
    gathers = bool(notice.bundled_as) and paced and waits
    patience = desk.patience if gathers else timedelta()
    # What a technician's mail says to the outside waits a moment, in which he can take it back.
    trace = traces.current(session) if notice.audience in _SCOPES else None
    token = tokens.mint(
        policy.keyring[0],
        ticket=number or 0,
        scope=_SCOPES.get(notice.audience, Scope.TECHNICIAN),
        address=letter.recipient.key,
        issued_at=now,
        purpose=letter.key,
    )
    message_id = tokens.message_id(token, policy.hostname)
    raw = compose(_outgoing(session, policy, number, letter, rendered, token, message_id, now))
    return post.queue(
        session,
        {
            "key": _key(letter.key),
            "notice": letter.notice,
            "ticket": number,
            "hold": letter.hold,
            "recipient": letter.recipient.key,
            "internal": not notice.audience.outside,
            "automatic": notice.automatic and not letter.written,
            "gathers": gathers,
            "routine": starts_at is not None,
            "paced": paced,
            "message_id": message_id,
            "raw": raw,
            "created_at": now,
            "valid_until": (starts_at or now) + notice.valid_for if notice.valid_for else None,
            "state": "queued",
            "attempts": 0,
            "next_attempt_at": trace.mails_wait_until if trace else (starts_at or now) + patience,
            "answer": "",
        },
    )


def _is_paced(desk: Desk, ticket: Ticket | None, letter: Letter) -> bool:
    """Whether a letter goes by the rate of routine mail: time or a backlog brings it; what is critical is not."""
    critical = ticket is not None and Priority(ticket.priority) is Priority.CRITICAL
    automatic = NOTICES[letter.notice].automatic and not letter.written
    return automatic and not critical and (desk.unhurried or desk.patience > timedelta())


def _starts_at(desk: Desk, ticket: Ticket | None, letter: Letter, now: datetime) -> datetime:
    """From when a routine mail may go (UTC): in the hours of whoever gets it."""
    team, inside = ticket.team if ticket is not None else "", not NOTICES[letter.notice].audience.outside
    return desk.policy.hours_of(letter.recipient.key, team, inside=inside).next_open(now)


def _key(key: str) -> str:
    """A key that fits its column: the end of a long one, where the address stands, gives way to a digest."""
    if len(key) <= _KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{key[: _KEY_LENGTH - len(digest) - 1]}:{digest}"


def _outgoing(
    session: Session,
    policy: Policy,
    number: int | None,
    letter: Letter,
    rendered: Rendered,
    token: str,
    message_id: str,
    now: datetime,
) -> OutgoingMail:
    helpdesk = policy.settings.helpdesk
    notice = NOTICES[letter.notice]
    if letter.answers:
        ancestors = (*letter.ancestors, letter.answers)
    else:
        ancestors = tuple(post.thread_of(session, number, letter.recipient.key)) if number else ()
    if notice.audience.outside:
        ancestors = seals.without_foreign(notice.audience, ancestors)
    plus = tokens.subaddress(helpdesk.address, token) if helpdesk.subaddress else ""
    unsubscribe = f"mailto:{plus or helpdesk.address}?subject=unsubscribe%20{token}"
    return OutgoingMail(
        message_id=message_id,
        date=now.astimezone(policy.zone),
        from_=Address(helpdesk.name, helpdesk.address),
        to=Address("", letter.recipient.address) if notice.audience.outside else letter.recipient,
        reply_to=Address(helpdesk.name, plus) if plus else None,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        in_reply_to=ancestors[-1] if ancestors else "",
        references=ancestors,
        auto_submitted="" if letter.written else notice.auto_submitted,
        list_unsubscribe=f"<{unsubscribe}>" if notice.list_unsubscribe else "",
        attachments=letter.files,
        language=rendered.language,
    )


def context(policy: Policy, ticket: Ticket | None, letter: Letter, now: datetime) -> dict[str, Any]:
    """What a template may use: plain values only, no rows."""
    helpdesk = policy.settings.helpdesk
    return {
        "helpdesk": {
            "name": helpdesk.name,
            "address": helpdesk.address,
            "tag": policy.tag,
            "signature": helpdesk.signature,
        },
        "ticket": _ticket_values(policy, ticket, letter.language) if ticket else None,
        "recipient": {"name": letter.recipient.name, "address": letter.recipient.address},
        "language": letter.language,
        "zone": policy.zone,
        "now": now,
        "too_large": [file.name for file in letter.files if file.left_out],
        **letter.data,
    }


def _ticket_values(policy: Policy, ticket: Ticket, language: str) -> dict[str, Any]:
    window = policy.settings.closing.reopen_window
    technician = policy.directory.technician(ticket.technician)
    return {
        "number": ticket.number,
        "tag": f"[{policy.tag}-{ticket.number}]",
        "subject": ticket.subject.strip() or say(language, "no_subject"),
        "status": ticket.status,
        "priority": ticket.priority,
        "impact": ticket.impact,
        "urgency": ticket.urgency,
        "category": ticket.category,
        "team": ticket.team,
        "technician_name": technician.name if technician else "",
        "requester_name": ticket.requester_name or ticket.requester_address,
        "created_at": ticket.created_at,
        "source": ticket.source,
        "wait_until": ticket.wait_until,
        "respond_by": ticket.respond_by,
        "resolve_by": ticket.resolve_by,
        "reopens_until": ticket.closed_at + window if ticket.closed_at and window else None,
        "resolution": ticket.resolution,
        "workaround": ticket.workaround,
        "prevention": ticket.prevention,
        "relatives": [],
    }


def _refusal(
    session: Session, desk: Desk, ticket: Ticket | None, letter: Letter, notice: Notice, now: datetime
) -> Reason | None:
    """Why a letter must not go, None if it may."""
    address = letter.recipient.key
    if address in desk.policy.own_addresses:
        return Reason("own_address", {"address": address})
    if not notice.automatic or letter.written:
        return None
    outside = notice.audience.outside
    if outside and ticket is not None and not ticket.answerable and address == ticket.requester_address:
        return Reason("machine")
    known = store.contact(session, address) if outside else None
    if known is not None and known.undeliverable_at is not None and now - known.undeliverable_at < DEAD_FOR:
        return Reason("came_back", {"address": address, "days": str(DEAD_FOR.days)})
    if known is not None and known.quiet_at is not None and notice.list_unsubscribe:
        return Reason("wants_none", {"address": address})
    number, limits = ticket.number if ticket else None, desk.policy.settings.limits
    if notice.list_unsubscribe and number is not None and peace.is_quiet(session, number, address):
        return Reason("wants_none", {"address": address})
    return caps.excess(session, limits, letter.notice, address, number, now, outside=outside, timed=desk.unhurried)


def note_leak(session: Session, ticket: Ticket, error: LeakError, now: datetime) -> None:
    """Writes down that a letter was blocked because of the internal text in it."""
    _note(session, ticket, now, EventKind.LEAK_BLOCKED, error.letter, error.reason)


def why_suppressed(session: Session, ticket: Ticket, notice: str, recipient: str) -> Reason:
    """Why the notice that was just refused for a ticket did not go to an address."""
    for event in reversed(store.events(session, ticket.number or 0)):
        if (event.data.get("notice"), event.data.get("recipient")) == (notice, recipient) and "phrase" in event.data:
            return Reason(event.data["phrase"], event.data["values"])
    return Reason("queued_before")


def _note(
    session: Session, ticket: Ticket | None, now: datetime, kind: EventKind, letter: Letter, reason: Reason
) -> None:
    if ticket is not None and ticket.number is not None:
        details: dict[str, Any] = {"notice": letter.notice, "recipient": letter.recipient.key}
        details |= {"phrase": reason.phrase, "values": dict(reason.values)}
        store.add_events(session, ticket.number, now, [Happening(kind, reason=reason.english, data=details)])


def _leak(session: Session, desk: Desk, ticket: Ticket, letter: Letter, rendered: Rendered, now: datetime) -> str:
    """The internal text in a letter, "" if there is none."""
    secrets = compile_secrets([*(letter.notes or ()), *history.internal_texts(session, ticket.number or 0)])
    texts = seals.texts_in(letter.files)
    if not _found(rendered, secrets, texts=texts):
        return ""
    entries = links.entries(session, ticket.number or 0)
    open_to_him = (row.text for row in entries if _has_read(ticket, row, letter.recipient.key))
    # What the template itself says, or whoever takes part has read or written before, is no secret, though a note
    # repeats it.
    values = context(desk.policy, ticket, letter, now) | _WRITTEN
    values["ticket"] |= {
        "resolution": "",
        "prevention": "",
        "workaround": "",
        "subject": _first_subject(session, [row for row in entries if row.ticket == ticket.number]),
    }
    bare = desk.renderer.render(letter.notice, letter.language, values)
    return _found(rendered, secrets, [bare.subject, bare.text, *letter.public, *open_to_him], texts)


def _has_read(ticket: Ticket, row: Entry, recipient: str) -> bool:
    """Whether somebody knows a contribution to a ticket or to one merged into it: it is his, or was sent to him."""
    if row.side == recipient:
        return True
    if row.internal or row.withdrawn_at is not None:
        return False
    here = row.ticket == ticket.number and (row.kind == "reply" or row.author_address == ticket.requester_address)
    return here or row.author_address == recipient


def _first_subject(session: Session, entries: Sequence[Entry]) -> str:
    """The subject that came with the request; one that a technician gave later may repeat what is internal."""
    receipt = session.get(Receipt, entries[0].receipt) if entries and entries[0].receipt is not None else None
    return receipt.subject if receipt is not None and not entries[0].internal else ""


def _found(rendered: Rendered, secrets: Secrets, known: Iterable[str] = (), texts: Iterable[str] = ()) -> str:
    outgoing = [words_of(f"{rendered.subject}\n{rendered.text}"), words_of_page(rendered.html), *map(words_of, texts)]
    return leaked(secrets, outgoing, map(words_of, known))


def find_leak(rendered: Rendered, secrets: Sequence[str]) -> str:
    """Gives the internal text that a mail to the outside would carry, "" if it carries none."""
    return _found(rendered, compile_secrets(secrets))
