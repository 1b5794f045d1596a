"""The tables: no behaviour, only shapes. Every datetime column is UTC and aware; texts hold no NUL and no surrogates.

`table=True` models validate nothing: values come from `mailbot.core.model`, and CHECK constraints refuse the rest.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlmodel import Field

from mailbot.adapters import columns
from mailbot.adapters.columns import Base, JSONType, one_of, partial
from mailbot.core.model import ACTIVE_STATUSES, AwayWhy, DispositionKind, Impact, Priority, Source, Status, Urgency

UTCDateTime = columns.UTCDateTime
metadata = columns.metadata
table_of = columns.table_of

FIRST_TICKET_NUMBER = 1001

_NO_MORE = [f"status <> '{status}'" for status in Status if status not in ACTIVE_STATUSES]
# Without a type: SQLAlchemy would compare a Boolean with 1, and SQLite would not know the index again.
IS_ACTIVE: ColumnElement[bool] = literal_column(" AND ".join(_NO_MORE))
"""On which tickets somebody still works; a partial index serves only a query that says it in the very same words."""
IS_OUTWARD: ColumnElement[bool] = literal_column("automatic AND NOT internal AND NOT routine")
"""Which mails a machine wrote to people outside because somebody wrote."""
IS_UNINDEXED: ColumnElement[bool] = literal_column("indexed_at IS NULL OR indexed_at <> updated_at")
"""Which tickets the search does not know as they are now; see `mailbot.adapters.search`."""


class Installation(Base, table=True):
    """The one row that says which database this is, made with the tables; and until when a helpdesk lived on it.

    The identity goes into every token: what was made for a ticket of another database is worth nothing here.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="id"),)

    id: int | None = Field(default=1, sa_column=Column(Integer, primary_key=True, autoincrement=False))
    identity: str = Field(sa_column=Column(String(32), nullable=False))
    seen_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


