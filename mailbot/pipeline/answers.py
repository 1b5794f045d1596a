"""A technician's own words in his answer: nothing of the internal mail that he answers goes out with them.

Every mail to a technician begins with a line that asks for the reply above it. Mail programs put that mail, whole,
below the reply, above it, or between its lines; an answer without a word of its own is nothing but our mail.
"""

from mailbot.core import quotemarks as marks
from mailbot.core.model import InboundMail
from mailbot.core.signatures import closing_of

_INTRODUCTION_LINES = 4


def own_words(new_text: str, quoted: str = "") -> str:
    """Gives what is left of an answer's new text without our mail; the text itself, if our mail is not in it.

    Above our first line all is the technician's own but what introduces the quote. Below it only answers between marked
    lines are his, with the words that they answer: those were quoted in our mail, so they bear two marks here.

    Args:
        new_text: What was taken for new.
        quoted: What was cut off as quote; if our mail begins there, its introduction may have been left behind.
    """
    lines = new_text.split("\n")
    found = next((i for i, line in enumerate(lines) if marks.is_reply_marker(_bare(line))), len(lines))
    if found == len(lines) and not marks.is_reply_marker(_bare(quoted.lstrip()[:400].partition("\n")[0])):
        return new_text
    kept = _without_introduction(lines[:found])
    if found < len(lines) and _depth(lines[found]):
        kept += ["", *_between(lines[found + 1 :])]
    return "\n".join(kept).strip("\n")


def closing_words(mail: InboundMail) -> str:
    """Gives the closing formula and the name below an answer; "" if they may be those of our mail in it."""
    whole = own_words(mail.new_text, mail.quoted) == mail.new_text
    return closing_of(mail.signature) if whole else ""


def _bare(line: str) -> str:
    return line[:200].lstrip("> \t").rstrip()


def _depth(line: str) -> int:
    head = line[: len(line) - len(line.lstrip("> \t"))]
    return head.count(">")


def _without_introduction(lines: list[str]) -> list[str]:
    """The lines above a quote without the header block or the "On ... wrote:" with which a program introduces it."""
    kept = _without_blank_end(lines)
    block = len(kept)
    while block and marks.header_kind(_bare(kept[block - 1])):
        block -= 1
    # A last line such as "To: the second floor" is no header block.
    if any(marks.header_kind(_bare(line)) == "from" for line in kept[block:]):
        kept = _without_blank_end(kept[:block])
    if kept and (marks.separator_kind(_bare(kept[-1])) == "reply" or marks.is_rule(_bare(kept[-1]))):
        kept = _without_blank_end(kept[:-1])
    return _without_blank_end(kept[: _attribution(kept)])


def _attribution(lines: list[str]) -> int:
    """Where the "On ... wrote:" begins that ends in the last line; behind the last line, if there is none."""
    joined, found = "", len(lines)
    for start in range(len(lines) - 1, max(len(lines) - 1 - _INTRODUCTION_LINES, -1), -1):
        look = _bare(lines[start])
        if not look:
            break
        joined = f"{look} {joined}".rstrip()
        better = found == len(lines) or marks.opens_attribution(joined)
        if better and marks.is_attribution(joined, quote_follows=False):
            found = start
    return found


def _without_blank_end(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not _bare(lines[end - 1]):
        end -= 1
    return lines[:end]


def _between(lines: list[str]) -> list[str]:
    """The answers between the lines of our mail, each with what it answers; nothing below the last answer."""
    last = max((i for i, line in enumerate(lines) if line.strip() and not _depth(line)), default=-1)
    kept = [line for line in lines[: last + 1] if _depth(line) != 1]
    return [line[line.index(">") + 1 :].lstrip() if _depth(line) else line for line in kept]
