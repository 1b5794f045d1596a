"""Addresses in headers that a careful parser gives up: found as a person finds them, one "@" each.

The careful parser refuses what may be read in two ways. Much of that is plain to a person: a bracket is missing, a
quote is not closed, recipients are separated by semicolons or blanks. An item is taken only if it holds exactly one
address, so nobody is deceived about which one is meant.
"""

import re

from mailbot.core.words import decode_words

_MAX_VALUE = 16_384
_MAX_ITEMS = 200
# An addr-spec without blanks; letters beyond ASCII are those of RFC 6531.
_ADDRESS = re.compile(
    r"(?<![^\s<>()\[\],;:\"'])[^\s<>()\[\],;:\"'@=?][^\s<>()\[\],;:\"@?]{0,63}"
    r"@(?:[^\s<>()\[\],;:\"'@=?]{1,253}+|\[[0-9A-Fa-f:.]{2,45}\])(?!@)"
)
_PLAIN = re.compile(
    r"(?:(?P<name>[A-Za-z0-9_-]{1,64}(?: [A-Za-z0-9_-]{1,64}){0,6}) <|(?P<bare><)?)"
    r"(?P<address>[A-Za-z0-9_+-]{1,64}(?:\.[A-Za-z0-9_+-]{1,64}){0,8}"
    r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})(?(name)>|(?(bare)>))"
)
_AT = re.compile(r"[ \t]{0,20}@[ \t]{0,20}")
_COMMENT = re.compile(r"\(([^()]{0,200})\)")
_MARKS = re.compile(r"[,;\"]")
_GROUP = re.compile(r"^[^:<>@\"]{0,200}:(?!//)")


def plain(value: str) -> tuple[str, str] | None:
    """The mailbox of a value that can be read in one way only, by anybody: "Jane Doe <jane@example.com>".

    That is what nearly all mails have; None if it must be read with care.
    """
    found = _PLAIN.fullmatch(value.strip(" "))
    return (found["name"] or "", found["address"]) if found else None


def one(value: str) -> tuple[str, str] | None:
    """The only address in a value with its display name; None if there is none, or more than one."""
    if value.count("@") != 1 or len(value) > _MAX_VALUE:
        return None
    if "=?" in value:
        decoded = decode_words(value)
        # Seen in practice: the whole mailbox in one encoded word. A name may not bring a second address with it.
        value = decoded if decoded.count("@") == 1 else value
    value = _AT.sub("@", value)
    found = _ADDRESS.search(value)
    if found is None:
        return None
    address = found.group().rstrip(".").removeprefix("mailto:")
    before, after = value[: found.start()], value[found.end() :]
    comments = [match.group(1) for match in _COMMENT.finditer(before + after)]
    name = _COMMENT.sub(" ", before).removesuffix("<")
    name = name.replace("mailto:", "") if name.rstrip().lower().endswith("mailto:") else name
    name = name.replace("\\", "").strip("<>[]\"' \t:,;")
    if not name and comments:
        name = comments[-1].strip()
    return name.strip("\"' "), address


def several(value: str) -> list[tuple[str, str]]:
    """The addresses in a list of recipients, in their order."""
    found: list[tuple[str, str]] = []
    for item in _items(value[:_MAX_VALUE]):
        if len(found) >= _MAX_ITEMS:
            break
        single = one(item)
        if single is not None:
            found.append(single)
        elif item.count("@") > 1:
            # Addresses that only blanks separate, or a name that is an address itself.
            inner = [match.group().rstrip(".") for match in _ADDRESS.finditer(item)]
            bracketed = item[item.rfind("<") + 1 :].rstrip("> ") if "<" in item else ""
            known = dict.fromkeys(address for address in inner if not bracketed or address == bracketed)
            found += [("", address) for address in known]
    return found


def _items(value: str) -> list[str]:
    """The items between commas and semicolons; those within quotes do not separate, unless a quote stays open."""
    items: list[str] = []
    begin = 0
    quoted = False
    closed = value.count('"') % 2 == 0
    for match in _MARKS.finditer(value):
        if match.group() == '"':
            quoted = not quoted and closed
        elif not quoted:
            items.append(value[begin : match.start()])
            begin = match.end()
    items.append(value[begin:])
    joined: list[str] = []
    for item in items:
        bare = _GROUP.sub("", item, count=1).strip()
        if joined and "@" not in joined[-1] and "@" in bare and joined[-1].strip():
            joined[-1] = f"{joined[-1]}, {bare}"  # "Doe, Jane <jane@example.com>" is one mailbox.
        elif bare:
            joined.append(bare)
    return [item for item in joined if "@" in item]


def name_of(value: str, address: str) -> str:
    """The whole display name before the only address of a value, "" if it cannot be told.

    The careful parser takes "Doe, Jane <jane@example.com>" for a mailbox without address, and one without family name.
    """
    if value.count("@") != 1 or "," not in value or not value.rstrip().endswith(">") or '"' in value or ":" in value:
        return ""
    name, bracket, rest = value.partition("<")
    return decode_words(name).strip("' ") if bracket and rest.rstrip("> ").lower() == address.lower() else ""
