"""Signed tokens: the proof that somebody got a mail of ours.

A token stands in the Message-ID of each mail that mailbot sends (and in Reply-To, where the server delivers
subaddresses), so that an ordinary reply brings it back in In-Reply-To or References. It is bound to one ticket and one
recipient, carries the day of issue, and is authenticated with HMAC-SHA-256 truncated to 130 bits (RFC 2104 s.5 allows
truncation to half of the output and more). All characters survive systems that lower-case a local part.

    1042.t.kq2.7gq2kd3wna.axvbp5nk2busmvqpaxvbp5nk2b
    ticket . scope . day . nonce . tag
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

_EPOCH = date(2020, 1, 1)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_TAG_LENGTH = 26  # base32 characters of 5 bits: 130 bits.
_NONCE_LENGTH = 10
_TOKEN = re.compile(r"(0|[1-9][0-9]{0,11})\.([rtv])\.([0-9a-z]{1,4})\.([a-z2-7]{10})\.([a-z2-7]{26})")
_ANYWHERE = re.compile(rf"(?<![0-9a-z]){_TOKEN.pattern}(?![0-9a-z])")
_MAX_LENGTH = 64  # RFC 5321 s.4.5.3.1.1: the longest local part.


SHORTEST = 1 + 1 + 1 + _NONCE_LENGTH + _TAG_LENGTH + 4
"""How long the shortest token is, in characters."""


class Scope(StrEnum):
    """What the holder of a token may do."""

    REQUESTER = "r"
    TECHNICIAN = "t"
    VENDOR = "v"


_MARKS = [mark for scope in Scope for mark in (f".{scope}.", f".{scope.upper()}.")]
"""What every token holds."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says; worthless until `verify` has confirmed it for an address."""

    ticket: int
    scope: Scope
    issued: date
    nonce: str
    text: str


def _base32(data: bytes, length: int) -> str:
    return base64.b32encode(data).decode("ascii").lower()[:length]


def _day_text(day: date) -> str:
    number = max((day - _EPOCH).days, 0)
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _tag(key: bytes, body: str, address: str) -> str:
    message = f"mailbot-token-1\n{body}\n{address.lower()}".encode()
    return _base32(hmac.new(key, message, hashlib.sha256).digest(), _TAG_LENGTH)


def bound(keys: Iterable[bytes], identity: str) -> tuple[bytes, ...]:
    """The keys that hold for one database alone: tokens made for the tickets of another one are worth nothing.

    Numbers of tickets begin anew when a database is lost, while the mails that carry the old ones are still answered.

    Args:
        keys: The secret keys of the configuration, in their order.
        identity: The identity of the database; without one there are no keys, and no token can be made or verified.
    """
    message = f"mailbot-database-1\n{identity}".encode()
    return tuple(hmac.new(key, message, hashlib.sha256).digest() for key in keys) if identity else ()


def mint(key: bytes, *, ticket: int, scope: Scope, address: str, issued_at: datetime, purpose: str) -> str:
    """Gives the token of one mail.

    Args:
        key: The secret key, at least 32 bytes.
        ticket: The ticket that the mail is about; 0 if it is about none.
        scope: What its holder may do.
        address: The recipient's addr-spec; the token is worthless to anybody else.
        issued_at: When the mail is made (any zone).
        purpose: A text that is unique for the mail in its database. The nonce is derived from it and from the moment
            of issue: after a database was put back to an earlier state, the same purpose gives another token.
    """
    moment = issued_at.astimezone(UTC)
    source = f"mailbot-nonce-1\n{purpose}\n{moment.isoformat(timespec='microseconds')}".encode()
    nonce = _base32(hmac.new(key, source, hashlib.sha256).digest(), _NONCE_LENGTH)
    body = f"{ticket}.{scope}.{_day_text(moment.date())}.{nonce}"
    return f"{body}.{_tag(key, body, address)}"


