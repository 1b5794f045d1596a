"""hold ask, hold drop: held messages about which nobody has decided."""

from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlmodel import Session

from mailbot.adapters import waiting
from mailbot.adapters.tables import Hold
from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, Options, json_option, notes, show_json
from mailbot.cli.opened import opened
from mailbot.cli.screen import count
from mailbot.pipeline import holds

_OPERATOR = "operator"
_CODES = "0 fine, 1 one of them is decided or does not exist"
_NUMBERS = click.argument("numbers", nargs=-1, required=True, type=click.IntRange(1, 2**31 - 1), metavar="NUMBER...")


@click.group()
def hold() -> None:
    """See to held messages about which nobody has decided; `mailbot ledger` shows them, with their numbers.

    A message is held when its sender does not take part in the ticket that it names, when it has a technician's
    commands without their proof or with a mistake, or when a rule or a limit says so. It waits for a technician's word.
    """


@hold.command(
    short_help="Ask again about held messages.",
    epilog=notes(
        "mailbot hold ask 17",
        document={"asked": "[hold]", "not_open": "[hold], those that are decided or do not exist"},
        codes=_CODES,
    ),
)
@_NUMBERS
@json_option
@click.pass_obj
def ask(options: Options, numbers: tuple[int, ...], as_json: bool) -> int:
    """Ask again about held messages: the question goes to the technician or lead who is in charge now.

    NUMBER is that of a hold, as `mailbot ledger` shows it.

    The daemon sends the question within a minute, or `mailbot once` does. Where a cap on automatic mail is reached, or
    nobody is there to be asked, it is tried again each day.
    """
    now = datetime.now(UTC)

    def ask_now(session: Session, row: Hold) -> None:
        row.ask_at = now
        session.add(row)

    done, others = _each(options, numbers, ask_now)
    return _tell(
        "asked", done, others, f"{count(len(done), 'question')} will be sent at the next look", as_json=as_json
    )


@hold.command(
    short_help="Put held messages aside that nobody wants.",
    epilog=notes(
        "mailbot hold drop 17",
        document={"dropped": "[hold]", "not_open": "[hold], those that are decided or do not exist"},
        codes=_CODES,
    ),
)
@_NUMBERS
@json_option
@click.pass_obj
def drop(options: Options, numbers: tuple[int, ...], as_json: bool) -> int:
    """Put held messages aside that nobody wants. Their senders are not blocked, and no technician is asked any more.

    NUMBER is that of a hold, as `mailbot ledger` shows it.
    """
    now = datetime.now(UTC)

    def put_aside(session: Session, row: Hold) -> None:
        holds.settle(session, row, "rejected", "drop", _OPERATOR, now)

    done, others = _each(options, numbers, put_aside)
    return _tell("dropped", done, others, f"{count(len(done), 'held message')} put aside", as_json=as_json)


def _each(
    options: Options, numbers: tuple[int, ...], act: Callable[[Session, Hold], None]
) -> tuple[list[int], list[int]]:
    """Does something to each hold that is open; gives those, and the others."""
    done: list[int] = []
    others: list[int] = []
    with opened(options, write=True) as (_settings, session):
        for number in dict.fromkeys(numbers):
            row = waiting.lock(session, number)
            if row is None:
                others.append(number)
                continue
            act(session, row)
            done.append(number)
    return done, others


def _tell(name: str, done: list[int], others: list[int], sentence: str, *, as_json: bool) -> int:
    if as_json:
        show_json({name: done, "not_open": others})
    else:
        if done:
            click.echo(sentence)
        for number in others:
            click.echo(
                f"hold {number}: it is decided or does not exist; `mailbot ledger` shows those that wait", err=True
            )
    return EXIT_PROBLEM if others else EXIT_OK
