"""What time or a backlog brings goes by a rate of its own: it makes no storm, and holds up nobody who waits for us."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk
from world.mails import build

from mailbot import outbox
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail
from mailbot.core.model import EventKind

RATE = 4
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    desk = Helpdesk(database, tmp_path, now)
    limit(desk)
    return desk


def limit(desk: Helpdesk, rate: int = RATE, **environ: str) -> None:
    desk.reload(MAILBOT_LIMITS__ROUTINE_PER_MINUTE=str(rate), **environ)


def fill(desk: Helpdesk, requests: int, words: str = "is broken, please help") -> None:
    """Many people write, and get their acknowledgements at once."""
    for number in range(requests):
        desk.receive(build(f"rita{number}@client.example", f"Thing {number}", f"Thing {number} {words}", at=desk.now))


def sent(desk: Helpdesk, since: datetime) -> list[OutboxMail]:
    with desk.database.unit_of_work(write=False) as session:
        rows = select(OutboxMail).where(col(OutboxMail.sent_at) >= since).order_by(col(OutboxMail.id))
        found = list(session.scalars(rows))
        session.expunge_all()
    return found


def test_answers_of_this_moment_know_no_pace(desk: Helpdesk) -> None:
    fill(desk, 9)

    assert Counter(mail.notice for mail in sent(desk, desk.now)) == {"acknowledgement": 9, "assigned": 9}


def test_updates_that_are_due_together_go_a_few_a_minute(desk: Helpdesk) -> None:
    fill(desk, 9)
    desk.now += timedelta(days=3)
    begin = desk.now

    desk.live(step=MINUTE, minutes=9)

    minutes = Counter(mail.sent_at for mail in sent(desk, begin))
    assert list(minutes.values())[:-1] == [RATE] * (len(minutes) - 1)
    assert len(minutes) > 2
    assert {mail.notice for mail in sent(desk, begin)} >= {"status_update"}


def test_with_no_rate_they_go_together(desk: Helpdesk) -> None:
    limit(desk, 0)
    fill(desk, 9)
    desk.now += timedelta(days=3)
    begin = desk.now

    desk.tick()

    assert sum(mail.notice == "status_update" for mail in sent(desk, begin)) == 9


def test_a_new_request_is_acknowledged_before_the_updates_that_wait(desk: Helpdesk) -> None:
    fill(desk, 20)
    desk.wait(days=3)
    begin = desk.now = desk.now + timedelta(seconds=1)

    desk.rita.writes("Help", "My screen is dark, please help")

    assert [mail.notice for mail in sent(desk, begin)] == ["acknowledgement", "assigned"]


def test_what_is_critical_waits_behind_nothing(desk: Helpdesk) -> None:
    fill(desk, 20)
    desk.rita.writes("URGENT: server down", "Everything is down for all of us, critical, nobody can work!")
    assert desk.ticket(1021).priority == "critical"
    desk.now += timedelta(days=3)
    begin = desk.now

    desk.tick()
    desk.now += timedelta(seconds=1)  # What may go in this minute has gone.
    desk.tick()

    about = {mail.notice for mail in sent(desk, begin) if mail.ticket == 1021}
    assert {"escalation", "status_update"} <= about
    assert Counter(mail.notice for mail in sent(desk, begin) if mail.ticket not in {1021, None}) == {
        "status_update": RATE
    }


def test_late_acknowledgements_go_by_the_same_pace(desk: Helpdesk) -> None:
    written = desk.now - timedelta(days=2)
    for number in range(9):
        raw = build(f"rita{number}@client.example", f"Thing {number}", "It is broken, please help", at=written)
        desk.mailbox.add(raw, written)
    begin = desk.now

    desk.run()
    assert Counter(mail.notice for mail in sent(desk, begin)) == {"acknowledgement": RATE}
    desk.live(step=MINUTE, minutes=9)

    assert sum(mail.notice == "acknowledgement" for mail in sent(desk, begin)) == 9
    assert max(Counter(mail.sent_at for mail in sent(desk, begin)).values()) == RATE


def test_the_cap_on_answers_drops_no_update(desk: Helpdesk) -> None:
    """What time brings is bounded by its pace; the cap is there against what strangers can cause."""
    limit(desk, MAILBOT_LIMITS__GLOBAL_HOUR="9")
    fill(desk, 9)
    desk.now += timedelta(days=3)

    desk.live(step=MINUTE, minutes=9)

    assert {mail.ticket for mail in sent(desk, desk.now - timedelta(hours=1)) if mail.notice == "status_update"} == {
        *range(1001, 1010)
    }
    refused = [event for number in range(1001, 1010) for event in desk.events(number)]
    assert not [event for event in refused if event.kind == EventKind.NOTICE_SUPPRESSED and "global" in event.reason]


def test_updates_take_no_share_of_the_answers(desk: Helpdesk) -> None:
    limit(desk, MAILBOT_LIMITS__GLOBAL_HOUR="9")
    fill(desk, 9)
    desk.wait(days=3)
    begin = desk.now = desk.now + timedelta(seconds=1)

    desk.rita.writes("Help", "My screen is dark, please help")

    assert [mail.notice for mail in sent(desk, begin)] == ["acknowledgement", "assigned"]


def test_who_sends_once_hears_how_many_wait(desk: Helpdesk) -> None:
    fill(desk, 9)
    desk.now += timedelta(days=3)
    assert outbox.waiting(desk.database, desk.now) == 0

    desk.tick()

    assert outbox.waiting(desk.database, desk.now) == 9 - RATE
