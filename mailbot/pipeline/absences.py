"""The vacation notices of technicians: who is away gets no new tickets until he is back."""

from datetime import datetime, time, timedelta

import structlog
from sqlmodel import Session

from mailbot.adapters import absences, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.automatic import says_away
from mailbot.core.model import EventKind, InboundMail, Technician
from mailbot.core.vacation import away_until
from mailbot.pipeline.arrival import Thread
from mailbot.policy import Policy

_log = structlog.get_logger("mailbot.absences")

_LONGEST = timedelta(days=60)  # Further away is a mistake, his or ours: nobody shall be forgotten.
_UNTOLD = timedelta(days=1)  # Where the notice names no day.


def note(
    session: Session, policy: Policy, mail: InboundMail, technician: Technician, thread: Thread, now: datetime
) -> str:
    """Marks a technician as away who answers our mail with a vacation notice; gives until when in words, or "".

    It needs the proof that he got our mail: anybody can write a vacation notice in his name.
    """
    if thread.token is None or not says_away(mail.automatic):
        return ""
    address = technician.email.lower()
    today = now.astimezone(policy.zone).date()
    absence = away_until(mail.subject, mail.new_text or mail.text, today)
    if absence is not None:
        back = min(absence.back, today + _LONGEST)
        until = datetime.combine(back, time(), policy.zone)
    else:
        # A notice without a day takes nothing from one that named it.
        until = max(absences.away(session, [address], now).get(address, now), now + _UNTOLD)
    absences.note(session, address, until)
    words = f"away until {until.astimezone(policy.zone):%Y-%m-%d %H:%M}"
    _log.info("technician_away", technician=address, until=until.isoformat(), day_named=absence is not None)
    return words


def end(session: Session, technician: Technician, ticket: Ticket | None, now: datetime) -> None:
    """A technician who works is back, whatever his notice said."""
    address = technician.email.lower()
    if not absences.end(session, address, now):
        return
    _log.info("technician_back", technician=address)
    if ticket is not None and ticket.number is not None:
        happening = Happening(EventKind.CHANGED, address, "is back: he works again, so he gets tickets again")
        store.add_events(session, ticket.number, now, [happening])
