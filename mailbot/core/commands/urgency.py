"""#urgency: how long the people touched can wait."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.values import urgency_called
from mailbot.core.commands.weight import weighed


def run(call: Call, context: Context) -> Outcome:
    """Sets the urgency, and with it the priority."""
    return weighed(context, urgency_called(call.value, context.directory))


URGENCY = Command(
    name="urgency",
    aliases=("urgensi", "desakan"),
    argument=Argument.LINE,
    usage="#urgency low | medium | high",
    summary={
        "en": "Sets how long it can wait; the priority follows from it.",
        "id": "Menetapkan seberapa mendesak (rendah, sedang, tinggi); prioritas mengikutinya.",
    },
    details={
        "en": "Impact and urgency together make the priority, as the helpdesk has configured it. "
        "A priority that the same mail sets by hand stays.",
        "id": "Dampak dan urgensi bersama-sama menentukan prioritas, sesuai pengaturan helpdesk. "
        "Prioritas yang ditetapkan sendiri dalam email yang sama tidak berubah.",
    },
    examples=("#urgency high", "#urgensi tinggi"),
    run=run,
)
