"""#time: how long somebody has worked on the ticket."""

from datetime import timedelta

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.commands.values import shown, tidy
from mailbot.core.commands.when import parse_duration
from mailbot.core.durations import hours_and_minutes

_MINUTE = timedelta(minutes=1)
_MOST = timedelta(hours=24)


def run(call: Call, context: Context) -> Outcome:
    """Adds worked time, in whole minutes; with a minus before it, it is taken off again."""
    text = tidy(call.value).removeprefix("+").strip()
    taken_off = text.startswith("-")
    text = text.removeprefix("-").strip()
    # A number alone counts minutes, as in every time sheet.
    worked = parse_duration(f"{text}m" if text.isascii() and text.isdigit() else text)
    if worked is None or worked < _MINUTE:
        raise CommandRefusedError("not_worked", value=shown(call.value))
    if worked > _MOST:
        raise CommandRefusedError("too_much_work", value=shown(call.value))
    before = context.ticket.worked_minutes
    after = before + (-1 if taken_off else 1) * (worked // _MINUTE)
    if after < 0:
        raise CommandRefusedError("less_than_no_work", worked=hours_and_minutes(before))
    return outcome(context, ("worked_minutes", str(after)))


TIME = Command(
    name="time",
    aliases=("worked", "waktu"),
    argument=Argument.LINE,
    usage="#time 15m",
    summary={
        "en": "Adds the time that you have worked on the ticket.",
        "id": "Menambahkan waktu yang Anda pakai untuk mengerjakan tiket.",
    },
    details={
        "en": "For instance 15m, 1h 30m or 90 (minutes). A minus before it takes a slip off again: -15m.",
        "id": "Misalnya 15 menit, 1,5 jam atau 90 (menit). Tanda minus di depannya membatalkan kekeliruan: -15m.",
    },
    examples=("#time 15m", "#time 1h 30m", "#waktu 1,5 jam"),
    run=run,
)
