"""A part of the first migration: who has had which daily mail, and the indexes of the numbers in these mails."""

import sqlalchemy as sa
from alembic import op

TABLES = ("daily_mails",)

_FILLED = (
    ("tickets", "first_response_at"),
    ("tickets", "resolved_at"),
    ("surveys", "answered_at"),
    ("outbox", "lost_at"),
    ("outbox", "bounced_at"),
)


def create() -> None:
    """Creates them; all other tables must be there."""
    op.create_table(
        "daily_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('sent', 'empty', 'away', 'refused', 'failed')", name=op.f("ck_daily_mails_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_mails")),
        sa.UniqueConstraint("day", "kind", "recipient", name=op.f("uq_daily_mails_day_kind_recipient")),
    )
    op.create_index("ix_tickets_created_at", "tickets", ["created_at"])
    for table, column in _FILLED:
        _partial(f"ix_{table}_{column}", table, column, f"{column} IS NOT NULL")
    _partial("ix_events_reopened", "events", "at", "kind = 'reopened'")
    _partial("ix_receipts_quarantined", "receipts", "id", "disposition = 'quarantined'")


def _partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
