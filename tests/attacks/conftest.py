"""A helpdesk for each attack, with one ticket of Rita."""

from datetime import datetime
from pathlib import Path

import pytest
from world import Helpdesk

from mailbot.adapters.db import Database

RULE = """
[[rules]]
id = "steered"
any = ["spamfilter"]
fields = ["header:X-Mailbot-Route"]
action = "ignore"
"""


def with_ticket(database: Database, state: Path, now: datetime) -> Helpdesk:
    desk = Helpdesk(database, state, now, more=RULE)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


@pytest.fixture
def ticket(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return with_ticket(database, tmp_path, now)


@pytest.fixture
def ticket_on_sqlite(sqlite_database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return with_ticket(sqlite_database, tmp_path, now)
