"""The knowledge base: articles made from solved tickets, read by technicians, sent to requesters once published.

Whatever a text of an article was before, internal perhaps: a technician made it public by publishing the article, after
he was sent its whole text. Until then it goes to no requester.
"""

from sqlmodel import Session

from mailbot.adapters import articles, history, search, store, traces
from mailbot.adapters.articles import Article
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.commands.deeds import ArticleDeed, ArticleDraft, ArticleFind, ArticlePublish, ArticleSend, ArticleShow
from mailbot.core.model import EventKind, Status
from mailbot.core.phrases import say
from mailbot.notify import why_suppressed
from mailbot.pipeline import finding, letters, tickets
from mailbot.pipeline.finding import article_tag
from mailbot.pipeline.undowords import in_time
from mailbot.pipeline.work import Work

TEXTS = ("title", "symptoms", "diagnosis", "resolution", "prevention")
"""What an article consists of, in the order in which it is read."""
ARTICLE = ("number", "status", *TEXTS, "author", "updated_at", "published_at")
"""What an article is, so that it can be made what it was."""
_SYMPTOMS = 2000


def mistake(session: Session, deed: ArticleDeed, language: str) -> str:
    """What keeps a command about an article from being carried out, "" if nothing does."""
    if isinstance(deed, (ArticleFind, ArticleDraft)):
        return ""
    row = session.get(Article, deed.number)
    if row is None:
        return say(language, "kb_none", article=article_tag(deed.number))
    if isinstance(deed, ArticleSend) and row.status != "published":
        return say(language, "kb_is_draft", article=article_tag(deed.number), number=str(deed.number))
    return ""


def carry_out(work: Work, deed: ArticleDeed) -> list[str]:
    """Does what a command about an article says; gives the lines of the transcript."""
    if isinstance(deed, ArticleFind):
        return [finding.send_articles(work, deed)]
    if isinstance(deed, ArticleDraft):
        return _draft(work, deed)
    row = work.session.get(Article, deed.number, with_for_update=True)
    assert row is not None
    if isinstance(deed, ArticlePublish):
        return _publish(work, row, public=deed.public)
    if isinstance(deed, ArticleShow):
        return [_show(work, row)]
    ticket = store.get_ticket(work.session, deed.ticket)
    assert ticket is not None
    return _send(work, ticket, row)


def _draft(work: Work, deed: ArticleDraft) -> list[str]:
    """Makes an article of a ticket, or renews the one that was made of it: that is a draft again then.

    Symptoms that a technician wrote stay until he writes others.
    """
    session, language, now = work.session, work.language, work.now
    ticket = store.get_ticket(session, deed.ticket)
    assert ticket is not None
    assert ticket.number is not None
    traces.keep_row(session, Article, ARTICLE, ticket=ticket.number)
    row = articles.of_ticket(session, ticket.number)
    was_public = row is not None and row.status == "published"
    if row is None:
        row = Article(ticket=ticket.number, title="", author="", updated_at=now)
    row.status = "draft"
    row.title, row.diagnosis, row.prevention = ticket.subject, ticket.diagnosis, ticket.prevention
    row.resolution = ticket.resolution or ticket.workaround
    request = _request(session, ticket)
    row.symptoms = deed.symptoms or row.symptoms or request
    row.author, row.updated_at, row.published_at = work.actor, now, None
    session.add(row)
    session.flush()
    search.index_article(session, row)
    number = row.number or 0
    _note(work, row, "was drafted")
    _show(work, row, own_words=bool(request) and row.symptoms == request)
    tag = f"[{work.desk.policy.tag}-{ticket.number}]"
    lines = [say(language, "kb_redrafted", article=article_tag(number))] if was_public else []
    return [*lines, say(language, "kb_drafted", article=article_tag(number), tag=tag)]


def _request(session: Session, ticket: Ticket) -> str:
    """What the requester wrote first, so far as he did himself."""
    first = history.first_entry(session, ticket.number or 0)
    if first is None or first.internal or first.author_address != ticket.requester_address:
        return ""
    return first.text.strip()[:_SYMPTOMS]


