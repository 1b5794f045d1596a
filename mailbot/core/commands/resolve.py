"""#resolve: the incident is over, and the requester is asked whether it is."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Field, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.model import Status
from mailbot.core.phrases import word


def run(call: Call, context: Context) -> Outcome:
    """Makes the ticket resolved; what stands behind the verb becomes its solution."""
    status = context.ticket.status
    if status is Status.CLOSED:
        raise CommandRefusedError("is_closed", status=word(context.language, status))
    if status is Status.RESOLVED:
        raise CommandRefusedError("already", status=word(context.language, status))
    wanted: list[tuple[Field, str]] = [("status", Status.RESOLVED)]
    if call.value:
        wanted.append(("resolution", call.value))
    return outcome(context, *wanted)


RESOLVE = Command(
    name="resolve",
    aliases=("resolved", "solved", "solve", "fixed", "done", "selesai"),
    argument=Argument.OPTIONAL_LINE,
    usage="#resolve [SOLUTION]",
    summary={
        "en": "Marks the ticket as resolved; the text below tells the requester the solution.",
        "id": "Menandai tiket sebagai selesai; teks di bawahnya menjelaskan solusinya kepada pelapor.",
    },
    examples=("#resolve", "#selesai Kabel diganti."),
    run=run,
)
