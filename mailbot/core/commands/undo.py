"""#undo: what a mail of mine did is taken back."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import TakeBack
from mailbot.core.commands.values import shown, tidy

ALPHABET = "34679ACDEFHJKMNPQRTWXY"
"""The characters of a code: none that is taken for another one, on paper or on a telephone."""
LENGTH = 6


def run(call: Call, context: Context) -> Outcome:
    """Asks for what a code stands for to be taken back; without one, for what the mail means that it answers.

    Raises:
        CommandRefusedError: there are other commands in the mail, or it is no code.
    """
    if context.verbs - {"undo", "quiet"}:
        raise CommandRefusedError("undo_alone", word=call.command.name)
    code = "".join(character for character in tidy(call.value).upper() if character.isalnum())
    if call.value and (len(code) != LENGTH or not set(code) <= set(ALPHABET)):
        raise CommandRefusedError("no_code", value=shown(call.value), length=str(LENGTH))
    return Outcome(deeds=(TakeBack(code),))


UNDO = Command(
    name="undo",
    aliases=("revert", "batal", "batalkan", "urungkan"),
    argument=Argument.OPTIONAL_LINE,
    usage="#undo [CODE]",
    summary={
        "en": "Takes back what a mail of yours did to the ticket, and its mails as far as they still wait to be sent.",
        "id": "Membatalkan yang dilakukan email Anda pada tiket, beserta email yang masih menunggu dikirim.",
    },
    details={
        "en": "The answer to each mail with commands names its code. Without a code, in the reply to such an answer, "
        "that mail is meant; in the reply to another mail about the ticket, your latest. If somebody has changed the "
        "same again since, nothing is taken back. It stands alone; a text below it is a new reply.",
        "id": "Kodenya tercantum dalam balasan atas tiap email berisi perintah. Tanpa kode, dalam balasan atas email "
        "seperti itu, yang dimaksud adalah email tersebut; dalam balasan lain tentang tiket itu, email terakhir Anda. "
        "Bila hal yang sama sudah diubah lagi oleh orang lain, tidak ada yang dibatalkan. Perintah ini berdiri "
        "sendiri; teks di bawahnya menjadi balasan baru.",
    },
    examples=("#undo K7PQ3X", "#undo", "#batal K7PQ3X"),
    run=run,
)
