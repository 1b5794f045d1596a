"""#diagnosis: what the trouble was."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.documentation import DETAILS, documented


def run(call: Call, context: Context) -> Outcome:
    """Writes it into the record of the ticket."""
    return documented(call, context, "diagnosis")


DIAGNOSIS = Command(
    name="diagnosis",
    aliases=("penyebab", "sebab"),
    argument=Argument.TEXT,
    usage="#diagnosis TEXT",
    summary={
        "en": "Writes down what the trouble was; nothing of it is sent by itself.",
        "id": "Mencatat apa penyebab masalahnya; tidak dikirim dengan sendirinya.",
    },
    details=DETAILS,
    examples=("#diagnosis The fuser is worn.", "#penyebab Fuser sudah aus."),
    run=run,
)
