"""The people of the virtual month: what they write, when, and what of it the reference calculation must know."""

import heapq
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from itertools import count

from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build, reply
from world.helpdesk import parse

from mailbot.adapters.smtp import Outgoing
from mailbot.adapters.tables import OutboxMail
from month.reference import Absence, Fact
from month.wall import BEGIN, DAY, DAYS, HOUR, HOURS, TEAM_HOURS, WORDS

Act = tuple[str, ...]
"""What is done to a ticket, first of all who does it; then the next act, so many minutes later."""

# Minutes until the act, and the act; "t" = its technician, "r" = its requester.
COURSES: dict[str, list[tuple[int, int, str]]] = {
    "quick": [(10, 3 * HOUR, "answer"), (HOUR, DAY, "resolve")],
    "thanked for": [(10, 5 * HOUR, "answer"), (HOUR, DAY, "resolve"), (HOUR, 2 * DAY, "confirm")],
    "late": [(DAY, 4 * DAY, "answer"), (DAY, 6 * DAY, "resolve")],
    "forgotten": [(20 * DAY, 25 * DAY, "resolve")],
    "asked about": [
        (10, DAY, "ask"),
        (HOUR, 5 * DAY, "write"),
        (HOUR, DAY, "answer"),
        (HOUR, 3 * DAY, "resolve"),
        (HOUR, DAY, "confirm"),
    ],
    "silent": [(10, DAY, "ask")],
    "late to answer": [(10, DAY, "ask"), (7 * DAY, 12 * DAY, "write"), (HOUR, DAY, "resolve")],
    "held": [(10, DAY, "hold"), (2 * DAY, 6 * DAY, "answer"), (DAY, 3 * DAY, "resolve")],
    "put off": [(10, DAY, "put off"), (3 * DAY, 5 * DAY, "answer"), (HOUR, DAY, "resolve")],
    "opened again": [
        (10, DAY, "answer"),
        (HOUR, DAY, "resolve"),
        (HOUR, 6 * DAY, "write"),
        (HOUR, 2 * DAY, "answer"),
        (HOUR, DAY, "resolve"),
    ],
    "raised": [(HOUR, 2 * DAY, "raise"), (HOUR, DAY, "answer"), (DAY, 2 * DAY, "lower"), (DAY, 3 * DAY, "resolve")],
    "given away": [(HOUR, 2 * DAY, "give away"), (HOUR, 2 * DAY, "answer"), (DAY, 3 * DAY, "resolve")],
}
TEXTS = {
    "answer": "We are looking into it, piece number {n} is being checked.",
    "ask": "#wait\n\nCould you tell us which device it is, please? Question {n}.",
    "put off": "#wait 2d\n\nWe will go on with it in two days, as agreed in call {n}.",
    "hold": "#hold spare part ordered\n\nA spare part was ordered, number {n}.",
    "resolve": "#resolve\n\nIt works again, we have changed part {n}.",
    "raise": "#prio high",
    "lower": "#prio low",
    "give away": "#team {team}",
    "write": "It is still like that, and now lamp {n} is blinking as well.",
    "confirm": "Yes, it is solved",
}
FACTS = {
    "answer": "answered",
    "ask": "asked",
    "put off": "put_off",
    "hold": "held",
    "resolve": "resolved",
    "raise": "changed",
    "lower": "changed",
    "give away": "changed",
    "write": "written_to",
    "confirm": "confirmed",
}
BY_REQUESTER = {"write", "confirm", "vote"}
PRIORITIES = ["critical"] + ["high"] * 3 + ["normal"] * 5 + ["low"] * 3


