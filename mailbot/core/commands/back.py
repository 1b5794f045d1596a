"""#back: somebody who was away is there again."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.deeds import Away
from mailbot.core.phrases import say


def run(call: Call, context: Context) -> Outcome:
    """Ends the absence of the actor."""
    del call
    return Outcome(lines=(say(context.language, "back_now"),), deeds=(Away(None, back=True),))


BACK = Command(
    name="back",
    aliases=("kembali",),
    argument=Argument.NONE,
    usage="#back",
    summary={
        "en": "You are back: you get new tickets again, and a mail about what happened meanwhile.",
        "id": "Anda sudah kembali: Anda menerima tiket baru lagi, dan satu email tentang yang terjadi selama itu.",
    },
    examples=("#back",),
    run=run,
    needs_ticket=False,
)
