"""Working days of the helpdesk of the scenario tests: an office, its hours, and how time passes there."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import col

from mailbot.adapters.tables import Ticket
from world.helpdesk import Helpdesk, text_of

JAKARTA, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
OFFICE = """
[calendars.office]
mon = ["08:00-12:00", "13:00-17:00"]
tue = ["08:00-12:00", "13:00-17:00"]
wed = ["08:00-12:00", "13:00-17:00"]
thu = ["08:00-12:00", "13:00-17:00"]
fri = ["08:00-12:00", "13:00-17:00"]
add = [2026-08-06]
"""
"""From eight to five; the first Thursday of August is a holiday."""
AT_OFFICE = 'calendar = "office"'


def at(text: str, zone: ZoneInfo = JAKARTA) -> datetime:
    """A local time as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def live(desk: Helpdesk, until: str, zone: ZoneInfo = JAKARTA, step: timedelta = timedelta(minutes=30)) -> None:
    """Time passes until a local time."""
    desk.live(step=step, seconds=(at(until, zone) - desk.now).total_seconds())


def request(desk: Helpdesk, subject: str = "Printer jams") -> int:
    """Rita asks for help; gives the number of her ticket."""
    receipt = desk.rita.writes(subject, f"{subject} since this morning. Please help.")
    assert receipt.ticket is not None
    return receipt.ticket


def change(desk: Helpdesk, number: int, **values: object) -> None:
    """A ticket is as it is wanted, and no timer of it is due."""
    with desk.database.unit_of_work() as session:
        session.execute(update(Ticket).where(col(Ticket.number) == number).values(next_due_at=None, **values))


def lead_of(mail: EmailMessage) -> str:
    """The first line of a mail of ours that says something."""
    return next(line for line in text_of(mail).splitlines() if line.strip() and not line.startswith("##-"))
