"""The deadlines of a ticket: its SLA clock, and when something must be done about it next.

The truth is the business time that has run so far and since when it runs; respond-by, resolve-by and next-due are
derived from that, anew on every change of status, priority or team.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from mailbot.adapters.tables import Ticket
from mailbot.core.model import ACTIVE_STATUSES, PAUSED_STATUSES, Priority, Status
from mailbot.policy import Policy

_RUNNING = ACTIVE_STATUSES - PAUSED_STATUSES

Marks = Mapping[str, datetime]
"""The timers of a ticket that have fired in its present cycle, and when."""


def retime(ticket: Ticket, policy: Policy, now: datetime) -> None:
    """Runs or stops the clock of a ticket as its status demands, and derives its targets."""
    calendar = policy.calendar_for(ticket.team)
    if ticket.running_since is not None:
        gone = calendar.elapsed(ticket.running_since, now)
        ticket.elapsed_seconds += int(gone.total_seconds())
    running = Status(ticket.status) in _RUNNING
    ticket.running_since = now if running else None
    target = policy.sla[Priority(ticket.priority)]
    elapsed = timedelta(seconds=ticket.elapsed_seconds)

    def due(allowed: timedelta | None) -> datetime | None:
        if allowed is None or not running:
            return None
        if elapsed >= allowed:
            # It is overdue already: the moment of the breach lies at the latest in the present.
            return now
        return calendar.add(now, allowed - elapsed)

    answered = ticket.first_response_at is not None
    ticket.respond_by = None if answered else _keep_breach(ticket.respond_by, due(target.first_response), now)
    ticket.resolve_by = _keep_breach(ticket.resolve_by, due(target.resolution), now)


def _keep_breach(before: datetime | None, after: datetime | None, now: datetime) -> datetime | None:
    """A target that was missed stays where it was, so that notices say how long ago that was."""
    return before if before is not None and before < now and after is not None and after <= now else after


def schedule(ticket: Ticket, policy: Policy, marks: Marks) -> None:
    """Sets when the next timer of a ticket is due (UTC); None if there is nothing to wait for."""
    times = [when for name, rule in RULES.items() if (when := rule(ticket, policy, marks)) is not None and name]
    ticket.next_due_at = min(times, default=None)


DueRule = Callable[[Ticket, Policy, Marks], datetime | None]


def response_overdue(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """The first response is overdue: the technician at once, the lead some time later."""
    return _escalation(ticket.respond_by, "response", policy, marks)


def resolution_overdue(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """The resolution is overdue: the technician at once, the lead some time later."""
    return _escalation(ticket.resolve_by, "resolution", policy, marks)


def _escalation(due_at: datetime | None, target: str, policy: Policy, marks: Marks) -> datetime | None:
    if due_at is None or f"{target}:2" in marks:
        return None
    told_at = marks.get(f"{target}:1")
    # The lead is told only after the technician has had time to act, however late the technician was told.
    return due_at if told_at is None else told_at + policy.settings.escalation.lead_after


def update_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """The requester of an open ticket has heard nothing for a while."""
    del marks
    cadence = policy.update_cadence(Priority(ticket.priority))
    if cadence is None or Status(ticket.status) not in _RUNNING | {Status.ON_HOLD}:
        return None
    return ticket.last_public_at + cadence


def reminder_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """A requester has not answered a question: he is reminded, a number of times."""
    pending = policy.settings.pending
    if not _waits_for_requester(ticket) or reminders_sent(ticket, marks) >= pending.reminders:
        return None
    return ticket.last_public_at + pending.remind_after


def silence_due(ticket: Ticket, policy: Policy, marks: Marks) -> datetime | None:
    """A requester stays silent after every reminder: the ticket is closed."""
    pending = policy.settings.pending
    if not _waits_for_requester(ticket) or reminders_sent(ticket, marks) < pending.reminders:
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
    "response": response_overdue,
    "resolution": resolution_overdue,
    "update": update_due,
    "reminder": reminder_due,
    "silence": silence_due,
    "wake": wake_due,
    "closing": closing_due,
    "survey": survey_due,
}
"""Every timer of a ticket, and when it is due."""
