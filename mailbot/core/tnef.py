"""The files and the text in a winmail.dat: the Transport Neutral Encapsulation Format of Outlook and Exchange.

The form is that of Microsoft's [MS-OXTNEF]: a stream of attributes, some of which hold lists of MAPI properties
([MS-OXCDATA]). Each byte is looked at once; lengths that reach beyond the end are cut, and a stream that goes astray
ends there: what was read before counts.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.core import charsets, rtf

_SIGNATURE = b"\x78\x9f\x3e\x22"
_MAX_ATTRIBUTES = 5_000
_MAX_PROPERTIES = 5_000
_MAX_FILES = 200
_MAX_DEPTH = 3
_MAX_TEXT = 1 << 18  # Bytes of a body; longer ones are cut.
_MAX_INNER_TEXT = 1 << 15  # The same of an attached message, of which there may be many.

# Attributes of [MS-OXTNEF] 2.1.3.3, without their type words.
_SUBJECT, _BODY = 0x8004, 0x800C
_ATTACH_DATA, _ATTACH_TITLE, _ATTACH_BEGIN, _ATTACH_PROPERTIES = 0x800F, 0x8010, 0x9002, 0x9005
_MESSAGE_PROPERTIES, _CODE_PAGE = 0x9003, 0x9007

# Properties of [MS-OXPROPS].
_P_SUBJECT, _P_BODY, _P_RTF, _P_HTML, _P_HTML_CODE_PAGE = 0x0037, 0x1000, 0x1009, 0x1013, 0x3FDE
_P_NAME, _P_DATA, _P_SHORT_NAME, _P_LONG_NAME, _P_MIME, _P_CONTENT_ID = 0x3001, 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
_SIZES = {0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING8, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102


@dataclass(frozen=True, slots=True)
class File:
    """A file in the container; its name is as it came, and may be anything."""

    name: str
    content: bytes
    content_type: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a container holds: files, the body in its readable forms ("" where there is none), and what was wrong."""

    files: tuple[File, ...] = ()
    text: str = ""
    html: str = ""
    subject: str = ""
    defect: str = ""


@dataclass(slots=True)
class _Attached:
    title: bytes = b""
    data: bytes = b""
    properties: dict[int, tuple[int, bytes]] = field(default_factory=dict)


