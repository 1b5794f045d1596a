"""#list: which tickets wait, in a mail of its own."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import Scale, Worklist
from mailbot.core.commands.values import key, shown

_WORDS = {
    Scale.MINE: "mine my me saya sayasendiri milikku punyasaya",
    Scale.TEAM: "team ours myteam tim kelompok timsaya",
    Scale.OVERDUE: "overdue late telat terlambat lewat",
    Scale.UNASSIGNED: "unassigned none nobody free open belumada takbertuan tanpateknisi kosong",
}
_SCALES = {word: scale for scale, words in _WORDS.items() for word in words.split()}


def run(call: Call, context: Context) -> Outcome:
    """Asks for a list; without a word behind it, for that of the actor's own tickets.

    Raises:
        CommandRefusedError: there is no such list.
    """
    del context
    scale = _SCALES.get(key(call.value)) if call.value else Scale.MINE
    if scale is None:
        raise CommandRefusedError("no_list", tuple(one.value for one in Scale), value=shown(call.value))
    return Outcome(deeds=(Worklist(scale),))


LIST = Command(
    name="list",
    aliases=("worklist", "daftar"),
    argument=Argument.OPTIONAL_LINE,
    usage="#list [mine|team|overdue|unassigned]",
    summary={
        "en": "Sends you the tickets that wait, what is due first on top.",
        "id": "Mengirimkan daftar tiket yang menunggu, yang paling dulu jatuh tempo di atas.",
    },
    details={
        "en": "Without a word behind it, your own tickets. It also works in a new mail, without a ticket: that is "
        "confirmed once, at your registered address.",
        "id": "Tanpa kata di belakangnya, tiket Anda sendiri. Bisa juga dalam email baru tanpa tiket: email itu "
        "dikonfirmasi sekali, di alamat Anda yang terdaftar.",
    },
    examples=("#list", "#list team", "#daftar terlambat"),
    run=run,
    needs_ticket=False,
)
