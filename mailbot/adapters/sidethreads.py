"""The threads with vendors: who was asked about a ticket, and whether he is waited for."""

from datetime import datetime

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, UniqueConstraint, bindparam, select, update
from sqlmodel import Field, Session, col

from mailbot.adapters import traces
from mailbot.adapters.columns import Base, UTCDateTime
from mailbot.adapters.links import family
from mailbot.adapters.store import ADDRESS_LENGTH
from mailbot.core.model import Vendor

_STATE = ("name", "reference", "language", "waits", "opened_at")


class SideThread(Base, table=True):
    """A vendor who was asked about a ticket. He takes no part in it: he reads what was written to him alone."""

    __tablename__ = "side_threads"
    __table_args__ = (UniqueConstraint("ticket", "address"),)

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False))
    address: str = Field(sa_column=Column(String(400), nullable=False))
    name: str = Field(default="", sa_column=Column(String(400), nullable=False))
    reference: str = Field(default="", sa_column=Column(String(100), nullable=False))
    language: str = Field(default="", sa_column=Column(String(10), nullable=False))
    waits: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))
    opened_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))

    @property
    def label(self) -> str:
        """What to call the vendor in a text."""
        return self.name or self.address


# Built once: it is asked for mail of everybody who is no technician.
_FIND = (
    select(SideThread)
    .where(col(SideThread.ticket).in_(family(bindparam("number"))), col(SideThread.address) == bindparam("address"))
    .order_by(col(SideThread.waits).desc(), col(SideThread.id).desc())
    .limit(1)
)


def of_ticket(session: Session, ticket: int) -> list[SideThread]:
    """The threads of a ticket and of those merged into it, in the order in which they began."""
    statement = select(SideThread).where(col(SideThread.ticket).in_(family(ticket)))
    return list(session.scalars(statement.order_by(col(SideThread.id))))


def find(session: Session, ticket: int, address: str) -> SideThread | None:
    """The thread of a ticket, or of one merged into it, with somebody; None if there is none.

    If he was asked about several of them, it is the one in which he is waited for, else the newest.
    """
    return session.scalars(_FIND, {"number": ticket, "address": address.lower()[:ADDRESS_LENGTH]}).first()


def wait_for(session: Session, ticket: int, vendor: Vendor, reference: str, now: datetime) -> SideThread:
    """Notes that a vendor is waited for; a reference that is known stays, if no new one is given."""
    row = find(session, ticket, vendor.address)
    address = vendor.address.lower()[:ADDRESS_LENGTH]
    traces.keep_row(session, SideThread, _STATE, ticket=row.ticket if row else ticket, address=address)
    if row is None:
        row = SideThread(ticket=ticket, address=address, language=vendor.language, opened_at=now)
    row.name = (vendor.name or row.name)[:ADDRESS_LENGTH]
    row.reference = reference or row.reference
    row.waits = True
    session.add(row)
    session.flush()
    return row


def stop_waiting(session: Session, ticket: int) -> None:
    """Notes that no vendor of a ticket, or of one merged into it, is waited for any more."""
    for row in of_ticket(session, ticket):
        traces.keep_row(session, SideThread, _STATE, ticket=row.ticket, address=row.address)
    nobody = update(SideThread).where(col(SideThread.ticket).in_(family(ticket))).values(waits=False)
    session.execute(nobody.execution_options(synchronize_session="fetch"))
