"""#prio: how soon the ticket must be served."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.commands.values import priority_called


def run(call: Call, context: Context) -> Outcome:
    """Sets the priority."""
    return outcome(context, ("priority", priority_called(call.value, context.directory)))


PRIO = Command(
    name="prio",
    aliases=("priority", "prioritas"),
    argument=Argument.LINE,
    usage="#prio low | normal | high | critical",
    summary={
        "en": "Sets the priority, and with it the deadlines.",
        "id": "Menetapkan prioritas (rendah, normal, tinggi, kritis) beserta tenggatnya.",
    },
    examples=("#prio high", "#prioritas tinggi"),
    run=run,
)
