"""Reading a mailbox: nothing is lost, nothing is doubled, and one bad message stops nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build

from mailbot.adapters import ledger
from mailbot.adapters.raw import load_raw
from mailbot.adapters.tables import Receipt
from mailbot.pipeline import process as pipeline


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
    desk.run()
    desk.run()

    bad = receipts(desk)[0]
    assert (bad.disposition, bad.attempts) == ("quarantined", 3)
    assert "RecursionError" in bad.error
    assert len(desk.tickets()) == 1


def test_a_quarantined_message_can_be_tried_again(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "read", lambda raw, limits: 1 / 0)
        desk.rita.writes("Hello", "Please help")
        desk.run()
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
