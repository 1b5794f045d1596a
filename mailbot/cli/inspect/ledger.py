"""ledger: what became of every message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from mailbot.adapters import ledger as ledger_queries
from mailbot.adapters import waiting as waiting_queries
from mailbot.adapters.tables import Hold, Receipt
from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, Options, json_option, notes, show_json
from mailbot.cli.inspect.documents import HOLDS, RECEIPTS, began, hold_document, last_line, receipt_document
from mailbot.cli.opened import opened
from mailbot.cli.screen import count, local, one_line, table, wrapped
from mailbot.config import Settings
from mailbot.core.model import DispositionKind

_WAITING = "waiting"
_SHOWN = 20  # Quarantined messages below the balance.
_TOO_LONG = timedelta(days=2)
"""How long held mail may wait: by then whoever was asked has had a working day to decide."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How many messages were seen and what became of them; every disposition has its count."""

    dispositions: Mapping[str, int]
    waiting: int
    quarantined: list[Receipt]
    held: list[tuple[Hold, Receipt]]
    late: int

    @property
    def has_problem(self) -> bool:
        """Whether an operator must do something."""
        return bool(self.dispositions[DispositionKind.QUARANTINED] or self.late)

    @property
    def seen(self) -> int:
        """All messages: no other count may be left over."""
        return sum(self.dispositions.values()) + self.waiting


@click.command(
    epilog=notes(
        "mailbot ledger --since 24h",
        "mailbot ledger --list --limit 20",
        "mailbot ledger --disposition quarantined",
        document={
            "seen": "how many messages there are",
            "dispositions": "{name: how many}, every name each time",
            "waiting": "how many are not processed yet; seen is the sum of all these",
            "quarantined": f"receipts of at most {_SHOWN} quarantined messages, the newest first",
            "held_open": f"those that nobody has decided about, the oldest first: {HOLDS}",
            "total, receipts": f"instead of these with --list: how many there are, and {RECEIPTS}",
        },
        codes="0 fine, 1 messages are in quarantine, or one is held for more than 2 days without a decision",
    )
)
@click.option(
    "--since", default="", metavar="DURATION", help='Only what was received in this time, such as "24h" or "30d".'
)
@click.option("--list", "as_list", is_flag=True, help="A line for each message instead of the balance.")
@click.option(
    "--disposition",
    metavar="NAME",
    type=click.Choice([*(str(kind) for kind in DispositionKind), _WAITING]),
    help=f"List only what became this: {', '.join(DispositionKind)}, {_WAITING}.",
)
@click.option(
    "--limit",
    default=200,
    show_default=True,
    type=click.IntRange(1, 10_000_000),
    metavar="NUMBER",
    help="List at most so many, those that came last.",
)
@json_option
@click.pass_obj
def ledger(options: Options, since: str, as_list: bool, disposition: str | None, limit: int, as_json: bool) -> int:
    """Show what became of every message: what was seen is the sum of what was done, nothing is left over."""
    begin = began(since)
    with opened(options) as (settings, session):
        if as_list or disposition:
            statement = _of(begin, disposition)
            total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
            rows = _newest(session, statement, limit)[::-1]
        else:
            balance = _balance(session, begin)
    if as_list or disposition:
        if as_json:
            show_json({"total": total, "receipts": [receipt_document(row) for row in rows]})
        else:
            _print_list(settings, rows, total)
        return EXIT_OK
    if as_json:
        _show_balance(balance)
    else:
        _print_balance(settings, balance)
    return EXIT_PROBLEM if balance.has_problem else EXIT_OK


def _of(begin: datetime | None, disposition: str | None) -> SelectOfScalar[Receipt]:
    statement = select(Receipt)
    if begin is not None:
        statement = statement.where(col(Receipt.received_at) >= begin)
    if disposition:
        wanted = "" if disposition == _WAITING else disposition
        statement = statement.where(col(Receipt.disposition) == wanted)
    return statement


def _newest(session: Session, statement: SelectOfScalar[Receipt], limit: int) -> list[Receipt]:
    return list(session.scalars(statement.order_by(col(Receipt.id).desc()).limit(limit)))


