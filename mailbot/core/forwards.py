"""A mail that somebody shows within his own: where it begins, who wrote it, and what it says.

Whatever stands in it are the words of somebody else. Nothing in it is believed but what a person would see too: the one
address behind "From:" in the block that the mail program of whoever forwards it put above it.
"""

import re
from dataclasses import dataclass

from mailbot.core import addresses, quoting
from mailbot.core import quotemarks as marks
from mailbot.core.model import Address
from mailbot.core.text import one_line

_HEADER_LINES = 16
_PREFIX = re.compile(r"\s{0,5}(?:fwd?|fw|terusan|trs|tr|wg|rv|enc|i)\s{0,3}[:：]", re.IGNORECASE)
_MOST_PREFIXES = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A forwarded mail as it stands in a text.

    Attributes:
        author: Who wrote it; None if that is not clear: no address, several, or a forwarded mail within it.
        subject: Its subject, "" if it is not shown.
        text: What it says.
    """

    author: Address | None
    subject: str
    text: str


def cut(text: str) -> tuple[str, Shown | None]:
    """Parts what somebody writes himself from the mail that he forwards below it, which is the rest of the text."""
    lines = text.split("\n")
    start = quoting.shown_mail(lines)
    if start is None:
        return text, None
    return "\n".join(lines[:start]).rstrip(), _read(lines[start:])


def bare_subject(subject: str) -> str:
    """A subject without the words that say that the mail was forwarded."""
    for _ in range(_MOST_PREFIXES):
        found = _PREFIX.match(subject)
        if found is None:
            break
        subject = subject[found.end() :]
    return subject.strip()


def _read(lines: list[str]) -> Shown:
    if sum(line.startswith(">") for line in lines if line.strip()) * 2 > sum(1 for line in lines if line.strip()):
        lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
    values: dict[str, list[str]] = {}
    end, last = 0, ""
    for index, line in enumerate(lines[:_HEADER_LINES]):
        look = line[:1000].strip()
        kind = marks.header_kind(look)
        if kind:
            value = look.replace("：", ":").partition(":")[2].strip("* \t")
            values.setdefault(kind, []).append(value)
            end, last = index + 1, kind
        elif not look and values:
            break
        elif look and last and not marks.separator_kind(look):
            values[last].append(look)  # A long value goes on in the next line.
            end = index + 1
        elif not values:
            end = index + 1
    body = "\n".join(lines[end:]).strip("\n")
    nested = quoting.shown_mail(body.split("\n"))
    found = addresses.one(" ".join(values.get("from", [])).replace("[mailto:", "<").replace("]", ">"))
    author = None
    if found is not None and nested is None:
        local, _, domain = found[1].rpartition("@")
        author = Address(one_line(found[0], 200), f"{local}@{domain.lower()}")
    return Shown(author, one_line(" ".join(values.get("subject", [])), 500), body)
