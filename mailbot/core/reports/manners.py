"""The manners in which servers name those who failed, whatever their make."""

import re

from mailbot.core.reports import words
from mailbot.core.reports.evidence import MAX_DIAGNOSTIC, Found, Outcome, addresses_in, reply_code_in, status_in
from mailbot.core.reports.lines import Line, Lines

_MAX_LIST = 200  # Lines below a heading that may belong to its list.
_MAX_GAP = 14  # Lines between a heading and the first recipient.
_MAX_DETAIL = 8  # Lines of what is said of a recipient.
_RULER = re.compile(r"\s*(?:[-=*_#+]\s?){4,}")
_SPEAKERS = ("out:", "s:", "received >>>", "remote host said:", "r:", "response:", "server:")


def lists(report: Lines, found: Found, *, start: int = 0) -> None:
    """A heading without an address, and the list below it."""
    place = start
    while place < len(report.lines):
        line = report.lines[place]
        if line.folded and "@" not in line.raw and (line.is_heading or _is_broken_heading(report.lines, place)):
            place = _list(report, found, place)
        place += 1


def _is_broken_heading(lines: list[Line], place: int) -> bool:
    """Whether the phrase began in the line above."""
    before = lines[place - 1] if place else None
    if before is None or not before.folded or "@" in before.raw:
        return False
    joined = f"{before.folded[-40:]} {lines[place].folded[:40]}"
    return any(word in joined for word in words.HEADINGS)


def _list(report: Lines, found: Found, heading: int) -> int:
    """Reads the list below a heading; gives the place of its last line."""
    lines = report.lines
    outcome = report.outcome(lines[heading].folded)
    first = _first_entry(report, heading)
    if first is None:
        return heading
    shape, indent, last = _shape(lines[first]), lines[first].indent, first
    for place in range(first, min(heading + _MAX_LIST, len(lines))):
        line = lines[place]
        names = report.usable(addresses_in(line.raw)) if "@" in line.raw else []
        # What is indented deeper belongs to the recipient above, and so does what another phrase leads to.
        if names and _shape(line) == shape and abs(line.indent - indent) <= 1 and not lines[place - 1].is_open:
            if not line.is_help:
                last = place
                _add(report, found, place, names if line.only_addresses else names[:1], outcome)
        elif line.folded and (shape == "within" or _ends_list(line, indent, named=bool(names))):
            break
    return last


def _first_entry(report: Lines, heading: int) -> int | None:
    for place in range(heading + 1, min(heading + 1 + _MAX_GAP, len(report.lines))):
        line = report.lines[place]
        names = report.usable(addresses_in(line.raw)) if "@" in line.raw else []
        if line.folded and not names and line.is_heading:
            return None  # The next heading has its own list.
        if not names or report.lines[place - 1].is_open or line.is_help:
            continue
        if _shape(line) != "within" or (len(names) == 1 and not line.is_aside):
            return place
    return None


def _ends_list(line: Line, indent: int, *, named: bool) -> bool:
    return bool(_RULER.match(line.raw)) or (not named and line.is_heading and line.indent <= indent)


def _shape(line: Line) -> str:
    if line.label(words.LABELS):
        return "label"
    return "lead" if line.lead else "within"


def labels(report: Lines, found: Found) -> None:
    """Lines in which the address stands behind a label."""
    _labelled(report, found, words.SURE_LABELS)


def weak_labels(report: Lines, found: Found) -> None:
    """Lines in which it stands behind a label of lesser meaning, such as "To:", a line of the returned message too."""
    _labelled(report, found, words.WEAK_LABELS)


def _labelled(report: Lines, found: Found, names: frozenset[str]) -> None:
    for place, line in enumerate(report.lines):
        one = line.label(names)
        if one and report.usable([one]):
            _add(report, found, place, [one], report.outcome(""))


def sentences(report: Lines, found: Found) -> None:
    """A sentence that speaks of a failure and names the address."""
    for place, line in enumerate(report.lines):
        if "@" in line.raw and line.is_heading and not any(word in line.folded for word in words.SENDERS):
            names = report.usable(addresses_in(line.raw))
            listed = line.raw.count("@") <= line.raw.count(",") + line.raw.count(" and ") + 1
            if names:
                _add(report, found, place, names if listed else names[:1], report.outcome(line.folded))


def echoes(report: Lines, found: Found) -> None:
    """The echo of an SMTP session: RCPT TO, and whatever was refused after it."""
    waiting: list[tuple[int, str]] = []
    for place, line in enumerate(report.lines):
        at = line.raw.lower().find("rcpt to:")
        if at >= 0:
            waiting += [(place, name) for name in report.usable(addresses_in(line.raw[at:]))[:1]]
        elif waiting and _refuses(line):
            for where, name in waiting:
                _add(report, found, where, [name], report.outcome(""))
            waiting = []


def _refuses(line: Line) -> bool:
    bare = line.folded.lstrip("<>- ")
    for prefix in _SPEAKERS:
        bare = bare.removeprefix(prefix).lstrip("<> ")
    return bool(reply_code_in(bare[:4]))


def leads(report: Lines, found: Found) -> None:
    """Lines that begin with an address and go on with a reason."""
    for place, line in enumerate(report.lines):
        one = line.lead if "@" in line.raw and not line.is_help else ""
        if one and report.usable([one]) and not (place and report.lines[place - 1].is_open):
            _add(report, found, place, [one], report.outcome(""))


def rest(report: Lines, found: Found) -> None:
    """Any address that is nobody else's."""
    for place, line in enumerate(report.lines):
        if "@" in line.raw and not line.is_aside:
            names = report.usable(addresses_in(line.raw))
            if names:
                _add(report, found, place, names, report.outcome(""))


def returned(report: Lines, copy: list[Line], found: Found) -> None:
    """The one recipient of a mail that the receiver of the report wrote himself, where nothing else names anybody."""
    if not any(line.is_heading for line in report.lines):
        return
    header: dict[str, list[str]] = {}
    for line in copy:
        name, colon, _ = line.folded.partition(":")
        if colon and name in ("from", "to", "cc"):
            header.setdefault(name, addresses_in(line.raw))
    to = header.get("to", [])
    if len(to) == 1 and not header.get("cc") and set(header.get("from", [])) & report.own:
        found.add(report.outcome(""), report.usable(to), report.status, " ".join(line.raw for line in report.lines))


def _add(report: Lines, found: Found, place: int, addresses: list[str], outcome: Outcome) -> None:
    detail = [report.lines[place].raw[:MAX_DIAGNOSTIC].strip()]
    for line in report.lines[place + 1 : place + 1 + _MAX_DETAIL]:
        if _RULER.match(line.raw) or (not line.folded and len(detail) > 1) or line.lead:
            break
        if line.folded:
            detail.append(line.raw.strip())
    text = " ".join(detail)
    says_more = bool(reply_code_in(text)) or len(text) > len(addresses[0]) + len("<>: ")
    found.add(outcome, addresses, status_in(text) or report.status, text if says_more else "")
