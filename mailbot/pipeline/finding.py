"""Searching by mail: the tickets and the articles in which something stands, each with links that act."""

from collections.abc import Mapping, Sequence
from typing import Any

from mailbot.adapters import articles, search
from mailbot.adapters.articles import Article
from mailbot.adapters.search import Found
from mailbot.adapters.tables import Ticket
from mailbot.core import searching
from mailbot.core.commands.deeds import ArticleFind, Find
from mailbot.core.model import ACTIVE_STATUSES
from mailbot.core.phrases import say
from mailbot.core.searching import Question
from mailbot.pipeline import letters, ticketrows
from mailbot.pipeline.ticketrows import Carrier
from mailbot.pipeline.work import Work
from mailbot.policy import Policy

ROWS = 20
"""How many tickets or articles an answer shows."""
_FRESH = 200  # Tickets that are indexed before a search; if more wait, the tick has not come to them yet.
_SOLUTION = 200
_ARTICLE = "KB-"


def article_tag(number: int) -> str:
    """What people call an article."""
    return f"{_ARTICLE}{number}"


def send(work: Work, deed: Find) -> str:
    """Sends the tickets that were found; gives the line of the transcript."""
    session, policy = work.session, work.desk.policy
    search.index(session, _FRESH)
    found = search.find(session, search.TICKETS, deed.question, ROWS)
    solvers = search.solvers(session, found.numbers)
    cause = f"{work.cause}:{_digest(deed.question)}"
    carrier = ticketrows.carrier_for(policy, "found", letters.person(work.technician), cause, work.now)
    rows = [
        _ticket(policy, row, said, solvers.get(row.number or 0, ""), deed.question, carrier)
        for row, said in search.tickets(session, found.numbers)
    ]
    return _tell(work, cause, found, {"what": "tickets", "words": deed.text, "rows": rows})


def send_articles(work: Work, deed: ArticleFind) -> str:
    """Sends the articles that were found; gives the line of the transcript."""
    found = search.find(work.session, search.ARTICLES, deed.question, ROWS)
    policy, cause = work.desk.policy, f"{work.cause}:kb{_digest(deed.question)}"
    carrier = ticketrows.carrier_for(policy, "found", letters.person(work.technician), cause, work.now)
    rows = [_article(policy, row, deed, carrier) for row in articles.in_order(work.session, found.numbers)]
    return _tell(work, cause, found, {"what": "articles", "words": deed.text, "rows": rows})


def _digest(question: Question) -> str:
    """What tells the questions of one mail apart."""
    return searching.for_sqlite(question, every=True)[:120]


def _tell(work: Work, cause: str, found: Found, listed: Mapping[str, Any]) -> str:
    data = {
        **listed,
        "total": found.total,
        "at_most": found.total >= search.RANKED,
        "left_out": found.total - len(listed["rows"]),
        "every": found.every,
    }
    person = letters.person(work.technician)
    letters.tell_technician(work.session, work.desk, None, "found", person, cause, work.now, data, answers=work.mail)
    return say(work.language, "found_follows")


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
        "solver": "" if row.status in ACTIVE_STATUSES else (person.name or person.email) if person else solver,
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
