"""Any bytes as a message that a person would read: the only place that names mail-parser.

mail-parser reads the addresses, with recovery of broken ones and evidence where they are ambiguous.
The parts are read in `parts`. Whatever a stranger sends, `read` gives a value and never raises.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import getaddresses

import mailparser

from mailbot.core import addresses, automatic, dates, headers, parts, quoting, reports, structure
from mailbot.core.headers import Fields
from mailbot.core.html import read_html
from mailbot.core.limits import Limits
from mailbot.core.model import Address, InboundMail
from mailbot.core.text import clean
from mailbot.core.unwrap import unwrapped

_MAX_LINES = 20_000
_MAX_SUBJECT = 998  # RFC 5322 s.2.1.1: the longest line.
_FORWARD_PREFIXES = ("fw:", "fwd:", "wg:", "tr:", "rv:", "enc:", "i:", "doorst:", "vs:", "vb:", "trs:", "terusan:")
_DEFAULT_LIMITS = Limits()

# It warns about every header that it recovers; what matters is in the defects of the message.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What the header says; the address lists hold pairs of name and addr-spec, as a parser gave them."""

    from_: list[tuple[str, str]]
    to: list[tuple[str, str]]
    cc: list[tuple[str, str]]
    reply_to: list[tuple[str, str]]
    sender: list[tuple[str, str]]
    subject: str
    date: datetime | None
    ambiguous: bool
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    split: quoting.Split
    html_only: bool
    defects: tuple[str, ...]


def read(raw: bytes, limits: Limits = _DEFAULT_LIMITS) -> InboundMail:
    """Reads a message.

    Args:
        raw: Any bytes; `limits.check` should have passed them, or reading may take long.
        limits: How much of it is read.

    Returns:
        The message, with what was wrong with it in `defects`.
    """
    parsed = structure.parse(raw)
    fields = headers.collect(parsed.message, limits)
    envelope = _envelope(fields)
    contents = parts.contents(parsed)
    subject = envelope.subject
    body = _text(contents, limits, forwarded=subject.lower().startswith(_FORWARD_PREFIXES))
    from_ = _originator(envelope, fields)
    reverse_path = headers.path(headers.every(fields, "return-path"))
    decoded = _decoded(fields)
    report = reports.read_report(
        parsed.message, fields, from_=from_, reverse_path=reverse_path, text=body.text, size=len(raw)
    )
    message_id = headers.message_id(headers.first(fields, "message-id"))
    digests = [attachment.sha256 for attachment in contents.attachments]
    return InboundMail(
        from_=from_,
        authors=_addresses(envelope.from_),
        sender=_single(envelope.sender),
        reply_to=_addresses(envelope.reply_to),
        to=_addresses(envelope.to),
        cc=_addresses(envelope.cc),
        subject=subject,
        message_id=message_id,
        in_reply_to=headers.msg_ids(headers.every(fields, "in-reply-to")),
        references=headers.msg_ids(headers.every(fields, "references")),
        date=headers.sane_date(envelope.date),
        text=body.text,
        new_text=body.split.new_text,
        quoted=body.split.quoted,
        signature=body.split.signature,
        attachments=contents.attachments,
        headers=decoded,
        reverse_path=reverse_path,
        automatic=automatic.judge(
            decoded,
            from_=from_,
            reverse_path=reverse_path,
            subject=subject,
            text=body.split.new_text,
            content_type=headers.first(fields, "content-type"),
            report=report,
        ),
        report=report,
        canonical_digest=_digest([message_id, from_.key if from_ else "", body.text], fields, digests),
        html_only=body.html_only,
        defects=(*envelope.defects, *contents.defects, *body.defects),
    )


def attachment_content(raw: bytes, index: int) -> bytes:
    """Finds the bytes of an attachment again.

    Raises:
        IndexError: The message has no such attachment.
    """
    if index < 0:
        raise IndexError(f"attachments are counted from 0, {index} is none")
    return parts.contents(structure.parse(raw)).attachments[index].content


def _envelope(fields: Fields) -> _Envelope:
    evidence: list[dict[str, object]] = []
    try:
        found = _Envelope(
            from_=_named(_mailboxes(headers.first(fields, "from"), evidence), headers.first(fields, "from")),
            to=_recipients(fields, "to"),
            cc=_recipients(fields, "cc"),
            reply_to=_recipients(fields, "reply-to"),
            sender=_mailboxes(headers.first(fields, "sender"), []),
            subject=headers.text_of(headers.first(fields, "subject"), _MAX_SUBJECT),
            date=dates.read(headers.decode_words(headers.first(fields, "date"))),
            ambiguous=_is_ambiguous(evidence),
        )
    except Exception as error:  # noqa: BLE001 - it takes no hostile header as the end of the mail; stdlib reads it then.
        return _minimal(fields, f"mail-parser failed on the header ({type(error).__name__}), read without it")
    else:
        return found


def _mailboxes(value: str, evidence: list[dict[str, object]]) -> list[tuple[str, str]]:
    if not value:
        return []
    plain = addresses.plain(value)
    if plain is not None:
        return [plain]
    # The names are decoded while it is known which words are quoted; the rest of the parser is of no use here.
    found: list[tuple[str, str]] = mailparser.utils.get_addresses(value, defects=evidence, decode_names=True)
    return found


def _recipients(fields: Fields, name: str) -> list[tuple[str, str]]:
    values = headers.every(fields, name)
    return _recovered(_mailboxes(values[0], []), values) if values else []


