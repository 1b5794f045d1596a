"""What somebody newly wrote, apart from the quoted mail and the signature below it.

There is no standard for quoting, only habits of mail programs; `quotemarks` knows their words, and `signatures` what
stands below a text. Everything is linear in the length of the text, and no line is lost: each one ends up in exactly
one of the three parts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.core import quotemarks as marks
from mailbot.core.signatures import banner_end, signature_start

_MAX_COLUMN = 1_000  # What is behind this column of a line is not looked at.
_ATTRIBUTION_LINES = 6
_HEADER_LINES = 14
_HEADER_BLANKS = 4
_MIN_HEADER_KINDS = 3
_MAX_CANDIDATES = 1_000  # Lines that look like the end of an attribution and are none: then it is no mail.
_WRAP_COLUMN = 60
_SHARED_LINES = 200
_MARKS = frozenset(">＞&")
# Signs that nobody sees, and blanks of other widths: they hide words from a comparison.
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\ufffc\u00ad"
_ODD_SIGNS = dict.fromkeys(map(ord, _UNSEEN), "") | dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u3000"), " ")
_ODD = re.compile(f"[{''.join(map(chr, _ODD_SIGNS))}]")


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a text: what is new, what is quoted, and the signature."""

    new_text: str
    quoted: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class _Introduction:
    """Where quoted mail begins, and where its introduction ends."""

    start: int
    end: int  # The first line behind the introduction.
    # "marked": the quoted lines bear ">"; "reply": all that follows is quoted; "forward": what follows is the message;
    # "top": the header of a mail that is no quote, because nothing stands above it, or because somebody shows it.
    kind: str


def split(text: str, *, forwarded: bool = False) -> Split:
    """Tells the new text from quoted mail and signature.

    Answers between quoted lines, and below them, count as new text, with the quoted lines that they answer. A forwarded
    mail counts as new text: it is what the sender wants to show.

    Args:
        text: A body with line feeds.
        forwarded: Whether the subject says that the mail was forwarded.
    """
    lines = text.split("\n")
    looks = [_look(line) for line in lines]
    _part_shared_line(lines, looks)
    banner = banner_end(looks)
    kept, quoted, forward = _sort_lines(looks, banner, forwarded=forwarded)
    if forward:
        signature: list[int] = []
    else:
        at = signature_start([looks[i] for i in kept], alone=not quoted)
        kept, signature = kept[:at], kept[at:]
    if not any(looks[i] for i in kept) and not any(looks[i] for i in signature) and any(looks[i] for i in quoted):
        first = next(i for i in quoted if looks[i])
        if not _is_marked(looks, first):
            # Nothing is new: the quote is the message.
            kept, quoted = sorted([*kept, *quoted]), []

    def joined(indexes: list[int]) -> str:
        return "\n".join(lines[i].rstrip() for i in indexes).strip("\n")

    return Split(joined(kept), joined(quoted), joined([*range(banner), *signature]))


def shown_mail(lines: list[str]) -> int | None:
    """The line in which a mail begins that somebody shows below his own words; None if there is none."""
    looks = [_look(line) for line in lines]
    found = next(_introductions(looks, 0, forwarded=True), None)
    return found.start if found is not None and found.kind == "forward" else None


def _part_shared_line(lines: list[str], looks: list[str]) -> None:
    """Parts the first line in which the answer and the introduction of a marked quote share a line."""
    for i in range(min(len(looks), _SHARED_LINES)):
        look = looks[i]
        if look[-1:] in (":", "：") and _next_is_marked(looks, i) and not _is_marked(looks, i):
            at = marks.introduction_in(lines[i][:_MAX_COLUMN])
            if at > 0:
                lines[i : i + 1] = [lines[i][:at], lines[i][at:]]
                looks[i : i + 1] = [_look(lines[i]), _look(lines[i + 1])]
            return


def _look(line: str) -> str:
    """A line as it is looked at: not too long, without what nobody sees."""
    line = line[:_MAX_COLUMN].strip()
    if "&nbsp;" in line:
        line = line.replace("&nbsp;", " ").strip()
    if not line.isascii() and _ODD.search(line):
        line = line.translate(_ODD_SIGNS).strip()
    return line


def _is_marked(looks: list[str], i: int) -> bool:
    look = looks[i]
    if look[:1] not in _MARKS or not look.startswith((">", "＞", "&gt;")):
        return False
    return not marks.is_tail(look) and not marks.is_groupwise(look)


def _next_is_marked(looks: list[str], i: int) -> bool:
    following = next((k for k in range(i + 1, min(i + 4, len(looks))) if looks[k]), None)
    return following is not None and _is_marked(looks, following)


