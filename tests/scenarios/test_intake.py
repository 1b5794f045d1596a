"""Reading a mailbox: nothing is lost, nothing is doubled, and one bad message stops nobody."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col
from world import Helpdesk, build, reply
from world.helpdesk import parse, text_of

from mailbot import intake
from mailbot.adapters import ledger
from mailbot.adapters.raw import load_raw, store_raws
from mailbot.adapters.render import Renderer
from mailbot.adapters.tables import Receipt
from mailbot.core.model import Disposition, DispositionKind
from mailbot.errors import AlreadyDisposedError, TransientError
from mailbot.intake import RETRY_AFTER
from mailbot.pipeline import process as pipeline


class FullError(Exception):
    """What the drivers say when the disk is full."""

    sqlite_errorcode = sqlite3.SQLITE_FULL
    sqlstate = "53100"


def receipts(desk: Helpdesk) -> list[Receipt]:
    with desk.database.unit_of_work(write=False) as session:
        return list(session.scalars(select(Receipt).order_by(col(Receipt.id))))


def test_a_message_is_filed_only_after_its_disposition_is_committed(desk: Helpdesk) -> None:
    seen: list[str] = []
    original = desk.mailbox.file

    def file(uids: list[int], folder: str = "") -> str:
        seen.extend(receipt.disposition for receipt in receipts(desk))
        return original(uids, folder)

    desk.mailbox.file = file  # type: ignore[method-assign, assignment]
    desk.rita.writes("Hello", "Please help")

    assert seen == ["created"]
    assert desk.mailbox.filed == [(1, "Processed")]


def test_the_bytes_are_kept_as_they_came(desk: Helpdesk) -> None:
    raw = b"From: rita@client.example\r\nSubject: \xff\xfe\r\n\r\nbody \x00 with anything\r\n"

    receipt = desk.receive(raw)

    assert receipt.sha256 is not None
    with desk.database.unit_of_work(write=False) as session:
        assert load_raw(session, receipt.sha256) == raw


def test_a_message_that_fails_three_times_is_quarantined_and_the_others_go_on(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pipeline.decide

    def decide(session, arrival, mail, *rest):  # type: ignore[no-untyped-def]
        if b"poison" in arrival.raw:
            raise RecursionError("too deep")
        return original(session, arrival, mail, *rest)

    monkeypatch.setattr(pipeline, "decide", decide)
    bad = desk.receive(build("rita@client.example", "poison", "poison", at=desk.now))
    assert bad.disposition == ""
    good = desk.rita.writes("Hello", "Please help")
    assert good.disposition == "created"
    for pause in RETRY_AFTER:
        assert receipts(desk)[0].disposition == ""
        desk.now += pause
        desk.run()

    bad = receipts(desk)[0]
    assert (bad.disposition, bad.attempts) == ("quarantined", 3)
    assert "RecursionError" in bad.error
    assert len(desk.tickets()) == 1


def test_what_a_failing_message_began_is_taken_back_and_those_beside_it_are_committed(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pipeline.decide

    def decide(session, arrival, mail, *rest):  # type: ignore[no-untyped-def]
        done = original(session, arrival, mail, *rest)
        if b"poison" in arrival.raw:
            raise RuntimeError("after all was written")
        return done

    monkeypatch.setattr(pipeline, "decide", decide)
    for subject in ("first", "poison", "third"):
        desk.mailbox.add(build("rita@client.example", subject, f"Please help: {subject}", at=desk.now), desk.now)
    desk.run()

    assert [ticket.subject for ticket in desk.tickets()] == ["first", "third"]
    assert [receipt.disposition for receipt in receipts(desk)] == ["created", "", "created"]
    assert not [mail for mail in desk.mails_to("rita@client.example") if "poison" in mail["Subject"]]


@contextmanager
def full_disk(session: Session) -> Iterator[None]:
    """Lets the database refuse to grow: SQLite then rolls the whole transaction back by itself."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        raise OperationalError("INSERT", {}, FullError("could not extend file"))
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA max_page_count = {pages + 2}")
    try:
        yield
    finally:
        assert not driver.in_transaction
        driver.execute("PRAGMA max_page_count = 1000000")


