"""What a message may cost, checked on its bytes before any parser sees it.

The parsers of the standard library take time and memory out of all proportion on hostile input: a few hundred nested
parts end in a RecursionError, a Content-Type with thousands of parameters costs seconds, a body of short lines costs
fifty times its size. Everything here is linear in the size of the message, and errs towards counting too much.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.core.aside import set_aside

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on one message.

    Attributes:
        size: Bytes of the whole message.
        header_block: Bytes of all headers of the message.
        header: Bytes of one header, folded lines included.
        headers: How many headers.
        depth: How deep parts and attached messages may be nested.
        parts: How many parts.
        addresses: How many addresses in all originator and recipient headers.
        line: Bytes of one line.
        text: Characters of the text that is read for people; HTML beyond it is not rendered.
        lines: How many lines.
        parameters: How many parameters one Content-Type may have.
    """

    size: int = 25 * MIB
    header_block: int = 256 * KIB
    header: int = 16 * KIB
    headers: int = 500
    depth: int = 20
    parts: int = 500
    addresses: int = 100
    line: int = MIB
    text: int = 256 * KIB
    lines: int = 600_000
    parameters: int = 200


_ADDRESS_HEADERS = frozenset(
    {b"from", b"sender", b"reply-to", b"to", b"cc", b"bcc", b"resent-from", b"resent-to", b"resent-cc", b"return-path"}
)
_MAX_COMMENT_DEPTH = 20
_MAX_DASH_LINES = 100_000
_MAX_CONTENT_TYPES = 50_000
_MAX_PART_HEADER_LINES = 50_000
_MAX_REPORT_BLOCKS = 10_000
_MAX_PARSED = 4 * MIB  # What the parser may get; it takes ten times as much memory.
_QUOTED = re.compile(rb'"[^"]*"')
_BOUNDARY = re.compile(
    rb'boundary\s{0,80}=\s{0,80}(?:"([^"\\]{1,998})"\s{0,80}(?:;|\Z)|([^\s";\\][^";\\\n]{0,997})(?:[;\n]|\Z))',
    re.IGNORECASE,
)
# Line ends are LF or CRLF here, even in turn.
_HEADER_END = re.compile(rb"\n(?![ \t])")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_CONTENT_TYPE = re.compile(rb"\ncontent-type", re.IGNORECASE)


def _amount(size: int) -> str:
    return f"{size} bytes" if size < KIB else f"{size / KIB:.0f} KiB" if size < MIB else f"{size / MIB:.1f} MiB"


def check(raw: bytes, limits: Limits) -> str:
    """Tells why a message may not be parsed.

    Args:
        raw: The message as it came.
        limits: The limits.

    Returns:
        The reason in words, "" if the message keeps all limits.
    """
    if len(raw) > limits.size:
        return f"the message is {_amount(len(raw))} long, the limit is {_amount(limits.size)}"
    pairs = raw.count(b"\r\n")
    returns = raw.count(b"\r") - pairs
    lines = raw.count(b"\n") + returns
    if lines > limits.lines:
        return f"the message has {lines} lines, the limit is {limits.lines}"
    # The parser ends lines at CR, LF and CRLF alike. A copy of the message is made only where one ends at a bare CR.
    data = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if returns else raw
    return _line_length(data, limits) or _header_block(data, limits) or _structure(data, limits) or _parsed(raw)


def _parsed(raw: bytes) -> str:
    """Files and long texts are kept away from the parser; a message of nothing but small pieces is not."""
    size = len(set_aside(raw).data) if len(raw) > _MAX_PARSED else 0
    if size > _MAX_PARSED:
        return (
            f"{_amount(size)} of it stand in small pieces between lines of dashes, the limit is {_amount(_MAX_PARSED)}"
        )
    return ""


