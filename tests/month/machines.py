"""Machines that answer: another helpdesk, a vacation responder, and a server that sends everything back."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build
from world.helpdesk import parse, text_of

from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail
from month.watched import hurry

OURS, TWIN = "support@example.com", "care@twin.example"
VERA, BOB = "vera@client.example", "bob@dead.example"
MOMENT = timedelta(seconds=30)
TELLING = ("Auto-Submitted", "List-Unsubscribe", "Precedence", "X-Auto-Response-Suppress", "In-Reply-To", "References")
AWAY = "I am out of the office until 20 November and will read your mail when I am back.\n\nVera"


def helpdesk(template: Path, directory: Path, now: datetime, address: str = OURS, undo_window: str = "0s") -> Helpdesk:
    """A helpdesk with a database of its own, at an address of its own."""
    state = directory / address
    state.mkdir(mode=0o700)
    shutil.copy(template, state / "mailbot.db")
    database = Database("sqlite:///mailbot.db", state_dir=state)
    hurry(database)
    desk = Helpdesk(database, state, now, undo_window=undo_window)
    config = desk.path.read_text(encoding="utf-8").replace(OURS, address)
    desk.path.write_text(config.replace("@example.com", "@" + address.partition("@")[2]), encoding="utf-8")
    desk.reload()
    return desk


@dataclass
class Post:
    """The post between two helpdesks and the machines around them.

    Attributes:
        desks: The helpdesks, by their addresses.
        bare: Whether every header is lost on the way that could tell a machine from a person.
        bursts: How many mails went from one helpdesk to the other without an hour of rest, each time.
    """

    desks: dict[str, Helpdesk]
    bare: bool
    bursts: list[Counter[str]] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)
    number: int = 0

    @property
    def now(self) -> datetime:
        return self.desks[OURS].now

    def live(self, days: int, daily: Callable[[], None]) -> None:
        """Days pass, hour by hour; every morning people do what they have to do."""
        for hour in range(24 * days):
            if hour % 24 == 1:
                daily()
            self.deliver()
            for desk in self.desks.values():
                desk.wait(hours=1)
            self.deliver()

    def deliver(self) -> None:
        """Everything that was sent gets where it should, and is answered, until nobody says anything more."""
        burst: Counter[str] = Counter()
        waiting = self.collect()
        while waiting:
            for sender, recipient, mail in waiting:
                self.number += 1
                assert self.number < 5000, "the machines never stop"
                for desk in self.desks.values():
                    desk.now += MOMENT
                self.hand_over(sender, recipient, mail, burst)
            waiting = self.collect()
        if burst:
            self.bursts.append(burst)

    def collect(self) -> list[tuple[str, str, EmailMessage]]:
        found = []
        for address, desk in self.desks.items():
            new = desk.courier.sent[self.taken[address] :]
            self.taken[address] += len(new)
            found += [(address, mail.recipient, parse(mail.raw)) for mail in new]
        return found

    def hand_over(self, sender: str, recipient: str, mail: EmailMessage, burst: Counter[str]) -> None:
        desk = self.desks[sender]
        if recipient in self.desks:
            burst[sender] += 1
            self.desks[recipient].receive(self.on_its_way(mail))
        elif recipient == VERA:
            # The worst of its kind: it answers every mail, and nothing in its headers says that it is a machine.
            desk.receive(build(VERA, f"Re: {mail['Subject']}", AWAY, at=self.now, to=sender, **self.thread(mail)))
        elif recipient == BOB:
            desk.receive(report(mail, sender, self.number, self.now))

    def thread(self, mail: EmailMessage) -> dict[str, str]:
        return {} if self.bare else {"In_Reply_To": str(mail["Message-ID"]), "Auto_Submitted": "auto-replied"}

    def on_its_way(self, mail: EmailMessage) -> bytes:
        if not self.bare:
            return mail.as_bytes()
        for name in TELLING:
            del mail[name]
        mail.replace_header("Message-ID", f"<{self.number}@relay.example>")
        return mail.as_bytes()

    def automatic(self) -> dict[str, list[datetime]]:
        """When each address got automatic mail from either helpdesk."""
        found: dict[str, list[datetime]] = defaultdict(list)
        for desk in self.desks.values():
            with desk.database.unit_of_work(write=False) as session:
                columns = (OutboxMail.recipient, OutboxMail.sent_at)
                statement = select(*map(col, columns)).where(
                    col(OutboxMail.automatic).is_(True), col(OutboxMail.state) == "sent"
                )
                for recipient, sent_at in session.execute(statement):
                    found[recipient].append(sent_at)
        return found


def report(of: EmailMessage, to: str, number: int, at: datetime) -> bytes:
    """The report of a server that knows nobody of that name (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@dead.example\r\nTo: {to}\r\nSubject: Undelivered\r\nReturn-Path: <>\r\n"
        f"Date: {format_datetime(at)}\r\nMessage-ID: <{number}@dead.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such person\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; dead.example\r\n\r\n"
        f"Final-Recipient: rfc822; {BOB}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such person\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {of['Message-ID']}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def answer_all(desk: Helpdesk) -> None:
    """The technicians answer what is open, in words that are new each day."""
    for ticket in desk.tickets():
        if ticket.status not in {"new", "open"} or not ticket.technician:
            continue
        assigned = [mail for mail in desk.mails_to(ticket.technician) if f"-{ticket.number}]" in str(mail["Subject"])]
        mails = [mail for mail in assigned if "Reply above" in text_of(mail) or text_of(mail)]
        if mails:
            person = {one.address: one for one in (desk.tom, desk.tess, desk.lena)}.get(ticket.technician)
            if person is not None:
                person.answers(mails[0], f"We are on it, news of {desk.now:%d %B} will follow.")
