"""#unlink: two tickets have nothing to do with each other any more."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.deeds import Unlink
from mailbot.core.commands.relating import other_ticket


def run(call: Call, context: Context) -> Outcome:
    """Asks for the end of a relation, of whichever kind it is."""
    return Outcome(deeds=(Unlink(other_ticket(call.value, context)),))


UNLINK = Command(
    name="unlink",
    aliases=("unrelate", "lepas", "lepaskan"),
    argument=Argument.LINE,
    usage="#unlink NUMBER",
    summary={
        "en": "Ends the relation to another ticket; a duplicate of it waits no longer and is open again.",
        "id": "Melepaskan kaitan dengan tiket lain; duplikatnya tidak lagi menunggu dan terbuka kembali.",
    },
    examples=("#unlink 1007", "#lepas HD-1007"),
    run=run,
)
