"""The helpdesk of the scenario tests."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from mailbot import outbox, timers
from mailbot.adapters import store
from mailbot.adapters.db import Database
from mailbot.adapters.imap import ImapAccount, MailboxEnvelope, Selected
from mailbot.adapters.schema import identity
from mailbot.adapters.smtp import Outgoing, Result
from mailbot.adapters.tables import Event, OutboxMail, Receipt, Ticket
from mailbot.config import load
from mailbot.intake import Intake
from mailbot.service import Current, build_desk
from world.mails import build, plain_text, reply

CONFIG = """
[helpdesk]
name = "Example Helpdesk"
address = "support@example.com"
state_dir = "{state}"
undo_window = "{undo_window}"
{helpdesk}

[security]
secret_key = "0123456789abcdef0123456789abcdef0123456789abcdef"

[[mailboxes]]
name = "main"
host = "127.0.0.1"
security = "none"
username = "support"
password = "secret"

[smtp]
host = "127.0.0.1"
security = "none"

[daily]
worklist = {daily}
overview = {daily}
operator = "{operator}"

[[teams]]
name = "support"
lead = "lena@example.com"

[[technicians]]
email = "tom@example.com"
name = "Tom Tech"
teams = ["support"]

[[technicians]]
email = "tess@example.com"
name = "Tess Tech"
teams = ["support"]

