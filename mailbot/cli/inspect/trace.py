"""trace: one story of everything that belongs to a Message-ID, an address or a ticket."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from sqlalchemy import or_, select
from sqlmodel import Session, col

from mailbot.adapters import post, store
from mailbot.adapters.raw import load_raw
from mailbot.adapters.tables import Participant, Receipt, Ticket
from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, Options, columns, json_option, notes, show_json, typed
from mailbot.cli.inspect.documents import (
    EVENTS,
    MAILS,
    RECEIPTS,
    delivery,
    event_document,
    event_label,
    event_text,
    mail_document,
    receipt_document,
    ticket_number,
)
from mailbot.cli.opened import opened
from mailbot.cli.screen import count, one_line, page_width, wrapped
from mailbot.config import Settings
from mailbot.core.limits import Limits, check
from mailbot.errors import CorruptRawError
from mailbot.policy import limits_of

_TICKETS = 10  # Those with the highest numbers, where an address has many.
_LOOSE = 200  # Messages and mails that belong to no ticket that is shown.
_INDENT = 32
_MESSAGE_ID = 500  # Characters that the ledger keeps.


@dataclass(frozen=True, slots=True)
class Story:
    """What was found: documents as in JSON, and how many tickets were left out."""

    receipts: list[dict[str, Any]]
    tickets: list[dict[str, Any]]
    mails: list[dict[str, Any]]
    left_out: int


@click.command(
    epilog=notes(
        "mailbot trace rita@example.com",
        "mailbot trace HD-1001",
        "mailbot trace '<CAF1234@mail.example.com>' --json",
        document={
            "query": "what was looked for",
            "receipts": f"what came: {RECEIPTS}; defects: what was wrong with the message, null if its bytes are gone",
            "tickets": f"[{{number, subject, status, technician, events}}]; events: {EVENTS}",
            "mails": f"what went out: {MAILS}",
            "tickets_left_out": f"how many older tickets there are; the newest {_TICKETS} are shown",
        },
        codes="0 fine, 1 nothing is known of it",
    )
)
@click.argument("words", metavar="MESSAGE-ID|ADDRESS|TICKET")
@json_option
@click.pass_obj
def trace(options: Options, words: str, as_json: bool) -> int:
    """Follow a Message-ID, an address or a ticket: what came, what was decided and why, what went out.

    For each ticket that it leads to, everything is told in the order in which it happened.
    """
    query = typed(words)
    with opened(options) as (settings, session):
        story = _story(session, query, settings.helpdesk.tag, limits_of(settings))
    if as_json:
        show_json(
            {
                "query": query,
                "receipts": story.receipts,
                "tickets": story.tickets,
                "mails": story.mails,
                "tickets_left_out": story.left_out,
            }
        )
    else:
        _print_story(settings, story)
    if story.receipts or story.mails or story.tickets:
        return EXIT_OK
    click.echo(
        f"nothing is known of {query!r}: give a Message-ID with its < and > in quotes, a whole address, or a ticket"
        f" such as {settings.helpdesk.tag}-1001; `mailbot ledger --list` shows what came",
        err=True,
    )
    return EXIT_PROBLEM


def _story(session: Session, query: str, tag: str, limits: Limits) -> Story:
    about = ticket_number(query, tag)
    bracketed = query if query.startswith("<") else f"<{query}>"
    direct = or_(
        col(Receipt.message_id).in_([query[:_MESSAGE_ID], bracketed[:_MESSAGE_ID]]),
        col(Receipt.originator) == query.lower(),
    )
    receipts = list(session.scalars(select(Receipt).where(direct).order_by(col(Receipt.id).desc()).limit(_LOOSE)))
    mails = [mail for words in {query, bracketed} for mail in post.mails_about(session, words, [])]
    takes_part = select(col(Participant.ticket)).where(col(Participant.address) == query.lower())
    numbers = {row.ticket for row in receipts if row.ticket} | {mail.ticket for mail in mails if mail.ticket}
    numbers |= set(session.scalars(takes_part))
    if about is not None and session.get(Ticket, about) is not None:
        numbers.add(about)
    shown = sorted(numbers)[-_TICKETS:]
    belonging = select(Receipt).where(col(Receipt.ticket).in_(shown))
    every_receipt = {row.id: row for row in (*receipts, *session.scalars(belonging))}
    loose = sorted((mail for mail in mails if mail.ticket not in shown), key=lambda mail: mail.id or 0)[-_LOOSE:]
    every_mail = {mail.id: mail for mail in (*loose, *post.mails_about(session, "", shown))}
    return Story(
        receipts=[
            receipt_document(row) | {"defects": _defects(session, limits, row)}
            for row in sorted(every_receipt.values(), key=lambda row: row.id or 0)
        ],
        tickets=[_ticket(session, number) for number in shown],
        mails=[mail_document(every_mail[key]) for key in sorted(every_mail, key=lambda key: key or 0)],
        left_out=len(numbers) - len(shown),
    )


def _defects(session: Session, limits: Limits, row: Receipt) -> list[str] | None:
    """What was wrong with a message, as it is read today; None if nobody can tell any more."""
    from mailbot.core.mail import read  # noqa: PLC0415 - slow to import, and only this command reads mail.

    if row.sha256 is None:
        return None
    try:
        raw = load_raw(session, row.sha256)
    except CorruptRawError:
        return None
    # What was refused is not read here either: the reason stands in its line.
    return [] if check(raw, limits) else list(read(raw, limits).defects)


def _ticket(session: Session, number: int) -> dict[str, Any]:
    row = session.get(Ticket, number)
    events = [event_document(event) for event in store.events(session, number)]
    facts = columns(row, ("number", "subject", "status", "technician")) if row is not None else {"number": number}
    return {**facts, "events": events}


# On the screen


@dataclass(frozen=True, slots=True)
class Moment:
    """A thing that happened: when, of which kind (0 came, 1 decided, 2 went out), and the lines about it."""

    at: datetime
    rank: int
    number: int
    label: str
    lines: tuple[str, ...]


def _print_story(settings: Settings, story: Story) -> None:
    if story.left_out:
        click.echo(f"{count(story.left_out, 'older ticket')} left out; name one to see it\n")
    shown = {ticket["number"] for ticket in story.tickets}
    for ticket in story.tickets:
        number = ticket["number"]
        state = ", ".join(part for part in (ticket.get("status", ""), ticket.get("technician", "")) if part)
        click.echo(wrapped("", f"[{settings.helpdesk.tag}-{number}] {ticket.get('subject', '')} ({state})", 0))
        receipts = [receipt for receipt in story.receipts if receipt["ticket"] == number]
        mails = [mail for mail in story.mails if mail["ticket"] == number]
        _print_moments(settings, _moments(settings, receipts, ticket["events"], mails))
    receipts = [receipt for receipt in story.receipts if receipt["ticket"] not in shown]
    mails = [mail for mail in story.mails if mail["ticket"] not in shown]
    if receipts or mails:
        click.echo("Without a ticket" if not story.left_out else "Others")
        _print_moments(settings, _moments(settings, receipts, [], mails))


def _moments(
    settings: Settings,
    receipts: Sequence[dict[str, Any]],
    events: Sequence[dict[str, Any]],
    mails: Sequence[dict[str, Any]],
) -> list[Moment]:
    found = [Moment(row["received_at"], 0, row["id"], "came", tuple(_came(row))) for row in receipts]
    for number, event in enumerate(events):
        text = event_text(event, settings.zone)
        line = f"{event_label(event)}: {text}" if text else event_label(event)
        found.append(Moment(event["at"], 1, number, "decided", (line,)))
    for mail in mails:
        line = f"{mail['notice']} to {mail['recipient']}: {delivery(mail, settings.zone)}"
        lines = (line, mail["message_id"])
        found.append(Moment(mail["created_at"], 2, mail["id"], "mailed", lines))
    return sorted(found, key=lambda moment: (moment.at, moment.rank, moment.number))


def _came(row: dict[str, Any]) -> Iterator[str]:
    yield f"receipt {row['id']} from {row['originator'] or 'somebody unknown'}: {row['subject'] or 'no subject'}"
    yield f"became {row['disposition']}: {row['reason']}" if row["disposition"] else "not processed yet"
    yield f"mailbox {row['mailbox']}, UID {row['uid']} of UIDVALIDITY {row['uidvalidity']}, {row['size']} bytes"
    if row["message_id"]:
        yield row["message_id"]
    for defect in row["defects"] or ():
        yield f"defect: {defect}"
    if row["error"]:
        yield f"last error: {row['error']}"
    if row["disposition"] == "quarantined":
        yield f"try again with: mailbot retry {row['id']}"


def _print_moments(settings: Settings, moments: Sequence[Moment]) -> None:
    before = ""
    for moment in moments:
        at = moment.at.astimezone(settings.zone).strftime("%Y-%m-%d %H:%M:%S")
        first = f"  {at if at != before else '':<19}  {moment.label}"
        before = at
        for line in moment.lines:
            # An identifier is copied with the mouse: it is not wrapped.
            whole = line.startswith("<") and len(line) + _INDENT > page_width()
            click.echo(f"{first:<{_INDENT}}{one_line(line)}" if whole else wrapped(first, line, _INDENT))
            first = ""
    click.echo("")
