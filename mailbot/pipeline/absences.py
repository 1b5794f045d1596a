"""Technicians who are away: who is gets no new tickets until he is back, and others hear of what concerns him.

It is known from his vacation notice, from himself (`#away`), or because mail to him comes back. All three are the same
absence. What a machine says ends as soon as he works; what he said himself ends on the day that he named, or by
`#back`.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog
from sqlmodel import Session

from mailbot.adapters import absences, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.core import routing
from mailbot.core.automatic import says_away
from mailbot.core.commands import Parsed
from mailbot.core.commands.deeds import Away
from mailbot.core.commands.when import FARTHEST
from mailbot.core.model import Address, AwayWhy, EventKind, InboundMail, Report, Technician
from mailbot.core.phrases import say
from mailbot.core.reports.hardness import address_is_dead
from mailbot.core.vacation import away_until
from mailbot.notify import DEAD_FOR, Desk
from mailbot.pipeline import letters, returns
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
    known = absences.of(session, address)
    said = known is not None and known.until > now and known.why is AwayWhy.COMMAND
    if absence is not None:
        back = min(absence.back, today + _LONGEST)
        until = datetime.combine(back, time(), policy.zone)
    else:
        until = now + _UNTOLD
    if known is not None and (said or absence is None):
        # A notice without a day takes nothing from one that named it, and none takes anything from his own word.
        until = max(known.until, until)
    absences.note(session, address, until, now, AwayWhy.COMMAND if said else AwayWhy.NOTICE)
    words = f"away until {until.astimezone(policy.zone):%Y-%m-%d %H:%M}"
    _log.info("technician_away", technician=address, until=until.isoformat(), day_named=absence is not None)
    return words


def end(
    session: Session, desk: Desk, technician: Technician, ticket: Ticket | None, parsed: Parsed, now: datetime
) -> None:
    """A technician who works is back, whatever his notice said; what he said himself stands until he says otherwise."""
    address = technician.email.lower()
    known = absences.of(session, address)
    named = {call.command.name for call in parsed.calls}
    if known is None or known.why is AwayWhy.COMMAND or named & {"away", "back"}:
        return
    absences.end(session, address)
    _log.info("technician_back", technician=address)
    if ticket is not None and ticket.number is not None:
        happening = Happening(EventKind.CHANGED, address, "is back: he works again, so he gets tickets again")
        store.add_events(session, ticket.number, now, [happening])
    returns.tell(session, desk, technician, known, now)


def declare(session: Session, desk: Desk, technician: Technician, deed: Away, now: datetime) -> list[str]:
    """Does what `#away` and `#back` say; gives the lines of the transcript that depend on what happened meanwhile."""
    address = technician.email.lower()
    language = letters.language_for(desk.policy, technician)
    if not deed.back:
        absences.note(session, address, deed.until or now + FARTHEST, now, AwayWhy.COMMAND)
        _log.info("technician_away", technician=address, until=deed.until.isoformat() if deed.until else None)
        away = set(absences.everybody_away(session, now))
        stand_in = routing.stand_ins([technician], desk.policy.directory, away).get(address)
        if stand_in is not None:
            name = stand_in.name or stand_in.email
            return [say(language, "away_deputy", name=name), say(language, "away_hint")]
        teams = {*technician.teams}
        others = [
            one
            for one in desk.policy.directory.technicians.values()
            if one.email.lower() not in away and one.email.lower() != address and teams & {*one.teams}
        ]
        return [say(language, "away_others" if others else "away_lead"), say(language, "away_hint")]
    known = absences.end(session, address)
    if known is None:
        return [say(language, "was_not_away")]
    _log.info("technician_back", technician=address)
    told = returns.tell(session, desk, technician, known, now)
    return [say(language, "back_follows" if told else "back_nothing")]


def unreachable(session: Session, policy: Policy, mail: OutboxMail, report: Report, now: datetime) -> datetime | None:
    """Counts a technician as away whose address takes no mail; gives until when (UTC), None if that does not follow.

    His next mail ends it, as it ends a vacation; so does the time after which mail to a dead address is tried again.
    """
    technician = policy.directory.technician(mail.recipient)
    if technician is None or not mail.internal or not address_is_dead(report):
        return None
    address = technician.email.lower()
    known = absences.of(session, address)
    if known is not None and known.until > now + DEAD_FOR:
        return known.until
    until = now + DEAD_FOR
    why = known.why if known is not None and known.why is AwayWhy.COMMAND and known.until > now else AwayWhy.BOUNCE
    absences.note(session, address, until, now, why)
    _log.warning("technician_unreachable", technician=address, until=until.isoformat())
    return until


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who hears of a ticket besides its technician, who is away until then (UTC)."""

    person: Address
    absent: Technician
    until: datetime


def around(session: Session, ticket: Ticket, now: datetime) -> tuple[list[Address], datetime | None]:
    """Who is in copy of a ticket, and until when its technician is away (UTC, None = he is there)."""
    assert ticket.number is not None
    people, until = absences.around(session, ticket.number, ticket.technician, now)
    return letters.copied(people), until


def stand_in(session: Session, policy: Policy, ticket: Ticket, until: datetime, now: datetime) -> StandIn | None:
    """Who hears of a ticket whose technician is away until then: his deputy, else the lead of the team."""
    technician = policy.directory.technician(ticket.technician)
    if technician is None:
        return None
    away = set(absences.everybody_away(session, now))
    deputy = routing.stand_ins([technician], policy.directory, away).get(ticket.technician)
    person = letters.person(deputy) if deputy is not None else letters.lead_for(policy, ticket)
    if person is None or person.key == ticket.technician:
        return None
    return StandIn(person, technician, until)
