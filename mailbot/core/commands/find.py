"""#find: all tickets in which some words stand, in a mail of its own."""

from mailbot.core import searching
from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import Find
from mailbot.core.commands.values import shown


def run(call: Call, context: Context) -> Outcome:
    """Asks for the tickets in which something stands.

    Raises:
        CommandRefusedError: there is no word in the question.
    """
    del context
    question = searching.ask(call.value)
    if question is None:
        raise CommandRefusedError("find_what")
    return Outcome(deeds=(Find(question, shown(call.value)),))


FIND = Command(
    name="find",
    aliases=("search", "cari", "temukan"),
    argument=Argument.LINE,
    usage="#find WORDS",
    summary={
        "en": "Sends you the tickets in which these words stand: who solved them, and how.",
        "id": "Mengirimkan tiket yang memuat kata-kata ini: siapa yang menyelesaikannya, dan bagaimana.",
    },
    details={
        "en": "It looks into subjects, all that was written, notes and solutions, of closed tickets too. All words "
        'must be there; "words in quotes" must stand in a row. The last word may be only begun. It also works in a new '
        "mail, without a ticket.",
        "id": "Dicari dalam subjek, percakapan, catatan, dan solusi, juga pada tiket yang sudah ditutup. Semua kata "
        'harus ada; "kata dalam tanda kutip" harus berurutan. Kata terakhir boleh belum lengkap. Bisa juga dalam email '
        "baru tanpa tiket.",
    },
    examples=("#find printer paper jam", '#find "error 0x80070035"', "#cari vpn putus"),
    run=run,
    needs_ticket=False,
)
