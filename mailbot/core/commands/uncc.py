"""#uncc: somebody reads along no longer."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.cc import addresses_in
from mailbot.core.commands.deeds import Leave
from mailbot.core.commands.values import key, shown
from mailbot.core.model import Address
from mailbot.core.phrases import say


def run(call: Call, context: Context) -> Outcome:
    """Takes people out of copy, by their addresses or by the name of one."""
    leaving = {one.key: one for one in _meant(call.value, context)}
    lines = tuple(say(context.language, "cc_leaves", address=one.address) for one in leaving.values())
    return Outcome(lines=lines, deeds=(Leave(tuple(leaving)),))


def _meant(value: str, context: Context) -> tuple[Address, ...]:
    present = {one.key: one for one in context.participants}
    everybody = tuple(one.address for one in context.participants)
    if "@" not in value and "＠" not in value:
        named = tuple(one for one in context.participants if key(one.name) and key(one.name) == key(value))
        if len(named) != 1:
            raise CommandRefusedError("cc_nobody", everybody, value=shown(value))
        return named
    found = []
    for one in addresses_in(value):
        if one.key == context.ticket.requester.key:
            raise CommandRefusedError("cc_not_the_requester", address=one.address)
        if one.key not in present:
            raise CommandRefusedError("cc_nobody", everybody, value=shown(one.address))
        found.append(present[one.key])
    return tuple(found)


UNCC = Command(
    name="uncc",
    aliases=("uncopy", "hapustembusan"),
    argument=Argument.LINE,
    usage="#uncc ADDRESS",
    summary={
        "en": "Takes somebody out of copy: nothing more is sent to that address.",
        "id": "Mengeluarkan seseorang dari tembusan: tidak ada lagi yang dikirim ke alamat itu.",
    },
    examples=("#uncc agus@example.org", "#hapustembusan agus@example.org"),
    run=run,
)
