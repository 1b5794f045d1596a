"""What a DKIM-Signature says that it covers (RFC 6376 s.3.5), before anybody looks whether it is valid."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailbot.core.fields import Fields, count, is_aligned

IDENTITY = frozenset({"from", "subject", "date", "message-id"})
"""The fields that say whose message it is, about what, and which one: whoever sends it again can change no other."""
SINGLE = ("from", "date", "message-id")
_AT_MOST_ONCE = ("subject", "to", "in-reply-to", "references", "content-type", "content-transfer-encoding")
_MAX_LENGTH = 4_096
_MAX_SIGNED = 200
_LONG_BLANK = re.compile(r"[ \t]{40}")
_ALGORITHMS = frozenset({"rsa-sha256", "ed25519-sha256"})  # RFC 8301 s.3.1 forbids rsa-sha1.
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,20}")


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM-Signature.

    Attributes:
        index: Which of the message's signatures it is, counted from 0 at the top.
        domain: Who signed, in lower case.
        selector: Which of his keys he used.
        signed: The names of the fields that it covers, in lower case.
        tags: All that it says.
    """

    index: int
    domain: str
    selector: str
    signed: frozenset[str]
    tags: Mapping[str, str]


def aligned(fields: Fields, domain: str) -> list[Signature]:
    """The signatures of the author's domain (or of one above it), the topmost first; whether they are valid is open."""
    values = [value for name, value in fields if name == "dkim-signature"]
    found = [_read(index, value) for index, value in enumerate(values)]
    return [signature for signature in found if signature is not None and is_aligned(signature.domain, domain)]


def _read(index: int, value: str) -> Signature | None:
    if len(value) > _MAX_LENGTH or not value.isascii() or _LONG_BLANK.search(value):
        return None
    tags: dict[str, str] = {}
    for part in value.rstrip(" \t;").split(";"):
        name, equals, text = part.partition("=")
        name = name.strip(" \t")
        if not equals or _TAG.fullmatch(name) is None or name in tags:
            return None
        tags[name] = text.strip(" \t")
    signed = [name.strip(" \t").lower() for name in tags.get("h", "").split(":")]
    if len(signed) > _MAX_SIGNED:
        return None
    return Signature(index, tags.get("d", "").lower(), tags.get("s", "").lower(), frozenset(signed), tags)


def ambiguous(fields: Fields) -> str:
    """Which field is missing or there twice, "" if none is.

    A signature covers the last one of several (RFC 6376 s.5.4.2), but we read the first: a field that was put on top
    would be obeyed and not be signed.
    """
    for name in SINGLE:
        if count(fields, name) != 1:
            return name
    return next((name for name in _AT_MOST_ONCE if count(fields, name) > 1), "")


def weakness(signature: Signature, required: frozenset[str], now: datetime) -> str:
    """Why a signature, even a valid one, does not show that this message is what its author sent; "" if it does.

    Args:
        signature: The signature.
        required: The names of the fields that it must cover.
        now: The current time (aware).
    """
    tags = signature.tags
    if tags.get("v") != "1" or tags.get("a", "").lower() not in _ALGORITHMS:
        return "it is of another version or algorithm"
    if "l" in tags:
        return "it covers only the begin of the text (l=)"  # RFC 6376 s.8.2.
    missing = required - signature.signed
    if missing:
        return f"it does not cover {', '.join(sorted(missing))}"
    expires = tags.get("x", "")
    if expires and (not expires.isdigit() or len(expires) > 12 or int(expires) < now.timestamp()):
        return "it has expired (x=)"
    return ""
