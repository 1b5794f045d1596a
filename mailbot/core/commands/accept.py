"""#accept: the stranger may take part."""

from mailbot.core.commands.base import Argument, Command, Scope

ACCEPT = Command(
    name="accept",
    aliases=("terima",),
    argument=Argument.NONE,
    usage="#accept",
    summary={
        "en": "Adds the held message to the ticket; its sender takes part from now on.",
        "id": "Menambahkan pesan yang ditahan ke tiket; pengirimnya selanjutnya menjadi peserta.",
    },
    examples=("#accept",),
    audience=frozenset({Scope.HELD}),
)
