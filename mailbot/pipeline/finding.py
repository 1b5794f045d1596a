"""Searching by mail: the tickets and the articles in which something stands, each with links that act."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import search
from mailbot.adapters.search import Found
from mailbot.adapters.tables import Article, Ticket
from mailbot.core import searching
from mailbot.core.commands.deeds import ArticleFind, Find
from mailbot.core.model import ACTIVE_STATUSES, InboundMail, Technician
from mailbot.core.phrases import say
from mailbot.core.searching import Question
from mailbot.notify import Desk
from mailbot.pipeline import letters, ticketrows
from mailbot.pipeline.ticketrows import Carrier
from mailbot.policy import Policy

ROWS = 20
"""How many tickets or articles an answer shows."""
_FRESH = 200  # Tickets that are indexed before a search; if more wait, the tick has not come to them yet.
_SOLUTION = 200
_ARTICLE = "KB-"


def article_tag(number: int) -> str:
    """What people call an article."""
    return f"{_ARTICLE}{number}"


def send(
    session: Session, desk: Desk, receipt: int, mail: InboundMail, asking: Technician, deed: Find, now: datetime
) -> str:
    """Sends the tickets that were found; gives the line of the transcript."""
    search.index(session, _FRESH)
    found = search.find(session, search.TICKETS, deed.question, ROWS)
    rows = search.tickets(session, found.numbers)
    solvers = search.solvers(session, found.numbers)
    cause = f"r{receipt}:{_digest(deed.question)}"
    carrier = ticketrows.carrier_for(desk.policy, "found", letters.person(asking), cause, now)
    shown = [
        _ticket(desk.policy, row, said, solvers.get(row.number or 0, ""), deed.question, carrier) for row, said in rows
    ]
    return _tell(session, desk, mail, asking, carrier, cause, found, "tickets", deed.text, shown, now)


def send_articles(
    session: Session, desk: Desk, receipt: int, mail: InboundMail, asking: Technician, deed: ArticleFind, now: datetime
) -> str:
    """Sends the articles that were found; gives the line of the transcript."""
    found = search.find(session, search.ARTICLES, deed.question, ROWS)
    cause = f"r{receipt}:kb{_digest(deed.question)}"
    carrier = ticketrows.carrier_for(desk.policy, "found", letters.person(asking), cause, now)
    rows = search.articles(session, found.numbers)
    shown = [_article(desk.policy, row, deed, carrier) for row in rows]
    return _tell(session, desk, mail, asking, carrier, cause, found, "articles", deed.text, shown, now)


def _digest(question: Question) -> str:
    """What tells the questions of one mail apart."""
    return searching.for_sqlite(question, every=True)[:120]


def _tell(
    session: Session,
    desk: Desk,
    mail: InboundMail,
    asking: Technician,
    carrier: Carrier,
    cause: str,
    found: Found,
    what: str,
    text: str,
    rows: Sequence[dict[str, object]],
    now: datetime,
) -> str:
    data = {
        "what": what,
        "words": text,
        "total": found.total,
        "at_most": found.total >= search.RANKED,
        "left_out": found.total - len(rows),
        "every": found.every,
        "rows": rows,
    }
    letters.tell_technician(session, desk, None, "found", carrier.person, cause, now, data, answers=mail)
    return say(letters.language_for(desk.policy, asking), "found_follows")


def _ticket(
    policy: Policy, row: Ticket, said: Sequence[str], solver: str, question: Question, carrier: Carrier
) -> dict[str, object]:
    number = row.number or 0
    person = policy.directory.technician(solver)
    solution = row.resolution or row.workaround
    commands = {"show": "#show"}
    if row.status in ACTIVE_STATUSES:
        commands |= {"take": "#take", "close": "#close"}
    elif row.merged_into is None:
        commands |= {"reopen": "#reopen"}
    texts = [row.subject, row.resolution, row.workaround, row.diagnosis, row.prevention, *said]
    snippet = searching.excerpt(texts, question)
    return {
        "number": number,
        "tag": ticketrows.tag(policy, number),
        "subject": ticketrows.subject(policy, row, carrier.person),
        "status": row.status,
        "requester": row.requester_name or row.requester_address,
        "solver": (person.name or person.email) if person else solver,
        "solution": _first_line(solution),
        "snippet": snippet if snippet not in {row.subject, _first_line(solution)} else "",
        "taps": ticketrows.taps(policy, carrier, number, commands),
        "link": ticketrows.opening(policy, carrier, number),
    }


def _article(policy: Policy, row: Article, deed: ArticleFind, carrier: Carrier) -> dict[str, object]:
    number = row.number or 0
    links = ticketrows.taps(policy, carrier, 0, {"read": f"#kb show {number}"})
    if deed.ticket and row.status == "published":
        links += ticketrows.taps(policy, carrier, deed.ticket, {"send": f"#kb {number}"})
    snippet = searching.excerpt([row.title, row.symptoms, row.diagnosis, row.resolution, row.prevention], deed.question)
    solution = _first_line(row.resolution)
    return {
        "number": number,
        "tag": article_tag(number),
        "subject": row.title,
        "status": row.status,
        "solution": solution,
        "snippet": snippet if snippet not in {row.title, solution} else "",
        "taps": links,
        "link": links[0]["link"],
    }


def _first_line(text: str) -> str:
    return next((line.strip()[:_SOLUTION] for line in text.splitlines() if line.strip()), "")
