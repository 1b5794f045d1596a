"""What can be done to a ticket: open it, route it, change it, move it from status to status.

Everything that is decided is written down with its reason, as an event of the ticket.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from mailbot import deadlines
from mailbot.adapters import history, links, store, traces
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core import priority, routing
from mailbot.core.commands import Change
from mailbot.core.language import Words, guess, is_sure
from mailbot.core.model import (
    ACTIVE_STATUSES,
    PAUSED_STATUSES,
    Address,
    EventKind,
    Impact,
    InboundMail,
    Role,
    Status,
    Team,
    Technician,
    Urgency,
)
from mailbot.core.rules import Classification
from mailbot.core.rules import Facts as RuleFacts
from mailbot.core.text import one_line
from mailbot.notify import Desk
from mailbot.pipeline.arrival import Arrival
from mailbot.policy import Policy

_SUBJECT_LENGTH = 250
_REMEMBERED = 5  # Tickets that may show which language somebody speaks.


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new ticket begins with, besides the message itself."""

    requester: Address
    classification: Classification
    legacy: str = ""
    predecessor: int | None = None
    routed: bool = True  # Whether somebody is chosen at once.


def classify(policy: Policy, mail: InboundMail) -> Classification:
    """Asks the rules what a message is about."""
    return policy.rules.classify(
        RuleFacts(
            subject=mail.subject,
            body=mail.new_text or mail.text,
            from_=mail.from_.key if mail.from_ else "",
            to=" ".join(address.key for address in (*mail.to, *mail.cc)),
            headers=mail.headers,
            attachment_names=tuple(file.name for file in mail.attachments),
        )
    )


def open_ticket(
    session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, opening: Opening, now: datetime
) -> Ticket:
    """Makes a ticket of a message: category, priority, team and technician, each with its reason."""
    policy, found = desk.policy, opening.classification
    box = policy.mailbox(arrival.mailbox)
    category = policy.directory.categories.get((found.category or box.category).lower())
    impact = found.impact or (category.default_impact if category else Impact.PERSON)
    urgency = found.urgency or (category.default_urgency if category else Urgency.MEDIUM)
    level = priority.prioritise(impact, urgency, policy.matrix)
    team, team_reason = routing.team_for(category, found.team, box.team, policy.directory)
    ticket = Ticket(
        subject=one_line(mail.subject, _SUBJECT_LENGTH),
        status=Status.NEW,
        priority=level,
        impact=impact,
        urgency=urgency,
        category=category.name if category else "",
        team=team,
        requester_address=opening.requester.key,
        requester_name=one_line(opening.requester.name, 200),
        language=_language(session, desk, arrival, mail, opening),
        mailbox=arrival.mailbox,
        tags=list(found.tags),
        created_at=arrival.received_at,
        updated_at=now,
        last_public_at=now,
        answerable=not mail.automatic.not_answerable and opening.classification.action != "monitor",
        legacy=opening.legacy,
        predecessor=opening.predecessor,
    )
    deadlines.retime(ticket, policy, arrival.received_at)
    deadlines.schedule(ticket, policy, {})
    routed = route(session, policy, ticket, team_reason, now) if opening.routed else []
    number = store.add_ticket(session, ticket)
    store.add_first_participant(session, number, opening.requester, Role.REQUESTER)
    happenings = [
        Happening(EventKind.CREATED, opening.requester.key, f"a message in mailbox {arrival.mailbox!r}"),
        Happening(EventKind.CATEGORISED, reason=category_reason(found, box.category), data=found.as_data()),
        Happening(EventKind.PRIORITISED, reason=priority.explain(impact, urgency, policy.matrix)),
    ]
    store.add_events(session, number, now, [*happenings, *routed])
    return ticket


def category_reason(found: Classification, mailbox_category: str) -> str:
    """Why a ticket has its category, in one sentence."""
    if found.winner is not None and found.category:
        words = ", ".join(found.winner.words)
        return f"category {found.category} because rule {found.winner.rule} matched: {words}"
    if mailbox_category:
        return f"category {mailbox_category} because of its mailbox; no rule names one"
    return "no rule names a category"


def _language(session: Session, desk: Desk, arrival: Arrival, mail: InboundMail, opening: Opening) -> str:
    """The language for a requester: of a rule, that in which he plainly writes, or wrote, of the mailbox, ours.

    A short mail, or one that holds little but the message of a program, does not change what he spoke before.
    """
    text = f"{mail.subject}\n{mail.new_text or mail.text}"
    others, policy = desk.renderer.telling(), desk.policy
    guessed, configured = guess(text, others), opening.classification.language
    settled = configured or mail.automatic.not_answerable or is_sure(text, others)
    before = "" if settled else _spoken_before(session, opening.requester.key, others)
    candidates = (configured, before, guessed, policy.mailbox(arrival.mailbox).language)
    return next((language for language in candidates if language), policy.language)


def _spoken_before(session: Session, address: str, others: Words) -> str:
    """The language of the newest ticket of a requester that he wrote in that language, "" if there is none."""
    opened = history.last_opened_by(session, address, _REMEMBERED)
    spoken = (one.language for one in opened if one.language == guess(f"{one.subject}\n{one.text}", others))
    return next(spoken, "")


