"""A helpdesk for each test of the pipeline, on both databases."""

from datetime import datetime
from pathlib import Path

import pytest
from world import Helpdesk

from mailbot.adapters.db import Database


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return Helpdesk(database, tmp_path, now)


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    """A helpdesk with ticket 1001 of Rita."""
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk
