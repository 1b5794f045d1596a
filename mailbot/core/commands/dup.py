"""#dup: somebody else has reported the same incident; this ticket waits for the other one."""

from collections.abc import Mapping

from mailbot.core.commands.base import Argument, Call, Command, Context, Field, Outcome
from mailbot.core.commands.deeds import Duplicate
from mailbot.core.commands.effects import outcome, require_active
from mailbot.core.commands.relating import other_ticket, refuse_together
from mailbot.core.model import Status

_DETAILS: Mapping[str, str] = {
    "en": "When the other ticket is resolved, this one is too, and its requester gets the solution in a mail of his "
    "own: what #resolve or #resolution names there, or else the text below #resolve. Nothing else of that ticket goes "
    "to him. Until then no clock runs here; a text below goes to the requester, as always. #resolve here ends the wait "
    "for this ticket alone, as do #wait, #hold with a date, and #unlink.",
    "id": "Bila tiket yang lain selesai, tiket ini ikut selesai, dan pelapornya menerima solusinya dalam email "
    "tersendiri: isi #selesai atau #solusi di sana, atau bila tidak ada, teks di bawah #selesai. Isi lain dari tiket "
    "itu tidak dikirim kepadanya. Sampai saat itu waktu tiket ini berhenti; teks di bawahnya dikirim kepada pelapor, "
    "seperti biasa. #selesai di sini hanya menyelesaikan tiket ini; #tunggu, #tahan dengan tanggal, dan #lepas juga "
    "mengakhiri penantiannya.",
}


def run(call: Call, context: Context) -> Outcome:
    """Puts the ticket on hold until the other one is resolved."""
    number = other_ticket(call.value, context)
    require_active(context)
    refuse_together(context, "dup")
    wanted: list[tuple[Field, str]] = [("status", Status.ON_HOLD)]
    if context.ticket.wait_until is not None:
        wanted.append(("wait_until", ""))
    done = outcome(context, *wanted)
    return Outcome(changes=done.changes, lines=done.lines, deeds=(Duplicate(number),))


DUP = Command(
    name="dup",
    aliases=("duplicate", "duplikat", "ganda"),
    argument=Argument.LINE,
    usage="#dup NUMBER",
    summary={
        "en": "Makes this ticket wait for another one about the same incident; what resolves that one resolves both.",
        "id": "Membuat tiket ini menunggu tiket lain tentang gangguan yang sama; bila itu selesai, keduanya selesai.",
    },
    details=_DETAILS,
    examples=("#dup 1007", "#ganda HD-1007"),
    run=run,
)
