"""Any bytes as a tree of parts: the parser of the standard library, with what it cannot take mended before and after.

Whatever a stranger sends, `parse` gives a message and never raises.
"""

import email
import itertools
import re
from dataclasses import dataclass
from email.message import Message
from typing import Any

from mailbot.core import parameters
from mailbot.core.aside import Reduced, set_aside

_MAX_PARTS = 2_000
_MAX_HEADER = 262_144
_MAX_LINES = 2_000
_MAX_GUESSES = 20
_MAX_GUESSED = 8 * 1024 * 1024  # Characters that are parsed a second time.
_MAX_CANDIDATES = 20
_MAX_METADATA = 8_192
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,20}:")
_BLANK_BEFORE_COLON = re.compile(rb"([!-9;-~]{1,200})[ \t]{1,20}:")
# Fields of a real message: before them a torn line belongs to the header, without them it begins the text.
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|received|return-path|reply-to|mime-version|x-[a-z-]+|in-reply-to|"
    rb"references|"
    rb"content-(?:type|transfer-encoding|disposition|language|id|description)|user-agent|sender|delivered-to|list-[a-z]+|"
    rb"importance|precedence|dkim-signature|organization|errors-to|"
    rb"thread-(?:topic|index)|authentication-results)[ \t]*:",
    re.IGNORECASE,
)
_DASHES = re.compile(r"^--(?=\S)([^\r\n]{1,200}?)[ \t]*$", re.MULTILINE)


class PartMessage(Message):
    """A message that reads its Content-Type as programs write it, and not only as the standard allows."""

    def get_content_type(self) -> str:
        """The content type in lower case; what is no type counts as text/plain (RFC 2045 s.5.2)."""
        headers = self._headers  # type: ignore[attr-defined]  # The list itself: its length tells whether it changed.
        known = getattr(self, "_kind", None)
        if known is None or known[0] != len(headers):
            known = self._kind = (len(headers), self._content_type())
        kind: str = known[1]
        return kind

    def _content_type(self) -> str:
        value = self.get("content-type")
        if value is None:
            return "message/rfc822" if self.get_default_type() == "message/rfc822" else "text/plain"
        kind = str(value).split(";", 1)[0].strip().lower()
        if " " in kind or "\n" in kind or "\t" in kind:
            kind = kind.split(None, 1)[0]
        kind = kind.strip("\"',:<>")
        if kind.count("/") == 1 and not kind.endswith("/") and not kind.startswith("/"):
            return kind
        is_file = kind.startswith(("application", "image", "audio", "video"))
        return _MEANT_TYPES.get(kind.strip("/"), "application/octet-stream" if is_file else "text/plain")

    def get_boundary(self, failobj: object = None) -> Any:
        """The boundary between the parts, `failobj` if there is none."""
        value = self.get("content-type")
        text = str(value)[:_MAX_METADATA] if value is not None else ""
        boundary = parameters.split(text)[1].get("boundary", "") if "boundary" in text.lower() else ""
        return boundary.rstrip() or failobj


_MEANT_TYPES = {
    "": "text/plain", "html": "text/html", "plain": "text/plain", "text": "text/plain", "multipart": "multipart/mixed",
    "message": "message/rfc822", "mixed": "multipart/mixed", "pdf": "application/pdf", "text/html/plain": "text/html",
}  # fmt: skip


