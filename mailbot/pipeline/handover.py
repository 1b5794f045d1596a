"""A ticket passes from one technician to another: both are told."""

from mailbot.adapters.tables import Ticket
from mailbot.core.phrases import say
from mailbot.pipeline import letters
from mailbot.pipeline.work import Work


def tell(work: Work, ticket: Ticket, before: tuple[str, str], told_why: frozenset[str]) -> list[str]:
    """Tells whoever is now responsible, if that changed, and whoever was; gives the lines of the transcript.

    That is the technician; where nobody of a team is free, its lead. Whoever did it need not be told, nor those who
    were `told_why` by another mail. `before` are technician and team as they were.
    """
    if (ticket.technician, ticket.team) == before or (ticket.technician and ticket.technician == before[0]):
        return []
    desk, policy = work.desk, work.desk.policy
    by = work.technician.name or work.technician.email
    people = [one for one in letters.responsible(policy, ticket) if one.key not in {work.actor, *told_why}]
    for one in people:
        letters.hand_over(work.session, desk, ticket, one, work.cause, work.now, assigned_by=by)
    lines = [say(work.language, "told_technician", name=one.label) for one in people]
    previous = policy.directory.technician(before[0])
    knows = {work.actor, ticket.technician, *told_why, *(one.key for one in people)}
    if previous is None or before[0] in knows:
        return lines
    current = policy.directory.technician(ticket.technician)
    data = {"assigned_by": by, "assigned_to": current.name or current.email if current else ""}
    recipient = letters.person(previous)
    letters.tell_technician(work.session, desk, ticket, "reassigned", recipient, work.cause, work.now, data)
    return [*lines, say(work.language, "told_technician", name=recipient.label)]
