"""What impact and urgency have in common: together they weigh an incident, and its priority follows from them."""

from dataclasses import replace

from mailbot.core.commands.base import Change, Context, Outcome
from mailbot.core.commands.effects import outcome
from mailbot.core.model import Impact, Urgency
from mailbot.core.phrases import say, word
from mailbot.core.priority import explain, prioritise


def weighed(context: Context, value: Impact | Urgency) -> Outcome:
    """Sets impact or urgency, and the priority that the matrix gives, unless the same mail sets it by hand."""
    ticket = context.ticket
    if isinstance(value, Impact):
        done = outcome(context, ("impact", value))
        impact, urgency = value, ticket.urgency
    else:
        done = outcome(context, ("urgency", value))
        impact, urgency = ticket.impact, value
    if not done.changes:
        return done
    language = context.language
    if "prio" in context.verbs:
        return replace(done, lines=(*done.lines, say(language, "priority_by_hand")))
    level = prioritise(impact, urgency, context.matrix)
    if level is ticket.priority:
        return replace(done, lines=(*done.lines, say(language, "priority_stays", new=word(language, level))))
    change = Change("priority", ticket.priority, level, explain(impact, urgency, context.matrix))
    line = say(language, "priority_follows", old=word(language, ticket.priority), new=word(language, level))
    return replace(done, changes=(*done.changes, change), lines=(*done.lines, line))
