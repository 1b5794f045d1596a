"""What the commands about two tickets share: the number of the other one, and what does not go together."""

import re

from mailbot.core.commands.base import CommandRefusedError, Context
from mailbot.core.commands.values import shown, tidy

_NUMBER = re.compile(r"\[?(?:#|[A-Za-z]{1,12} ?- ?)?([0-9]{1,9})\]?", re.ASCII)

NOT_TOGETHER = ("merge", "dup", "split", "resolve", "close", "reopen", "wait", "hold")
"""Each of these says what becomes of the ticket: a mail may hold one of them beside a merge or a duplicate."""


def ticket_number(value: str) -> int:
    """The number in "1042", "HD-1042", "[HD-1042]" or "#1042".

    Raises:
        CommandRefusedError: it is no number of a ticket.
    """
    found = _NUMBER.fullmatch(tidy(value))
    if found is None or not int(found[1]):
        raise CommandRefusedError("no_number", value=shown(value))
    return int(found[1])


def other_ticket(value: str, context: Context) -> int:
    """The number of another ticket than that of the mail.

    Raises:
        CommandRefusedError: it is no number, or that of the ticket itself.
    """
    number = ticket_number(value)
    if number == context.ticket.number:
        raise CommandRefusedError("itself", number=str(number))
    return number


def refuse_together(context: Context, verb: str) -> None:
    """Refuses what contradicts a command in the same mail.

    Raises:
        CommandRefusedError: another command of the mail decides about the ticket too.
    """
    other = next((name for name in NOT_TOGETHER if name != verb and name in context.verbs), "")
    if other:
        raise CommandRefusedError("not_together", verb=verb, other=other)
