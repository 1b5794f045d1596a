"""The contents of a message: what of it is the text for a person, and what are attachments.

mail-parser is not asked about parts: it merges attached messages into the text (a forwarded "#close" would read like a
command), drops what is no text and no file, and reads a 7-bit charset such as ISO-2022-JP as ASCII.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from email.message import Message
from urllib.parse import unquote

from mailbot.core import armour, calendar_text, charsets, enriched, filenames, rtf, tnef, uuencode
from mailbot.core.alternatives import Reading, reading
from mailbot.core.commands import escape_commands
from mailbot.core.html import strip_tags
from mailbot.core.leaves import Leaf, header, leaves, payload
from mailbot.core.model import Attachment
from mailbot.core.pkcs7 import is_encrypted, signed_content
from mailbot.core.structure import Parsed
from mailbot.core.text import clean, fold, one_line
from mailbot.core.words import decode_words

_MAX_PARTS = 2_000
_MAX_TEXT = 2 * 1024 * 1024  # Bytes of a text that are made characters; more than a person reads.
_BODIES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown"})
_VARIANTS = frozenset({"text/x-amp-html", "text/watch-html"})
_FILES = frozenset(
    {"text/calendar", "text/csv", "text/xml", "text/vcard", "text/x-vcard", "text/directory", "text/rtf"}
)
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/x-smime"})
_RTF = frozenset({"text/rtf", "application/rtf", "application/x-rtf"})
_CID = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)
_SOURCE = re.compile(r"\b(?:src|background)\s{0,5}=\s{0,5}[\"']?([^\"'\s<>]{1,300})", re.IGNORECASE)
_META = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_META_WITHIN = 2_048
_PLACEHOLDER = 400  # Characters of a text that may only say that the HTML should be read.
_PLACEHOLDER_WORDS = ("support", "viewer", "client", "reader", "program", "browser", "compatible", "enable", "anzeig")
_SUBJECT = re.compile(rb"^subject:[ \t]{0,80}([^\r\n]{1,300})", re.IGNORECASE | re.MULTILINE)
_HTML_COPY = 65_536


@dataclass(frozen=True, slots=True)
class Body:
    """A part of the text: its kind is "plain" or "html"; `html` is the same text as HTML, if the mail holds both."""

    kind: str
    text: str
    defect: str = ""
    flowed: bool = False
    delete_space: bool = False
    html: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a message holds, in its order.

    Attributes:
        bodies: The text for a person.
        attachments: The files.
        types: The content types of all parts.
        notes: Lines that tell of what is not in the text, such as an invitation.
        defects: What was wrong, in words.
    """

    bodies: tuple[Body, ...]
    attachments: tuple[Attachment, ...]
    types: frozenset[str]
    notes: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sorted:
    """What was found until now."""

    bodies: list[tuple[Leaf, Body]] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    spare: list[Body] = field(default_factory=list)  # Texts for a mail that has none of its own.
    calendars: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def contents(parsed: Parsed) -> Contents:
    """Sorts the parts of a message into text for a person and attachments."""
    found = _Sorted(defects=list(parsed.defects))
    every: list[Leaf] = []
    for leaf in leaves(parsed):
        if len(every) >= _MAX_PARTS:
            found.defects.append(f"only the first {_MAX_PARTS} parts were read")
            break
        every.append(leaf)
    for leaf in every:
        if _is_body(leaf):
            _take_body(leaf, found)
        elif not _is_variant(leaf):
            _take_file(leaf, found)
    _name_encryption(parsed.message, found)
    bodies = _chosen(found)
    if not any(body.text.strip() for body in bodies):
        bodies = [*bodies, *_instead(parsed.message, every, found)]
        notes = [] if bodies and bodies[-1].text.strip() else [calendar_text.summary(text) for text in found.calendars]
    else:
        notes = [calendar_text.summary(text, short=True) for text in found.calendars]
    found.defects += [body.defect for body in bodies if body.defect]
    return Contents(
        tuple(bodies),
        _marked(found),
        frozenset(leaf.type for leaf in every),
        tuple(filter(None, notes[:1])),
        tuple(dict.fromkeys(found.defects)),
    )


def _is_body(leaf: Leaf) -> bool:
    if leaf.disposition == "attachment" or leaf.name or leaf.related:
        return False
    if leaf.type in _BODIES:
        return True
    # A multipart without a boundary that works is a text to the parser, and may be one to a person.
    is_text = leaf.type.startswith("text/") and leaf.type not in _FILES and leaf.root
    return is_text or leaf.type.startswith("multipart/")


def _is_variant(leaf: Leaf) -> bool:
    """Whether a part only repeats the text for another kind of screen, or holds what only a Macintosh reads."""
    if leaf.type == "application/applefile":
        return True
    return bool(leaf.alternative) and not leaf.name and leaf.type in _VARIANTS