class RawMessage(Base, table=True):
    """The bytes of a message as they came, compressed with Zstandard; the key is the SHA-256 of the bytes."""

    __tablename__ = "raw_messages"

    sha256: str = Field(sa_column=Column(String(64), primary_key=True))
    size: int = Field(sa_column=Column(Integer, nullable=False))
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Receipt(Base, table=True):
    """A line of the ledger: one message in one mailbox, and what became of it."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("mailbox", "uidvalidity", "uid"),
        one_of("state", ["received", "done"]),
        one_of("filed", ["pending", "done", "left"]),
        one_of("disposition", ["", *DispositionKind]),
        partial("ix_receipts_open", ["mailbox", "id"], Column("state") == "received"),
        partial("ix_receipts_unfiled", ["mailbox", "uidvalidity", "id"], Column("filed") == "pending"),
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    mailbox: str = Field(sa_column=Column(String(100), nullable=False))
    uidvalidity: int = Field(sa_column=Column(BigInteger, nullable=False))
    uid: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str | None = Field(
        default=None, sa_column=Column(String(64), ForeignKey("raw_messages.sha256"), nullable=True, index=True)
    )
    size: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    internal_date: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    received_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    state: str = Field(default="received", sa_column=Column(String(16), nullable=False))
    filed: str = Field(default="pending", sa_column=Column(String(16), nullable=False))
    disposition: str = Field(default="", sa_column=Column(String(24), nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    disposed_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    ticket: int | None = Field(default=None, sa_column=Column(Integer, nullable=True, index=True))
    message_id: str = Field(default="", sa_column=Column(String(1000), nullable=False, index=True))
    digest: str = Field(default="", sa_column=Column(String(64), nullable=False, index=True))
    originator: str = Field(default="", sa_column=Column(String(400), nullable=False, index=True))
    subject: str = Field(default="", sa_column=Column(Text, nullable=False))
    error: str = Field(default="", sa_column=Column(Text, nullable=False))


class Ticket(Base, table=True):
    """An incident or a service request; the key is the number that people see."""

    __tablename__ = "tickets"
    __table_args__ = (
        one_of("status", list(Status)),
        one_of("priority", list(Priority)),
        one_of("impact", list(Impact)),
        one_of("urgency", list(Urgency)),
        one_of("source", list(Source)),
        partial("ix_tickets_next_due_at", ["next_due_at"], Column("next_due_at").is_not(None)),
        Index("ix_tickets_technician_status", "technician", "status"),
        partial("ix_tickets_active", ["team"], IS_ACTIVE),
        partial("ix_tickets_unindexed", ["number"], IS_UNINDEXED),
        {"sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    status: str = Field(sa_column=Column(String(16), nullable=False))
    priority: str = Field(sa_column=Column(String(16), nullable=False))
    impact: str = Field(sa_column=Column(String(16), nullable=False))
    urgency: str = Field(sa_column=Column(String(16), nullable=False))
    category: str = Field(default="", sa_column=Column(String(100), nullable=False))
    team: str = Field(default="", sa_column=Column(String(100), nullable=False))
    technician: str = Field(default="", sa_column=Column(String(400), nullable=False))
    requester_address: str = Field(sa_column=Column(String(400), nullable=False, index=True))
    requester_name: str = Field(default="", sa_column=Column(String(400), nullable=False))
    language: str = Field(sa_column=Column(String(10), nullable=False))
    mailbox: str = Field(default="", sa_column=Column(String(100), nullable=False))
    source: str = Field(default=Source.MAIL, sa_column=Column(String(16), nullable=False))
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSONType, nullable=False))
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    indexed_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    last_public_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    first_response_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    resolved_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    closed_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    waiting_since: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    wait_until: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    elapsed_seconds: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    running_since: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    respond_by: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    resolve_by: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    next_due_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    cycle: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    resolution: str = Field(default="", sa_column=Column(Text, nullable=False))
    prevention: str = Field(default="", sa_column=Column(Text, nullable=False))
    diagnosis: str = Field(default="", sa_column=Column(Text, nullable=False))
    workaround: str = Field(default="", sa_column=Column(Text, nullable=False))
    worked_minutes: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    has_internal: bool = Field(default=False, nullable=False)
    answerable: bool = Field(default=True, nullable=False)
    legacy: str = Field(default="", sa_column=Column(String(40), nullable=False, index=True))
    predecessor: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    merged_into: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    waits_for: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    linked: bool = Field(default=False, nullable=False)


class Participant(Base, table=True):
    """Somebody who takes part in a ticket and may write into it."""

    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("ticket", "address"),
        one_of("role", ["requester", "participant", "technician", "vendor"]),
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False))
    address: str = Field(sa_column=Column(String(400), nullable=False, index=True))
    name: str = Field(default="", sa_column=Column(String(400), nullable=False))
    role: str = Field(sa_column=Column(String(16), nullable=False))
    quiet_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


class Entry(Base, table=True):
    """One contribution to a ticket's timeline: a message from outside, a reply, or an internal note."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("receipt", "kind"),
        one_of("kind", ["message", "reply", "note"]),
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False, index=True))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    internal: bool = Field(default=False, nullable=False)
    author_address: str = Field(sa_column=Column(String(400), nullable=False))
    author_name: str = Field(default="", sa_column=Column(String(400), nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    quoted: str = Field(default="", sa_column=Column(Text, nullable=False))
    side: str = Field(default="", sa_column=Column(String(400), nullable=False))  # The vendor's address, in his thread.
    message_id: str = Field(default="", sa_column=Column(String(1000), nullable=False, index=True))
    receipt: int | None = Field(default=None, sa_column=Column(Integer, ForeignKey("receipts.id"), nullable=True))
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


class StoredAttachment(Base, table=True):
    """What is known of a file in a message; its bytes stay in the raw message and are taken from there."""

    __tablename__ = "attachments"

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    entry: int = Field(sa_column=Column(Integer, ForeignKey("entries.id"), nullable=False, index=True))
    part: int = Field(sa_column=Column(Integer, nullable=False))
    name: str = Field(default="", sa_column=Column(String(400), nullable=False))
    content_type: str = Field(sa_column=Column(String(200), nullable=False))
    size: int = Field(sa_column=Column(Integer, nullable=False))
    sha256: str = Field(sa_column=Column(String(64), nullable=False, index=True))
    content_id: str = Field(default="", sa_column=Column(String(400), nullable=False))
    inline: bool = Field(default=False, nullable=False)


class Event(Base, table=True):
    """Something that happened to a ticket, with its reason: the audit log, only ever added to."""

    __tablename__ = "events"

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False, index=True))
    at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    kind: str = Field(sa_column=Column(String(24), nullable=False))
    actor: str = Field(default="", sa_column=Column(String(400), nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONType, nullable=False))


