"""300 random conversations: each text has a word of its own, and nobody outside reads one that was not for him.

Requesters, people in copy, strangers, vendors and technicians write, whole quotes below; technicians note, ask vendors,
mistype, repeat what is internal, answer internal mail to everybody. Every byte that leaves is decoded and searched.
"""

import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlmodel import col
from world import Helpdesk, build, reply
from world.helpdesk import parse

from mailbot.adapters import history
from mailbot.adapters.db import Database
from mailbot.adapters.tables import Event, OutboxMail
from mailbot.core.model import EventKind

CONVERSATIONS, STEPS, SEEDS = 30, 6, tuple(range(1, 11))
TECHNICIANS = ("tom@example.com", "tess@example.com", "lena@example.com")
VENDORS = {"acme": "rma@acme.example", "kertas": "cs@kertas.example"}
MORE = """
[[vendors]]
name = "Acme Printing"
address = "rma@acme.example"

[[vendors]]
name = "Kertas Jaya"
address = "cs@kertas.example"
language = "id"
"""
PUBLIC = frozenset({"assigned", "requester_replied", "escalation"})
"""Mails to technicians of which the answer is for the requester; that to all others is internal, or for a vendor."""
CANARY = re.compile(r"zq[0-9]+qz")
TECHNICIAN_TOKEN = re.compile(r"[0-9]+\.t\.[0-9a-z]{1,4}\.[a-z2-7]{10}\.[a-z2-7]{26}", re.IGNORECASE)

# What a technician writes: {in} is internal, {out} for the requester, {acme} and {kertas} for these vendors; {text} is
# for whomever the answered mail is about, and {again} repeats what is internal, if something is.
DEEDS = (
    "{text}",
    "{text}",
    "{text}",
    "#take",
    "#note {in}",
    "#note {in}\n#end\n\n{text}",
    "#quiet\n\n{in}",
    "#diagnosis {in}",
    "#vendor acme RMA-7\n\n{acme}",
    "#vendor acme\n\n{acme}",
    "#vendor kertas\n\n{kertas}",
    "#vendor kertas 77\n#note {in}\n#end\n{kertas}",
    "#vendor done",
    "#vendr acme\n\n{in}",
    "#vendor unknown\n\n{in}",
    "#prio hgih\n\n{text}",
    "#go",
    "#go",
    "#cc copy{n}@client.example\n\n{text}",
    "#uncc copy{n}@client.example",
    "#resolve\n\n{text}",
    "#resolve\n#note {in}",
    "#close",
    "#reopen",
    "#assign {someone}",
    "#escalate lead {in}",
    "#wait 2d\n\n{text}",
    "#hold {in}",
    *["{again}"] * 5,
    "Dear Rita,\n\n{again}",
    "#vendor acme\n\n{again}",
)


@dataclass
class Talk:
    """One ticket, and who reads what of it: by canary, the addresses outside that may."""

    number: int
    requester: str
    people: set[str]
    internal: list[str] = field(default_factory=list)


