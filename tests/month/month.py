"""The virtual month: production code, people who act, and an account of every notice at the end."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import time_machine
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk

from mailbot.adapters.db import Database
from mailbot.adapters.tables import Event, OutboxMail, Survey
from month import reference
from month.people import People, openings
from month.wall import BEGIN, CONFIG, DAY, DAYS, HOURS, HOURS_ARE_KEPT, TEAM_HOURS
from month.watched import Watched, hurry

ROUTINE = frozenset(
    {"status_update", "pending_reminder", "closed", "survey", "warning", "escalation", "digest_overdue"}
)
"""What time causes, and nobody waits for in the night."""
ACCOUNTED = frozenset(
    {
        *("acknowledgement", "reply", "resolved", "closed", "reopened", "survey", "survey_thanks"),
        *("status_update", "pending_reminder", "warning", "escalation", "assigned"),
    }
)
"""The notices of which each must be where the reference calculation has it, and nowhere else."""
FOLLOW_MAIL = frozenset({"assigned", "reassigned", "requester_replied", "transcript"})
"""What technicians are told at once, because somebody wrote."""
OF_NO_TICKET = frozenset({"digest", "digest_overdue", "returned"})
WAITS = "it is listed in a digest with others"


@dataclass
class Outcome:
    """How a month went.

    Attributes:
        tickets: How many there were.
        mails: How many were sent.
        notices: How many notices were made, by their name.
        at_night: How many routine mails went out while their recipients do not work, by their name.
        skipped: What people wanted to do, but had no reason for any more.
        problems: What is not as it should be.
        made: Every notice, in the same order each time.
    """

    tickets: int
    mails: int
    notices: Counter[str]
    at_night: Counter[str]
    skipped: int
    problems: list[str]
    made: list[tuple[int | None, str, str, int, str]]


Turn = Callable[[Helpdesk, People], None]
"""What happens in one step: people act, and then time is looked at."""


def usual(desk: Helpdesk, people: People) -> None:
    people.act()
    desk.tick()


def always(_minute: int) -> bool:
    return True


def live(
    database: Database,
    state: Path,
    *,
    tickets: int,
    seed: int,
    step: int,
    turn: Turn = usual,
    is_looked_at: Callable[[int], bool] = always,
) -> Outcome:
    """Lives through the month, and looks at what came of it.

    Args:
        database: Where.
        state: A folder for the configuration.
        tickets: How many come in.
        seed: Another one gives other people.
        step: In how many minutes time passes.
        turn: What happens in each step in which time is looked at.
        is_looked_at: In which minutes that is; in the others, people only act.
    """
    with time_machine.travel(BEGIN, tick=False):
        desk = Helpdesk(database, state, BEGIN, more=CONFIG, helpdesk='calendar = "office"')
        # People here answer the first mail that they find; nobody is of a higher level but the leads.
        levels = {"MAILBOT_ESCALATION__SPECIALIST_FOR": "[]"} if HOURS_ARE_KEPT else {}
        desk.reload(MAILBOT_SECURITY__TOKEN_DAYS="40", **levels)
    desk.courier = Watched()
    hurry(database)
    people = People(desk, seed)
    coming = openings(seed, tickets)
    minutes = range(0, DAYS * DAY + 1, step)
    for minute in minutes:
        desk.now = BEGIN + timedelta(minutes=minute)
        while coming and coming[0] <= minute:
            coming.pop(0)
            people.open(tickets - len(coming))
        if is_looked_at(minute):
            turn(desk, people)
        else:
            people.act()
    return account(desk, people, minutes, is_looked_at)


def account(desk: Helpdesk, people: People, minutes: range, is_looked_at: Callable[[int], bool]) -> Outcome:
    """Holds what was sent against what had to be."""
    with desk.database.unit_of_work(write=False) as session:
        mails = list(session.scalars(select(OutboxMail).order_by(col(OutboxMail.id))))
        suppressed = list(session.scalars(select(Event).where(col(Event.kind) == "notice_suppressed")))
        surveys = list(session.scalars(select(Survey).order_by(col(Survey.asked_at))))
        session.expunge_all()
    sent = [mail for mail in mails if mail.state == "sent"]
    at_night = outside_hours(desk, people, sent)
    problems = [
        *unaccounted(
            desk,
            people,
            mails,
            suppressed,
            lambda to, facts: reference.notices(to, facts, people.absences, minutes, is_looked_at),
        ),
        *without_cause(people, mails),
        *doubled(mails, sent, len(desk.courier.sent)),
        *beyond_caps(desk, mails, suppressed),
        *asked_too_often(suppressed, surveys, people),
    ]
    if HOURS_ARE_KEPT:
        problems += [f"{n} x {notice} outside business hours" for notice, n in at_night.items()]
    notices = Counter(mail.notice for mail in mails)
    made = [(mail.ticket, mail.notice, mail.recipient, minute_of(mail.created_at), mail.state) for mail in mails]
    return Outcome(len(people.facts), len(sent), notices, at_night, people.skipped, problems, sorted(made, key=str))


def minute_of(at: datetime) -> int:
    return int((at - BEGIN) / timedelta(minutes=1))


Calculation = Callable[[str, list[reference.Fact]], list[reference.Due]]


def unaccounted(
    desk: Helpdesk, people: People, mails: list[OutboxMail], suppressed: list[Event], calculate: Calculation
) -> list[str]:
    """The notices that are missing, and those that nobody had to make."""
    made: dict[int, Counter[reference.Due]] = defaultdict(Counter)
    for mail in mails:
        if mail.ticket is not None and mail.notice in ACCOUNTED:
            made[mail.ticket][reference.Due(minute_of(mail.created_at), mail.notice, mail.recipient)] += 1
    for event in suppressed:
        data = event.data
        requester = desk.ticket(event.ticket).requester_address
        # What waited in the outbox and was taken out of it was made, and counts as that.
        if data.get("notice") in ACCOUNTED and "outbox" not in data:
            recipient = data.get("recipient", requester)
            made[event.ticket][reference.Due(minute_of(event.at), data["notice"], recipient)] += 1
    problems = []
    for number, facts in sorted(people.facts.items()):
        requester = desk.ticket(number).requester_address
        due = Counter(calculate(requester, facts))
        # That a ticket was given to somebody is told at once; the reference calculation knows only what time brings.
        got = Counter({one: n for one, n in made[number].items() if one.notice != "assigned" or one in due})
        missing, extra = due - got, got - due
        if missing or extra:
            told = [f"missing {one}" for one in sorted(missing.elements())]
            told += [f"not due {one}" for one in sorted(extra.elements())]
            course = " ".join(f"{fact.what}@{fact.at}" for fact in facts)
            problems.append(f"ticket {number} ({course}): {'; '.join(told[:4])}")
    return problems


def without_cause(people: People, mails: list[OutboxMail]) -> list[str]:
    """Mails to technicians for which there is no reason: nobody wrote, and nothing was due."""
    wrote = {number: {fact.at for fact in facts} for number, facts in people.facts.items()}
    began = {minute for one in people.absences for minute in (one.begin, one.end)}
    problems = []
    for mail in mails:
        at = minute_of(mail.created_at)
        if mail.notice in ACCOUNTED - {"assigned"} or (mail.ticket is None and mail.notice in OF_NO_TICKET):
            continue
        known = mail.ticket is not None and (at in wrote.get(mail.ticket, ()) or at in began)
        woke = mail.notice == "assigned"  # A ticket that was put off; the account has it, or says that it is missing.
        if mail.notice not in FOLLOW_MAIL or not (known or woke):
            problems.append(f"nobody knows why there is a {mail.notice} about {mail.ticket} at {at}")
    return problems


def doubled(mails: list[OutboxMail], sent: list[OutboxMail], went: int) -> list[str]:
    """Whatever was made or sent twice."""
    same = Counter((mail.ticket, mail.notice, mail.recipient, mail.created_at) for mail in mails if not mail.internal)
    # Two targets may be missed at the same moment, and their leads be told at the same moment.
    most = Counter((mail.ticket, mail.notice, mail.recipient, mail.key) for mail in mails)
    problems = [f"{n} x {what}" for what, n in (*same.items(), *most.items()) if n > 1]
    if went != len(sent):
        problems.append(f"{went} mails went out, but {len(sent)} were to")
    # Several at once go as a list: then each is in one, and went not by itself.
    listed = [mail for mail in mails if mail.answer == WAITS]
    lists = {(mail.recipient, mail.notice) for mail in mails if mail.notice.startswith("digest")}
    problems += [f"{mail.key} is in no list" for mail in listed if not any(mail.recipient == to for to, _ in lists)]
    odd = [mail for mail in mails if mail.state not in {"sent", "cancelled", "queued"}]
    return problems + [f"{mail.key} is {mail.state}: {mail.answer}" for mail in odd]


def beyond_caps(desk: Helpdesk, mails: list[OutboxMail], suppressed: list[Event]) -> list[str]:
    """Where a cap was broken, or named as the reason though it was not reached."""
    limits = desk.settings.limits
    of_address: dict[str, list[datetime]] = defaultdict(list)
    of_ticket: dict[tuple[int | None, str], list[datetime]] = defaultdict(list)
    made: dict[tuple[int | None, str], list[datetime]] = defaultdict(list)
    for mail in mails:
        if mail.automatic and not mail.internal:
            made[mail.ticket, mail.recipient].append(mail.created_at)  # What was taken back later counted until then.
        if mail.automatic and not mail.internal and mail.state != "cancelled":
            of_address[mail.recipient].append(mail.created_at)
            of_ticket[mail.ticket, mail.recipient].append(mail.created_at)
    problems = [f"{to}: too many mails a day" for to, at in of_address.items() if most(at) > limits.per_address_day]
    for (number, to), at in of_ticket.items():
        if most(at) > limits.per_ticket_address_day:
            problems.append(f"{to}: too many mails a day about {number}")
    for event in suppressed:
        if event.data.get("phrase") == "cap_ticket":
            before = made[event.ticket, event.data["recipient"]]
            got = sum(event.at - timedelta(days=1) < at <= event.at for at in before)
            if got < limits.per_ticket_address_day:
                problems.append(f"ticket {event.ticket}: only {got} mails, and the next was refused")
    return problems


def most(times: list[datetime]) -> int:
    """The most within any 24 hours."""
    return max((sum(begin <= at < begin + timedelta(days=1) for at in times) for begin in times), default=0)


def asked_too_often(suppressed: list[Event], surveys: list[Survey], people: People) -> list[str]:
    """Whom a survey was sent to twice within a month, and who was spared without a reason."""
    asked = Counter(survey.address for survey in surveys)
    problems = [f"{address} was asked {n} times" for address, n in asked.items() if n > 1]
    spared = [event for event in suppressed if event.data.get("notice") == "survey" and "outbox" not in event.data]
    for event in spared:
        address = people.desk.ticket(event.ticket).requester_address
        if not any(survey.address == address and survey.asked_at <= event.at for survey in surveys):
            problems.append(f"ticket {event.ticket}: {event.reason}, but {address} was never asked")
    return problems


def outside_hours(desk: Helpdesk, people: People, sent: list[OutboxMail]) -> Counter[str]:
    """The routine mails that went out while their recipient does not work."""
    found: Counter[str] = Counter()
    directory = desk.current.get().policy.directory
    for mail in sent:
        assert mail.sent_at is not None
        if mail.notice not in ROUTINE or not mail.automatic:
            continue
        facts = people.facts.get(mail.ticket or 0, ())
        # What is critical waits for nothing, and whoever has just written is awake.
        if any(fact.priority == "critical" or fact.at == minute_of(mail.created_at) for fact in facts):
            continue
        technician = directory.technician(mail.recipient) if mail.internal else None
        hours = {TEAM_HOURS[team] for team in technician.teams} if technician and technician.teams else {"office"}
        if mail.recipient == reference.LEADS["network"]:
            hours = {"shifts"}
        if not any(HOURS[name].are_at(minute_of(mail.sent_at)) for name in hours):
            found[mail.notice] += 1
    return found
