"""Escalation by hand: to somebody who takes over (functional), or to the lead who only hears of it (hierarchical)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.commands.deeds import Escalation
from mailbot.core.model import Address, EventKind, Team, Technician
from mailbot.core.phrases import say
from mailbot.notify import Desk
from mailbot.pipeline import letters, tickets


def escalate(
    session: Session, desk: Desk, ticket: Ticket, deed: Escalation, actor: str, now: datetime
) -> list[Happening]:
    """Gives the ticket to whoever must help, if somebody is to take it over; gives the events to be stored."""
    policy, before = desk.policy, ticket.technician
    happenings: list[Happening] = []
    if deed.team:
        tickets.move(ticket, policy, deed.team, now)
        happenings.extend(tickets.route(session, policy, ticket, f"escalated to team {deed.team} by {actor}", now))
    elif deed.candidates:
        people = [policy.directory.technicians[address] for address in deed.candidates]
        ticket.technician = _chosen(session, desk, ticket, people, now)
    ticket.has_internal = True  # The reason is for whoever must help.
    to = deed.lead.lower() or ticket.technician or letters_to(desk, ticket, deed)[0].key
    details = {
        "how": "hierarchical" if deed.lead else "functional",
        "from": before,
        "to": to,
        "team": ticket.team,
        "level": deed.level,
        "why": deed.reason,
    }
    return [*happenings, Happening(EventKind.ESCALATED, actor, f"to {to}: {deed.reason}", details)]


def _chosen(session: Session, desk: Desk, ticket: Ticket, people: Sequence[Technician], now: datetime) -> str:
    """Whom of several to take: the one who is free, as at every assignment; a single one is taken in any case."""
    if len(people) == 1:
        return people[0].email.lower()
    team = desk.policy.directory.teams.get(ticket.team.lower()) or Team(ticket.team)
    choice = tickets.choose(session, desk.policy, team, people, ticket, now)
    return (choice.technician or people[0]).email.lower()


def letters_to(desk: Desk, ticket: Ticket, deed: Escalation) -> list[Address]:
    """Who is told of an escalation: the lead, or whoever is responsible now."""
    if not deed.lead:
        return letters.responsible(desk.policy, ticket)
    lead = desk.policy.directory.technician(deed.lead)
    return [letters.person(lead) if lead else Address("", deed.lead)]


def tell(
    session: Session, desk: Desk, ticket: Ticket, deed: Escalation, actor: Technician, cause: str, now: datetime
) -> tuple[frozenset[str], list[str]]:
    """Writes to whoever must help; gives the addresses told, and the lines of the transcript."""
    language = letters.language_for(desk.policy, actor)
    data = {
        **letters.so_far(session, ticket),
        "escalated_by": actor.name or actor.email,
        "why": deed.reason,
        "takes_over": not deed.lead,
        "text": "",
        "author": "",
    }
    told: set[str] = set()
    lines: list[str] = []
    for person in letters_to(desk, ticket, deed):
        if person.key == actor.email.lower():
            continue
        if letters.tell_technician(
            session, desk, ticket, "escalation", person, cause, now, data, written=not deed.lead
        ):
            told.add(person.key)
        phrase = "escalated_to_lead" if deed.lead else "escalated_to"
        lines.append(say(language, phrase if person.key in told else "not_escalated", name=person.label))
    return frozenset(told), lines
