"""The ladder of a missed promise: its technician is told, then somebody who knows more takes over, then the lead hears.

It says when which step is due, and who stands above whoever has a ticket; the same people are meant by `#escalate`.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from enum import IntEnum

from mailbot.core.calendars import Calendar
from mailbot.core.model import Directory, Technician


class Step(IntEnum):
    """The steps, in their order."""

    TECHNICIAN = 1  # Whoever has the ticket is told; where he is away, whoever stands in for him.
    SPECIALIST = 2  # Functional: somebody of a higher level takes over.
    LEAD = 3  # Hierarchical: the lead hears of it.


def next_step(
    due_at: datetime,
    taken: Mapping[Step, datetime],
    *,
    specialist_after: timedelta | None,
    lead_after: timedelta,
    calendar: Calendar,
    handed_up_at: datetime | None = None,
) -> tuple[datetime, Step] | None:
    """Find which step comes next, and when (UTC); None after the last one.

    Everything counts from when the technician was told, however late that was: he must have had time to act.

    Args:
        due_at: When the promise is or was due (UTC).
        taken: The steps taken so far, and when (UTC).
        specialist_after: How long after the technician a specialist takes over, in business time; None = nobody does.
        lead_after: The same for the lead.
        calendar: On which business time counts.
        handed_up_at: When somebody got the ticket because of another promise (UTC): he must have time to act, too.
    """
    told_at = taken.get(Step.TECHNICIAN)
    if told_at is None:
        return due_at, Step.TECHNICIAN
    known_at = max(told_at, handed_up_at) if handed_up_at is not None else told_at
    waits = {Step.SPECIALIST: (known_at, specialist_after), Step.LEAD: (told_at, lead_after)}
    left = [
        (calendar.add(since, wait), step)
        for step, (since, wait) in waits.items()
        if wait is not None and step not in taken
    ]
    return min(left, default=None)


def specialists(
    directory: Directory, team: str, above: int, without: Collection[str]
) -> Iterator[tuple[str, tuple[Technician, ...]]]:
    """Give who may take over a ticket, group by group, each with its team.

    First come the members of the team at higher levels, then all of the team to which it escalates.

    Args:
        directory: Who there is.
        team: The team that has the ticket.
        above: The level of whoever has it, 0 if nobody has.
        without: Addr-specs in lower case of those who do not count: whoever has it, and those who are away.
    """
    people = [who for address, who in directory.technicians.items() if address not in without]
    higher = tuple(who for who in people if who.level > above and serves(who, team))
    if higher:
        yield team, higher
    own = directory.teams.get(team.lower())
    other = directory.teams.get(own.escalates_to.lower()) if own is not None else None
    if other is not None and (members := tuple(who for who in people if serves(who, other.name))):
        yield other.name, members


def serves(who: Technician, team: str) -> bool:
    """Say whether somebody is a member of a team."""
    return team.casefold() in map(str.casefold, who.teams)