def _sort_lines(looks: list[str], begin: int, *, forwarded: bool) -> tuple[list[int], list[int], bool]:
    """The kept and the quoted lines, by their indexes, and whether a forwarded mail is the message."""
    end = len(looks)
    introduced: set[int] = set()
    marked_from = None
    for found in _introductions(looks, begin, forwarded=forwarded):
        if found.kind == "forward":
            if marked_from is None:
                return list(range(begin, end)), [], True
            continue
        if found.kind == "reply":
            end = found.start
            break
        introduced.update(range(found.start, found.end))
        marked_from = found.start if marked_from is None else marked_from
    own = [i for i in range(begin, end) if looks[i] and i not in introduced and not _belongs_to_quote(looks, i)]
    rest = list(range(end, len(looks)))
    if marked_from is None:
        marked_from = next((i for i in range(begin, end) if _is_marked(looks, i)), None)
        if marked_from is None:
            return list(range(begin, end)), rest, False
    kept = _kept_of_marked(looks, own, introduced, marked_from)
    kept = [*range(begin, marked_from), *kept]
    chosen = set(kept)
    return kept, [i for i in range(begin, len(looks)) if i not in chosen], False


def _kept_of_marked(looks: list[str], own: list[int], introduced: set[int], marked_from: int) -> list[int]:
    """What is kept of the lines from the first marked quote on: the answers in it, and what they answer."""
    answers = [i for i in own if i >= marked_from]
    if not answers:
        return []
    # A signature below the whole quote is no answer to its last lines.
    quoted = [i for i in range(marked_from, len(looks)) if i in introduced or _belongs_to_quote(looks, i)]
    outside = set(quoted)
    body = [i for i in range(answers[0], answers[-1] + 1) if i not in outside]
    tail = signature_start([looks[i] for i in body], alone=False)
    signature = body[tail:]
    answers = [i for i in body[:tail] if looks[i]]
    if not answers:
        return signature
    first, last = answers[0], answers[-1]
    between = any(first < i < last for i in quoted)
    cited = not introduced and any(looks[:marked_from])
    if not between and not cited and not _has_words([looks[i] for i in quoted if i > last]):
        # One answer, below the whole quote.
        return [*range(first, last + 1), *signature]
    start = next((i for i in quoted if i not in introduced and not _is_quoted_introduction(looks, i)), first)
    return [i for i in range(min(start, first), last + 1) if i not in introduced] + signature


def _is_quoted_introduction(looks: list[str], i: int) -> bool:
    bare = looks[i].lstrip("> ")
    return bool(bare) and marks.may_end_attribution(bare) and marks.is_attribution(bare, quote_follows=False)


def _has_words(marked: list[str]) -> bool:
    """Whether quoted lines hold more than a signature."""
    # A signature stands below something.
    bare = ["Text.", *(look.lstrip("> ") for look in marked)]
    return any(bare[1 : signature_start(bare, alone=False)])


def _belongs_to_quote(looks: list[str], i: int) -> bool:
    """Whether a line is quoted: marked, or the overflow of a marked line that a program wrapped."""
    if _is_marked(looks, i):
        return True
    before = looks[i - 1] if i else ""
    if not before.startswith(">") or i + 1 >= len(looks) or not looks[i + 1].startswith(">"):
        return False
    look = looks[i]
    link = look.startswith(("(http", "<http", "http://", "https://")) and " " not in look.rstrip("> ")
    torn = " " not in look and "://" in before.rsplit(" ", 1)[-1] and look[-1:] in (")", ">")
    return len(before) > _WRAP_COLUMN or link or torn


def _introductions(looks: list[str], begin: int, *, forwarded: bool) -> Iterator[_Introduction]:
    """All introductions of quoted mail, in the order of the text, up to the first behind which all is quoted."""
    budget = _MAX_CANDIDATES
    above = False  # Whether there is anything above that a quote could be the answer to.
    i = begin
    while i < len(looks):
        look = looks[i]
        if not look or _is_marked(looks, i):
            i += 1
            continue
        if marks.is_plain(look):
            above = True
            i += 1
            continue
        if marks.is_reply_marker(look) or marks.asks_for_reply_above(look):
            yield _Introduction(i, i + 1, "reply")
            return
        found = _separator(looks, i, above=above, forwarded=forwarded)
        if found is None and budget > 0 and _may_end(looks, i):
            budget -= 1
            start = _attribution_start(looks, i, begin)
            if start is not None:
                kind = "marked" if _next_is_marked(looks, i) else "reply"
                found = _Introduction(start, i + 1, "forward" if forwarded else kind)
        if found is None and marks.trailing_attribution(look):
            found = _Introduction(i, i + 1, "reply")
        if found is not None and found.kind != "top":
            yield found
            if found.kind == "reply":
                return
        i = found.end if found is not None else i + 1
        above = above or found is None or found.kind != "top"


