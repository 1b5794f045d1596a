"""What somebody newly wrote, apart from the quoted mail and the signature below it.

There is no standard for quoting, only habits of mail programs; `quotemarks` knows their words. Everything is linear in
the length of the text, and no line is lost: each one ends up in exactly one of the three parts.
"""

from dataclasses import dataclass

from mailbot.core import quotemarks as marks

_MAX_COLUMN = 1_000  # What is behind this column of a line is not looked at.
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 10
_MIN_HEADER_KINDS = 3
_MAX_CANDIDATES = 1_000  # Lines that look like the end of an attribution and are none: then it is no mail.
_WRAP_COLUMN = 60
_SIGNATURE_LINES = 25
_DEVICE_LINES = 4
_FOOTER_LINES = 6


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a text: what is new, what is quoted, and the signature."""

    new_text: str
    quoted: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where quoted mail begins, and where its introduction ends."""

    start: int
    end: int  # The first line behind the introduction.
    marked: bool  # Whether the lines of the quote are marked with ">".


def split(text: str, *, forwarded: bool = False) -> Split:
    """Tells the new text from quoted mail and signature.

    Answers between quoted lines, and below them, count as new text, with the quoted lines that they answer. A forwarded
    mail counts as new text: it is what the sender wants to show.

    Args:
        text: A body with line feeds.
        forwarded: Whether the subject says that the mail was forwarded.
    """
    lines = text.split("\n")
    looks = [line[:_MAX_COLUMN].strip() for line in lines]
    cut = _find_cut(looks, forwarded=forwarded)
    kept, quoted = _sort_lines(looks, cut)
    kept, signature = _take_signature(looks, kept)
    if cut is not None and not any(looks[i] for i in kept) and not signature and not any(looks[: cut.start]):
        # Nothing is new: the quote is the message.
        return Split(text.strip("\n")) if not cut.marked else Split("", text.strip("\n"))

    def joined(indexes: list[int]) -> str:
        return "\n".join(lines[i].rstrip() for i in indexes).strip("\n")

    return Split(joined(kept), joined(quoted), joined(signature))


def _find_cut(looks: list[str], *, forwarded: bool) -> _Cut | None:
    budget = _MAX_CANDIDATES
    above = False  # Whether there is anything above that a quote could be the answer to.
    for i, look in enumerate(looks):
        if not look or look[0] == ">":
            continue
        if marks.is_reply_marker(look):
            return _Cut(i, i + 1, marked=False)
        kind = marks.separator_kind(look)
        if kind == "forward":
            return None
        if kind == "reply":
            return None if forwarded or not above else _Cut(i, i + 1, marked=False)
        if above and not forwarded and marks.may_begin_header(look) and _is_header_block(looks, i):
            return _Cut(_with_rule(looks, i), i + 1, marked=False)
        if marks.may_end_attribution(look) and budget > 0:
            budget -= 1
            start = _attribution_start(looks, i)
            if start is not None:
                return _Cut(start, i + 1, marked=_next_is_marked(looks, i))
        above = True
    return None


def _with_rule(looks: list[str], i: int) -> int:
    """Takes the rule of underscores above a header block along."""
    above = i - 1
    while above > 0 and not looks[above]:
        above -= 1
    return above if above >= 0 and marks.is_rule(looks[above]) else i


def _is_header_block(looks: list[str], i: int) -> bool:
    kinds = set()
    blank = 0
    for look in looks[i : i + _HEADER_LINES]:
        kind = marks.header_kind(look)
        if kind:
            kinds.add(kind)
        elif not look:
            blank += 1
            if blank > _MIN_HEADER_KINDS:
                break
    return "from" in kinds and len(kinds) >= _MIN_HEADER_KINDS


def _next_is_marked(looks: list[str], i: int) -> bool:
    following = next((look for look in looks[i + 1 : i + 4] if look), "")
    return following.startswith(">")


def _attribution_start(looks: list[str], end: int) -> int | None:
    """The first line of the "On ... wrote:" that ends in a line, None if it is prose."""
    joined, found = "", None
    quote_follows = _next_is_marked(looks, end)
    for start in range(end, max(end - _ATTRIBUTION_LINES, -1), -1):
        if not looks[start] or looks[start].startswith(">"):
            break
        joined = f"{looks[start]} {joined}" if joined else looks[start]
        if (found is None or marks.opens_attribution(joined)) and marks.is_attribution(joined, quote_follows):
            found = start
    return found


def _sort_lines(looks: list[str], cut: _Cut | None) -> tuple[list[int], list[int]]:
    """The kept and the quoted lines, by their indexes."""
    if cut is not None and not cut.marked:
        return list(range(cut.start)), list(range(cut.start, len(looks)))
    above = list(range(cut.start)) if cut else []
    below = list(range(cut.end, len(looks)) if cut else range(len(looks)))
    last = max((i for i in below if looks[i] and not _belongs_to_quote(looks, i)), default=None)
    introduction = list(range(cut.start, cut.end)) if cut else []
    if last is None:
        if cut is None:
            return below, []
        return above, introduction + below
    kept, trailing = [i for i in below if i <= last], [i for i in below if i > last]
    if cut is None:
        quoted_tail = any(looks[i] for i in trailing)
        return (kept, trailing) if quoted_tail else (below, [])
    first = next(i for i in kept if looks[i] and not _belongs_to_quote(looks, i))
    inline = any(looks[i].startswith(">") for i in kept if i > first)
    if inline:
        return above + kept, introduction + trailing
    # The answer stands below the whole quote.
    return above + [i for i in kept if i >= first], introduction + [i for i in kept if i < first] + trailing


def _belongs_to_quote(looks: list[str], i: int) -> bool:
    """Whether a line is quoted: marked, or the overflow of a marked line that a program wrapped."""
    if looks[i].startswith(">"):
        return True
    before = looks[i - 1] if i else ""
    after = looks[i + 1] if i + 1 < len(looks) else ""
    return before.startswith(">") and after.startswith(">") and len(before) > _WRAP_COLUMN


def _take_signature(looks: list[str], kept: list[int]) -> tuple[list[int], list[int]]:
    filled = sum(1 for i in kept if looks[i])
    seen = 0
    for position, i in enumerate(kept):
        look = looks[i]
        if not look:
            continue
        left = filled - seen
        seen += 1
        dashes = look in ("--", "—") and left <= _SIGNATURE_LINES
        device = left <= _DEVICE_LINES and marks.is_device_line(look)
        footer = left <= _FOOTER_LINES and marks.is_footer_rule(look)
        name = left == 1 and seen > 1 and marks.is_dash_name(look) and not looks[kept[position - 1]].startswith("-")
        if dashes or device or footer or name:
            return kept[:position], kept[position:]
    return kept, []
