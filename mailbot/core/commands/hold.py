"""#hold: somebody else must do something first, or a date must come."""

import re
from dataclasses import replace
from datetime import datetime

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.effects import outcome, require_active
from mailbot.core.commands.values import tidy
from mailbot.core.commands.when import parse_moment
from mailbot.core.model import Status
from mailbot.core.phrases import say

_UNTIL = re.compile(r"(?:^|\s)(?:until|till|til|sampai|hingga|s/d|sd)\s", re.IGNORECASE)
_LONGEST_TIME = 60


def run(call: Call, context: Context) -> Outcome:
    """Puts the ticket on hold with its reason as an internal note, and sets or clears the date until which."""
    require_active(context)
    moment = _until(call.value, context)
    until = moment.isoformat() if moment else ""
    if until or context.ticket.wait_until is not None:
        done = outcome(context, ("status", Status.ON_HOLD), ("wait_until", until))
    else:
        done = outcome(context, ("status", Status.ON_HOLD))
    changes = tuple(replace(change, reason=call.value) for change in done.changes)
    line = say(context.language, "hold_noted")
    return replace(done, changes=changes, notes=(call.value,), lines=(*done.lines, line))


def _until(value: str, context: Context) -> datetime | None:
    """The time at the end of a reason, or that the whole of it is; None if it names none.

    Raises:
        CommandRefusedError: the time lies in the past or too far away, or has digits that nobody understands.
    """
    if len(value) <= _LONGEST_TIME:
        try:
            return parse_moment(value, context.now, context.zone)
        except CommandRefusedError as refusal:
            if refusal.phrase != "not_a_time":
                raise
    last = None
    for found in _UNTIL.finditer(value):
        last = found
    if last is None:
        return None
    when = value[last.end() :]
    try:
        return parse_moment(when, context.now, context.zone)
    except CommandRefusedError as refusal:
        # "until the vendor answers" is a reason like any other, but a date with a slip in it is none.
        if refusal.phrase != "not_a_time" or (len(when) <= _LONGEST_TIME and any(c.isdigit() for c in tidy(when))):
            raise
    return None


HOLD = Command(
    name="hold",
    aliases=("onhold", "tahan"),
    argument=Argument.LINE,
    usage="#hold REASON [until 9 Aug]",
    summary={
        "en": "Waits for a vendor or a date, and keeps the reason as an internal note; the deadlines stand still.",
        "id": "Menunggu vendor atau tanggal, alasannya disimpan sebagai catatan internal; tenggat berhenti.",
    },
    details={
        "en": "A time at the end (until friday, until 9 Aug 14:00) opens the ticket again by itself. "
        "To wait for the requester, use #wait.",
        "id": "Waktu di akhir (sampai jumat, sampai 9 Agustus 14.00) membuka tiket kembali dengan sendirinya. "
        "Untuk menunggu pelapor, pakailah #tunggu.",
    },
    examples=(
        "#hold spare part ordered",
        "#hold spare part ordered until friday",
        "#tahan menunggu vendor sampai besok",
    ),
    run=run,
)
