"""#new: the held message is about something else."""

from mailbot.core.commands.base import Argument, Command, Scope

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
)
