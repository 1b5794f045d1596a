"""#source: how a request reached the helpdesk."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.commands.values import key, shown
from mailbot.core.model import Source

_WORDS = {
    Source.MAIL: "mail email surel surat",
    Source.PHONE: "phone telephone call telepon telpon telp tlp",
    Source.CHAT: "chat whatsapp wa telegram teams obrolan",
    Source.WALK_IN: "walkin walk person inperson datang datanglangsung langsung",
}
_SOURCES = {word: source for source, words in _WORDS.items() for word in words.split()}


def run(call: Call, context: Context) -> Outcome:
    """Notes it on the ticket.

    Raises:
        CommandRefusedError: there is no such way.
    """
    source = _SOURCES.get(key(call.value[:100]))
    if source is None:
        candidates = tuple(one.value.replace("_", "-") for one in Source)
        raise CommandRefusedError("no_source", candidates, value=shown(call.value))
    return outcome(context, ("source", source))


SOURCE = Command(
    name="source",
    aliases=("via", "sumber", "lewat"),
    argument=Argument.LINE,
    usage="#source phone|chat|walk-in|mail",
    summary={
        "en": "Notes how the request reached you.",
        "id": "Mencatat lewat apa permintaan itu sampai kepada Anda.",
    },
    examples=("#source phone", "#sumber telepon", "#lewat datang langsung"),
    run=run,
)
