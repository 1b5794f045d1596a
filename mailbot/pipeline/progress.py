"""What happened to a ticket that its requester has not heard of yet, as far as it is for him."""

from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import history
from mailbot.adapters.tables import Ticket
from mailbot.core.model import EventKind
from mailbot.policy import Policy

_LOOKED_AT = 50  # Events, the newest ones.


def since(session: Session, policy: Policy, ticket: Ticket, heard_at: datetime) -> dict[str, object]:
    """What an update says happened since the requester heard last (UTC).

    Returns:
        `taken_by`: the name of the technician who got the ticket since, "" if nobody did; `wrote_at`: when he wrote to
        us last since (UTC), None if he did not.
    """
    events, _older = history.newest_events(session, ticket.number or 0, _LOOKED_AT)
    new = [event for event in events if event.at > heard_at]
    technician = policy.directory.technician(ticket.technician)
    given = technician is not None and any(event.kind == EventKind.ASSIGNED for event in new)
    wrote = (event for event in reversed(new) if event.kind == EventKind.MESSAGE_RECEIVED)
    his = next((event.at for event in wrote if event.actor == ticket.requester_address), None)
    return {"taken_by": technician.name if technician is not None and given else "", "wrote_at": his}
