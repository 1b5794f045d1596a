"""What is done about a promise that is soon due, and about one that is broken: a warning, then the steps of the ladder.

Who is away is passed over. Each step is taken once, is an event of its ticket with who, when and why, and stands in the
mails of the later ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from mailbot import deadlines
from mailbot.adapters import absences, history, links, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core import ladder, routing
from mailbot.core.commands.when import show_moment
from mailbot.core.ladder import Step
from mailbot.core.model import Address, EventKind, Team, Technician
from mailbot.core.phrases import say
from mailbot.deadlines import Marks
from mailbot.notify import Desk
from mailbot.pipeline import letters, tickets
from mailbot.policy import Policy

Action = Callable[[Session, Desk, Ticket, Marks, datetime, datetime], list[Happening]]
"""Does what a timer is for; gives the events to be stored."""

_EXCERPT = 4000  # Characters of the request in a mail.
_TARGETS: Mapping[str, str] = MappingProxyType({"response": "first_response", "resolution": "resolution"})


@dataclass(frozen=True, slots=True)
class Promise:
    """Which promise a mail is about: "response" or "resolution", in which cycle of its ticket."""

    cycle: int
    target: str


def promise_of(key: str) -> Promise | None:
    """The promise that a mail with this key is about, None if it is about none."""
    _notice, _ticket, cycle, target, *_more = (*key.split(":"), "", "", "", "")
    if target not in _TARGETS or not cycle[1:].isdecimal():
        return None
    return Promise(int(cycle[1:]), target)


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told, and in whose stead: the name of whoever is away, "" if nobody is, and until when (UTC)."""

    person: Address
    absent: str = ""
    until: datetime | None = None


def there(session: Session, policy: Policy, ticket: Ticket, now: datetime) -> list[Told]:
    """Who looks after a ticket: whoever is responsible; if he is away, his deputy, else the lead, or his deputy."""
    away = absences.everybody_away(session, now)
    return [_present(policy, ticket, person, away) for person in letters.responsible(policy, ticket)]


def _present(policy: Policy, ticket: Ticket, person: Address, away: Mapping[str, datetime]) -> Told:
    if person.key not in away:
        return Told(person)
    lead = letters.lead_for(policy, ticket)
    for candidate in (person, *([lead] if lead is not None else [])):
        stand_in = candidate if candidate.key not in away else _deputy(policy, candidate, away)
        if stand_in is not None:
            return Told(stand_in, person.label, away[person.key])
    return Told(person)  # Nobody else is there: he reads it when he is back.


def _deputy(policy: Policy, person: Address, away: Mapping[str, datetime]) -> Address | None:
    technician = policy.directory.technician(person.key)
    found = routing.stand_ins([technician], policy.directory, set(away)) if technician is not None else {}
    return next((letters.person(deputy) for deputy in found.values()), None)


def warn(target: str) -> Action:
    """The action that warns whoever looks after a ticket, before a promise is broken."""

    def act(
        session: Session, desk: Desk, ticket: Ticket, marks: Marks, due_at: datetime, now: datetime
    ) -> list[Happening]:
        del marks, due_at
        mark = deadlines.warned_mark(target)
        store.add_mark(session, ticket.number or 0, ticket.cycle, mark, now)
        used, allowed = deadlines.used(ticket, desk.policy, now), deadlines.allowed(ticket, target, desk.policy)
        promised = deadlines.promised(ticket, target)
        assert allowed is not None
        assert promised is not None
        newest = links.newest_message(session, ticket.number or 0, ticket.requester_address)
        data = {
            "target": _TARGETS[target],
            "due_at": promised,
            "used": used,
            "allowed": allowed,
            "text": newest.text[:_EXCERPT] if newest else "",
            "author": letters.requester_of(ticket).label,
        }
        people = there(session, desk.policy, ticket, now)
        _tell(session, desk, ticket, "warning", people, mark, data, now)
        share = f"{used / allowed:.0%}"
        why = f"{share} of the time for the {target} is used up, which is due at {promised:%Y-%m-%d %H:%M} UTC"
        return [_happening(EventKind.WARNED, ticket, target, 0, promised, people, why)]

    return act


def climb(target: str) -> Action:
    """The action that takes the next step of the ladder for a promise that is broken."""

    def act(
        session: Session, desk: Desk, ticket: Ticket, marks: Marks, due_at: datetime, now: datetime
    ) -> list[Happening]:
        found = deadlines.next_step(ticket, target, desk.policy, marks)
        assert found is not None
        _when, step = found
        promised = deadlines.promised(ticket, target) or due_at
        store.add_mark(session, ticket.number or 0, ticket.cycle, deadlines.mark_of(target, step), now)
        if step is Step.SPECIALIST:
            return _hand_up(session, desk, ticket, target, promised, now)
        people = there(session, desk.policy, ticket, now)
        if step is Step.LEAD:
            people = _lead(session, desk.policy, ticket, but_not={one.person.key for one in people}, now=now)
        data = {
            "target": _TARGETS[target],
            "due_at": promised,
            "overdue": now - promised,
            "step": step.value,
            "steps": _steps(session, desk.policy, ticket, target),
            "text": history.first_words(session, ticket.number or 0),
            "author": letters.requester_of(ticket).label,
        }
        # Of both promises at once one mail tells: its list of deadlines shows both.
        if marks.get(deadlines.mark_of(deadlines.other_than(target), step)) != now:
            _tell(session, desk, ticket, "escalation", people, deadlines.mark_of(target, step), data, now)
        kind, details = EventKind.BREACHED, {}
        if step is Step.LEAD:
            kind, details = EventKind.ESCALATED, {"how": "hierarchical"}
        return [_happening(kind, ticket, target, step, promised, people, f"{target} is overdue", details)]

    return act


