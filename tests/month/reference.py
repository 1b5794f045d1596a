"""What time had to bring to one ticket: the rules as the documentation tells them, step by step through the month.

Nothing of mailbot is used here. What people did comes in as facts; out come the notices that must have been made, each
with its minute. Whether one of them was held back by a cap, or because somebody was asked before, is looked at apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from month.wall import DAY, HOUR, HOURS, HOURS_ARE_KEPT, TEAM_HOURS

FIRST_RESPONSE = {"critical": 15, "high": HOUR, "normal": 4 * HOUR, "low": 8 * HOUR}
NEXT_UPDATE = {"critical": 2 * HOUR, "high": 4 * HOUR, "normal": 8 * HOUR, "low": 16 * HOUR}
RESOLUTION = {"critical": 4 * HOUR, "high": 8 * HOUR, "normal": 24 * HOUR, "low": 40 * HOUR}
LEAD_AFTER = HOUR
REMIND_AFTER, REMINDERS, CLOSE_AFTER = 2 * DAY, 2, 7 * DAY
CLOSED_AFTER = 3 * DAY
SURVEY_AFTER, SURVEY_VALID = HOUR, 7 * DAY
WARN_AT = 8  # Tenths of a target.
LEADS = {"support": "lena@example.com", "network": "lars@example.com"}


class Fact(NamedTuple):
    """Something that somebody did to a ticket: when, what, and what the ticket is thereafter."""

    at: int
    what: str
    team: str
    technician: str
    priority: str
    until: int = 0


class Due(NamedTuple):
    """A notice that had to be made: when, which, to whom."""

    at: int
    notice: str
    recipient: str


class Absence(NamedTuple):
    """A technician is away from one minute up to another."""

    technician: str
    begin: int
    end: int


@dataclass
class Course:
    """How a ticket stands while the month passes."""

    requester: str
    absences: Sequence[Absence]
    due: list[Due] = field(default_factory=list)
    status: str = ""
    team: str = ""
    technician: str = ""
    priority: str = "normal"
    used: int = 0
    counted_to: int = 0
    used_before: int = 0
    runs_since: int = 0
    responded: bool = False
    heard: int = 0
    waits_since: int = 0
    waits_until: int = 0
    reminders: int = 0
    done_at: int = 0
    closed_at: int = 0
    asked: bool = False
    told: dict[str, int] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self.status in {"new", "open"}

    @property
    def hours(self) -> str:
        return TEAM_HOURS[self.team]

    def count(self, now: int) -> None:
        """Lets the clock run until now, in the hours of the team that has the ticket."""
        if self.active:
            self.used += HOURS[self.hours].between(self.counted_to, now)
        else:
            self.used_before, self.runs_since = self.used, now
        self.counted_to = now

    def make(self, at: int, notice: str, recipient: str = "") -> None:
        self.due.append(Due(at, notice, recipient or self.requester))

    # What people do.

    def take(self, fact: Fact) -> None:
        if self.status:
            self.count(fact.at)
        else:
            self.counted_to = self.runs_since = fact.at
        if fact.team != self.team and self.active and not HOURS_ARE_KEPT:
            # The hours since the clock last started are counted anew, in those of the new team.
            self.used = self.used_before + HOURS[TEAM_HOURS[fact.team]].between(self.runs_since, fact.at)
        self.team, self.technician, self.priority = fact.team, fact.technician, fact.priority
        getattr(self, f"was_{fact.what}")(fact)

    def was_opened(self, fact: Fact) -> None:
        self.status, self.heard = "new", fact.at
        self.make(fact.at, "acknowledgement")

    def was_answered(self, fact: Fact) -> None:
        self.responded, self.heard = True, fact.at
        self.status = "open" if self.status == "new" else self.status
        self.make(fact.at, "reply")

    def was_asked(self, fact: Fact) -> None:
        self.was_answered(fact)
        self.status, self.waits_since, self.waits_until, self.reminders = "pending", fact.at, 0, 0

    def was_put_off(self, fact: Fact) -> None:
        self.was_asked(fact)
        self.waits_until = fact.until

    def was_held(self, fact: Fact) -> None:
        self.was_asked(fact)
        self.status = "on_hold"

    def was_changed(self, _fact: Fact) -> None:
        """Its priority, or its team, is another one: the clock goes on from where it is."""

    def was_resolved(self, fact: Fact) -> None:
        self.responded, self.heard = True, fact.at
        self.status, self.done_at = "resolved", fact.at
        self.make(fact.at, "resolved")

    def was_written_to(self, fact: Fact) -> None:
        """The requester wrote."""
        if self.status in {"resolved", "closed"}:
            self.status, self.heard, self.asked, self.told = "open", fact.at, False, {}
            self.make(fact.at, "reopened")
        elif self.status == "pending":
            self.status, self.waits_until = "open", 0

    def was_confirmed(self, fact: Fact) -> None:
        self.close(fact.at)

    def was_voted_on(self, fact: Fact) -> None:
        self.make(fact.at, "survey_thanks")

    def close(self, now: int) -> None:
        self.status, self.closed_at, self.heard = "closed", now, now
        self.make(now, "closed")

    # What time does.

    def tick(self, now: int) -> None:
        self.count(now)
        self.escalate(now, "response", FIRST_RESPONSE, wanted=not self.responded)
        self.escalate(now, "resolution", RESOLUTION, wanted=True)
        if HOURS_ARE_KEPT:
            self.warn(now, "response", FIRST_RESPONSE, wanted=not self.responded)
            self.warn(now, "resolution", RESOLUTION, wanted=True)
        update_at = HOURS[self.hours].after(self.heard, NEXT_UPDATE[self.priority])
        if self.status in {"new", "open", "on_hold"} and self.comes(update_at, now):
            self.heard = now
            self.make(now, "status_update")
        if self.status == "pending" and not self.waits_until:
            self.wait(now)
        if self.status in {"pending", "on_hold"} and self.waits_until and now >= self.waits_until:
            self.status, self.waits_until = "open", 0
            self.make(now, "assigned", self.technician)
        if self.status == "resolved" and self.comes(self.done_at + CLOSED_AFTER, now):
            self.close(now)
        if self.status == "closed" and not self.asked and self.comes(self.closed_at + SURVEY_AFTER, now):
            self.asked = True
            self.make(now, "survey")

    def comes(self, due: int, now: int) -> bool:
        """Whether it is time for what is due, which waits for the hours of the helpdesk unless it is critical."""
        if self.priority == "critical" or not HOURS_ARE_KEPT or now < due:
            return now >= due
        return HOURS["office"].between(due, now + 1) > 0

    def wait(self, now: int) -> None:
        if self.reminders < REMINDERS and self.comes(max(self.heard, self.waits_since) + REMIND_AFTER, now):
            self.reminders += 1
            self.heard = now
            self.make(now, "pending_reminder")
        if self.reminders >= REMINDERS:
            silent_at = max(self.waits_since + CLOSE_AFTER, self.heard + REMIND_AFTER)
            if self.comes(silent_at, now):
                self.close(now)

    def escalate(self, now: int, target: str, allowed: dict[str, int], *, wanted: bool) -> None:
        if not (wanted and self.active):
            return
        lead = LEADS[self.team]
        other = "resolution" if target == "response" else "response"
        if target not in self.told:
            if self.used >= allowed[self.priority]:
                self.told[target] = now
                # Of both promises at the same moment one mail tells.
                if self.told.get(other) != now:
                    self.make(now, "escalation", lead if self.is_away(now) else self.technician)
        elif f"{target} lead" not in self.told and self.acted_for(self.told[target], now) >= LEAD_AFTER:
            self.told[f"{target} lead"] = now
            # Where the technician is away, the lead was told in his stead, or is to act in it.
            if self.told.get(f"{other} lead") != now and not (HOURS_ARE_KEPT and self.is_away(now)):
                self.make(now, "escalation", lead)

    def acted_for(self, begin: int, now: int) -> int:
        """How long somebody has had time to act."""
        if self.priority == "critical" or not HOURS_ARE_KEPT:
            return now - begin
        return HOURS[self.hours].between(begin, now)

    def warn(self, now: int, target: str, allowed: dict[str, int], *, wanted: bool) -> None:
        told = target in self.told or f"{target} soon" in self.told
        if wanted and self.active and not told and self.used * 10 >= allowed[self.priority] * WARN_AT:
            self.told[f"{target} soon"] = now
            self.make(now, "warning", LEADS[self.team] if self.is_away(now) else self.technician)

    def is_away(self, now: int) -> bool:
        return any(one.technician == self.technician and one.begin <= now < one.end for one in self.absences)


def notices(
    requester: str,
    facts: Sequence[Fact],
    absences: Sequence[Absence],
    minutes: Sequence[int],
    is_looked_at: Callable[[int], bool],
) -> list[Due]:
    """All notices of one ticket, if people act in these minutes, and time is looked at in some of them."""
    course, waiting = Course(requester, absences), list(facts)
    for now in minutes:
        while waiting and waiting[0].at <= now:
            course.take(waiting.pop(0))
        if course.status and is_looked_at(now):
            course.tick(now)
    return course.due