def _line_length(data: bytes, limits: Limits) -> str:
    start = 0
    while len(data) - start > limits.line:
        # The last line end in the window suffices: no line before it can be longer than the window.
        end = data.rfind(b"\n", start, start + limits.line + 1)
        if end < 0:
            return f"a line is longer than the limit of {_amount(limits.line)}"
        start = end + 1
    return ""


def _header_block(data: bytes, limits: Limits) -> str:
    if data.startswith((b"\n", b"\r\n")):
        return ""
    found = _BLANK_LINE.search(data)
    end = found.start() if found else len(data)
    if end > limits.header_block:
        return f"the header block is {_amount(end)} long, the limit is {_amount(limits.header_block)}"
    fields = _HEADER_END.split(data[:end])
    if len(fields) > limits.headers:
        return f"there are {len(fields)} headers, the limit is {limits.headers}"
    addresses = 0
    for one in fields:
        name, _, value = one.partition(b":")
        if len(one) > limits.header:
            return f"the header {_shown(name)} is {_amount(len(one))} long, the limit is {_amount(limits.header)}"
        if name.strip().lower() in _ADDRESS_HEADERS:
            addresses += _count_addresses(value)
            if _comment_depth(value) > _MAX_COMMENT_DEPTH:
                return f"the header {_shown(name)} nests comments deeper than {_MAX_COMMENT_DEPTH}"
    if addresses > limits.addresses:
        return f"there are {addresses} addresses, the limit is {limits.addresses}"
    return ""


def _shown(name: bytes) -> str:
    return "".join(char if char.isprintable() else "?" for char in name[:40].decode("ascii", "replace"))


def _count_addresses(value: bytes) -> int:
    bare = _QUOTED.sub(b"", value) if b'"' in value else value
    items = 1 + bare.count(b",") + bare.count(b";")
    # "Doe, Jane <jane@example.com>" without quotes is one address; groups without "@" cost time all the same.
    return items if items > 2 * value.count(b"@") + 2 else min(items, value.count(b"@"))


def _comment_depth(value: bytes) -> int:
    if b"(" not in value or value.count(b"(") <= _MAX_COMMENT_DEPTH:
        return 0
    depth = deepest = 0
    for match in re.finditer(rb"[()]", value):
        depth = depth + 1 if match.group() == b"(" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _positions(data: bytes, word: bytes) -> Iterator[int]:
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + len(word))


@dataclass(slots=True)
class _Declared:
    """What the Content-Type fields of a message declare, wherever they stand."""

    boundaries: set[bytes] = field(default_factory=set)
    unreadable: int = 0  # Boundaries in a form that nobody writes: RFC 2231 continuations, quoted pairs.
    messages: list[int] = field(default_factory=list)  # Where attached messages begin.
    reports: list[int] = field(default_factory=list)  # Those of them that are made of blocks, RFC 3464 s.2.1.


def _content_types(data: bytes) -> Iterator[int]:
    if data[:12].lower() == b"content-type":
        yield 0
    for match in _CONTENT_TYPE.finditer(data):
        yield match.start() + 1


def _structure(data: bytes, limits: Limits) -> str:
    declared = _Declared()
    for fields, at in enumerate(_content_types(data)):
        if fields >= _MAX_CONTENT_TYPES:
            return f"more than {_MAX_CONTENT_TYPES} lines begin with Content-Type"
        reason = _content_type(data, at, declared, limits)
        if reason:
            return reason
    if not declared.boundaries and not declared.unreadable and not declared.messages:
        return ""
    return _nesting(data, declared, limits)


