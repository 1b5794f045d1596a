"""The first tables."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mailbot.migrations import between, daily

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FIRST_TICKET_NUMBER = 1001

_WORDS = """CREATE VIRTUAL TABLE {} USING fts5(subject, solution, said, tokenize = "unicode61 remove_diacritics 0")"""


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    """Creates an index of only those rows for which a condition is true."""
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    """Creates all tables; tickets are numbered from 1001, and the database gets its identity."""
    op.create_table(
        "contacts",
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("undeliverable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_contacts")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("identity", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("hold", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("gathers", sa.Boolean(), nullable=False),
        sa.Column("routine", sa.Boolean(), nullable=False),
        sa.Column("paced", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("smtp_code", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'cancelled', 'uncertain')", name=op.f("ck_outbox_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])
    _partial("ix_outbox_due", "outbox", ["next_attempt_at"], "next_attempt_at IS NOT NULL")
    _partial("ix_outbox_outward", "outbox", ["created_at"], "automatic AND NOT internal AND NOT routine")
    op.create_index("ix_outbox_recipient_created_at", "outbox", ["recipient", "created_at"])
    _partial("ix_outbox_sent_at", "outbox", ["sent_at", "paced"], "sent_at IS NOT NULL")
    op.create_index(op.f("ix_outbox_ticket"), "outbox", ["ticket"])
    op.create_table(
        "raw_messages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_raw_messages")),
    )
    op.create_table(
        "technician_states",
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("last_assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("away_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("away_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("away_why", sa.String(length=16), nullable=True),
        sa.CheckConstraint("away_why IN ('notice', 'command', 'bounce')", name=op.f("ck_technician_states_away_why")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_technician_states")),
    )
    op.create_table(
        "tickets",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("impact", sa.String(length=16), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=100), nullable=False),
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("technician", sa.String(length=400), nullable=False),
        sa.Column("requester_address", sa.String(length=400), nullable=False),
        sa.Column("requester_name", sa.String(length=400), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("mailbox", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_public_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("elapsed_seconds", sa.Integer(), nullable=False),
        sa.Column("running_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolve_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("prevention", sa.Text(), nullable=False),
        sa.Column("diagnosis", sa.Text(), nullable=False),
        sa.Column("workaround", sa.Text(), nullable=False),
        sa.Column("worked_minutes", sa.Integer(), nullable=False),
        sa.Column("has_internal", sa.Boolean(), nullable=False),
        sa.Column("answerable", sa.Boolean(), nullable=False),
        sa.Column("legacy", sa.String(length=40), nullable=False),
        sa.Column("predecessor", sa.Integer(), nullable=True),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("waits_for", sa.Integer(), nullable=True),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("impact IN ('person', 'department', 'organisation')", name=op.f("ck_tickets_impact")),
        sa.CheckConstraint("priority IN ('low', 'normal', 'high', 'critical')", name=op.f("ck_tickets_priority")),
        sa.CheckConstraint("source IN ('mail', 'phone', 'chat', 'walk_in')", name=op.f("ck_tickets_source")),
        sa.CheckConstraint(
            "status IN ('new', 'open', 'pending', 'on_hold', 'resolved', 'closed')", name=op.f("ck_tickets_status")
        ),
        sa.CheckConstraint("urgency IN ('low', 'medium', 'high')", name=op.f("ck_tickets_urgency")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tickets")),
        sqlite_autoincrement=True,
    )
    _partial("ix_tickets_active", "tickets", ["team"], "status <> 'resolved' AND status <> 'closed'")
    op.create_index(op.f("ix_tickets_legacy"), "tickets", ["legacy"])
    _partial("ix_tickets_merged_into", "tickets", ["merged_into"], "merged_into IS NOT NULL")
    _partial("ix_tickets_next_due_at", "tickets", ["next_due_at"], "next_due_at IS NOT NULL")
    op.create_index(op.f("ix_tickets_requester_address"), "tickets", ["requester_address"])
    op.create_index("ix_tickets_technician_status", "tickets", ["technician", "status"])
    _partial("ix_tickets_waits_for", "tickets", ["waits_for"], "waits_for IS NOT NULL")
    _partial("ix_tickets_unindexed", "tickets", ["number"], "indexed_at IS NULL OR indexed_at <> updated_at")
    op.create_table(
        "articles",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("symptoms", sa.Text(), nullable=False),
        sa.Column("diagnosis", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("prevention", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=400), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'published')", name=op.f("ck_articles_status")),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_articles_ticket_tickets")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_articles")),
        sa.UniqueConstraint("ticket", name=op.f("uq_articles_ticket")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_events_ticket_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_ticket"), "events", ["ticket"])
    op.create_table(
        "participants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("quiet_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('requester', 'participant', 'technician', 'vendor')", name=op.f("ck_participants_role")
        ),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_participants_ticket_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
        sa.UniqueConstraint("ticket", "address", name=op.f("uq_participants_ticket_address")),
    )
    op.create_index(op.f("ix_participants_address"), "participants", ["address"])
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=100), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("internal_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("filed", sa.String(length=16), nullable=False),
        sa.Column("disposition", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.String(length=1000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("originator", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "disposition IN ('', 'created', 'appended', 'commanded', 'held', 'duplicate', 'bounce_recorded', 'auto_reply_recorded', 'ignored', 'refused', 'quarantined')",
            name=op.f("ck_receipts_disposition"),
        ),
        sa.CheckConstraint("filed IN ('pending', 'done', 'left')", name=op.f("ck_receipts_filed")),
        sa.CheckConstraint("state IN ('received', 'done')", name=op.f("ck_receipts_state")),
        sa.ForeignKeyConstraint(["sha256"], ["raw_messages.sha256"], name=op.f("fk_receipts_sha256_raw_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid", name=op.f("uq_receipts_mailbox_uidvalidity_uid")),
    )
    op.create_index(op.f("ix_receipts_digest"), "receipts", ["digest"])
    op.create_index(op.f("ix_receipts_message_id"), "receipts", ["message_id"])
    _partial("ix_receipts_open", "receipts", ["mailbox", "id"], "state = 'received'")
    op.create_index(op.f("ix_receipts_originator"), "receipts", ["originator"])
    op.create_index(op.f("ix_receipts_sha256"), "receipts", ["sha256"])
    op.create_index(op.f("ix_receipts_ticket"), "receipts", ["ticket"])
    _partial("ix_receipts_unfiled", "receipts", ["mailbox", "uidvalidity", "id"], "filed = 'pending'")
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint("score IS NULL OR (score >= 1 AND score <= 5)", name=op.f("ck_surveys_score")),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_surveys_ticket_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("ticket", "cycle", name=op.f("uq_surveys_ticket_cycle")),
    )
    op.create_index(op.f("ix_surveys_address"), "surveys", ["address"])
    op.create_table(
        "timer_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("timer", sa.String(length=48), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_timer_marks_ticket_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer_marks")),
        sa.UniqueConstraint("ticket", "cycle", "timer", name=op.f("uq_timer_marks_ticket_cycle_timer")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("author_address", sa.String(length=400), nullable=False),
        sa.Column("author_name", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("side", sa.String(length=400), nullable=False),
        sa.Column("message_id", sa.String(length=1000), nullable=False),
        sa.Column("receipt", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('message', 'reply', 'note')", name=op.f("ck_entries_kind")),
        sa.ForeignKeyConstraint(["receipt"], ["receipts.id"], name=op.f("fk_entries_receipt_receipts")),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_entries_ticket_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("receipt", "kind", name=op.f("uq_entries_receipt_kind")),
    )
    op.create_index(op.f("ix_entries_message_id"), "entries", ["message_id"])
    op.create_index(op.f("ix_entries_ticket"), "entries", ["ticket"])
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("originator", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=400), nullable=False),
        sa.Column("decision", sa.String(length=24), nullable=False),
        sa.CheckConstraint("kind IN ('stranger', 'unproved', 'mistyped', 'rule', 'loop')", name=op.f("ck_holds_kind")),
        sa.CheckConstraint("state IN ('open', 'released', 'rejected')", name=op.f("ck_holds_state")),
        sa.ForeignKeyConstraint(["receipt"], ["receipts.id"], name=op.f("fk_holds_receipt_receipts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    _partial("ix_holds_ask_at", "holds", ["ask_at"], "ask_at IS NOT NULL")
    _partial("ix_holds_open", "holds", ["id"], "state = 'open'")
    op.create_index(op.f("ix_holds_originator"), "holds", ["originator"])
    op.create_index(op.f("ix_holds_receipt"), "holds", ["receipt"])
    op.create_index(op.f("ix_holds_ticket"), "holds", ["ticket"])
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("content_type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_id", sa.String(length=400), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_attachments_entry_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_entry"), "attachments", ["entry"])
    op.create_index(op.f("ix_attachments_sha256"), "attachments", ["sha256"])
    op.create_table(
        "undo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=400), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Integer(), nullable=False),
        sa.Column("transcript", sa.String(length=300), nullable=False),
        sa.Column("is_undo", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=400), nullable=False),
        sa.Column("trace", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_undo_ticket_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undo")),
    )
    op.create_index(op.f("ix_undo_code"), "undo", ["code"])
    op.create_index(op.f("ix_undo_ticket"), "undo", ["ticket"])
    op.create_index(op.f("ix_undo_transcript"), "undo", ["transcript"])
    op.create_index(op.f("ix_undo_until"), "undo", ["until"])
    between.create()
    daily.create()

    installation = sa.table("installation", sa.column("id"), sa.column("identity"))
    op.bulk_insert(installation, [{"id": 1, "identity": secrets.token_hex(16)}])
    if op.get_bind().dialect.name == "sqlite":
        for table in ("search_tickets", "search_articles"):
            op.execute(_WORDS.format(table))
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('tickets', {FIRST_TICKET_NUMBER - 1})")
    else:
        for table in ("search_tickets", "search_articles"):
            op.execute(f"CREATE TABLE {table} (number integer PRIMARY KEY, words tsvector NOT NULL)")
            op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (words)")
        op.execute(f"ALTER SEQUENCE tickets_number_seq START WITH {FIRST_TICKET_NUMBER} RESTART")
        # The messages are compressed already: the server need not try it again.
        op.execute("ALTER TABLE raw_messages ALTER COLUMN data SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Drops all tables, and with them everything that mailbot knows."""
    for table in (
        *daily.TABLES,
        *reversed(between.TABLES),
        "undo",
        "search_articles",
        "search_tickets",
        "articles",
        "attachments",
        "holds",
        "entries",
        "timer_marks",
        "surveys",
        "receipts",
        "participants",
        "events",
        "tickets",
        "technician_states",
        "raw_messages",
        "outbox",
        "installation",
        "contacts",
    ):
        op.drop_table(table)