def route(session: Session, policy: Policy, ticket: Ticket, reason: str, now: datetime) -> list[Happening]:
    """Gives a ticket to a technician of its team, if one is free; says why."""
    team = policy.directory.teams.get(ticket.team.lower())
    if team is None:
        return [Happening(EventKind.ASSIGNED, reason=f"{reason}; no team serves it")]
    choice = choose(session, policy, team, policy.members(team.name), ticket, now)
    ticket.technician = choice.technician.email.lower() if choice.technician else ""
    if choice.technician is not None:
        store.note_assignment(session, ticket.technician, now)
    details = {"team": team.name, "technician": ticket.technician}
    if choice.instead_of is not None:
        # It was his turn all the same: else the next ticket would be his, and the one after it.
        store.note_assignment(session, choice.instead_of.email.lower(), now)
        details["instead_of"] = choice.instead_of.email.lower()
    return [Happening(EventKind.ASSIGNED, reason=f"{reason}; {choice.reason}", data=details)]


def choose(
    session: Session, policy: Policy, team: Team, members: Sequence[Technician], ticket: Ticket, now: datetime
) -> routing.Choice:
    """Chooses one of some technicians for a ticket, in the way of a team, and says why."""
    deputies = routing.deputies(members, policy.directory)
    addresses = list(dict.fromkeys([*(member.email.lower() for member in members), *deputies]))
    states = store.technician_states(session, addresses) if addresses else {}
    category = policy.directory.categories.get(ticket.category.lower())
    away = {address for address, state in states.items() if state.away_until and state.away_until > now}
    return routing.choose(
        team,
        members,
        store.loads(session, addresses) if addresses else {},
        {address: state.last_assigned_at for address, state in states.items() if state.last_assigned_at},
        away,
        category.skill if category else "",
        now,
        routing.stand_ins(members, policy.directory, away),
    )


def set_status(ticket: Ticket, status: Status, actor: str, now: datetime) -> list[Happening]:
    """Moves a ticket to a status; gives the event to be stored, none if it is there already."""
    before = Status(ticket.status)
    if before is status:
        return []
    if status in ACTIVE_STATUSES and before not in ACTIVE_STATUSES:
        ticket.cycle += 1
        ticket.resolved_at = ticket.closed_at = None
        ticket.resolution = ticket.prevention = ""  # It was none; the timeline keeps it.
        ticket.last_public_at = now  # Until when he hears again counts from here, not from long before the solution.
        kind = EventKind.REOPENED
    else:
        kind = {Status.RESOLVED: EventKind.RESOLVED, Status.CLOSED: EventKind.CLOSED}.get(status, EventKind.CHANGED)
    ticket.status = status
    if status is Status.RESOLVED:
        ticket.resolved_at = now
    if status is Status.CLOSED:
        ticket.closed_at = now
        ticket.resolved_at = ticket.resolved_at or now
    if status is not Status.ON_HOLD:
        ticket.waits_for = None
    if status in PAUSED_STATUSES:
        ticket.waiting_since = now
    else:
        ticket.waiting_since = ticket.wait_until = None
    return [Happening(kind, actor, data={"field": "status", "old": before.value, "new": status.value})]


def move(ticket: Ticket, policy: Policy, team: str, now: datetime) -> None:
    """Gives a ticket to a team: what has run on its clock stays, and what follows runs on the calendar of that team."""
    if team.lower() != ticket.team.lower():
        deadlines.bank(ticket, policy, now)
    ticket.team = team


def apply(ticket: Ticket, policy: Policy, changes: Iterable[Change], actor: str, now: datetime) -> list[Happening]:
    """Makes the changes of commands; gives the events to be stored."""
    happenings: list[Happening] = []
    for change in changes:
        if change.field == "status":
            moved = set_status(ticket, Status(change.new), actor, now)
            happenings.extend(replace(happening, reason=change.reason) for happening in moved)
            continue
        _set_field(ticket, policy, change, now)
        if change.field == "wait_until":
            ticket.waiting_since = now  # Another wait begins.
            ticket.waits_for = None
        details = {"field": change.field, "old": change.old, "new": change.new}
        happenings.append(Happening(_EVENT_OF.get(change.field, EventKind.CHANGED), actor, change.reason, details))
    return happenings


_EVENT_OF = {
    "technician": EventKind.ASSIGNED,
    "category": EventKind.CATEGORISED,
    "priority": EventKind.PRIORITISED,
}
_ENDS = frozenset({EventKind.RESOLVED, EventKind.CLOSED})


def _set_field(ticket: Ticket, policy: Policy, change: Change, now: datetime) -> None:
    if change.field == "wait_until":
        ticket.wait_until = datetime.fromisoformat(change.new) if change.new else None
    elif change.field == "tags":
        ticket.tags = change.new.split()
    elif change.field == "team":
        move(ticket, policy, change.new, now)
    elif change.field == "worked_minutes":
        ticket.worked_minutes = int(change.new)
    else:
        setattr(ticket, change.field, change.new)


def finish(session: Session, policy: Policy, ticket: Ticket, happenings: Sequence[Happening], now: datetime) -> None:
    """Ends every change of a ticket: the events are stored, the deadlines and the next due time are computed anew."""
    assert ticket.number is not None
    store.add_events(session, ticket.number, now, happenings)
    if ticket.linked and any(happening.kind in _ENDS for happening in happenings):
        # They are answered when its own requester is: until then it can be taken back.
        trace = traces.current(session)
        links.release(session, ticket.number, trace.mails_wait_until if trace else now)
    deadlines.retime(ticket, policy, now)
    deadlines.schedule(ticket, policy, store.marks(session, ticket.number, ticket.cycle))
    ticket.updated_at = now
    session.add(ticket)
