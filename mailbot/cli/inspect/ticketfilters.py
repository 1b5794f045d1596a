"""Which tickets `ticket list` shows: its options as conditions, and what to say where there is none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col

from mailbot.adapters import worklists
from mailbot.adapters.tables import Ticket
from mailbot.cli.common import Function, typed
from mailbot.config import Settings
from mailbot.config.problems import not_one_of
from mailbot.core.model import Status

NOBODY = "nobody"
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" and () = all."""

    status: tuple[str, ...] = ()
    team: str = ""
    technician: str = ""
    category: str = ""
    requester: str = ""
    search: str = ""
    overdue: bool = False
    since: datetime | None = None

    def conditions(self, now: datetime) -> Iterator[ColumnElement[bool]]:
        """The conditions, all of which must hold."""
        if self.status:
            yield col(Ticket.status).in_(self.status)
        if self.team:
            yield func.lower(col(Ticket.team)) == self.team.lower()
        if self.technician:
            yield col(Ticket.technician) == ("" if self.technician == NOBODY else self.technician)
        if self.category:
            yield func.lower(col(Ticket.category)) == self.category.lower()
        if self.requester:
            yield col(Ticket.requester_address) == self.requester
        if self.search:
            columns = (col(Ticket.subject), col(Ticket.requester_name), col(Ticket.requester_address))
            yield or_(*(column.icontains(self.search, autoescape=True) for column in columns))
        if self.overdue:
            yield worklists.is_overdue(now)
        if self.since is not None:
            yield col(Ticket.created_at) >= self.since

    def doubts(self, settings: Settings) -> Iterator[str]:
        """Which names the configuration does not know, so that a slip is seen."""
        known = {
            "team": (self.team, [team.name for team in settings.teams]),
            "category": (self.category, [category.name for category in settings.categories]),
            "technician": (self.technician, [NOBODY, *(who.email.lower() for who in settings.technicians)]),
        }
        for what, (name, names) in known.items():
            if name and name.lower() not in {one.lower() for one in names}:
                yield not_one_of(name[:_SHOWN], names, what)


def filter_options(function: Function) -> Function:
    """Adds the options to a command, which gets their values as they were typed."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def filters_of(values: dict[str, Any], since: datetime | None) -> Filters:
    """The filters, of what was typed."""
    words = {name: typed(values[name]) for name in ("team", "technician", "category", "requester", "search")}
    words |= {name: words[name].lower() for name in ("technician", "requester")}
    return Filters(status=values["status"], overdue=values["overdue"], since=since, **words)


_OPTIONS: tuple[Callable[[Function], Function], ...] = (
    click.option(
        "--status",
        multiple=True,
        type=click.Choice([str(status) for status in Status]),
        help="Only tickets with this status; may be given several times.",
    ),
    click.option("--team", default="", metavar="NAME", help="Only tickets of this team."),
    click.option(
        "--technician",
        default="",
        metavar="ADDRESS",
        help=f'Only tickets of this technician; "{NOBODY}": those that none has.',
    ),
    click.option("--category", default="", metavar="NAME", help="Only tickets of this category."),
    click.option("--requester", default="", metavar="ADDRESS", help="Only tickets of this requester."),
    click.option("--overdue", is_flag=True, help="Only active tickets of which a deadline has passed."),
    click.option(
        "--since", default="", metavar="DURATION", help='Only tickets opened within this time, such as "24h" or "30d".'
    ),
    click.option(
        "--search", default="", metavar="TEXT", help="Only tickets with this text in subject, requester or address."
    ),
)
