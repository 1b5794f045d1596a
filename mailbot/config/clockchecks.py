"""Checks of calendars and rules, by building them as the policy will."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from mailbot.config.build import calendar_of, rule_of
from mailbot.config.problems import Problem
from mailbot.config.service import CalendarSection
from mailbot.config.settings import ALWAYS, Settings
from mailbot.core.ruleforms import faults
from mailbot.core.sla import parse_windows

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def clock_check(settings: Settings) -> Iterator[Problem]:
    """Yield every calendar and every rule that cannot be built."""
    today = datetime.now(UTC).date()
    for name, section in settings.calendars.items():
        yield from _calendar(name, section, settings.helpdesk.timezone, today)
    for number, rule in enumerate(settings.rules):
        for error in faults(rule_of(rule)):
            yield Problem(("rules", number, error.option), f'in rule "{rule.id}": {error.fault}', whole=error.whole)


def _calendar(name: str, section: CalendarSection, zone: str, today: date) -> Iterator[Problem]:
    if name == ALWAYS:
        yield Problem(("calendars", name), f'"{ALWAYS}" is built in; allowed: any other name')
    fine = True
    for day, windows in zip(_DAYS, section.week, strict=True):
        try:
            parse_windows(list(windows))
        except ValueError as error:
            fine = False
            yield Problem(("calendars", name, day), str(error))
    if not any(section.week):
        yield Problem(("calendars", name), 'has no hours; write at least one day, as mon = ["08:00-12:00"]', whole=True)
    elif fine:
        try:
            calendar_of(name, section, zone, today)
        except ValueError as error:
            yield Problem(("calendars", name, "holidays"), str(error))