def test_a_full_disk_amid_some_messages_leaves_all_of_them_for_later_and_charges_none(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pipeline.decide
    logged: list[object] = []

    def decide(session, arrival, mail, *rest):  # type: ignore[no-untyped-def]
        if b"second" in arrival.raw:
            with full_disk(session):
                return original(session, arrival, mail, *rest)
        return original(session, arrival, mail, *rest)

    for subject, text in (("first", "x"), ("second", "x y z\n" * 20_000), ("third", "x")):
        desk.mailbox.add(build(f"{subject}@client.example", subject, text, at=desk.now), desk.now)
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "decide", decide)
        patch.setattr(intake, "mail_log", lambda _line, **values: logged.append(values["receipt"]))
        with pytest.raises(TransientError, match=r"disk is full|failed"):
            desk.intake.run_once()
        for _look in range(8):
            try:
                desk.intake.run_once()
            except TransientError:
                continue
            desk.now += RETRY_AFTER[0]
        assert [receipt.disposition for receipt in receipts(desk)] == ["created", "", "created"]
    stored = [receipt.id for receipt in receipts(desk) if receipt.disposition]
    assert sorted(map(str, logged)) == sorted(map(str, stored))
    desk.run()
    assert [receipt.disposition for receipt in receipts(desk)] == ["created"] * 3
    assert sorted(ticket.subject for ticket in desk.tickets()) == ["first", "second", "third"]
    assert max(receipt.attempts for receipt in receipts(desk)) <= 2


