"""#end: a multi-line text or the whole block of commands ends here."""

from mailbot.core.commands.base import Argument, Command, Scope

END = Command(
    name="end",
    aliases=("akhir",),
    argument=Argument.NONE,
    usage="#end",
    summary={
        "en": "Ends a text of several lines, such as a note; elsewhere, all below it is text for the requester.",
        "id": "Mengakhiri teks beberapa baris seperti catatan; di tempat lain, semua di bawahnya teks untuk pelapor.",
    },
    examples=("#end",),
    audience=frozenset(Scope),
)
