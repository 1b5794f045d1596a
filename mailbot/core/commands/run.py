"""Working out what the commands of a mail do: each sees the ticket as those before it leave it, all or nothing."""

from dataclasses import replace

from mailbot.core.commands.base import (
    Call,
    CommandError,
    CommandRefusedError,
    Context,
    Outcome,
    Parsed,
    Result,
)
from mailbot.core.commands.effects import changed
from mailbot.core.commands.values import shown
from mailbot.core.phrases import either, say


def run_all(parsed: Parsed, context: Context) -> Result:
    """Work out what a mail's commands should change.

    Returns:
        The outcomes in the order of the calls. If a call is refused, or `parsed` has errors, there is no outcome;
        the errors are those of the calls only, so that a reader learns all mistakes of his mail at once from
        `parsed.errors` and `Result.errors`.
    """
    context = replace(context, verbs=frozenset(call.command.name for call in parsed.calls))
    outcomes: list[Outcome] = []
    errors: list[CommandError] = []
    for call in parsed.calls:
        try:
            outcome = _run(call, context)
        except CommandRefusedError as refusal:
            errors.append(_explain(call, refusal, context.language))
            continue
        outcomes.append(outcome)
        for change in outcome.changes:
            context = replace(context, ticket=changed(context.ticket, change))
    if errors or parsed.errors:
        return Result((), tuple(errors))
    return Result(tuple(outcomes))


def _run(call: Call, context: Context) -> Outcome:
    if call.command.run is None:
        raise CommandRefusedError("only_held", word=call.command.name)
    return call.command.run(call, context)


def _explain(call: Call, refusal: CommandRefusedError, language: str) -> CommandError:
    problem = say(language, refusal.phrase, **refusal.values)
    if refusal.candidates:
        problem = say(language, "choose", problem=problem, candidates=either(language, refusal.candidates))
    message = say(language, "where", line=str(call.line), raw=shown(call.raw), problem=problem)
    return CommandError(call, message, refusal.candidates)
