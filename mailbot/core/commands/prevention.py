"""#prevention: how it does not happen again."""

from mailbot.core.commands.base import Call, Command, Context, Outcome
from mailbot.core.commands.documentation import ARGUMENT, PARAGRAPH_DETAILS, documented


def run(call: Call, context: Context) -> Outcome:
    """Writes it into the record of the ticket."""
    return documented(call, context, "prevention")


PREVENTION = Command(
    name="prevention",
    aliases=("prevent", "pencegahan", "cegah"),
    argument=ARGUMENT,
    usage="#prevention TEXT",
    summary={
        "en": "Writes down how to prevent it; the requester reads it when the ticket is resolved.",
        "id": "Mencatat cara mencegahnya; pelapor membacanya ketika tiket selesai.",
    },
    details=PARAGRAPH_DETAILS,
    examples=("#prevention Use paper of 80 g only.", "#pencegahan Pakailah hanya kertas 80 g."),
    run=run,
)
