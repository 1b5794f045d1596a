"""The jobs in this process, without the daemon around them: for what must be timed or profiled exactly."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crash.installation import Installation

from mailbot import outbox, timers
from mailbot.adapters.db import Database
from mailbot.adapters.schema import identity
from mailbot.adapters.smtp import Courier
from mailbot.config import load
from mailbot.intake import Intake
from mailbot.service import Current, build_courier, build_database, build_desk, build_mailbox, utc_now


@dataclass(frozen=True, slots=True)
class Jobs:
    """The three jobs of one installation."""

    database: Database
    current: Current
    intake: Intake
    courier: Courier

    def read(self) -> int:
        """Reads the mailbox until there is nothing new; gives how many mails there were."""
        total = 0
        while count := self.intake.run_once():
            total += count
        return total

    def send(self) -> int:
        """Sends all that is due; gives how many mails that was."""
        return outbox.drain(self.database, self.courier, self.current.get(), utc_now)

    def tick(self) -> float:
        """Looks at the timers once; gives the milliseconds that it took."""
        begin = time.perf_counter()
        timers.tick(self.database, self.current.get(), utc_now())
        return (time.perf_counter() - begin) * 1000


@contextmanager
def jobs(place: Installation) -> Iterator[Jobs]:
    """Builds the jobs as the daemon does."""
    settings = load(place.config, {})
    database, courier = build_database(settings), build_courier(settings)
    current = Current(build_desk(settings, identity(database)))
    intake = Intake(database, build_mailbox(settings.mailboxes[0]), current.get, utc_now, lambda: None)
    try:
        yield Jobs(database, current, intake, courier)
    finally:
        intake.disconnect()
        courier.close()
        database.close()
