"""Who has had which of his daily mails: one row for each person, kind and local day, so that nobody gets two."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import Column, Date, String, UniqueConstraint, delete, select, update
from sqlalchemy import Integer as SaInteger
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Field, Session, col

from mailbot.adapters.columns import Base, UTCDateTime, one_of, table_of

OUTCOMES = ("sent", "empty", "away", "refused", "failed")
_KEPT = timedelta(days=60)


class DailyMail(Base, table=True):
    """That it was decided about a daily mail, and what: it was sent, there was nothing in it, he is away.

    The day comes first in the key: whoever asks what is done today reads only the rows of today.
    """

    __tablename__ = "daily_mails"
    __table_args__ = (UniqueConstraint("day", "kind", "recipient"), one_of("outcome", OUTCOMES))

    id: int | None = Field(default=None, sa_column=Column(SaInteger, primary_key=True))
    day: date = Field(sa_column=Column(Date, nullable=False))
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    recipient: str = Field(sa_column=Column(String(400), nullable=False))
    decided_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    outcome: str = Field(default="sent", sa_column=Column(String(16), nullable=False))


Key = tuple[date, str, str]
"""A local day, a kind of mail, and an addr-spec in lower case."""

_ROWS = table_of(DailyMail)
_OF_DAY = ("day", "kind", "recipient")
_CLAIM = {
    "sqlite": insert_sqlite(_ROWS).on_conflict_do_nothing(index_elements=_OF_DAY).returning(_ROWS.c.id),
    "postgresql": insert_postgresql(_ROWS).on_conflict_do_nothing(index_elements=_OF_DAY).returning(_ROWS.c.id),
}


def done(session: Session, days: Collection[date]) -> set[Key]:
    """What was decided about the mails of these days."""
    columns = (col(DailyMail.day), col(DailyMail.kind), col(DailyMail.recipient))
    return {
        (day, kind, recipient) for day, kind, recipient in session.execute(select(*columns).where(columns[0].in_(days)))
    }


def claim(session: Session, key: Key, now: datetime, outcome: str = "sent") -> bool:
    """Takes a mail upon this transaction; False if it was decided about it already, here or by another node.

    Whoever comes second waits for the first, and has it to do if that one gives up. Rows of long ago are forgotten.
    """
    day, kind, recipient = key
    connection = session.connection()
    values = {"day": day, "kind": kind, "recipient": recipient, "decided_at": now, "outcome": outcome}
    if connection.execute(_CLAIM[connection.dialect.name], values).first() is None:
        return False
    connection.execute(delete(_ROWS).where(_ROWS.c.day < day - _KEPT))
    return True


def note(session: Session, key: Key, outcome: str) -> None:
    """Writes down that a mail that was claimed was not sent, and why: one of `OUTCOMES`."""
    day, kind, recipient = key
    statement = update(_ROWS).where(_ROWS.c.day == day, _ROWS.c.kind == kind, _ROWS.c.recipient == recipient)
    session.connection().execute(statement.values(outcome=outcome))


def last_sent(session: Session, key: Key) -> datetime | None:
    """When the last mail of this kind before that day was made for this person (UTC); None if there is none."""
    day, kind, recipient = key
    statement = (
        select(col(DailyMail.decided_at))
        .where(
            col(DailyMail.day) < day,
            col(DailyMail.kind) == kind,
            col(DailyMail.recipient) == recipient,
            col(DailyMail.outcome) == "sent",
        )
        .order_by(col(DailyMail.day).desc())
        .limit(1)
    )
    return session.scalar(statement)
