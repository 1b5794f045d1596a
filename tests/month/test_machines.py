"""Thirty days with machines that answer everything: nobody is buried in mail, and no exchange goes on."""

from datetime import datetime
from pathlib import Path

from month.machines import BOB, EXCHANGES, MOST_A_DAY, OURS, TWIN, VERA, days_of_machines


def test_thirty_days_of_machines_bury_nobody_in_mail(sqlite_template: Path, tmp_path: Path, now: datetime) -> None:
    """`make month` does the same with machines that show no sign of being any."""
    post, worst = days_of_machines(sqlite_template, tmp_path, now, bare=False, tag="TW")

    assert {address: n for address, n in worst.items() if n > MOST_A_DAY} == {}
    assert post.exchanges <= EXCHANGES
    # They were not silent, either: each of them was written to, and answered.
    assert worst.keys() >= {OURS, TWIN, VERA, BOB}
    # The other helpdesk got what everybody gets, until it had said the same three times: since then it gets nothing.
    assert len(post.automatic()[TWIN]) >= EXCHANGES
    assert post.desks[OURS].ticket(1001).answerable is False
    # Whose address is dead is left alone: what technicians write aside, it was tried a few times in a month.
    assert len(post.automatic()[BOB]) <= 5
