"""Thirty days with machines that answer everything: nobody is buried in mail, and no exchange goes on."""

from datetime import datetime
from pathlib import Path

import pytest
from world import build

from month.machines import BOB, OURS, TWIN, VERA, Post, helpdesk, work
from month.month import most

MOST_A_DAY = 10
EXCHANGES = 3
WITHOUT_SIGNS_A_DAY = 20
"""What the cap allows. Two helpdesks of which neither leaves a sign of the other on its mail open a ticket about each
status update of the other, day after day: they stop at once each time, but their number grows."""


def days_of_machines(
    template: Path, directory: Path, now: datetime, *, days: int, bare: bool, tag: str
) -> tuple[Post, dict[str, int]]:
    """Lives through days with machines; gives the post, and the most automatic mails that each address got a day."""
    ours = helpdesk(template, directory, now, OURS, "HD")
    post = Post({OURS: ours, TWIN: helpdesk(template, directory, now, TWIN, tag)}, bare)
    ours.receive(build(TWIN, "Server is down", "Our server is down, please help us with it.", at=now))
    for address in (VERA, BOB):
        ours.receive(build(address, "Printer jams", "The printer jams since this morning, please help.", at=now))
    post.live(days, lambda: work(ours))
    return post, {address: most(at) for address, at in post.automatic().items()}


@pytest.mark.parametrize(
    "bare",
    [
        pytest.param(False, id="with their headers"),
        pytest.param(True, id="by the number in the subject only", marks=pytest.mark.slow),
    ],
)
def test_thirty_days_of_machines_bury_nobody_in_mail(
    sqlite_template: Path, tmp_path: Path, now: datetime, bare: bool
) -> None:
    tag = "HD" if bare else "TW"
    post, worst = days_of_machines(sqlite_template, tmp_path, now, days=30, bare=bare, tag=tag)

    assert {address: n for address, n in worst.items() if n > MOST_A_DAY} == {}
    assert post.exchanges <= EXCHANGES
    # They were not silent, either: each of them was written to, and answered.
    assert worst.keys() >= {OURS, TWIN, VERA, BOB}
    assert len(post.automatic()[TWIN]) > 10
    # Whose address is dead is left alone: what the technicians write aside, it was tried twice at most in a week.
    assert len(post.automatic()[BOB]) <= 5


@pytest.mark.slow
def test_machines_that_leave_no_sign_at_all_are_held_by_the_caps(
    sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    post, worst = days_of_machines(sqlite_template, tmp_path, now, days=12, bare=True, tag="TW")

    assert {address: n for address, n in worst.items() if n > WITHOUT_SIGNS_A_DAY} == {}
    assert post.exchanges <= EXCHANGES
