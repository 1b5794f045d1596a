"""Thirty days with machines that answer everything: nobody is buried in mail, and no exchange goes on."""

from datetime import datetime
from pathlib import Path

import pytest
from world import build

from month.machines import BOB, OURS, TWIN, VERA, Post, answer_all, helpdesk
from month.month import most

MOST_A_DAY = 10
EXCHANGES = 3


@pytest.mark.parametrize("bare", [False, True], ids=["with their headers", "without a header that tells"])
def test_thirty_days_of_machines_bury_nobody_in_mail(
    sqlite_template: Path, tmp_path: Path, now: datetime, bare: bool
) -> None:
    ours, theirs = (helpdesk(sqlite_template, tmp_path, now, address) for address in (OURS, TWIN))
    post = Post({OURS: ours, TWIN: theirs}, bare)
    ours.receive(build(TWIN, "Server is down", "Our server is down, please help us with it.", at=now))
    for address in (VERA, BOB):
        ours.receive(build(address, "Printer jams", "The printer jams since this morning, please help.", at=now))

    post.live(30, lambda: answer_all(ours))

    too_many = {address: most(at) for address, at in post.automatic().items() if most(at) > MOST_A_DAY}
    assert too_many == {}
    worst = [max(burst[OURS], burst[TWIN]) for burst in post.bursts]
    assert max(worst) <= EXCHANGES
