"""#list: which tickets wait, in a mail of its own."""

import re

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import Scale, Worklist
from mailbot.core.commands.values import key, shown, tidy

_WORDS = {
    Scale.MINE: "mine my me saya sayasendiri milikku punyasaya",
    Scale.TEAM: "team ours myteam tim kelompok timsaya",
    Scale.OVERDUE: "overdue late telat terlambat lewat",
    Scale.UNASSIGNED: "unassigned none nobody free open belumada takbertuan tanpateknisi kosong",
}
_PAGE = re.compile(r"(.*?)\s*\b([0-9]{1,3})", re.ASCII)
_SCALES = {word: scale for scale, words in _WORDS.items() for word in words.split()}


def run(call: Call, context: Context) -> Outcome:
    """Asks for a list; without a word behind it, for that of the actor's own tickets. A number is a page.

    Raises:
        CommandRefusedError: there is no such list.
    """
    del context
    paged = _PAGE.fullmatch(tidy(call.value))
    name, page = (paged[1], int(paged[2])) if paged else (call.value, 1)
    scale = _SCALES.get(key(name)) if name else Scale.MINE
    if scale is None or not page:
        raise CommandRefusedError("no_list", tuple(one.value for one in Scale), value=shown(call.value))
    return Outcome(deeds=(Worklist(scale, page),))


LIST = Command(
    name="list",
    aliases=("worklist", "daftar"),
    argument=Argument.OPTIONAL_LINE,
    usage="#list [mine|team|overdue|unassigned] [PAGE]",
    summary={
        "en": "Sends you the tickets that wait, what is due first on top.",
        "id": "Mengirimkan daftar tiket yang menunggu, yang paling dulu jatuh tempo di atas.",
    },
    details={
        "en": "Without a word behind it, your own tickets. A number behind it is a page of a long list. It also works "
        "in a new mail, without a ticket: that is confirmed once, at your registered address.",
        "id": "Tanpa kata di belakangnya, tiket Anda sendiri. Angka di belakangnya adalah halaman daftar panjang. Bisa "
        "juga dalam email baru tanpa tiket: email itu dikonfirmasi sekali, di alamat Anda yang terdaftar.",
    },
    examples=("#list", "#list team 2", "#daftar terlambat"),
    run=run,
    needs_ticket=False,
)
