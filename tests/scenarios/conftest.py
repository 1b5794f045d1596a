"""A helpdesk for each scenario, on both databases."""

from datetime import datetime
from pathlib import Path

import pytest
from world import Helpdesk

from mailbot.adapters.db import Database


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return Helpdesk(database, tmp_path, now)
