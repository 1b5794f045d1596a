"""text/enriched (RFC 1896) and text/richtext (RFC 1341) as plain text."""

import re

_MARK = re.compile(r"<<|<(/?)([A-Za-z0-9-]{1,60})>|\n+")
_BREAKS = frozenset({"nl", "np", "paragraph", "p"})


def text_of(source: str, *, richtext: bool = False) -> str:
    """Gives the words of enriched text.

    Args:
        source: The text with its commands.
        richtext: Whether it is the older text/richtext, in which only commands break lines.
    """
    out: list[str] = []
    at = hidden = verbatim = 0
    for match in _MARK.finditer(source):
        if not hidden:
            out.append(source[at : match.start()])
        at = match.end()
        mark = match.group()
        if mark.startswith("\n"):
            if not hidden:
                # One line end is a blank, of more the first is none (RFC 1896 s.3).
                out.append(mark if verbatim else "" if richtext else " " if mark == "\n" else mark[1:])
        elif mark == "<<":
            out.append("" if hidden else "<")
        else:
            name, step = match.group(2).lower(), -1 if match.group(1) else 1
            if name in ("param", "comment"):
                hidden = max(hidden + step, 0)
            elif name in ("nofill", "verbatim"):
                verbatim = max(verbatim + step, 0)
            elif richtext and (name in _BREAKS):
                out.append("\n")
            elif richtext and name == "lt":
                out.append("<")
    if not hidden:
        out.append(source[at:])
    return "".join(out).strip("\n")
