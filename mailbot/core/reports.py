"""Delivery reports: who could not be reached, and why.

The standard form (RFC 3464 in the multipart/report of RFC 6522) is read first, then the header that Exim and Gmail add,
then the free texts of older servers. A read receipt and a feedback report are reports too, but about nobody who failed.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from mailbot.core.headers import Fields, address, first, msg_ids, text_of
from mailbot.core.model import Address, Report
from mailbot.core.text import fold, one_line

_DAEMONS = ("mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "mailadm", "mdaemon", "mail.delivery")
_MAX_PARTS = 200
_MAX_RECIPIENTS = 100
_MAX_SCANNED = 65_536
_MAX_DIAGNOSTIC = 500
_MAX_DEPTH = 4
_TEXT_HEADERS = "text/rfc822-headers"
_MAX_LINES = 120
_FAILURES = (
    "not be delivered", "not deliver", "undeliver", "delivery failed", "delivery failure", "error delivering",
    "failed", "failure", "error has occurred", "user unknown", "unknown user", "no such user",
    "does not exist", "rejected", "returned mail", "returned to sender", "delivery error", "fatal error",
    "permanent error", "tidak terkirim", "gagal terkirim", "tidak dapat dikirim", "gagal dikirim",
    "unzustellbar", "550 ", "554 ", "5.1.1",
)  # fmt: skip
_DELAYS = (
    "delayed", "has not yet been delivered", "delivery attempts will continue", "will keep trying",
    "still trying", "will continue to", "will be retried", "do not need to resend", "tertunda", "4 hours",
    "warning: could not send",
)  # fmt: skip
# Behind such a line stands the returned message, whose addresses did not fail.
_COPIES = (
    "message headers follow", "copy of the original", "copy of your message", "original message follows",
    "received:", "return-path:", "--- below this line", "original message headers", "----- original message",
    "the body of the message", "your original message", "unsent message", "message header", "x-original-to:",
)  # fmt: skip
_HELP = ("contact", "assistance", "support", "hubungi", "bantuan", "message-id", "from:")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+/=!#$&'*?^`{|}~-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")


@dataclass(slots=True)
class _Found:
    failed: dict[str, None] = field(default_factory=dict)
    delayed: dict[str, None] = field(default_factory=dict)
    status: str = ""
    diagnostic: str = ""
    original: str = ""


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
    failed_header = first(fields, "x-failed-recipients")
    local = from_.key.rpartition("@")[0] if from_ else first(fields, "from").lower()
    daemon = reverse_path == "" or local.startswith(_DAEMONS) or any(name in local for name in _DAEMONS[:2])
    if kind != "multipart/report" and not failed_header and not daemon:
        return None
    parts = list(_parts(message))
    types = {part.get_content_type() for part in parts}
    found = _Found()
    _original(parts, found)
    if types & {"message/disposition-notification", "message/feedback-report"}:
        return Report(original_message_id=found.original)  # RFC 8098 and RFC 5965: nobody failed.
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            _delivery_status(part, found)
    if not found.failed and not found.delayed and failed_header:
        found.failed.update(dict.fromkeys(_addresses(failed_header)))
    if not found.failed and not found.delayed and daemon and size <= 4 * _MAX_SCANNED:
        _free_text(message, found)
        if not found.failed and not found.delayed:
            _plain_words(text, first(fields, "subject"), _own(fields, from_), found)
    if not found.original:
        found.original = _original_in_text(text)
    if kind == "multipart/report" or failed_header or found.failed or found.delayed:
        return Report(tuple(found.failed), tuple(found.delayed), found.status, found.diagnostic, found.original)
    return None


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a report; a returned message is a part, and what it holds is nobody's business."""
    waiting = [(message, 0)]
    count = 0
    while waiting and count < _MAX_PARTS:
        part, depth = waiting.pop()
        count += 1
        yield part
        children = part.get_payload() if part.is_multipart() else None
        if isinstance(children, list) and depth < _MAX_DEPTH and part.get_content_maintype() == "multipart":
            waiting.extend((child, depth + 1) for child in reversed(children) if isinstance(child, Message))


def _delivery_status(part: Message, found: _Found) -> None:
    blocks = part.get_payload() if part.is_multipart() else None
    if not isinstance(blocks, list):
        return
    for block in blocks[:_MAX_RECIPIENTS]:
        if not isinstance(block, Message):
            continue
        recipient = _typed_address(block, "Original-Recipient") or _typed_address(block, "Final-Recipient")
        if not recipient:
            continue
        status = _value(block, "Status").split("(", 1)[0].strip()[:20]
        action = _value(block, "Action").split("(", 1)[0].strip().lower()
        # RFC 3464 s.2.3.3: failed, delayed, delivered, relayed or expanded.
        if action == "failed" or (not action and status.startswith("5")):
            found.failed[recipient] = None
        elif action == "delayed" or (not action and status.startswith("4")):
            found.delayed[recipient] = None
        else:
            continue
        if not found.status:
            found.status = status
            diagnostic = _value(block, "Diagnostic-Code")
            found.diagnostic = diagnostic.partition(";")[2].strip() or diagnostic


