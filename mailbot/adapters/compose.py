"""The final bytes of a mail. Whatever is put in, nothing but the intended headers and parts comes out.

The standard library's own generator is not used: it parses and folds every header again, which takes longer than all
the rest, and it writes a long msg-id as encoded words (RFC 2047), which no mail program can thread. Instead every value
is made clean, encoded and folded here, and written as it stands.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import quote

from mailbot.core.model import Address

_LINE = 76  # RFC 5322 s.2.1.1 recommends at most 78 characters a line.
_LONGEST_LINE = 998  # The same section forbids more.
_LONGEST_ID = 900
_LONGEST_NAME = 120
_LONGEST_SUBJECT = 500
_LONGEST_FILE_NAME = 150
_LONGEST_ADDRESS = 320
_KEPT_REFERENCES = 20

# Controls, line breaks of Unicode, lone surrogates, and the marks that reorder a line before the reader's eyes.
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")
_WORD_CHARS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")  # RFC 5322 s.3.2.3 atext, and the space between atoms.
_ADDR_SPEC = re.compile(
    r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+|\"[A-Za-z0-9!#$%&'*+/=?^_`{|}~. @(),:;<>-]*\")"
    r"@(?:[A-Za-z0-9.-]+|\[[A-Za-z0-9.:]+\])"
)
_MSG_ID = re.compile(r"<[!-;=?-~]+>")
_LIST_HEADER = re.compile(r"<[!-;=?-~]+>(?:, ?<[!-;=?-~]+>)*")
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,200}")
_NOT_IN_FILE_NAMES = re.compile(r'[/\\:*?"<>|]')
_UNITS = re.compile("%[0-9A-F]{2}|.")
_RETURNS = re.compile("\r\n?")
_ANY_TYPE = "application/octet-stream"


class _Part(NamedTuple):
    """A part of a mail, or all of it: its header fields in order, each value encoded and folded, and its body."""

    fields: list[tuple[str, str]]
    body: str

    def written(self) -> str:
        """The part with its header.

        Raises:
            ValueError: A value would end its line, or is not ASCII.
        """
        for name, value in self.fields:
            folded = value.replace("\r\n ", "")
            if not value.isascii() or "\r" in folded or "\n" in folded or "\0" in folded:
                raise ValueError(f"the value of {name} is not fit for a mail header")
        header = "".join([f"{name}: {value}\r\n" for name, value in self.fields])
        return f"{header}\r\n{self.body}"


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes with a mail; one with a `content_id` is shown in the text that names it (RFC 2392).

    One that is `left_out` is too large to go: the mail only names it.
    """

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail to be written.

    Attributes:
        message_id: With angle brackets.
        date: The value of Date, aware, in the zone that it is to be shown in.
        from_: The helpdesk.
        to: The recipient.
        subject: Any text; it is made one line.
        text: The plain text.
        html: The same as HTML.
        cc: Who gets a copy.
        reply_to: Where answers go, if not to `from_`.
        in_reply_to: The msg-id that it answers, "" if none.
        references: The msg-ids of the thread, oldest first; the first and the last twenty are kept.
        auto_submitted: The value of Auto-Submitted (RFC 3834 s.5), "" for the mail of a person.
        list_unsubscribe: The value of List-Unsubscribe (RFC 2369 s.3.2), "" for none.
        attachments: The files that go with it.
        language: The value of Content-Language (RFC 3282 s.2).
        loop_mark: By what we know our own mail again, "" for nothing.
        hostname: Who we are in `loop_mark`; "" = the domain of `from_`.
    """

    message_id: str
    date: datetime
    from_: Address
    to: Address
    subject: str
    text: str
    html: str
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = ""
    list_unsubscribe: str = ""
    attachments: tuple[OutgoingFile, ...] = ()
    language: str = ""
    loop_mark: str = ""
    hostname: str = ""


def compose(mail: OutgoingMail) -> bytes:
    """Writes a mail: CRLF at every line end, ASCII only, the same bytes whenever it is given the same mail.

    An address that is none, or that has letters outside ASCII, is written as the name of an empty group (RFC 6857
    s.3.1.8); its delivery then fails in the open, at the server, and not while a ticket is being made.

    Raises:
        ValueError: The Message-ID, which is ours, is not one.
    """
    if not _is_msg_id(mail.message_id):
        raise ValueError(f"{mail.message_id!r} is not a Message-ID: check `hostname` in [helpdesk]")
    boundaries = _Boundaries(mail.message_id)
    files = [file for file in mail.attachments if not file.left_out]
    shown = [file for file in files if file.content_id and _is_msg_id(f"<{file.content_id}>")]
    added = [file for file in files if file not in shown]
    page = _text_part("html", mail.html)
    if shown:
        page = _multipart("related", [page, *(_file_part(file, "inline") for file in shown)], boundaries)
    content = _multipart("alternative", [_text_part("plain", mail.text), page], boundaries)
    if added:
        content = _multipart("mixed", [content, *(_file_part(file, "attachment") for file in added)], boundaries)
    message = _Part([*_headers(mail), ("MIME-Version", "1.0"), *content.fields], content.body)
    return message.written().encode("ascii")


def _headers(mail: OutgoingMail) -> Iterable[tuple[str, str]]:
    yield "From", _mailbox(mail.from_)
    yield "To", _mailbox(mail.to)
    if mail.cc:
        yield "Cc", ",\r\n ".join(_mailbox(address) for address in mail.cc)
    if mail.reply_to is not None:
        yield "Reply-To", _mailbox(mail.reply_to)
    yield "Subject", _unstructured(_clean(mail.subject, _LONGEST_SUBJECT), "Subject")
    yield "Date", format_datetime(mail.date)
    yield "Message-ID", mail.message_id
    if _is_msg_id(mail.in_reply_to):
        yield "In-Reply-To", mail.in_reply_to
    references = [msg_id for msg_id in mail.references if _is_msg_id(msg_id)]
    if references:
        # One a line: a list of long msg-ids on one line would grow beyond what SMTP allows.
        yield "References", "\r\n ".join([references[0], *references[1:][-_KEPT_REFERENCES:]])
    if _TOKEN.fullmatch(mail.auto_submitted):
        yield "Auto-Submitted", mail.auto_submitted
        # Seen in practice: Exchange does not look at Auto-Submitted; this is its own word for it (MS-OXCMAIL).
        yield "X-Auto-Response-Suppress", "All"
    if len(mail.list_unsubscribe) < _LONGEST_ID and _LIST_HEADER.fullmatch(mail.list_unsubscribe):
        yield "List-Unsubscribe", mail.list_unsubscribe
    if _TOKEN.fullmatch(mail.language):
        yield "Content-Language", mail.language
    mark = " ".join(filter(None, (mail.loop_mark, mail.hostname)))
    if mail.loop_mark:
        yield "X-Mailbot-Loop", _unstructured(_clean(mark, _LONGEST_NAME), "X-Mailbot-Loop")


def _is_msg_id(value: str) -> bool:
    return len(value) <= _LONGEST_ID and _MSG_ID.fullmatch(value) is not None


def _clean(value: str, longest: int) -> str:
    """One line of text that holds nothing but characters one can see, and single spaces."""
    text = _SPACES.sub(" ", _UNWANTED.sub(" ", value[: 4 * longest])).strip()
    return text[:longest].rstrip()


def _unstructured(text: str, name: str) -> str:
    """A clean text as the value of a header, encoded (RFC 2047) where it must be, else folded at spaces."""
    words = text.split(" ")
    if not text.isascii() or "=?" in text or any(len(word) > _LINE - 2 for word in words):
        return _encoded(text, name)
    used, lines, line = len(name) + 2, [], words[0]
    for word in words[1:]:
        if used + len(line) + 1 + len(word) > _LINE:
            lines.append(line)
            line, used = word, 1
        else:
            line = f"{line} {word}"
    return "\r\n ".join([*lines, line])


def _encoded(text: str, name: str) -> str:
    return Header(text, "utf-8", maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")


def _mailbox(address: Address) -> str:
    """A mailbox of RFC 5322 s.3.4, folded between name and address where both do not fit a line."""
    spec = address.address
    # A name that only repeats the address says nothing.
    name = "" if address.name.strip().lower() == spec.lower() else _clean(address.name, _LONGEST_NAME)
    if len(spec) > _LONGEST_ADDRESS or not _ADDR_SPEC.fullmatch(spec):
        return f"{_encoded(_clean(spec, _LONGEST_NAME) or 'nobody', 'Reply-To')} :;"
    if not name:
        return spec
    if not name.isascii() or "=?" in name:
        phrase = _encoded(name, "Reply-To")
    elif _WORD_CHARS.fullmatch(name):
        phrase = name
    else:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        phrase = f'"{escaped}"'
    last = phrase.rpartition("\r\n")[2]
    return f"{phrase}\r\n <{spec}>" if len(last) + len(spec) > _LINE - 14 else f"{phrase} <{spec}>"


class _Boundaries:
    """Boundaries that follow from the Message-ID, so that the same mail has the same bytes.

    They hold "=_", which neither quoted-printable nor base64 can produce (RFC 2045 s.6.7); 7bit text that holds it is
    sent as quoted-printable.
    """

    def __init__(self, seed: str) -> None:
        self._digest = hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:24]

    def make(self, kind: str) -> str:
        return f"=_{kind}_{self._digest}"


def _multipart(kind: str, parts: list[_Part], boundaries: _Boundaries) -> _Part:
    boundary = boundaries.make(kind)
    body = f"\r\n--{boundary}\r\n".join(part.written() for part in parts)
    fields = [("Content-Type", f'multipart/{kind};\r\n boundary="{boundary}"')]
    return _Part(fields, f"--{boundary}\r\n{body}\r\n--{boundary}--\r\n")


def _text_part(kind: str, text: str) -> _Part:
    text = (_RETURNS.sub("\n", text) if "\r" in text else text).replace("\0", "")
    simple = text.isascii() and "=_" not in text and max(map(len, text.split("\n"))) <= _LONGEST_LINE
    if not simple:
        text = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True).decode("ascii")
    fields = [
        ("Content-Type", f'text/{kind}; charset="{"us-ascii" if simple else "utf-8"}"'),
        ("Content-Transfer-Encoding", "7bit" if simple else "quoted-printable"),
    ]
    return _Part(fields, text.replace("\n", "\r\n"))


def _file_part(file: OutgoingFile, disposition: str) -> _Part:
    kind = file.content_type.lower()
    # RFC 2046 s.5.2.1 and s.5.1: composite types must not be encoded, and a file is never read as a part of the mail.
    composite = kind.startswith(("message/", "multipart/"))
    fields = [
        ("Content-Type", _ANY_TYPE if composite or not _CONTENT_TYPE.fullmatch(kind) else kind),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"{disposition}{_parameter('filename', _file_name(file.name))}"),
    ]
    if file.content_id and disposition == "inline":
        fields.append(("Content-ID", f"<{file.content_id}>"))
    return _Part(fields, base64.encodebytes(file.content).decode("ascii").replace("\n", "\r\n"))


def _file_name(name: str) -> str:
    stem, dot, suffix = _NOT_IN_FILE_NAMES.sub("_", _clean(name, 4 * _LONGEST_FILE_NAME)).strip(". ").rpartition(".")
    if len(stem) + len(suffix) >= _LONGEST_FILE_NAME:
        stem, suffix = stem[: _LONGEST_FILE_NAME - 20], suffix[:15]
    return f"{stem}{dot}{suffix}".strip(". ") or "file"


def _parameter(name: str, value: str) -> str:
    """A parameter of a structured header; percent-encoded, and in pieces where it is long (RFC 2231 s.3, s.4)."""
    if value.isascii() and "%" not in value and len(value) <= _LINE - 16:
        return f';\r\n {name}="{value}"'
    encoded = quote(value.encode("utf-8", "replace"), safe="")
    if len(encoded) <= _LINE - 24:
        return f";\r\n {name}*=utf-8''{encoded}"
    pieces = [""]
    for unit in _UNITS.findall(encoded):
        if len(pieces[-1]) + len(unit) > _LINE - 24:
            pieces.append("")
        pieces[-1] += unit
    pieces[0] = f"utf-8''{pieces[0]}"
    return "".join(f";\r\n {name}*{index}*={piece}" for index, piece in enumerate(pieces))