def _lead(session: Session, policy: Policy, ticket: Ticket, *, but_not: set[str], now: datetime) -> list[Told]:
    """The lead, or whoever stands in for him; nobody, if all of them know already."""
    lead = letters.lead_for(policy, ticket)
    if lead is None:
        return []
    told = _present(policy, ticket, lead, absences.everybody_away(session, now))
    return [] if told.person.key in but_not else [told]


def _hand_up(
    session: Session, desk: Desk, ticket: Ticket, target: str, promised: datetime, now: datetime
) -> list[Happening]:
    """Gives a ticket to somebody who knows more, chosen by skill, level and load; tells him and whoever had it."""
    policy, before, team = desk.policy, ticket.technician, ticket.team
    holder = policy.directory.technician(before)
    level = holder.level if holder is not None else 0
    chosen, its_team, why = _specialist(session, policy, ticket, level, now)
    if chosen is None:
        return [_happening(EventKind.ESCALATED, ticket, target, Step.SPECIALIST, promised, [], why)]
    tickets.move(ticket, policy, its_team, now)
    ticket.technician = chosen.email.lower()
    store.note_assignment(session, ticket.technician, now)
    deadlines.retime(ticket, policy, now)  # The mails show the targets that it has now.
    recipient = letters.person(chosen)
    language = letters.language_of(policy, recipient)
    phrase = "climb_team" if its_team != team else "climb_chosen" if level else "climb_nobody"
    because = say(language, phrase, team=its_team, before=team, level=str(level))
    data = {
        **letters.so_far(session, ticket),
        "text": "",
        "author": "",
        "assigned_by": "",
        "promise": _TARGETS[target],
        "reasons": [*_reasons(session, policy, ticket, target, promised, language), because],
    }
    cause = f"c{ticket.cycle}:{deadlines.mark_of(target, Step.SPECIALIST)}"
    letters.tell_technician(session, desk, ticket, "assigned", recipient, cause, now, data)
    if holder is not None and not absences.away(session, [before], now):
        taken = {"assigned_by": "", "assigned_to": recipient.label, "promise": _TARGETS[target]}
        letters.tell_technician(session, desk, ticket, "reassigned", letters.person(holder), cause, now, taken)
    details = {"how": "functional", "from": before, "to": ticket.technician, "team": its_team, "level": chosen.level}
    reason = f"{target} is overdue, and somebody who knows more is needed: {why}"
    told = [Told(recipient)]
    return [_happening(EventKind.ESCALATED, ticket, target, Step.SPECIALIST, promised, told, reason, details)]


def _specialist(
    session: Session, policy: Policy, ticket: Ticket, level: int, now: datetime
) -> tuple[Technician | None, str, str]:
    """Who takes over a ticket from somebody of a level, None if nobody can; with his team, and why."""
    without = {ticket.technician, *absences.everybody_away(session, now)}
    why = f"nobody who is there stands above level {level} in team {ticket.team or '-'}"
    for name, people in ladder.specialists(policy.directory, ticket.team, level, without):
        team = policy.directory.teams.get(name.lower()) or Team(name)
        choice = tickets.choose(session, policy, team, people, ticket, now)
        if choice.technician is not None:
            return choice.technician, team.name, choice.reason
        why = choice.reason
    return None, ticket.team, why


def _reasons(
    session: Session, policy: Policy, ticket: Ticket, target: str, promised: datetime, language: str
) -> list[str]:
    """Why somebody must take over, in words: what was due when, and who was told so far."""
    zone = policy.zone
    told = [(step["names"], step["at"]) for step in _steps(session, policy, ticket, target) if step["names"]]
    return [
        say(language, f"climb_{target}", due=show_moment(promised, zone, language)),
        *(say(language, "climb_told", name=names, at=show_moment(at, zone, language)) for names, at in told),
    ]


def _steps(session: Session, policy: Policy, ticket: Ticket, target: str) -> list[dict[str, Any]]:
    """The steps taken so far for a promise: when, which, and the names of whom they reached."""
    return [
        {"at": at, "step": data["step"], "names": ", ".join(_name(policy, address) for address in data["told"])}
        for at, data in history.climbed(session, ticket.number or 0)
        if (data.get("target"), data.get("cycle")) == (target, ticket.cycle)
    ]


def _name(policy: Policy, address: str) -> str:
    technician: Technician | None = policy.directory.technician(address)
    return (technician.name or technician.email) if technician is not None else address


def _tell(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    notice: str,
    people: list[Told],
    mark: str,
    data: Mapping[str, object],
    now: datetime,
) -> None:
    cause = f"c{ticket.cycle}:{mark}"
    for told in people:
        stead = {"absent": told.absent, "absent_until": told.until}
        letters.tell_technician(session, desk, ticket, notice, told.person, cause, now, {**data, **stead})


def _happening(
    kind: EventKind,
    ticket: Ticket,
    target: str,
    step: int,
    promised: datetime,
    people: list[Told],
    why: str,
    more: Mapping[str, object] | None = None,
) -> Happening:
    """The event of a step: what was due, and who was told; `why` in words."""
    names = ", ".join(one.person.key + (f" (for {one.absent}, who is away)" if one.absent else "") for one in people)
    details = {
        "target": target,
        "step": int(step),
        "cycle": ticket.cycle,
        "due_at": promised.isoformat(),
        "told": [one.person.key for one in people],
        **(more or {}),
    }
    return Happening(kind, reason=f"{why}; told {names or 'nobody'}", data=details)
