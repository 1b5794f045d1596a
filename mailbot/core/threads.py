"""Which ticket a message belongs to: what the message itself says, in the order in which it is believed.

    a token of ours  >  a Message-ID that we know in In-Reply-To or References  >  the tag in the subject

Nothing here decides that the sender may write into the ticket; that is the pipeline's question.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mailbot.core import tokens
from mailbot.core.model import InboundMail
from mailbot.core.tokens import Scope, Token

MAX_LOOKED_UP_IDS = 40
"""How many msg-ids of a message are looked up: the last ones of References matter most."""

_MAX_DIGITS = 18
"""Seen in practice: OTRS numbers its tickets with the date and a counter, 16 digits or 17."""


class Pattern(Protocol):
    """The part of a compiled regular expression (re or re2) that is used here."""

    def search(self, text: str, /) -> "PatternMatch | None":
        """Finds the first match."""


class PatternMatch(Protocol):
    """The part of a match that is used here."""

    def group(self, index: int, /) -> str | None:
        """Gives a group of the match."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What makes a token count: the keys, the host name in our Message-IDs, our address, and the longest ages."""

    keys: Sequence[bytes]
    hostname: str
    address: str
    technician_age: timedelta
    requester_age: timedelta


def subject_pattern(tag: str) -> Pattern:
    """The pattern of our tag in a subject: `[HD-1042]`, in any case, with or without blanks inside.

    Nine digits at most: a larger number is none of ours, and PostgreSQL refuses to look it up in a column of integers.
    """
    return re.compile(rf"\[\s{{0,3}}{re.escape(tag)}\s{{0,3}}-\s{{0,3}}([0-9]{{1,9}})\s{{0,3}}\]", re.IGNORECASE)


def subject_numbers(subject: str, patterns: Iterable[Pattern]) -> list[int]:
    """The ticket numbers that a subject names, our own tag before the tags of an older system."""
    numbers = []
    for pattern in patterns:
        match = pattern.search(subject[:2000])
        digits = match.group(1) if match else None
        if digits and len(digits) <= _MAX_DIGITS and digits.isdecimal() and int(digits):
            numbers.append(int(digits))
    return numbers


def referenced_ids(mail: InboundMail) -> list[str]:
    """The msg-ids that a message answers, the closest ancestor first (RFC 5322 s.3.6.4)."""
    ordered = [*reversed(mail.in_reply_to), *reversed(mail.references)]
    return list(dict.fromkeys(ordered))[:MAX_LOOKED_UP_IDS]


def shown_tokens(mail: InboundMail, own_address: str, hostname: str) -> list[Token]:
    """The tokens that stand in a message, each once and the most telling first; none of them is verified yet."""
    return list(dict.fromkeys(_shown(mail, own_address, hostname)))


def _shown(mail: InboundMail, own_address: str, hostname: str) -> Iterator[Token]:
    for address in (*mail.to, *mail.cc):
        token = tokens.in_address(address.address, own_address)
        if token is not None:
            yield token
    for name in ("delivered-to", "x-original-to"):
        for value in mail.headers.get(name, ()):
            token = tokens.in_address(value.strip().strip("<>"), own_address)
            if token is not None:
                yield token
    yield from tokens.in_message_ids(referenced_ids(mail), hostname)
    for word in mail.subject[:2000].split():
        # The answer to List-Unsubscribe has nothing but its subject (RFC 2369 s.3.2, RFC 6068).
        token = tokens.parse(word)
        if token is not None:
            yield token


def without_tokens(subject: str) -> str:
    """A subject without the tokens in it: they are between us and whoever sent it, and nobody else may read them."""
    if len(subject) < tokens.SHORTEST:
        return subject
    words = subject.split()
    kept = [word for word in words if tokens.parse(word) is None]
    return " ".join(kept) if len(kept) < len(words) else subject


def valid_tokens(mail: InboundMail, sender: str, rules: TokenRules, now: datetime) -> Iterator[Token]:
    """The tokens in a message that were made for its sender and have not expired, the most telling first."""
    for token in shown_tokens(mail, rules.address, rules.hostname):
        age = rules.technician_age if token.scope is Scope.TECHNICIAN else rules.requester_age
        if tokens.verify(rules.keys, token, sender, now, age):
            yield token