def _balance(session: Session, begin: datetime | None) -> Balance:
    counts = dict(ledger_queries.balance(session, begin))
    waiting = counts.pop("", 0)
    quarantined = _newest(session, _of(begin, DispositionKind.QUARANTINED), _SHOWN)
    held = waiting_queries.open_holds(session)
    late = sum(datetime.now(UTC) - hold.created_at > _TOO_LONG for hold, _receipt in held)
    return Balance({str(kind): counts.get(kind, 0) for kind in DispositionKind}, waiting, quarantined, held, late)


def _show_balance(balance: Balance) -> None:
    show_json(
        {
            "seen": balance.seen,
            "dispositions": dict(balance.dispositions),
            "waiting": balance.waiting,
            "quarantined": [receipt_document(row) for row in balance.quarantined],
            "held_open": [hold_document(hold, receipt) for hold, receipt in balance.held],
        }
    )


def _print_balance(settings: Settings, balance: Balance) -> None:
    parts = [f"{number} {kind}" for kind, number in balance.dispositions.items() if number]
    sentence = f"{balance.seen} seen = {' + '.join(parts) or '0'}; {balance.waiting} not yet processed"
    click.echo(sentence)
    if balance.waiting:
        click.echo("what is not yet processed is taken by the daemon, or by: mailbot once")
    for row in balance.quarantined:
        who = f"from {row.originator}: {row.subject}" if row.originator else f"mailbox {row.mailbox}, UID {row.uid}"
        what = f"{local(row.received_at, settings.zone)}, {who}; {row.reason}"
        if row.error and last_line(row.error) not in row.reason:
            what += f"; {last_line(row.error)}"
        click.echo(wrapped(f"  quarantined {row.id}", what, 18))
        click.echo(f"{'':18}try again with: mailbot retry {row.id}")
    left = balance.dispositions[DispositionKind.QUARANTINED] - len(balance.quarantined)
    if left:
        click.echo(f"  and {left} more: mailbot ledger --disposition quarantined; all again: mailbot retry --all")
    _print_held(settings, balance)


def _print_held(settings: Settings, balance: Balance) -> None:
    """The held messages that wait for a decision, whatever time is looked back at: nobody sees them elsewhere."""
    if not balance.held:
        return
    click.echo(f"{count(len(balance.held), 'held message')} without a decision, the oldest first:")
    now = datetime.now(UTC)
    cells = [
        [
            str(hold.id),
            _age(now - hold.created_at),
            hold.kind,
            f"{settings.helpdesk.tag}-{hold.ticket}" if hold.ticket else "-",
            hold.originator or "-",
            receipt.subject,
        ]
        for hold, receipt in balance.held[:_SHOWN]
    ]
    click.echo(table(cells, ("hold", "age", "kind", "ticket", "from", "subject")))
    if len(balance.held) > _SHOWN:
        click.echo(f"and {len(balance.held) - _SHOWN} more; --json has them all")
    click.echo("ask again who decides with: mailbot hold ask NUMBER; nobody wants it: mailbot hold drop NUMBER")


def _age(age: timedelta) -> str:
    hours = max(age, timedelta()) // timedelta(hours=1)
    return f"{hours // 24}d {hours % 24}h" if hours >= 24 else f"{hours}h"


def _print_list(settings: Settings, rows: list[Receipt], total: int) -> None:
    if not rows:
        click.echo("no messages")
        return
    if total > len(rows):
        click.echo(f"the last {len(rows)} of {count(total, 'message')}; --limit {total} shows all")
    cells = [
        [
            str(row.id),
            local(row.received_at, settings.zone),
            row.disposition or _WAITING,
            f"{settings.helpdesk.tag}-{row.ticket}" if row.ticket else "-",
            row.originator or "-",
            one_line(f"{row.subject} ({row.reason})" if row.reason else row.subject),
        ]
        for row in rows
    ]
    click.echo(table(cells, ("receipt", "received", "became", "ticket", "from", "subject (reason)")))
