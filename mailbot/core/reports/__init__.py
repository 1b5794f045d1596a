"""Delivery reports: who could not be reached, and why.

The standard form (RFC 3464 in the multipart/report of RFC 6522) is read first, in all the shapes that are seen, then
the header that Exim and Gmail add, then the free texts of older servers. A read receipt and a feedback report are
reports too, but about nobody who failed.
"""

import re
from email.message import Message
from functools import partial

from mailbot.core.headers import Fields, every
from mailbot.core.model import Address, Report, ReportKind
from mailbot.core.reports.evidence import Found, Outcome, addresses_in, reply_code_in
from mailbot.core.reports.returned import id_in_text, original_id, parts_of, raw_text
from mailbot.core.reports.signs import Signs, signs_of
from mailbot.core.reports.status import read_status
from mailbot.core.text import fold

_MAX_SCANNED = 65_536
_MAX_LIBRARY = 262_144  # Bytes of the longest message that is searched for old forms.
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status", "text/delivery-status")
_STATUS_NAME = re.compile(r"^[> \t]*(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_READABLE = ("text", "application", "multipart")  # A multipart without parts is one whose boundary is broken.
_REFUSALS = ("automatically rejected", "was rejected", "been rejected", "was refused", "rejected by the recipient",
             "not be delivered", "quota exceeded", "ditolak", "abgelehnt", "a ete refuse")  # fmt: skip


def read_report(
    message: Message, fields: Fields, *, from_: Address | None, reverse_path: str | None, text: str, size: int
) -> Report | None:
    """Gives the report in a message, None if it is no report.

    Args:
        message: The parsed message, attached messages in it.
        fields: Its header fields.
        from_: The originator.
        reverse_path: The Return-Path: None if absent, "" for the null reverse-path.
        text: The readable text.
        size: The length of the message in bytes; very long ones are not searched for free-text forms.
    """
    kind = message.get_content_type()
    failed_header = ", ".join(every(fields, "x-failed-recipients"))
    signs = signs_of(fields, from_, reverse_path, text)
    if kind != "multipart/report" and not failed_header and not signs.daemon and not signs.likely:
        return _from_service(from_, text)
    parts = list(parts_of(message))
    types = {part.get_content_type() for part in parts}
    original = original_id(parts)
    if "message/feedback-report" in types:
        return Report(kind=ReportKind.FEEDBACK, original_message_id=original)  # RFC 5965: somebody complains.
    found = Found(original=original)
    if "message/disposition-notification" in types:
        return _receipt(parts, text, found)
    _standard(parts, found, signs, text)
    if not found and failed_header:
        _header(failed_header, signs, text, found)
    if not found and (signs.likely or kind == "multipart/report") and not _is_notice(signs.subject):
        _in_words(message, fields, from_, signs, text, size, found)
    if not found.original:
        found.original = id_in_text(text[:_MAX_SCANNED])
    if kind == "multipart/report" or failed_header or found:
        return _report(found)
    return None


def _standard(parts: list[Message], found: Found, signs: Signs, text: str) -> None:
    """Reads the fields of RFC 3464, whatever type the part that holds them was given."""
    texts = []
    for part in parts:
        kind = part.get_content_type()
        if part.get("Final-Recipient") or part.get("Original-Recipient"):
            texts.append("\n".join(f"{name}: {value}" for name, value in part.raw_items()))
        if kind in _STATUS_TYPES:
            texts.append(raw_text(part))
        elif not part.is_multipart() and kind != "text/html" and part.get_content_maintype() in _READABLE:
            inside = raw_text(part)[:_MAX_SCANNED]
            if _STATUS_NAME.search(inside):
                texts.append(inside)
    for status in texts:
        read_status(status, found, late=partial(_late, signs, text))
        if found:
            return


def _header(failed: str, signs: Signs, text: str, found: Found) -> None:
    """Takes the recipients from the header that Exim and Gmail add, and the reason from the words."""
    from mailbot.core.reports.freetext import is_late, read_words  # noqa: PLC0415 - most mail is no report.

    outcome = Outcome.DELAYED if is_late(signs.subject, text) else Outcome.FAILED
    read, _ = read_words(signs.subject, text, frozenset(), strict=True)
    found.add(outcome, addresses_in(failed), read.status, read.diagnostic)


def _late(signs: Signs, text: str) -> bool:
    from mailbot.core.reports.freetext import is_late  # noqa: PLC0415 - most mail is no report.

    return is_late(signs.subject, text)


def _receipt(parts: list[Message], text: str, found: Found) -> Report:
    """Reads a disposition notification (RFC 8098): about nobody who failed, but where a filter refused the mail.

    The reject action of Sieve answers in this form (RFC 5429 s.2.1.2).
    """
    folded = fold(text[:2_000])
    status = "\n".join(
        raw_text(part) for part in parts if part.get_content_type() == "message/disposition-notification"
    )
    refused = "mdn-sent-automatically" in fold(status) and any(word in folded for word in _REFUSALS)
    if not refused:
        return Report(kind=ReportKind.RECEIPT, original_message_id=found.original)
    read_status(f"{status}\nAction: failed", found, late=lambda: False)
    return _report(found)


def _is_notice(subject: str) -> bool:
    """Whether a subject is that of a vacation notice, which comes with the null reverse-path of a report."""
    from mailbot.core.automatic import is_vacation_subject  # noqa: PLC0415 - it knows this module.
    from mailbot.core.reports.words import SUBJECTS  # noqa: PLC0415 - as above.

    return is_vacation_subject(subject) and not any(word in subject for word in SUBJECTS)


def _in_words(
    message: Message, fields: Fields, from_: Address | None, signs: Signs, text: str, size: int, found: Found
) -> None:
    # Most mail is no report, and these tables are long.
    from mailbot.core.reports.freetext import bystanders, is_late, read_words  # noqa: PLC0415 - the reason is above.
    from mailbot.core.reports.library import ask_library  # noqa: PLC0415 - the reason is above.

    own = frozenset({*addresses_in(", ".join(every(fields, "to"))), from_.key if from_ else ""})
    read, sure = read_words(signs.subject, text, own, strict=not signs.daemon)
    asked = Found()
    if size <= _MAX_LIBRARY:
        asked = ask_library(message, late=is_late(signs.subject, text), bystanders=bystanders(text))
    if asked and not (sure and read.recipients >= asked.recipients):
        read = asked
    if not read:
        # A text whose type is torn is no text to others.
        torn = [part for part in parts_of(message) if part.get_content_maintype() == "text" and _is_torn(part)]
        read, _ = read_words(signs.subject, "\n".join(map(raw_text, torn)), own, strict=not signs.daemon)
    found.take(read)


def _is_torn(part: Message) -> bool:
    return part.get_content_type() not in ("text/plain", "text/html", "text/rfc822-headers")


def _from_service(from_: Address | None, text: str) -> Report | None:
    """Reads the report of a mail service that writes JSON to people: Amazon SES by way of its notifications."""
    if '"notificationType' not in text and 'notificationType\\"' not in text and '"eventType"' not in text:
        return None
    from mailbot.core.reports.service import read_notification  # noqa: PLC0415 - hardly ever needed.

    return read_notification(text) if from_ and from_.domain.endswith("amazonaws.com") else None


def _report(found: Found) -> Report:
    return Report(
        failed=tuple(found.failed),
        delayed=tuple(found.delayed),
        status=found.status,
        diagnostic=found.diagnostic,
        original_message_id=found.original,
        smtp_code=reply_code_in(found.diagnostic),
        delivered=tuple(found.delivered),
    )