[[technicians]]
email = "lena@example.com"
name = "Lena Lead"
level = 3
{more}
"""


class FakeMailbox:
    """An IMAP mailbox in memory; it notes what was filed where."""

    def __init__(self) -> None:
        self.account = ImapAccount(
            name="main",
            host="127.0.0.1",
            port=1,
            security="none",
            username="x",
            password="",
            processed_folder="Processed",
        )
        self.connected = False
        self.uidvalidity = 1
        self.refused: dict[int, str] = {}
        self.messages: dict[int, tuple[bytes, datetime]] = {}
        self.filed: list[tuple[int, str]] = []
        self._next = 1

    def add(self, raw: bytes, at: datetime) -> int:
        uid, self._next = self._next, self._next + 1
        self.messages[uid] = (raw, at)
        return uid

    def connect(self) -> Selected:
        self.connected = True
        return Selected(self.uidvalidity, len(self.messages), self._next)

    def search_all(self) -> list[int]:
        return sorted(self.messages)

    def search_from(self, uid: int) -> list[int]:
        return [key for key in sorted(self.messages) if key >= uid]

    def sizes(self, uids: Sequence[int]) -> dict[int, MailboxEnvelope]:
        return {
            uid: MailboxEnvelope(len(self.messages[uid][0]), self.messages[uid][1])
            for uid in uids
            if uid in self.messages
        }

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        return {uid: self.messages[uid][0] for uid in uids if uid in self.messages}

    def file(self, uids: Sequence[int], folder: str = "") -> str:
        for uid in uids:
            self.messages.pop(uid, None)
            self.filed.append((uid, folder))
        return "moved"

    def close(self) -> None:
        self.connected = False


@dataclass
class FakeCourier:
    """Never fails unless told to, and remembers everything."""

    sent: list[Outgoing] = field(default_factory=list)
    outcomes: dict[str, tuple[str, int | None, str]] = field(default_factory=dict)

    def send(self, batch: Iterable[Outgoing], on_result: Callable[[Result], None]) -> None:
        for mail in batch:
            outcome, code, text = self.outcomes.get(mail.recipient, ("sent", 250, "2.0.0 queued"))
            if outcome == "sent":
                self.sent.append(mail)
            on_result(Result(mail.id, outcome, code, text))  # type: ignore[arg-type]

    def close(self) -> None:
        self.sent = list(self.sent)


@dataclass
class Person:
    """Somebody who writes to the helpdesk, and reads what it sends."""

    desk: "Helpdesk"
    address: str
    name: str = ""

    def writes(self, subject: str, text: str, **extra: Any) -> Receipt:
        return self.desk.receive(build(self.address, subject, text, at=self.desk.now, name=self.name, **extra))

    def answers(self, mail: EmailMessage, text: str, **extra: Any) -> Receipt:
        return self.desk.receive(reply(self.address, mail, text, at=self.desk.now, name=self.name, **extra))

    @property
    def inbox(self) -> list[EmailMessage]:
        return self.desk.mails_to(self.address)

    @property
    def last(self) -> EmailMessage:
        return self.inbox[-1]


class Helpdesk:
    """Production code on a database of its own, with people around it and a clock that moves when told.

    What technicians write goes out at once unless `undo_window` says how long it waits: most scenarios are about what
    is said, not about the moment in which it can be taken back. For the same reason nobody gets daily mails unless
    `daily` is set.
    """

    def __init__(
        self,
        database: Database,
        state: Path,
        now: datetime,
        more: str = "",
        helpdesk: str = "",
        undo_window: str = "0s",
        *,
        daily: bool = False,
        operator: str = "",
    ) -> None:
        self.path = state / "config.toml"
        config = CONFIG.format(
            state=state,
            more=more,
            helpdesk=helpdesk,
            undo_window=undo_window,
            daily=str(daily).lower(),
            operator=operator,
        )
        self.path.write_text(config, encoding="utf-8")
        self.path.chmod(0o600)
        self.settings = load(self.path, {})
        self.database = database
        self.now = now
        self.current = Current(build_desk(self.settings, identity(database)))
        self.mailbox = FakeMailbox()
        self.courier = FakeCourier()
        self.keys: dict[str, str] = {}  # Those of signatures, as the DNS gives them.
        self.intake = Intake(
            database,
            self.mailbox,  # type: ignore[arg-type]
            self.current.get,
            lambda: self.now,
            lambda: None,
            lambda name: self.keys.get(name, ""),
        )
        self.rita = Person(self, "rita@client.example", "Rita Requester")
        self.budi = Person(self, "budi@client.example", "Budi")
        self.mallory = Person(self, "mallory@evil.example", "Mallory")
        self.tom = Person(self, "tom@example.com", "Tom Tech")
        self.tess = Person(self, "tess@example.com", "Tess Tech")
        self.lena = Person(self, "lena@example.com", "Lena Lead")

    def reload(self, **environ: str) -> None:
        """The configuration is read again, with what the environment says in it."""
        self.settings = load(self.path, environ)
        self.current.desk = build_desk(self.settings, identity(self.database))

    def receive(self, raw: bytes) -> Receipt:
        """A mail arrives and is processed, and what it caused is sent; gives its receipt."""
        uid = self.mailbox.add(raw, self.now)
        uidvalidity = self.mailbox.uidvalidity
        self.run()
        with self.database.unit_of_work(write=False) as session:
            statement = select(Receipt).where(col(Receipt.uid) == uid, col(Receipt.uidvalidity) == uidvalidity)
            return session.scalars(statement).one()

    def run(self) -> None:
        self.intake.run_once()
        self.send()

    def send(self) -> None:
        outbox.drain(self.database, self.courier, self.current.get(), lambda: self.now)

    def wait(self, **duration: float) -> None:
        """Time passes in one leap; then the timers and the outbox have their turn."""
        self.now += timedelta(**duration)
        self.tick()

    def tick(self) -> None:
        timers.tick(self.database, self.current.get(), self.now)
        self.send()

    def live(self, *, step: timedelta = timedelta(minutes=30), **duration: float) -> None:
        """Time passes step by step, with a tick at each."""
        end = self.now + timedelta(**duration)
        while self.now < end:
            self.now = min(self.now + step, end)
            self.tick()

    @property
    def sent(self) -> list[EmailMessage]:
        return [parse(mail.raw) for mail in self.courier.sent]

    def mails_to(self, address: str) -> list[EmailMessage]:
        return [parse(mail.raw) for mail in self.courier.sent if mail.recipient == address]

    def notices(self, address: str, notice: str) -> list[EmailMessage]:
        """The mails of one kind that an address got."""
        with self.database.unit_of_work(write=False) as session:
            statement = select(col(OutboxMail.id)).where(col(OutboxMail.notice) == notice)
            keys = set(session.scalars(statement))
        return [parse(mail.raw) for mail in self.courier.sent if mail.recipient == address and mail.id in keys]

    def ticket(self, number: int = 1001) -> Ticket:
        with self.database.unit_of_work(write=False) as session:
            row = session.get(Ticket, number)
            assert row is not None, f"there is no ticket {number}"
            return row

    def tickets(self) -> list[Ticket]:
        with self.database.unit_of_work(write=False) as session:
            return list(session.scalars(select(Ticket).order_by(col(Ticket.number))))

    def events(self, number: int = 1001) -> list[Event]:
        with self.database.unit_of_work(write=False) as session:
            return store.events(session, number)

    def technician_of(self, number: int = 1001) -> Person:
        return {"tom@example.com": self.tom, "tess@example.com": self.tess, "lena@example.com": self.lena}[
            self.ticket(number).technician
        ]


def parse(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    return plain_text(mail)
