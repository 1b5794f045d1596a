"""once: one pass of everything, on a helpdesk whose daemon died."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col
from world import Helpdesk
from world.helpdesk import FakeCourier, FakeMailbox

from mailbot import daemon
from mailbot.adapters import lived
from mailbot.adapters.schema import identity
from mailbot.adapters.tables import OutboxMail
from mailbot.outbox import LEASE


def test_what_a_dead_daemon_was_sending_is_sent_by_the_next_pass_without_waiting(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams with every page.")
    sent = len(desk.courier.sent)
    with desk.database.unit_of_work() as session:
        claimed = {"state": "sending", "sent_at": None, "attempts": 1, "next_attempt_at": desk.now + LEASE}
        session.execute(update(OutboxMail).where(col(OutboxMail.recipient) == desk.rita.address).values(claimed))
    courier = FakeCourier()
    monkeypatch.setattr(daemon, "build_mailbox", lambda _section: FakeMailbox())
    monkeypatch.setattr(daemon, "build_courier", lambda _settings: courier)
    monkeypatch.setattr(daemon, "utc_now", lambda: desk.now)

    assert daemon.run_once(desk.settings) == []

    assert [mail.recipient for mail in courier.sent] == [desk.rita.address]
    assert len(desk.courier.sent) == sent


def test_a_pass_over_a_database_that_was_put_back_sends_nothing_again(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams with every page.")
    state = desk.settings.helpdesk.state_dir
    with desk.database.unit_of_work() as session:
        lived.note_in_database(session, desk.now)
        waits = {"state": "queued", "sent_at": None, "attempts": 0, "next_attempt_at": desk.now}
        session.execute(update(OutboxMail).where(col(OutboxMail.recipient) == desk.rita.address).values(waits))
    lived.note_beside(state, identity(desk.database), desk.now + timedelta(hours=1))
    desk.now += timedelta(hours=1, minutes=1)
    courier = FakeCourier()
    monkeypatch.setattr(daemon, "build_mailbox", lambda _section: FakeMailbox())
    monkeypatch.setattr(daemon, "build_courier", lambda _settings: courier)
    monkeypatch.setattr(daemon, "utc_now", lambda: desk.now)

    assert daemon.run_once(desk.settings) == []

    assert courier.sent == []
    assert lived.beside(state, identity(desk.database)) == desk.now


def test_a_pass_whose_clock_is_behind_says_so(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk.database.unit_of_work() as session:
        lived.note_in_database(session, desk.now + timedelta(days=2))
    monkeypatch.setattr(daemon, "build_mailbox", lambda _section: FakeMailbox())
    monkeypatch.setattr(daemon, "build_courier", lambda _settings: FakeCourier())
    monkeypatch.setattr(daemon, "utc_now", lambda: desk.now)

    (problem,) = daemon.run_once(desk.settings)

    assert problem.startswith("the clock says 2026-08-04 03:00 UTC, but mailbot lived until 2026-08-06 03:00 UTC")
    assert "set the clock (timedatectl)" in problem
