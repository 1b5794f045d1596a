"""A helpdesk that was down for days, and what it sends once it is up again."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build

from mailbot import outbox, timers
from mailbot.adapters.db import Database
from mailbot.adapters.smtp import Outgoing
from mailbot.adapters.tables import OutboxMail, Ticket
from month.machines import last_mail
from month.watched import Watched, hurry

RATE = 30
MINUTE = timedelta(minutes=1)
TRUE_WHILE = {
    "status_update": {"new", "open", "on_hold"},
    "escalation": {"new", "open"},
    "pending_reminder": {"pending"},
    "closed": {"closed"},
    "survey": {"closed"},
}
"""In which statuses of its ticket a mail says what is so."""


@dataclass
class Return:
    """What was sent after the helpdesk was up again.

    Attributes:
        sent: Each mail with the moment in which it went out.
        stale: What was not true any more when it went.
        dropped: How many were taken out of the outbox because they were not true any more.
        left: How many still wait at the end.
    """

    sent: list[OutboxMail] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    dropped: int = 0
    left: int = 0

    @property
    def repeated(self) -> list[tuple[int | None, str, str]]:
        """The tickets of which somebody got two mails of one kind."""
        same = Counter((mail.ticket, mail.notice, mail.recipient) for mail in self.sent if mail.ticket is not None)
        return [what for what, n in same.items() if n > 1]

    @property
    def busiest(self) -> int:
        """The most mails that nobody waits for within any minute: an answer to what somebody just wrote is none."""
        asked = {"transcript", "resolved"}
        times = [mail.sent_at for mail in self.sent if mail.sent_at is not None and mail.notice not in asked]
        per_minute: dict[datetime, int] = defaultdict(int)
        for at in times:
            per_minute[at] += 1
        return max(sum(n for other, n in per_minute.items() if at - MINUTE < other <= at) for at in per_minute)


def open_all(desk: Helpdesk, tickets: int) -> None:
    """Many people ask for help, and technicians have done something about some of it when the power fails."""
    for n in range(tickets):
        text = f"Machine {n} does not start since this morning, please help."
        desk.receive(build(f"p{n}@client.example", f"Machine {n}", text, at=desk.now))
        desk.now += timedelta(seconds=2)
    people = {person.address: person for person in (desk.tom, desk.tess, desk.lena)}
    words = {
        0: "#wait\n\nWhich lamp blinks?",
        1: "#resolve\n\nIt runs again.",
        2: "#close\n\nIt runs again.",
        3: "Soon.",
    }
    for ticket in desk.tickets():
        number = ticket.number or 0
        mail = last_mail(desk, number, ticket.technician)
        if number % 10 in words and mail is not None:
            people[ticket.technician].answers(mail, words[number % 10])


def go_down_and_come_back(database: Database, state: Path, now: datetime, *, tickets: int, days: int) -> Return:
    """Everything that comes in while the helpdesk is down waits in its mailbox; then it is up again for a while."""
    desk = Helpdesk(database, state, now)
    desk.reload(MAILBOT_LIMITS__ROUTINE_PER_MINUTE="0")
    desk.courier = courier = Watched()
    hurry(database)
    open_all(desk, tickets)
    desk.reload(MAILBOT_LIMITS__ROUTINE_PER_MINUTE=str(RATE))
    down_at = desk.now
    for n in range(tickets // 20):
        at = down_at + timedelta(days=days) * n / (tickets // 20)
        text = f"Screen {n} is dark, please have a look at it."
        desk.mailbox.add(build(f"q{n}@client.example", f"Screen {n}", text, at=at), at)
    desk.now += timedelta(days=days)
    begin = desk.now
    found = Return()
    courier.seen = lambda mail: look(desk, mail, found)
    outbox.take_over(database, desk.now)
    desk.intake.run_once()
    for minute in range(90):
        timers.tick(database, desk.current.get(), desk.now)
        desk.send()
        if minute % 3 == 0:
            resolve_one(desk)
        desk.now += MINUTE
    with database.unit_of_work(write=False) as session:
        mails = list(session.scalars(select(OutboxMail).where(col(OutboxMail.created_at) >= begin)))
        waiting = session.scalars(select(OutboxMail).where(col(OutboxMail.state) == "queued")).all()
        session.expunge_all()
    found.sent = [mail for mail in mails if mail.state == "sent"]
    found.dropped = sum(mail.answer.endswith("meanwhile") for mail in mails if mail.state == "cancelled")
    found.left = len(waiting)
    return found


def look(desk: Helpdesk, mail: Outgoing, found: Return) -> None:
    """Whether a mail is true in the moment in which it goes out."""
    with desk.database.unit_of_work(write=False) as session:
        row = session.get(OutboxMail, mail.id)
        assert row is not None
        ticket = session.get(Ticket, row.ticket) if row.ticket is not None else None
        allowed = TRUE_WHILE.get(row.notice)
        if row.automatic and ticket is not None and allowed is not None and ticket.status not in allowed:
            found.stale.append(f"{row.key}, and the ticket is {ticket.status}")
        if row.valid_until is not None and row.valid_until < desk.now:
            found.stale.append(f"{row.key}, which was valid until {row.valid_until}")


def resolve_one(desk: Helpdesk) -> None:
    """Somebody resolves a ticket of which a mail still waits."""
    with desk.database.unit_of_work(write=False) as session:
        statement = select(Ticket).join(OutboxMail, col(OutboxMail.ticket) == col(Ticket.number))
        statement = statement.where(
            col(OutboxMail.state) == "queued",
            col(OutboxMail.notice).in_(["status_update", "pending_reminder"]),
            col(Ticket.status).in_(["new", "open", "pending"]),
        )
        ticket = session.scalars(statement.order_by(col(OutboxMail.id).desc()).limit(1)).first()
        number, technician = (ticket.number or 0, ticket.technician) if ticket else (0, "")
    mail = last_mail(desk, number, technician)
    if mail is not None:
        people = {person.address: person for person in (desk.tom, desk.tess, desk.lena)}
        people[technician].answers(mail, "#resolve\n\nIt runs again.")
