"""simulate: what would be sent in the time to come."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import click

from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, Options, columns, json_option, notes, show_json
from mailbot.cli.inspect.documents import ticket_number
from mailbot.cli.screen import count, local, one_line, table
from mailbot.config import Settings
from mailbot.core.durations import parse as parse_duration
from mailbot.errors import UsageError
from mailbot.simulation import Forecast, Mail, foretell

MAIL_KEYS = ("at", "queued_at", "notice", "ticket", "recipient", "reason", "waiting")
UNTOLD_KEYS = ("at", "notice", "ticket", "recipient", "reason")
_FARTHEST = timedelta(days=366)
_RECIPIENTS = 10
_ALLOWED = 'allowed: a time from now, as "+12h" or "+7d", or a date, as "2026-08-09" or "2026-08-09 14:00"'


@click.command(
    epilog=notes(
        "mailbot simulate",
        "mailbot simulate --until +30d --ticket 1042",
        "mailbot --config changed.toml simulate --until 2026-08-31 --json",
        document={
            "now, until": "the time that was looked at",
            "complete": "whether all of it was looked at; false if there are more mails than --limit",
            "zone": "the time zone of the helpdesk",
            "mails": f"[{{{', '.join(MAIL_KEYS)}}}], in their order; queued_at: when it is made;"
            " ticket: null where it is about none or about several; waiting: it is in the outbox already",
            "by_notice": "{notice: how many}",
            "by_recipient": "{address: how many}",
            "not_sent": f"[{{{', '.join(UNTOLD_KEYS)}}}], mails that would be held back or dropped, and why",
            "unprocessed": "how many messages wait to be processed; what they cause is not in it",
            "problems": "a text for each thing that would fail; [] if all goes well",
        },
        codes="0 fine, 1 something would fail, 64 usage, 69 the database cannot be read or copied, 78 configuration or"
        " database",
    )
)
@click.option(
    "--until",
    default="+7d",
    show_default=True,
    metavar="TIME",
    help='How far to look: "+12h", "+7d", or a date in the zone of the helpdesk (to its end) or a date and a time.',
)
@click.option("--ticket", "wanted", default="", metavar="NUMBER", help="Show only mails about this ticket.")
@click.option(
    "--limit",
    default=10_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    metavar="NUMBER",
    help="Look no further after so many mails, of whichever ticket.",
)
@json_option
@click.pass_obj
def simulate(options: Options, until: str, wanted: str, limit: int, as_json: bool) -> int:
    """Show which mails time would bring: when, to whom, about which ticket, and why.

    Nothing is sent, and nothing is changed: the timers and the outbox of the daemon work on a copy of the database, and
    their clock leaps from one due moment to the next. The copy lies in the temporary directory (TMPDIR) meanwhile.

    It assumes that nobody writes, that every mail is accepted at once, and that a daemon is started now with this
    configuration. So it shows, too, what a change of the configuration would do, before it is made. The daemon itself
    is a few seconds later with everything. What an answer will change, nobody can know.
    """
    settings = options.load(serving=False)
    now = datetime.now(UTC)
    end = end_of(until, now, settings.zone)
    number = ticket_number(wanted, settings.helpdesk.tag) if wanted else None
    if wanted and number is None:
        known = f"allowed: 1042 or {settings.helpdesk.tag}-1042"
        raise UsageError(f'--ticket: "{one_line(wanted)[:40]}" is no number of a ticket; {known}')
    forecast = foretell(settings, now, end, limit)
    if number is not None:
        forecast = forecast.of_ticket(number)
    if as_json:
        show_json(_document(settings, forecast, now))
    else:
        click.echo("\n".join(_text(settings, forecast, end, number)))
        for problem in forecast.problems:
            click.echo(f"mailbot: would fail: {one_line(problem)}", err=True)
    return EXIT_PROBLEM if forecast.problems else EXIT_OK


def end_of(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment (UTC) that `--until` means.

    Raises:
        UsageError: It cannot be read, lies in the past, or is more than 366 days ahead.
    """
    plain = one_line(text)
    try:
        end = _moment(plain, now, zone)
    except (ValueError, OverflowError):
        raise UsageError(f'--until: "{plain[:40]}" is not a time; {_ALLOWED}') from None
    if end <= now:
        raise UsageError(f"--until: {local(end, zone)} is over; {_ALLOWED}")
    if end - now > _FARTHEST:
        raise UsageError(f"--until: {plain[:40]} is too far away; allowed: at most {_FARTHEST.days} days")
    return end


