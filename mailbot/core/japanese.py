"""ISO-2022-JP as mail programs really write it: with the characters of vendors, and with torn shifts.

The codecs of Python refuse the circled digits and other characters of NEC and IBM, which Outlook sends.
"""

import re

# RFC 1468, and the sets that vendors added: JIS X 0212, half-width katakana.
_SHIFT = re.compile(rb"\x1b(\$\(?[@BDQO]|\([BJIHA]|\.[AF]|N.)")


def decode_iso2022(data: bytes) -> str:
    """Decodes ISO-2022-JP; a character that no set holds becomes U+FFFD."""
    pieces: list[str] = []
    at, current = 0, b"(B"
    for match in _SHIFT.finditer(data):
        pieces.append(_segment(data[at : match.start()], current))
        current, at = match.group(1), match.end()
    pieces.append(_segment(data[at:], current))
    return "".join(pieces)


def _segment(data: bytes, charset: bytes) -> str:
    if charset in (b"(B", b"(J", b"(H", b"(A"):
        return data.decode("cp932", "replace")
    if charset == b"(I":  # Half-width katakana in seven bits.
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in data).decode("cp932", "replace")
    third = charset == b"$(D"
    pieces: list[str] = []
    out = bytearray()
    at = 0
    while at < len(data):
        first = data[at] & 0x7F
        second = data[at + 1] & 0x7F if at + 1 < len(data) else 0
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            out.append(data[at] if data[at] < 0x21 else 0x3F)
            at += 1
            continue
        at += 2
        if third:
            pieces += [
                out.decode("cp932", "replace"),
                bytes((0x8F, first | 0x80, second | 0x80)).decode("euc_jp", "replace"),
            ]
            out.clear()
            continue
        out += _shift_jis(first, second)
    return "".join([*pieces, out.decode("cp932", "replace")])


def _shift_jis(first: int, second: int) -> bytes:
    """The bytes of a JIS X 0208 character in Shift_JIS, by the arithmetic of that charset."""
    lead = (first + 1) // 2 + (0x70 if first < 0x5F else 0xB0)
    trail = second + 0x1F + (second >= 0x60) if first % 2 else second + 0x7E
    return bytes((lead, trail))
