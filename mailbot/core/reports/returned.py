"""The mail that a report is about: its Message-ID, from the returned copy, its headers or the text."""

from collections.abc import Iterator
from email.message import Message

from mailbot.core.headers import decode_base64, msg_ids

_MAX_PARTS = 200
_MAX_DEPTH = 4
_MAX_TEXT = 131_072
_HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "text/rfc822")
_MESSAGES = ("message/rfc822", "message/global", "message/partial", "message/external-body")


def parts_of(message: Message) -> Iterator[Message]:
    """The parts of a report; a returned message is a part, and what it holds is nobody's business."""
    waiting = [(message, 0)]
    count = 0
    while waiting and count < _MAX_PARTS:
        part, depth = waiting.pop()
        count += 1
        yield part
        children = part.get_payload() if part.is_multipart() else None
        if isinstance(children, list) and depth < _MAX_DEPTH and part.get_content_maintype() == "multipart":
            waiting.extend((child, depth + 1) for child in reversed(children) if isinstance(child, Message))


def raw_text(part: Message) -> str:
    """The text of a part whatever its type, also of one that the parser took apart into blocks of fields.

    The charset is not asked: it may be anything, and the fields of a report are ASCII or UTF-8.
    """
    content = part._payload  # type: ignore[attr-defined]  # noqa: SLF001 - get_payload() would apply the charset.
    text = "\n".join(_block(block) for block in content[:_MAX_PARTS]) if isinstance(content, list) else str(content)
    text = text[:_MAX_TEXT]
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "base64":
        data = decode_base64(text.encode("ascii", "ignore"))
    elif encoding == "quoted-printable":
        # Lazily undone: soft line ends, and the few characters that fields hold.
        data = (
            text.replace("=\r\n", "")
            .replace("=\n", "")
            .replace("=3D", "=")
            .replace("=20", " ")
            .encode("utf-8", "replace")
        )
    else:
        data = text.encode("utf-8", "surrogateescape")
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _block(block: object) -> str:
    if not isinstance(block, Message):
        return ""
    fields = "\n".join(f"{name}: {value}" for name, value in block.raw_items())
    content = block._payload  # type: ignore[attr-defined]  # noqa: SLF001 - as above.
    return f"{fields}\n\n{content if isinstance(content, str) else ''}"


def original_id(parts: list[Message]) -> str:
    """The Message-ID in the returned copy or the returned headers, "" if neither has one."""
    for part in parts:
        kind = part.get_content_type()
        content = part._payload  # type: ignore[attr-defined]  # noqa: SLF001 - as above.
        if kind in _MESSAGES and isinstance(content, list) and content and isinstance(content[0], Message):
            returned = content[0]
            ids = msg_ids([str(returned.get("Message-ID", ""))])
            if ids:
                return ids[0]
            if not returned.keys():  # Its header was lost behind a blank line.
                found = id_in_text(raw_text(returned))
                if found:
                    return found
        elif kind in _HEADERS:
            found = id_in_text(raw_text(part))
            if found:
                return found
    for part in parts:
        if part.get_content_type() == "message/disposition-notification":
            found = id_in_text(raw_text(part), "original-message-id:")
            if found:
                return found
    return ""


def id_in_text(text: str, name: str = "message-id:") -> str:
    """The first Message-ID that a text names, "" if it names none.

    Args:
        text: The returned headers, or a text that a returned message stands in.
        name: The field, in lower case, with its colon.
    """
    text = text[:_MAX_TEXT]
    lower = text.lower()
    at = lower.find(name)
    while at >= 0:
        # RFC 5322 s.3.6.6: that of whoever sent it on names another message.
        if lower[max(0, at - 7) : at] != "resent-":
            first_line = text[at : at + 1100].split("\n\n", 1)[0]
            field = "\n".join(_folded(first_line.split("\n")))
            ids = msg_ids([field])
            if ids:
                return ids[0]
        at = lower.find(name, at + len(name))
    return ""


def _folded(lines: list[str]) -> Iterator[str]:
    """The first line, and those that go on with it (RFC 5322 s.2.2.3)."""
    for number, line in enumerate(lines):
        if number > 1 or (number == 1 and line[:1] not in (" ", "\t") and "<" in lines[0]):
            return
        yield line
