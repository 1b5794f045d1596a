"""Files that stand uuencoded within a text, between "begin 644 name" and "end", as old programs attach them."""

import binascii
import re
from dataclasses import dataclass

_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,250})\r?$", re.MULTILINE)
_MAX_FILES = 100


@dataclass(frozen=True, slots=True)
class File:
    """A file in a text, with its name as it came."""

    name: bytes
    content: bytes


def first(data: bytes) -> bytes | None:
    """The bytes of the first file, None if there is none."""
    _, files = extract(data)
    return files[0].content if files else None


def extract(data: bytes) -> tuple[bytes, list[File]]:
    """Takes the files out of a text.

    Returns:
        The text without them, and the files in their order. What only looks like the begin of a file stays.
    """
    if b"begin" not in data:
        return data, []
    files: list[File] = []
    kept: list[bytes] = []
    done = 0
    for match in _BEGIN.finditer(data):
        if match.start() < done or len(files) >= _MAX_FILES:
            continue
        content, end = _content(data, match.end())
        if end:
            files.append(File(match.group(1).strip(), content))
            kept.append(data[done : match.start()])
            done = end
    kept.append(data[done:])
    return b"".join(kept), files


def _content(data: bytes, at: int) -> tuple[bytes, int]:
    """The bytes of the lines from here to "end", and where that ends; 0 if the lines are no uuencoded ones."""
    at = data.find(b"\n", at) + 1
    if not at:
        return b"", 0
    out: list[bytes] = []
    while at < len(data):
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop + 1
        line = data[at:stop].rstrip(b"\r\n")
        at = stop
        if line == b"end":
            return b"".join(out), at
        decoded = _line(line)
        if decoded is None:
            return b"", 0
        out.append(decoded)
    # The end is missing, as where a gateway cut the mail.
    return (b"".join(out), at) if len(out) > 1 else (b"", 0)


def _line(line: bytes) -> bytes | None:
    if not line.strip() or line == b"`":
        return b""
    length = (line[0] - 0x20) & 0x3F
    needed = (length + 2) // 3 * 4
    # Blanks at the end of a line may be lost on the way; some writers add one byte.
    if not 0x20 <= line[0] <= 0x60 or len(line) - 1 > needed + 4 or len(line) - 1 < needed - 40:
        return None
    try:
        return binascii.a2b_uu(line[: needed + 1].ljust(needed + 1))
    except binascii.Error:
        return None
