"""HTML mail as plain text, and the quoted mail in it told apart from what is new.

inscriptis gives the best text, but it gives nothing for deeply nested HTML and takes seconds for a tag with thousands
of attributes; such HTML is read by a plain scanner that is linear and never fails.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mailbot.core.text import clean

_MAX_TAGS = 20_000
_MAX_CELLS = 5_000
_LONG_TAG = 4_000
_MAX_LINKS = 200
_LONGEST_LINK = 300
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
_BLANK_LINES = re.compile(r"\n[ \t\u00a0]{0,200}(?:\n[ \t\u00a0]{0,200})+\n")
_FORWARD = ("forwarded message", "pesan terusan", "pesan yang diteruskan", "weitergeleitete nachricht")


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The text of an HTML mail.

    Attributes:
        text: All of it.
        new_text: It without what the mail client marked as quoted mail; the same as `text` if nothing is marked.
        quoted: What was marked.
        defect: What was wrong with the HTML, in words; "" if nothing.
    """

    text: str
    new_text: str
    quoted: str
    defect: str = ""


def read_html(source: str, limit: int) -> HtmlText:
    """Gives the readable text of HTML.

    Args:
        source: The HTML, decoded.
        limit: The most characters that are rendered; what follows is left out, with a defect.
    """
    defect = ""
    if len(source) > limit:
        source, defect = source[:limit], f"the HTML is {len(source)} characters long, only {limit} were read"
    source = clean(source)
    if not defect and not _is_heavy(source):
        rendered = _render(source)
        if rendered is not None and (rendered.text or not strip_tags(source)):
            return rendered
        defect = "the HTML could not be rendered, only its text was taken"
    text = strip_tags(source)
    return HtmlText(text, text, "", defect or "the HTML is too large to be rendered, only its text was taken")


def _is_heavy(source: str) -> bool:
    if source.count("<") > _MAX_TAGS:
        return True
    lower = source.lower()
    if lower.count("<td") + lower.count("<th") > _MAX_CELLS:
        return True
    return len(source) > _LONG_TAG and _longest_tag(source) > _LONG_TAG


def _longest_tag(source: str) -> int:
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
    return _tidy("".join(_pieces(source)))


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
        if match is None and not source.startswith("<!", start):
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
    end = source.find(f"</{name}", at)
    if end < 0:
        end = source.find(f"</{name.upper()}", at)
    return len(source) if end < 0 else end


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in clean(text).replace("\u00a0", " ").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _render(source: str) -> HtmlText | None:
    # lxml and inscriptis take 60 ms and 20 MB to import, and most mails have a text part.
    from inscriptis import Inscriptis  # noqa: PLC0415 - the reason is above.
    from inscriptis.css_profiles import CSS_PROFILES  # noqa: PLC0415 - the same.
    from inscriptis.model.config import ParserConfig  # noqa: PLC0415 - the same.
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 - the same.
    from lxml import html as lxml_html  # noqa: PLC0415 - the same.

    config = ParserConfig(css=CSS_PROFILES["strict"])

    def text_of(tree: Any) -> str:
        return clean(Inscriptis(tree, config).get_text())

    try:
        # Bytes, because lxml refuses a str with an encoding declaration.
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(source.encode("utf-8"), parser=parser)
        _show_links(tree)
        whole = _squeeze(text_of(tree))
        return _split_quotes(tree, whole, etree.iterwalk(tree, events=("start",)), text_of)
    except (
        etree.LxmlError,
        ValueError,
        RecursionError,
        AssertionError,
        IndexError,
        KeyError,
        AttributeError,
        TypeError,
    ):
        return None  # Seen in practice: inscriptis fails on tables that are torn; the caller has a plain scanner.


def _squeeze(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\u00a0", " ").split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _show_links(tree: Any) -> None:
    """Writes the address of a link behind its words, unless the words are the address."""
    for count, link in enumerate(tree.iter("a")):
        if count >= _MAX_LINKS:
            return
        href = (link.get("href") or "").strip()
        if not href.lower().startswith(("http://", "https://")) or len(href) > _LONGEST_LINK:
            continue
        words = "".join(link.itertext()).strip()
        bare = href.split("://", 1)[1].rstrip("/")
        if words and bare not in words:
            link.tail = f" <{href}>{link.tail or ''}"


def _is_quote(element: Any) -> bool:
    """Whether a mail client marked an element as quoted mail, or as the line that introduces it."""
    if not isinstance(element.tag, str):
        return False
    classes = (element.get("class") or "").split()
    if element.tag == "blockquote":
        return element.get("type") == "cite" or "gmail_quote" in classes or "protonmail_quote" in classes
    if element.tag == "div" and ("gmail_attr" in classes or "moz-cite-prefix" in classes):
        return not any(word in "".join(element.itertext()).casefold() for word in _FORWARD)
    return "yahoo_quoted" in classes or "protonmail_quote" in classes or element.get("id") == "divRplyFwdMsg"


def _quotes(walk: Any) -> list[Any]:
    """The outermost quotes, in the order of the text; Outlook's mark stands before the quote and nothing ends it."""
    found = []
    for _, element in walk:
        if _is_quote(element):
            found.append(element)
            if element.get("id") == "divRplyFwdMsg":
                return [*found, *element.itersiblings()]
            walk.skip_subtree()
    return found


def _split_quotes(tree: Any, whole: str, walk: Any, text_of: Callable[[Any], str]) -> HtmlText:
    quotes = _quotes(walk)
    if not quotes:
        return HtmlText(whole, whole, "")
    quoted = "\n".join(filter(None, (_squeeze(text_of(quote)) for quote in quotes)))
    for quote in quotes:
        parent = quote.getparent()
        if parent is not None:
            # The text behind an element belongs to it in lxml, and must stay.
            tail, before = quote.tail or "", quote.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + tail
            else:
                parent.text = (parent.text or "") + tail
            parent.remove(quote)
    new = _squeeze(text_of(tree))
    # A mail that holds nothing but a quote is a forwarded one: the quote is the message.
    return HtmlText(whole, new, quoted) if new.strip() else HtmlText(whole, whole, "")
