"""What Alembic runs for each command: it works on the connection and in the transaction that the caller opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from mailbot.adapters.alltables import ALL_TABLES
from mailbot.adapters.columns import UTCDateTime
from mailbot.adapters.search import is_index


def render_item(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Writes our own column types as what they are in the database: a migration must not change with our code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=ALL_TABLES,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    include_name=lambda name, kind, _parents: not (kind == "table" and is_index(name or "")),
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
