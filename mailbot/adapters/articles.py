"""The articles of the knowledge base: what was learned from tickets."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, String, Text, UniqueConstraint, select
from sqlmodel import Field, Session, col

from mailbot.adapters.columns import Base, UTCDateTime, one_of


class Article(Base, table=True):
    """What was learned from a ticket, for requesters with the same trouble; a draft is not for them yet."""

    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("ticket"), one_of("status", ["draft", "published"]))

    number: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    ticket: int = Field(sa_column=Column(Integer, ForeignKey("tickets.number"), nullable=False))
    status: str = Field(default="draft", sa_column=Column(String(16), nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    symptoms: str = Field(default="", sa_column=Column(Text, nullable=False))
    diagnosis: str = Field(default="", sa_column=Column(Text, nullable=False))
    resolution: str = Field(default="", sa_column=Column(Text, nullable=False))
    prevention: str = Field(default="", sa_column=Column(Text, nullable=False))
    author: str = Field(sa_column=Column(String(400), nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


def of_ticket(session: Session, ticket: int) -> Article | None:
    """The article that was made of a ticket."""
    return session.scalars(select(Article).where(col(Article.ticket) == ticket)).first()


def in_order(session: Session, numbers: Sequence[int]) -> list[Article]:
    """Articles in the order of these numbers."""
    rows = {row.number: row for row in session.scalars(select(Article).where(col(Article.number).in_(numbers)))}
    return [rows[number] for number in numbers if number in rows]
