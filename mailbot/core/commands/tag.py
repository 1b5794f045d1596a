"""#tag: words under which the ticket is found again."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.commands.values import shown, tidy
from mailbot.core.tags import is_tag

MOST = 20
"""How many tags a ticket may have."""


def run(call: Call, context: Context) -> Outcome:
    """Adds and removes tags; case does not matter, and a word without a sign is added."""
    tags = {tag.casefold(): tag for tag in context.ticket.tags}
    for sign, name in _signed(call.value):
        if sign == "-":
            if tags.pop(name.casefold(), None) is None:
                raise CommandRefusedError("no_tag", tuple(tags.values()), value=shown(name))
        else:
            tags.setdefault(name.casefold(), name)
    if len(tags) > MOST:
        raise CommandRefusedError("too_many_tags", limit=str(MOST))
    return outcome(context, ("tags", " ".join(tags.values())))


def _signed(value: str) -> list[tuple[str, str]]:
    """Each tag with its sign; on a telephone the sign may stand alone before its word.

    Raises:
        CommandRefusedError: something in it is no tag.
    """
    found: list[tuple[str, str]] = []
    sign = ""
    for item in tidy(value).replace(",", " ").replace(";", " ").split():
        if item in {"+", "-"}:
            sign = item
            continue
        name = item.lstrip("+-#")
        if not is_tag(name):
            raise CommandRefusedError("not_a_tag", value=shown(item))
        found.append((item[0] if item[0] in "+-" else sign or "+", name))
        sign = ""
    if not found or sign:
        raise CommandRefusedError("not_a_tag", value=shown(value))
    return found


TAG = Command(
    name="tag",
    aliases=("tags", "label"),
    argument=Argument.LINE,
    usage="#tag +NAME -NAME",
    summary={
        "en": "Adds tags to the ticket and takes others away.",
        "id": "Menambahkan label pada tiket dan menghapus yang lain.",
    },
    examples=("#tag +vip", "#label +vip +lantai2"),
    run=run,
)
