"""Programs that answer every mail of a helpdesk, each under an address of its own, and leave no sign that they do."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.adapters.tables import Hold, OutboxMail
from month.machines import DAYS, EXCHANGES, MOMENT, MOST_A_DAY, OURS, helpdesk, work
from month.month import most

Answer = tuple[str, str] | None
Program = Callable[[EmailMessage, int], Answer]
"""What a program answers to our mail: a subject and a text; it counts its own tickets. None = nothing."""

_TAG = re.compile(r"\[HD-\d+\] ?")


def _subject(mail: EmailMessage) -> str:
    return str(mail["Subject"])


def _bare(mail: EmailMessage) -> str:
    return _TAG.sub("", _subject(mail))


def request_tracker(mail: EmailMessage, n: int) -> Answer:
    if "[client.example #" in _subject(mail):
        return None  # It joins a ticket, of which its people hear, and nobody else.
    text = (
        f'Greetings,\n\nWe have received your request regarding "{_subject(mail)}". A summary appears below.\n\n'
        f"Your ticket has been assigned an ID of [client.example #{n}]. Please include the string\n\n"
        f"[client.example #{n}]\n\nin the subject line of all future correspondence about this issue.\n\nThank you"
    )
    return f"[client.example #{n}] {_subject(mail)}", text


def quoting_tracker(mail: EmailMessage, n: int) -> Answer:
    answer = request_tracker(mail, n)
    return answer and (f"[client.example #{n}] {_bare(mail)}", f"{answer[1]}\n\n{'-' * 60}\n{text_of(mail)}")


def os_ticket(mail: EmailMessage, n: int) -> Answer:
    if "[#" in _subject(mail):
        return None
    text = (
        f"Dear Example Helpdesk,\n\nA request for support has been created and assigned #{n}. A representative will "
        "follow-up with you as soon as possible. You can view this ticket's progress online.\n\nClient Support Team"
    )
    return f"Support Ticket Opened [#{n}]", text


def indonesian_desk(mail: EmailMessage, n: int) -> Answer:
    if "[Tiket-" in _subject(mail):
        return None
    text = (
        f"Yth. Bapak/Ibu,\n\nLaporan Anda sudah kami terima dengan nomor tiket {n} pada tanggal {mail['Date'][5:16]}. "
        "Tim kami akan segera menindaklanjutinya.\n\nTerima kasih telah menghubungi kami."
    )
    return f"[Tiket-{n}] {_bare(mail)}", text


def talking_desk(mail: EmailMessage, n: int) -> Answer:
    """The worst helpdesk: it opens a ticket at each mail, whatever number stands in it, and under one subject."""
    del mail
    return f"Ticket #{n}", f"Thank you for contacting us.\nYour ticket {n} is in good hands, and you will hear from us."


def away(mail: EmailMessage, n: int) -> Answer:
    del n
    return f"Re: {_subject(mail)}", "I am out of the office until 20 November and will read your mail then.\n\nVera"


def away_without_number(mail: EmailMessage, n: int) -> Answer:
    del n
    return f"Re: {_bare(mail)}", "Thank you for your message. I am travelling and can not answer it soon.\n\nVera"


def bounce(mail: EmailMessage, n: int) -> Answer:
    text = f"Sorry, but your mail {n} of {mail['Date']} could not be handed to Bob, who has left us.\n\nThe post room"
    return f"Not delivered: {_subject(mail)}", text


def bounce_without_number(mail: EmailMessage, n: int) -> Answer:
    text = (
        f'Hello,\n\nyour message "{_bare(mail)}" was not delivered to Bob, since he has left the company.\n\n'
        f"The post room ({n})"
    )
    return "Your message to Bob", text


PROGRAMS: tuple[Program, ...] = (
    request_tracker, quoting_tracker, os_ticket, indonesian_desk, talking_desk,
    away, away_without_number, bounce, bounce_without_number,
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """How a month with a program went.

    Attributes:
        most: The most automatic mails that each address got within 24 hours.
        acknowledged: How many acknowledgements the program got: each is the end of an exchange.
        longest: How many mails followed from one mail of time or of people, there and back.
        tickets: How many tickets there are at the end.
        held: How many mails of the program are held.
        asked: How often technicians were asked about them.
    """

    most: dict[str, int]
    acknowledged: int
    longest: int
    tickets: int
    held: int
    asked: int


def live(template: Path, directory: Path, now: datetime, program: Program, language: str) -> Month:
    """Lives through a month with somebody behind whose address a program answers everything."""
    desk = helpdesk(template, directory, now, OURS, "HD", language)
    address = "care@client.example"
    desk.receive(build(address, "Printer jams", "The printer jams since this morning, please help.", at=now))
    answered = longest = 0
    for turn in range(6 * DAYS):
        if turn % 6 == 0:
            work(desk)
        chain = 0
        while answered < len(mails := desk.mails_to(address)):
            assert answered < 1000, "the machines never stop"
            waiting, answered = mails[answered:], len(mails)
            chain += 1
            for n, mail in enumerate(waiting, answered):
                answer = program(mail, 100 + n)
                desk.now += MOMENT
                if answer is not None:
                    desk.receive(build(address, answer[0], answer[1], at=desk.now))
        longest = max(longest, chain)
        desk.wait(hours=4)
    return _counted(desk, address, longest)


def problems_of(program: Program, month: Month) -> list[str]:
    """What must not be after a month with a program."""
    found = [f"{address} got {n} automatic mails a day" for address, n in month.most.items() if n > MOST_A_DAY]
    if max(month.longest, month.acknowledged, month.tickets) > EXCHANGES:
        found.append(f"{month.longest} exchanges, {month.acknowledged} acknowledgements, {month.tickets} tickets")
    if not month.held or month.asked != 1:
        found.append(f"{month.held} mails held, {month.asked} questions about them")
    return [f"{program.__name__}: {problem}" for problem in found]


def _counted(desk: Helpdesk, address: str, longest: int) -> Month:
    with desk.database.unit_of_work(write=False) as session:
        statement = select(col(OutboxMail.recipient), col(OutboxMail.notice), col(OutboxMail.sent_at)).where(
            col(OutboxMail.automatic).is_(True), col(OutboxMail.state) == "sent"
        )
        sent = [tuple(row) for row in session.execute(statement)]
        held = session.scalars(select(col(Hold.kind)).where(col(Hold.originator) == address)).all()
    at: dict[str, list[datetime]] = {}
    for recipient, _notice, sent_at in sent:
        at.setdefault(recipient, []).append(sent_at)
    notices = Counter((recipient == address, notice) for recipient, notice, _sent_at in sent)
    return Month(
        most={recipient: most(times) for recipient, times in at.items()},
        acknowledged=notices[True, "acknowledgement"],
        longest=longest,
        tickets=len(desk.tickets()),
        held=len(held),
        asked=notices[False, "held"],
    )
