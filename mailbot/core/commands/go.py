"""#go: do it anyway."""

from mailbot.core.commands.base import Argument, Command, Scope

GO = Command(
    name="go",
    aliases=(
        "send",
        "kirim",
    ),
    argument=Argument.NONE,
    usage="#go",
    summary={
        "en": "Confirms a mail that was held back; of one with a mistake, only the text is sent.",
        "id": "Mengonfirmasi email yang ditahan; bila ada kesalahan di dalamnya, hanya teksnya yang dikirim.",
    },
    examples=("#go",),
    audience=frozenset({Scope.HELD}),
)
