"""#resolution: what has ended the trouble for good."""

from mailbot.core.commands.base import Call, Command, Context, Outcome
from mailbot.core.commands.documentation import ARGUMENT, PARAGRAPH_DETAILS, documented


def run(call: Call, context: Context) -> Outcome:
    """Writes it into the record of the ticket."""
    return documented(call, context, "resolution")


RESOLUTION = Command(
    name="resolution",
    aliases=("solution", "solusi"),
    argument=ARGUMENT,
    usage="#resolution TEXT",
    summary={
        "en": "Writes down the permanent solution; the requester reads it when the ticket is resolved.",
        "id": "Mencatat solusi tetap; pelapor membacanya ketika tiket selesai.",
    },
    details=PARAGRAPH_DETAILS,
    examples=("#resolution The fuser was replaced.", "#solusi Fuser diganti."),
    run=run,
)
