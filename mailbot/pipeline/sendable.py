"""Whether a mail that waited in the outbox may still go: what was right when it was queued is asked again.

To add a guard for one kind of notice, write a function and name it in `GUARDS`; one for all kinds goes into `_ALWAYS`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session

from mailbot import deadlines
from mailbot.adapters import gathering, peace, post, store
from mailbot.adapters.tables import Contact, OutboxMail, Ticket
from mailbot.core import routing
from mailbot.core.model import ACTIVE_STATUSES, Status
from mailbot.core.notices import NOTICES
from mailbot.notify import DEAD_FOR
from mailbot.pipeline import ladder
from mailbot.policy import Policy


@dataclass(frozen=True, slots=True)
class Case:
    """A mail that is about to be sent, and what is so now.

    Attributes:
        mail: The mail.
        ticket: The one that it is about, None if there is none or nobody asks for it.
        contact: What is known of a recipient outside, None if that is nothing.
        quiet: Whether he wants no updates and surveys about the ticket.
        policy: The configuration.
        now: The present moment (UTC).
    """

    mail: OutboxMail
    ticket: Ticket | None
    contact: Contact | None
    quiet: bool
    policy: Policy
    now: datetime


Guard = Callable[[Case], str]
"""Says why a mail must not go, "" if it may."""


def obstacles(session: Session, policy: Policy, mails: Sequence[OutboxMail], now: datetime) -> dict[int, str]:
    """Why mails that are due must not be sent after all, by their id; those that may go are not in it."""
    outside = {mail.recipient for mail in mails if mail.automatic and not mail.internal}
    contacts = post.reserved_contacts(session, outside) if outside else {}
    concerned = {mail.ticket for mail in mails if mail.ticket is not None and _special(mail)}
    tickets = {row.number: row for row in gathering.tickets(session, concerned)} if concerned else {}
    stoppable = (mail for mail in mails if NOTICES[mail.notice].list_unsubscribe and mail.ticket is not None)
    quiet = peace.quiet_among(session, ((mail.ticket or 0, mail.recipient) for mail in stoppable))
    found: dict[int, str] = {}
    for mail in mails:
        assert mail.id is not None
        special = _special(mail)
        ticket = tickets.get(mail.ticket) if special else None
        if ticket is not None and ticket.merged_into is not None:
            ticket = store.get_ticket(session, ticket.number or 0)
        is_quiet = (mail.ticket or 0, mail.recipient) in quiet
        case = Case(mail, ticket, contacts.get(mail.recipient), is_quiet, policy, now)
        if reason := next(filter(None, (guard(case) for guard in (*_ALWAYS, *special))), ""):
            found[mail.id] = reason
    return found


def _special(mail: OutboxMail) -> tuple[Guard, ...]:
    """The guards for mail of its kind."""
    if not mail.automatic:
        return ()
    return (*GUARDS.get(mail.notice, ()), *(ROUTINE.get(mail.notice, ()) if mail.routine else ()))


def _not_stale(case: Case) -> str:
    return "it is stale" if case.mail.valid_until is not None and case.mail.valid_until < case.now else ""


def _welcome(case: Case) -> str:
    """Automatic mail goes to nobody outside who cannot be reached, or who asked to be left alone meanwhile."""
    mail, contact = case.mail, case.contact
    if case.quiet:
        return f"{mail.recipient} does not want updates and surveys about this ticket"
    if contact is None or mail.internal or not mail.automatic:
        return ""
    if contact.undeliverable_at is not None and case.now - contact.undeliverable_at < DEAD_FOR:
        return f"mail to {mail.recipient} came back meanwhile"
    if contact.quiet_at is not None and NOTICES[mail.notice].list_unsubscribe:
        return f"{mail.recipient} does not want updates and surveys"
    return ""


def _only_while(statuses: Iterable[Status]) -> Guard:
    """A guard for what is only true while the ticket has one of these statuses."""
    allowed = frozenset(statuses)

    def guard(case: Case) -> str:
        if case.ticket is None or Status(case.ticket.status) in allowed:
            return ""
        return f"the ticket is {case.ticket.status} meanwhile"

    return guard


def _heard_nothing(case: Case) -> str:
    """What is said because there was nothing to say is dropped when the requester has heard something since."""
    if case.ticket is None or case.ticket.last_public_at <= case.mail.created_at:
        return ""
    return "the requester has heard from us meanwhile"


def _promise(*, broken: bool) -> Guard:
    """A guard for what is only true while a promise is broken, or still to be kept; mail about none passes."""

    def guard(case: Case) -> str:
        promise, ticket = ladder.promise_of(case.mail.key), case.ticket
        if promise is None or ticket is None:
            return ""
        if ticket.number != case.mail.ticket:
            return "the ticket was merged into another one meanwhile"
        due_at = deadlines.promised(ticket, promise.target)
        if due_at is None or ticket.cycle != promise.cycle:
            return f"the {promise.target} was given, or the clock was stopped, meanwhile"
        if broken and due_at > case.now:
            return f"the {promise.target} is not overdue any more"
        if not broken and due_at <= case.now:
            return f"the {promise.target} is overdue meanwhile, of which another mail tells"
        return ""

    return guard


def _still_his(case: Case) -> str:
    """What asks a technician to look after a ticket is dropped when another one has it meanwhile."""
    ticket, recipient = case.ticket, case.mail.recipient
    if ticket is None or not ticket.technician or recipient == ticket.technician:
        return ""
    directory = case.policy.directory
    leads = {team.lead.lower() for team in directory.teams.values()}
    known = [who for address in (ticket.technician, *leads) if (who := directory.technician(address)) is not None]
    if recipient in leads or recipient in routing.deputies(known, directory):
        return ""
    return "the ticket is somebody else's meanwhile"


_ALWAYS: tuple[Guard, ...] = (_not_stale, _welcome)

GUARDS: Mapping[str, tuple[Guard, ...]] = MappingProxyType(
    {
        "status_update": (_only_while(ACTIVE_STATUSES), _heard_nothing),
        "pending_reminder": (_only_while([Status.PENDING]), _heard_nothing),
        "escalation": (_only_while(ACTIVE_STATUSES), _promise(broken=True)),
        "warning": (_only_while(ACTIVE_STATUSES), _promise(broken=False)),
        "closed": (_only_while([Status.CLOSED]),),
        "survey": (_only_while([Status.CLOSED]),),
    }
)
"""What is asked again of automatic mail, by the name of its notice; what a person wrote goes whatever happens."""

ROUTINE: Mapping[str, tuple[Guard, ...]] = MappingProxyType(
    {
        "assigned": (_only_while(ACTIVE_STATUSES), _still_his),
        "escalation": (_still_his,),
        "warning": (_still_his,),
    }
)
"""What is asked besides of mail that waited for the business hours of its recipient."""