def _may_end(looks: list[str], i: int) -> bool:
    """Whether an introduction may end in a line; one without a colon or a verb only if a marked quote follows."""
    look = looks[i]
    return marks.may_end_attribution(look) and (look[-1] not in ">)" or _next_is_marked(looks, i))


def _separator(looks: list[str], i: int, *, above: bool, forwarded: bool) -> _Introduction | None:
    """The introduction that begins in a line with a separator or with the header of the quoted mail."""
    look = looks[i]
    kind = marks.separator_kind(look)
    if kind == "reply" and not (above and not forwarded):
        kind = "forward"
    if kind:
        return _Introduction(i, i + 1, kind if kind == "forward" else _kind_behind(looks, i + 1))
    ruled = marks.is_rule(look)
    if not ruled and not marks.may_begin_header(look):
        return None
    before = looks[i - 1] if i and not ruled and not looks[i - 1].startswith(">") else ""
    if before and (marks.header_kind(before) or marks.is_label(before)):
        return None  # It began above: with a line that was looked at, or as the whole header that somebody shows.
    at = _next_filled(looks, i + 1) if ruled else i
    if at is None or not _is_header_block(looks, at, ruled=ruled and marks.is_long_rule(look)):
        return None
    if ruled and not marks.may_begin_header(looks[at]) and not marks.is_long_rule(look):
        return None
    if before.endswith((":", "：")) and not marks.header_kind(before):
        # Somebody shows the header of a mail: "The bounce says:" stands right above it.
        return _Introduction(i, _header_end(looks, at), "top")
    end = _header_end(looks, at)
    if not above:
        return _Introduction(i, end, "forward" if forwarded else "top")
    return _Introduction(i, end, "forward" if forwarded else _kind_behind(looks, end))


def _next_filled(looks: list[str], i: int) -> int | None:
    return next((k for k in range(i, min(i + 3, len(looks))) if looks[k]), None)


def _kind_behind(looks: list[str], i: int) -> str:
    """Whether the quoted mail behind a header bears marks; some programs do both."""
    return "marked" if _next_is_marked(looks, i - 1) else "reply"


def _header_end(looks: list[str], i: int) -> int:
    """The first line behind the lines of a header."""
    end = i
    for k in range(i, min(i + _HEADER_LINES, len(looks))):
        if marks.header_kind(looks[k]) or (marks.is_label(looks[k]) and k == end):
            end = k + 1
    return end


def _is_header_block(looks: list[str], i: int, *, ruled: bool) -> bool:
    """Whether the header of a quoted mail begins in a line, and not that of a letter or the fields of a form.

    It holds an address and three kinds of line with the originator, or two with a time; it may do without an address
    where the time follows the originator, as in Outlook. Behind a long rule three lines of any language are enough.
    """
    kinds: dict[str, None] = {}  # In the order of the lines.
    blanks = labels = 0
    address = timed = False
    for k in range(i, min(i + _HEADER_LINES, len(looks))):
        look = looks[k]
        if not look:
            blanks += 1
            if blanks > _HEADER_BLANKS or (kinds and not any(map(marks.header_kind, looks[k + 1 : k + 3]))):
                break
            continue
        kind = marks.header_kind(look)
        if kind:
            kinds.setdefault(kind)
            timed = timed or (kind == "sent" and marks.has_time(look))
            if kind == "from" and k == i:
                kinds.update(dict.fromkeys(marks.header_kinds_in(look)))
        labels += marks.is_label(look)
        address = address or ("@" in look and bool(kind or ruled))
    if (
        "from" in kinds
        and len(kinds) >= _MIN_HEADER_KINDS
        and (address or ruled or list(kinds)[:2] == ["from", "sent"])
    ):
        return True
    if len({"from", "sent", "to"} & kinds.keys()) >= 2 and timed and address:
        return True
    return ruled and labels >= _MIN_HEADER_KINDS and address


def _attribution_start(looks: list[str], end: int, begin: int) -> int | None:
    """The first line of the "On ... wrote:" that ends in a line, None if it is prose."""
    joined = ""
    quote_follows = _next_is_marked(looks, end)
    for start in range(end, max(end - _ATTRIBUTION_LINES, begin - 1), -1):
        look = looks[start]
        if not look:
            if marks.is_dated(joined):
                break
            continue
        if _is_marked(looks, start) and start != end:
            break
        joined = f"{look} {joined}" if joined else look
        if marks.is_attribution(joined, quote_follows):
            return _widened(looks, start, end, begin)
    return None


def _widened(looks: list[str], start: int, end: int, begin: int) -> int:
    """Takes the lines along that a program tore off the beginning of an introduction."""
    while start > begin and end - start < _ATTRIBUTION_LINES - 1:
        above = looks[start - 1]
        joined = " ".join(looks[start : end + 1])
        if not above or _is_marked(looks, start - 1) or not marks.goes_on(above, joined):
            break
        start -= 1
    return start
