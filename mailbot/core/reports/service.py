"""Reports in JSON: the notifications of Amazon SES, as its notification service mails them."""

import json
from typing import Any

from mailbot.core.headers import message_id
from mailbot.core.model import Report, ReportKind
from mailbot.core.reports.evidence import MAX_RECIPIENTS, Found, Outcome, key_of, reply_code_in, status_in
from mailbot.core.text import one_line

_MAX_JSON = 262_144
_MAX_NESTING = 3


def read_notification(text: str) -> Report | None:
    """Reads a notification in a text, None if it is none; what follows the JSON, a notice for people, is skipped."""
    document = _document(text)
    kind = str(document.get("notificationType") or document.get("eventType") or "").lower()
    if kind not in ("bounce", "complaint", "delivery"):
        return None
    mail = _dict(document.get("mail"))
    original = message_id(str(_dict(mail.get("commonHeaders")).get("messageId") or ""))
    if kind == "complaint":
        return Report(kind=ReportKind.FEEDBACK, original_message_id=original)
    found = Found(original=original)
    details = _dict(document.get(kind))
    recipients = details.get("bouncedRecipients" if kind == "bounce" else "recipients")
    for entry in (recipients if isinstance(recipients, list) else [])[:MAX_RECIPIENTS]:
        one = _dict(entry)
        name = key_of(one_line(str(one.get("emailAddress") or (entry if isinstance(entry, str) else ""))))
        diagnostic = one_line(str(one.get("diagnosticCode") or ""))
        status = status_in(str(one.get("status") or "")) or status_in(diagnostic)
        late = str(one.get("action") or "").lower() == "delayed"
        outcome = Outcome.DELIVERED if kind == "delivery" else Outcome.DELAYED if late else Outcome.FAILED
        found.add(outcome, [name] if name else [], status, diagnostic)
    return Report(
        tuple(found.failed),
        tuple(found.delayed),
        found.status,
        found.diagnostic,
        original,
        smtp_code=reply_code_in(found.diagnostic),
        delivered=tuple(found.delivered),
    )


def _document(text: str) -> dict[str, Any]:
    """The innermost object: the notification service wraps it as a text into another."""
    start = text.find("{")
    document: dict[str, Any] = {}
    for _ in range(_MAX_NESTING):
        try:
            # Lines may be broken within a text, which JSON forbids.
            document = _dict(json.JSONDecoder(strict=False).raw_decode(text[:_MAX_JSON], max(start, 0))[0])
        except (ValueError, RecursionError):
            return {}
        inner = document.get("Message")
        if not isinstance(inner, str) or "{" not in inner:
            return document
        text, start = inner, inner.find("{")
    return document


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
