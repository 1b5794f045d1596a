"""The deadlines of a ticket: its SLA clock, and when something must be done about it next.

The truth is the business time that has run so far and since when it runs; respond-by, resolve-by and next-due are
derived from that, anew on every change of status, priority or team.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from mailbot.adapters.tables import Ticket
from mailbot.core import ladder, sla
from mailbot.core.calendars import ALWAYS
from mailbot.core.ladder import Step
from mailbot.core.model import PAUSED_STATUSES, Priority, Status
from mailbot.core.sla import Clock
from mailbot.policy import Policy

Marks = Mapping[str, datetime]
"""The timers of a ticket that have fired in its present cycle, and when."""


def retime(ticket: Ticket, policy: Policy, now: datetime) -> None:
    """Runs or stops the clock of a ticket as its status demands, and derives its targets."""
    calendar = policy.calendar_for(ticket.team)
    before = _clock(ticket)
    clock = sla.move(before, before.status, now, calendar)
    target = policy.sla[clock.priority]
    ticket.elapsed_seconds = round(clock.elapsed.total_seconds())
    ticket.running_since = clock.running_since
    ticket.respond_by = sla.respond_by(clock, target, calendar)
    ticket.resolve_by = sla.resolve_by(clock, target, calendar)


def bank(ticket: Ticket, policy: Policy, now: datetime) -> None:
    """Keeps what has run on the clock of a ticket, before another team with another calendar gets it."""
    if ticket.running_since is not None:
        elapsed = sla.elapsed_at(_clock(ticket), now, policy.calendar_for(ticket.team))
        ticket.elapsed_seconds, ticket.running_since = round(elapsed.total_seconds()), now


def _clock(ticket: Ticket) -> Clock:
    return Clock(
        started_at=ticket.created_at,
        priority=Priority(ticket.priority),
        status=Status(ticket.status),
        elapsed=timedelta(seconds=ticket.elapsed_seconds),
        running_since=ticket.running_since,
        first_response_at=ticket.first_response_at,
        last_update_at=ticket.last_public_at,
        resolved_at=ticket.resolved_at,
    )


def schedule(ticket: Ticket, policy: Policy, marks: Marks) -> None:
    """Sets when the next timer of a ticket is due (UTC); None if there is nothing to wait for."""
    if ticket.merged_into is not None:
        ticket.next_due_at = None  # It goes on as another one, which has timers of its own.
        return
    times = [when for name, rule in RULES.items() if (when := rule(ticket, policy, marks)) is not None and name]
    ticket.next_due_at = min(times, default=None)


DueRule = Callable[[Ticket, Policy, Marks], datetime | None]


def promised(ticket: Ticket, target: str) -> datetime | None:
    """When the "response" or the "resolution" is due; None if it was given, or the clock stands still."""
    return ticket.respond_by if target == "response" else ticket.resolve_by


def mark_of(target: str, step: Step) -> str:
    """What notes that a step was taken, in the marks of a ticket."""
    return f"{target}:{step.value}"


def warned_mark(target: str) -> str:
    """What notes that a warning was given, in the marks of a ticket."""
    return f"{target}:warned"


def next_step(ticket: Ticket, target: str, policy: Policy, marks: Marks) -> tuple[datetime, Step] | None:
    """Which step of the ladder comes next for a promise, and when (UTC); None if there is none.

    Waits are business time, like all that was promised; what is critical waits by the clock on the wall.
    """
    due_at = promised(ticket, target)
    if due_at is None:
        return None
    taken = {step: marks[mark] for step in Step if (mark := mark_of(target, step)) in marks}
    settings, priority = policy.settings.escalation, Priority(ticket.priority)
    return ladder.next_step(
        due_at,
        taken,
        specialist_after=settings.specialist_after if priority in settings.specialist_for else None,
        lead_after=settings.lead_after,
        calendar=ALWAYS if priority is Priority.CRITICAL else policy.calendar_for(ticket.team),
        handed_up_at=marks.get(mark_of(other_than(target), Step.SPECIALIST)),
    )


def other_than(target: str) -> str:
    """The promise that a ticket makes besides this one: of the "response" and the "resolution" the other."""
    return "resolution" if target == "response" else "response"


def _overdue(target: str) -> "DueRule":
    """A promise is broken: the next step of the ladder."""

    def rule(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
        found = next_step(ticket, target, policy, marks)
        return None if found is None else found[0]

    return rule


def _nearly_due(target: str) -> "DueRule":
    """A share of the time for a promise is used up: whoever has to keep it is warned, once."""

    def rule(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
        share = policy.settings.escalation.warn_at
        told = warned_mark(target) in marks or mark_of(target, Step.TECHNICIAN) in marks
        if not share or told or promised(ticket, target) is None:
            return None
        return sla.used_by(_clock(ticket), allowed(ticket, target, policy), share, policy.calendar_for(ticket.team))

    return rule


def allowed(ticket: Ticket, target: str, policy: Policy) -> timedelta | None:
    """How much business time a promise gives; None if nothing is promised."""
    targets = policy.sla[Priority(ticket.priority)]
    return targets.first_response if target == "response" else targets.resolution


def used(ticket: Ticket, policy: Policy, now: datetime) -> timedelta:
    """How much business time has run on the clock of a ticket."""
    return sla.elapsed_at(_clock(ticket), now, policy.calendar_for(ticket.team))


def _in_hours(rule: "DueRule") -> "DueRule":
    """What a timer says to a requester is said in the hours of the helpdesk, unless it is critical.

    The timer itself waits, not its mail alone: else somebody would be reminded, and given up, before he could read it.
    """

    def later(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
        due_at = rule(ticket, policy, marks)
        if due_at is None or Priority(ticket.priority) is Priority.CRITICAL:
            return due_at
        return policy.calendar_for("").next_open(due_at)

    return later


def update_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """The requester of an open ticket has heard nothing for a while."""
    del marks
    # Whoever waits for another ticket gets its solution, and no word that nothing has happened yet.
    if not policy.settings.status_updates.enabled or not ticket.answerable or ticket.waits_for is not None:
        return None
    clock = _clock(ticket)
    return sla.next_update_by(clock, policy.sla[clock.priority], policy.calendar_for(ticket.team))


def reminder_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """A requester has not answered a question: he is reminded, a number of times."""
    pending = policy.settings.pending
    if not _waits_for_requester(ticket) or reminders_sent(ticket, marks) >= pending.reminders:
        return None
    # Whoever is asked today did not fail to answer what he was told days ago.
    return max(ticket.last_public_at, _waiting_since(ticket)) + pending.remind_after


def silence_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """A requester stays silent after every reminder: the ticket is closed."""
    pending = policy.settings.pending
    if not pending.close_after or not _waits_for_requester(ticket) or reminders_sent(ticket, marks) < pending.reminders:
        return None
    # Whoever was reminded late, after down time of ours, still gets as long to answer the last reminder.
    return max(_waiting_since(ticket) + pending.close_after, ticket.last_public_at + pending.remind_after)


def _waits_for_requester(ticket: Ticket) -> bool:
    return Status(ticket.status) is Status.PENDING and ticket.wait_until is None


def _waiting_since(ticket: Ticket) -> datetime:
    return ticket.waiting_since or ticket.updated_at


def reminder_prefix(ticket: Ticket) -> str:
    """What the marks of the reminders of the present wait begin with."""
    return f"reminder:{int(_waiting_since(ticket).timestamp())}:"


def reminders_sent(ticket: Ticket, marks: Marks) -> int:
    """How often the requester was reminded in the present wait."""
    return sum(mark.startswith(reminder_prefix(ticket)) for mark in marks)


def wake_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """The date until which a ticket was put aside has come."""
    del policy, marks
    return ticket.wait_until if Status(ticket.status) in PAUSED_STATUSES else None


def closing_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """A resolved ticket to which nobody objects is closed."""
    del marks
    if Status(ticket.status) is not Status.RESOLVED or ticket.resolved_at is None:
        return None
    return ticket.resolved_at + policy.settings.closing.resolved_after


def survey_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """Some time after closing, the requester is asked how it was."""
    surveys = policy.settings.surveys
    if not surveys.enabled or "survey" in marks or ticket.closed_at is None or Status(ticket.status) != Status.CLOSED:
        return None
    return ticket.closed_at + surveys.delay


RULES: dict[str, DueRule] = {
    "response": _overdue("response"),
    "resolution": _overdue("resolution"),
    "response_warning": _nearly_due("response"),
    "resolution_warning": _nearly_due("resolution"),
    "update": _in_hours(update_due),
    "reminder": _in_hours(reminder_due),
    "silence": _in_hours(silence_due),
    "wake": wake_due,
    "closing": _in_hours(closing_due),
    "survey": _in_hours(survey_due),
}
"""Every timer of a ticket, and when it is due; a warning comes after what is said about a promise that is broken."""