def test_what_was_remembered_of_a_failed_message_deceives_none_that_follows(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.rita.writes("Printer", "It jams.")
    desk.mallory.writes("Re: [HD-1001] Printer", "It jams here too.")
    who = desk.technician_of()
    held = desk.notices(who.address, "held")[-1]
    really = Renderer.render

    def broken(self, notice, *others):  # type: ignore[no-untyped-def]
        if notice == "transcript":
            raise RuntimeError("the template is broken")
        return really(self, notice, *others)

    monkeypatch.setattr(Renderer, "render", broken)
    begun = build("budi@client.example", "Screen", "My screen is black", at=desk.now, message_id="<b1@client.example>")
    more = reply("budi@client.example", parse(begun), "More: now it smokes", at=desk.now)
    for raw in (reply(who.address, held, "#new", at=desk.now), begun, more):
        desk.mailbox.add(raw, desk.now)
    desk.run()

    assert [receipt.disposition for receipt in receipts(desk)][2:] == ["", "created", "appended"]
    screen = desk.tickets()[-1]
    told = [mail for mail in desk.sent if f"HD-{screen.number}]" in mail["Subject"]]
    assert "budi@client.example" in {mail["To"] for mail in told}
    assert all("mallory" not in text_of(mail).lower() for mail in told)


def test_a_message_that_failed_rests_while_the_others_go_on_and_a_passing_fault_costs_nothing(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def full(_raw: bytes, _limits: object) -> None:
        tried.append("x")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "read", full)
        desk.mailbox.add(build("rita@client.example", "Hello", "Please help", at=desk.now), desk.now)
        passes = 0
        while desk.intake.run_once():  # As `mailbot once` does, and the daemon after news.
            passes += 1
            assert passes < 10
        desk.now += RETRY_AFTER[0] / 2
        assert desk.intake.run_once() == 0
    assert len(tried) == 1
    assert desk.budi.writes("Screen", "My screen is black, please help").disposition == "created"
    assert receipts(desk)[0].disposition == ""
    desk.now += RETRY_AFTER[0] / 2
    desk.run()

    assert (receipts(desk)[0].disposition, receipts(desk)[0].attempts) == ("created", 2)


def test_each_pause_is_longer_than_the_one_before(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "read", lambda raw, limits: 1 / 0)
    start = desk.now
    desk.rita.writes("Hello", "Please help")
    attempts: dict[int, timedelta] = {}
    while receipts(desk)[0].disposition == "":
        desk.now += timedelta(seconds=30)
        desk.run()
        attempts.setdefault(receipts(desk)[0].attempts, desk.now - start)

    assert attempts[2] == RETRY_AFTER[0]
    assert attempts[3] == RETRY_AFTER[0] + RETRY_AFTER[1]


def test_hundreds_of_resting_messages_hold_up_nobody(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.intake._PAGE", 3)
    original = pipeline.decide

    def decide(session, arrival, mail, *rest):  # type: ignore[no-untyped-def]
        if b"poison" in arrival.raw:
            raise RecursionError("too deep")
        return original(session, arrival, mail, *rest)

    monkeypatch.setattr(pipeline, "decide", decide)
    for number in range(8):
        desk.mailbox.add(build("rita@client.example", f"poison {number}", "x", at=desk.now), desk.now)
    desk.run()
    with desk.database.unit_of_work() as session:  # Received before a crash.
        raw = build("budi@client.example", "Screen", "My screen is black, please help", at=desk.now)
        line = ledger.Arrival(77, len(raw), desk.now, store_raws(session, [raw])[0])
        ledger.receive(session, "main", 1, [line], desk.now)

    desk.run()

    assert [receipt.disposition for receipt in receipts(desk)] == [""] * 8 + ["created"]


def test_a_quarantined_message_can_be_tried_again(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "read", lambda raw, limits: 1 / 0)
        desk.rita.writes("Hello", "Please help")
        for pause in RETRY_AFTER:
            desk.now += pause
            desk.run()
    assert receipts(desk)[0].disposition == "quarantined"

    with desk.database.unit_of_work() as session:
        ledger.reopen(session, session.scalars(select(Receipt)).one())
    desk.run()

    assert receipts(desk)[0].disposition == "created"


def test_a_message_over_the_size_limit_is_refused_unread(database, tmp_path, now) -> None:  # type: ignore[no-untyped-def]
    desk = Helpdesk(database, tmp_path, now, more='[limits]\nsize = "10KiB"\n')
    fetched: list[int] = []
    original = desk.mailbox.fetch

    def fetch(uids: list[int]) -> dict[int, bytes]:
        fetched.extend(uids)
        return original(uids)

    desk.mailbox.fetch = fetch  # type: ignore[method-assign, assignment]
    receipt = desk.rita.writes("Big", "x" * 70 + "\n" + "y\n" * 20000)

    assert receipt.disposition == "refused"
    assert fetched == []


def test_a_structural_bomb_is_refused_before_it_is_parsed(desk: Helpdesk) -> None:
    headers = b"".join(b"X-%d: y\r\n" % number for number in range(2000))

    receipt = desk.receive(b"From: rita@client.example\r\n" + headers + b"\r\nbody\r\n")

    assert receipt.disposition == "refused"
    assert receipt.sha256 is not None


def test_a_changed_uidvalidity_makes_no_second_ticket_of_an_old_message(desk: Helpdesk) -> None:
    raws = [build("rita@client.example", f"Mail {number}", "Please help", at=desk.now) for number in range(3)]
    for raw in raws:
        desk.receive(raw)
    desk.intake.disconnect()
    desk.mailbox.uidvalidity = 2
    for raw in raws:
        desk.mailbox.add(raw, desk.now)
    new = desk.receive(build("rita@client.example", "Mail 4", "Please help", at=desk.now))

    assert new.disposition == "created"
    assert [receipt.disposition for receipt in receipts(desk)][3:6] == ["duplicate"] * 3
    assert len(desk.tickets()) == 4


def test_a_message_that_somebody_else_removes_meanwhile_is_no_trouble(desk: Helpdesk) -> None:
    desk.mailbox.add(build("rita@client.example", "Gone", "x", at=desk.now), desk.now)
    original = desk.mailbox.fetch

    def fetch(uids: list[int]) -> dict[int, bytes]:
        desk.mailbox.messages.pop(1, None)
        return original(uids)

    desk.mailbox.fetch = fetch  # type: ignore[method-assign, assignment]
    receipt = desk.rita.writes("Hello", "Please help")

    assert receipt.disposition == "created"
    assert len(receipts(desk)) == 1


def test_messages_received_before_a_crash_are_processed_after_it(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """The process dies here."""

    def die(*_arguments: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("mailbot.intake.process", die)
        desk.mailbox.add(build("rita@client.example", "Hello", "Please help", at=desk.now), desk.now)
        with pytest.raises(KilledError):
            desk.run()
    assert receipts(desk)[0].disposition == ""
    desk.intake.disconnect()

    desk.run()

    assert receipts(desk)[0].disposition == "created"
    assert desk.mailbox.messages == {}
    assert len(desk.rita.inbox) == 1


def test_a_message_on_which_the_process_dies_six_times_is_quarantined(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """The process dies here."""

    def die(*_arguments: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("mailbot.intake.process", die)
        desk.mailbox.add(build("rita@client.example", "Hello", "Please help", at=desk.now), desk.now)
        for _ in range(6):
            with pytest.raises(KilledError):
                desk.run()
    desk.run()

    assert receipts(desk)[0].disposition == "quarantined"


def test_late_mail_keeps_the_time_at_which_it_was_received(desk: Helpdesk) -> None:
    arrived = desk.now - timedelta(days=2)
    desk.mailbox.add(build("rita@client.example", "Hello", "Please help", at=arrived), arrived)

    desk.run()

    assert desk.ticket().created_at == arrived
    promised = text_of(desk.rita.last)
    assert "You will hear from us by" not in promised, "that moment has passed"


def test_a_disposition_is_given_once(desk: Helpdesk) -> None:
    key = desk.rita.writes("Hello", "Please help").id
    assert key is not None

    with pytest.raises(AlreadyDisposedError), desk.database.unit_of_work() as session:
        ledger.dispose(session, key, Disposition(DispositionKind.IGNORED, "x"), ledger.Facts(), desk.now)

    assert receipts(desk)[0].disposition == "created"


def test_a_message_that_the_server_dates_in_the_future_arrived_now(desk: Helpdesk) -> None:
    desk.mailbox.add(
        build("rita@client.example", "Printer jams", "Please help", at=desk.now), desk.now + timedelta(days=400)
    )
    desk.run()

    assert desk.ticket().created_at == desk.now
    respond_by = desk.ticket().respond_by
    assert respond_by is not None
    assert respond_by <= desk.now + timedelta(days=1)
