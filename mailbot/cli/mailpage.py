"""A message as a page for an operator: what is new in it, what was cut, what mailbot makes of it, and why."""

import email
from collections.abc import Iterator
from email.message import Message

from mailbot.cli.screen import count, facts, one_line, safe
from mailbot.core.model import Address, InboundMail

_KIB = 1024
_CUT_LINES = 4  # How many lines of a quote are shown; a person wants to see where it begins.
_MARGIN = "  | "


def page(title: str, raw: bytes, read: InboundMail) -> str:
    """A message that was read.

    Args:
        title: What to call it: its file.
        raw: Its bytes.
        read: What was read in them.
    """
    pieces = [one_line(title), _who(read), *_texts(read), *_files(read), _verdict(raw, read), *_defects(read)]
    return "\n\n".join(pieces)


def refusal_page(title: str, reason: str, head: InboundMail | None) -> str:
    """A message that was not read, with what can be told of it."""
    pairs = [("Not read", reason)]
    if head:
        pairs += [("From", _label(head.from_)), ("Subject", head.subject), ("Message-ID", head.message_id)]
    return f"{one_line(title)}\n\n{facts(pairs)}"


def _label(address: Address | None) -> str:
    if address is None:
        return ""
    return f"{address.name} <{address.address}>" if address.name else address.address


def _who(read: InboundMail) -> str:
    seeming = ", ".join(map(_label, read.authors))
    unsure = f"{seeming}: not sure enough to count as anybody" if seeming else "nobody: it is missing or torn"
    pairs = [("From", _label(read.from_) or unsure)]
    pairs += [("Reply-To", ", ".join(map(_label, read.reply_to)))] if read.reply_to else []
    pairs += [("To", ", ".join(map(_label, read.to)))]
    pairs += [("Cc", ", ".join(map(_label, read.cc)))] if read.cc else []
    pairs += [("Subject", read.subject), ("Date", f"{read.date:%Y-%m-%d %H:%M} UTC" if read.date else "")]
    pairs += [("Message-ID", read.message_id)]
    answered = read.in_reply_to or read.references[-1:]
    pairs += [("Answers", " ".join(answered))] if answered else []
    return facts(pairs)


def _framed(text: str, most: int | None = None) -> Iterator[str]:
    lines = safe(text).split("\n")
    yield from (f"{_MARGIN}{line}".rstrip() for line in lines[:most])
    if most is not None and len(lines) > most:
        yield f"  ... {count(len(lines) - most, 'more line')}; --json shows all"


def _block(title: str, text: str, most: int | None = None) -> str:
    return "\n".join([f"  {title}", *_framed(text, most)])


def _lines(text: str) -> str:
    return count(text.count("\n") + 1, "line")


def _texts(read: InboundMail) -> Iterator[str]:
    if not read.text.strip():
        yield "  No text"
        return
    source = ", from its HTML" if read.html_only else ""
    if read.new_text:
        yield _block(f"New text ({_lines(read.new_text)}{source})", read.new_text)
    else:
        yield f"  New text: none, everything was cut{source}"
    if read.quoted:
        begin = next((line for line in read.quoted.split("\n") if line.strip()), "")
        sign = _sign(begin)
        yield _block(f"Cut as quote ({_lines(read.quoted)}), {sign}", read.quoted, _CUT_LINES)
    if read.signature:
        yield _block(f"Cut as signature ({_lines(read.signature)})", read.signature)


def _sign(line: str) -> str:
    """How the quote shows that it is one, by its first line."""
    if line.lstrip().startswith(">"):
        return 'known by the mark ">":'
    return "known by its first line:"


def _size(size: int) -> str:
    if size < _KIB:
        return count(size, "byte")
    return f"{size / _KIB:.0f} KiB" if size < _KIB * _KIB else f"{size / _KIB / _KIB:.1f} MiB"


def _files(read: InboundMail) -> Iterator[str]:
    if not read.attachments:
        return
    lines = [
        f"{_MARGIN}{one_line(file.name)}  ({one_line(file.content_type)}, {_size(file.size)}"
        f"{', shown in the text' if file.inline else ''})"
        for file in read.attachments
    ]
    yield "\n".join([f"  {count(len(lines), 'file')}", *lines])


def _verdict(raw: bytes, read: InboundMail) -> str:
    automatic = read.automatic
    pairs = [
        ("Sent by", f"a machine: {automatic.reason}" if automatic.reason else "a person, as far as can be seen"),
        ("May become a ticket", _may(automatic.not_a_ticket, automatic.reason)),
        ("May be answered", _may(automatic.not_answerable, automatic.reason)),
    ]
    report = read.report
    if report:
        pairs.append(("Report", "of a delivery" if report.failed or report.delayed else "that names no recipient"))
        pairs += [("Failed", ", ".join(report.failed))] if report.failed else []
        pairs += [("Delayed", ", ".join(report.delayed))] if report.delayed else []
        pairs += [("Status", f"{report.status} {report.diagnostic}".strip())]
        pairs += [("Original", report.original_message_id)] if report.original_message_id else []
    pairs.append(("Charset", _charset(raw, read)))
    return facts(pairs)


def _may(against: str, told: str) -> str:
    if not against:
        return "yes"
    return "no, for this reason" if against == told else f"no: {against}"


def _charset(raw: bytes, read: InboundMail) -> str:
    """Which charset was used for the text, and why."""
    doubts = [defect for defect in read.defects if "charset" in defect or "bytes are not" in defect]
    if doubts:
        return "; ".join(dict.fromkeys(doubts))
    declared = dict.fromkeys(_declared(raw))
    if declared:
        return f"{', '.join(declared)}, as declared"
    return "ASCII; none is declared and none is needed"


def _declared(raw: bytes) -> Iterator[str]:
    """The charsets that the texts of a message declare; those of attached files and messages are not its own."""
    try:
        waiting = [email.message_from_bytes(raw)]
        while waiting:
            part = waiting.pop(0)
            content = part.get_payload()
            if part.get_content_maintype() == "multipart" and isinstance(content, list):
                waiting += [child for child in content if isinstance(child, Message)]
            elif part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
                yield from filter(None, [part.get_content_charset()])
    except Exception:  # noqa: BLE001 - the library fails on torn headers in many ways; what it found is told.
        return


def _defects(read: InboundMail) -> Iterator[str]:
    if read.defects:
        yield "\n".join(["  What was wrong with it", *(f"{_MARGIN}{one_line(defect)}" for defect in read.defects)])
