"""HTML mail as plain text, and the quoted mail in it told apart from what is new.

inscriptis gives the best text, but it gives nothing for deeply nested HTML and takes seconds for a tag with thousands
of attributes; such HTML is read by a plain scanner that is linear and never fails (`htmltags`).

What a mail program marked as quoted mail is not cut here: its lines get a ">", as in plain text, and the one splitter
for all mail then knows answers between and below it, and forwarded mail, from a quote.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mailbot.core.htmlquotes import BEGIN, END, RULE, mark_quotes
from mailbot.core.htmltags import longest_tag, strip_tags
from mailbot.core.text import clean

__all__ = ["HtmlText", "read_html", "strip_tags"]

_MAX_TAGS = 20_000
_MAX_CELLS = 5_000
_LONG_TAG = 4_000
_MAX_LINKS = 200
_LONGEST_LINK = 300
_LINE_PIECES = 20
_MAX_DEPTH = 20  # Of quotes in quotes, as marks before a line.
_BLANK_LINES = re.compile(r"\n[ \t\u00a0]{0,200}(?:\n[ \t\u00a0]{0,200})+\n")
_PADDING = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2007\u2060-\u2064\ufeff]+")
_MARKS = re.compile(f"[{BEGIN}{END}{RULE}]")
# The rule that Outlook on the web draws in the plain text of a reply.
_OUTLOOK_RULE = "_" * 32
_UNSEEN_TAGS = frozenset({"template", "datalist"})
# Of a style without blanks; with "overflow:hidden" nothing is left of such an element.
_NO_ROOM = re.compile(r"(?:^|;)(?:max-)?(?:height|width):0(?:\.0{0,9})?(?:[a-z%]{0,4})(?:!important)?(?:;|$)")
_HIDDEN = ("display:none", "mso-hide:all", "visibility:hidden")
_INVISIBLE = re.compile(r"(?:^|;)opacity:(?:0+\.?0*|\.0+)(?:;|!|$)")
_SIZE = re.compile(r"(?:^|;)font-size:([^;!]{1,40})")
_NO_SIZE = re.compile(r"(?:0+\.?0*|\.0+)(?:px|pt|em|rem|%|ex|mm|cm|in)?")


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The text of an HTML mail.

    Attributes:
        text: All of it.
        new_text: It with a ">" before the lines that the mail client marked as quoted mail, and with a rule above the
            header of a quoted mail; the same as `text` if nothing is marked. It is for `quoting.split`.
        quoted: What is no part of `new_text`: nothing.
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
    source = _MARKS.sub("", clean(source))
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
    return len(source) > _LONG_TAG and longest_tag(source) > _LONG_TAG


def _render(source: str) -> HtmlText | None:
    # lxml and inscriptis take 60 ms and 20 MB to import, and most mails have a text part.
    from inscriptis import Inscriptis  # noqa: PLC0415 - the reason is above.
    from inscriptis.css_profiles import CSS_PROFILES  # noqa: PLC0415 - the same.
    from inscriptis.model.config import ParserConfig  # noqa: PLC0415 - the same.
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 - the same.
    from lxml import html as lxml_html  # noqa: PLC0415 - the same.

    try:
        # Bytes, because lxml refuses a str with an encoding declaration.
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(source.encode("utf-8"), parser=parser)
        _drop_hidden(tree)
        _show_links(tree)
        _close_lines(tree)
        mark_quotes(tree)
        config = ParserConfig(css=CSS_PROFILES["strict"])
        marked = _squeeze(clean(Inscriptis(tree, config).get_text()))
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
    return _told_apart(marked)


def _squeeze(text: str) -> str:
    lines = [_PADDING.sub("", line).rstrip() for line in text.replace("\u00a0", " ").split("\n")]
    return "\n".join(lines)


def _told_apart(marked: str) -> HtmlText:
    """The rendered text without the marks for quotes, and with the signs of plain text in their place."""
    if not _MARKS.search(marked):
        text = _tidy(marked)
        return HtmlText(text, text, "")
    plain: list[str] = []
    signed: list[str] = []
    depth = 0
    for line in marked.split("\n"):
        bare = _MARKS.sub("", line)
        opened, closed = line.count(BEGIN), line.count(END)
        if RULE in line and not depth:
            signed.append(_OUTLOOK_RULE)
        depth += opened
        if bare.strip() or not (opened or closed or RULE in line):
            plain.append(bare)
            level = min(depth, _MAX_DEPTH)
            signed.append(f"{'>' * level} {bare.strip()}".rstrip() if level else bare)
        depth = max(0, depth - closed)
    text = _tidy("\n".join(plain))
    if all(not line or line[0] == ">" for line in signed):
        # A mail that holds nothing but a quote is a forwarded one: the quote is the message.
        return HtmlText(text, text, "")
    return HtmlText(text, _tidy("\n".join(signed)), "")


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def _drop_hidden(tree: Any) -> None:
    """Drops what nobody sees, such as the preview line of newsletters."""
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    sized = _with_size_inside(elements)
    for element in elements:
        if not (_is_hidden(element) or (element not in sized and _size(element) == "none")):
            continue
        parent = element.getparent()
        if parent is None:
            continue
        # The text behind an element belongs to it in lxml, and must stay.
        tail, before = element.tail or "", element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        parent.remove(element)


def _style(element: Any) -> str:
    style = element.get("style")
    return "".join(style[:2_000].lower().split()) if style else ""


def _size(element: Any) -> str:
    """The size that an element gives its text: "none", "some", or "" where it says nothing."""
    style = _style(element)
    found = _SIZE.findall(style) if "font-size" in style else []
    return "" if not found else "none" if _NO_SIZE.fullmatch(found[-1]) else "some"


def _with_size_inside(elements: list[Any]) -> set[Any]:
    """The elements in which another one has a size of its own.

    Newsletters give a frame no size, so that there are no gaps between its columns, and each column one of its own.
    """
    sized: set[Any] = set()
    for element in elements:
        if _size(element) != "some" and element.get("size") is None:
            continue
        above = element.getparent()
        while above is not None and above not in sized:
            sized.add(above)
            above = above.getparent()
    return sized


def _is_hidden(element: Any) -> bool:
    if element.get("hidden") is not None or element.tag in _UNSEEN_TAGS:
        return True
    style = _style(element)
    if not style:
        return False
    if any(sign in style for sign in _HIDDEN) or ("opacity:" in style and _INVISIBLE.search(style)):
        return True
    return "overflow" in style and "hidden" in style and _NO_ROOM.search(style) is not None


def _close_lines(tree: Any) -> None:
    """Makes lines of the paragraphs that Word writes for lines: without a margin, they have no blank line between.

    A line with nothing but a no-break space is a blank one, which the renderer would leave out.
    """
    for element in tree.iter("p", "div"):
        if element.tag == "p" and _has_no_margin(element):
            element.tag = "div"
        elif element.tag == "p" or len(element) or not element.text:
            continue
        shown = "".join(islice(element.itertext(), _LINE_PIECES))
        if "\u00a0" in shown and not shown.strip():
            element.append(element.makeelement("br", {}))


def _has_no_margin(paragraph: Any) -> bool:
    classes = (paragraph.get("class") or "")[:200].lower().removeprefix("x_")
    style = "".join((paragraph.get("style") or "")[:500].lower().split())
    whole = "margin:0" in style or ("margin-top:0" in style and "margin-bottom:0" in style)
    return classes.startswith("msonormal") or whole


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
        if words and bare not in words and words.rstrip("/") not in (bare, f"www.{bare}", bare.removeprefix("www.")):
            link.tail = f" <{href}>{link.tail or ''}"
