"""A database that was lost or put back to an earlier state, while people still answer the mails of before.

The numbers of tickets are given again then. Whoever answers an old mail must never write into the new ticket with its
number, and nobody may get what was meant for somebody else.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot import retention
from mailbot.adapters.db import Database
from mailbot.adapters.schema import identity, upgrade

SECRET = "The code of Rita's door is 4711."


class Machine:
    """A helpdesk whose database file can be copied, lost and put back; its key stays."""

    def __init__(self, place: Path, now: datetime, opened: ExitStack) -> None:
        self._place, self._opened, self._starts = place, opened, 0
        self.file = place / "mailbot.db"
        self.backup = place / "backup.db"
        self.desk = self.start(now)

    def start(self, now: datetime) -> Helpdesk:
        database = Database("sqlite:///mailbot.db", state_dir=self._place)
        self._opened.callback(database.close)
        upgrade(database)
        self.desk = Helpdesk(database, self._place, now)
        self.desk.mailbox.uidvalidity = self._starts = self._starts + 1
        return self.desk

    def copy(self) -> None:
        with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(self.backup)) as target:
            source.backup(target)

    def lose(self) -> Helpdesk:
        """The file is gone, and the operator makes a new one."""
        self.desk.database.close()
        self.file.unlink()
        return self.start(self.desk.now + timedelta(hours=1))

    def restore(self) -> Helpdesk:
        self.desk.database.close()
        shutil.copy(self.backup, self.file)
        return self.start(self.desk.now + timedelta(hours=1))


@pytest.fixture
def machine(tmp_path: Path, now: datetime) -> Iterator[Machine]:
    with ExitStack() as opened:
        yield Machine(tmp_path, now, opened)


@pytest.fixture(params=["lost", "restored"])
def again(request: pytest.FixtureRequest, machine: Machine) -> tuple[Helpdesk, Helpdesk]:
    """The helpdesk before and after: ticket 1001 was Rita's, and is now Budi's."""
    machine.copy()
    before = machine.desk
    before.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")
    after = machine.lose() if request.param == "lost" else machine.restore()
    after.budi.writes("Screen is black", "My screen is black. Please help.")
    assert (after.ticket().requester_address, after.ticket().technician) == (after.budi.address, after.tess.address)
    assert before.tess.inbox
    return before, after


def everything_to(desk: Helpdesk, address: str) -> str:
    return "".join(text_of(mail) for mail in desk.mails_to(address))


def test_the_answer_of_a_requester_begins_a_ticket_of_its_own(again: tuple[Helpdesk, Helpdesk]) -> None:
    before, after = again

    receipt = after.rita.answers(before.rita.last, SECRET)

    assert (receipt.disposition, receipt.ticket) == ("created", 1002)
    assert after.ticket(1002).requester_address == after.rita.address
    assert SECRET not in everything_to(after, after.budi.address)


@pytest.mark.parametrize("answer", [SECRET, f"#close\n\n{SECRET}"])
def test_the_answer_of_a_technician_reaches_nobody_else(again: tuple[Helpdesk, Helpdesk], answer: str) -> None:
    before, after = again
    count = len(after.budi.inbox)

    receipt = after.tess.answers(before.tess.last, answer)

    assert receipt.ticket != 1001
    assert after.ticket().status == "new"
    assert len(after.budi.inbox) == count
    assert SECRET not in everything_to(after, after.budi.address)


def test_no_message_id_is_ever_used_twice(again: tuple[Helpdesk, Helpdesk]) -> None:
    before, after = again

    first, second = ({str(mail["Message-ID"]) for mail in desk.sent} for desk in (before, after))

    assert first
    assert first.isdisjoint(second)


def test_after_a_restore_the_answers_to_older_mails_count(machine: Machine) -> None:
    before = machine.desk
    before.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")
    machine.copy()
    after = machine.restore()

    assert after.rita.answers(before.rita.last, "It still jams").disposition == "appended"
    assert after.tess.answers(before.tess.last, "#close").disposition == "commanded"


def test_after_a_restore_an_answer_to_a_forgotten_mail_finds_its_ticket_by_an_older_one(machine: Machine) -> None:
    before = machine.desk
    before.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")
    machine.copy()
    before.tess.answers(before.tess.last, "Did you try tray 3?")
    forgotten = before.rita.last
    assert len(str(forgotten["References"]).split()) > 1
    after = machine.restore()

    receipt = after.rita.answers(forgotten, "Yes, I did")

    assert (receipt.disposition, receipt.ticket) == ("appended", 1001)


def test_each_new_database_has_an_identity_of_its_own_and_a_copy_has_the_same(machine: Machine) -> None:
    machine.copy()
    original = identity(machine.desk.database)

    assert identity(machine.restore().database) == original
    assert identity(machine.lose().database) != original


def test_an_answer_counts_when_the_bytes_of_the_mail_were_forgotten(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now, more='[retention]\nraw = "5d"\nsent = "5d"\n')
    desk.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")
    question = desk.tess.last
    desk.now += timedelta(days=10)
    assert retention.purge(desk.database, desk.current.get().policy, desk.now) == (1, 2)

    assert desk.tess.answers(question, "#close").disposition == "commanded"
