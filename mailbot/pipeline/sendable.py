"""Whether a mail that waited in the outbox may still go: what was right when it was queued is asked again.

To add a guard for one kind of notice, write a function and name it in `GUARDS`; one for all kinds goes into `_ALWAYS`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session

from mailbot.adapters import post, store
from mailbot.adapters.tables import Contact, OutboxMail, Ticket
from mailbot.core.model import ACTIVE_STATUSES, Status
from mailbot.core.notices import NOTICES
from mailbot.notify import DEAD_FOR

Guard = Callable[[OutboxMail, Ticket | None, Contact | None, datetime], str]
"""Says why a mail must not go, "" if it may; the ticket and what is known of the recipient are None if unknown."""


def obstacles(session: Session, mails: Sequence[OutboxMail], now: datetime) -> dict[int, str]:
    """Why mails that are due must not be sent after all, by their id; those that may go are not in it."""
    outside = {mail.recipient for mail in mails if mail.automatic and not mail.internal}
    contacts = post.reserved_contacts(session, outside) if outside else {}
    found: dict[int, str] = {}
    for mail in mails:
        assert mail.id is not None
        guards = (*_ALWAYS, *(GUARDS.get(mail.notice, ()) if mail.automatic else ()))
        wanted = mail.ticket if mail.notice in GUARDS else None
        ticket = store.get_ticket(session, wanted) if wanted is not None else None
        reasons = (guard(mail, ticket, contacts.get(mail.recipient), now) for guard in guards)
        if reason := next(filter(None, reasons), ""):
            found[mail.id] = reason
    return found


def _not_stale(mail: OutboxMail, ticket: Ticket | None, contact: Contact | None, now: datetime) -> str:
    del ticket, contact
    return "it is stale" if mail.valid_until is not None and mail.valid_until < now else ""


def _welcome(mail: OutboxMail, ticket: Ticket | None, contact: Contact | None, now: datetime) -> str:
    """Automatic mail goes to nobody outside who cannot be reached, or who asked to be left alone meanwhile."""
    del ticket
    if contact is None or mail.internal or not mail.automatic:
        return ""
    if contact.undeliverable_at is not None and now - contact.undeliverable_at < DEAD_FOR:
        return f"mail to {mail.recipient} came back meanwhile"
    if contact.quiet_at is not None and NOTICES[mail.notice].list_unsubscribe:
        return f"{mail.recipient} does not want updates and surveys"
    return ""


def _only_while(statuses: Iterable[Status]) -> Guard:
    """A guard for what is only true while the ticket has one of these statuses."""
    allowed = frozenset(statuses)

    def guard(mail: OutboxMail, ticket: Ticket | None, contact: Contact | None, now: datetime) -> str:
        del mail, contact, now
        if ticket is None or Status(ticket.status) in allowed:
            return ""
        return f"the ticket is {ticket.status} meanwhile"

    return guard


_ALWAYS: tuple[Guard, ...] = (_not_stale, _welcome)

GUARDS: Mapping[str, tuple[Guard, ...]] = MappingProxyType(
    {
        "status_update": (_only_while(ACTIVE_STATUSES),),
        "pending_reminder": (_only_while([Status.PENDING]),),
        "escalation": (_only_while(ACTIVE_STATUSES),),
        "closed": (_only_while([Status.CLOSED]),),
        "survey": (_only_while([Status.CLOSED]),),
    }
)
"""What is asked again of automatic mail, by the name of its notice; what a person wrote goes whatever happens."""
