"""#take: the ticket becomes mine, and I work on it."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Field, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.model import Status


def run(call: Call, context: Context) -> Outcome:
    """Assigns the ticket to the actor; a new one is opened."""
    del call
    wanted: list[tuple[Field, str]] = [("technician", context.actor.email.lower())]
    if context.ticket.status is Status.NEW:
        wanted.append(("status", Status.OPEN))
    return outcome(context, *wanted)


TAKE = Command(
    name="take",
    aliases=("mine", "ambil"),
    argument=Argument.NONE,
    usage="#take",
    summary={
        "en": "Assigns the ticket to you and opens it.",
        "id": "Menugaskan tiket kepada Anda dan membukanya.",
    },
    examples=("#take",),
    run=run,
)
