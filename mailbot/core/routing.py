"""Who gets a ticket: the team that serves its category, and in it whoever is free and knows most about it."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from mailbot.core.durations import format_duration
from mailbot.core.model import Category, Directory, Strategy, Team, Technician


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets a ticket, why, and who else was thought of.

    Attributes:
        technician: None = nobody is free.
        reason: One sentence without a full stop, for the audit log.
        considered: For every member of the team in the order of names, what spoke for or against him.
        instead_of: Who would have got it, if he is away and the technician stands in for him.
    """

    technician: Technician | None
    reason: str
    considered: tuple[str, ...]
    instead_of: Technician | None = None


def stand_ins(technicians: Iterable[Technician], directory: Directory, away: AbstractSet[str]) -> dict[str, Technician]:
    """Find who stands in for those of some technicians who are away: the deputy, or his if he is away too.

    Gives him by the addr-spec in lower case of whoever is away; nobody for those who have no deputy that is there.
    """
    found: dict[str, Technician] = {}
    for who in technicians:
        seen = {who.email.lower()}
        deputy = directory.technician(who.deputy) if who.email.lower() in away else None
        while deputy is not None and deputy.email.lower() in away and deputy.email.lower() not in seen:
            seen.add(deputy.email.lower())
            deputy = directory.technician(deputy.deputy)
        if deputy is not None and deputy.email.lower() not in away:
            found[who.email.lower()] = deputy
    return found


def deputies(technicians: Iterable[Technician], directory: Directory) -> dict[str, Technician]:
    """All who may have to stand in for some technicians, by addr-spec in lower case: deputies, and theirs in turn."""
    found: dict[str, Technician] = {}
    for who in technicians:
        deputy = directory.technician(who.deputy)
        while deputy is not None and deputy.email.lower() not in found:
            found[deputy.email.lower()] = deputy
            deputy = directory.technician(deputy.deputy)
    return found


def choose(
    team: Team,
    technicians: Iterable[Technician],
    loads: Mapping[str, int],
    last_assigned: Mapping[str, datetime],
    away: AbstractSet[str],
    skill: str,
    now: datetime,
    standing_in: Mapping[str, Technician] | None = None,
) -> Choice:
    """Choose who of a team gets a new ticket.

    Who is away or has as many active tickets as his capacity allows is left out. Of the others, those with the skill
    come first, then those of the lowest level; among them the strategy of the team decides. Who is away keeps his place
    if somebody stands in for him: with the load of that one, who is given the ticket if it is the turn of the other.

    Args:
        team: The team that serves the ticket.
        technicians: Anybody; who is not a member of the team does not count.
        loads: How many active tickets an addr-spec in lower case has; 0 where it is missing.
        last_assigned: When an addr-spec in lower case last was given a ticket (UTC); missing = never.
        away: The addr-specs in lower case of those who are away.
        skill: What the ticket asks for; "" = nothing special.
        now: The present moment (UTC), for the reason.
        standing_in: Who stands in for those who are away, by their addr-specs in lower case.
    """
    standing_in = standing_in or {}
    for absent, other in standing_in.items():
        loads = {**loads, absent: loads.get(other.email.lower(), 0)}
    members = sorted((who for who in technicians if _belongs(who, team)), key=_by_name)
    verdicts = {who.email: _hindrance(who, loads, away, standing_in.get(who.email.lower())) for who in members}
    considered = tuple(_consider(who, verdicts[who.email], loads, skill) for who in members)
    if not members:
        return Choice(None, f"team {team.name} has no members", considered)
    free = [who for who in members if not verdicts[who.email]]
    if not free:
        return Choice(None, f"nobody in team {team.name} is free: {'; '.join(considered)}", considered)
    fitting = [who for who in free if _has(who, skill)]
    lacking = f"; nobody free has the skill {skill}" if skill and not fitting else ""
    level = min(who.level for who in fitting or free)
    candidates = [who for who in fitting or free if who.level == level]
    chosen = min(candidates, key=_order(team.strategy, loads, last_assigned))
    why = _why(team.strategy, chosen, len(candidates), loads, last_assigned, now)
    deputy = standing_in.get(chosen.email.lower()) if chosen.email.lower() in away else None
    if deputy is not None:
        why = f"{why}, who is away: {deputy.name or deputy.email} stands in"
    skilled = f" with the skill {skill}" if skill and fitting else ""
    reason = f"{chosen.name or chosen.email}{skilled}, level {level}, {why}{lacking}"
    return Choice(deputy or chosen, reason, considered, chosen if deputy else None)


