"""#impact: how many people the incident touches."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.values import impact_called
from mailbot.core.commands.weight import weighed


def run(call: Call, context: Context) -> Outcome:
    """Sets the impact, and with it the priority."""
    return weighed(context, impact_called(call.value, context.directory))


IMPACT = Command(
    name="impact",
    aliases=("dampak",),
    argument=Argument.LINE,
    usage="#impact person | department | organisation",
    summary={
        "en": "Sets how many people are touched; the priority follows from it.",
        "id": "Menetapkan berapa banyak orang yang terdampak (orang, bagian, organisasi); prioritas mengikutinya.",
    },
    details={
        "en": "Impact and urgency together make the priority, as the helpdesk has configured it. "
        "A priority that the same mail sets by hand stays.",
        "id": "Dampak dan urgensi bersama-sama menentukan prioritas, sesuai pengaturan helpdesk. "
        "Prioritas yang ditetapkan sendiri dalam email yang sama tidak berubah.",
    },
    examples=("#impact department", "#dampak organisasi"),
    run=run,
)