class World:
    """The helpdesk, the generator, and the judge."""

    def __init__(self, desk: Helpdesk, seed: int) -> None:
        self.desk, self.random = desk, random.Random(seed)
        self.inbox: dict[str, list[tuple[EmailMessage, str, int | None]]] = defaultdict(list)
        self.readers: dict[str, set[str]] = {}
        self.seen, self.count = 0, 0
        self.about: dict[str, str] = {}
        self.log: list[Any] = []
        self.mails: Counter[str] = Counter()

    def canary(self, readers: set[str]) -> str:
        self.count += 1
        word = f"zq{self.count}qz"
        self.readers[word] = readers  # The set itself: who joins later may read what is sent later.
        return f"What bird number {word} sings here is a sentence of its own"

    def deliver(self, raw: bytes) -> None:
        self.desk.now += timedelta(minutes=self.random.randint(1, 40))
        receipt = self.desk.receive(raw)
        assert receipt.disposition not in {"", "quarantined", "refused"}, receipt.error
        self.judge()

    def judge(self) -> None:
        sent = self.desk.courier.sent[self.seen :]
        self.seen += len(sent)
        with self.desk.database.unit_of_work(write=False) as session:
            rows = {
                row.id: (row.notice, row.ticket, row.hold)
                for row in session.scalars(select(OutboxMail).where(col(OutboxMail.id).in_([one.id for one in sent])))
            }
        for one in sent:
            notice, ticket, hold = rows[one.id]
            mail = parse(one.raw)
            # The answer to a transcript about a mistake is for whomever the mail with the mistake was.
            about = self.about.get(str(mail["In-Reply-To"]), notice) if hold is not None else notice
            self.inbox[one.recipient].append((mail, about, ticket))
            self.mails[notice] += 1
            if one.recipient in TECHNICIANS:
                continue
            read = everything(mail)
            for word in set(CANARY.findall(read)):
                assert one.recipient in self.readers[word], (
                    f"{word} in the {notice} to {one.recipient}; {self.log[-6:]}"
                )
            assert not TECHNICIAN_TOKEN.search(read), f"a technician's token in the {notice} to {one.recipient}"

    def converse(self, n: int) -> None:
        requester = f"rita{n}@client.example"
        self.deliver(build(requester, "Printer", f"{self.canary({requester})}. It jams.", at=self.desk.now))
        talk = Talk(1000 + len(self.desk.tickets()), requester, {requester})
        for _ in range(STEPS):
            self.random.choice(
                (self.command, self.command, self.command, self.outside, self.vendor, self.vendor, self.odd)
            )(talk, n)
        if n % 3 == 0:  # So that the guard is tried in every run.
            self.command(talk, n, "{again}")

    def mail_of(self, address: str, talk: Talk) -> tuple[EmailMessage, str] | None:
        found = [(mail, notice) for mail, notice, ticket in self.inbox[address] if ticket == talk.number]
        return self.random.choice(found[-5:]) if found else None

    def command(self, talk: Talk, n: int, deed: str = "") -> None:
        address = self.random.choice(TECHNICIANS)
        found = self.mail_of(address, talk) or self.mail_of(self.desk.ticket(talk.number).technician, talk)
        if found is None:
            return
        mail, notice = found
        address = str(mail["To"].addresses[0].addr_spec)
        deed = deed or self.random.choice(("#accept\n\n{in}", "#accept") if notice == "held" else DEEDS)
        repeated = self.repeated(talk) if "{again}" in deed else ""
        if "{again}" in deed and not repeated:
            return
        if deed.startswith("#accept"):
            talk.people.add(f"stranger{n}@evil.example")
        if deed.startswith("#cc"):
            talk.people.add(f"copy{n}@client.example")
        deed = deed.replace("{again}", repeated)
        text = re.sub(r"\{(\w+)\}", lambda match: self.words(match[1], notice, mail, talk, n), deed)
        extra: dict[str, Any] = {"Cc": talk.requester} if self.random.random() < 0.1 and notice not in PUBLIC else {}
        if "{in}" in deed and self.random.random() < 0.3:
            extra["files"] = {"secret.pdf": self.canary(set()).encode()}
        if repeated and self.random.random() < 0.3:
            text, extra["files"] = "See the file.", {"mail.txt": repeated.encode()}
        raw = reply(address, mail, text, at=self.desk.now, **extra)
        if "#vend" not in text and notice != "transcript":
            self.about[str(parse(raw)["Message-ID"])] = notice
        self.log.append((talk.number, notice, text, extra))
        self.deliver(raw)

    def repeated(self, talk: Talk) -> str:
        """Something that is internal by now; what is held because of a mistake is not yet."""
        with self.desk.database.unit_of_work(write=False) as session:
            known = "\n".join(history.internal_texts(session, talk.number))
        return self.random.choice([text for text in talk.internal if text in known] or [""])

    def words(self, kind: str, notice: str, mail: EmailMessage, talk: Talk, n: int) -> str:
        if kind == "n":
            return str(n)
        if kind == "someone":
            return self.random.choice(("tom", "tess", "lena"))
        if kind == "text" and notice == "vendor_replied":
            kind = "acme" if "Acme" in str(mail.get_body(("plain",))) else "kertas"
        elif kind == "text":
            kind = "out" if notice in PUBLIC else "in"
        if kind == "out":
            return self.canary(talk.people)
        readers = {VENDORS[kind]} if kind in VENDORS else set()
        text = self.canary(readers)
        # A vendor may be told again what he was told: only what no vendor knows is internal towards all.
        if kind == "in":
            talk.internal.append(text)
        return text

    def outside(self, talk: Talk, n: int) -> None:
        """The requester or somebody in copy writes."""
        del n
        address = self.random.choice(sorted(talk.people))
        found = self.mail_of(address, talk)
        if found is not None:
            text = self.random.choice(("{}. It jams.", "5 {}", "#close\n{}", "yes", "Thank you!"))
            text = text.format(self.canary({address}))
            self.deliver(reply(address, found[0], text, at=self.desk.now))

    def vendor(self, talk: Talk, n: int) -> None:
        """A vendor answers, or is clumsy: the number alone, to everybody. Until one is asked, a technician writes."""
        asked = [one for one in sorted(VENDORS.values()) if self.mail_of(one, talk)]
        address = self.random.choice(asked or [""])
        found = self.mail_of(address, talk)
        if found is None:
            self.command(talk, n)
            return
        text = self.canary({address})
        talk.internal.append(text)
        if self.random.random() < 0.2:
            subject = f"[HD-{talk.number}] Printer"
            self.deliver(build(address, subject, f"#accept\n{text}", at=self.desk.now, Cc=talk.requester))
        else:
            self.deliver(reply(address, found[0], f"#resolve\n{text}", at=self.desk.now, Cc=talk.requester))

    def odd(self, talk: Talk, n: int) -> None:
        """A stranger knows the number, or time passes."""
        if self.random.random() < 0.8:
            address = f"stranger{n}@evil.example"
            text = f"{self.canary({address})} {self.random.random()}"
            self.deliver(build(address, f"[HD-{talk.number}] x", text, at=self.desk.now))
        else:
            self.desk.wait(hours=self.random.choice((2, 30, 80)))
            self.judge()


