"""What all tables are made of: the types of their columns, the names of their constraints, their one metadata."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column, ColumnElement, Dialect, Index, MetaData, Table
from sqlalchemy import DateTime as SaDateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that migrations can name them on both databases."""

metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC. A naive one is refused: nobody can know what it means."""

    impl = SaDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive values and turns the others into UTC (SQLite keeps no zone, so none is written)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a time zone cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives an aware value in UTC, whatever zone the database session has."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSONType = JSON().with_variant(JSONB, "postgresql")


def one_of(column: str, values: Sequence[StrEnum | str]) -> CheckConstraint:
    """The database refuses any other value in a column."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def partial(name: str, columns: list[str], where: ColumnElement[bool]) -> Index:
    """An index of only those rows that somebody waits for: it stays small however long the history gets."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


def filled(table: Table, column: str) -> Index:
    """An index of only those rows in which a column has a value."""
    where: ColumnElement[bool] = Column(column).is_not(None)
    return Index(f"ix_{table.name}_{column}", table.c[column], sqlite_where=where, postgresql_where=where)


class Base(SQLModel):
    """Gives all tables the one metadata with the naming convention."""

    metadata = metadata


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model, for statements that need no objects."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table
