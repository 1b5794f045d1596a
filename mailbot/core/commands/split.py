"""#split: one message of a ticket is about something else, and gets a ticket of its own."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.deeds import Split
from mailbot.core.commands.relating import refuse_together
from mailbot.core.commands.values import trim


def run(call: Call, context: Context) -> Outcome:
    """Asks for a new ticket; what stands behind the verb becomes its subject."""
    if "merge" in context.verbs or "dup" in context.verbs:
        refuse_together(context, "split")
    return Outcome(deeds=(Split(trim(call.value)),))


SPLIT = Command(
    name="split",
    aliases=("pisah", "pisahkan"),
    argument=Argument.OPTIONAL_LINE,
    usage="#split [SUBJECT]",
    summary={
        "en": "Makes a new ticket of the message that you answer; the requester gets its number. The rest stays here.",
        "id": "Membuat tiket baru dari pesan yang Anda balas; pelapor menerima nomornya. Selebihnya tetap di sini.",
    },
    details={
        "en": "In the answer to another mail, it is the newest message of the requester. The text below goes to the "
        "requester of this ticket, as always.",
        "id": "Bila membalas email lain, yang dipisahkan ialah pesan terbaru dari pelapor. Teks di bawahnya dikirim "
        "kepada pelapor tiket ini, seperti biasa.",
    },
    examples=("#split", "#pisah Laptop baru untuk Dewi"),
    run=run,
)
