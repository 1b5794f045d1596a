"""#spam: nobody wants to read this."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Flag, Outcome, Scope


def run(call: Call, context: Context) -> Outcome:
    """Puts the held message aside; the caller knows it and says in the transcript whom it blocked."""
    del call, context
    return Outcome(flags=frozenset({Flag.SPAM}))


SPAM = Command(
    name="spam",
    aliases=("sampah",),
    argument=Argument.NONE,
    usage="#spam",
    summary={
        "en": "Puts the held message aside and blocks its sender.",
        "id": "Menyisihkan pesan yang ditahan dan memblokir pengirimnya.",
    },
    examples=("#spam",),
    audience=frozenset({Scope.HELD}),
    run=run,
)
