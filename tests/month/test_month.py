from pathlib import Path

from mailbot.adapters.db import Database
from month.month import live


def test_every_notice_of_a_month_is_where_an_independent_calculation_has_it(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """`make month` does the same with a thousand tickets."""
    outcome = live(sqlite_database, tmp_path, tickets=24, seed=1, step=120)

    assert outcome.problems == []
    assert outcome.tickets == 24
    for notice in ("escalation", "status_update", "pending_reminder", "closed", "reopened", "survey", "survey_thanks"):
        assert outcome.notices[notice] >= 1, f"without a {notice} the month shows nothing of it"
    assert outcome.skipped < outcome.tickets