def _moment(plain: str, now: datetime, zone: tzinfo) -> datetime:
    try:
        day = date.fromisoformat(plain)
    except ValueError:
        day = None
    if day is not None:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    if "-" in plain:
        moment = datetime.fromisoformat(plain)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    return now + parse_duration(plain.removeprefix("+"))


def _document(settings: Settings, forecast: Forecast, now: datetime) -> dict[str, object]:
    return {
        "now": now,
        "until": forecast.reached,
        "complete": forecast.complete,
        "zone": settings.helpdesk.timezone,
        "mails": [columns(mail, MAIL_KEYS) for mail in forecast.mails],
        "by_notice": dict(Counter(mail.notice for mail in forecast.mails).most_common()),
        "by_recipient": dict(Counter(mail.recipient for mail in forecast.mails).most_common()),
        "not_sent": [columns(one, UNTOLD_KEYS) for one in forecast.untold],
        "unprocessed": forecast.unprocessed,
        "problems": list(forecast.problems),
    }


def _text(settings: Settings, forecast: Forecast, end: datetime, number: int | None) -> Iterator[str]:
    zone = settings.zone
    about = f" about {settings.helpdesk.tag}-{number}" if number is not None else ""
    yield (
        f"{count(len(forecast.mails), 'mail')}{about} until {local(forecast.reached, zone)}"
        f" ({settings.helpdesk.timezone}), if nobody writes and every mail is accepted"
    )
    if forecast.mails:
        yield from _days(settings, forecast.mails)
        yield from _summary("notice", Counter(mail.notice for mail in forecast.mails))
        yield from _summary("recipient", Counter(mail.recipient for mail in forecast.mails))
    if forecast.untold:
        what = count(len(forecast.untold), "mail")
        yield f"\n{what} would be held back, dropped, or part of a list; --json says which and why"
    if forecast.unprocessed:
        yield f"\nnot foreseen: what {count(forecast.unprocessed, 'message')} will cause that wait to be processed"
    if not forecast.complete:
        yield f"\nthere are more until {local(end, zone)}: it ended after --limit mails; raise it to see further"


def _days(settings: Settings, mails: tuple[Mail, ...]) -> Iterator[str]:
    """One table, parted by the days of the helpdesk."""
    zone, tag = settings.zone, settings.helpdesk.tag
    cells = [
        [
            f"{mail.at.astimezone(zone):%H:%M}",
            mail.notice,
            f"{tag}-{mail.ticket}" if mail.ticket is not None else "-",
            mail.recipient,
            mail.reason,
        ]
        for mail in mails
    ]
    header, *lines = table(cells, ("time", "notice", "ticket", "recipient", "why")).split("\n")
    yield f"\n{header}"
    shown = None
    for mail, line in zip(mails, lines, strict=True):
        day = mail.at.astimezone(zone).date()
        if day != shown:
            yield f"\n{day:%A %Y-%m-%d}"
            shown = day
        yield line


def _summary(what: str, counts: Counter[str]) -> Iterator[str]:
    rows = [[str(number), name] for name, number in counts.most_common(_RECIPIENTS)]
    others = len(counts) - len(rows)
    yield "\n" + table(rows, ("mails", what))
    if others > 0:
        yield f"       and {count(others, 'other')}; --json has all"
