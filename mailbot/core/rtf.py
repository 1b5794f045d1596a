r"""The words of a text in RTF, and the packing that Outlook puts around it.

Only the words are wanted, so fonts, colours, pictures and the HTML that Outlook hides in RTF (`\htmltag`) are skipped.
The packing is that of Microsoft's [MS-OXRTFCP].
"""

import codecs
import re

from mailbot.core.charsets import codec_name

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_HEADER = 16
_TOKEN = re.compile(rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
_SKIPPED = frozenset(
    {
        b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"footnote",
        b"listtable", b"listoverridetable", b"generator", b"themedata", b"datastore", b"xmlnstbl", b"fldinst",
    }
)  # fmt: skip
_SIGNS = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"cell": "\t",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}


def decompress(data: bytes, limit: int) -> bytes:
    """Unpacks compressed RTF; what cannot be unpacked gives what came before.

    Args:
        data: The packed bytes with their header.
        limit: The most bytes to give.
    """
    if len(data) < _HEADER:
        return b""
    kind = data[8:12]
    if kind == b"MELA":
        return data[_HEADER : _HEADER + limit]
    if kind != b"LZFu":
        return b""
    wanted = min(int.from_bytes(data[4:8], "little"), limit)
    out = bytearray(_DICTIONARY)
    wanted += len(out)
    at, end = _HEADER, len(data)
    while at < end and len(out) < wanted:
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(data[at : at + 2], "big")
            at += 2
            # The place in a ring of 4096 bytes; one that is the writing place ends the text.
            distance = (len(out) - (reference >> 4)) % 4096
            if distance == 0 or at > end:
                return bytes(out[len(_DICTIONARY) :])
            for _ in range((reference & 15) + 2):
                out.append(out[-distance] if distance <= len(out) else 0x20)
    return bytes(out[len(_DICTIONARY) : wanted])


def text_of(data: bytes) -> str:
    """The words of RTF, "" for what is no RTF."""
    if not data.startswith(b"{\\rtf"):
        return ""
    reader = _Reader()
    for match in _TOKEN.finditer(data):
        reader.take(match)
    reader.flush()
    return "".join(reader.out)


class _Reader:
    """The state while RTF is read: which groups are skipped, and which bytes wait for their charset."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.codec = "cp1252"
        self.bytes = bytearray()  # Bytes of one character may come in two tokens.
        self.depth = 0
        self.skipped_from = 0  # The depth of the outermost group that is skipped; 0 = none is.
        self.fallback = 1  # How many characters stand for a Unicode one, for older readers.
        self.to_drop = 0

    def take(self, match: re.Match[bytes]) -> None:
        word, number, octet, symbol, brace, text = match.groups()
        if brace:
            self.group(brace == b"{")
        elif self.skipped_from:
            return
        elif word is not None:
            self.word(word, int(number) if number else None)
        elif symbol == b"*":
            self.skipped_from = self.depth
        elif octet or text:
            data = bytes([int(octet, 16)]) if octet else text
            dropped = min(self.to_drop, len(data))
            self.to_drop -= dropped
            self.bytes += data[dropped:]
        elif symbol in _SYMBOLS:
            self.put(_SYMBOLS[symbol])

    def group(self, opens: bool) -> None:
        self.to_drop = 0
        self.depth += 1 if opens else -1
        if self.depth < self.skipped_from:
            self.skipped_from = 0

    def word(self, word: bytes, number: int | None) -> None:
        if word in _SKIPPED:
            self.skipped_from = self.depth
        elif word == b"ansicpg" and number:
            self.codec = codec_name(f"cp{number}") or "cp1252"
        elif word == b"uc" and number is not None:
            self.fallback = min(max(number, 0), 8)
        elif word == b"u" and number is not None:
            self.put(chr(number % 0x10000))
            self.to_drop = self.fallback
        elif word in _SIGNS:
            self.put(_SIGNS[word])

    def put(self, text: str) -> None:
        self.flush()
        self.out.append(text)

    def flush(self) -> None:
        if self.bytes:
            self.out.append(codecs.decode(bytes(self.bytes), self.codec, "replace"))
            self.bytes.clear()
