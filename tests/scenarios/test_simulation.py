"""What is foretold is what happens when the clock is really moved and nobody writes; asking changes nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text, update
from sqlmodel import Session, col
from world import Helpdesk
from world.mails import build

from mailbot import daemon, outbox, simulation, timers
from mailbot.adapters import copying, moments, search
from mailbot.adapters.columns import metadata
from mailbot.adapters.copying import copied
from mailbot.adapters.db import Database
from mailbot.adapters.tables import Hold, OutboxMail, Ticket
from mailbot.core import tokens
from mailbot.core.model import EventKind
from mailbot.errors import TransientError
from mailbot.notify import Desk
from mailbot.simulation import Forecast

MOST = 10_000
Sent = tuple[datetime, str, int | None, str]


def foretell(desk: Helpdesk, *, limit: int = MOST, **duration: float) -> Forecast:
    with copied(desk.database, desk.now) as copy:
        return simulation.run(copy, desk.current.get(), desk.now, desk.now + timedelta(**duration), limit)


def foretold(forecast: Forecast) -> list[Sent]:
    return sorted((mail.at, mail.notice, mail.ticket or 0, mail.recipient) for mail in forecast.mails)


def happened(desk: Helpdesk, moments_: Iterator[datetime]) -> list[Sent]:
    """What goes out when the clock is moved to each of these moments, and when."""
    found = []
    for desk.now in moments_:
        before = len(desk.courier.sent)
        desk.tick()
        with desk.database.unit_of_work(write=False) as session:
            for mail in desk.courier.sent[before:]:
                row = session.get(OutboxMail, mail.id)
                assert row is not None
                found.append((desk.now, row.notice, row.ticket or 0, row.recipient))
    return sorted(found)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> set[datetime]:
    """The moments at which a tick found something to do, or might send something."""
    found: set[datetime] = set()
    tick = timers.tick

    def noting(database: Database, desk: Desk, now: datetime) -> int:
        count = tick(database, desk, now)
        if count:
            found.add(now)
        return count

    monkeypatch.setattr(timers, "tick", noting)
    return found


def days_of(desk: Helpdesk, forecast: Forecast, busy: set[datetime], end: datetime) -> Iterator[datetime]:
    """Every few hours, and each busy moment with the second before it, in which nothing must happen yet."""
    start = desk.now
    steps = range(int((end - start) / timedelta(hours=3)) + 1)
    exact = busy | {mail.at for mail in forecast.mails} | {one.at for one in forecast.untold}
    early = {at - timedelta(seconds=1) for at in exact if at > start}
    return iter(sorted({*exact, *early, start, *(start + timedelta(hours=3 * step) for step in steps)}))


def live_through_everything(desk: Helpdesk) -> None:
    """A helpdesk in which each timer has something to do, and the outbox, too."""
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    desk.budi.writes("VPN down", "The VPN is down.")
    for number, words in ((1001, "#take\n\nI am on it."), (1002, "#hold waits for the vendor until 7 Aug")):
        technician = desk.technician_of(number)
        technician.answers(technician.last, words)
    desk.rita.writes("A question", "How do I change my password?")
    technician = desk.technician_of(1003)
    technician.answers(technician.last, "#wait\n\nWhich of them?")
    desk.rita.writes("Old laptop", "The laptop is slow.")
    technician = desk.technician_of(1004)
    technician.answers(technician.last, "#resolve\n\nIt has more memory now.")
    desk.budi.writes("Nobody has seen this", "My mouse is broken.")
    desk.mallory.writes("Re: [HD-1005] mouse", "Tell me all about it.")
    desk.now += timedelta(minutes=7, seconds=13)
    desk.tess.writes("I am off", "#away 3d")
    desk.tess.answers(desk.tess.last, "#go")
    desk.now += timedelta(seconds=41)  # So that no two things are due at the same moment by chance.
    for number in range(7):
        sender = f"late{number}@client.example"
        desk.mailbox.add(mail_of(desk, sender, number), desk.now - timedelta(days=2))
    desk.intake.run_once()  # What this causes waits in the outbox.
    with desk.database.unit_of_work() as session:
        session.execute(update(Hold).values(ask_at=desk.now + timedelta(hours=5)))


def mail_of(desk: Helpdesk, sender: str, number: int) -> bytes:
    return build(sender, f"Trouble {number}", "Please help.", at=desk.now - timedelta(days=2))


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with database.unit_of_work(write=False) as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


# That it is true


def test_what_is_foretold_is_what_happens(desk: Helpdesk, busy: set[datetime]) -> None:
    live_through_everything(desk)
    end = desk.now + timedelta(days=5)

    forecast = foretell(desk, days=5)

    assert (forecast.complete, forecast.problems) == (True, ())
    kinds = {mail.notice for mail in forecast.mails}
    assert {"status_update", "pending_reminder", "closed", "survey", "escalation", "returned", "held"} <= kinds
    assert {"assigned", "acknowledgement"} <= kinds, "what waited in the outbox"
    assert happened(desk, days_of(desk, forecast, busy, end)) == foretold(forecast)

    reasons = {mail.notice: mail.reason for mail in forecast.mails if not mail.waiting}
    assert "the requester has heard nothing" in reasons["status_update"]
    assert reasons["pending_reminder"].startswith("the requester has not answered (reminder ")
    assert "overdue" in reasons["escalation"]
    assert reasons["held"] == "a held message waits for a decision"
    assert reasons["returned"] == "an absence is over"
    assert "(closing.resolved_after)" in reasons["closed"]
    assert all(reasons.values())


def test_a_week_down_is_foretold_with_its_lists(desk: Helpdesk, busy: set[datetime]) -> None:
    for number in range(14):
        desk.mailbox.add(mail_of(desk, f"rita{number}@client.example", number), desk.now)
    desk.run()
    desk.now += timedelta(days=7)
    end = desk.now + timedelta(days=1)

    forecast = foretell(desk, days=1)

    assert {"digest_overdue"} <= {mail.notice for mail in forecast.mails}
    assert any("listed in a digest" in one.reason for one in forecast.untold)
    assert happened(desk, days_of(desk, forecast, busy, end)) == foretold(forecast)


def test_a_rate_is_kept_in_the_future_too(database: Database, tmp_path: Path, now: datetime) -> None:
    desk = Helpdesk(database, tmp_path, now, more="[escalation]\nlead_after = '1h'")
    desk.reload(MAILBOT_SMTP__RATE_PER_MINUTE="4")
    for number in range(9):
        desk.mailbox.add(mail_of(desk, f"rita{number}@client.example", number), desk.now)
    desk.intake.run_once()

    forecast = foretell(desk, minutes=30)

    minutes = Counter(int((mail.at - desk.now).total_seconds()) // 60 for mail in forecast.mails)
    assert max(minutes.values()) == 4
    assert sum(minutes.values()) == 18
    assert all(mail.waiting for mail in forecast.mails)


def test_what_is_being_sent_right_now_is_not_foretold_as_lost(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Help.")
    with desk.database.unit_of_work() as session:
        under_way = {"state": "sending", "attempts": 1, "next_attempt_at": desk.now + outbox.LEASE, "sent_at": None}
        session.execute(update(OutboxMail).values(**under_way))

    forecast = foretell(desk, minutes=30)

    assert [(mail.notice, mail.at, mail.waiting) for mail in forecast.mails] == [
        ("acknowledgement", desk.now, True),
        ("assigned", desk.now, True),
    ]


def test_a_changed_configuration_is_tried_before_it_is_used(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    before = foretell(desk, days=2)

    desk.reload(MAILBOT_STATUS_UPDATES__ENABLED="false", MAILBOT_SLA__NORMAL__FIRST_RESPONSE="30m")
    after = foretell(desk, days=2)

    assert "status_update" in {mail.notice for mail in before.mails}
    assert "status_update" not in {mail.notice for mail in after.mails}
    first = next(mail for mail in after.mails if mail.notice == "escalation")
    assert first.at == desk.now + timedelta(minutes=30)


# What it says


def test_what_waits_already_says_so(desk: Helpdesk) -> None:
    live_through_everything(desk)
    waiting = [mail for mail in foretell(desk, hours=1).mails if mail.waiting]
    assert {mail.notice for mail in waiting} >= {"acknowledgement"}
    assert all(mail.reason.startswith("it waits in the outbox (") for mail in waiting)


def test_what_would_be_held_back_is_told_with_its_reason(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    desk.reload(MAILBOT_LIMITS__PER_TICKET_ADDRESS_DAY="1", MAILBOT_SLA__NORMAL__NEXT_UPDATE="1h")

    forecast = foretell(desk, hours=6)

    held_back = [one for one in forecast.untold if one.notice == "status_update"]
    assert held_back
    assert {(one.ticket, one.recipient) for one in held_back} == {(1001, "rita@client.example")}
    assert all("rita@client.example" in one.reason for one in held_back)
    assert all(one.at >= desk.now for one in forecast.untold)


def test_one_ticket_alone_can_be_asked_about(desk: Helpdesk) -> None:
    live_through_everything(desk)
    forecast = foretell(desk, days=1)
    alone = forecast.of_ticket(1005)
    assert {mail.ticket for mail in alone.mails} == {1005}
    assert {one.ticket for one in alone.untold} <= {1005}
    assert [mail for mail in forecast.mails if mail.ticket == 1005] == list(alone.mails)


def test_messages_that_wait_to_be_processed_are_counted(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    with desk.database.unit_of_work() as session:
        session.execute(text("UPDATE receipts SET state = 'received'"))
    assert foretell(desk, hours=1).unprocessed == 1


# That it ends


def test_it_ends_after_so_many_mails_and_says_so(desk: Helpdesk) -> None:
    live_through_everything(desk)
    everything = foretell(desk, days=1)
    count = len(everything.mails)

    some = foretell(desk, days=1, limit=5)
    exactly = foretell(desk, days=1, limit=count)

    assert (some.mails, some.complete) == (everything.mails[:5], False)
    assert some.reached == some.mails[-1].at
    assert (exactly.mails, exactly.complete) == (everything.mails, True)
    assert exactly.reached == desk.now + timedelta(days=1)


def test_a_ticket_that_stays_due_whatever_is_done_neither_holds_it_up_nor_goes_unsaid(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    desk.budi.writes("VPN", "The VPN is slow.")
    look_after = timers.look_after

    def stubborn(session: Session, desk_: object, number: int, now: datetime) -> None:
        if number != 1001:
            look_after(session, desk_, number, now)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "look_after", stubborn)
    rounds = 0
    tick = timers.tick

    def counted(*arguments: object) -> int:
        nonlocal rounds
        rounds += 1
        return tick(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "tick", counted)

    forecast = foretell(desk, days=3)

    assert forecast.problems == ("ticket 1001 stays due whatever is done",)
    assert {mail.ticket for mail in forecast.mails} == {1002}
    assert rounds < 500


def test_what_would_fail_is_told(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")

    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("out of cheese")

    monkeypatch.setitem(timers.ACTIONS, "update", broken)

    forecast = foretell(desk, days=3)

    assert forecast.problems == ("timer_failed ticket=1001 ZeroDivisionError('out of cheese')",)


def test_there_is_a_look_when_a_team_begins_to_work_and_each_quarter_of_an_hour(
    database: Database, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = "".join(f'{day} = ["08:10-16:20"]\n' for day in ("mon", "tue", "wed", "thu", "fri"))
    desk = Helpdesk(database, tmp_path, now, more=f"[calendars.office]\n{hours}")
    looks: list[datetime] = []
    tick = timers.tick

    def noting(database_: Database, desk_: Desk, at: datetime) -> int:
        looks.append(at)
        return tick(database_, desk_, at)

    monkeypatch.setattr(timers, "tick", noting)
    foretell(desk, days=1)

    opening = datetime(2026, 8, 5, 1, 10, tzinfo=UTC)
    assert looks == sorted({now, opening, *(now + timedelta(minutes=15 * step) for step in range(97))})


def test_daily_mails_are_foretold_for_the_minute_that_is_configured(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(database, tmp_path, now)
    daily = {"AT": "08:07", "EMPTY": "true", "WORKLIST": "true", "OVERVIEW": "true"}
    desk.reload(**{f"MAILBOT_DAILY__{name}": value for name, value in daily.items()})

    forecast = foretell(desk, days=2)

    # Today's are late already: the helpdesk starts at ten.
    times = Counter(mail.at.astimezone(desk.settings.zone).strftime("%H:%M") for mail in forecast.mails)
    assert times == {"10:00": 4, "08:07": 8}
    assert Counter(mail.notice for mail in forecast.mails) == {"morning": 9, "overview": 3}


def test_it_looks_again_as_often_as_the_daemon() -> None:
    assert simulation.EVERY == daemon.TIMERS_EVERY == daemon.OUTBOX_EVERY


# That it changes nothing


def test_nothing_real_is_changed(desk: Helpdesk) -> None:
    live_through_everything(desk)
    before, sent = contents(desk.database), len(desk.courier.sent)
    written: list[str] = []

    @event.listens_for(desk.database.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SELECT", "SET ", "PRAGMA", "BEGIN")):
            written.append(statement)

    forecast = foretell(desk, days=2)

    assert len(forecast.mails) > 10
    assert written == []
    assert contents(desk.database) == before
    assert len(desk.courier.sent) == sent


def test_not_one_byte_of_the_file_is_changed(sqlite_database: Database, tmp_path: Path, now: datetime) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now)
    live_through_everything(desk)
    path = sqlite_database.path
    assert path is not None

    def files() -> dict[str, tuple[str, int]]:
        # The index of the log is memory that connections share, and says where each of them reads.
        wanted = [file for file in path.parent.iterdir() if file.suffix != ".db-shm"]
        return {file.name: (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns) for file in wanted}

    before = files()
    assert foretell(desk, hours=6).mails
    assert files() == before


def test_the_database_itself_refuses_to_be_changed_while_it_is_copied(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    name = "_back_up" if desk.database.path else "_read_all"

    def meddling(database: Database, *_rest: object) -> None:
        with database.unit_of_work(write=False) as session:
            session.execute(update(Ticket).values(subject="changed"))

    monkeypatch.setattr(copying, name, meddling)
    with pytest.raises(Exception, match=r"(?i)read.?only"), copied(desk.database, desk.now):
        raise AssertionError("it was changed")
    assert desk.ticket().subject == "Printer jams"


def test_tokens_of_foretold_mails_are_worth_nothing(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    with copied(desk.database, desk.now) as copy:
        simulation.run(copy, desk.current.get(), desk.now, desk.now + timedelta(days=2), MOST)
        with copy.unit_of_work(write=False) as session:
            newest = session.scalars(
                select(OutboxMail)
                .where(col(OutboxMail.notice) == "status_update")
                .order_by(col(OutboxMail.id).desc())
                .limit(1)
            ).one()
    policy = desk.current.get().policy
    (token,) = tokens.in_message_ids([newest.message_id], policy.hostname)
    assert not tokens.verify(policy.keyring, token, newest.recipient, newest.created_at, timedelta(days=30))


# The copy


def test_the_copy_is_gone_afterwards(desk: Helpdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with copied(desk.database, desk.now) as copy:
        assert copy.path is not None
        assert place in copy.path.parents
        assert copy.path.parent.stat().st_mode & 0o077 == 0
    assert list(place.iterdir()) == []


def test_no_work_is_done_for_searches_in_a_copy(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    desk.tick()
    with copied(desk.database, desk.now) as copy:
        with copy.unit_of_work() as session:
            session.execute(update(Ticket).values(updated_at=desk.now + timedelta(hours=1)))
        with copy.unit_of_work(write=False) as session:
            assert session.scalars(search.unindexed(1)).all() == []


def test_a_copy_without_room_says_what_to_do(
    sqlite_database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 5

    monkeypatch.setattr("shutil.disk_usage", lambda _path: Full)
    with pytest.raises(TransientError, match="TMPDIR"), copied(sqlite_database, now):
        raise AssertionError("there was room")


def test_of_a_long_history_only_what_matters_is_read(
    postgres_database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(postgres_database, tmp_path, now)
    desk.rita.writes("Over long ago", "An old story.")
    with desk.database.unit_of_work() as session:
        session.execute(update(Ticket).values(status="closed", next_due_at=None))
    desk.budi.writes("VPN down", "The VPN is down.")
    desk.now += timedelta(days=60)
    somebody_is_held(desk)

    with copied(desk.database, desk.now) as copy:
        real, copied_rows = contents(desk.database), contents(copy)

    assert len(copied_rows["tickets"]) == len(real["tickets"]) == 2
    for table, column in (
        ("entries", "ticket"),
        ("events", "ticket"),
        ("outbox", "ticket"),
        ("participants", "ticket"),
    ):
        place = list(metadata.tables[table].columns.keys()).index(column)
        assert {row[place] for row in real[table]} == {1001, 1002}
        assert {row[place] for row in copied_rows[table]} == {1002}
        assert sum(row[place] == 1002 for row in real[table]) == len(copied_rows[table])
    (raw,) = copied_rows["raw_messages"]
    assert raw in real["raw_messages"], "the message that is held, and no other one"
    bytes_of = list(metadata.tables["outbox"].columns.keys()).index("raw")
    state = list(metadata.tables["outbox"].columns.keys()).index("state")
    assert {bool(row[bytes_of]) for row in copied_rows["outbox"] if row[state] == "sent"} == {False}
    assert {bool(row[bytes_of]) for row in copied_rows["outbox"] if row[state] == "queued"} == {True}


def somebody_is_held(desk: Helpdesk) -> None:
    """The question about his message waits in the outbox."""
    desk.mailbox.add(
        b"From: mallory@evil.example\r\nTo: support@example.com\r\nSubject: Re: [HD-1002] VPN\r\n"
        b"Message-ID: <m@evil.example>\r\nDate: Sat, 03 Oct 2026 03:00:00 +0000\r\n\r\nTell me.\r\n",
        desk.now,
    )
    desk.intake.run_once()


def test_why_a_mail_was_made_is_what_happened_at_that_moment(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "The printer jams.")
    with desk.database.unit_of_work(write=False) as session:
        keys = list(session.scalars(select(col(OutboxMail.id)).order_by(col(OutboxMail.id))))
        found = moments.told(session, [key for key in keys if key is not None])
    (assigned,) = [told for told in found.values() if told.notice == "assigned"]
    events = [one for one in desk.events() if one.kind == EventKind.ASSIGNED]
    assert any(events[0].reason in reason for reason in assigned.reasons)


def test_all_tables_are_copied_as_of_one_moment(
    postgres_database: Database, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Helpdesk(postgres_database, tmp_path, now)
    desk.rita.writes("Printer jams", "The printer jams.")
    read = copying._read
    tables = iter(range(100))

    def interrupted(*arguments: object) -> None:
        read(*arguments)  # type: ignore[arg-type]
        if next(tables) == 0:
            desk.budi.writes("VPN down", "The VPN is down.")

    monkeypatch.setattr(copying, "_read", interrupted)
    with copied(desk.database, desk.now) as copy:
        found = contents(copy)
    assert len(desk.tickets()) == 2
    assert {table: len(found[table]) for table in ("tickets", "entries", "receipts")} == {
        "tickets": 1,
        "entries": 1,
        "receipts": 1,
    }
