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
    new = history.happened(session, ticket.number or 0, heard_at, _LOOKED_AT)
    technician = policy.directory.technician(ticket.technician)
    given = technician is not None and any(kind == EventKind.ASSIGNED for _at, kind, _actor in new)
    wrote = (at for at, kind, actor in new if (kind, actor) == (EventKind.MESSAGE_RECEIVED, ticket.requester_address))
    his = next(wrote, None)
    return {"taken_by": technician.name if technician is not None and given else "", "wrote_at": his}
