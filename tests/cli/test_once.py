"""once: one pass of everything, on a helpdesk whose daemon died."""

import pytest
from sqlalchemy import update
from sqlmodel import col
from world import Helpdesk
from world.helpdesk import FakeCourier, FakeMailbox

from mailbot import daemon
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
