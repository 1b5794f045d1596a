"""#workaround: what helps for the time being."""

from mailbot.core.commands.base import Call, Command, Context, Outcome
from mailbot.core.commands.documentation import ARGUMENT, PARAGRAPH_DETAILS, documented


def run(call: Call, context: Context) -> Outcome:
    """Writes it into the record of the ticket."""
    return documented(call, context, "workaround")


WORKAROUND = Command(
    name="workaround",
    aliases=("temporary", "sementara"),
    argument=ARGUMENT,
    usage="#workaround TEXT",
    summary={
        "en": "Writes down a temporary solution, for the requester if #resolve finds no permanent one.",
        "id": "Mencatat solusi sementara; pelapor membacanya bila tiket selesai tanpa solusi tetap.",
    },
    details=PARAGRAPH_DETAILS,
    examples=("#workaround Print on floor 3.", "#sementara Cetak di lantai 3."),
    run=run,
)