def _content_type(data: bytes, at: int, declared: _Declared, limits: Limits) -> str:
    match = _HEADER_END.search(data, at, at + limits.header + 1)
    end = match.start() if match else min(len(data), at + limits.header + 1)
    if end - at > limits.header:
        return f"a Content-Type is longer than the limit of {_amount(limits.header)}"
    count = data.count(b";", at, end)
    if count > limits.parameters:
        return f"a Content-Type has {count} parameters, the limit is {limits.parameters}"
    value = data[at:end].lower()
    if b"message/" in value:
        declared.messages.append(at)
        if b"message/delivery-status" in value:
            declared.reports.append(at)
    for position in _positions(value, b"boundary"):
        found = _BOUNDARY.match(data, at + position, end)
        if found is None:
            declared.unreadable += 1
            continue
        name = (found.group(1) or found.group(2)).rstrip()
        declared.boundaries.update({name, name.strip(b"<>")})
    return ""


def _nesting(data: bytes, declared: _Declared, limits: Limits) -> str:
    if data.count(b"\n--") > _MAX_DASH_LINES:
        return f"more than {_MAX_DASH_LINES} lines begin like the boundary of a part"
    stack: list[bytes] = []
    level: dict[bytes, int] = {}
    borders: list[int] = []
    deepest = chain = 0
    messages = iter([*declared.messages, len(data)])
    next_message = next(messages)
    for at in [*_positions(data, b"\n--"), len(data)]:
        while next_message < at:
            # An attached message whose body is an attached message needs no boundary.
            chain, next_message = chain + 1, next(messages)
        deepest = max(deepest, len(stack) + chain)
        end = data.find(b"\n", at + 1)
        line = data[at + 3 : end if end >= 0 else len(data)].rstrip()
        closes = line.endswith(b"--") and line not in declared.boundaries
        name = line[:-2] if closes else line
        if name not in declared.boundaries:
            if declared.unreadable:
                borders.append(at + 1)
            continue
        if not closes:
            borders.append(at + 1)
        chain = 0
        if name in level:
            keep = level[name] + (not closes)
            for gone in stack[keep:]:
                del level[gone]
            del stack[keep:]
        elif not closes:
            level[name] = len(stack)
            stack.append(name)
    if len(borders) > limits.parts:
        return f"there are {len(borders)} parts, the limit is {limits.parts}"
    deepest += declared.unreadable
    if deepest > limits.depth:
        return f"parts are nested {deepest} deep, the limit is {limits.depth}"
    return _inner_headers(data, declared, borders, limits) or _report_blocks(data, declared, borders)


def _inner_headers(data: bytes, declared: _Declared, borders: list[int], limits: Limits) -> str:
    """The headers of parts, and those of attached messages, which begin behind the header that declares them."""
    begins = borders[:]
    blank, after = -1, 0  # The blank line that was found last: it often is the next one from several places.
    for at in declared.messages:
        if blank < at:
            found = _BLANK_LINE.search(data, at, at + limits.header_block)
            blank, after = found.span() if found else (len(data), len(data))
        begins.append(after)
    lines, blank = 0, -1
    for begin in sorted(set(begins)):
        # The search begins at the line end before: attached messages without headers begin with a blank line.
        if blank < begin - 1:
            found = _BLANK_LINE.search(data, max(begin - 1, 0), begin + limits.header_block)
            blank = found.start() if found else len(data)
        if blank - begin > limits.header_block:
            return f"the header block of a part is longer than the limit of {_amount(limits.header_block)}"
        lines += data.count(b"\n", begin, blank)
        if lines > _MAX_PART_HEADER_LINES:
            return f"the headers of the parts have more than {_MAX_PART_HEADER_LINES} lines"
    return ""


def _report_blocks(data: bytes, declared: _Declared, borders: list[int]) -> str:
    """A delivery report holds a block of fields for each recipient; the parser makes a message of each."""
    blocks = 0
    for at in declared.reports:
        following = bisect_right(borders, at)
        end = borders[following] if following < len(borders) else len(data)
        blocks += data.count(b"\n\n", at, end) + data.count(b"\n\r\n", at, end)
    if blocks > _MAX_REPORT_BLOCKS:
        return f"the delivery reports in it have {blocks} blocks, the limit is {_MAX_REPORT_BLOCKS}"
    return ""