def _take_body(leaf: Leaf, found: _Sorted) -> None:
    data, defect = payload(leaf, is_text=True)
    if defect:
        found.defects.append(defect)
    files: list[uuencode.File] = []
    if leaf.type != "text/html":
        data, files = uuencode.extract(data)
    body = _body(leaf, data)
    if leaf.type == "text/html" and not leaf.alternative and any(other.text.strip() for _, other in found.bodies):
        _take_second_html(leaf, body, found)
        return
    found.bodies.append((leaf, body))
    for file in files:
        name = filenames.file_name(charsets.decode(file.name)[0])
        _add(found, name, "application/octet-stream", file.content)


def _take_second_html(leaf: Leaf, body: Body, found: _Sorted) -> None:
    """HTML beside a text, not as its alternative: programs repeat the text so; what says more is kept as a file."""
    words = set(fold(" ".join(other.text[:_HTML_COPY] for _, other in found.bodies if other.kind == "plain")).split())
    if any(other.kind == "html" for _, other in found.bodies):
        found.bodies.append((leaf, body))
    elif set(fold(strip_tags(body.text[:_HTML_COPY])).split()) - words:
        _take_file(leaf, found)


def _body(leaf: Leaf, data: bytes) -> Body:
    charset = leaf.parameters.get("charset", "")
    if not charset and leaf.type == "text/html":
        meta = _META.search(data, 0, _META_WITHIN)
        charset = meta.group(1).decode("ascii") if meta else ""
    text, defect = charsets.decode(data[:_MAX_TEXT], charset)
    text = clean(text)
    if len(data) > _MAX_TEXT:
        excess = f"the text is {len(data)} bytes long, only {_MAX_TEXT} were read"
        defect = f"{defect}; {excess}" if defect else excess
    if leaf.type in ("text/enriched", "text/richtext"):
        return Body("plain", enriched.text_of(text, richtext=leaf.type == "text/richtext"), defect)
    if leaf.type == "text/html":
        return Body("html", text, defect)
    text, mark = armour.unarmoured(text)
    flowed = leaf.parameters.get("format", "").lower() == "flowed"
    delete_space = leaf.parameters.get("delsp", "").lower() == "yes"
    return Body("plain", text, "; ".join(filter(None, (defect, mark))), flowed, delete_space)


def _take_file(leaf: Leaf, found: _Sorted) -> None:
    data, defect = payload(leaf)
    if defect:
        found.defects.append(defect)
    if leaf.type in _TNEF or leaf.name.lower() in ("winmail.dat", "win.dat"):
        opened = tnef.read(data)
        if opened.defect:
            found.defects.append(opened.defect)
        texts = (("html", opened.html), ("plain", opened.text))
        found.spare += [Body(kind, clean(text)) for kind, text in texts if text.strip(" \t\r\n\x00")][:1]
        for file in opened.files:
            name = filenames.file_name(file.name)
            kind = file.content_type if file.content_type.count("/") == 1 else "application/octet-stream"
            _add(found, name, kind, file.content, content_id=file.content_id)
        if opened.files and not opened.defect:
            return  # Its files stand for it.
    elif leaf.type == "text/calendar" or (leaf.type == "application/ics" and not found.calendars):
        found.calendars.append(
            clean(charsets.decode(data[:_MAX_TEXT], leaf.parameters.get("charset", "") or "utf-8")[0])
        )
    elif leaf.type in _RTF and leaf.disposition != "attachment" and not leaf.name:
        found.spare.append(Body("plain", clean(rtf.text_of(data))))
    elif leaf.type in _SMIME:
        _name_smime(data, found)
    if not data:
        found.defects.append(f"the attached file {leaf.name!r} is empty, it was left out")
        return
    name = leaf.name or _default_name(leaf, data, len(found.files))
    content_id = one_line(header(leaf.part, "content-id"), 200).strip("<> ")
    inline = leaf.disposition == "inline" or (bool(content_id) and leaf.related and leaf.disposition != "attachment")
    location = header(leaf.part, "content-location").strip()
    _add(found, name, leaf.type, data, content_id=content_id or location, inline=inline)


def _name_smime(data: bytes, found: _Sorted) -> None:
    if is_encrypted(data):
        found.defects.append("the message is encrypted with S/MIME, nobody can read it here")
    elif signed_content(data):
        found.defects.append("the message is signed with S/MIME, the signature was not checked")


def _name_encryption(message: Message, found: _Sorted) -> None:
    if message.get_content_type() == "multipart/encrypted":
        found.defects.append("the message is encrypted with PGP, nobody can read it here")


