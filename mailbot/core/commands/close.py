"""#close: the end of a ticket."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.model import Status
from mailbot.core.phrases import word


def run(call: Call, context: Context) -> Outcome:
    """Closes a ticket that is not closed yet."""
    del call
    status = context.ticket.status
    if status is Status.CLOSED:
        raise CommandRefusedError("already", status=word(context.language, status))
    return outcome(context, ("status", Status.CLOSED))


CLOSE = Command(
    name="close",
    aliases=("closed", "tutup"),
    argument=Argument.NONE,
    usage="#close",
    summary={
        "en": "Closes the ticket, without asking the requester whether the incident is over.",
        "id": "Menutup tiket, tanpa menanyakan kepada pelapor apakah masalahnya sudah selesai.",
    },
    examples=("#close",),
    run=run,
)
