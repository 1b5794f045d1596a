"""What must hold for any message, whatever was done to it."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from mailbot.cli.parse import document
from mailbot.core import limits, mail
from mailbot.core.limits import Limits
from mailbot.core.model import InboundMail

LIMITS = Limits()
_KNOWN = re.compile(
    rb"(?:X-[\w-]+|[A-Z][\w-]*(?:-[A-Z]\w*)+|From|To|Cc|Subject|Date|Received|Sender)[ \t]*:", re.IGNORECASE
)
_TRACE = b"Received: from added.example by here.example; Mon, 2 Mar 2026 09:00:00 +0000\r\n"


def read(raw: bytes) -> InboundMail | str:
    """What production does with a message: a value, or the reason of the refusal."""
    return limits.check(raw, LIMITS) or mail.read(raw, LIMITS)


def problems(raw: bytes, *, twice: bool = True) -> list[str]:
    """Tells which promises do not hold for a message.

    Args:
        raw: Any bytes.
        twice: Whether to read it once more with a trace header added, which must not make it another message.
    """
    found = read(raw)
    if isinstance(found, str):
        return [] if found.isprintable() and len(found) < 500 else [f"an odd reason: {found[:500]!r}"]
    return [*_texts(found), *_files(found), *_split(found), *_json(found), *(_digest(raw, found) if twice else ())]


def _every_text(read_as: InboundMail) -> Iterator[tuple[str, str]]:
    for name in ("text", "new_text", "quoted", "signature", "subject", "message_id", "reverse_path"):
        yield name, getattr(read_as, name) or ""
    for name in ("in_reply_to", "references", "defects"):
        for value in getattr(read_as, name):
            yield name, value
    for name, values in read_as.headers.items():
        yield "header name", name
        for value in values:
            yield f"header {name}", value
    for address in (read_as.from_, read_as.sender, *read_as.reply_to, *read_as.to, *read_as.cc):
        if address:
            yield "display name", address.name
            yield "addr-spec", address.address
    for file in read_as.attachments:
        yield "file name", file.name
        yield "content type", file.content_type
        yield "content ID", file.content_id
    automatic, report = read_as.automatic, read_as.report
    yield "reason", f"{automatic.reason} {automatic.not_a_ticket} {automatic.not_answerable}"
    if report:
        yield "report", " ".join((*report.failed, *report.delayed, report.diagnostic, report.original_message_id))


def _texts(read_as: InboundMail) -> Iterator[str]:
    for name, value in _every_text(read_as):
        if "\x00" in value:
            yield f"{name} holds NUL"
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            yield f"{name} holds a lone surrogate"
        # Names of headers are no text for people, and their values are kept as they came where nobody reads them.
        if name in ("text", "new_text", "quoted", "signature", "subject") and not _is_nfc(value):
            yield f"{name} is not in NFC"
    for name, value in (("subject", read_as.subject), *(("file name", file.name) for file in read_as.attachments)):
        if "\n" in value or "\r" in value:
            yield f"{name} has more than one line"
    for file in read_as.attachments:
        if "/" in file.name or file.name.startswith("."):
            yield f"the file name {file.name!r} means something to a file system"
    if any(name.startswith("x-mailbot-") for name in read_as.headers):
        yield "a header that only we may set"


def _is_nfc(value: str) -> bool:
    return value.isascii() or unicodedata.is_normalized("NFC", value)


def _files(read_as: InboundMail) -> Iterator[str]:
    for index, file in enumerate(read_as.attachments):
        if file.index != index:
            yield f"attachment {index} says that it is {file.index}"
        if len(file.content) != file.size or hashlib.sha256(file.content).hexdigest() != file.sha256:
            yield f"attachment {index} has another size or digest than it says"


def _words(*texts: str) -> Counter[str]:
    """The lines that hold something, without the marks of quotes; blanks of any kind are nothing."""
    bare = (line.strip().lstrip("> ").strip() for text in texts for line in text.split("\n"))
    return Counter(line for line in bare if line)


def _split(read_as: InboundMail) -> Iterator[str]:
    """No line gets lost between the new text, the quote and the signature, where the text was no HTML."""
    kind = read_as.header("content-type").partition(";")[0].strip().lower()
    if kind not in ("", "text/plain") or read_as.html_only:
        return
    lost = _words(read_as.text) - _words(read_as.new_text, read_as.quoted, read_as.signature)
    if lost:
        yield f"lost between new text, quote and signature: {list(lost)[:3]!r}"


def _json(read_as: InboundMail) -> Iterator[str]:
    if json.loads(json.dumps(document(read_as)))["subject"] != read_as.subject:
        yield "its JSON is another message"


def _digest(raw: bytes, read_as: InboundMail) -> Iterator[str]:
    if raw[:1] in (b" ", b"\t", b"\r", b"\n") or raw.startswith((b"From ", b">From ")):
        return  # A line before these would change what they are.
    if not _KNOWN.match(raw):
        return  # What does not begin with a header is a text without one, and gets one by the line.
    again = read(_TRACE + raw)
    if isinstance(again, InboundMail) and again.canonical_digest != read_as.canonical_digest:
        yield "a trace header makes it another message"
