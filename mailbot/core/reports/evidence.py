"""What a report says of each recipient, gathered from wherever it says it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from mailbot.core.headers import address
from mailbot.core.text import one_line

MAX_RECIPIENTS = 100
MAX_DIAGNOSTIC = 500
_MAX_SCANNED_LINE = 2_000

ADDRESS = re.compile(r"[A-Za-z0-9._%+/=!#$&'*?^`{|}~-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")
"""An addr-spec in running text. The local part is bounded, which keeps a search in a long word linear."""

# A status of RFC 3463 s.2, not a part of an IP address or of a version. Seen in practice: "#5.1.1" and "(5.1.1)".
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
_TYPE = re.compile(r"^(?:smtp|rfc-?822|mailto|to)=", re.IGNORECASE)
_REPLY_CODE = re.compile(r"(?<![\d.:/#-])([45][0-5]\d)(?=[ -]|$)")


class Outcome(StrEnum):
    """What became of the mail to one recipient."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(slots=True)
class Found:
    """The recipients found so far, in the order of the report, and what it says of the first that failed."""

    failed: dict[str, None] = field(default_factory=dict)
    delayed: dict[str, None] = field(default_factory=dict)
    delivered: dict[str, None] = field(default_factory=dict)
    status: str = ""
    diagnostic: str = ""
    original: str = ""

    def __bool__(self) -> bool:
        return bool(self.failed or self.delayed or self.delivered)

    @property
    def recipients(self) -> frozenset[str]:
        """All that were found, whatever became of the mail to them."""
        return frozenset((*self.failed, *self.delayed, *self.delivered))

    def take(self, other: "Found") -> None:
        """Adds what was found elsewhere."""
        for outcome in Outcome:
            self.add(outcome, getattr(other, outcome.value), other.status, other.diagnostic)

    def add(self, outcome: Outcome, recipients: Iterable[str], status: str = "", diagnostic: str = "") -> None:
        """Notes recipients; whoever failed is no longer delayed."""
        target: dict[str, None] = getattr(self, outcome.value)
        before = bool(self.failed)
        for recipient in recipients:
            if len(target) < MAX_RECIPIENTS and not (outcome is Outcome.DELAYED and recipient in self.failed):
                target[recipient] = None
                if outcome is Outcome.FAILED:
                    self.delayed.pop(recipient, None)
        # A failure says more than the delay before it.
        if outcome is Outcome.DELIVERED or (before and self.status):
            return
        if outcome is Outcome.FAILED or not self.failed:
            if status and (not self.status or outcome is Outcome.FAILED):
                self.status = status
            if diagnostic and (not self.diagnostic or outcome is Outcome.FAILED):
                self.diagnostic = one_line(diagnostic, MAX_DIAGNOSTIC)


def status_in(text: str) -> str:
    """The first status of RFC 3463 in a text, "" if there is none."""
    found = _STATUS.search(text[:_MAX_SCANNED_LINE])
    return found.group() if found else ""


def reply_code_in(text: str) -> str:
    """The first SMTP reply code (RFC 5321 s.4.2) that refuses something, "" if there is none."""
    found = _REPLY_CODE.search(text[:_MAX_SCANNED_LINE])
    return found.group(1) if found else ""


def key_of(addr_spec: str) -> str:
    """An addr-spec as it is compared, "" if it names no mailbox."""
    found = address("", addr_spec.strip().strip("<>\"'"))
    return found.key if found else ""


def bare_address(word: str) -> str:
    """An address in running text without the marks that stand before it: a bullet, a quote, "SMTP=" of X.400."""
    word = _TYPE.sub("", word, count=1)
    bare = word.lstrip("'*/=`{|")
    return word if bare.startswith("@") else bare  # Some servers hide local parts behind asterisks.


def addresses_in(text: str) -> list[str]:
    """The addresses in a text, each once, in their order."""
    found = (key_of(bare_address(match.group())) for match in ADDRESS.finditer(text))
    return list(dict.fromkeys(one for one in found if one))[:MAX_RECIPIENTS]
