"""The parts of a message that have no parts of their own: where they stand, what they are called, what they hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from mailbot.core import charsets, filenames, limits, parameters, pkcs7, structure, transfer
from mailbot.core.aside import Reduced
from mailbot.core.structure import Parsed

_MAX_METADATA = 8_192
_MAX_TEXT = 4 * 1024 * 1024  # Bytes of an encoded text: with base64 those of three million characters.
_MAX_OPENED = 3  # How deep signed containers may stand in each other.
_MAX_DEPTH = 100
_LIMITS = limits.Limits()
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/x-smime"})


@dataclass(slots=True)
class Leaf:
    """A part without parts, or an attached message, and where it stands.

    Attributes:
        part: The part as the parser gave it.
        type: Its content type.
        aside: The large bodies of its message.
        alternative: The number of the outermost multipart/alternative around it; 0 = none.
        branch: Which alternative of that it belongs to.
        related: Whether it is a companion in a multipart/related, and not its root.
        root: Whether it is the whole message.
        disposition: "attachment", "inline" or "".
        name: Its file name, "" if it bears none.
        parameters: Those of its Content-Type.
    """

    part: Message
    type: str
    aside: Reduced
    alternative: int = 0
    branch: int = 0
    related: bool = False
    root: bool = False
    disposition: str = ""
    name: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def leaves(parsed: Parsed, opened: int = 0) -> Iterator[Leaf]:
    """The leaves in the order of the message; attached messages are leaves, nothing looks into them.

    What an opaque signature wraps follows its container.
    """
    waiting: list[tuple[Message, int, int, bool]] = [(parsed.message, 0, 0, False)]
    alternatives = 1_000 * opened
    while waiting:
        part, alternative, branch, related = waiting.pop()
        kind = part.get_content_type()
        children = part.get_payload() if part.is_multipart() and kind.startswith("multipart/") else None
        if not isinstance(children, list):
            leaf = _described(Leaf(part, kind, parsed.aside, alternative, branch, related, part is parsed.message))
            yield leaf
            if kind in _SMIME and opened < _MAX_OPENED:
                content = pkcs7.signed_content(payload(leaf)[0])
                # What is wrapped has to keep the limits too, or a signature would hide a bomb.
                if content and not limits.check(content, _LIMITS):
                    yield from leaves(structure.parse(content), opened + 1)
            continue
        begins = kind == "multipart/alternative" and not alternative
        if begins:
            alternatives += 1
            alternative = alternatives
        companions = kind == "multipart/related"
        for place in range(len(children) - 1, -1, -1):
            child = children[place]
            if isinstance(child, Message):
                inside = place if begins else branch
                waiting.append((child, alternative, inside, related or (companions and place > 0)))


def header(part: Message, name: str) -> str:
    """A header of a part: its raw 8-bit bytes decoded, "" if it is absent or too long to mean anything."""
    value = next((raw for key, raw in part.raw_items() if key.lower() == name), "")
    text = str(value)
    if len(text) > _MAX_METADATA:
        return text.split(";", 1)[0][:200].strip()
    if "\x1b$" in text:
        text = charsets.decode(text.encode("utf-8", "surrogateescape"), "iso-2022-jp")[0]
    if not text.isascii():
        # Names in raw 8-bit bytes break RFC 2045, and are common.
        text = charsets.decode(text.encode("utf-8", "surrogateescape"))[0]
    return text.replace("\x00", "").replace("\r", "").replace("\n", " ")


def _described(leaf: Leaf) -> Leaf:
    _, leaf.parameters = parameters.split(header(leaf.part, "content-type"))
    kind, given = parameters.split(header(leaf.part, "content-disposition"))
    leaf.name = filenames.name_of(given, leaf.parameters, leaf.part)
    if kind.startswith("inline") or not kind:
        leaf.disposition = "inline" if kind else ""
    elif kind.startswith("att") or leaf.name or not leaf.type.startswith("text/"):
        leaf.disposition = "attachment"  # RFC 2183 s.2.8: what nobody knows counts as an attachment.
    return leaf


def payload(leaf: Leaf, *, is_text: bool = False) -> tuple[bytes, str]:
    """The decoded bytes of a leaf, and what was wrong with their encoding.

    Args:
        leaf: The leaf; of an attached message the bytes are the message as it came.
        is_text: Whether it is a text for people.
    """
    # get_payload() would apply the declared charset, which may be anything; the stored text holds the raw bytes.
    stored = leaf.part._payload  # type: ignore[attr-defined]  # noqa: SLF001 - the reason is above.
    encoding = transfer.encoding(header(leaf.part, "content-transfer-encoding"))
    if not isinstance(stored, str):
        data = leaf.aside.restore(_flatten(leaf.part))
        # RFC 2046 s.5.2.1 forbids to encode a message; some programs do.
        return transfer.decode(data, encoding) if encoding in ("base64", "quoted-printable") else (data, "")
    # Of a text no more is needed than is read, unless there are files in it.
    octets = stored.encode("utf-8" if not _is_raw(stored) else "ascii", "surrogateescape")
    data = leaf.aside.restore(octets, _MAX_TEXT, b"\nbegin ") if is_text else leaf.aside.restore(octets)
    return transfer.decode(data, encoding, is_text=is_text) if encoding else (data, "")


def _is_raw(stored: str) -> bool:
    """Whether a text is bytes in disguise, and not a text that the parser of the fallback made."""
    return stored.isascii() or not stored.isprintable()


def _flatten(part: Message) -> bytes:
    """The parts of a part as bytes again: an attached message, or the blocks of a delivery report."""
    out: list[str] = []
    content = part.get_payload()
    for block in content if isinstance(content, list) else [part]:
        if isinstance(block, Message):
            _write(block, out, 0)
    return "".join(out).encode("utf-8", "surrogateescape")


def _write(part: Message, out: list[str], depth: int) -> None:
    """Writes a part as the parser read it; the generator of the library would fold and encode its header anew."""
    out += [f"{name}: {value}\n" for name, value in part.raw_items()]
    out.append("\n")
    content = part._payload  # type: ignore[attr-defined]  # noqa: SLF001 - get_payload() may decode it.
    if isinstance(content, str):
        out.append(content)
    elif isinstance(content, list) and depth < _MAX_DEPTH:
        boundary = part.get_boundary() if part.get_content_maintype() == "multipart" else None
        out += [f"{part.preamble}\n"] if boundary and part.preamble else []
        for child in content:
            out += [f"--{boundary}\n"] if boundary else []
            if isinstance(child, Message):
                _write(child, out, depth + 1)
            out += ["\n"] if boundary else []
        out += [f"--{boundary}--\n", part.epilogue or ""] if boundary else []
