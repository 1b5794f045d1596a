"""A week without the helpdesk: nobody gets a mail twice, none is stale, and they do not all come at once."""

from datetime import datetime
from pathlib import Path

from mailbot.adapters.db import Database
from month.down import RATE, go_down_and_come_back


def test_after_a_week_without_the_helpdesk_each_hears_of_each_ticket_once(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    """`make month` does the same with five hundred tickets."""
    found = go_down_and_come_back(sqlite_database, tmp_path, now, tickets=60, days=7)

    assert found.repeated == []
    assert found.stale == []
    assert found.busiest <= RATE
    assert len(found.sent) > 30
    assert found.dropped > 0, "nothing became untrue while it waited, so this shows nothing of it"
    assert found.left == 0
