"""What our own border server found out about a message: Authentication-Results (RFC 8601).

Anybody can write this field into his message. Only that of the server counts which the configuration names, and only
where that server puts it; the server must remove what comes in under its name (RFC 8601 s.5). The field is read
strictly: one that is not well-formed says nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailbot.core.fields import Fields, is_aligned

_MAX_LENGTH = 8_192
_BY = re.compile(r"[ \t]by[ \t]+([A-Za-z0-9.:\[\]-]{1,255})", re.IGNORECASE)
_FROM = re.compile(r"from[ \t]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """One result: the method ("dmarc"), what came of it ("pass"), and its properties ("header.from")."""

    method: str
    value: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """A whole field: the authserv-id of the server that wrote it, and its results."""

    server: str
    results: tuple[Result, ...]


def of_border(fields: Fields, server: str) -> Results | None:
    """The field that our border server added; None if there is none, or none that can be read.

    It is the topmost that bears its authserv-id, and it stands above the first Received that is not of our side: new
    fields are put on top (RFC 8601 s.4.1, RFC 5321 s.4.4), so what a sender wrote himself stands below.

    Args:
        fields: The header.
        server: The authserv-id that the configuration names.
    """
    for name, value in fields:
        if name == "received" and not _is_ours(value, server):
            return None
        if name == "authentication-results":
            found = parse(value)
            if found is not None and found.server == server.lower():
                return found
            if found is None and value.lower().startswith(server.lower()):
                return Results(server.lower(), ())  # His, but not to be understood: it proves nothing, and ends this.
    return None


def _is_ours(received: str, server: str) -> bool:
    """Whether a Received was written by our border server or on the way from it to the mailbox.

    That is any in the domain of the border server, and one without From, which servers write for steps within.
    """
    said = _without_comments(received[:2000])
    if _FROM.match(said) is None:
        return True
    found = _BY.search(said)
    host = found.group(1).lower().rstrip(".") if found else ""
    parent = server.lower().partition(".")[2]
    family = parent if "." in parent else server.lower()
    return host == server.lower() or host == family or host.endswith(f".{family}")


def _without_comments(value: str) -> str:
    """The value of a field without what senders can put into it: their HELO stands in a comment."""
    kept: list[str] = []
    at = 0
    while at < len(value):
        opened = value.find("(", at)
        if opened < 0:
            kept.append(value[at:])
            break
        kept.append(value[at:opened])
        at = _after_comment(value, opened) or len(value)
    return " ".join(kept)


def parse(value: str) -> Results | None:
    """Reads the value of a field (RFC 8601 s.2.2); None if it is not well-formed."""
    segments = _segments(value)
    if segments is None or not segments[0] or len(segments[0]) > 2:
        return None
    server, version = segments[0][0], "".join(segments[0][1:]) or "1"
    if "=" in server or version != "1":
        return None
    rest = [words for words in segments[1:] if words]
    if rest == [["none"]]:
        return Results(server.lower(), ())
    results = [_result(words) for words in rest]
    known = tuple(result for result in results if result is not None)
    return Results(server.lower(), known) if len(known) == len(results) else None


def _result(words: list[str]) -> Result | None:
    pairs = [word.partition("=") for word in words]
    if any(not key or not equals or not value for key, equals, value in pairs):
        return None
    (spec, _equals, value), *others = pairs
    method, slash, version = spec.lower().partition("/")
    if slash and version != "1":
        return None
    properties = {key.lower(): text for key, _equals, text in others}
    # What stands there twice could be read either way.
    return Result(method, value.lower(), properties) if len(properties) == len(others) else None


def _segments(value: str) -> list[list[str]] | None:
    """The words between semicolons, without comments and quotes; None if one of these does not end.

    A quoted text is (part of) a value only, so that what stands in quotes is never taken for a result.
    """
    if len(value) > _MAX_LENGTH or not value.isascii():
        return None
    segments: list[list[str]] = [[]]
    word: list[str] = []
    for kind, text in _tokens(value):
        if kind == "bad" or (kind == "quoted" and (not word or word[-1][-1:] != "=")):
            return None
        if kind in {"text", "quoted"}:
            word.append(text)
            continue
        if word:
            segments[-1].append("".join(word))
            word = []
        if kind == "end":
            segments.append([])
    if word:
        segments[-1].append("".join(word))
    return segments


def _tokens(value: str) -> Iterator[tuple[str, str]]:
    """Texts, quoted texts, blanks (comments too) and ends of segments, each character looked at once."""
    at, size = 0, len(value)
    while at < size:
        char = value[at]
        if char in " \t(":
            end = _after_comment(value, at) if char == "(" else at + 1
            yield ("blank", "") if end else ("bad", "")
            at = end or size
        elif char == ";":
            yield "end", ""
            at += 1
        elif char == '"':
            text, end = _quoted(value, at)
            yield ("quoted", text) if end else ("bad", "")
            at = end or size
        else:
            end = at
            while end < size and value[end] not in ' \t(;"':
                end += 1
            text = value[at:end]
            yield ("text", text) if text.isprintable() and ")" not in text else ("bad", "")
            at = end


def _after_comment(value: str, at: int) -> int:
    """Where a comment ends, which may hold others (RFC 5322 s.3.2.2); 0 if it does not end."""
    depth = 0
    while at < len(value):
        char = value[at]
        if char == "\\":
            at += 1
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                return at + 1
        at += 1
    return 0


def _quoted(value: str, at: int) -> tuple[str, int]:
    """A quoted text and where it ends; 0 if it does not. Its blanks and semicolons are part of no word."""
    text: list[str] = []
    at += 1
    while at < len(value):
        char = value[at]
        if char == '"':
            return "".join(text), at + 1
        if char == "\\":
            at += 1
            char = value[at : at + 1]
        text.append(char)
        at += 1
    return "", 0


def passed(found: Results, domain: str) -> str:
    """What shows that the author's domain sent a message, in words; "" if nothing does.

    That is DMARC passed for the domain in From, or a DKIM signature of it. SPF alone is not enough: it speaks of the
    reverse-path, which readers never see (RFC 7208 s.2.4). A DMARC that failed outweighs a signature.
    """
    dmarc = [result for result in found.results if result.method == "dmarc"]
    if any(result.value not in {"pass", "none"} for result in dmarc):
        return ""
    for result in dmarc:
        # One subject of the check and one result: whoever reports another domain speaks of another message.
        if result.properties.get("header.from", "").lower() != domain:
            return ""
        if result.value == "pass":
            return f"dmarc=pass header.from={domain}"
    for result in found.results:
        # RFC 8601 s.2.7.1: d= names the signer; i= is the same domain or one below it (RFC 6376 s.3.5).
        signer = result.properties.get("header.d") or result.properties.get("header.i", "").rpartition("@")[2]
        if (result.method, result.value) == ("dkim", "pass") and signer and is_aligned(signer, domain):
            return f"dkim=pass header.d={signer.lower()}"
    return ""
