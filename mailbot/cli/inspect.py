"""ticket, ledger, trace: looking at what happened, without changing anything."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy import or_, select
from sqlmodel import Session, col

from mailbot.adapters import ledger as ledger_queries
from mailbot.adapters import post, store
from mailbot.adapters.tables import Receipt, Ticket
from mailbot.cli.common import (
    EXIT_OK,
    EXIT_PROBLEM,
    Options,
    columns,
    json_option,
    local,
    reading,
    safe,
    show_json,
    table,
)
from mailbot.config import Settings
from mailbot.core.durations import parse as parse_duration
from mailbot.errors import UsageError

_TICKET = ("number", "status", "priority", "category", "team", "technician", "requester_address", "subject")
_TIMES = ("created_at", "updated_at", "respond_by", "resolve_by", "next_due_at", "first_response_at", "closed_at")
_RECEIPT = (
    "id",
    "mailbox",
    "uidvalidity",
    "uid",
    "received_at",
    "disposition",
    "reason",
    "ticket",
    "attempts",
    "filed",
)
_RECEIPT_FACTS = ("message_id", "originator", "subject", "size", "sha256")
_MAIL = ("id", "notice", "recipient", "state", "attempts", "created_at", "sent_at", "smtp_code", "answer", "message_id")
_EVENT = ("at", "kind", "actor", "reason", "data")
_ENTRY = ("id", "kind", "internal", "author_address", "created_at", "text")


@click.group()
def ticket() -> None:
    """Look at tickets."""


@ticket.command("list")
@click.option("--status", multiple=True, help="Only tickets with this status; may be given several times.")
@click.option("--technician", default="", help="Only tickets of this address.")
@click.option("--limit", default=50, show_default=True, help="How many, the newest first.")
@json_option
@click.pass_obj
def ticket_list(options: Options, status: tuple[str, ...], technician: str, limit: int, as_json: bool) -> None:
    """List tickets, the newest first."""
    with reading(options) as (settings, session):
        statement = select(Ticket).order_by(col(Ticket.number).desc()).limit(limit)
        if status:
            statement = statement.where(col(Ticket.status).in_(status))
        if technician:
            statement = statement.where(col(Ticket.technician) == technician.lower())
        rows = list(session.scalars(statement))
        if as_json:
            show_json({"tickets": [columns(row, (*_TICKET, *_TIMES)) for row in rows]})
            return
        cells = [[str(getattr(row, name) or "-") for name in _TICKET[:-1]] + [safe(row.subject)] for row in rows]
        tag = settings.helpdesk.tag
        for cell in cells:
            cell[0] = f"{tag}-{cell[0]}"
        header = ("ticket", "status", "priority", "category", "team", "technician", "requester", "subject")
        click.echo(table(cells, header) if cells else "no tickets")


@ticket.command("show")
@click.argument("number", type=int)
@json_option
@click.pass_obj
def ticket_show(options: Options, number: int, as_json: bool) -> int:
    """Show one ticket: what it is, everything that happened to it and why, and the mails that went out."""
    with reading(options) as (settings, session):
        row = session.get(Ticket, number)
        if row is None:
            raise UsageError(f"there is no ticket {number}; `mailbot ticket list` shows those that exist")
        document = _ticket_document(session, row)
        if as_json:
            show_json(document)
        else:
            _print_ticket(settings, document)
    return EXIT_OK


def _ticket_document(session: Session, row: Ticket) -> dict[str, Any]:
    number = row.number or 0
    return {
        **columns(row, (*_TICKET, *_TIMES, "impact", "urgency", "language", "tags", "resolution")),
        "people": [columns(person, ("address", "name", "role")) for person in store.people(session, number)],
        "entries": [
            columns(entry, _ENTRY)
            | {
                "attachments": [
                    columns(file, ("name", "content_type", "size", "sha256"))
                    for file in store.attachments(session, entry.id or 0)
                ]
            }
            for entry in store.entries(session, number)
        ],
        "events": [columns(event, _EVENT) for event in store.events(session, number)],
        "mails": [columns(mail, _MAIL) for mail in post.mails_of(session, number)],
    }


def _print_ticket(settings: Settings, document: dict[str, Any]) -> None:
    zone = settings.zone
    click.echo(f"[{settings.helpdesk.tag}-{document['number']}] {safe(document['subject'])}")
    for name in ("status", "priority", "impact", "urgency", "category", "team", "technician", "requester_address"):
        click.echo(f"  {name.replace('_address', ''):<12} {document[name] or '-'}")
    for name in _TIMES:
        click.echo(f"  {name:<18} {local(document[name], zone)}")
    click.echo("\nWhat was written")
    for entry in document["entries"]:
        kind = "internal note" if entry["internal"] else entry["kind"]
        click.echo(f"  {local(entry['created_at'], zone)}  {kind} by {entry['author_address']}")
        for line in safe(entry["text"]).splitlines()[:40]:
            click.echo(f"    {line}")
        for file in entry["attachments"]:
            click.echo(f"    [{safe(file['name'])}, {file['content_type']}, {file['size']} bytes]")
    click.echo("\nWhat happened, and why")
    for event in document["events"]:
        change = event["data"] if event["kind"] in {"changed", "assigned", "resolved", "closed", "reopened"} else {}
        moved = f" {change['field']}: {change['old'] or '-'} -> {change['new'] or '-'}" if "field" in change else ""
        by = f" by {event['actor']}" if event["actor"] else ""
        click.echo(f"  {local(event['at'], zone)}  {event['kind']}{by}{moved}  {safe(event['reason'])}".rstrip())
    click.echo("\nMails that went out")
    _print_mails(document["mails"], zone)


def _print_mails(mails: list[dict[str, Any]], zone: Any) -> None:
    rows = [
        [local(mail["created_at"], zone), mail["notice"], mail["recipient"], mail["state"], safe(mail["answer"])]
        for mail in mails
    ]
    text = table(rows, ("queued", "notice", "to", "state", "answer of the server")) if rows else "none"
    click.echo("  " + text.replace("\n", "\n  "))


@click.command()
@click.option("--since", default="", help='Only what was received in this time, such as "24h" or "30d".')
@click.option("--list", "as_list", is_flag=True, help="A line for each message instead of the balance.")
@click.option("--disposition", default="", help="With --list: only messages that became this.")
@json_option
@click.pass_obj
def ledger(options: Options, since: str, as_list: bool, disposition: str, as_json: bool) -> int:
    """Show what became of every message: the balance of seen and disposed of, 0 unexplained."""
    begin = datetime.now(UTC) - _duration(since) if since else None
    with reading(options) as (settings, session):
        if as_list:
            _list_receipts(settings, session, begin, disposition, as_json=as_json)
            return EXIT_OK
        balance = dict(ledger_queries.balance(session, begin))
    waiting = balance.pop("", 0)
    seen = sum(balance.values()) + waiting
    if as_json:
        show_json({"seen": seen, "dispositions": balance, "waiting": waiting})
    else:
        parts = " + ".join(f"{count} {kind}" for kind, count in sorted(balance.items())) or "0"
        click.echo(f"{seen} seen = {parts}; {waiting} not yet processed")
    return EXIT_PROBLEM if balance.get("quarantined") else EXIT_OK


def _list_receipts(
    settings: Settings, session: Session, begin: datetime | None, disposition: str, *, as_json: bool
) -> None:
    statement = select(Receipt).order_by(col(Receipt.id))
    if begin is not None:
        statement = statement.where(col(Receipt.received_at) >= begin)
    if disposition:
        statement = statement.where(col(Receipt.disposition) == disposition)
    rows = list(session.scalars(statement))
    if as_json:
        show_json({"receipts": [columns(row, (*_RECEIPT, *_RECEIPT_FACTS)) for row in rows]})
        return
    cells = [
        [
            str(row.id),
            local(row.received_at, settings.zone),
            row.disposition or "(waiting)",
            str(row.ticket or "-"),
            row.originator or "-",
            safe(f"{row.subject} ({row.reason})"),
        ]
        for row in rows
    ]
    header = ("receipt", "received", "became", "ticket", "from", "subject (reason)")
    click.echo(table(cells, header) if cells else "no messages")


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--since {text!r}: {error}") from error


@click.command()
@click.argument("words")
@json_option
@click.pass_obj
def trace(options: Options, words: str, as_json: bool) -> int:
    """Follow a Message-ID, an address or a ticket number: what came, what was decided and why, what went out."""
    with reading(options) as (settings, session):
        receipts, mails, numbers = _find(session, words, settings.helpdesk.tag)
        if as_json:
            show_json(
                {
                    "receipts": [columns(row, (*_RECEIPT, *_RECEIPT_FACTS)) for row in receipts],
                    "tickets": {
                        number: [columns(event, _EVENT) for event in store.events(session, number)]
                        for number in numbers
                    },
                    "mails": [columns(mail, _MAIL) for mail in mails],
                }
            )
        else:
            _print_trace(settings, session, receipts, mails, numbers)
    if not (receipts or mails):
        click.echo(f"nothing is known of {words!r}", err=True)
        return EXIT_PROBLEM
    return EXIT_OK


def _find(session: Session, words: str, tag: str) -> tuple[list[Receipt], list[Any], list[int]]:
    text = words.strip()
    number = text.strip("[]").upper().removeprefix(f"{tag.upper()}-")
    about = [int(number)] if number.isdecimal() and len(number) < 12 else []
    bracketed = text if text.startswith("<") else f"<{text}>"
    matches = or_(
        col(Receipt.message_id).in_([text, bracketed]),
        col(Receipt.originator) == text.lower(),
        col(Receipt.ticket).in_(about),
    )
    receipts = list(session.scalars(select(Receipt).where(matches).order_by(col(Receipt.id)).limit(500)))
    numbers = sorted({row.ticket for row in receipts if row.ticket is not None} | set(about))
    mails = post.mails_about(session, text if "@" in text and bracketed != text else bracketed, numbers)
    return receipts, mails, numbers


def _print_trace(
    settings: Settings, session: Session, receipts: list[Receipt], mails: list[Any], numbers: list[int]
) -> None:
    zone = settings.zone
    for row in receipts:
        click.echo(f"{local(row.received_at, zone)}  {row.originator}  {safe(row.subject)}")
        click.echo(f"    Message-ID {safe(row.message_id) or '-'}")
        click.echo(f"    mailbox {row.mailbox}, UID {row.uid} (UIDVALIDITY {row.uidvalidity}), {row.size} bytes")
        click.echo(f"    became {row.disposition or '(waiting)'}: {safe(row.reason)}")
        if row.error:
            click.echo(f"    last error: {safe(row.error.strip().splitlines()[-1])}")
    for number in numbers:
        click.echo(f"\n[{settings.helpdesk.tag}-{number}] decisions")
        for event in store.events(session, number):
            by = f" by {event.actor}" if event.actor else ""
            click.echo(f"    {local(event.at, zone)}  {event.kind}{by}  {safe(event.reason)}".rstrip())
    if mails:
        click.echo("\nMails that went out")
        _print_mails([columns(mail, _MAIL) for mail in mails], zone)


COMMANDS = (ticket, ledger, trace)
