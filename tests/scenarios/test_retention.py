"""Forgetting what need not be kept."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col
from world import Helpdesk

from mailbot import retention
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail, RawMessage, Receipt

FORGET = '[retention]\nraw = "30d"\nsent = "10d"\n'


@pytest.fixture
def forgetful(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return Helpdesk(database, tmp_path, now, more=FORGET)


def count(desk: Helpdesk, model: Any) -> int:
    with desk.database.unit_of_work(write=False) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_old_bytes_are_forgotten_and_the_ledger_stays(forgetful: Helpdesk) -> None:
    forgetful.rita.writes("Printer jams", "Please help")
    forgetful.now += timedelta(days=31)
    forgetful.budi.writes("Screen is black", "Please help")

    forgotten = retention.purge(forgetful.database, forgetful.current.get().policy, forgetful.now)

    assert forgotten[0] == 1
    assert (count(forgetful, RawMessage), count(forgetful, Receipt)) == (1, 2)
    with forgetful.database.unit_of_work(write=False) as session:
        empty = session.scalars(select(col(OutboxMail.message_id)).where(col(OutboxMail.raw) == b"")).all()
    assert len(empty) == forgotten[1] > 0


def test_what_waits_for_a_decision_is_kept_however_old_it_is(forgetful: Helpdesk) -> None:
    forgetful.rita.writes("Printer jams", "Please help")
    forgetful.mallory.writes("Re: [HD-1001] Printer jams", "My screen is broken, please help")
    technician = forgetful.technician_of()
    question = technician.last
    forgetful.now += timedelta(days=31)

    retention.purge(forgetful.database, forgetful.current.get().policy, forgetful.now)

    assert count(forgetful, RawMessage) == 1
    assert question["Subject"]


def test_by_default_nothing_is_forgotten(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")

    assert retention.purge(desk.database, desk.current.get().policy, desk.now + timedelta(days=4000)) == (0, 0)


def test_the_rate_of_sending_is_kept(database: Database, tmp_path: Path, now: datetime) -> None:
    desk = Helpdesk(database, tmp_path, now)
    smtp = desk.settings.smtp.model_copy(update={"rate_per_minute": 3})
    settings = desk.settings.model_copy(update={"smtp": smtp})
    desk.current.desk = type(desk.current.desk)(
        type(desk.current.desk.policy).build(settings), desk.current.desk.renderer
    )
    for number in range(4):
        desk.rita.writes(f"Problem {number}", f"Thing {number} is broken, please help")
    assert len(desk.courier.sent) == 3

    desk.wait(minutes=1, seconds=1)

    assert len(desk.courier.sent) == 6
