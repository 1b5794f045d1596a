"""How many automatic mails somebody may get: the caps against storms."""

from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import post
from mailbot.config.service import LimitsSection
from mailbot.core.phrases import Reason

QUESTIONS = frozenset({"held", "challenge"})
"""The notices that strangers can cause as often as they like."""

_TECHNICIAN_FACTOR = 10  # Technicians get more mail of one ticket than requesters; a loop still ends.
_QUESTION_FACTOR = 4  # Questions must leave room for the mail of those who take part.
_QUESTIONS_FACTOR_DAY = 2  # Nobody reads hundreds of questions a day; what is held stays held without them.
_CHALLENGES_PER_HOUR = 3  # Forged mail of one technician causes no more; the answer to one proves nothing for others.


def is_cap(reason: Reason) -> bool:
    """Whether a mail was refused because of a cap, so that it may go another day."""
    return reason.phrase.startswith("cap_")


def excess(
    session: Session,
    limits: LimitsSection,
    notice: str,
    address: str,
    ticket: int | None,
    now: datetime,
    *,
    outside: bool,
    timed: bool = False,
) -> Reason | None:
    """Gives which cap on automatic mail one more of a notice to an address would break, None if none.

    What somebody gets as a technician does not count against what he may get as a requester, nor the other way round.
    Nobody can make a storm of what time brings (`timed`): that has a rate of its own instead of a share of all answers.
    """
    most = limits.global_hour if outside and not timed else 0
    got = post.quota(session, address, ticket, now, internal=not outside, most=most)
    inside = _QUESTION_FACTOR if notice in QUESTIONS else _TECHNICIAN_FACTOR
    allowed = limits.per_ticket_address_day * (1 if outside else inside)
    if got.of_ticket >= allowed:
        return Reason("cap_ticket", {"address": address, "count": str(got.of_ticket)})
    if notice in QUESTIONS:
        return _too_many_questions(session, limits, notice, address, now)
    if not outside:
        return None
    if got.day >= limits.per_address_day:
        return Reason("cap_day", {"address": address, "count": str(got.day)})
    if notice == "acknowledgement" and got.acknowledgements >= limits.acknowledgements_per_address_hour:
        return Reason("cap_acknowledgements", {"address": address, "count": str(got.acknowledgements)})
    if not timed and got.outward >= limits.global_hour:
        return Reason("cap_global", {"count": str(limits.global_hour)})
    return None


def _too_many_questions(
    session: Session, limits: LimitsSection, notice: str, address: str, now: datetime
) -> Reason | None:
    """Whether somebody was asked so much about held mail already that strangers decide what he reads."""
    day, challenges = post.asked(session, address, now)
    if day >= _QUESTIONS_FACTOR_DAY * limits.per_address_day:
        return Reason("cap_questions", {"address": address, "count": str(day)})
    if notice == "challenge" and challenges >= _CHALLENGES_PER_HOUR:
        return Reason("cap_challenges", {"address": address, "count": str(challenges)})
    return None
