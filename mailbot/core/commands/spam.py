"""#spam: nobody wants to read this."""

from mailbot.core.commands.base import Argument, Command, Scope

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
)
