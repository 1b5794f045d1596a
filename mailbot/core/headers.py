"""Header values: raw bytes, encoded words, msg-ids, addresses and dates, read with bounded effort."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import Message

from mailbot.core import charsets, parameters
from mailbot.core.limits import Limits
from mailbot.core.model import Address
from mailbot.core.text import clean, one_line
from mailbot.core.transfer import decode_base64
from mailbot.core.words import decode_words

__all__ = ["decode_base64", "decode_words"]

OUR_PREFIX = "x-mailbot-"
_MAX_IDS = 100
_MAX_ID = 998  # RFC 5322 s.2.1.1: the longest line.
_MAX_NAME = 200
_MAX_LOOKED = 20  # Parts that are asked for the charset of the text.
_MAX_ADDRESS = 320
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_FOLDS = re.compile(r"[\r\n]+[ \t]*")

Fields = list[tuple[str, str]]
"""Header names in lower case with their values: unfolded, 8-bit bytes decoded, encoded words still encoded."""


def collect(message: Message, limits: Limits) -> Fields:
    """Gives the header fields of a message, those apart that only we may set.

    Raw 8-bit bytes, which RFC 5322 forbids and RFC 6532 makes UTF-8, are decoded.
    """
    fields: Fields = []
    for name, raw in message.raw_items():
        lower = name.strip().lower()
        if lower.startswith(OUR_PREFIX) or len(fields) >= limits.headers:
            continue
        value = str(raw)[: limits.header]
        if "\x1b" in value and value.isascii():
            # Seen in practice: ISO-2022-JP in a header without encoded words.
            value = charsets.decode(value.encode("ascii"), "iso-2022-jp")[0]
        if not value.isascii():
            value = _raw_text(value, message) if _is_bytes(value) else clean(value)
        if "\n" in value or "\r" in value:
            value = _FOLDS.sub(" ", value)
        fields.append((lower, value.replace("\x00", "").strip()))
    return fields


def _is_bytes(value: str) -> bool:
    return all(char < "\x80" or "\udc80" <= char <= "\udcff" for char in value)


def _raw_text(value: str, message: Message) -> str:
    """Raw bytes in a header as text: UTF-8, else the charset of the text, else what the bytes say."""
    data = value.encode("ascii", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return charsets.decode(data, _charset_of_text(message))[0]


def _charset_of_text(message: Message) -> str:
    waiting = [message]
    for _ in range(_MAX_LOOKED):
        if not waiting:
            break
        part = waiting.pop()
        content = part.get_payload() if part.is_multipart() else None
        if isinstance(content, list):
            waiting += [child for child in reversed(content[:_MAX_LOOKED]) if isinstance(child, Message)]
            continue
        kind = str(part.get("Content-Type", ""))[:_MAX_ID]
        charset = parameters.split(kind)[1].get("charset", "") if "charset" in kind.lower() else ""
        if charset and charsets.codec_name(charset) not in ("", "utf-8", "cp1252"):
            return charset
    return ""


def first(fields: Fields, name: str) -> str:
    """The first value of a header, "" if it is absent."""
    return next((value for key, value in fields if key == name), "")


def every(fields: Fields, name: str) -> list[str]:
    """All values of a header, the topmost first."""
    return [value for key, value in fields if key == name]


def text_of(value: str, max_length: int | None = None) -> str:
    """A header value as a person reads it: decoded, on one line, nothing unseen in it."""
    return one_line(decode_words(value), max_length)


def msg_ids(values: Iterable[str]) -> tuple[str, ...]:
    """The msg-ids in In-Reply-To or References (RFC 5322 s.3.6.4), in their order, each once.

    Words without angle brackets are skipped, unless nothing else is there and all look like ids; ids longer than a line
    may be are skipped too. Seen in practice: ids in encoded words, where a program folded a long line.
    """
    found: dict[str, None] = {}
    for raw in values:
        value = decode_words(raw) if "=?" in raw else raw
        at = value.find("<")
        if at < 0:
            found.update(dict.fromkeys(_bare_ids(value)))
        while at >= 0 and len(found) < _MAX_IDS:
            end = value.find(">", at)
            if end < 0:
                break
            # "<<a@b>" and "<a <b@c>" hold one id: the innermost.
            at = value.rfind("<", at, end)
            msg_id = "".join(value[at : end + 1].split())
            if 2 < len(msg_id) <= _MAX_ID and msg_id.isprintable():
                found[msg_id] = None
            at = value.find("<", end)
    return tuple(found)[:_MAX_IDS]


def _bare_ids(value: str) -> list[str]:
    words = value[: _MAX_ID * _MAX_IDS].replace(",", " ").replace(">", " ").split()
    fit = all(word.count("@") == 1 and not word.startswith("@") and not word.endswith("@") for word in words)
    return [f"<{word}>" for word in words if len(word) < _MAX_ID - 1 and word.isprintable()] if fit else []


def message_id(value: str) -> str:
    """The Message-ID with its brackets, "" if there is none; one without brackets gets them."""
    found = msg_ids([value])
    if found:
        return found[0]
    bare = value.split("(", 1)[0].rpartition("<")[2].strip("<>\"' \t,;")
    is_id = bare and "@" in bare and len(bare) < _MAX_ID - 1 and bare.isprintable() and " " not in bare
    return f"<{bare}>" if is_id else ""


def address(name: str, addr_spec: str) -> Address | None:
    """An address, None where the addr-spec names no mailbox.

    A display name that is itself another address would deceive whoever reads it, so it is dropped.
    """
    local, at, domain = addr_spec.strip().rpartition("@")
    if not at or not local or not domain or len(addr_spec) > _MAX_ADDRESS or "=?" in addr_spec:
        return None
    if not addr_spec.isprintable() or " " in domain or (" " in local and not local.startswith('"')):
        return None
    if "@" in local and not local.startswith('"'):
        return None
    label = one_line(decode_words(name), _MAX_NAME).strip("'\" ")
    if "@" in label and label.lower() != addr_spec.lower():
        label = ""
    return Address("" if label.lower() == addr_spec.lower() else label, f"{local}@{domain.lower()}")


def path(values: list[str]) -> str | None:
    """The reverse-path in the topmost Return-Path (RFC 5321 s.4.4): None if absent or torn, "" for the null path."""
    if not values:
        return None
    value = values[0].strip()
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1].strip()
        if not value:
            return ""
    found = address("", value.rpartition(":")[2] if value.startswith("@") else value)
    return found.address if found else None


def sane_date(value: datetime | None) -> datetime | None:
    """A date in UTC, None if it is absent or lies outside the time in which mail was sent."""
    if value is None:
        return None
    try:
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return value if _FIRST_YEAR <= value.year <= _LAST_YEAR else None
