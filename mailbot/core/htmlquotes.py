"""What mail programs mark as quoted mail in HTML: Gmail, Outlook, Apple Mail, Thunderbird, Yahoo, Zimbra and others.

The marks of the programs become characters of no script around the quoted text, which survive the rendering.
"""

from itertools import islice
from typing import Any

from mailbot.core.quotemarks import separator_kind

BEGIN, END, RULE = "\ue0f0", "\ue0f1", "\ue0f2"
"""Private-use characters: a quote begins, it ends, all that follows is quoted."""

_MAX_MARKS = 2_000
_OPENING = 400
_OPENING_LINES = 8
_OPENING_TAGS = 60
_QUOTE_CLASSES = frozenset(
    {
        "protonmail_quote", "yahoo_quoted", "tutanota_quote", "zmail_extra", "hey_quote", "moz-cite-prefix",
        "gmail_attr", "gmail_quote_attribution", "skiplink", "quotetext", "mailru-blockquote", "front-blockquote",
        "missive_quote", "moz-email-quote", "sh-reply-quote", "mb_sig_quote", "freshdesk_quote", "yahoo-quoted",
    }
)  # fmt: skip
_CONTAINERS = frozenset({"gmail_quote", "gmail_extra", "gmail_quote_container"})
_QUOTE_IDS = frozenset({"olk_src_body_section", "isreplycontent", "yahoo_quoted", "qt", "reply-intro", "mailru_quote"})
_RULE_IDS = frozenset({"divrplyfwdmsg", "appendonsend", "stopspelling", "ms-outlook-mobile-reply-separator"})
_CITES = ("cite", "quote")


def mark_quotes(tree: Any) -> None:
    """Puts the marks around the text of quotes, and above the header of a quoted mail.

    A Gmail container that holds a forwarded mail is no quote, and neither is what Thunderbird forwards. In a container
    with a blockquote only that is quoted, because the answers between blockquotes stand in the container, too.
    """
    found: list[tuple[Any, str]] = []
    ruled = False
    holders = _holders(tree)
    for element in tree.iter():
        if len(found) >= _MAX_MARKS:
            break
        if not isinstance(element.tag, str):
            continue
        if element.tag == "hr" and not _is_zimbra(element):
            _break_line(element)
        kind = _kind(element, holders)
        if kind == "rule" and ruled:
            continue
        ruled = ruled or kind == "rule"
        if kind and not (kind == "quote" and _is_forward(element)):
            found.append((element, kind))
    for element, kind in found:
        if kind == "rule":
            _insert_before(element, RULE)
        else:
            _surround(element)


def _names(element: Any, attribute: str) -> list[str]:
    """The classes or the id; Outlook on the web puts "x_" before those of a mail that it shows or answers."""
    values = (element.get(attribute) or "")[:500].lower().split()
    found = []
    for value in values:
        bare = value
        while bare.startswith("x_"):
            bare = bare[2:]
        found.append(bare)
    return found


def _kind(element: Any, holders: set[Any]) -> str:
    """What an element is: "quote", "rule" (it stands above quoted mail), "" (neither)."""
    classes, ids = _names(element, "class"), _names(element, "id")
    tag = element.tag
    if tag == "blockquote":
        cite = (element.get("type") or "").lower() in _CITES or "cite" in element.attrib
        if classes == ["gmail_quote"]:
            # Gmail quotes what people quote themselves in the same way, but not in its own container.
            return "quote" if cite or _is_of_gmail(element) else ""
        known = any("quote" in name or name in ("cite", "moz-cite") for name in classes)
        return "quote" if cite or known or _has_bar(element) else ""
    if any(name in _RULE_IDS for name in ids) or _is_zimbra(element) or _is_outlook_border(element):
        return "rule"
    if not _CONTAINERS.isdisjoint(classes):
        return "" if element in holders else "quote"
    if not _QUOTE_CLASSES.isdisjoint(classes) or not _QUOTE_IDS.isdisjoint(ids):
        return "quote"
    return ""


def _holders(tree: Any) -> set[Any]:
    """The elements that hold a blockquote."""
    found: set[Any] = set()
    for blockquote in tree.iter("blockquote"):
        for ancestor in blockquote.iterancestors():
            if ancestor in found:
                break
            found.add(ancestor)
    return found


def _is_of_gmail(blockquote: Any) -> bool:
    """Whether a blockquote stands in the container of a quoted mail, or below the line that introduces it."""
    before = blockquote.getprevious()
    if before is not None and isinstance(before.tag, str) and "gmail_attr" in _names(before, "class"):
        return True
    ancestors = islice(blockquote.iterancestors(), _OPENING_LINES)
    return any(not _CONTAINERS.isdisjoint(_names(ancestor, "class")) for ancestor in ancestors)


def _has_bar(blockquote: Any) -> bool:
    """Whether a blockquote has the bar of quoted mail: mail programs let people indent text with it, too."""
    style = "".join((blockquote.get("style") or "")[:500].lower().split())
    return "border-left:" in style and "border-left:none" not in style and "border-left:0" not in style


def _is_zimbra(element: Any) -> bool:
    marks = (element.get("data-marker"), element.get("id"))
    return bool(element.tag == "hr" and ("__DIVIDER__" in marks or "zwchr" in marks))


def _is_outlook_border(element: Any) -> bool:
    """Whether an element is the line above the header in Outlook: a border at the top, and nothing else."""
    if element.tag != "div":
        return False
    style = "".join((element.get("style") or "")[:500].lower().split())
    if "border:none" not in style or not ("border-top:solid" in style or "border-top:#" in style):
        return False
    return any(":" in line for line in _opening_lines(element))


def _opening_lines(element: Any) -> list[str]:
    """The first pieces of an element's text, as tags part them."""
    found: list[str] = []
    for inner in islice(element.iter(), _OPENING_TAGS):
        for piece in (inner.text, inner.tail if inner is not element else None):
            words = " ".join((piece or "")[:_OPENING].split())
            if words:
                found.append(words)
        if len(found) > _OPENING_LINES:
            break
    return found


def _is_forward(element: Any) -> bool:
    """Whether a container holds a forwarded mail."""
    before = element.getprevious()
    lines = _opening_lines(element)
    if before is not None and isinstance(before.tag, str):
        lines += _opening_lines(before)
    return any(separator_kind(line) == "forward" for line in lines)


def _break_line(element: Any) -> None:
    """A rule ends a line; the renderer does not know."""
    element.tag = "div"


def _insert_before(element: Any, mark: str) -> None:
    sign = element.makeelement("div", {})
    sign.text = mark
    parent = element.getparent()
    if parent is not None:
        parent.insert(parent.index(element), sign)


def _surround(element: Any) -> None:
    begin = element.makeelement("div", {})
    begin.text = BEGIN
    # What stands in the element before its first child must stay behind the mark.
    begin.tail, element.text = element.text, None
    element.insert(0, begin)
    end = element.makeelement("div", {})
    end.text = END
    element.append(end)