def everything(mail: EmailMessage) -> str:
    """All that a mail says, decoded: the headers and each part, whatever its kind; and the bytes as they stand."""
    said = [mail.as_string()]
    for part in mail.walk():
        said += [str(value) for value in part.values()]
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            said.append(content.decode("utf-8", "replace"))
    return "\n".join(said)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS[1:])])
def test_nobody_outside_reads_a_word_that_was_not_for_him(
    sqlite_database: Database, tmp_path: Path, now: datetime, seed: int
) -> None:
    # Nothing here needs to outlive a power cut, and the disk is what all these mails would wait for.
    event.listen(sqlite_database.engine, "connect", lambda one, _record: one.execute("PRAGMA synchronous = OFF"))
    world = World(Helpdesk(sqlite_database, tmp_path, now, more=MORE), seed)

    for n in range(CONVERSATIONS):
        world.converse(n)

    # The conversations were about all of it.
    for notice in (
        "reply",
        "resolved",
        "vendor",
        "vendor_replied",
        "requester_replied",
        "transcript",
        "held",
        "escalation",
    ):
        assert world.mails[notice] > 0, world.mails
    with world.desk.database.unit_of_work(write=False) as session:
        blocked = session.scalars(select(Event).where(col(Event.kind) == EventKind.LEAK_BLOCKED)).all()
    assert blocked
