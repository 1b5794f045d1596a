"""Business minutes, counted one after the other: mailbot reckons nothing here, for that is what is to be proved.

Time is a whole number of minutes since the month began.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from mailbot.config.service import EscalationSection

HOURS_ARE_KEPT = "warn_at" in EscalationSection.model_fields
"""Whether the helpdesk warns before a promise is broken, lets routine mail wait for the hours of its recipient, and
keeps what has run of a clock when another team gets the ticket. False = there is nothing of that in it yet."""
BEGIN = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
"""Monday, 2 March 2026, 00:00 in Jakarta: the month in which Lebaran falls."""
DAYS = 31
HOUR = 60
DAY = 24 * HOUR
_LENGTH = (DAYS + 60) * DAY

LEBARAN = frozenset(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24))
"""Nyepi and Idul Fitri with their cuti bersama, as the ministers have decreed them for 2026."""
JAKARTA = ZoneInfo("Asia/Jakarta")
JAYAPURA = ZoneInfo("Asia/Jayapura")


def _office(local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    if local.date() in LEBARAN or local.weekday() > 4:
        return False
    noon = 11 * 60 + 30 if local.weekday() == 4 else 12 * 60
    return 8 * 60 <= minute < noon or 13 * 60 <= minute < 17 * 60


def _shifts(local: datetime) -> bool:
    return local.weekday() != 6 and 7 <= local.hour < 19


@dataclass(frozen=True)
class Hours:
    """When somebody works: `passed[m]` is how many business minutes the first `m` minutes of the month have."""

    passed: tuple[int, ...]

    @classmethod
    def of(cls, zone: ZoneInfo, is_open: Callable[[datetime], bool]) -> "Hours":
        minutes = (BEGIN + timedelta(minutes=minute) for minute in range(_LENGTH))
        return cls((0, *accumulate(int(is_open(at.astimezone(zone))) for at in minutes)))

    def between(self, begin: int, end: int) -> int:
        return self.passed[end] - self.passed[begin]

    def after(self, begin: int, business: int) -> int:
        """The first minute at which so many business minutes have passed."""
        return bisect_left(self.passed, self.passed[begin] + business)

    def are_at(self, minute: int) -> bool:
        return self.passed[minute + 1] > self.passed[minute]


HOURS = {"office": Hours.of(JAKARTA, _office), "shifts": Hours.of(JAYAPURA, _shifts)}
TEAM_HOURS = {"support": "office", "network": "shifts"}
CONFIG = """
[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["network"]

[[technicians]]
email = "nils@example.com"
name = "Nils Network"
teams = ["network"]

[[technicians]]
email = "lars@example.com"
name = "Lars Lead"
level = 3

[[teams]]
name = "network"
lead = "lars@example.com"
calendar = "shifts"

[[rules]]
id = "wireless"
any = ["wireless"]
team = "network"

[[rules]]
id = "one"
any = ["prioone"]
impact = "organisation"
urgency = "high"

[[rules]]
id = "two"
any = ["priotwo"]
impact = "person"
urgency = "high"

[[rules]]
id = "four"
any = ["priofour"]
impact = "person"
urgency = "low"

[calendars.office]
mon = ["08:00-12:00", "13:00-17:00"]
tue = ["08:00-12:00", "13:00-17:00"]
wed = ["08:00-12:00", "13:00-17:00"]
thu = ["08:00-12:00", "13:00-17:00"]
fri = ["08:00-11:30", "13:00-17:00"]
holidays = "ID"
holiday_categories = ["public", "government"]

[calendars.shifts]
timezone = "Asia/Jayapura"
mon = ["07:00-19:00"]
tue = ["07:00-19:00"]
wed = ["07:00-19:00"]
thu = ["07:00-19:00"]
fri = ["07:00-13:00", "13:00-19:00"]
sat = ["07:00-19:00"]

[sla.critical]
first_response = "15m"
next_update = "2h"
resolution = "4h"

[sla.high]
first_response = "1h"
next_update = "4h"
resolution = "8h"

[sla.normal]
first_response = "4h"
next_update = "8h"
resolution = "24h"

[sla.low]
first_response = "8h"
next_update = "16h"
resolution = "40h"
"""
"""The configuration that this month is about; what it leaves out is the default, as the example file tells it."""

WORDS = {"critical": "prioone", "high": "priotwo", "normal": "", "low": "priofour"}
