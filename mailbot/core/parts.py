"""The parts of a message: what of it is the text for a person, and what are attachments.

mail-parser is not asked about parts: it merges attached messages into the text (a forwarded "#close" would read like a
command), drops what is no text and no file, and reads a 7-bit charset such as ISO-2022-JP as ASCII.
"""

import binascii
import email
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32

from mailbot.core import charsets
from mailbot.core.headers import decode_base64, decode_words, text_of
from mailbot.core.model import Attachment
from mailbot.core.text import clean, one_line

_LARGE = 16_384  # A base64 part from this size on is not split into lines by the parser.
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_MARK = re.compile(rb"\*mailbot-part-(\d{1,6})\*")
_MARK_WORD = b"*mailbot-part-"
_MAX_PARTS = 2_000
_MAX_NAME = 150
_MAX_METADATA = 8_192
_EXTENSIONS = {
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv", "text/rtf": ".rtf",
    "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "message/rfc822": ".eml",
    "application/pgp-signature": ".asc", "application/pkcs7-signature": ".p7s", "application/ms-tnef": ".dat",
    "message/delivery-status": ".txt", "text/rfc822-headers": ".txt", "application/zip": ".zip",
}  # fmt: skip
_EXACT = compat32.clone(max_line_length=0)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message as the standard library parsed it, its large base64 parts kept aside."""

    message: Message
    aside: tuple[bytes, ...] = ()
    defect: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A part of the text: its kind is "plain" or "html"."""

    kind: str
    text: str
    defect: str = ""
    flowed: bool = False
    delete_space: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """What a message holds, in its order; `types` are the content types of all its parts."""

    bodies: tuple[Body, ...]
    attachments: tuple[Attachment, ...]
    types: frozenset[str]
    defects: tuple[str, ...] = ()


def parse(raw: bytes) -> Parsed:
    """Parses any bytes as a message; what the parser cannot take becomes a message of headers and one text."""
    reduced, aside = _set_aside(raw)
    try:
        return Parsed(email.message_from_bytes(reduced), aside)
    except Exception as error:  # noqa: BLE001 - hostile input makes the parser raise almost anything (RecursionError ...).
        head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        message = Message()
        for line in re.sub(rb"\n[ \t]+", b" ", head[:262_144]).split(b"\n")[:500]:
            name, colon, value = line.partition(b":")
            if colon and name.strip() and not name.strip().lower().startswith((b"content-", b"mime-version")):
                message[name.decode("ascii", "replace").strip()] = value.decode("ascii", "surrogateescape").strip()
        message.set_payload(body.decode("ascii", "surrogateescape"))
        return Parsed(message, (), f"the structure cannot be read ({type(error).__name__}), taken as one text")