def _value(block: Message, name: str) -> str:
    try:
        return text_of(" ".join(str(block.get(name, "")).split()), _MAX_DIAGNOSTIC)
    except (ValueError, LookupError):  # A charset in it that no codec takes.
        return ""


def _typed_address(block: Message, name: str) -> str:
    """The address in "rfc822; a@example.com" (RFC 3464 s.2.3.2), "" if it is no mail address."""
    kind, semicolon, value = _value(block, name).partition(";")
    if not semicolon:
        kind, value = "rfc822", kind
    if kind.strip().lower() not in ("rfc822", "utf-8"):
        return ""
    found = address("", value.strip().strip("<>"))
    return found.key if found else ""


def _addresses(value: str) -> list[str]:
    found = []
    for word in value.replace(",", " ").replace(";", " ").split()[:_MAX_RECIPIENTS]:
        one = address("", word.strip("<>\"'"))
        if one:
            found.append(one.key)
    return found


def _original(parts: list[Message], found: _Found) -> None:
    """The Message-ID of the mail that is reported about, from its returned copy or its returned headers."""
    for part in parts:
        kind = part.get_content_type()
        # Of a text, get_payload() would apply the declared charset, which may be anything.
        content = part.get_payload() if part.is_multipart() else None
        ids: tuple[str, ...] = ()
        if kind in ("message/rfc822", "message/global") and isinstance(content, list) and content:
            returned = content[0]
            ids = msg_ids([str(returned.get("Message-ID", ""))]) if isinstance(returned, Message) else ()
        elif kind in (_TEXT_HEADERS, "message/rfc822-headers", "message/global-headers"):
            decoded = part.get_payload(decode=True) if not isinstance(content, list) else None
            whole = decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else _as_text(content)
            original = _original_in_text(whole)
            ids = (original,) if original else ()
        if ids:
            found.original = ids[0]
            return


def _as_text(content: object) -> str:
    if isinstance(content, list):
        return "\n".join(
            f"{name}: {value}" for block in content if isinstance(block, Message) for name, value in block.items()
        )
    return str(content)


def _original_in_text(text: str) -> str:
    """The Message-ID of a returned message that stands in the text itself."""
    text = text[:_MAX_SCANNED]
    at = text.lower().find("message-id:")
    if at < 0:
        return ""
    ids = msg_ids([text[at : at + 1100]])
    return ids[0] if ids else ""


def _free_text(message: Message, found: _Found) -> None:
    # flufl.bounce compiles two hundred patterns when it is imported, and few mails are bounces.
    from flufl.bounce import all_failures  # noqa: PLC0415 - the reason is above.

    # It logs each failure of a detector with the text of the mail, which belongs to nobody's log.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)
    for name, value in message.items():
        # Raw 8-bit headers come as Header objects, which its detectors do not expect.
        if not isinstance(value, str):
            message.replace_header(name, str(value).encode("ascii", "replace").decode("ascii"))
    if not message.get("From"):
        message["From"] = "mailer-daemon"
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - its detectors fail on crafted text in many ways; then nothing was found.
        return
    for addresses, target in ((permanent, found.failed), (temporary, found.delayed)):
        for raw in sorted(addresses)[:_MAX_RECIPIENTS]:
            one = address("", raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw))
            if one:
                target[one.key] = None


def _own(fields: Fields, from_: Address | None) -> set[str]:
    """The addresses of the report itself: where it went, and who sent it."""
    return {*_addresses(first(fields, "to")), from_.key if from_ else ""}


def _plain_words(text: str, subject: str, own: set[str], found: _Found) -> None:
    """Reads a report in words only: the addresses above the returned message, if the words speak of a failure."""
    head: list[str] = []
    for line in text[:_MAX_SCANNED].split("\n")[:_MAX_LINES]:
        if line.strip().lower().lstrip("> ").startswith(_COPIES) or (
            head and line.lower().find("copy of the original") >= 0
        ):
            break
        head.append(line[:_MAX_DIAGNOSTIC])
    whole = fold(text_of(subject, _MAX_DIAGNOSTIC) + " " + "\n".join(head))
    delayed = any(word in whole for word in _DELAYS)
    if not delayed and not any(word in whole for word in _FAILURES):
        return
    target = found.delayed if delayed else found.failed
    lines = [line for line in head if not any(word in line.lower() for word in _HELP)]
    for match in _ADDRESS.finditer("\n".join(lines)):
        one = address("", match.group())
        if one and one.key not in own and not one.key.startswith(_DAEMONS) and len(target) < _MAX_RECIPIENTS:
            target[one.key] = None
    if target and not found.diagnostic:
        found.diagnostic = one_line(next((line for line in lines if "@" in line), ""), _MAX_DIAGNOSTIC)
