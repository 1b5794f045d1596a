"""What the commands tell of a receipt, an event and a mail: the same keys in every JSON document."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Any

from mailbot.adapters.tables import Event, Hold, OutboxMail, Receipt
from mailbot.cli.common import columns
from mailbot.cli.screen import count, local, one_line
from mailbot.core.durations import hours_and_minutes
from mailbot.core.durations import parse as parse_duration
from mailbot.errors import UsageError

RECEIPT_KEYS = (
    "id",
    "mailbox",
    "uidvalidity",
    "uid",
    "received_at",
    "disposition",
    "reason",
    "ticket",
    "attempts",
    "filed",
    "message_id",
    "originator",
    "subject",
    "size",
    "sha256",
    "error",
)
MAIL_KEYS = (
    "id",
    "ticket",
    "notice",
    "recipient",
    "state",
    "attempts",
    "created_at",
    "next_attempt_at",
    "sent_at",
    "smtp_code",
    "answer",
    "message_id",
)
EVENT_KEYS = ("at", "kind", "actor", "reason", "data")

HOLD_KEYS = ("id", "receipt", "ticket", "kind", "originator", "created_at", "ask_at")

HOLDS = f"[{{{', '.join(HOLD_KEYS)}, subject, reason}}]; ask_at: when a question that did not go out is tried again"
RECEIPTS = f"[{{{', '.join(RECEIPT_KEYS)}}}]; no disposition yet: an empty one"
MAILS = f"[{{{', '.join(MAIL_KEYS)}}}]"
EVENTS = f"[{{{', '.join(EVENT_KEYS)}}}]; an empty actor is mailbot"

_FIELDS = {"wait_until": "put off until", "resolution": "solution", "worked_minutes": "time worked"}
"""What a field is called on the screen, where its own name says too little."""

_NUMBER = re.compile(r"\[?(?:#|(?P<tag>[A-Za-z]+)-)?(?P<number>[0-9]{1,9})\]?")


def ticket_number(text: str, tag: str) -> int | None:
    """The number in "1001", "HD-1001" or "[HD-1001]"; None if it is something else."""
    found = _NUMBER.fullmatch(text)
    if found is None or (found["tag"] or tag).upper() != tag.upper():
        return None
    return int(found["number"])


def began(since: str) -> datetime | None:
    """When the time began of which `--since` tells; None if it is not given.

    Raises:
        UsageError: It is no duration.
    """
    try:
        return datetime.now(UTC) - parse_duration(since) if since else None
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--since: {error}") from error


def receipt_document(row: Receipt) -> dict[str, Any]:
    """A line of the ledger; of an error only what went wrong, without where in the program."""
    return columns(row, RECEIPT_KEYS) | {"error": last_line(row.error)}


def hold_document(row: Hold, receipt: Receipt) -> dict[str, Any]:
    """A held message that waits for a decision."""
    return columns(row, HOLD_KEYS) | columns(receipt, ("subject", "reason"))


def mail_document(row: OutboxMail) -> dict[str, Any]:
    """A mail of ours, without its bytes."""
    return columns(row, MAIL_KEYS)


def event_document(row: Event) -> dict[str, Any]:
    """Something that happened to a ticket."""
    return columns(row, EVENT_KEYS)


def last_line(error: str) -> str:
    """The last line of a report of a failure, which says what it was."""
    return error.strip().splitlines()[-1] if error.strip() else ""


def event_label(event: dict[str, Any]) -> str:
    """What happened, and who did it."""
    actor = event["actor"]
    # Whoever wrote what is held has not proved who he is.
    by = f" from {actor}" if event["kind"] == "held" else f" by {actor}"
    kind = str(event["kind"]).replace("_", " ")
    return kind + by if actor else kind


def event_text(event: dict[str, Any], zone: tzinfo) -> str:
    """What changed, and why; times are in the helpdesk's zone."""
    data, parts = event["data"], []
    if "field" in data:
        old, new = (_value(data["field"], data.get(key) or "", zone) for key in ("old", "new"))
        parts.append(f"{_FIELDS.get(data['field'], data['field'])}: {old} -> {new}")
    if event["reason"]:
        parts.append(one_line(event["reason"]))
    return "; ".join(parts)


def _value(field: str, value: str, zone: tzinfo) -> str:
    if field == "wait_until" and value:
        return local(datetime.fromisoformat(value), zone)
    if field == "worked_minutes" and value:
        return hours_and_minutes(int(value))
    return one_line(str(value)) or "-"


def delivery(mail: dict[str, Any], zone: tzinfo) -> str:
    """How the delivery of a mail goes, with the answer of the SMTP server."""
    answer = one_line(f"{mail['smtp_code'] or ''} {mail['answer']}")
    said = f" ({answer})" if answer else ""
    if mail["state"] == "sent" and mail["sent_at"]:
        return f"sent {_clock(mail['sent_at'], mail['created_at'], zone)}{said}"
    again = mail["next_attempt_at"]
    if mail["state"] == "queued" and mail["attempts"] and again:
        return f"tried {count(mail['attempts'], 'time')}, again at {_clock(again, mail['created_at'], zone)}{said}"
    return f"{mail['state']}{said}"


def _clock(value: datetime, created: datetime, zone: tzinfo) -> str:
    """A time; its date too, if it is not the day on which the mail was queued."""
    there = value.astimezone(zone)
    return there.strftime("%H:%M:%S" if there.date() == created.astimezone(zone).date() else "%Y-%m-%d %H:%M:%S")
