"""ticket list, ticket show."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import func, select
from sqlmodel import Session, col

from mailbot.adapters import links, post, store
from mailbot.adapters.tables import Ticket
from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, Options, columns, json_option, notes, show_json
from mailbot.cli.inspect.documents import (
    EVENTS,
    MAILS,
    began,
    delivery,
    event_document,
    event_label,
    event_text,
    mail_document,
    ticket_number,
)
from mailbot.cli.inspect.ticketfilters import filter_options, filters_of
from mailbot.cli.opened import opened
from mailbot.cli.screen import count, facts, local, one_line, safe, table, wrapped
from mailbot.config import Settings
from mailbot.core.durations import hours_and_minutes
from mailbot.errors import UsageError

_LINES = 40  # Of one text; all of it is in the JSON document.
_TICKET = (
    "number",
    "subject",
    "status",
    "priority",
    "impact",
    "urgency",
    "category",
    "team",
    "technician",
    "requester_address",
    "requester_name",
    "created_at",
    "updated_at",
    "first_response_at",
    "respond_by",
    "resolve_by",
    "next_due_at",
    "resolved_at",
    "closed_at",
)
_RECORD = ("diagnosis", "workaround", "resolution", "prevention")
_MORE = (
    *("language", "mailbox", "source", "tags", "waiting_since", "wait_until", *_RECORD),
    *("worked_minutes", "elapsed_seconds", "predecessor", "merged_into", "waits_for"),
)


@click.group()
def ticket() -> None:
    """List tickets, or show everything about one."""


@ticket.command(
    "list",
    short_help="List tickets, the newest first.",
    epilog=notes(
        "mailbot ticket list --status new --status open",
        "mailbot ticket list --overdue --team support",
        "mailbot ticket list --search printer --since 30d",
        "mailbot ticket list --technician tom@example.com --limit 10 --json",
        document={
            "total": "how many there are",
            "tickets": f"[{{{', '.join(_TICKET)}}}], the newest first",
        },
    ),
)
@filter_options
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    metavar="NUMBER",
    help="At most so many.",
)
@json_option
@click.pass_obj
def ticket_list(options: Options, /, limit: int, as_json: bool, since: str, **values: Any) -> None:
    """List tickets, the newest first; "due" is the next deadline that is promised to the requester.

    Several options narrow the list down: a ticket is shown if all of them are true of it.
    """
    filters = filters_of(values, began(since))
    conditions = list(filters.conditions(datetime.now(UTC)))
    statement = select(Ticket).where(*conditions)
    with opened(options) as (settings, session):
        total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
        rows = list(session.scalars(statement.order_by(col(Ticket.number).desc()).limit(limit)))
        everything = total if rows else session.scalar(select(func.count()).select_from(Ticket)) or 0
    if as_json:
        show_json({"total": total, "tickets": [columns(row, _TICKET) for row in rows]})
    elif rows:
        _print_list(settings, rows, total)
    elif everything:
        there = "is" if everything == 1 else "are"
        click.echo(f"no ticket matches; there {there} {count(everything, 'ticket')} in all")
    else:
        click.echo("no tickets yet")
    if not rows:
        for doubt in filters.doubts(settings):
            click.echo(doubt, err=True)


def _print_list(settings: Settings, rows: list[Ticket], total: int) -> None:
    cells = [
        [
            f"{settings.helpdesk.tag}-{row.number}",
            row.status,
            row.priority,
            local(_due(row), settings.zone),
            row.category or "-",
            row.technician or "-",
            row.requester_address,
            row.subject,
        ]
        for row in rows
    ]
    click.echo(table(cells, ("ticket", "status", "priority", "due", "category", "technician", "requester", "subject")))
    if total > len(rows):
        click.echo(f"{len(rows)} of {total} tickets; --limit {total} shows all")


def _due(row: Ticket) -> datetime | None:
    promised = [when for when in (row.respond_by, row.resolve_by) if when is not None]
    return min(promised, default=None)


@ticket.command(
    "show",
    short_help="Show everything about one ticket.",
    epilog=notes(
        "mailbot ticket show 1001",
        "mailbot ticket show HD-1001 --json",
        document={
            "number …": f"the keys of `ticket list`, and {', '.join(_MORE)}",
            "elapsed_seconds": "business time that has run on its clock, without the time of waiting",
            "times": "{to_respond, to_resolve}: seconds from creation to first answer and to solution, or null",
            "people": "[{address, name, role}], who takes part",
            "entries": "[{id, ticket, kind, internal, author_address, created_at, text, attachments}], what was "
            "written, also in tickets that were merged into this one",
            "relatives": "[{how, number, status, subject}], the newest tickets that belong to this one",
            "events": EVENTS,
            "mails": MAILS,
        },
        codes="0 fine, 1 there is no such ticket",
    ),
)
@click.argument("number")
@json_option
@click.pass_obj
def ticket_show(options: Options, number: str, as_json: bool) -> int:
    """Show one ticket: what it is, what was written, everything that happened and why, and the mails that went out.

    NUMBER is 1001 or HD-1001.
    """
    with opened(options) as (settings, session):
        wanted = ticket_number(number.strip(), settings.helpdesk.tag)
        if wanted is None:
            raise UsageError(f"{number!r} is not the number of a ticket: say 1001 or {settings.helpdesk.tag}-1001")
        row = session.get(Ticket, wanted)
        document = _document(session, row) if row is not None else None
    if document is None:
        click.echo(f"there is no ticket {wanted}; `mailbot ticket list` shows those that exist", err=True)
        return EXIT_PROBLEM
    if as_json:
        show_json(document)
    else:
        _print_ticket(settings, document)
    return EXIT_OK


def _document(session: Session, row: Ticket) -> dict[str, Any]:
    number = row.number or 0
    files = ("name", "content_type", "size", "sha256")
    return {
        **columns(row, (*_TICKET, *_MORE)),
        "times": {"to_respond": _since(row, row.first_response_at), "to_resolve": _since(row, row.resolved_at)},
        "people": [columns(person, ("address", "name", "role")) for person in store.people(session, number)],
        "entries": [
            {
                **columns(
                    entry,
                    ("id", "ticket", "kind", "internal", "author_address", "created_at", "withdrawn_at", "text"),
                ),
                "attachments": [columns(file, files) for file in store.attachments(session, entry.id or 0)],
            }
            for entry in links.entries(session, number)
        ],
        "relatives": [asdict(one) for one in links.relatives(session, number)[0]],
        "events": [event_document(event) for event in store.events(session, number)],
        "mails": [mail_document(mail) for mail in post.mails_of(session, number)],
    }


def _since(row: Ticket, then: datetime | None) -> int | None:
    """Seconds from the creation of a ticket to a time, None if that has not come."""
    return None if then is None else round((then - row.created_at).total_seconds())


def _print_ticket(settings: Settings, document: dict[str, Any]) -> None:
    zone = settings.zone
    click.echo(f"[{settings.helpdesk.tag}-{document['number']}] {one_line(document['subject'])}")
    click.echo(facts(_facts(settings, document)))
    for name in _RECORD:
        if document[name]:
            click.echo(f"\n{name.capitalize()}")
            for line in safe(document[name]).splitlines():
                click.echo(f"    {line}".rstrip())
    click.echo("\nWhat was written")
    for entry in document["entries"]:
        kind = "internal note" if entry["internal"] else entry["kind"]
        origin = f" (in {entry['ticket']})" if entry["ticket"] != document["number"] else ""
        withdrawn = ", withdrawn" if entry["withdrawn_at"] else ""
        click.echo(f"  {local(entry['created_at'], zone)}  {kind} by {entry['author_address']}{origin}{withdrawn}")
        lines = safe(entry["text"]).splitlines()
        for line in lines[:_LINES]:
            click.echo(f"    {line}".rstrip())
        if len(lines) > _LINES:
            click.echo(f"    … and {len(lines) - _LINES} more lines; --json has them all")
        for file in entry["attachments"]:
            click.echo(f"    [{one_line(file['name']) or 'no name'}, {file['content_type']}, {file['size']} bytes]")
    click.echo("\nWhat happened, and why")
    for event in document["events"]:
        text = event_text(event, zone)
        words = f"{event_label(event)}: {text}" if text else event_label(event)
        click.echo(wrapped(f"  {local(event['at'], zone)}", words, 20))
    _print_mails(document["mails"], settings)


def _facts(settings: Settings, document: dict[str, Any]) -> list[tuple[str, str]]:
    zone = settings.zone
    status = document["status"]
    since = document.get({"pending": "waiting_since"}.get(status, f"{status}_at"))
    people = [person["address"] for person in document["people"] if person["role"] != "requester"]
    answered = local(document["first_response_at"], zone)
    if document["first_response_at"] is None:
        answered = f"not yet; due {local(document['respond_by'], zone)}" if document["respond_by"] else "not yet"
    times = document["times"]
    if times["to_respond"] is not None:
        answered += f", after {_took(times['to_respond'])}"
    resolved = ""
    if times["to_resolve"] is not None:
        clock = hours_and_minutes(document["elapsed_seconds"] // 60)
        resolved = f"{local(document['resolved_at'], zone)}, after {_took(times['to_resolve'])} ({clock} on its clock)"
    worked = hours_and_minutes(document["worked_minutes"]) if document["worked_minutes"] else ""
    pairs = [
        ("status", f"{status} since {local(since, zone)}" if since else status),
        ("priority", f"{document['priority']} (impact {document['impact']}, urgency {document['urgency']})"),
        ("category", document["category"]),
        ("team", document["team"]),
        ("technician", document["technician"]),
        ("requester", one_line(f"{document['requester_name']} <{document['requester_address']}>")),
        ("source", "" if document["source"] == "mail" else document["source"].replace("_", "-")),
        ("others", ", ".join(people)),
        ("tags", one_line(", ".join(document["tags"]))),
        ("created", local(document["created_at"], zone)),
        ("answered", answered),
        ("resolve by", local(document["resolve_by"], zone)),
        ("resolved", resolved),
        ("worked", worked),
        ("put off until", local(document["wait_until"], zone)),
        ("next timer", local(document["next_due_at"], zone)),
        ("merged into", str(document["merged_into"] or "")),
        ("follows", str(document["predecessor"] or "")),
        ("waits for", str(document["waits_for"] or "")),
        ("related", ", ".join(f"{one['number']} ({one['how']}, {one['status']})" for one in document["relatives"])),
        ("times are in", str(zone)),
    ]
    optional = {
        "resolved",
        "worked",
        "tags",
        "source",
        "others",
        "put off until",
        "merged into",
        "follows",
        "waits for",
        "related",
    }
    return [(name, value) for name, value in pairs if name not in optional or value not in {"", "-"}]


def _took(seconds: int) -> str:
    return hours_and_minutes(seconds // 60)


def _print_mails(mails: list[dict[str, Any]], settings: Settings) -> None:
    click.echo("\nMails that went out" if mails else "\nNo mail went out")
    if mails:
        rows = [
            [
                local(mail["created_at"], settings.zone),
                mail["notice"],
                mail["recipient"],
                delivery(mail, settings.zone),
            ]
            for mail in mails
        ]
        click.echo("  " + table(rows, ("queued", "notice", "to", "delivery")).replace("\n", "\n  "))
