"""What a person wants to know of an invitation (RFC 5545, RFC 5546): what, when, where, from whom."""

import re
from dataclasses import dataclass, field

_MAX_LINES = 2_000
_MAX_NAME = 400  # Characters before the colon of a line.
_MAX_VALUE = 2_000
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_KINDS = {
    "REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to an invitation", "COUNTER": "Counter-proposal",
    "PUBLISH": "Event", "REFRESH": "Event", "ADD": "Invitation", "DECLINECOUNTER": "Counter-proposal declined",
}  # fmt: skip
_ANSWERS = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentatively accepted",
    "DELEGATED": "delegated",
}


@dataclass(slots=True)
class _Event:
    values: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    method: str = ""


def summary(source: str, *, short: bool = False) -> str:
    """Gives the first event of a calendar in a few lines, "" if there is none.

    Args:
        source: The text of the calendar.
        short: Whether one line is enough, because the mail has a text of its own.
    """
    event = _read(source)
    if event is None:
        return ""
    title = _value(event, "SUMMARY") or "(no title)"
    kind = _KINDS.get(event.method, "Event")
    answer = _ANSWERS.get(event.values.get("ATTENDEE", ("", {}))[1].get("PARTSTAT", ""), "")
    if event.method == "REPLY" and answer:
        kind = f"{kind}, {answer}"
    when = _when(event)
    place = _value(event, "LOCATION")
    if short:
        return f"[{kind}: {', '.join(filter(None, (title, when, place)))}]"
    organizer = event.values.get("ORGANIZER", ("", {}))
    address = organizer[0][7:] if organizer[0].lower().startswith("mailto:") else organizer[0]
    name = organizer[1].get("CN", "")
    who = f"{name} <{address}>" if name and address and name != address else address or name
    lines = [f"{kind}: {title}"]
    for label, value in (("When", when), ("Where", place), ("From", who)):
        lines += [f"{label}: {value}"] if value else []
    description = _value(event, "DESCRIPTION")
    return "\n".join([*lines, *(["", description] if description else [])])


def _read(source: str) -> _Event | None:
    event = _Event()
    inside = ""
    found = False
    depth = 0
    for line in _unfolded(source):
        name, parameters, value = _line(line)
        if name == "BEGIN":
            depth += 1
            if not found and value.upper() in ("VEVENT", "VTODO", "VJOURNAL"):
                inside, found, depth = value.upper(), True, 0
        elif name == "END":
            if value.upper() == inside:
                inside = ""
            depth -= 1
        elif name == "METHOD" and not event.method:
            event.method = value.strip().upper()
        elif inside and depth == 0:
            event.values.setdefault(name, (value[:_MAX_VALUE], parameters))
    return event if found else None


def _unfolded(source: str) -> list[str]:
    lines: list[str] = []
    pieces: list[str] = []
    for line in source.split("\n", _MAX_LINES)[:_MAX_LINES]:
        if line[:1] in (" ", "\t"):
            pieces.append(line[1:])
            continue
        lines.append("".join(pieces))
        pieces = [line]
    return [*lines, "".join(pieces)]


def _line(line: str) -> tuple[str, dict[str, str], str]:
    """The name, the parameters and the value of a content line (RFC 5545 s.3.1)."""
    quoted = False
    colon = -1
    for place, char in enumerate(line[:_MAX_NAME]):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            colon = place
            break
    if colon < 0:
        return "", {}, ""
    name, *rest = line[:colon].split(";")
    parameters = {}
    for piece in rest[:50]:
        key, _, value = piece.partition("=")
        parameters[key.strip().upper()] = value.strip('" ')
    return name.strip().upper(), parameters, line[colon + 1 :].strip("\r")


def _value(event: _Event, name: str) -> str:
    value = event.values.get(name, ("", {}))[0]
    return _ESCAPED.sub(lambda match: "\n" if match.group(1) in "nN" else match.group(1), value).strip()


def _when(event: _Event) -> str:
    begin, parameters = event.values.get("DTSTART", event.values.get("DUE", ("", {})))
    end = event.values.get("DTEND", ("", {}))[0]
    first, last = _STAMP.match(begin), _STAMP.match(end)
    if first is None:
        return ""
    text = _moment(first)
    if last is not None and last.group(4):
        same = last.groups()[:3] == first.groups()[:3]
        text += f"–{last.group(4)}:{last.group(5)}" if same else f" – {_moment(last)}"
    zone = "UTC" if first.group(7) else parameters.get("TZID", "").strip("/")
    return f"{text} ({zone})" if zone and first.group(4) else text


def _moment(stamp: re.Match[str]) -> str:
    day = "-".join(stamp.groups()[:3])
    return f"{day} {stamp.group(4)}:{stamp.group(5)}" if stamp.group(4) else day