def team_for(category: Category | None, rule_team: str, mailbox_team: str, directory: Directory) -> tuple[str, str]:
    """Find the team that serves a ticket: that of the rule, of the category, of the mailbox, or the first one.

    A team that the directory does not know is passed over, and the reason says so.

    Returns:
        The name of the team as the directory spells it, "" if there is none at all; and why, in one sentence without a
        full stop.
    """
    sources = (
        (rule_team, "a rule names it"),
        (category.team if category else "", f"it serves category {category.name}" if category else ""),
        (mailbox_team, "the mailbox names it"),
    )
    unknown: list[str] = []
    for name, why in sources:
        found = directory.teams.get(name.lower())
        if found is not None:
            return found.name, f"team {found.name} because {why}{_passed_over(unknown)}"
        if name:
            unknown.append(name)
    first = next(iter(directory.teams.values()), None)
    if first is None:
        return "", f"no team is configured{_passed_over(unknown)}"
    return first.name, f"team {first.name} because it is the first one{_passed_over(unknown)}"


def _passed_over(unknown: list[str]) -> str:
    return f" (there is no team {', '.join(unknown)})" if unknown else ""


def _belongs(who: Technician, team: Team) -> bool:
    return team.name.casefold() in map(str.casefold, who.teams)


def _has(who: Technician, skill: str) -> bool:
    return not skill or skill.casefold() in map(str.casefold, who.skills)


def _by_name(who: Technician) -> tuple[str, str]:
    return (who.name or who.email).casefold(), who.email.lower()


def _hindrance(
    who: Technician, loads: Mapping[str, int], away: AbstractSet[str], deputy: Technician | None = None
) -> str:
    """Why somebody cannot be given a ticket, nor whoever stands in for him; "" if he can."""
    if who.email.lower() not in away:
        deputy = None
    elif deputy is None:
        return "away"
    capacity, load = (deputy or who).capacity, loads.get(who.email.lower(), 0)
    if capacity is not None and load >= capacity:
        full = f"at capacity ({load} of {capacity})"
        return f"away, and {deputy.name or deputy.email} is {full}" if deputy else full
    return ""


def _consider(who: Technician, hindrance: str, loads: Mapping[str, int], skill: str) -> str:
    told = hindrance or f"free, level {who.level}, {_tickets(loads.get(who.email.lower(), 0))}"
    missing = "" if _has(who, skill) else f", without the skill {skill}"
    return f"{who.name or who.email}: {told}{missing}"


def _tickets(count: int) -> str:
    return f"{count} active ticket{'' if count == 1 else 's'}"


_Rank = tuple[float, float, tuple[str, str]]


def _order(
    strategy: Strategy, loads: Mapping[str, int], last_assigned: Mapping[str, datetime]
) -> Callable[[Technician], _Rank]:
    def rank(who: Technician) -> _Rank:
        key = who.email.lower()
        last = last_assigned.get(key)
        waited = last.timestamp() if last else float("-inf")
        # Round robin does not look at loads at all: everybody gets his turn.
        load = loads.get(key, 0) if strategy is Strategy.LEAST_LOADED else 0
        return load, waited, _by_name(who)

    return rank


def _why(
    strategy: Strategy,
    chosen: Technician,
    candidates: int,
    loads: Mapping[str, int],
    last_assigned: Mapping[str, datetime],
    now: datetime,
) -> str:
    key = chosen.email.lower()
    if candidates == 1:
        return "the only one free"
    if strategy is Strategy.LEAST_LOADED:
        return f"the least loaded ({_tickets(loads.get(key, 0))})"
    last = last_assigned.get(key)
    return (
        f"whose turn it is (last ticket {format_duration(now - last)} ago)"
        if last
        else "whose turn it is (no ticket yet)"
    )
