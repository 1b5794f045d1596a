"""Links in a mail to a technician that write a mail for him (RFC 6068): a command, and the proof that it is his."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from mailbot.core import tokens
from mailbot.core.model import Address
from mailbot.core.tokens import Scope, Token
from mailbot.pipeline import letters
from mailbot.policy import Policy


@dataclass(frozen=True, slots=True)
class Carrier:
    """The mail in which links stand: to whom it goes, and its token. It is about no ticket."""

    person: Address
    token: Token


def carrier_for(policy: Policy, notice: str, person: Address, cause: str, now: datetime) -> Carrier:
    """The mail that `letters.tell_technician` makes of the same values: the same purpose at the same moment."""
    purpose = letters.key_of(None, notice, person, cause)
    key = policy.keyring[0]
    text = tokens.mint(key, ticket=0, scope=Scope.TECHNICIAN, address=person.key, issued_at=now, purpose=purpose)
    token = tokens.parse(text)
    assert token is not None
    return Carrier(person, token)


def taps(policy: Policy, carrier: Carrier, number: int, commands: Mapping[str, str]) -> list[dict[str, str]]:
    """A link for each command (by what it is called in the template) about a ticket, 0 = about none."""
    to, subject = _to(policy, carrier, number)
    return [
        {"verb": name, "to": to, "subject": subject, "body": f"{command}\r\n", "link": _link(to, subject, command)}
        for name, command in commands.items()
    ]


def opening(policy: Policy, carrier: Carrier, number: int) -> str:
    """The link of a mail about a ticket without a command, for those who read text alone."""
    return _link(*_to(policy, carrier, number), "")


def _to(policy: Policy, carrier: Carrier, number: int) -> tuple[str, str]:
    """Recipient and subject of a mail that proves itself."""
    token = tokens.linked(policy.keyring[0], carrier.token, ticket=number, address=carrier.person.key)
    helpdesk = policy.settings.helpdesk
    plus = tokens.subaddress(helpdesk.address, token) if helpdesk.subaddress else ""
    tag = f"[{policy.tag}-{number}]" if number else policy.tag
    # Where the server delivers no subaddresses, the token stands in the subject of this one mail.
    return plus or helpdesk.address, tag if plus else f"{tag} {token}"


def _link(to: str, subject: str, command: str) -> str:
    body = "&body=" + quote(f"{command}\r\n", safe="") if command else ""
    return f"mailto:{quote(to, safe='@')}?subject={quote(subject, safe='')}{body}"
