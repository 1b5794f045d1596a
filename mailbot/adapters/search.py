"""The index of words: which tickets and articles hold what somebody looks for, the best first.

It is brought up to date afterwards, by the tick and before each search: an ordinary mail costs nothing for it. A ticket
is unindexed while `indexed_at` is not its `updated_at`, so that whatever changes a ticket need not know of the index,
and a change that happens at the same time is never lost. SQLite has a table of FTS5, PostgreSQL a tsvector with a GIN
index; both get the words that `mailbot.core.searching` made.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, text, update
from sqlmodel import Session, col

from mailbot.adapters.articles import Article
from mailbot.adapters.db import Database
from mailbot.adapters.tables import IS_UNINDEXED, Entry, Event, Receipt, Ticket, table_of
from mailbot.core import searching
from mailbot.core.model import EventKind
from mailbot.core.searching import Question

TICKETS, ARTICLES = "search_tickets", "search_articles"
TABLES = (TICKETS, ARTICLES)
"""They hold nothing that is not elsewhere: emptied, with `indexed_at` emptied too, they fill again by themselves."""

_BATCH = 100  # Tickets that are indexed in one transaction.
_ENTRIES = 100  # Contributions of a ticket that are indexed: the first and the newest.
_LENGTH = 20_000  # Characters of each.
RANKED = 1000
"""Of more matches than these the newest are ranked: the time of a search has a bound."""

_PUT = {
    "sqlite": "INSERT OR REPLACE INTO {} (rowid, subject, solution, said) VALUES (:number, :subject, :solution, :said)",
    "postgresql": "INSERT INTO {} (number, words) VALUES (:number, CAST(:words AS tsvector))"
    " ON CONFLICT (number) DO UPDATE SET words = excluded.words",
}
_FORGET = {
    "sqlite": "DELETE FROM search_articles WHERE rowid = :number",
    "postgresql": "DELETE FROM search_articles WHERE number = :number",
}
_FIND = {
    "sqlite": "SELECT number FROM (SELECT rowid AS number, bm25({0}, 8.0, 4.0, 1.0) AS place FROM {0}"
    " WHERE {0} MATCH :question ORDER BY rowid DESC LIMIT :ranked) ORDER BY place, number DESC",
    "postgresql": "SELECT number FROM (SELECT number, words FROM {0} WHERE words @@ CAST(:question AS tsquery)"
    " ORDER BY number DESC LIMIT :ranked) AS newest"
    " ORDER BY ts_rank(words, CAST(:question AS tsquery), 1) DESC, number DESC",
}


def is_index(table: str) -> bool:
    """Whether a table is part of the index: it belongs to its database alone, and no model stands for it."""
    return table.startswith("search_")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: numbers, the best first.

    Attributes:
        numbers: At most as many as were wanted.
        total: How many there are; at most 1,000 are counted.
        every: Whether all terms stand in each of them; otherwise at least one does.
    """

    numbers: tuple[int, ...]
    total: int
    every: bool = True


def catch_up(database: Database, limit: int, stopping: Callable[[], bool] = lambda: False) -> int:
    """Indexes tickets that are new or were changed, in small transactions; gives how many.

    While mail waits to be processed it does one of these only: a backlog of mail is read no slower for it, and a search
    looks at the newest tickets by itself.

    Raises:
        TransientError: The database is not to be had; what is left is done the next time.
    """
    done = 0
    while done < limit and not stopping():
        with database.unit_of_work(write=False) as session:
            waiting = session.scalars(unindexed(1)).first() is not None
            busy = done > 0 and session.scalars(_TO_PROCESS).first() is not None
        if busy or not waiting:
            break
        with database.unit_of_work() as session:
            count = index(session, _BATCH)
        done += count
        if count < _BATCH:
            break
    return done


_TO_PROCESS = select(col(Receipt.id)).where(col(Receipt.state) == literal_column("'received'")).limit(1)


def unindexed(limit: int) -> Any:
    """Asks for the numbers of the newest tickets that the index does not know as they are."""
    return select(col(Ticket.number)).where(IS_UNINDEXED).order_by(col(Ticket.number).desc()).limit(limit)


