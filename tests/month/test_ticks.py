"""However time is looked at, late, twice, by two nodes or while somebody writes, the mails are those that are due."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from world import Helpdesk

from mailbot import timers
from mailbot.adapters import store
from mailbot.adapters.db import Database
from month.month import Outcome, Turn, always, live, usual
from month.people import People

TICKETS, SEED, STEP = 8, 5, 240


def due_now(desk: Helpdesk) -> list[int]:
    with desk.database.unit_of_work(write=False) as session:
        return store.due_tickets(session, desk.now, 1000)


def look_after(desk: Helpdesk, numbers: list[int]) -> None:
    for number in numbers:
        with desk.database.unit_of_work() as session:
            timers.look_after(session, desk.current.get(), number, desk.now)


def twice(desk: Helpdesk, people: People) -> None:
    people.act()
    desk.tick()
    desk.tick()


def by_two_nodes(desk: Helpdesk, people: People) -> None:
    """A second node has found what is due, and comes to it when the first one has done it."""
    people.act()
    numbers = due_now(desk)
    desk.tick()
    look_after(desk, numbers)
    desk.send()


def while_people_write(desk: Helpdesk, people: People) -> None:
    """Mail comes in after it was found out what is due, and before it is done."""
    numbers = due_now(desk)
    people.act()
    look_after(desk, numbers)
    desk.tick()


def run(template: Path, directory: Path, turn: Turn = usual, ticks: Callable[[int], bool] = always) -> Outcome:
    directory.mkdir(mode=0o700)
    shutil.copy(template, directory / "mailbot.db")
    database = Database("sqlite:///mailbot.db", state_dir=directory)
    try:
        return live(database, directory, tickets=TICKETS, seed=SEED, step=STEP, turn=turn, is_looked_at=ticks)
    finally:
        database.close()


@pytest.fixture(scope="module")
def plain(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(sqlite_template, tmp_path_factory.mktemp("plain") / "run")


@pytest.mark.parametrize("turn", [twice, by_two_nodes, while_people_write])
def test_looking_at_time_in_another_way_gives_the_same_mails(
    sqlite_template: Path, tmp_path: Path, plain: Outcome, turn: Turn
) -> None:
    other = run(sqlite_template, tmp_path / "run", turn)

    assert plain.problems == []
    assert other.problems == []
    assert other.made == plain.made


def test_looking_at_time_late_and_irregularly_gives_each_mail_that_is_due_then(
    sqlite_template: Path, tmp_path: Path
) -> None:
    chance = random.Random(3)
    looks = {minute for minute in range(0, 50 * 1440, STEP) if chance.random() < 0.25}

    outcome = run(sqlite_template, tmp_path / "run", ticks=looks.__contains__)

    assert outcome.problems == []
    assert outcome.notices["status_update"] > TICKETS
