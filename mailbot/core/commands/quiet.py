"""#quiet: nothing of this mail goes to the requester."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome


def run(call: Call, context: Context) -> Outcome:
    """Wants silence; whoever sends the mail says in the transcript what became of the text."""
    del call, context
    return Outcome(quiet=True)


QUIET = Command(
    name="quiet",
    aliases=("silent", "diam", "senyap"),
    argument=Argument.NONE,
    usage="#quiet",
    summary={
        "en": "Sends nothing to the requester; the text below is kept as an internal note.",
        "id": "Tidak mengirim apa pun kepada pelapor; teks di bawahnya disimpan sebagai catatan internal.",
    },
    examples=("#quiet",),
    run=run,
)
