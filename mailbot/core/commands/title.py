"""#title: a better subject."""

import re

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.commands.values import key, shown
from mailbot.core.text import one_line

_LONGEST = 250
_BEFORE = re.compile(
    r"(?:\s|\[[A-Za-z][A-Za-z0-9-]{0,15}-[0-9]{1,9}\]|(?:re|fwd?|bls|trs|balas|terusan)\s?:)+", re.IGNORECASE
)


def run(call: Call, context: Context) -> Outcome:
    """Gives the ticket another subject; what mail programs and we ourselves put before one is none of it."""
    title = one_line(call.value[: 4 * _LONGEST])
    found = _BEFORE.match(title)
    title = title[found.end() :] if found else title
    if not key(title):
        raise CommandRefusedError("no_title", value=shown(call.value))
    return outcome(context, ("subject", one_line(title, _LONGEST)))


TITLE = Command(
    name="title",
    aliases=("subject", "judul", "subjek"),
    argument=Argument.LINE,
    usage="#title TEXT",
    summary={
        "en": "Gives the ticket another subject, which the requester sees too; its number stays.",
        "id": "Mengganti subjek tiket, yang juga dilihat pelapor; nomornya tetap.",
    },
    examples=("#title Printer on floor 2 prints blank pages", "#judul Printer lantai 2 mencetak halaman kosong"),
    run=run,
)
