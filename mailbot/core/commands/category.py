"""#category: what the incident is about."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.commands.values import category_called


def run(call: Call, context: Context) -> Outcome:
    """Sets the category; the caller moves the ticket to the team that serves it."""
    return outcome(context, ("category", category_called(call.value, context.directory).name))


CATEGORY = Command(
    name="category",
    aliases=("cat", "kategori"),
    argument=Argument.LINE,
    usage="#category NAME",
    summary={
        "en": "Sets the category; the ticket goes to the team that serves it.",
        "id": "Menetapkan kategori; tiket berpindah ke tim yang menanganinya.",
    },
    examples=("#category network", "#kategori hardware"),
    run=run,
)
