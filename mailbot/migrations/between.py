"""A part of the first migration: the tables about two tickets, or about a ticket and somebody outside of it."""

import sqlalchemy as sa
from alembic import op

TABLES = ("side_threads", "links")


def create() -> None:
    """Creates them; the tickets must be there."""
    op.create_table(
        "side_threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_side_threads_ticket_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_threads")),
        sa.UniqueConstraint("ticket", "address", name=op.f("uq_side_threads_ticket_address")),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.CheckConstraint("kind IN ('related', 'split', 'duplicate')", name=op.f("ck_links_kind")),
        sa.ForeignKeyConstraint(["other"], ["tickets.number"], name=op.f("fk_links_other_tickets")),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_links_ticket_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("ticket", "other", "kind", name=op.f("uq_links_ticket_other_kind")),
    )
    op.create_index(op.f("ix_links_other"), "links", ["other"])
