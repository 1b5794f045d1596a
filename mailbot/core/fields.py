"""The header of a message as every program must read it, for questions of identity: with anything odd it has none.

`headers` reads what a person would see, with recovery of what is broken. Two programs may recover in two ways, and
then what one of them proved is not what the other one obeys; so nothing is recovered here.
"""

import re

_NAME = re.compile(r"[!-9;-~]{1,200}")  # RFC 5322 s.3.6.8.

Fields = list[tuple[str, str]]
"""Names in lower case with their values, the topmost first; values are unfolded, their bytes read as latin-1."""


def strict(raw: bytes) -> Fields | None:
    """Reads the header of a message that is well-formed (RFC 5322 s.2.2); None if any line of it is not.

    Args:
        raw: The message as it was received, with CRLF or LF at the end of lines.
    """
    head = raw[: _length(raw)].replace(b"\r\n", b"\n")
    if b"\r" in head or b"\x00" in head:
        return None
    found: list[tuple[str, list[str]]] = []
    for line in head.decode("latin-1").split("\n"):
        if line[:1] in {" ", "\t"}:
            if not found or not line.strip(" \t"):
                return None  # A line of blanks is the end of the header to some programs.
            found[-1][1].append(line)
            continue
        name, colon, value = line.partition(":")
        if not colon or _NAME.fullmatch(name) is None:
            return None
        found.append((name.lower(), [value]))
    return [(name, "".join(lines).strip(" \t")) for name, lines in found]


def _length(raw: bytes) -> int:
    """Where the empty line begins that ends the header."""
    ends = [end for end in (raw.find(b"\n\n"), raw.find(b"\n\r\n")) if end >= 0]
    end = min(ends, default=len(raw))
    return end - 1 if raw[end - 1 : end] == b"\r" else end


def count(fields: Fields, name: str) -> int:
    """How often a field is there."""
    return sum(key == name for key, _value in fields)


def first(fields: Fields, name: str) -> str:
    """The first value of a field, "" if it is absent."""
    return next((value for key, value in fields if key == name), "")


def sole_domain(fields: Fields, addr_spec: str) -> str:
    """The domain in From, if From is there once and names this one address in the simplest form; else "".

    A display name with an "@" in it, a second address, a group and a comment are read differently by different
    programs (RFC 5322 s.3.4): none of them will do.
    """
    if count(fields, "from") != 1:
        return ""
    value, wanted = first(fields, "from").lower(), addr_spec.lower()
    plain = value == wanted or (value.endswith(f"<{wanted}>") and value.count("<") == value.count(">") == 1)
    return wanted.rpartition("@")[2] if plain and value.count("@") == 1 and value.isascii() else ""


def is_aligned(signer: str, domain: str) -> bool:
    """Whether a domain that vouches for a message is that of its author, or one above it.

    Relaxed alignment (RFC 7489 s.3.1) knows the list of public suffixes and lets a domain below vouch too. Here a
    domain below, which may belong to somebody else, does not count, and neither does one of a single label.
    """
    signer, domain = signer.lower().rstrip("."), domain.lower()
    return "." in signer and (signer == domain or domain.endswith(f".{signer}"))