@dataclass
class People:
    """Everybody, and what they have done so far."""

    desk: Helpdesk
    seed: int
    facts: dict[int, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    absences: list[Absence] = field(default_factory=list)
    skipped: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.plan: list[tuple[int, int, int, list[tuple[int, int, str]]]] = []
        self.order = count()
        self.mails: dict[tuple[int, str], list[tuple[str, bytes]]] = defaultdict(list)
        self.leaving = {"tom@example.com": (3 * DAY, 7 * DAY), "nina@example.com": (9 * DAY, 5 * DAY)}
        self.desk.courier.seen = self.get  # type: ignore[attr-defined]

    @property
    def minute(self) -> int:
        return int((self.desk.now - BEGIN) / timedelta(minutes=1))

    def get(self, mail: Outgoing) -> None:
        """A mail reaches somebody; whoever is asked for his opinion may give it later."""
        with self.desk.database.unit_of_work(write=False) as session:
            columns = (OutboxMail.ticket, OutboxMail.notice)
            row = session.execute(select(*map(col, columns)).where(col(OutboxMail.id) == mail.id)).one()
        if row.ticket is not None:
            self.mails[row.ticket, mail.recipient].append((row.notice, mail.raw))
            if row.notice == "survey" and self.random.random() < 0.6:
                self.intend(row.ticket, [(10, 3 * DAY, "vote")])

    def intend(self, number: int, acts: list[tuple[int, int, str]]) -> None:
        if acts:
            least, most, _what = acts[0]
            at = self.minute + self.random.randint(least, most)
            heapq.heappush(self.plan, (at, next(self.order), number, acts))

    def act(self) -> None:
        """Everybody does what it is time for."""
        for address, (begin, _length) in self.leaving.items():
            if self.minute >= begin and not any(one.technician == address for one in self.absences):
                self.leave(address)
        while self.plan and self.plan[0][0] <= self.minute:
            _at, _order, number, acts = heapq.heappop(self.plan)
            what = acts[0][2]
            if what not in BY_REQUESTER and not self.works(number):
                heapq.heappush(self.plan, (self.minute + 2 * HOUR, next(self.order), number, acts))
                continue
            if self.do(number, what):
                self.intend(number, acts[1:])
            else:
                self.skipped += 1

    def works(self, number: int) -> bool:
        """Whether the technician of a ticket is at work now."""
        ticket = self.desk.ticket(number)
        away = any(one.technician == ticket.technician and one.begin <= self.minute < one.end for one in self.absences)
        return HOURS[TEAM_HOURS[ticket.team]].are_at(self.minute) and not away

    def leave(self, address: str) -> None:
        """A technician goes on leave, and says so in an answer to the first mail that he got."""
        found = next((mails for (_number, whose), mails in self.mails.items() if whose == address), None)
        if found is None:
            return
        length = self.leaving[address][1]
        receipt = self.desk.receive(reply(address, parse(found[0][1]), f"#away {length // DAY}d", at=self.desk.now))
        assert receipt.disposition == "commanded", receipt.reason
        self.absences.append(Absence(address, self.minute, self.minute + length))

    def open(self, n: int) -> None:
        """Somebody asks for help."""
        priority = self.random.choice(PRIORITIES)
        course = self.random.choice(sorted(COURSES))
        words = [WORDS[priority], "wireless" if self.random.random() < 0.3 else "", f"device {n} makes noise"]
        # Some people have many tickets.
        person = f"p{n if self.random.random() < 0.7 else self.random.randrange(20)}@client.example"
        text = f"Please help with item {n}: {' '.join(words)}."
        receipt = self.desk.receive(build(person, f"Item {n} {' '.join(words)}", text, at=self.desk.now))
        assert receipt.disposition == "created", receipt.reason
        assert receipt.ticket is not None
        assert self.desk.ticket(receipt.ticket).priority == priority
        self.note(receipt.ticket, "opened")
        self.intend(receipt.ticket, COURSES[course])

    def do(self, number: int, what: str) -> bool:
        """Somebody writes to a ticket; False if he has nothing to answer, or it makes no sense any more."""
        ticket = self.desk.ticket(number)
        if what == "vote":
            return self.vote(number)
        by_requester = what in BY_REQUESTER
        if not by_requester and ticket.status in {"resolved", "closed"}:
            return False
        if what == "confirm" and ticket.status != "resolved":
            return False
        who = ticket.requester_address if by_requester else ticket.technician
        mail = self.mail_to(number, who, "resolved" if what == "confirm" else "")
        if mail is None:
            return False
        other = "support" if ticket.team == "network" else "network"
        text = TEXTS[what].format(n=next(self.order), team=other)
        receipt = self.desk.receive(reply(who, mail, text, at=self.desk.now))
        assert receipt.disposition in {"commanded", "appended"}, f"{what}: {receipt.disposition}, {receipt.reason}"
        assert receipt.ticket == number
        self.note(number, FACTS[what], self.minute + 2 * DAY if what == "put off" else 0)
        return True

    def vote(self, number: int) -> bool:
        """The requester answers the survey about the present end of his ticket."""
        ticket = self.desk.ticket(number)
        mail = self.mail_to(number, ticket.requester_address, "survey")
        voted = [fact for fact in self.facts[number] if fact.what in {"voted_on", "written_to"}]
        if mail is None or ticket.status != "closed" or (voted and voted[-1].what == "voted_on"):
            return False
        score = self.random.choice(["5", "4", "lima"])
        receipt = self.desk.receive(reply(ticket.requester_address, mail, score, at=self.desk.now))
        assert "the answer to the survey" in receipt.reason, receipt.reason
        self.note(number, "voted_on")
        return True

    def mail_to(self, number: int, who: str, notice: str = "") -> EmailMessage | None:
        """The last mail of a kind about a ticket to somebody; of any that may be answered in the open, if "" ."""
        kinds = {notice} if notice else {"acknowledgement", "assigned", "reply", "requester_replied", "resolved"}
        found = [raw for kind, raw in self.mails[number, who] if kind in kinds]
        return parse(found[-1]) if found else None

    def note(self, number: int, what: str, until: int = 0) -> None:
        ticket = self.desk.ticket(number)
        self.facts[number].append(Fact(self.minute, what, ticket.team, ticket.technician, ticket.priority, until))


def openings(seed: int, tickets: int) -> list[int]:
    """When the tickets come in: at any minute of the first three weeks, night and Sunday included."""
    chance = random.Random(seed)
    return sorted(chance.randrange(HOUR, (DAYS - 9) * DAY) for _ in range(tickets))