def _show(work: Work, row: Article, *, own_words: bool = False) -> str:
    session, desk, number = work.session, work.desk, row.number or 0
    ticket = session.get(Ticket, row.ticket)
    author = desk.policy.directory.technician(row.author)
    data = {
        **texts(row),
        "article": article_tag(number),
        "article_number": number,
        "status": row.status,
        "author": (author.name or author.email) if author else row.author,
        "updated_at": row.updated_at,
        "published_at": row.published_at,
        "own_words": own_words,
    }
    person, cause = letters.person(work.technician), f"{work.cause}:{number}"
    letters.tell_technician(session, desk, ticket, "article", person, cause, work.now, data, answers=work.mail)
    return say(work.language, "kb_follows", article=article_tag(number))


def texts(row: Article) -> dict[str, str]:
    """The texts of an article, all of which whoever gets it reads."""
    return {name: getattr(row, name) for name in TEXTS}


def _publish(work: Work, row: Article, *, public: bool) -> list[str]:
    language, tag, wanted = work.language, article_tag(row.number or 0), "published" if public else "draft"
    if row.status == wanted:
        return [say(language, "kb_public_already" if public else "kb_draft_already", article=tag)]
    traces.keep_row(work.session, Article, ARTICLE, ticket=row.ticket)
    row.status = wanted
    row.published_at = work.now if public else None
    work.session.add(row)
    _note(work, row, "was published" if public else "is a draft again")
    if not public:
        return [say(language, "kb_withdrawn", article=tag)]
    read = [say(language, f"kb_{name}", text=" ".join(text.split())) for name, text in texts(row).items() if text]
    return [say(language, "kb_published", article=tag), *read]


def _send(work: Work, ticket: Ticket, row: Article) -> list[str]:
    """Sends an article to the requester and those in copy, as an answer to the ticket."""
    session, desk, now = work.session, work.desk, work.now
    language, number = work.language, row.number or 0
    assert ticket.number is not None
    if row.status != "published":  # The same mail may have withdrawn it.
        return [say(language, "kb_is_draft", article=article_tag(number), number=str(number))]
    public = tuple(text for text in texts(row).values() if text)
    data = {**texts(row), "author": work.technician.name}
    cause = f"{work.cause}:kb{number}"
    sent = letters.tell_requester(
        session, desk, ticket, "kb_answer", cause, now, data, everyone=True, written=True, public=public
    )
    recipient = letters.requester_of(ticket)
    if not sent:
        reason = why_suppressed(session, ticket, "kb_answer", recipient.key).said(language)
        return [say(language, "kb_blocked", article=article_tag(number), reason=reason)]
    store.add_entry(
        session,
        ticket=ticket.number,
        kind="reply",
        author_address=work.actor,
        author_name=work.technician.name,
        text="\n\n".join(public),
        created_at=now,
    )
    ticket.first_response_at = ticket.first_response_at or now
    ticket.last_public_at = now
    details = {"article": number}
    happenings = [Happening(EventKind.REPLIED, work.actor, f"article {article_tag(number)}", details)]
    if ticket.status == Status.NEW:
        happenings.extend(tickets.set_status(ticket, Status.OPEN, work.actor, now))
    if not ticket.technician:
        ticket.technician = work.actor
        data_of = {"technician": ticket.technician}
        happenings.append(Happening(EventKind.ASSIGNED, ticket.technician, "the first to answer", data_of))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    return [
        say(
            language,
            in_time(desk.policy, "kb_sent"),
            recipient=recipient.label,
            article=article_tag(number),
            title=row.title,
        )
    ]


def _note(work: Work, row: Article, what: str) -> None:
    """Writes what became of an article into the history of the ticket that it came from."""
    reason = f"article {article_tag(row.number or 0)} {what}"
    happening = Happening(EventKind.CHANGED, work.actor, reason, {"article": row.number, "status": row.status})
    store.add_events(work.session, row.ticket, work.now, [happening])