class OutboxMail(Base, table=True):
    """A mail of ours: final bytes and Message-ID are fixed when it is queued, so that a retry is byte-identical."""

    __tablename__ = "outbox"
    __table_args__ = (
        *map(UniqueConstraint, ("key", "message_id")),
        one_of("state", ["queued", "sending", "sent", "failed", "cancelled", "uncertain"]),
        Index("ix_outbox_recipient_created_at", "recipient", "created_at"),
        Index("ix_outbox_created_at", "created_at"),
        partial("ix_outbox_outward", ["created_at"], IS_OUTWARD),
        partial("ix_outbox_sent_at", ["sent_at", "paced"], Column("sent_at").is_not(None)),
        partial("ix_outbox_due", ["next_attempt_at"], Column("next_attempt_at").is_not(None)),
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    key: str = Field(sa_column=Column(String(300), nullable=False))
    notice: str = Field(sa_column=Column(String(32), nullable=False))
    ticket: int | None = Field(default=None, sa_column=Column(Integer, nullable=True, index=True))
    hold: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    recipient: str = Field(sa_column=Column(String(400), nullable=False))
    internal: bool = Field(default=False, nullable=False)
    automatic: bool = Field(default=True, nullable=False)
    gathers: bool = Field(default=False, nullable=False)
    routine: bool = Field(default=False, nullable=False)
    paced: bool = Field(default=False, nullable=False)
    message_id: str = Field(sa_column=Column(String(400), nullable=False))
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    valid_until: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    state: str = Field(default="queued", sa_column=Column(String(16), nullable=False))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    next_attempt_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    sent_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    lost_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    smtp_code: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    bounced_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    # Last, because SQLite reads through a long value to whatever stands behind it.
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Undo(Base, table=True):
    """What a technician's mail has done, so that it can be taken back until a time: what was before, and what was made.

    `transcript` is the key of the mail that tells him the code, "" if none does. An undo is in it, too, as `is_undo`.
    """

    __tablename__ = "undo"

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    code: str = Field(sa_column=Column(String(12), nullable=False, index=True))
    actor: str = Field(sa_column=Column(String(400), nullable=False))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False, index=True))
    receipt: int = Field(sa_column=Column(Integer, nullable=False))
    transcript: str = Field(default="", sa_column=Column(String(300), nullable=False, index=True))
    is_undo: bool = Field(default=False, nullable=False)
    made_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    until: datetime = Field(sa_column=Column(UTCDateTime, nullable=False, index=True))
    undone_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    undone_by: str = Field(default="", sa_column=Column(String(400), nullable=False))
    trace: dict[str, Any] = Field(sa_column=Column(JSONType, nullable=False))


class TimerMark(Base, table=True):
    """That a timer of a ticket has fired: whatever runs the tick twice, the second time finds the mark."""

    __tablename__ = "timer_marks"
    __table_args__ = (UniqueConstraint("ticket", "cycle", "timer"),)

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False))
    cycle: int = Field(sa_column=Column(Integer, nullable=False))
    timer: str = Field(sa_column=Column(String(48), nullable=False))
    fired_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class Hold(Base, table=True):
    """A message that waits for somebody's word: a stranger's, an unproved command, a mistake, or a machine's answer.

    `ask_at` is when the question about it is tried again; None once it was asked or decided.
    """

    __tablename__ = "holds"
    __table_args__ = (
        one_of("kind", ["stranger", "unproved", "mistyped", "rule", "loop"]),
        one_of("state", ["open", "released", "rejected"]),
        partial("ix_holds_open", ["id"], Column("state") == "open"),
        partial("ix_holds_ask_at", ["ask_at"], Column("ask_at").is_not(None)),
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    receipt: int = Field(sa_column=Column(Integer, ForeignKey("receipts.id"), nullable=False, index=True))
    ticket: int | None = Field(default=None, sa_column=Column(Integer, nullable=True, index=True))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    state: str = Field(default="open", sa_column=Column(String(16), nullable=False))
    originator: str = Field(sa_column=Column(String(400), nullable=False, index=True))
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    ask_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    decided_by: str = Field(default="", sa_column=Column(String(400), nullable=False))
    decision: str = Field(default="", sa_column=Column(String(24), nullable=False))


class Survey(Base, table=True):
    """One satisfaction question for one ticket, and its answer (1 to 5; the last vote wins)."""

    __tablename__ = "surveys"
    __table_args__ = (
        UniqueConstraint("ticket", "cycle"),
        CheckConstraint("score IS NULL OR (score >= 1 AND score <= 5)", name="score"),
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False))
    cycle: int = Field(sa_column=Column(Integer, nullable=False))
    address: str = Field(sa_column=Column(String(400), nullable=False, index=True))
    asked_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    score: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))


class Contact(Base, table=True):
    """What is remembered of an address outside a ticket: bounces, a block, a wish for silence."""

    __tablename__ = "contacts"

    address: str = Field(sa_column=Column(String(400), primary_key=True))
    undeliverable_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    blocked_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    quiet_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


class TechnicianState(Base, table=True):
    """What is remembered of a technician between assignments; `away_why` says how it is known that he is away.

    `away_since` stays when `away_until` has passed, until he was told what happened meanwhile.
    """

    __tablename__ = "technician_states"
    __table_args__ = (one_of("away_why", list(AwayWhy)),)

    address: str = Field(sa_column=Column(String(400), primary_key=True))
    last_assigned_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    away_until: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    away_since: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    away_why: str | None = Field(default=None, sa_column=Column(String(16), nullable=True))
