"""What a technician reads who was away: which tickets came meanwhile, who wrote on his own, what is due."""

from datetime import datetime, timedelta

from sqlmodel import Session

from mailbot.adapters import meanwhile
from mailbot.adapters.absences import Absence
from mailbot.adapters.tables import Ticket
from mailbot.core.model import Address, Technician
from mailbot.notify import Desk
from mailbot.pipeline import letters, ticketrows
from mailbot.policy import Policy

ROWS = 25
"""How many tickets each part of the mail names."""
_SOON = timedelta(days=1)


def tell(session: Session, desk: Desk, technician: Technician, absence: Absence, now: datetime) -> bool:
    """Sends one mail about what happened while somebody was away; False if that is nothing."""
    address = technician.email.lower()
    came = meanwhile.came(session, technician.teams, address, absence.since, ROWS)
    answered = meanwhile.answered(session, address, absence.since, ROWS)
    due = meanwhile.due(session, address, now + _SOON, ROWS)
    if not (came or answered or due):
        return False
    policy, person = desk.policy, letters.person(technician)
    data = {
        "since": absence.since,
        "came": [_row(policy, row, person) for row in came],
        "answered": [{**_row(policy, row, person), "count": count} for row, count in answered],
        "due": [_row(policy, row, person) for row in due],
    }
    cause = f"b{int(absence.since.timestamp())}:{int(now.timestamp())}"
    return letters.tell_technician(session, desk, None, "returned", person, cause, now, data)


def _row(policy: Policy, ticket: Ticket, person: Address) -> dict[str, object]:
    technician = policy.directory.technician(ticket.technician)
    return {
        "number": ticket.number,
        "tag": ticketrows.tag(policy, ticket.number or 0),
        "subject": ticketrows.subject(policy, ticket, person),
        "technician": (technician.name or technician.email) if technician else ticket.technician,
        "due_at": ticketrows.due(ticket),
    }
