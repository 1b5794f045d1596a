"""Splitting: a message that is about something else becomes a ticket of its own."""

import re
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import links, store, traces
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Entry, OutboxMail, Ticket
from mailbot.core.model import Address, EventKind, InboundMail, Technician
from mailbot.core.phrases import say
from mailbot.notify import Desk, why_suppressed
from mailbot.pipeline import letters, requesters, stored, tickets
from mailbot.pipeline.tickets import Opening
from mailbot.pipeline.undowords import in_time

_ABOUT = re.compile(r"(?:requester_replied|assigned):[0-9]{1,12}:e([0-9]{1,12}):")
_REPLY = re.compile(r"(?:(?:re|aw|sv|antw|bls|balas|fwd?|fw)\s{0,3}:\s{0,3}){1,20}", re.IGNORECASE)


def message_meant(session: Session, ticket: Ticket, answered: OutboxMail | None) -> Entry | None:
    """The message that is to become a ticket: the one that the answered mail is about, else the requester's newest."""
    entry = _about(session, answered)
    if entry is not None and entry.kind == "message" and not entry.internal and _belongs(session, ticket, entry):
        return entry
    return links.newest_message(session, ticket.number or 0, ticket.requester_address)


def _about(session: Session, answered: OutboxMail | None) -> Entry | None:
    """The contribution that a mail of ours is about, None if it is about none."""
    found = _ABOUT.match(answered.key) if answered is not None else None
    return session.get(Entry, int(found[1])) if found is not None else None


def _belongs(session: Session, ticket: Ticket, entry: Entry) -> bool:
    there = store.get_ticket(session, entry.ticket)
    return there is not None and there.number == ticket.number


def mistake(session: Session, ticket: Ticket, answered: OutboxMail | None, tag: str, language: str) -> str:
    """Why there is nothing to split off, "" if there is; `tag` is how tickets are called."""
    about = _about(session, answered)
    if about is not None and about.kind == "message" and not _belongs(session, ticket, about):
        return say(language, "split_already", tag=f"[{tag}-{about.ticket}]")
    entry = message_meant(session, ticket, answered)
    if entry is None or links.messages(session, entry.ticket) < 2:
        return say(language, "split_only_one")
    return "" if links.kept(session, entry.receipt) else say(language, "split_forgotten")


def split(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    entry: Entry,
    title: str,
    actor: Technician,
    now: datetime,
    *,
    quiet: bool = False,
) -> list[str]:
    """Makes a new ticket of a message; gives the lines of the transcript.

    Its clock starts when the message came. Whoever wrote it is its requester, and is told its number.
    """
    assert ticket.number is not None
    assert entry.id is not None
    assert entry.receipt is not None
    origin, by = entry.ticket, actor.email.lower()
    arrival, mail = stored.mail_of(session, desk.policy, entry.receipt, entry.author_address)
    if mail.from_ is None or mail.from_.key != entry.author_address:
        mail = _as_his(mail, entry)
    mail = replace(mail, subject=title or _subject(mail.subject, desk.policy.tag) or ticket.subject)
    author = Address(entry.author_name, entry.author_address)
    opening = Opening(author, tickets.classify(desk.policy, mail))
    new = tickets.open_ticket(session, desk, arrival, mail, opening, now)
    assert new.number is not None
    traces.keep_ticket(session, ticket)
    traces.note(session, "steps", {"kind": "opened", "ticket": new.number, "from": ticket.number})
    links.move_entry(session, entry.id, new.number)
    links.add(session, new.number, ticket.number, links.SPLIT)
    row = session.get(Ticket, new.number)  # The one that was made is not watched for changes.
    assert row is not None
    row.linked = new.linked = ticket.linked = True
    row.has_internal = ticket.has_internal  # What is internal there stays so here.
    tag, new_tag = (f"{desk.policy.tag}-{number}" for number in (ticket.number, new.number))
    data = {"entry": entry.id, "from": origin}
    store.add_events(session, new.number, now, [Happening(EventKind.SPLIT, by, f"split off from {tag}", data)])
    reason = f"a message of {author.key} became {new_tag}"
    store.add_events(session, ticket.number, now, [Happening(EventKind.SPLIT, by, reason, {"into": new.number})])
    language = letters.language_for(desk.policy, actor)
    lines = [say(language, "split_done", author=author.label, tag=new_tag)]
    if not quiet and new.answerable:
        values = {"expected_by": new.respond_by, "late": False, "registered_by": ""}
        cause = f"e{entry.id}"
        told = letters.tell_requester(session, desk, new, "acknowledgement", cause, now, values, answers=mail)
        why = "" if told else why_suppressed(session, new, "acknowledgement", author.key).said(language)
        told_line = say(language, in_time(desk.policy, "split_told"), recipient=author.label)
        lines.append(told_line if told else say(language, "split_untold", reason=why))
    requesters.tell_assigned(session, desk, new, mail, f"e{entry.id}", now)
    holder = desk.policy.directory.technician(new.technician)
    name = (holder.name or holder.email) if holder else say(language, "nobody")
    return [*lines, say(language, "split_to", tag=new_tag, name=name)]


def _as_his(mail: InboundMail, entry: Entry) -> InboundMail:
    """What somebody wrote that a technician registered for him: nothing of the technician's own mail may go with it."""
    return replace(
        mail,
        from_=Address(entry.author_name, entry.author_address),
        subject="",
        message_id="",
        in_reply_to=(),
        references=(),
        text=entry.text,
        new_text=entry.text,
        quoted=entry.quoted,
    )


def _subject(subject: str, tag: str) -> str:
    """The subject of a message without the number of the old ticket and without "Re:"."""
    without = re.sub(
        rf"\[\s{{0,3}}{re.escape(tag)}\s{{0,3}}-[^\]\[]{{1,20}}\]", " ", subject[:2000], flags=re.IGNORECASE
    )
    plain = " ".join(without.split())
    found = _REPLY.match(plain)
    return plain[found.end() :].strip() if found else plain
