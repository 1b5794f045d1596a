"""#new: the held message is about something else."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Flag, Outcome, Scope


def run(call: Call, context: Context) -> Outcome:
    """Makes a ticket of the held message; the caller knows it and says in the transcript which."""
    del call, context
    return Outcome(flags=frozenset({Flag.NEW}))


NEW = Command(
    name="new",
    aliases=("baru",),
    argument=Argument.NONE,
    usage="#new",
    summary={
        "en": "Makes a new ticket of the held message.",
        "id": "Membuat tiket baru dari pesan yang ditahan.",
    },
    examples=("#new",),
    audience=frozenset({Scope.HELD}),
    run=run,
)
