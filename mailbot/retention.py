"""Forgetting bytes that are older than the configuration wants; what became of a message stays in the ledger."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import col

from mailbot.adapters.db import Database
from mailbot.adapters.tables import Hold, OutboxMail, RawMessage, Receipt
from mailbot.policy import Policy

_NOTHING = timedelta(0)


def purge(database: Database, policy: Policy, now: datetime) -> tuple[int, int]:
    """Deletes the raw bytes of old messages and the bytes of old sent mails; gives how many of each.

    Messages that still wait for a decision are kept, however old they are.
    """
    wanted = policy.settings.retention
    with database.unit_of_work() as session:
        received = sent = 0
        if wanted.raw > _NOTHING:
            waiting = select(col(Hold.receipt)).where(col(Hold.state) == "open")
            old = (
                col(Receipt.received_at) < now - wanted.raw,
                col(Receipt.state) == "done",
                col(Receipt.disposition) != "quarantined",
                col(Receipt.id).not_in(waiting),
            )
            session.execute(update(Receipt).where(*old).values(sha256=None))
            used = select(col(Receipt.sha256)).where(col(Receipt.sha256).is_not(None))
            received = session.execute(delete(RawMessage).where(col(RawMessage.sha256).not_in(used))).rowcount  # type: ignore[attr-defined]
        if wanted.sent > _NOTHING:
            old_mail = (col(OutboxMail.sent_at) < now - wanted.sent, col(OutboxMail.raw) != b"")
            sent = session.execute(update(OutboxMail).where(*old_mail).values(raw=b"")).rowcount  # type: ignore[attr-defined]
    return received, sent
