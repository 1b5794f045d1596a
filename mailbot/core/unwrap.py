"""Long lines that a mail program broke in the text of a mail, and left whole in the HTML of the same mail.

Gmail breaks the lines of its text at some 76 columns without a sign of it (RFC 3676 would have one). Of a command such
as "#title" the rest would then stand below it, and go to the requester. Only lines that may be commands are mended: to
join others is of no use, and nearly all mails have none.
"""

from mailbot.core.htmltags import strip_tags

_SIGNS = ("#", "＃", "﹟")
_TOP_LINES = 60
_WRAP_COLUMN = 60
"""No program breaks a line before this column."""
_MAX_WHOLE = 50
_MAX_PAGE = 64 * 1024
_PREFORMATTED = ("<pre", "white-space:pre", "white-space: pre")
_BLANKS = " \t\u00a0\u200b\ufeff"


def unwrapped(text: str, page: str) -> str:
    """Joins the lines on top of a text that begin with "#" and were broken, as the HTML of the same mail shows.

    Args:
        text: The text of a mail, with line feeds.
        page: The HTML of the same mail.
    """
    if not text[:400].lstrip(_BLANKS + "\n").startswith(_SIGNS):
        return text
    lines = text.split("\n", _TOP_LINES)
    if not any(_may_go_on(lines, i) for i in range(len(lines) - 1)):
        return text
    page = page[:_MAX_PAGE]
    if any(sign in page.lower() for sign in _PREFORMATTED):
        return text  # The line ends of such HTML are real ones, but the reader of tags does not keep them.
    whole = [_squeezed(line) for line in strip_tags(page).split("\n") if _begins(line)][:_MAX_WHOLE]
    out: list[str] = []
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if _may_go_on(lines, at - 1):
            line, at = _joined(lines, at, whole)
        out.append(line)
    return "\n".join(out)


def _begins(line: str) -> bool:
    return line.lstrip(_BLANKS).startswith(_SIGNS)


def _may_go_on(lines: list[str], i: int) -> bool:
    """Whether a line may be a command that goes on in the next: one more word would have made it too long."""
    return i + 1 < len(lines) and _begins(lines[i]) and _is_full(lines[i], lines[i + 1])


def _is_full(line: str, following: str) -> bool:
    word = following[:_MAX_PAGE].split(None, 1)[:1]
    return bool(word) and len(line.rstrip()) + 1 + len(word[0]) > _WRAP_COLUMN


def _joined(lines: list[str], at: int, whole: list[str]) -> tuple[str, int]:
    """The line before `at` with what the HTML has in the same line, and the index of the line behind it."""
    line = lines[at - 1].rstrip()
    known = _squeezed(line)
    fitting = [one for one in whole if len(one) > len(known) and one.startswith(known)]
    last = line
    while fitting and at < min(len(lines), _TOP_LINES) and _is_full(last, lines[at]):
        known += _squeezed(lines[at])
        fitting = [one for one in fitting if one.startswith(known)]
        if fitting:
            last = lines[at].strip()
            line, at = f"{line} {last}", at + 1
    return line, at


def _squeezed(line: str) -> str:
    """A line without blanks: they differ between the two forms of a mail."""
    return "".join(line.replace("\u200b", "").replace("\ufeff", "").split())
