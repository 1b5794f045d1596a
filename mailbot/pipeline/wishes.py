"""What a requester may say with one word as his reply: that it is done, or not; that he wants peace, or news.

It counts only with the token of a mail that went to him; without, and wherever else it stands, it is text like any
other.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.store import Happening
from mailbot.core.commands.values import key, trim
from mailbot.core.model import Disposition, DispositionKind, EventKind, InboundMail, Status
from mailbot.core.tokens import Scope
from mailbot.notify import Desk
from mailbot.pipeline import contributions, letters, peace, requesters, tickets
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import Arrival, Sender, Thread

_LONGEST = 20
_READ = 20_000  # Characters of a new text, which may hold our own mail without marks.


class Wish(StrEnum):
    """What a requester wants."""

    CLOSE = "close"
    REOPEN = "reopen"
    STOP = "stop"
    STOP_ALL = "stop all"
    START = "start"


WORDS = {
    "close": Wish.CLOSE,
    "tutup": Wish.CLOSE,
    "reopen": Wish.REOPEN,
    "buka": Wish.REOPEN,
    "stop": Wish.STOP,
    "berhenti": Wish.STOP,
    "stopall": Wish.STOP_ALL,
    "berhentisemua": Wish.STOP_ALL,
    "start": Wish.START,
    "mulai": Wish.START,
}
"""What each word means, written as `mailbot.core.commands.values.key` gives it."""


def wish_of(mail: InboundMail) -> Wish | None:
    """The word that is all that somebody newly wrote; with anything below it, a technician must read what he means."""
    if len(mail.new_text) > _READ or any(not file.inline for file in mail.attachments):
        return None
    said = trim(own_words(mail.new_text, mail.quoted))
    if said[:1] not in {"#", "＃"} or len(said) > _LONGEST:
        return None
    # With a blank behind the sign it is no command for technicians either.
    word = said[1:].rstrip(" .!。\u200b")
    return WORDS.get(key(word)) if all(part.isalpha() for part in word.split(" ")) else None


def obey(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition | None:
    """Does what somebody who takes part in a ticket says with one word; None if his mail is an ordinary one."""
    ticket = thread.ticket
    if thread.token is None or thread.token.scope is not Scope.REQUESTER or ticket is None:
        return None
    wish = wish_of(mail)
    if wish in {Wish.STOP, Wish.STOP_ALL}:
        everything = wish is Wish.STOP_ALL
        return peace.stop(session, desk, arrival, mail, sender, thread, now, everything=everything)
    if wish is Wish.START:
        return peace.start(session, desk, arrival, mail, sender, thread, now)
    if wish is None or sender.address.key != ticket.requester_address:
        return None
    if wish is Wish.REOPEN:
        # He does not answer the question of a survey, whatever mail he happens to answer.
        return requesters.append(session, desk, arrival, mail, sender, replace(thread, answered=None), now)
    return _close(session, desk, arrival, mail, sender, thread, now)


def _close(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition:
    ticket, by = thread.ticket, sender.address.key
    assert ticket is not None
    assert ticket.number is not None
    entry = contributions.add_entry(session, ticket, arrival, mail, sender.address.name, by)
    happenings = [Happening(EventKind.MESSAGE_RECEIVED, by, thread.how)]
    if Status(ticket.status) is Status.CLOSED:
        reason = "the requester closes a ticket that is closed already"
        store.add_events(session, ticket.number, now, happenings)
        return Disposition(DispositionKind.APPENDED, reason, ticket.number)
    reason = "the requester closed it"
    happenings.extend(replace(one, reason=reason) for one in tickets.set_status(ticket, Status.CLOSED, by, now))
    ticket.last_public_at = now
    tickets.finish(session, desk.policy, ticket, happenings, now)
    data = {"text": "", "author": "", "because": "requested"}
    letters.tell_requester(session, desk, ticket, "closed", f"c{ticket.cycle}", now, data, answers=mail)
    said, files = {**contributions.what_was_said(mail, sender), "closed": True}, letters.files(desk, mail)
    letters.tell_responsible(session, desk, ticket, "requester_replied", f"e{entry}", now, said, files=files)
    return Disposition(DispositionKind.COMMANDED, reason, ticket.number)
