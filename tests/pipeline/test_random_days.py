"""Random days of a helpdesk: people write, command, wait, forge and repeat; what must always hold is looked at.

The days are made by a seeded generator, so that a failure comes back with its seed.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build, reply
from world.helpdesk import parse

from mailbot.adapters import history, store
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail, Receipt
from mailbot.core.model import Status
from mailbot.core.notices import NOTICES, Audience

CANARY = "the canary sings in the server room"
REPEATED = f"Hello,\n\n{CANARY}"
STEPS = 60
COMMANDS = (
    f"#note {CANARY}",
    f"#note\n{CANARY}\n#end\n\nWe are on it.",
    f"#quiet\n\n{CANARY}",
    "#intrenal\nWe wait for the vendor.",
    f"#quiet\n#resolve {CANARY}",
    REPEATED,
    REPEATED,
    "#take",
    "#wait\n\nIs it plugged in?",
    "#wait 2d",
    "#wait",
    "#resolve\n\nIt works again.",
    "#resolve The cable was loose.",
    "#close",
    "#close\n\nDone.",
    "#close\n\nDone.",
    "#reopen",
    "#prio critical",
    "#prio critical",
    "#prio low",
    "#assign tess",
    "#assign none",
    "#assign support",
    "#go",
    "Please try again.",
    "",
)
DECISIONS = ("#accept", "#accept", "#accept", "#new", "#take", "#go", "I do not know him")
WORDS = (
    "It still jams.",
    "Thank you very much!",
    "5",
    "1 too slow",
    "#close\n#prio low",
    "",
    f"> quoted\nI have read that {CANARY[:10]}",
)


TECHNICIAN_TOKEN = re.compile(r"\b[0-9]+\.t\.[0-9a-z]{1,4}\.[a-z2-7]{10}\.")
DAY = timedelta(days=1)


class Days:
    """One run: a helpdesk, a generator, and what may happen."""

    def __init__(self, desk: Helpdesk, seed: int) -> None:
        self.desk = desk
        self.random = random.Random(seed)
        self.requesters = [desk.rita, desk.budi, desk.mallory]
        self.technicians = [desk.tom, desk.tess, desk.lena]
        self.written: list[bytes] = []
        self.sent_by: dict[str, set[str]] = defaultdict(set)
        self.acts: list[Callable[[], None]] = [
            self.begin,
            *[self.answer] * 6,
            *[self.command] * 10,
            self.forge,
            *[self.intrude] * 2,
            self.repeat,
            *[self.pass_time] * 3,
        ]

    def live(self) -> None:
        self.begin()
        for _ in range(STEPS):
            self.random.choice(self.acts)()
            self.desk.now += timedelta(seconds=self.random.randint(1, 1800))

    def deliver(self, address: str, raw: bytes) -> None:
        self.written.append(raw)
        self.sent_by[address].add(str(parse(raw)["Message-ID"]))
        receipt = self.desk.receive(raw)
        assert receipt.disposition not in {"", "quarantined", "refused"}, receipt.error

    def begin(self) -> None:
        address = self.random.choice(self.requesters).address
        text = f"The printer jams, please help {self.random.random()}"
        self.deliver(address, build(address, "Printer jams", text, at=self.desk.now))

    def answer(self) -> None:
        person = self.random.choice(self.requesters)
        if person.inbox:
            mail, text = self.random.choice(person.inbox), self.random.choice(WORDS)
            self.deliver(person.address, reply(person.address, mail, text, at=self.desk.now))

    def command(self) -> None:
        person = self.random.choice(self.technicians)
        if person.inbox:
            mail = self.random.choice(person.inbox[-4:])
            text = self.random.choice(DECISIONS if "Held:" in str(mail["Subject"]) else COMMANDS)
            if text == REPEATED and not self.has_note(str(mail["Subject"])):
                return  # What no note says yet is no secret.
            files = {"canary.pdf": CANARY.encode()} if text.startswith("#note") else None
            self.deliver(person.address, reply(person.address, mail, text, at=self.desk.now, files=files))

    def has_note(self, subject: str) -> bool:
        found = re.search(r"\[HD-([0-9]+)\]", subject)
        with self.desk.database.unit_of_work(write=False) as session:
            notes = history.internal_texts(session, int(found[1])) if found else []
        return any(CANARY in text for text in notes)

    def forge(self) -> None:
        """Mallory writes in the name of somebody else, with the identifiers that she got herself."""
        address = self.random.choice([*self.technicians, self.desk.rita]).address
        inbox = self.desk.mallory.inbox
        ids = str(self.random.choice(inbox)["Message-ID"]) if inbox else "<x@evil.example>"
        text = self.random.choice(["#close\n\nForged.", "Forged."])
        subject = f"Re: [HD-{self.number()}] x"
        raw = build(address, subject, text, at=self.desk.now, In_Reply_To=ids, References=ids)
        statuses = [ticket.status for ticket in self.desk.tickets()]
        self.deliver(address, raw)  # Whoever reads it takes it for that person's.
        if address != self.desk.rita.address:
            assert [ticket.status for ticket in self.desk.tickets()] == statuses

    def intrude(self) -> None:
        address = self.random.choice(self.requesters).address
        text = f"Send me all of it {self.random.random()}"
        self.deliver(address, build(address, f"Re: [HD-{self.number()}] x", text, at=self.desk.now))

    def repeat(self) -> None:
        raw = self.random.choice(self.written)
        receipt = self.desk.receive(b"Received: by another way\r\n" + raw)
        assert receipt.disposition == "duplicate"

    def number(self) -> int:
        return 1001 + self.random.randrange(len(self.desk.tickets()))

    def pass_time(self) -> None:
        if self.random.random() < 0.3:
            self.desk.live(hours=12, step=timedelta(hours=1))
        self.desk.now += timedelta(hours=self.random.choice([1, 5, 30, 80, 400]))
        for _ in range(3):
            # What one tick opens, the end of a wait say, may have a notice of its own that the next one sends.
            self.desk.tick()
        count = len(outbox(self.desk))
        for ticket in self.desk.tickets():
            assert ticket.next_due_at is None or ticket.next_due_at > self.desk.now, f"ticket {ticket.number} loops"
        self.desk.tick()
        assert len(outbox(self.desk)) == count, "a tick with nothing due did something"


def outbox(desk: Helpdesk) -> list[OutboxMail]:
    with desk.database.unit_of_work(write=False) as session:
        return list(session.scalars(select(OutboxMail).order_by(col(OutboxMail.id))))


def participants(desk: Helpdesk, number: int) -> set[str]:
    with desk.database.unit_of_work(write=False) as session:
        return {person.address for person in store.people(session, number)}


def check_ledger(days: Days) -> None:
    with days.desk.database.unit_of_work(write=False) as session:
        receipts = list(session.scalars(select(Receipt)))
    assert all(receipt.state == "done" and receipt.disposition and receipt.reason for receipt in receipts)
    became = [receipt.disposition for receipt in receipts]
    assert len(receipts) - became.count("duplicate") == len(days.written)


def check_secrets(days: Days) -> None:
    desk = days.desk
    technicians = {person.address for person in days.technicians}
    known: dict[str, set[str]] = defaultdict(set)
    for row in outbox(desk):
        known[row.recipient].add(row.message_id)
        if row.internal:
            assert row.recipient in technicians
            continue
        assert row.ticket is not None
        assert row.recipient in participants(desk, row.ticket), f"{row.key} goes to somebody who does not take part"
        mail = parse(row.raw)
        for part in mail.walk():
            content = part.get_payload(decode=True)
            assert not isinstance(content, bytes) or CANARY.encode() not in content, f"{row.key} holds a note"
        header = "\n".join(str(value) for value in mail.values())
        assert not TECHNICIAN_TOKEN.search(header), f"{row.key} holds a technician's token"
        strange = set(str(mail["References"] or "").split()) - known[row.recipient] - days.sent_by[row.recipient]
        assert not strange - {"<x@evil.example>"}, f"{row.key} holds identifiers that {row.recipient} never saw"


def check_caps(days: Days) -> None:
    limits = days.desk.settings.limits
    for_address: dict[str, list[datetime]] = defaultdict(list)
    for_ticket: dict[tuple[int | None, str], list[datetime]] = defaultdict(list)
    seen = set()
    for row in outbox(days.desk):
        same = (row.ticket, row.notice, row.recipient, row.created_at)
        assert NOTICES[row.notice].audience is not Audience.REQUESTER or same not in seen, f"{row.key} is one too many"
        seen.add(same)
        if row.automatic and not row.internal:
            for_address[row.recipient].append(row.created_at)
            for_ticket[row.ticket, row.recipient].append(row.created_at)
    assert all(most_in_a_day(times) <= limits.per_address_day for times in for_address.values())
    assert all(most_in_a_day(times) <= limits.per_ticket_address_day for times in for_ticket.values())


def most_in_a_day(times: list[datetime]) -> int:
    return max((sum(start <= time < start + DAY for time in times) for start in times), default=0)


def check_tickets(days: Days) -> None:
    for ticket in days.desk.tickets():
        status = Status(ticket.status)
        assert (ticket.closed_at is not None) == (status is Status.CLOSED)
        assert (ticket.resolved_at is not None) == (status in {Status.CLOSED, Status.RESOLVED})
        assert (ticket.waiting_since is not None) == (status in {Status.PENDING, Status.ON_HOLD})
        assert (ticket.running_since is not None) == (status in {Status.NEW, Status.OPEN})
        reopened = [event for event in days.desk.events(ticket.number or 0) if event.kind == "reopened"]
        assert ticket.cycle == 1 + len(reopened)


@pytest.mark.parametrize("seed", [3, 4, 11])  # Each of them finds mistakes that were planted to try it.
def test_whatever_people_do_the_promises_hold(
    sqlite_database: Database, tmp_path: Path, now: datetime, seed: int
) -> None:
    days = Days(Helpdesk(sqlite_database, tmp_path, now), seed)

    days.live()

    check_ledger(days)
    check_secrets(days)
    check_caps(days)
    check_tickets(days)
