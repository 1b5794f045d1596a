"""#note: words that the requester never sees."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.phrases import say


def run(call: Call, context: Context) -> Outcome:
    """Keeps an internal entry."""
    count = len(call.value.splitlines())
    # A technician who forgot #end must learn that his reply became a part of the note.
    line = say(context.language, "noted_more" if count > 1 else "noted", count=str(count))
    return Outcome(notes=(call.value,), lines=(line,))


NOTE = Command(
    name="note",
    aliases=("internal", "catatan"),
    argument=Argument.TEXT,
    usage="#note TEXT",
    summary={
        "en": "Keeps an internal note, which the requester never sees.",
        "id": "Menyimpan catatan internal, yang tidak pernah dilihat pelapor.",
    },
    details={
        "en": "The note is the rest of the line and all lines below it, up to the next command, to #end "
        "or to the end of the mail. To write to the requester in the same mail, put #end after the note.",
        "id": "Catatan adalah sisa baris itu dan semua baris di bawahnya, sampai perintah berikutnya, #akhir "
        "atau akhir email. Untuk membalas pelapor dalam email yang sama, tulislah #akhir setelah catatan.",
    },
    examples=("#note The cable was loose.", "#catatan Kabelnya longgar."),
    run=run,
)
