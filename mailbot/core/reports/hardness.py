"""Whether a failure says that an address is dead, or only that one mail did not pass."""

from mailbot.core.model import Report
from mailbot.core.text import fold

# RFC 3463 s.3: the subjects of statuses that do not speak of the address: mailbox full or too small for the mail,
# system, network, protocol, content and policy.
_PASSING = ("2.2", "2.3", "2.4", "3.", "4.", "5.", "6.", "7.", "1.7", "1.8")
# But these statuses do: no such host (RFC 3463 s.3.5), and what Exchange Online says of unknown recipients and domains.
_DEAD = ("4.1", "4.4", "4.310")
_PASSING_WORDS = (
    "mailbox full", "mailbox is full", "full mailbox", "quota", "over limit", "storage", "too large", "too big",
    "size limit", "exceeds the maximum", "message size", "spam", "blacklist", "blocklist", "block list", "blocked",
    "listed at", "listed in", "policy", "greylist", "graylist", "reputation", "virus", "timed out", "timeout",
    "connection refused", "try again", "temporar", "rate limit", "too many", "dmarc", "spf", "dkim", "content",
    "attachment", "relay", "authentication", "kotak surat penuh", "postfach voll", "boite pleine", "buzon lleno",
)  # fmt: skip
_DEAD_WORDS = (
    "user unknown", "unknown user", "no such user", "does not exist", "doesn't exist", "unknown recipient",
    "invalid recipient", "no mailbox here", "recipient not found", "recipnotfound", "recipientnotfound",
    "no such mailbox", "mailbox not found", "account is disabled", "account has been disabled", "account disabled",
    "unrouteable address", "domain not found", "host not found", "unknown address", "no longer available",
    "not our customer",
)  # fmt: skip


def address_is_dead(report: Report) -> bool:
    """Tells whether mail to those who failed is in vain from now on.

    A full mailbox, a filter or a server that cannot be reached may let the next mail pass; a user who is unknown may
    not. What says nothing of its reason counts as the worse of the two, as a permanent failure does.
    """
    if not report.failed or report.status.startswith("4.") or report.smtp_code.startswith("4"):
        return False
    said = fold(report.diagnostic)
    if any(word in said for word in _DEAD_WORDS):
        return True
    detail = report.status.partition(".")[2]
    if detail.startswith(_PASSING) and detail not in _DEAD:
        return False
    return not any(word in said for word in _PASSING_WORDS)
