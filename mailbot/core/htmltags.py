"""The text of HTML by taking the tags out: linear for any input, for what is too hostile to be rendered."""

import html
import re
from collections.abc import Iterator

from mailbot.core.text import clean

_BLOCKS = frozenset(
    [
        "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt",
        "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
    ]
)  # fmt: skip
_UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript"})
_TAG_MARKS = re.compile("[<>\"']")
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,30})")
_BLANK_LINES = re.compile(r"\n{3,}")


def longest_tag(source: str) -> int:
    """The length of the longest tag, quoted values apart: libxml2 compares each attribute with all others."""
    longest = begin = bare = 0
    in_tag, quote = False, ""
    for match in _TAG_MARKS.finditer(source):
        at, char = match.start(), match.group()
        if not in_tag:
            in_tag = char == "<" and source[at + 1 : at + 2].isalpha()
            begin, bare, quote = at, 0, ""
        elif quote:
            if char == quote:
                begin, quote = at, ""
        elif char == ">":
            longest, in_tag = max(longest, bare + at - begin), False
        elif char != "<" and source[max(at - 20, 0) : at].rstrip().endswith("="):
            bare, quote = bare + at - begin, char
    return max(longest, bare + len(source) - begin) if in_tag and not quote else longest


def strip_tags(source: str) -> str:
    """Gives the text of HTML by taking the tags out: linear, for any input."""
    text = clean("".join(_pieces(source))).replace("\u00a0", " ")
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _pieces(source: str) -> Iterator[str]:
    at, length = 0, len(source)
    while at < length:
        start = source.find("<", at)
        if start < 0:
            yield html.unescape(source[at:])
            return
        yield html.unescape(re.sub(r"\s+", " ", source[at:start]))
        if source.startswith("<!--", start):
            end = source.find("-->", start + 4)
            at = length if end < 0 else end + 3
            continue
        match = _TAG_NAME.match(source, start)
        if match is None and not source.startswith(("<!", "<?"), start):
            yield "<"
            at = start + 1
            continue
        end = source.find(">", start)
        at = length if end < 0 else end + 1
        name = match.group(1).lower() if match else ""
        if name in _BLOCKS:
            yield "\n"
        elif name in ("td", "th"):
            yield " "
        if name in _UNREAD and source[start + 1] != "/":
            at = _end_of_element(source, name, at)


def _end_of_element(source: str, name: str, at: int) -> int:
    end = re.compile(f"</{name}", re.IGNORECASE).search(source, at)
    return len(source) if end is None else end.start()
