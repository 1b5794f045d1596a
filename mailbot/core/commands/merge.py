"""#merge: two tickets are about the same, and one of them goes on with both."""

from collections.abc import Mapping

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.deeds import Merge
from mailbot.core.commands.relating import other_ticket, refuse_together

_DETAILS: Mapping[str, str] = {
    "en": "This ticket is closed without a survey; whatever is written to its number lands in the other one. Its "
    "requester is told the new number and gets what is written there from then on, with its subject, but nothing that "
    "was written before. For many reporters of one incident #dup is better: each keeps a ticket of his own.",
    "id": "Tiket ini ditutup tanpa survei; apa pun yang dikirim ke nomornya masuk ke tiket yang lain. Pelapornya "
    "diberi tahu nomor barunya dan menerima yang ditulis di sana sejak saat itu, beserta subjeknya, tanpa percakapan "
    "sebelumnya. Untuk satu gangguan dengan banyak pelapor lebih baik #dup: masing-masing tetap punya tiket sendiri.",
}


def run(call: Call, context: Context) -> Outcome:
    """Asks for the merge; whether the other ticket may be merged into is known to the database alone."""
    number = other_ticket(call.value, context)
    refuse_together(context, "merge")
    return Outcome(deeds=(Merge(number),))


MERGE = Command(
    name="merge",
    aliases=("gabung", "gabungkan"),
    argument=Argument.LINE,
    usage="#merge NUMBER",
    summary={
        "en": "Merges this ticket into another one, which goes on with both conversations and both requesters.",
        "id": "Menggabungkan tiket ini ke tiket lain, yang melanjutkan kedua percakapan dan kedua pelapor.",
    },
    details=_DETAILS,
    examples=("#merge 1007", "#gabung HD-1007"),
    run=run,
)
