"""A database that was lost or put back to an earlier state, while people still answer the mails of before.

The numbers of tickets are given again then. Whoever answers an old mail must never write into the new ticket with its
number, and nobody may get what was meant for somebody else.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from world import Helpdesk
from world.helpdesk import parse, text_of

from mailbot import aftermath, retention
from mailbot.adapters import lived
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


# What went out must not go out again


def lives(desk: Helpdesk, state: Path, **duration: float) -> None:
    """Time passes as for the daemon, which notes every minute that it lives."""
    end = desk.now + timedelta(**duration)
    while desk.now < end:
        desk.now = min(desk.now + timedelta(minutes=5), end)
        with desk.database.unit_of_work(write=False) as session:
            due_at = lived.first_due(session)
        if desk.now.minute >= 5 and desk.now < end and (due_at is None or due_at > desk.now):
            continue  # Nothing happens; once an hour the outbox has its turn all the same.
        aftermath.note(desk.database, state, desk.now)
        desk.tick()


def told(desk: Helpdesk) -> list[tuple[str, str]]:
    """To whom which mail was sent, by recipient and subject."""
    return sorted((mail.recipient, str(parse(mail.raw)["Subject"])) for mail in desk.courier.sent)


@pytest.fixture
def busy(machine: Machine) -> Helpdesk:
    """Every kind of thing waits for its time, and some mails wait in the outbox; so the database is copied."""
    desk = machine.desk
    texts = {1001: "#wait\n\nIs it plugged in?", 1002: "#resolve\n\nDone.", 1003: "#close\n\nDone.", 1004: "On it."}
    for number, text in texts.items():
        desk.rita.writes(f"Printer {number}", "The printer jams since this morning. Please help.")
        technician = desk.technician_of(number)
        technician.answers(technician.last, text)
        desk.now += timedelta(minutes=1)
    lives(desk, machine.file.parent, minutes=30)
    later = ("retry", 451, "4.3.0 later")
    desk.courier.outcomes = dict.fromkeys((desk.rita.address, desk.budi.address, desk.tom.address), later)
    desk.budi.writes("Screen is black", "My screen is black. Please help.")
    desk.rita.writes("Screen", "My screen is black. Please help.")
    desk.tess.answers(desk.notices("tess@example.com", "assigned")[-1], "Did you press the button?")
    machine.copy()
    desk.courier.outcomes = {}
    return desk


def test_a_copy_that_is_put_back_sends_nothing_twice(machine: Machine, busy: Helpdesk) -> None:
    state = machine.file.parent
    sent_before_copy = len(busy.courier.sent)
    lives(busy, state, days=3, hours=14)
    kinds = {subject.partition("] ")[2].split()[0] for _, subject in told(busy)}
    assert {"We", "Closed:", "Your"} <= kinds, "updates, reminders, closings and surveys went out"
    assert len(busy.courier.sent) > sent_before_copy + 8

    after = machine.restore()
    lived_until = aftermath.look_back(after.database, after.current.get(), state, after.now)
    after.tick()

    assert lived_until == busy.now
    again = [parse(mail.raw) for mail in after.courier.sent]
    assert [str(mail["Subject"]) for mail in again if not said_lost(mail)] == []
    assert 1 <= len(again) <= 2, "what technicians wrote is told to them, for nobody can know whether it arrived"


def said_lost(mail: EmailMessage) -> bool:
    """Whether a mail tells a technician that nobody knows whether a mail of a person arrived."""
    return "most likely it went out before" in " ".join(text_of(mail).split())


def test_time_goes_on_after_a_copy_was_put_back(machine: Machine, busy: Helpdesk) -> None:
    state = machine.file.parent
    lives(busy, state, hours=4)
    after = machine.restore()
    assert aftermath.look_back(after.database, after.current.get(), state, after.now) is not None
    after.courier.sent.clear()

    lives(after, state, days=9)

    assert len(after.notices(after.rita.address, "pending_reminder")) == 2
    assert after.ticket(1001).status == "closed"
    assert after.ticket(1002).status == "closed"
    assert after.budi.writes("New", "My keyboard is broken. Please help.").disposition == "created"
    assert len(after.notices(after.budi.address, "acknowledgement")) == 1


@pytest.mark.parametrize(("minutes", "noticed"), [(1, False), (5, True)])
def test_a_copy_of_minutes_ago_is_noticed(machine: Machine, busy: Helpdesk, minutes: int, noticed: bool) -> None:
    state = machine.file.parent
    aftermath.note(busy.database, state, busy.now)
    lived.note_beside(state, identity(busy.database), busy.now + timedelta(minutes=minutes))
    found = aftermath.look_back(busy.database, busy.current.get(), state, busy.now + timedelta(minutes=10))
    assert (found is not None) is noticed


def test_a_start_after_down_time_is_no_restore_and_sends_what_is_due(machine: Machine, busy: Helpdesk) -> None:
    state = machine.file.parent
    aftermath.note(busy.database, state, busy.now)
    before = len(busy.courier.sent)
    busy.now += timedelta(days=2)
    assert aftermath.look_back(busy.database, busy.current.get(), state, busy.now) is None
    busy.tick()
    assert len(busy.courier.sent) > before


def test_the_database_of_another_helpdesk_is_not_taken_for_one_that_was_put_back(
    machine: Machine, busy: Helpdesk
) -> None:
    lives(busy, machine.file.parent, days=1)
    after = machine.lose()
    assert aftermath.look_back(after.database, after.current.get(), machine.file.parent, after.now) is None


@pytest.mark.parametrize("torn", ["", "x", "0123 yesterday", "\x00"])
def test_a_torn_note_is_as_good_as_none(machine: Machine, busy: Helpdesk, torn: str) -> None:
    (machine.file.parent / "mailbot.lived").write_text(torn, "utf-8")
    assert aftermath.look_back(busy.database, busy.current.get(), machine.file.parent, busy.now) is None
