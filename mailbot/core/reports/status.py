"""The fields of a delivery status (RFC 3464 s.2), also where they stand in a shape that the standard does not know."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailbot.core.reports.evidence import ADDRESS, MAX_RECIPIENTS, Found, Outcome, key_of, reply_code_in, status_in
from mailbot.core.text import one_line

_FIELDS = frozenset({
    "original-recipient", "final-recipient", "x-actual-recipient", "action", "status", "diagnostic-code", "remote-mta",
    "last-attempt-date", "will-retry-until", "final-log-id", "reporting-mta", "arrival-date", "original-envelope-id",
    "dsn-gateway", "received-from-mta", "x-display-name", "x-supplementary-info", "x-notes",
})  # fmt: skip
_MAX_LINES = 2_000
_MAX_VALUE = 4_000
_MAX_HEX = 0x10FFFF
# The beginnings of what is written in place of the five words of RFC 3464 s.2.3.3.
_FAILED = ("fail", "undeliver", "hard", "bounce", "reject", "perm", "expired", "error", "refused", "blocked", "dropped")
_DELAYED = ("delay", "defer", "retry", "temp", "soft", "warn", "queued", "transient")
_DELIVERED = ("deliver", "relay", "expand", "success", "transfer", "sent", "ok")
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


@dataclass(slots=True)
class _Recipient:
    original: str = ""
    final: str = ""
    actual: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""
    retries: bool = False


def read_status(text: str, found: Found, *, late: Callable[[], bool]) -> None:
    """Reads the recipients in the text of a delivery status.

    Blank lines between the blocks may be lost, or stand between all lines; the fields may be indented or quoted.

    Args:
        text: Decoded text; lines that are no such fields are skipped.
        found: What is found is added here.
        late: Tells whether the words of the report tell of a delay; it decides where the fields do not.
    """
    for one in _recipients(text):
        names = list(dict.fromkeys(filter(None, (_address(one.original), _address(one.final), _address(one.actual)))))
        outcome = _outcome(one, late=late)
        if not names or outcome is None:
            continue
        # The address that the mail was sent to is the one that is known; the final one may be behind an alias. A mail
        # that is late may still wait at either, so both are told.
        status = status_in(one.status) or status_in(one.diagnostic)
        kind, semicolon, rest = one.diagnostic.partition(";")
        diagnostic = rest if semicolon and " " not in kind.strip() else one.diagnostic
        found.add(outcome, names[:2] if outcome is Outcome.DELAYED else names[:1], status, diagnostic)


def _recipients(text: str) -> list[_Recipient]:
    out: list[_Recipient] = [_Recipient()]
    last = ""
    for line in text.split("\n")[:_MAX_LINES]:
        bare = line.lstrip("> \t*").rstrip()
        name, colon, value = bare.partition(":")
        name = name.rstrip(" *").lower()
        if not colon or name not in _FIELDS:
            if not bare:
                last = ""
            elif last and line[:1] in " \t>":
                _extend(out[-1], last, bare)
            else:
                last = ""
            continue
        if _starts_block(out[-1], name):
            if len(out) > MAX_RECIPIENTS:
                break
            out.append(_Recipient())
        last = name
        _extend(out[-1], name, value.strip(" \t*"))
    return out


def _starts_block(open_: _Recipient, name: str) -> bool:
    if name == "final-recipient":
        return bool(open_.final)
    if name == "original-recipient":
        return bool(open_.original)
    return name == "action" and bool(open_.action)


def _extend(one: _Recipient, name: str, value: str) -> None:
    slot = {
        "original-recipient": "original", "final-recipient": "final", "x-actual-recipient": "actual",
        "action": "action", "status": "status", "diagnostic-code": "diagnostic",
    }.get(name)  # fmt: skip
    if name == "will-retry-until":
        one.retries = True
    if slot is not None:
        before = getattr(one, slot)
        if len(before) < _MAX_VALUE:
            setattr(one, slot, f"{before} {value}" if before else value)


def _address(value: str) -> str:
    """The address in "rfc822; a@example.com" (RFC 3464 s.2.3.2), "" if it is no mail address.

    Seen in practice: no type, "LOCAL" or "SMTP" as type, brackets, comments, "RFC822;rfc822;a@example.com".
    """
    kind, semicolon, rest = value.partition(";")
    if not semicolon:
        kind, rest = "rfc822", value
    kind = kind.strip().lower()
    if kind in ("x400", "x.400", "unknown"):
        return ""
    # RFC 6533 s.3: characters of an internationalised address may be written by their numbers.
    rest = _HEX.sub(lambda match: chr(min(int(match.group(1), 16), _MAX_HEX)), rest.rpartition(";")[2])
    bare = one_line(rest).split("(", 1)[0].strip()
    if bare.startswith("<") and ">" in bare:
        bare = bare[1 : bare.index(">")]
    exact = key_of(bare.removeprefix("mailto:"))
    if exact:
        return exact
    if ADDRESS.fullmatch(bare):
        return (
            bare.lower()
        )  # An encoded word, which a broken program took for a local part: so it stood in the envelope.
    match = ADDRESS.search(rest)
    return key_of(match.group()) if match and kind not in ("x-unix", "dns") else ""


def _outcome(one: _Recipient, *, late: Callable[[], bool]) -> Outcome | None:
    # Comments may stand around any field (RFC 3464 s.2.1.1).
    action = one.action.split("(", 1)[0].strip().lower().lstrip("\"'")
    if action.startswith(_FAILED):
        return Outcome.FAILED
    if action.startswith(_DELAYED):
        return Outcome.DELAYED
    if action.startswith(_DELIVERED):
        return Outcome.DELIVERED
    code = status_in(one.status) or reply_code_in(one.diagnostic) or status_in(one.diagnostic)
    if code.startswith("2"):
        return Outcome.DELIVERED
    if code.startswith("4") and not action:
        return Outcome.DELAYED
    if code.startswith("5"):
        return Outcome.FAILED
    if one.retries or late():
        return Outcome.DELAYED
    return Outcome.FAILED if one.final or one.actual else None
