"""Somebody outside wants no more updates and surveys, or wants them again: about one ticket, or about all.

What people write to him, and what he is asked, reaches him all the same.
"""

import re
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import peace, store
from mailbot.adapters.store import Happening
from mailbot.core.model import Disposition, DispositionKind, EventKind, InboundMail
from mailbot.core.tokens import Scope
from mailbot.notify import Desk, Letter, enqueue
from mailbot.pipeline.arrival import Arrival, Sender, Thread

_UNSUBSCRIBE = re.compile(r"^\s{0,5}(?:unsubscribe|stop)\b", re.IGNORECASE)


def wants_silence(mail: InboundMail, thread: Thread) -> bool:
    """Whether a message is the answer to List-Unsubscribe (RFC 2369 s.3.2), with the token that proves its sender.

    Whoever presses a button wants no such mail at all: it stops that of all tickets.
    """
    return (
        thread.token is not None
        and thread.token.scope is Scope.REQUESTER
        and bool(_UNSUBSCRIBE.match(mail.subject))
        and thread.token.text in mail.subject.lower()
    )


def stop(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    sender: Sender,
    thread: Thread,
    now: datetime,
    *,
    everything: bool,
) -> Disposition:
    """Stops updates and surveys to whoever asks for it: about the ticket, or about all of them."""
    number = thread.ticket.number if thread.ticket else None
    if everything or number is None:
        store.contact_for_change(session, sender.address.key).quiet_at = now
        reason = "no more updates and surveys to this address"
    else:
        peace.keep_quiet(session, number, sender.address.key, now)
        reason = "no more updates and surveys to this address about the ticket"
    _confirm(session, desk, arrival, mail, sender, thread, now, {"started": False, "everything": everything})
    return _noted(session, sender, number, reason, now)


def start(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, sender: Sender, thread: Thread, now: datetime
) -> Disposition:
    """Takes back every wish for silence that would keep news of the ticket from whoever asks."""
    number = thread.ticket.number if thread.ticket else None
    store.contact_for_change(session, sender.address.key).quiet_at = None
    if number is not None:
        peace.keep_quiet(session, number, sender.address.key, None)
    _confirm(session, desk, arrival, mail, sender, thread, now, {"started": True, "everything": False})
    return _noted(session, sender, number, "updates and surveys to this address again", now)


def _noted(session: Session, sender: Sender, number: int | None, reason: str, now: datetime) -> Disposition:
    if number is not None:
        store.add_events(session, number, now, [Happening(EventKind.CHANGED, sender.address.key, reason)])
    return Disposition(DispositionKind.COMMANDED, reason, number)


def _confirm(
    session: Session,
    desk: Desk,
    arrival: Arrival,
    mail: InboundMail,
    sender: Sender,
    thread: Thread,
    now: datetime,
    data: dict[str, object],
) -> None:
    """Says what was done and how it is taken back: a button is soon pressed by mistake."""
    ticket = thread.ticket
    if ticket is None or mail.automatic.not_answerable:
        return
    letter = Letter(
        notice="quiet",
        recipient=sender.address,
        language=ticket.language,
        key=f"quiet:{ticket.number}:r{arrival.receipt}:{sender.address.key}",
        data=data,
        answers=mail.message_id,
        ancestors=mail.references,
    )
    enqueue(session, desk, ticket, letter, now)