def index(session: Session, limit: int) -> int:
    """Indexes the newest of the tickets that the index does not know as they are, at most so many; gives how many.

    Tickets that another node works on right now are left to it.
    """
    rows = session.scalars(
        select(Ticket)
        .where(IS_UNINDEXED)
        .order_by(col(Ticket.number).desc())
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    said = _texts(session, [row.number or 0 for row in rows])
    put, marks = [], []
    dialect = session.connection().dialect.name
    for row in rows:
        number = row.number or 0
        subject = f"{row.subject} {number} {row.requester_name} {row.requester_address}"
        solution = f"{row.resolution}\n{row.workaround}\n{row.diagnosis}\n{row.prevention}"
        put.append(_row(dialect, number, subject, solution, said.get(number, [])))
        marks.append({"key": number, "as_of": row.updated_at})
    if rows:
        session.connection().execute(text(_PUT[dialect].format(TICKETS)), put)
        session.connection().execute(_MARK, marks)
    return len(rows)


_MARK = (
    update(table_of(Ticket)).where(table_of(Ticket).c.number == bindparam("key")).values(indexed_at=bindparam("as_of"))
)


def _texts(session: Session, numbers: Sequence[int]) -> dict[int, list[str]]:
    """The contributions of tickets: the first one, then the newest, each cut to a length."""
    if not numbers:
        return {}
    connection = session.connection()
    # Two questions, each answered by an index. Of both in one, PostgreSQL makes a join that reads every contribution
    # to every ticket; and with the texts in the first one, it would sort all that was ever written about a ticket.
    chosen = connection.scalars(_CHOSEN, {"tickets": list(numbers)}).all()
    found: dict[int, list[str]] = {}
    for number, said in connection.execute(_SAID, {"ids": chosen}):
        found.setdefault(number, []).append(said)
    return found


_PLACES = (
    select(
        col(Entry.id),
        func.row_number().over(partition_by=col(Entry.ticket), order_by=col(Entry.id)).label("oldest"),
        func.row_number().over(partition_by=col(Entry.ticket), order_by=col(Entry.id).desc()).label("newest"),
    )
    .where(col(Entry.ticket).in_(bindparam("tickets", expanding=True)), col(Entry.withdrawn_at).is_(None))
    .subquery()
)
_CHOSEN = select(_PLACES.c.id).where((_PLACES.c.newest <= _ENTRIES) | (_PLACES.c.oldest == 1))
_SAID = (
    select(col(Entry.ticket), func.substr(col(Entry.text), 1, _LENGTH))
    .where(col(Entry.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(Entry.ticket), col(Entry.id))
)


def index_article(session: Session, row: Article) -> None:
    """Indexes an article as it is now."""
    solution = f"{row.diagnosis}\n{row.resolution}\n{row.prevention}"
    connection = session.connection()
    values = _row(connection.dialect.name, row.number or 0, row.title, solution, [row.symptoms])
    connection.execute(text(_PUT[connection.dialect.name].format(ARTICLES)), values)


def forget_article(session: Session, number: int) -> None:
    """Takes an article out of the index."""
    connection = session.connection()
    connection.execute(text(_FORGET[connection.dialect.name]), {"number": number})


def _row(dialect: str, number: int, subject: str, solution: str, said: Iterable[str]) -> dict[str, object]:
    parts = [searching.words(subject, 200), searching.words(solution), searching.words("\n".join(said))]
    values: dict[str, object] = {"number": number}
    if dialect == "sqlite":
        values |= dict(zip(("subject", "solution", "said"), map(" ".join, parts), strict=True))
    else:
        values["words"] = searching.vector(list(zip("ABD", parts, strict=True)))
    return values


def find(session: Session, table: str, question: Question, limit: int) -> Found:
    """Looks for what holds all terms of a question; if nothing does, for what holds one of them."""
    for every in (True, False):
        numbers = _matches(session, table, question, every=every)
        if numbers or len(question.terms) == 1:
            break
    return Found(tuple(numbers[:limit]), len(numbers), every)


def _matches(session: Session, table: str, question: Question, *, every: bool) -> list[int]:
    connection = session.connection()
    dialect = connection.dialect.name
    asked = (searching.for_sqlite if dialect == "sqlite" else searching.for_postgresql)(question, every=every)
    statement = text(_FIND[dialect].format(table))
    return list(connection.execute(statement, {"question": asked, "ranked": RANKED}).scalars())


_SOLVED_BY = (
    select(col(Event.ticket), col(Event.actor))
    .where(
        col(Event.ticket).in_(bindparam("tickets", expanding=True)),
        col(Event.kind).in_([EventKind.RESOLVED.value, EventKind.CLOSED.value]),
        col(Event.actor) != "",
    )
    .order_by(col(Event.kind), col(Event.id))  # "closed" comes first: whoever resolved counts more.
)


def solvers(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """Who resolved each of these tickets, or closed it, the last time: addr-specs in lower case."""
    rows = session.connection().execute(_SOLVED_BY, {"tickets": list(numbers)})
    return {ticket: actor for ticket, actor in rows}  # noqa: C416 - a row is no pair for mypy.


def tickets(session: Session, numbers: Sequence[int]) -> list[tuple[Ticket, list[str]]]:
    """Tickets in the order of these numbers, each with what was written."""
    rows = {row.number: row for row in session.scalars(select(Ticket).where(col(Ticket.number).in_(numbers)))}
    said = _texts(session, numbers)
    return [(rows[number], said.get(number, [])) for number in numbers if number in rows]
