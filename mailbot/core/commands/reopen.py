"""#reopen: work goes on."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.model import Status
from mailbot.core.phrases import word


def run(call: Call, context: Context) -> Outcome:
    """Opens a ticket that is resolved or closed, or that waits."""
    del call
    status = context.ticket.status
    if status in {Status.NEW, Status.OPEN}:
        raise CommandRefusedError("already", status=word(context.language, status))
    return outcome(context, ("status", Status.OPEN))


REOPEN = Command(
    name="reopen",
    aliases=("open", "buka"),
    argument=Argument.NONE,
    usage="#reopen",
    summary={
        "en": "Opens a ticket that is resolved, closed or waiting.",
        "id": "Membuka tiket yang selesai, ditutup atau menunggu.",
    },
    examples=("#reopen",),
    run=run,
)
