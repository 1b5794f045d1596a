"""#away: somebody is not there for a while, so others get the new tickets."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import Away
from mailbot.core.commands.values import key
from mailbot.core.commands.when import parse_moment, show_moment
from mailbot.core.phrases import say

_UNTIL_BACK = frozenset({"", "untilback", "sampaikembali"})


def run(call: Call, context: Context) -> Outcome:
    """Marks the actor as away: until a moment, or without one until `#back`.

    Raises:
        CommandRefusedError: it is no time, or lies in the past or too far away; or the mail says both.
    """
    if "back" in context.verbs:
        raise CommandRefusedError("away_and_back")
    if key(call.value) in _UNTIL_BACK:
        return Outcome(lines=(say(context.language, "away_open"),), deeds=(Away(None),))
    until = parse_moment(call.value, context.now, context.zone)
    shown = show_moment(until, context.zone, context.language)
    return Outcome(lines=(say(context.language, "away_until", until=shown),), deeds=(Away(until),))


AWAY = Command(
    name="away",
    aliases=("absent", "cuti"),
    argument=Argument.OPTIONAL_LINE,
    usage="#away [until 9 Aug | 3d]",
    summary={
        "en": "You are away: new tickets go to your deputy or your team until you are back.",
        "id": "Anda tidak di tempat: tiket baru diserahkan kepada wakil atau tim Anda sampai Anda kembali.",
    },
    details={
        "en": "Without a time, until #back. Your open tickets stay yours; what requesters write on them is told to "
        "your deputy or the lead too. When you are back, one mail tells what happened. It also works in a new mail, "
        "without a ticket: that is confirmed once, at your registered address.",
        "id": "Tanpa waktu, sampai #kembali. Tiket Anda yang terbuka tetap milik Anda; balasan pelapor juga diteruskan "
        "kepada wakil atau pimpinan tim. Setelah Anda kembali, satu email merangkum yang terjadi. Bisa juga dalam "
        "email baru tanpa tiket: email itu dikonfirmasi sekali, di alamat Anda yang terdaftar.",
    },
    examples=("#away", "#away until friday", "#cuti sampai 9 Agustus"),
    run=run,
    needs_ticket=False,
)