def linked(key: bytes, carrier: Token, *, ticket: int, address: str) -> str:
    """Gives the token of a link in a mail: for a ticket that the mail names, though the mail is about none.

    It has the day and the nonce of the token of its mail, so that `carriers` finds that mail again, and is a token of
    its own all the same: bound to the ticket, the scope of the mail's token, and the recipient.

    Args:
        key: The secret key.
        carrier: The token of the mail in which the link stands.
        ticket: The ticket that the link is about.
        address: The recipient's addr-spec.
    """
    return _with_ticket(key, carrier, ticket, address)


def carriers(keys: Iterable[bytes], token: Token, address: str) -> list[str]:
    """The tokens of the mail that may have carried a token in a link, one for each key; see `linked`."""
    return [_with_ticket(key, token, 0, address) for key in keys]


def _with_ticket(key: bytes, token: Token, ticket: int, address: str) -> str:
    _ticket, rest = token.text.rpartition(".")[0].split(".", 1)
    body = f"{ticket}.{rest}"
    return f"{body}.{_tag(key, body, address)}"


def parse(text: str) -> Token | None:
    """Reads a token without believing it; None if the text is not one."""
    lowered = text.lower()
    match = _TOKEN.fullmatch(lowered) if len(lowered) <= _MAX_LENGTH else None
    if match is None:
        return None
    try:
        issued = _EPOCH + timedelta(days=int(match[3], 36))
    except OverflowError:
        return None
    return Token(int(match[1]), Scope(match[2]), issued, match[4], lowered)


def verify(keys: Sequence[bytes], token: Token, address: str, now: datetime, max_age: timedelta) -> bool:
    """Tells whether a token was made by us, for this address, and is not too old.

    Args:
        keys: The current key and the older ones that are still accepted.
        token: What `parse` gave.
        address: The addr-spec of whoever sent the token back.
        now: The current time (aware).
        max_age: How long a token counts; one from the future (more than a day) never does.
    """
    body, _, tag = token.text.rpartition(".")
    genuine = False
    for key in keys:
        # Every key is tried, so that the time tells nothing about which one fits.
        genuine |= hmac.compare_digest(_tag(key, body, address), tag)
    today = now.astimezone(UTC).date()
    return genuine and timedelta(days=-1) <= today - token.issued <= max_age


def message_id(token: str, hostname: str) -> str:
    """The Message-ID that carries a token, with angle brackets (RFC 5322 s.3.6.4)."""
    return f"<{token}@{hostname}>"


def in_message_ids(ids: Iterable[str], hostname: str) -> list[Token]:
    """The tokens in msg-ids of ours, in their order."""
    suffix = f"@{hostname.lower()}>"
    found = []
    for msg_id in ids:
        lowered = msg_id.lower()
        if lowered.startswith("<") and lowered.endswith(suffix):
            token = parse(lowered[1 : -len(suffix)])
            if token is not None:
                found.append(token)
    return found


def subaddress(address: str, token: str) -> str:
    """The address with the token as its subaddress (RFC 5233), "" if the local part would get too long."""
    local, _, domain = address.partition("@")
    extended = f"{local}+{token}"
    return f"{extended}@{domain}" if len(extended) <= _MAX_LENGTH else ""


def carried(text: str) -> list[Token]:
    """The tokens anywhere in a text, whoever wrote it. The time is linear."""
    if not any(mark in text for mark in _MARKS):
        return []  # Mostly that is known at once.
    return [token for found in _ANYWHERE.finditer(text.lower()) if (token := parse(found[0])) is not None]


def in_address(addr_spec: str, own_address: str) -> Token | None:
    """The token in a subaddress of ours, if this is one."""
    local, _, domain = addr_spec.lower().partition("@")
    own_local, _, own_domain = own_address.lower().partition("@")
    if domain != own_domain or not local.startswith(own_local + "+"):
        return None
    return parse(local[len(own_local) + 1 :])
