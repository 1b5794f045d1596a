"""Machines that answer: another helpdesk, a vacation responder, and a server that sends everything back."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build
from world.helpdesk import parse

from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail
from month.month import most
from month.watched import hurry

OURS, TWIN = "support@example.com", "care@twin.example"
VERA, BOB = "vera@client.example", "bob@dead.example"
DAYS = 30
MOST_A_DAY = 10
EXCHANGES = 3
MOMENT = timedelta(seconds=30)
TELLING = ("Auto-Submitted", "List-Unsubscribe", "Precedence", "X-Auto-Response-Suppress", "In-Reply-To", "References")
AWAY = "I am out of the office until 20 November and will read your mail when I am back.\n\nVera"


def helpdesk(template: Path, directory: Path, now: datetime, address: str, tag: str, language: str = "en") -> Helpdesk:
    """A helpdesk with a database of its own, at an address of its own, that speaks a language."""
    state = directory / address
    state.mkdir(mode=0o700)
    shutil.copy(template, state / "mailbot.db")
    database = Database("sqlite:///mailbot.db", state_dir=state)
    hurry(database)
    desk = Helpdesk(database, state, now)
    config = desk.path.read_text(encoding="utf-8").replace(OURS, address)
    desk.path.write_text(config.replace("@example.com", "@" + address.partition("@")[2]), encoding="utf-8")
    desk.reload(MAILBOT_HELPDESK__TAG=tag, MAILBOT_HELPDESK__LANGUAGE=language)
    return desk


@dataclass
class Post:
    """The post between two helpdesks and the machines around them.

    Attributes:
        desks: The helpdesks, by their addresses.
        bare: Whether every header is lost on the way that could tell a machine from a person.
        exchanges: How often mail went from one helpdesk to the other and back until both were silent, the longest.
    """

    desks: dict[str, Helpdesk]
    bare: bool
    exchanges: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    number: int = 0

    @property
    def now(self) -> datetime:
        return self.desks[OURS].now

    def live(self, days: int, daily: Callable[[], None]) -> None:
        """Days pass, four hours at a time; once a day people do what they have to do."""
        self.deliver()
        for turn in range(6 * days):
            if turn % 6 == 0:
                daily()
                self.deliver()
            for desk in self.desks.values():
                desk.wait(hours=4)
            self.deliver()

    def deliver(self) -> None:
        """Everything that was sent gets where it should, and is answered, until nobody says anything more."""
        turns = 0
        waiting = self.collect()
        while waiting:
            turns += any(recipient in self.desks for _sender, recipient, _mail in waiting)
            for sender, recipient, mail in waiting:
                self.number += 1
                assert self.number < 5000, "the machines never stop"
                for desk in self.desks.values():
                    desk.now += MOMENT
                self.hand_over(sender, recipient, mail)
            waiting = self.collect()
        self.exchanges = max(self.exchanges, (turns + 1) // 2)

    def collect(self) -> list[tuple[str, str, EmailMessage]]:
        found = []
        for address, desk in self.desks.items():
            new = desk.courier.sent[self.taken[address] :]
            self.taken[address] += len(new)
            found += [(address, mail.recipient, parse(mail.raw)) for mail in new]
        return found

    def hand_over(self, sender: str, recipient: str, mail: EmailMessage) -> None:
        desk = self.desks[sender]
        if recipient in self.desks:
            self.desks[recipient].receive(self.on_its_way(mail))
        elif recipient == VERA:
            # The worst of its kind: it answers every mail, and nothing in its headers says that it is a machine.
            desk.receive(build(VERA, f"Re: {mail['Subject']}", AWAY, at=self.now, to=sender, **self.thread(mail)))
        elif recipient == BOB:
            desk.receive(report(mail, sender, self.number, self.now))

    def thread(self, mail: EmailMessage) -> dict[str, Any]:
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


def days_of_machines(
    template: Path, directory: Path, now: datetime, *, bare: bool, tag: str, language: str = "en"
) -> tuple[Post, dict[str, int]]:
    """Lives through a month with machines; gives the post, and the most automatic mails that each address got a day.

    `bare` and `tag` are those of the other helpdesk, `language` is ours.
    """
    ours = helpdesk(template, directory, now, OURS, "HD", language)
    post = Post({OURS: ours, TWIN: helpdesk(template, directory, now, TWIN, tag)}, bare)
    ours.receive(build(TWIN, "Server is down", "Our server is down, please help us with it.", at=now))
    for address in (VERA, BOB):
        ours.receive(build(address, "Printer jams", "The printer jams since this morning, please help.", at=now))
    post.live(DAYS, lambda: work(ours))
    return post, {address: most(at) for address, at in post.automatic().items()}


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


def work(desk: Helpdesk) -> None:
    """The technicians answer what is open, in words that are new each day, and resolve it every third day."""
    people = {person.address: person for person in (desk.tom, desk.tess, desk.lena)}
    verb = "#resolve\n\n" if desk.now.day % 3 == 0 else ""
    for ticket in desk.tickets():
        mail = last_mail(desk, ticket.number or 0, ticket.technician)
        if mail is not None and ticket.status in {"new", "open"}:
            receipt = people[ticket.technician].answers(mail, f"{verb}We have looked at it on {desk.now:%d %B}.")
            assert receipt.disposition in {"commanded", "appended"}, receipt.reason


def last_mail(desk: Helpdesk, number: int, recipient: str) -> EmailMessage | None:
    """The last mail about a ticket to a technician of which the answer goes to the requester."""
    with desk.database.unit_of_work(write=False) as session:
        statement = select(col(OutboxMail.raw)).where(
            col(OutboxMail.ticket) == number,
            col(OutboxMail.recipient) == recipient,
            col(OutboxMail.notice).in_(["assigned", "requester_replied"]),
            col(OutboxMail.state) == "sent",
        )
        raw = session.scalars(statement.order_by(col(OutboxMail.id).desc()).limit(1)).first()
    return parse(raw) if raw is not None else None