def _set_aside(raw: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Takes large base64 blocks out before the parser splits them into thousands of lines.

    That makes reading a mail with attachments several times faster, and keeps memory close to the size of the mail.
    """
    if len(raw) < _LARGE or _MARK_WORD in raw:
        return raw, ()
    blank = b"\r\n\r\n" if b"\r\n" in raw[:1000] else b"\n\n"
    pieces: list[bytes] = []
    aside: list[bytes] = []
    done = 0
    at = raw.find(blank)
    while at >= 0 and len(aside) < _MAX_PARTS:
        start = at + len(blank)
        end = raw.find(b"\n--", start)
        end = len(raw) if end < 0 else end - (raw[end - 1] == 0x0D)
        large = end - start >= _LARGE
        # The first lines tell text from base64 at once; only base64 is looked at whole.
        if (
            large
            and not raw[start : start + 200].translate(None, _BASE64)
            and not raw[start:end].translate(None, _BASE64)
        ):
            pieces += [raw[done:start], _MARK_WORD + b"%d*" % len(aside)]
            aside.append(raw[start:end])
            done = end
            start = end
        at = raw.find(blank, start)
    pieces.append(raw[done:])
    return b"".join(pieces), tuple(aside)


def _restore(data: bytes, aside: tuple[bytes, ...]) -> bytes:
    """Puts the blocks that were set aside back in; each mark stands only once in a message."""
    if not aside or _MARK_WORD not in data:
        return data
    if data.startswith(_MARK_WORD) and len(data) < len(_MARK_WORD) + 8:
        return aside[int(data.rstrip()[len(_MARK_WORD) : -1])]
    return _MARK.sub(lambda match: aside[int(match.group(1))], data)


def payload(part: Message, aside: tuple[bytes, ...]) -> bytes:
    """The decoded bytes of a part; those of a part with parts are its parts as they came."""
    # get_payload() would apply the declared charset, which may be anything; the stored text holds the raw bytes.
    stored = part._payload  # type: ignore[attr-defined]  # noqa: SLF001 - the reason is above.
    if not isinstance(stored, str):
        return _restore(_flatten(part), aside)
    data = _restore(stored.encode("utf-8" if not _is_raw(stored) else "ascii", "surrogateescape"), aside)
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        decoded = part.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else data
    return data


def _is_raw(stored: str) -> bool:
    """Whether a text is bytes in disguise, and not a text that the parser of the fallback made."""
    return stored.isascii() or not stored.isprintable()


def _flatten(part: Message) -> bytes:
    """The parts of a part as bytes again: an attached message, or the blocks of a delivery report."""
    out = io.BytesIO()
    content = part.get_payload()
    try:
        for block in content if isinstance(content, list) else [part]:
            if isinstance(block, Message):
                BytesGenerator(out, mangle_from_=False, policy=_EXACT).flatten(block)
    except Exception:  # noqa: BLE001 - the generator fails on forms that the parser let pass; the raw message has all.
        return out.getvalue()
    return out.getvalue()


@dataclass(slots=True)
class _Leaf:
    """A part without parts, or an attached message, and where it stands."""

    part: Message
    type: str
    alternative: int  # The number of the outermost multipart/alternative around it; 0 = none.
    related: bool  # Whether it is a companion in a multipart/related, and not its root.
    disposition: str = ""
    name: str = ""


def _leaves(message: Message) -> Iterator[_Leaf]:
    """The leaves in the order of the message; attached messages are leaves, nothing looks into them."""
    waiting: list[tuple[Message, int, bool]] = [(message, 0, False)]
    alternatives = 0
    while waiting:
        part, alternative, related = waiting.pop()
        kind = part.get_content_type()
        children = part.get_payload() if part.is_multipart() and kind.startswith("multipart/") else None
        if not isinstance(children, list):
            yield _describe(_Leaf(part, kind, alternative, related))
            continue
        if kind == "multipart/alternative" and not alternative:
            alternatives += 1
            alternative = alternatives
        companions = kind == "multipart/related"
        for place in range(len(children) - 1, -1, -1):
            child = children[place]
            if isinstance(child, Message):
                waiting.append((child, alternative, related or (companions and place > 0)))


def _describe(leaf: _Leaf) -> _Leaf:
    part = leaf.part
    for header in ("Content-Type", "Content-Disposition"):
        raw = next((str(value) for name, value in part.raw_items() if name.lower() == header.lower()), "")
        if len(raw) > _MAX_METADATA:
            del part[header]
            part[header] = raw.split(";", 1)[0][:200].strip()
        elif not raw.isascii():
            # Names in raw 8-bit bytes break RFC 2045, and are common.
            octets = raw.encode("utf-8", "surrogateescape")
            part.replace_header(header, charsets.decode(octets)[0].replace("\x00", ""))
    try:
        leaf.disposition = (part.get_content_disposition() or "").strip()
        name = part.get_filename() or ""
    except Exception:  # noqa: BLE001 - torn RFC 2231 parameters make the library raise half a dozen kinds of errors.
        name = ""
    leaf.name = file_name(name)
    return leaf


def file_name(value: str) -> str:
    """A name for a file that means nothing to a file system: no folders, no leading dots, nothing unseen."""
    name = text_of(value.replace("\\", "/").replace("\t", " ")).rpartition("/")[2].lstrip(".").strip()
    if len(name) <= _MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: _MAX_NAME - 20]}.{extension}" if dot and len(extension) < 20 else name[:_MAX_NAME]


def contents(parsed: Parsed) -> Contents:
    """Sorts the parts of a message into text for a person and attachments."""
    leaves: list[_Leaf] = []
    defects = [parsed.defect] if parsed.defect else []
    for leaf in _leaves(parsed.message):
        if len(leaves) >= _MAX_PARTS:
            defects.append(f"only the first {_MAX_PARTS} parts were read")
            break
        leaves.append(leaf)
    bodies = [leaf for leaf in leaves if _is_body(leaf)]
    shown = list(bodies)
    if not shown:
        # A named text is a file, unless it is all there is to read.
        shown = [
            leaf for leaf in leaves if leaf.type in ("text/plain", "text/html") and leaf.disposition != "attachment"
        ][:1]
    attachments: list[Attachment] = []
    for leaf in leaves:
        if not any(leaf is body for body in bodies) and not _is_variant(leaf):
            attachments.append(_attachment(leaf, len(attachments), parsed.aside))
    texts = tuple(_body(leaf, parsed.aside) for leaf in shown)
    plain = {
        leaf.alternative for leaf, body in zip(shown, texts, strict=True) if body.kind == "plain" and body.text.strip()
    }
    kept = tuple(
        body
        for leaf, body in zip(shown, texts, strict=True)
        if body.kind == "plain" or not leaf.alternative or leaf.alternative not in plain
    )
    defects += [body.defect for body in kept if body.defect]
    return Contents(kept, tuple(attachments), frozenset(leaf.type for leaf in leaves), tuple(defects))


def _is_body(leaf: _Leaf) -> bool:
    if leaf.disposition == "attachment" or leaf.name or leaf.related:
        return False
    if leaf.type in ("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown"):
        return True
    # A multipart without a boundary that works is a text to the parser, and may be one to a person.
    return leaf.type.startswith("multipart/")


def _is_variant(leaf: _Leaf) -> bool:
    """Whether a part only repeats the text for another kind of screen."""
    return bool(leaf.alternative) and not leaf.name and leaf.type in ("text/x-amp-html", "text/watch-html")


def _body(leaf: _Leaf, aside: tuple[bytes, ...]) -> Body:
    try:
        charset = leaf.part.get_content_charset("") or ""
        flowed = str(leaf.part.get_param("format", "")).lower() == "flowed"
        delete_space = str(leaf.part.get_param("delsp", "")).lower() == "yes"
    except Exception:  # noqa: BLE001 - as for names: torn parameters raise anything.
        charset, flowed, delete_space = "", False, False
    text, defect = charsets.decode(payload(leaf.part, aside), charset)
    kind = "html" if leaf.type in ("text/html", "text/enriched", "text/richtext") else "plain"
    return Body(kind, clean(text), defect, flowed, delete_space)


def _attachment(leaf: _Leaf, index: int, aside: tuple[bytes, ...]) -> Attachment:
    data = payload(leaf.part, aside)
    name = leaf.name or _default_name(leaf, index)
    content_id = one_line(str(leaf.part.get("Content-ID", "")), 200).strip("<>")
    return Attachment(
        index=index,
        name=name,
        content_type=one_line(leaf.type, 100),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        content=data,
        content_id=content_id,
        inline=leaf.disposition == "inline" or (bool(content_id) and leaf.related and leaf.disposition != "attachment"),
    )


def _default_name(leaf: _Leaf, index: int) -> str:
    extension = _EXTENSIONS.get(leaf.type, ".txt" if leaf.type.startswith("text/") else ".bin")
    if leaf.type == "message/rfc822":
        inner = leaf.part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        subject = first.get("Subject", "") if isinstance(first, Message) else ""
        name = file_name(decode_words(str(subject))[:_MAX_NAME].replace("/", "-"))
        if name:
            return f"{name[: _MAX_NAME - 10]}.eml"
    return f"attachment-{index + 1}{extension}"
