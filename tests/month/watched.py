"""A courier that is looked over the shoulder, and a database that does not wait for the disk."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from world.helpdesk import FakeCourier

from mailbot.adapters.db import Database
from mailbot.adapters.smtp import Outgoing, Result


@dataclass
class Watched(FakeCourier):
    """A courier that tells of each mail, once it was sent and that was written down."""

    seen: Callable[[Outgoing], None] = lambda _mail: None

    def send(self, batch: Iterable[Outgoing], on_result: Callable[[Result], None]) -> None:
        mails: dict[int, Outgoing] = {}

        def remember() -> Iterator[Outgoing]:
            for mail in batch:
                mails[mail.id] = mail
                yield mail

        def tell(result: Result) -> None:
            on_result(result)
            if result.outcome == "sent":
                self.seen(mails[result.id])

        super().send(remember(), tell)


def hurry(database: Database) -> None:
    """Lets SQLite not wait for the disk: nobody dies here, and what a sudden death costs is proved elsewhere."""
    if database.engine.dialect.name != "sqlite":
        return

    def relax(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF").close()

    event.listen(database.engine, "connect", relax)
    database.engine.dispose()
