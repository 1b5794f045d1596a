"""#link: two tickets have to do with each other; both go on by themselves."""

import re

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.deeds import Link, Unlink
from mailbot.core.commands.relating import other_ticket
from mailbot.core.commands.values import tidy

_NONE = re.compile(r"(?:none|no|off|not|tidak|bukan|hapus|lepas|-)\s+(?=\S)", re.IGNORECASE)


def run(call: Call, context: Context) -> Outcome:
    """Relates the tickets; with "none" before the number, no longer."""
    value = tidy(call.value)
    found = _NONE.match(value)
    if found is not None:
        return Outcome(deeds=(Unlink(other_ticket(value[found.end() :], context)),))
    return Outcome(deeds=(Link(other_ticket(value, context)),))


LINK = Command(
    name="link",
    aliases=("relate", "kait", "kaitkan"),
    argument=Argument.LINE,
    usage="#link NUMBER",
    summary={
        "en": "Relates another ticket to this one; mails to technicians about either of them name the other.",
        "id": "Mengaitkan tiket lain dengan tiket ini; email kepada teknisi tentang yang satu menyebut yang lain.",
    },
    details={
        "en": "Requesters do not see it. To take it back: #link none NUMBER, or #unlink NUMBER.",
        "id": "Pelapor tidak melihatnya. Untuk membatalkannya: #link none NOMOR, atau #unlink NOMOR.",
    },
    examples=("#link 1007", "#link none 1007", "#kait HD-1007"),
    run=run,
)