def _named(pairs: list[tuple[str, str]], value: str) -> list[tuple[str, str]]:
    """The mailbox of From: with its whole name, or found by simpler means where the parser finds none."""
    usable = [pair for pair in pairs if "@" in pair[1]]
    if len(usable) == 1:
        name = addresses.name_of(value, usable[0][1])
        return [(name, usable[0][1])] if name else usable
    single = addresses.one(value) if not usable else None
    return [single] if single else usable


def _recovered(pairs: list[tuple[str, str]], values: list[str]) -> list[tuple[str, str]]:
    """The recipients, those too that the parser gives up; of a header that stands twice each counts."""
    value = ", ".join(values)
    usable = [pair for pair in pairs if "@" in pair[1]]
    if len(usable) >= value.count("@"):
        return _named(usable, value)
    found = addresses.several(value)
    return found if len(found) > len(usable) else usable


def _is_ambiguous(defects: Iterable[dict[str, object]]) -> bool:
    """Whether From may be read as more than one mailbox, or as another one than a person would see."""
    return any(not defect.get("recovered") and "@" in str(defect.get("raw", "")) for defect in defects)


def _minimal(fields: Fields, defect: str) -> _Envelope:
    def listed(name: str) -> list[tuple[str, str]]:
        try:
            return getaddresses([headers.decode_words(headers.first(fields, name)[:2000])])[:20]
        except Exception:  # noqa: BLE001 - nested comments end in RecursionError; then there is no address.
            return []

    date = dates.read(headers.first(fields, "date"))
    subject = headers.text_of(headers.first(fields, "subject"), _MAX_SUBJECT)
    # An address that the careful parser did not confirm identifies nobody.
    return _Envelope([], listed("to"), listed("cc"), [], [], subject, date, True, (defect,))


def _addresses(pairs: list[tuple[str, str]]) -> tuple[Address, ...]:
    found = (headers.address(name, addr_spec) for name, addr_spec in pairs)
    return tuple(address for address in found if address is not None)


def _single(pairs: list[tuple[str, str]]) -> Address | None:
    found = _addresses(pairs)
    return found[0] if len(found) == 1 else None


def _originator(envelope: _Envelope, fields: Fields) -> Address | None:
    """The one mailbox in From; None if it names none or several, or if programs would disagree about it."""
    if (envelope.ambiguous and headers.first(fields, "from").count("@") != 1) or len(
        set(headers.every(fields, "from"))
    ) > 1:
        return None
    return _single(envelope.from_)


def _decoded(fields: Fields) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(clean(headers.decode_words(value)))
    return {name: tuple(found) for name, found in values.items()}


def _text(contents: parts.Contents, limits: Limits, *, forwarded: bool) -> _Text:
    texts, news, quotes, defects = [], [], [], []
    html_only = False
    has_plain = False
    room = limits.text
    for body in contents.bodies:
        if room <= 0:
            defects.append(f"only the first {limits.text} characters of the text were read")
            break
        if body.kind == "html":
            read_as = read_html(body.text, room)
            room -= len(read_as.text)
            texts.append(read_as.text)
            news.append(read_as.new_text)
            quotes.append(read_as.quoted)
            defects += [read_as.defect] if read_as.defect else []
            html_only = True
        elif body.text.strip():
            plain = unflow(body.text, delete_space=body.delete_space) if body.flowed else body.text
            plain = unwrapped(plain, body.html) if body.html else plain
            begin = _begin(plain, room)
            if len(begin) < len(plain):
                defects.append(f"the text is {len(plain)} characters long, only {len(begin)} were read")
                plain = begin
            room -= len(plain)
            texts.append(plain)
            news.append(plain)
            has_plain = True
    split = quoting.split("\n".join(news), forwarded=forwarded)
    marked = "\n".join(filter(None, quotes))
    if marked:
        split = quoting.Split(split.new_text, "\n".join(filter(None, (marked, split.quoted))), split.signature)
    if contents.notes:
        note = "\n".join(contents.notes)
        texts.append(f"\n{note}" if texts else note)
        new = f"{split.new_text}\n\n{note}" if split.new_text else note
        split = quoting.Split(new, split.quoted, split.signature)
    return _Text("\n".join(texts).strip("\n"), split, html_only and not has_plain, tuple(defects))


def _begin(text: str, room: int) -> str:
    """What is read of a text: so many characters, and not more lines than a person would."""
    text = text[:room]
    return text if text.count("\n") < _MAX_LINES else "\n".join(text.split("\n", _MAX_LINES)[:_MAX_LINES])


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Joins the lines of a format=flowed text (RFC 3676 s.4): a line that ends with a blank goes on in the next.

    Args:
        text: The text as it came.
        delete_space: Whether the blank at the end is no part of the text (DelSp=yes).
    """
    out: list[str] = []
    open_depth = -1  # The quote depth of a paragraph that goes on; -1 = none does.
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")  # Space-stuffing, RFC 3676 s.4.4.
        flows = bare.endswith(" ") and bare != "-- "
        content = bare[:-1] if flows and delete_space else bare
        if open_depth == depth and bare != "-- ":
            out.append(content)
        else:
            prefix = ">" * depth + (" " if depth and bare else "")
            out.append(("\n" if out else "") + prefix + content)
        open_depth = depth if flows else -1
    return "".join(out)


def _digest(texts: list[str], fields: Fields, attachments: list[str]) -> str:
    """What all copies of a message share, on whatever way they came: trace headers do not count."""
    message_id, from_, text = texts
    date = " ".join(headers.first(fields, "date").split())
    subject = headers.text_of(headers.first(fields, "subject"))
    body = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    digest = hashlib.sha256()
    for value in (message_id, from_, date, subject, body, *attachments):
        data = value.encode("utf-8", "surrogatepass")
        # The length keeps two values from reading like one.
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()
