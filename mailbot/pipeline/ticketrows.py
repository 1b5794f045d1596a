"""Tickets as the rows of a list in a mail to a technician, and links that write a mail for him (RFC 6068).

Such a mail is about a ticket, or holds a command, and brings the proof that it is his.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from mailbot.adapters.tables import Ticket
from mailbot.core import tokens
from mailbot.core.model import Address
from mailbot.core.phrases import say
from mailbot.core.tokens import Scope, Token
from mailbot.pipeline import letters
from mailbot.policy import Policy

_TAPS = {"take": "#take", "wait": "#wait", "close": "#close"}


@dataclass(frozen=True, slots=True)
class Carrier:
    """The mail in which links stand: to whom it goes, and its token."""

    person: Address
    token: Token


def carrier_for(policy: Policy, notice: str, person: Address, cause: str, now: datetime) -> Carrier:
    """The mail that `letters.tell_technician` makes of the same values: the same purpose at the same moment."""
    return carrier_of(policy, 0, person, letters.key_of(None, notice, person, cause), now)


def carrier_of(
    policy: Policy, ticket: int, person: Address, purpose: str, now: datetime, scope: Scope = Scope.TECHNICIAN
) -> Carrier:
    """The mail about a ticket (0 = none) that is made for this purpose at this moment."""
    key = policy.keyring[0]
    text = tokens.mint(key, ticket=ticket, scope=scope, address=person.key, issued_at=now, purpose=purpose)
    token = tokens.parse(text)
    assert token is not None
    return Carrier(person, token)


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
    carrier = carrier_for(policy, notice, person, cause, now)
    return [_row(policy, row, carrier, now) for row in found]


def due(row: Ticket) -> datetime | None:
    """Whichever of the two promises of a ticket comes first; None if none is due."""
    return min((when for when in (row.respond_by, row.resolve_by) if when is not None), default=None)


def tag(policy: Policy, number: int) -> str:
    """How a subject names a ticket."""
    return f"[{policy.tag}-{number}]"


def subject(policy: Policy, row: Ticket, person: Address) -> str:
    """How a list names what a ticket is about."""
    return row.subject.strip() or say(letters.language_of(policy, person), "no_subject")


def taps(
    policy: Policy, carrier: Carrier, number: int, commands: Mapping[str, str], *, told: bool = False
) -> list[dict[str, str]]:
    """A link for each command (by what it is called in the template) about a ticket, 0 = about none.

    With `told` the subject says it too, for mail programs that leave the text of a link out.
    """
    to, plain = _to(policy, carrier, number)
    lines = {name: f"{command} {plain}" if told else plain for name, command in commands.items()}
    return [
        {"verb": name, "to": to, "subject": line, "body": f"{command}\r\n", "link": _link(to, line, command)}
        for (name, command), line in zip(commands.items(), lines.values(), strict=True)
    ]


def opening(policy: Policy, carrier: Carrier, number: int) -> str:
    """The link of a mail about a ticket without a command, for those who read text alone."""
    return _link(*_to(policy, carrier, number), "")


def _row(policy: Policy, row: Ticket, carrier: Carrier, now: datetime) -> dict[str, object]:
    technician = policy.directory.technician(row.technician)
    due_at, number = due(row), row.number or 0
    return {
        "number": row.number,
        "tag": tag(policy, number),
        "subject": subject(policy, row, carrier.person),
        "requester": row.requester_name or row.requester_address,
        "technician": (technician.name or technician.email) if technician else row.technician,
        "status": row.status,
        "priority": row.priority,
        "due_at": due_at,
        "left": due_at - now if due_at else timedelta(0),
        "age": now - row.created_at,
        "taps": taps(policy, carrier, number, _TAPS),
        "link": opening(policy, carrier, number),
    }


def _to(policy: Policy, carrier: Carrier, number: int) -> tuple[str, str]:
    """Recipient and subject of a mail that proves itself."""
    token = tokens.linked(policy.keyring[0], carrier.token, ticket=number, address=carrier.person.key)
    helpdesk = policy.settings.helpdesk
    plus = tokens.subaddress(helpdesk.address, token) if helpdesk.subaddress else ""
    named = tag(policy, number) if number else policy.tag
    # Where the server delivers no subaddresses, the token stands in the subject of this one mail.
    return plus or helpdesk.address, named if plus else f"{named} {token}"


def _link(to: str, line: str, command: str) -> str:
    body = "&body=" + quote(f"{command}\r\n", safe="") if command else ""
    return f"mailto:{quote(to, safe='@')}?subject={quote(line, safe='')}{body}"