def read(data: bytes, depth: int = 0) -> Opened:
    """Opens a container; any bytes give a result.

    Args:
        data: The bytes of the container.
        depth: How many containers are around this one.
    """
    if not data.startswith(_SIGNATURE):
        return Opened(defect="winmail.dat is no TNEF container")
    message: dict[int, bytes] = {}
    properties: dict[int, tuple[int, bytes]] = {}
    attached: list[_Attached] = []
    whole = True
    for name, value in _attributes(data):
        if name == 0:
            whole = False
        elif name == _ATTACH_BEGIN or (name in (_ATTACH_DATA, _ATTACH_TITLE, _ATTACH_PROPERTIES) and not attached):
            if len(attached) >= _MAX_FILES:
                whole = False
                break
            attached.append(_Attached())
        if name == _ATTACH_DATA:
            attached[-1].data = value
        elif name == _ATTACH_TITLE:
            attached[-1].title = value
        elif name == _ATTACH_PROPERTIES:
            attached[-1].properties = _properties(value)
        elif name == _MESSAGE_PROPERTIES:
            properties.update(_properties(value))
        elif name in (_SUBJECT, _BODY, _CODE_PAGE):
            message.setdefault(name, value)
    page = int.from_bytes(message.get(_CODE_PAGE, b"")[:4], "little")
    charset = f"cp{page}" if page else "windows-1252"
    files = [file for one in attached for file in _files(one, charset, depth)]
    return Opened(
        tuple(files[:_MAX_FILES]),
        _text(message, properties, charset, _MAX_INNER_TEXT if depth else _MAX_TEXT),
        _html(properties, charset),
        _string(properties.get(_P_SUBJECT), charset) or _ended(message.get(_SUBJECT, b""), charset),
        "" if whole else "winmail.dat is torn, only the first part was read",
    )


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The attributes with their names; the name 0 says that the stream is cut within one."""
    at = 6  # The signature, and a key that means nothing.
    for _ in range(_MAX_ATTRIBUTES):
        if at + 9 > len(data):
            return
        level, name, _, length = struct.unpack_from("<BHHI", data, at)
        if level not in (1, 2):
            return  # Seen in practice: rubbish behind the last attribute.
        at += 9
        yield name, data[at : at + length]
        if at + length > len(data):
            yield 0, b""
            return
        at += length + 2  # Behind the value stands a checksum, which many writers get wrong.


def _properties(data: bytes) -> dict[int, tuple[int, bytes]]:
    """The MAPI properties by their ids, with their types; of those with many values the first."""
    found: dict[int, tuple[int, bytes]] = {}
    if len(data) < 4:
        return found
    (count,) = struct.unpack_from("<I", data)
    at = 4
    try:
        for _ in range(min(count, _MAX_PROPERTIES)):
            kind, name = struct.unpack_from("<HH", data, at)
            at += 4
            if name >= 0x8000:  # A named property: a GUID, then a number or a name.
                by_name, length = struct.unpack_from("<II", data, at + 16)
                at += 24 + (_padded(length) if by_name else 0)
            base = kind & 0x0FFF
            many = bool(kind & 0x1000)
            variable = base not in _SIZES
            values = 1
            if many or variable:
                (values,) = struct.unpack_from("<I", data, at)
                at += 4
            if values * 4 > len(data):
                return found
            for place in range(values):
                size = _SIZES.get(base, 0)
                if variable:
                    (size,) = struct.unpack_from("<I", data, at)
                    at += 4
                if place == 0:
                    found.setdefault(name, (base, data[at : at + size]))
                at += _padded(size)
    except struct.error:
        return found  # The list is cut; what was read before counts.
    return found


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _ended(value: bytes, charset: str) -> str:
    return charsets.decode(value.split(b"\x00", 1)[0], charset)[0]


def _string(value: tuple[int, bytes] | None, charset: str) -> str:
    if value is None:
        return ""
    kind, data = value
    if kind == _UNICODE:
        return data.decode("utf-16-le", "replace").partition("\x00")[0]
    return _ended(data, charset) if kind in (_STRING8, _BINARY) else ""


def _files(one: _Attached, charset: str, depth: int) -> list[File]:
    def text(name: int) -> str:
        return _string(one.properties.get(name), charset)

    kind, value = one.properties.get(_P_DATA, (_BINARY, b""))
    data = one.data or value
    name = text(_P_LONG_NAME) or _ended(one.title, charset) or text(_P_SHORT_NAME) or text(_P_NAME)
    if kind == _OBJECT and not one.data:
        data = data[16:]  # The id of the interface: of a message, or of an OLE object.
        if data.startswith(_SIGNATURE):
            return _message(text(_P_NAME) or name, data, depth)
    return [File(name, data, text(_P_MIME).lower(), text(_P_CONTENT_ID))] if data or name else []


def _message(name: str, data: bytes, depth: int) -> list[File]:
    """An attached message: its text as a file, and its files beside it."""
    if depth >= _MAX_DEPTH:
        return [File(f"{name or 'message'}.dat", data, "application/ms-tnef")]
    inner = read(data, depth + 1)
    stem = (name or inner.subject or "message")[:100].replace("/", "-")
    if inner.html:
        text = [File(f"{stem}.html", inner.html.encode("utf-8", "replace"), "text/html")]
    else:
        text = [File(f"{stem}.txt", inner.text.encode("utf-8", "replace"), "text/plain")] if inner.text.strip() else []
    return [*text, *inner.files]


def _text(message: dict[int, bytes], properties: dict[int, tuple[int, bytes]], charset: str, limit: int) -> str:
    plain = _string(properties.get(_P_BODY), charset) or _ended(message.get(_BODY, b"")[:limit], charset)
    if plain.strip():
        return plain
    return rtf.text_of(rtf.decompress(properties.get(_P_RTF, (0, b""))[1], limit))


def _html(properties: dict[int, tuple[int, bytes]], charset: str) -> str:
    kind, data = properties.get(_P_HTML, (0, b""))
    if kind == _UNICODE:
        return data.decode("utf-16-le", "replace").partition("\x00")[0]
    page = int.from_bytes(properties.get(_P_HTML_CODE_PAGE, (0, b""))[1][:4], "little")
    declared = "utf-8" if page == 65001 else f"cp{page}" if page else charset
    return charsets.decode(data[:_MAX_TEXT].rstrip(b"\x00"), declared)[0]