def _add(
    found: _Sorted, name: str, content_type: str, data: bytes, *, content_id: str = "", inline: bool = False
) -> None:
    index = len(found.files)
    found.files.append(
        Attachment(
            index=index,
            name=name or filenames.default_name(content_type, index),
            content_type=one_line(content_type, 100),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            content=data,
            content_id=one_line(content_id, 200),
            inline=inline,
        )
    )


def _default_name(leaf: Leaf, data: bytes, index: int) -> str:
    if leaf.type in ("message/rfc822", "message/global"):
        # The subject in the header; the text may hold the same word.
        subject = _SUBJECT.search(data.replace(b"\r\n", b"\n", 1_000)[:65_536].split(b"\n\n", 1)[0])
        value = decode_words(charsets.decode(subject.group(1))[0]) if subject else ""
        name = filenames.file_name(value[:150].replace("/", "-").replace("\\", "-"))
        if name:
            return f"{name[:140]}.eml"
    return filenames.default_name(leaf.type, index)


def _chosen(found: _Sorted) -> list[Body]:
    """The bodies to read: of alternatives the first that is a plain text, else the first that says something."""
    best: dict[int, set[tuple[int, str]]] = {}
    for rank in ("plain", "html"):
        for leaf, body in found.bodies:
            if leaf.alternative and body.kind == rank and body.text.strip() and leaf.alternative not in best:
                if rank == "plain":
                    best.update(_better(leaf, body, found))
                else:
                    best[leaf.alternative] = {(leaf.branch, rank)}
    pages = {leaf.alternative: body.text for leaf, body in found.bodies if leaf.alternative and body.kind == "html"}
    return [
        replace(body, html=pages[leaf.alternative]) if body.kind == "plain" and leaf.alternative in pages else body
        for leaf, body in found.bodies
        if not leaf.alternative or (leaf.branch, body.kind) in best.get(leaf.alternative, {(leaf.branch, body.kind)})
    ]


def _better(leaf: Leaf, body: Body, found: _Sorted) -> dict[int, set[tuple[int, str]]]:
    """What to read of the alternatives of a plain text; nothing where it is no text of its own."""
    plain = {(leaf.branch, "plain")}
    shown = [
        (other.branch, html)
        for other, html in found.bodies
        if other.alternative == leaf.alternative and html.kind == "html" and html.text.strip()
    ]
    if not shown:
        return {leaf.alternative: plain}
    if _is_placeholder(body.text):
        return {}
    whole = [
        text.text
        for other, text in found.bodies
        if (other.alternative, other.branch, text.kind) == (leaf.alternative, leaf.branch, "plain")
    ]
    branch, html = shown[0]
    # What could not be decoded says nothing about the other.
    verdict = Reading.PLAIN if html.defect else reading("\n".join(whole), html.text)
    if verdict is Reading.HTML:
        return {}
    return {leaf.alternative: plain | ({(branch, "html")} if verdict is Reading.BOTH else set())}


def _is_placeholder(text: str) -> bool:
    """Whether a text only says that the mail is in HTML."""
    lower = text.lower() if len(text) <= _PLACEHOLDER else ""
    return "html" in lower and any(word in lower for word in _PLACEHOLDER_WORDS)


def _instead(message: Message, every: list[Leaf], found: _Sorted) -> list[Body]:
    """What to read in a mail without a text: the body of a winmail.dat, a named text, what stands between the parts."""
    if found.spare:
        return found.spare[:1]
    for leaf in every:
        # A named text is a file, unless it is all there is to read.
        if leaf.type in ("text/plain", "text/html") and leaf.disposition != "attachment" and not _is_body(leaf):
            body = _body(leaf, payload(leaf, is_text=True)[0])
            if body.text.strip():
                # What stands in a file may be anybody's: no line of it is a command.
                return [replace(body, text=escape_commands(body.text))]
    if not found.files and not found.calendars:
        loose = "\n".join(text for text in (message.preamble, message.epilogue) if isinstance(text, str))
        if loose.strip():
            text = clean(charsets.decode(loose.encode("utf-8", "surrogateescape"))[0])
            return [Body("plain", text, "the text stands outside of all parts")]
    return []


def _marked(found: _Sorted) -> tuple[Attachment, ...]:
    """The files, those marked that the HTML shows within the text."""
    sources = [body.text for _, body in found.bodies if body.kind == "html"]
    sources += [body.text for body in found.spare if body.kind == "html"]
    if not found.files or not any(sources):
        return tuple(found.files)
    shown = {unquote(name).lower() for source in sources for name in _CID.findall(source)}
    shown |= {name.lower() for source in sources for name in _SOURCE.findall(source)}
    return tuple(_mark(file, shown) for file in found.files)


def _mark(file: Attachment, shown: set[str]) -> Attachment:
    referenced = bool(file.content_id) and file.content_id.lower() in shown
    return replace(file, referenced=referenced, inline=referenced)
