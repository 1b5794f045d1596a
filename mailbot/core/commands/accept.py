"""#accept: the stranger may take part."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Flag, Outcome, Scope


def run(call: Call, context: Context) -> Outcome:
    """Lets the held message in; the caller knows it and says in the transcript what became of it."""
    del call, context
    return Outcome(flags=frozenset({Flag.ACCEPT}))


ACCEPT = Command(
    name="accept",
    aliases=("terima",),
    argument=Argument.NONE,
    usage="#accept",
    summary={
        "en": "Adds the held message to the ticket; its sender takes part from now on.",
        "id": "Menambahkan pesan yang ditahan ke tiket; pengirimnya ikut serta mulai sekarang.",
    },
    examples=("#accept",),
    audience=frozenset({Scope.HELD}),
    run=run,
)