NOTHING_ASIDE = Reduced(b"")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message as the standard library parsed it, its large bodies kept aside."""

    message: Message
    aside: Reduced = NOTHING_ASIDE
    defects: tuple[str, ...] = ()


def parse(raw: bytes) -> Parsed:
    """Parses any bytes as a message; what the parser cannot take becomes a message of headers and one text."""
    reduced = set_aside(_mended(raw))
    try:
        message = email.message_from_bytes(reduced.data, _class=PartMessage)
        return Parsed(message, reduced, tuple(_find_boundaries(message)))
    except Exception as error:  # noqa: BLE001 - hostile input makes the parser raise almost anything (RecursionError ...).
        head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        message = PartMessage()
        for line in re.sub(rb"\n[ \t]+", b" ", head[:_MAX_HEADER]).split(b"\n")[:500]:
            name, colon, value = line.partition(b":")
            if colon and name.strip() and not name.strip().lower().startswith((b"content-", b"mime-version")):
                message[name.decode("ascii", "replace").strip()] = value.decode("ascii", "surrogateescape").strip()
        message.set_payload(body.decode("ascii", "surrogateescape"))
        return Parsed(
            message, NOTHING_ASIDE, (f"the structure cannot be read ({type(error).__name__}), taken as one text",)
        )


def _mended(raw: bytes) -> bytes:
    """The message with a header that the parser reads to its end.

    Seen in practice: blank lines or a line of rubbish before the header, lines that lost their leading blank, blanks
    before a colon, a blank line that holds blanks, line ends of CR CR LF.
    """
    if raw.startswith(b">From ") and b"\n" in raw[:1000]:
        raw = raw[raw.index(b"\n") + 1 :]  # An mbox that was quoted once too often.
    start = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if len(start) < min(len(raw), 4096) and _HEADER_LINE.match(start):
        raw = raw[min(len(raw), 4096) - len(start) :]
    end = raw.find(b"\n\n", 0, _MAX_HEADER)
    crlf = raw.find(b"\r\n\r\n", 0, _MAX_HEADER if end < 0 else end)
    end = crlf + 1 if crlf >= 0 else end
    if raw.find(b"\r\r\n\r\r\n", 0, _MAX_HEADER if end < 0 else end) >= 0:
        # Line ends that were translated twice: to the parser each line of the header is followed by a blank one.
        raw = raw.replace(b"\r\r\n", b"\r\n")
        end = raw.find(b"\r\n\r\n", 0, _MAX_HEADER) + 1
    head = raw[: end + 1] if end >= 0 else raw[:_MAX_HEADER]
    lines = head.split(b"\n", _MAX_LINES)
    torn = [place for place, line in enumerate(lines[:_MAX_LINES]) if _is_torn(line)]
    if not torn:
        return raw
    known = [place for place, line in enumerate(lines) if _KNOWN.match(line)]
    if not known:
        return raw
    last = known[-1]
    for place in torn:
        line = lines[place]
        blank = not line.strip()
        if line.startswith(b"--"):
            break  # The first part begins, without a blank line before it.
        if blank and (place > last or _ends_header(lines, place)):
            lines[place] = line.strip(b" \t")
            break
        if place > last:
            break  # No field follows: it begins the text.
        if place == 0:
            lines[0] = b"X-Torn: " + line
        elif not blank:
            named = _BLANK_BEFORE_COLON.match(line)
            lines[place] = named.group(1) + line[named.end() - 1 :] if named else b" " + line
    return b"\n".join(lines) + raw[len(head) :]


def _ends_header(lines: list[bytes], place: int) -> bool:
    """Whether a line of blanks is the end of the header: what follows is the begin of a part, or no field."""
    after = lines[place + 1] if place + 1 < len(lines) else b""
    return after.startswith(b"--") or (_is_torn(after) and bool(after.strip()))


def _is_torn(line: bytes) -> bool:
    if line[:1] in (b" ", b"\t"):
        return not line.strip()
    name, colon, _ = line.partition(b":")
    if colon and name and not name.isspace() and b" " not in name and b"\t" not in name:
        return False
    return bool(line.strip()) and not line.startswith((b"From ", b">From "))


def _find_boundaries(message: Message) -> list[str]:
    """Parses the parts again that stand behind a boundary which was not declared, or declared wrong, or came again."""
    defects: list[str] = []
    waiting = [message]
    budget = _MAX_GUESSED
    while waiting and len(defects) < _MAX_GUESSES:
        part = waiting.pop()
        if part.get_content_maintype() != "multipart":
            continue
        children = _children(part)
        if children is None:
            # The stored text, because get_payload() may decode it.
            text = part._payload  # type: ignore[attr-defined]  # noqa: SLF001 - the reason is above.
            boundary = _boundary_in(text) if isinstance(text, str) and len(text) <= budget else ""
            budget -= len(text)
            children = _parsed_again(part, boundary, text) if boundary else None
            if children is None:
                continue
            part.set_payload(children)
            defects.append("the parts are not separated as declared, the boundary was found in the text")
        else:
            more = _behind_the_end(part) if len(part.epilogue or "") <= budget else []
            budget -= len(part.epilogue or "") if more else 0
            children += more
            defects += ["there are parts behind the end of the last one"] if more else []
            _give_to_empty(part, children)
        waiting += children
    return defects


def _children(part: Message) -> list[Any] | None:
    content = part.get_payload() if part.is_multipart() else None
    return content if isinstance(content, list) else None


def _parsed_again(part: Message, boundary: str, text: str) -> list[Any] | None:
    source = f'Content-Type: {part.get_content_type()}; boundary="{boundary}"\n\n{text}'
    return _children(email.message_from_string(source, _class=PartMessage))


def _behind_the_end(part: Message) -> list[Any]:
    """The parts in the epilogue: the end was marked too early, or nested parts share their boundary."""
    epilogue, boundary = part.epilogue, part.get_boundary()
    if not isinstance(epilogue, str) or not boundary:
        return []
    # Behind other words it is another message, as where a mailbox was saved in one file.
    if not epilogue[:1_000].lstrip().startswith((f"--{boundary}\n", f"--{boundary}\r\n")):
        return []
    if epilogue.count("\n--") > _MAX_PARTS or '"' in boundary or "\\" in boundary:
        return []
    return _parsed_again(part, boundary, epilogue) or []


def _give_to_empty(part: Message, children: list[Any]) -> None:
    """Parts that share the boundary of the parts around them come out beside their multipart, which stays empty."""
    for place, child in enumerate(children[:_MAX_GUESSES]):
        if child.get_content_maintype() != "multipart" or child.get_boundary() != part.get_boundary():
            continue
        inner = _children(child)
        if not inner and len(children) > place + 1:
            kinds = [other.get_content_maintype() for other in children[place + 1 :]]
            count = next((at for at, kind in enumerate(kinds) if kind != "text"), len(kinds))
            child.set_payload(children[place + 1 : place + 1 + count])
            del children[place + 1 : place + 1 + count]
            return


def _boundary_in(text: str) -> str:
    """The boundary that a text shows: its first line of that form, if a part's header follows or it comes again."""
    if text.count("\n--") > _MAX_PARTS:
        return ""
    for match in itertools.islice(_DASHES.finditer(text), _MAX_CANDIDATES):
        name = match.group(1)
        after = text[match.end() : match.end() + 40].lstrip("\r\n").lower()
        if '"' not in name and "\\" not in name and (after.startswith("content-") or f"\n--{name}--" in text):
            return name
    return ""
