"""What happened to the tickets of teams in a time, in numbers: counted by the database, found by indexes of their own.

The cost follows from what happened in that time, however long the history is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Index, Select, and_, case, exists, func, literal_column, select
from sqlmodel import Session, col

from mailbot.adapters.columns import filled
from mailbot.adapters.tables import Event, Survey, Ticket, TimerMark, table_of
from mailbot.adapters.worklists import in_teams

_IS_REOPENED: ColumnElement[bool] = literal_column("kind = 'reopened'")
"""A partial index serves only a query that says its condition in the very same words."""

INDEXES = (
    Index("ix_tickets_created_at", table_of(Ticket).c.created_at),
    filled(table_of(Ticket), "first_response_at"),
    filled(table_of(Ticket), "resolved_at"),
    filled(table_of(Survey), "answered_at"),
    Index("ix_events_reopened", table_of(Event).c.at, sqlite_where=_IS_REOPENED, postgresql_where=_IS_REOPENED),
)
"""The indexes of these questions; they cost only where something happens that is asked for."""

_LOW = 2
"""Up to this score somebody was not satisfied."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What the marks are called that say that a promise of a ticket was not kept."""

    response: str
    resolution: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many tickets came, got their first response, were resolved or opened again; and how people found it.

    Attributes:
        came: Tickets that came.
        answered: Tickets that got their first response; `answered_in_time` those of them that got it within the target.
        resolved: Tickets that were resolved, and are; `resolved_in_time` as with the response.
        reopened: Tickets that were opened again.
        ratings: Answers to the survey; `score` is their average, None if there is none, `low` counts the low ones.
    """

    came: int
    answered: int
    answered_in_time: int
    resolved: int
    resolved_in_time: int
    reopened: int
    ratings: int
    score: float | None
    low: int

    @property
    def nothing(self) -> bool:
        """Whether nothing happened."""
        return not (self.came or self.answered or self.resolved or self.reopened or self.ratings)


def of_teams(session: Session, teams: Sequence[str], since: datetime, until: datetime, missed: Missed) -> Numbers:
    """What happened to the tickets of some teams (by their names in any case) from one moment to before another."""
    within, period = in_teams(teams), (since, until)
    came = select(func.count()).select_from(Ticket).where(within, _between(Ticket.created_at, *period))
    again = (
        select(func.count(col(Event.ticket).distinct()))
        .join(Ticket, col(Ticket.number) == col(Event.ticket))
        .where(_IS_REOPENED, _between(Event.at, *period), within)
    )
    answered = (within, _between(Ticket.first_response_at, *period))
    late = col(TimerMark.timer) == missed.response
    responses, late_responses = session.execute(_counted(late).where(*answered)).one()
    resolved = (within, _between(Ticket.resolved_at, *period), col(Ticket.merged_into).is_(None))
    # What was late before it was opened again does not count against the second solution.
    late = and_(col(TimerMark.timer) == missed.resolution, col(TimerMark.cycle) == col(Ticket.cycle))
    solutions, late_solutions = session.execute(_counted(late).where(*resolved)).one()
    ratings, score, low = session.execute(_votes().where(within, _between(Survey.answered_at, *period))).one()
    return Numbers(
        came=session.scalar(came) or 0,
        answered=responses,
        answered_in_time=responses - late_responses,
        resolved=solutions,
        resolved_in_time=solutions - late_solutions,
        reopened=session.scalar(again) or 0,
        ratings=ratings,
        score=float(score) if score is not None else None,
        low=low,
    )


def low_ratings(
    session: Session, teams: Sequence[str], since: datetime, until: datetime, limit: int
) -> list[tuple[Ticket, int, str]]:
    """The tickets of some teams that got a low score in that time, with the score and what was said, oldest first."""
    statement = (
        select(Ticket, col(Survey.score), col(Survey.comment))
        .join(Survey, col(Ticket.number) == col(Survey.ticket))
        .where(in_teams(teams), _between(Survey.answered_at, since, until), col(Survey.score) <= _LOW)
        .order_by(col(Survey.answered_at), col(Survey.id))
        .limit(limit)
    )
    return [(ticket, score or 0, comment) for ticket, score, comment in session.execute(statement)]


def _between(column: datetime | None, since: datetime, until: datetime) -> ColumnElement[bool]:
    """That a column, which its model gives the type of its values, lies in a time."""
    return and_(col(column) >= since, col(column) < until)


def _counted(late: ColumnElement[bool]) -> "Select[int, int]":
    """How many tickets there are, and how many of them have a mark of which this is true."""
    marked = exists().where(col(TimerMark.ticket) == col(Ticket.number), late)
    return select(func.count(), func.coalesce(func.sum(case((marked, 1), else_=0)), 0)).select_from(Ticket)


def _votes() -> "Select[int, Decimal | None, int]":
    """How many scores there are, their average, and how many are low."""
    low = func.coalesce(func.sum(case((col(Survey.score) <= _LOW, 1), else_=0)), 0)
    counted = select(func.count(col(Survey.score)), func.avg(col(Survey.score)), low)
    return counted.join(Ticket, col(Ticket.number) == col(Survey.ticket))
