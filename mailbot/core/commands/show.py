"""#show: everything about a ticket, in a mail of its own."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import Record
from mailbot.core.commands.relating import ticket_number


def run(call: Call, context: Context) -> Outcome:
    """Asks for the record of a ticket; without a number, of the one that the mail is about.

    Raises:
        CommandRefusedError: it is no number, or there is none and the mail is about no ticket.
    """
    if not call.value:
        if not context.ticket.number:
            raise CommandRefusedError("show_which")
        return Outcome(deeds=(Record(context.ticket.number),))
    return Outcome(deeds=(Record(ticket_number(call.value)),))


SHOW = Command(
    name="show",
    aliases=("history", "lihat", "riwayat"),
    argument=Argument.OPTIONAL_LINE,
    usage="#show [NUMBER]",
    summary={
        "en": "Sends you everything about a ticket: what was written, what happened and why, its clock, its files.",
        "id": "Mengirimkan semua tentang sebuah tiket: percakapan, kejadian dan alasannya, waktunya, lampirannya.",
    },
    details={
        "en": "Without a number, the ticket that you answer. With one, it also works in a new mail, without a ticket.",
        "id": "Tanpa nomor, tiket yang Anda balas. Dengan nomor, bisa juga dalam email baru tanpa tiket.",
    },
    examples=("#show", "#show 1042", "#lihat HD-1042"),
    run=run,
    needs_ticket=False,
)
