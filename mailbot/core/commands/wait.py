"""#wait: nothing can be done before the requester answers, or before a date."""

from mailbot.core.commands.base import Argument, Call, Command, Context, Outcome
from mailbot.core.commands.effects import outcome, require_active
from mailbot.core.commands.values import key
from mailbot.core.commands.when import parse_moment
from mailbot.core.model import Status

_REQUESTER = frozenset(
    {"user", "requester", "customer", "client", "reply", "pelapor", "pengguna", "pelanggan", "balasan"}
)
_BEFORE = ("onthe", "forthe", "for", "on", "the", "untuk", "menunggu")


def run(call: Call, context: Context) -> Outcome:
    """Makes the ticket pending, and sets or clears the date until which it waits."""
    require_active(context)
    until = ""
    if call.value and not _is_requester(call.value):
        until = parse_moment(call.value, context.now, context.zone).isoformat()
    if not until and context.ticket.wait_until is None:
        return outcome(context, ("status", Status.PENDING))
    return outcome(context, ("status", Status.PENDING), ("wait_until", until))


def _is_requester(value: str) -> bool:
    words = key(value[:60])
    return words in _REQUESTER or any(words.removeprefix(before) in _REQUESTER for before in _BEFORE)


WAIT = Command(
    name="wait",
    aliases=("pending", "tunggu"),
    argument=Argument.OPTIONAL_LINE,
    usage="#wait [2d | until 9 Aug | user]",
    summary={
        "en": "Waits for the requester, or until a time at the latest; meanwhile the deadlines stand still.",
        "id": "Menunggu pelapor, atau paling lama sampai suatu waktu; selama itu tenggat berhenti.",
    },
    details={
        "en": "A time is a duration (4h, 2d, 1 week), a day (tomorrow, friday, 9 Aug, 9/8, 2026-08-09) "
        "or a day with a time (9 Aug 14:00). A day alone means 08:00.",
        "id": "Waktu berupa lama (4 jam, 2 hari, seminggu), hari (besok, jumat, 9 Agustus, 9/8, 2026-08-09) "
        "atau hari dengan jamnya (9 Agustus 14.00). Hari saja berarti pukul 08.00.",
    },
    examples=("#wait", "#wait 2d", "#wait until friday 14:00", "#tunggu besok"),
    run=run,
)
