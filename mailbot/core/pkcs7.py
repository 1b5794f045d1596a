"""The clear text in an opaque signed S/MIME message (RFC 8551 s.3.5.2): taken out, never verified.

Only as much of the Basic Encoding Rules is read as the way to the content needs: SignedData of RFC 5652 s.5.1.
"""

_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENVELOPED = frozenset({bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117")})
_SEQUENCE, _SET, _OID, _OCTETS, _OCTETS_IN_PIECES, _CONTENT = 0x30, 0x31, 0x06, 0x04, 0x24, 0xA0
_MAX_PIECES = 100_000


def signed_content(data: bytes) -> bytes:
    """The bytes that were signed; b"" if they are not in there, or if it is no SignedData."""
    try:
        return _content(data)
    except (IndexError, ValueError):
        return b""  # It is cut or torn: then the container stays a file.


def is_encrypted(data: bytes) -> bool:
    """Whether it is EnvelopedData or AuthEnvelopedData: nobody without the key reads it."""
    head = data[:64]
    return any(bytes([_OID, len(oid)]) + oid in head for oid in _ENVELOPED)


def _content(data: bytes) -> bytes:
    _, at, _ = _open(data, 0, _SEQUENCE)
    oid, at = _value(data, at, _OID)
    if oid != _SIGNED:
        return b""
    _, at, _ = _open(data, at, _CONTENT)
    _, at, _ = _open(data, at, _SEQUENCE)
    _, at = _value(data, at, 0x02)
    _, at = _value(data, at, _SET)
    _, at, end = _open(data, at, _SEQUENCE)
    _, at = _value(data, at, _OID)
    if data[at : at + 2] == b"\x00\x00" or (end and at >= end):
        return b""  # The signature is detached from the content.
    _, at, _ = _open(data, at, _CONTENT)
    if data[at] == _OCTETS:
        return _value(data, at, _OCTETS)[0]
    _, at, end = _open(data, at, _OCTETS_IN_PIECES)
    pieces: list[bytes] = []
    while len(pieces) < _MAX_PIECES and (at < end if end else data[at : at + 2] != b"\x00\x00"):
        piece, at = _value(data, at, _OCTETS)
        pieces.append(piece)
    return b"".join(pieces)


def _open(data: bytes, at: int, tag: int) -> tuple[int, int, int]:
    """Enters an element: its tag, where its content begins, and where it ends (0 = at a mark)."""
    if data[at] != tag:
        raise ValueError(f"tag {data[at]:#x} where {tag:#x} is due")
    size = data[at + 1]
    if size < 0x80:
        return tag, at + 2, at + 2 + size
    if size == 0x80:
        return tag, at + 2, 0
    count = size & 0x7F
    if count > 4:
        raise ValueError("an element longer than any message")
    begin = at + 2 + count
    return tag, begin, begin + int.from_bytes(data[at + 2 : begin], "big")


def _value(data: bytes, at: int, tag: int) -> tuple[bytes, int]:
    """The content of an element, and where the next one begins."""
    _, begin, end = _open(data, at, tag)
    if end:
        return data[begin:end], end
    end = data.index(b"\x00\x00", begin)
    return data[begin:end], end + 2
