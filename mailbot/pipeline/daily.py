"""Mails that come once a day, in the local morning of whoever gets them: who is due, and that nobody gets two.

Whether anybody is due is reckoned from the calendars alone; only while a working day lasts is the database asked, once.
What is decided about a mail is a row that is written with it. So a tick may run twice, on two nodes, or after a week:
each person gets the mail of this day if its morning has come, and none of a day before.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import structlog
from sqlmodel import Session

from mailbot.adapters import absences, daily
from mailbot.adapters.db import Database
from mailbot.core import mornings
from mailbot.core.calendars import Calendar
from mailbot.core.model import Address
from mailbot.core.mornings import Morning
from mailbot.errors import TransientError
from mailbot.notify import Desk
from mailbot.pipeline import dailymails, letters
from mailbot.pipeline.dailymails import Content, Occasion
from mailbot.policy import Policy

_log = structlog.get_logger("mailbot.daily")

_MOST = 100
"""So many are decided about in one go: the tickets have their turn in between."""

Write = Callable[[Session, Policy, Occasion, datetime], Content]

WRITERS: dict[str, Write] = {
    "morning": dailymails.worklist,
    "overview": dailymails.overview,
    "balance": dailymails.balance,
}
"""What stands in each daily mail, by the name of its notice."""


def send(database: Database, desk: Desk, now: datetime) -> int:
    """Queues the daily mails whose morning has come, up to a limit; gives about how many was decided.

    Raises:
        TransientError: The database is not to be had; what is left is due at the next tick.
    """
    due = list(due_now(desk.policy, now))
    if not due:
        return 0
    with database.unit_of_work(write=False) as session:
        done = daily.done(session, {occasion.morning.day for occasion in due})
    left = [occasion for occasion in due if occasion.key not in done][:_MOST]
    for occasion in left:
        try:
            with database.unit_of_work() as session:
                _decide(session, desk, occasion, now)
        except TransientError:
            raise
        except Exception:  # noqa: BLE001 - one mail must not stop the others; tomorrow is another day.
            _log.exception("daily_failed", notice=occasion.kind, recipient=occasion.person.key)
            with database.unit_of_work() as session:
                daily.claim(session, occasion.key, now, "failed")
    return len(left)


def _decide(session: Session, desk: Desk, occasion: Occasion, now: datetime) -> None:
    if not daily.claim(session, occasion.key, now):
        return
    person, wanted = occasion.person, desk.policy.settings.daily
    if absences.away(session, [person.key], now):
        daily.note(session, occasion.key, "away")
        return
    content = WRITERS[occasion.kind](session, desk.policy, occasion, now)
    if content.empty and not wanted.empty:
        daily.note(session, occasion.key, "empty")
        return
    data = {"day": occasion.morning.day, "zone": occasion.calendar.zone, **content.data}
    if not letters.tell_technician(session, desk, None, occasion.kind, person, occasion.cause, now, data):
        daily.note(session, occasion.key, "refused")


def due_now(policy: Policy, now: datetime) -> Iterator[Occasion]:
    """The daily mails for which it is time: the morning of the local day has come, and the day is not over yet."""
    known: dict[str, Morning | None] = {}
    for kind, person, teams, calendar in recipients(policy):
        if calendar.name not in known:
            day = mornings.today(calendar, now)
            known[calendar.name] = mornings.morning(calendar, day, policy.settings.daily.time_of_day)
        morning = known[calendar.name]
        if morning is not None and morning.begins <= now < morning.ends:
            yield Occasion(kind, person, teams, calendar, morning)


def recipients(policy: Policy) -> Iterator[tuple[str, Address, tuple[str, ...], Calendar]]:
    """Everybody who gets a daily mail: of which kind, about which teams, and by which calendar he works."""
    wanted = policy.settings.daily
    if wanted.worklist:
        for address, technician in policy.directory.technicians.items():
            teams = technician.teams or _led_by(policy, address)
            yield "morning", letters.person(technician), technician.teams, _calendar(policy, teams)
    if wanted.overview:
        leads = {team.lead.lower(): team.lead for team in policy.directory.teams.values() if team.lead}
        for address, lead in leads.items():
            teams = _led_by(policy, address)
            yield "overview", letters.by_address(policy, lead), teams, _calendar(policy, teams)
    if wanted.balance and wanted.operator:
        yield "balance", letters.by_address(policy, wanted.operator), (), _calendar(policy, ())


def _led_by(policy: Policy, address: str) -> tuple[str, ...]:
    """The teams that somebody leads, by his addr-spec in lower case, in the order of the configuration."""
    return tuple(team.name for team in policy.directory.teams.values() if team.lead.lower() == address)


def _calendar(policy: Policy, teams: tuple[str, ...]) -> Calendar:
    """By which calendar somebody works: that of his first team, else that of the helpdesk."""
    return mornings.local(policy.calendar_for(teams[0] if teams else ""), policy.zone)
