"""#go: do it anyway."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Flag, Outcome, Scope


def run(call: Call, context: Context) -> Outcome:
    """Releases the technician's own held mail; the caller knows it and carries it out."""
    del call, context
    return Outcome(flags=frozenset({Flag.RELEASE}))


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
        "id": "Mengonfirmasi surat yang ditahan; bila ada kesalahan di dalamnya, hanya teksnya yang dikirim.",
    },
    examples=("#go",),
    audience=frozenset({Scope.HELD}),
    run=run,
)
