"""A helpdesk with ticket 1001 for the mails that go through the whole pipeline."""

from datetime import datetime
from pathlib import Path

import pytest
from world import Helpdesk

from mailbot.adapters.db import Database


@pytest.fixture
def ticket(sqlite_database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    """A helpdesk with ticket 1001 of Rita."""
    desk = Helpdesk(sqlite_database, tmp_path, now)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk
