"""A week without the helpdesk: nobody gets a mail twice, none is stale, and they do not all come at once."""

from datetime import datetime
from pathlib import Path

import pytest

from mailbot.adapters.db import Database
from month.down import RATE, go_down_and_come_back


@pytest.mark.parametrize(
    ("tickets", "days"),
    [
        (60, 7),
        pytest.param(500, 7, marks=pytest.mark.slow),
    ],
)
def test_after_days_without_the_helpdesk_each_hears_of_each_ticket_once(
    sqlite_database: Database, tmp_path: Path, now: datetime, tickets: int, days: int
) -> None:
    found = go_down_and_come_back(sqlite_database, tmp_path, now, tickets=tickets, days=days)

    assert found.repeated == []
    assert found.stale == []
    assert found.busiest <= RATE
    assert len(found.sent) > tickets / 2
    assert found.dropped > 0, "nothing became untrue while it waited, so this shows nothing of it"
    assert found.left == 0
