"""What the commands have in common that write down what the trouble was and what was done about it."""

from dataclasses import replace
from typing import Literal

from mailbot.core.commands.base import Argument, Call, Context, Outcome, Texts
from mailbot.core.commands.effects import outcome
from mailbot.core.model import ACTIVE_STATUSES
from mailbot.core.phrases import say, word

ARGUMENT = Argument.PARAGRAPH
"""For what the requester reads anyway: a text below, after a blank line, is meant for him as well."""
PARAGRAPH_DETAILS: Texts = {
    "en": "A text that begins on the line of the command ends at the first blank line; one that begins on the next "
    "line goes on to the next command, to #end or to the end of the mail. It takes the place of an earlier one, "
    "which the history of the ticket keeps.",
    "id": "Teks yang dimulai di baris perintah berakhir pada baris kosong pertama; yang dimulai di baris berikutnya "
    "berlanjut sampai perintah berikutnya, #akhir atau akhir email. Teks itu menggantikan yang sebelumnya, yang tetap "
    "ada dalam riwayat tiket.",
}
DETAILS: Texts = {
    "en": "The text is the rest of the line and all lines below it, up to the next command, to #end or to the end "
    "of the mail. It takes the place of an earlier one, which the history of the ticket keeps.",
    "id": "Teksnya adalah sisa baris itu dan semua baris di bawahnya, sampai perintah berikutnya, #akhir atau akhir "
    "email. Teks itu menggantikan yang sebelumnya, yang tetap ada dalam riwayat tiket.",
}

Document = Literal["diagnosis", "workaround", "resolution", "prevention"]
_TOLD = frozenset({"workaround", "resolution", "prevention"})


def documented(call: Call, context: Context, field: Document) -> Outcome:
    """Writes a text into the record of the ticket, and says what becomes of it."""
    done = outcome(context, (field, call.value))
    lines, language = list(done.lines), context.language
    count = len(call.value.splitlines())
    if count > 1:
        # A technician who forgot #end must learn that his reply became a part of the text.
        lines.append(say(language, "documented_more", field=word(language, field), count=str(count)))
    if field in _TOLD and context.ticket.status not in ACTIVE_STATUSES and "resolve" not in context.verbs:
        lines.append(say(language, "documented_late"))
    return replace(done, lines=tuple(lines))
