"""Tickets as the rows of a list in a mail, each with links that write a command about it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from mailbot.adapters.tables import Ticket
from mailbot.core import tokens
from mailbot.core.model import Address
from mailbot.core.phrases import say
from mailbot.core.tokens import Scope
from mailbot.pipeline import letters
from mailbot.policy import Policy

_TAPS = ("take", "wait", "close")


def rows(
    policy: Policy, found: Iterable[Ticket], notice: str, person: Address, cause: str, now: datetime
) -> list[dict[str, object]]:
    """The rows of a mail about no ticket of its own.

    Args:
        policy: The policy.
        found: The tickets, in their order.
        notice: Of which notice the mail will be.
        person: Who will get it: the links are his alone.
        cause: What will make it unique, as in `letters.tell_technician`.
        now: When it will be made.
    """
    # The same as the token of the mail itself: made of the same purpose at the same moment.
    token = tokens.mint(
        policy.keyring[0],
        ticket=0,
        scope=Scope.TECHNICIAN,
        address=person.key,
        issued_at=now,
        purpose=letters.key_of(None, notice, person, cause),
    )
    carrier = tokens.parse(token)
    assert carrier is not None
    return [_row(policy, row, person, carrier, now) for row in found]


def due(row: Ticket) -> datetime | None:
    """Whichever of the two promises of a ticket comes first; None if none is due."""
    return min((when for when in (row.respond_by, row.resolve_by) if when is not None), default=None)


def tag(policy: Policy, number: int) -> str:
    """How a subject names a ticket."""
    return f"[{policy.tag}-{number}]"


def _row(policy: Policy, row: Ticket, person: Address, carrier: tokens.Token, now: datetime) -> dict[str, object]:
    technician = policy.directory.technician(row.technician)
    due_at = due(row)
    return {
        "number": row.number,
        "tag": tag(policy, row.number or 0),
        "subject": row.subject.strip() or say(letters.language_of(policy, person), "no_subject"),
        "requester": row.requester_name or row.requester_address,
        "technician": (technician.name or technician.email) if technician else row.technician,
        "status": row.status,
        "priority": row.priority,
        "due_at": due_at,
        "left": due_at - now if due_at else timedelta(0),
        "age": now - row.created_at,
        "taps": [{"verb": verb, **tap(policy, row.number or 0, person, carrier, f"#{verb}\r\n")} for verb in _TAPS],
    }


def tap(policy: Policy, number: int, person: Address, carrier: tokens.Token, body: str) -> dict[str, str]:
    """A mail for a link that writes it (RFC 6068): a command, and the proof that this technician sends it."""
    token = tokens.linked(policy.keyring[0], carrier, ticket=number, address=person.key)
    helpdesk = policy.settings.helpdesk
    plus = tokens.subaddress(helpdesk.address, token) if helpdesk.subaddress else ""
    # Where the server delivers no subaddresses, the token stands in the subject of this one mail.
    subject = tag(policy, number) if plus else f"{tag(policy, number)} {token}"
    return {"to": plus or helpdesk.address, "subject": subject, "body": body}
