"""Core values out of sections: rules and calendars, which the checks and the policy build in the same way."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from mailbot.config.sections import RuleSection
from mailbot.config.service import CalendarSection
from mailbot.core.calendars import Calendar
from mailbot.core.rules import Rule
from mailbot.core.sla import parse_windows

_YEARS_AROUND = 2


def rule_of(section: RuleSection) -> Rule:
    """A rule of the configuration as the rules engine wants it."""
    return Rule(**section.model_dump())


def calendar_of(name: str, section: CalendarSection, zone: str, today: date) -> Calendar:
    """A calendar with the holidays of the years around today.

    Args:
        name: Its name in the configuration.
        section: Its hours and days off.
        zone: The helpdesk's time zone, for a calendar that names none.
        today: The holidays of two years before and after it are looked up.

    Raises:
        ValueError: a window cannot be read, or the holidays of the country are not known.
    """
    years = range(today.year - _YEARS_AROUND, today.year + _YEARS_AROUND + 1)
    public = holidays_of(section.holidays, tuple(section.holiday_categories), tuple(years)) if section.holidays else ()
    return Calendar(
        name=name,
        zone=ZoneInfo(section.timezone or zone),
        windows={day: parse_windows(list(windows)) for day, windows in enumerate(section.week) if windows},
        holidays=frozenset(public).union(section.add).difference(section.remove),
    )


@cache
def holidays_of(place: str, categories: Iterable[str], years: Iterable[int]) -> frozenset[date]:
    """The public holidays of a country ("ID") or of a part of one ("DE-BY"), in these years.

    Raises:
        ValueError: the place or a category is not known; the text says which and what is allowed.
    """
    import holidays  # noqa: PLC0415 - it takes long to load, and few configurations without holidays need it.

    country, _, part = place.partition("-")
    supported = holidays.list_supported_countries(include_aliases=False)
    if country not in supported:
        raise ValueError(f'there are no holidays of "{place}"; allowed: a country of ISO 3166, as "ID", "SG", "DE-BY"')
    if part and part not in supported[country]:
        parts = ", ".join(sorted(supported[country])) or "none, leave the part away"
        raise ValueError(f'"{country}" has no part "{part}" with holidays of its own; allowed: {parts}')
    try:
        found = holidays.country_holidays(
            country, subdiv=part or None, years=years, categories=tuple(categories), language="en_US"
        )
    except ValueError:
        known = ", ".join(sorted(holidays.country_holidays(country).supported_categories))
        raise ValueError(f'"{country}" has no such holiday_categories; allowed: {known}') from None
    return frozenset(found)
