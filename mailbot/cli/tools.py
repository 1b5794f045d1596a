"""retry, unblock: undoing what went wrong with a message or a sender."""

import click
from sqlalchemy import select
from sqlmodel import col

from mailbot.adapters import ledger, store
from mailbot.adapters.tables import Receipt
from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, Options, json_option, notes, show_json, typed
from mailbot.cli.opened import opened
from mailbot.cli.screen import count, safe
from mailbot.core.model import DispositionKind
from mailbot.errors import UsageError

_LIST = "`mailbot ledger --disposition quarantined` shows them"
_AGAIN = frozenset({DispositionKind.QUARANTINED.value, DispositionKind.REFUSED.value})


@click.command(
    epilog=notes(
        "mailbot retry 17",
        "mailbot retry --all",
        document={
            "retried": "[receipt], those that will be processed again, the fetched ones among them",
            "fetched_again": "[receipt], those that never were fetched: they get a new receipt",
            "not_retried": "[{receipt, reason}]",
        },
        codes="0 fine, 1 one of them cannot be tried again",
    )
)
@click.argument("receipts", nargs=-1, type=click.IntRange(1, 2**31 - 1), metavar="[RECEIPT]...")
@click.option("--all", "everything", is_flag=True, help="Every quarantined message.")
@json_option
@click.pass_obj
def retry(options: Options, receipts: tuple[int, ...], everything: bool, as_json: bool) -> int:
    """Process quarantined messages again, for instance after an update of mailbot.

    RECEIPT is the number of a message, as `mailbot ledger` shows it.

    The daemon takes them within a minute, with three attempts each. A message that could never be fetched lies in its
    mailbox still; it is fetched again within ten minutes. One that was refused because of a limit may be named too,
    once the limit is raised.
    """
    if bool(receipts) == everything:
        raise UsageError(f"name receipts, or say --all; {_LIST}")
    retried: list[int] = []
    fetched: list[int] = []
    refused: dict[int, str] = {}
    with opened(options, write=True) as (_settings, session):
        statement = select(Receipt).order_by(col(Receipt.id))
        wanted = col(Receipt.id).in_(receipts) if receipts else col(Receipt.disposition) == DispositionKind.QUARANTINED
        rows = {row.id or 0: row for row in session.scalars(statement.where(wanted))}
        for number in sorted(set(receipts) or rows):
            row = rows.get(number)
            if row is None or row.disposition not in _AGAIN:
                refused[number] = _why_not(row)
                continue
            if row.sha256 is None:
                fetched.append(number)
            retried.append(number)
            ledger.reopen(session, row)
    if as_json:
        reasons = [{"receipt": number, "reason": reason} for number, reason in refused.items()]
        show_json({"retried": retried, "fetched_again": fetched, "not_retried": reasons})
    else:
        _print(retried, fetched, refused)
    return EXIT_PROBLEM if refused else EXIT_OK


def _why_not(row: Receipt | None) -> str:
    if row is None:
        return "there is no such receipt"
    if not row.disposition:
        return "it waits to be processed already"
    return f"it became {row.disposition}; only what is quarantined or refused can be tried again"


def _print(retried: list[int], fetched: list[int], refused: dict[int, str]) -> None:
    again = len(retried) - len(fetched)
    if again:
        click.echo(f"{count(again, 'message')} will be processed again at the next look, or now with: mailbot once")
    if fetched:
        click.echo(
            f"{count(len(fetched), 'message')} never fetched before will be fetched again within ten minutes,"
            " if still in the mailbox"
        )
    if not retried:
        click.echo("nothing to try again")
    for number, reason in refused.items():
        click.echo(f"receipt {number}: {reason}", err=True)
    if refused:
        click.echo(_LIST, err=True)


@click.command(
    epilog=notes(
        "mailbot unblock budi@example.org",
        document={"unblocked": "[address]", "not_blocked": "[address]"},
        codes="0 fine, 1 one of them was not blocked",
    )
)
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@json_option
@click.pass_obj
def unblock(options: Options, addresses: tuple[str, ...], as_json: bool) -> int:
    """Hear somebody again whom a technician blocked with #spam.

    What came meanwhile was ignored: `mailbot trace ADDRESS` shows it, and the messages lie in the processed folder.
    """
    unblocked: list[str] = []
    others: list[str] = []
    with opened(options, write=True) as (_settings, session):
        for address in dict.fromkeys(typed(one).lower() for one in addresses):
            known = store.contact(session, address)
            if known is None or known.blocked_at is None:
                others.append(address)
                continue
            store.contact_for_change(session, address).blocked_at = None
            unblocked.append(address)
    if as_json:
        show_json({"unblocked": unblocked, "not_blocked": others})
    else:
        for address in unblocked:
            click.echo(f"{safe(address)} is heard again")
        for address in others:
            click.echo(f"{safe(address)} is not blocked", err=True)
    return EXIT_PROBLEM if others else EXIT_OK
