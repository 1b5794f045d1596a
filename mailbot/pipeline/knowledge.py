"""The knowledge base: articles made from solved tickets, read by technicians, sent to requesters once published.

Whatever a text of an article was before, internal perhaps: a technician made it public by publishing the article, after
he was sent its whole text. Until then it goes to no requester.
"""

from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import history, search, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Article, Ticket
from mailbot.core.commands.deeds import ArticleDeed, ArticleDraft, ArticleFind, ArticlePublish, ArticleSend, ArticleShow
from mailbot.core.model import EventKind, InboundMail, Status, Technician
from mailbot.core.phrases import say
from mailbot.notify import Desk, why_suppressed
from mailbot.pipeline import finding, letters, tickets
from mailbot.pipeline.finding import article_tag

TEXTS = ("title", "symptoms", "diagnosis", "resolution", "prevention")
"""What an article consists of, in the order in which it is read."""
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


def carry_out(
    session: Session, desk: Desk, receipt: int, mail: InboundMail, actor: Technician, deed: ArticleDeed, now: datetime
) -> list[str]:
    """Does what a command about an article says; gives the lines of the transcript."""
    language = letters.language_for(desk.policy, actor)
    if isinstance(deed, ArticleFind):
        return [finding.send_articles(session, desk, receipt, mail, actor, deed, now)]
    if isinstance(deed, ArticleDraft):
        return _draft(session, desk, receipt, mail, actor, deed, now)
    row = session.get(Article, deed.number, with_for_update=True)
    assert row is not None
    if isinstance(deed, ArticlePublish):
        return _publish(session, row, actor, language, now, public=deed.public)
    if isinstance(deed, ArticleShow):
        return [_show(session, desk, receipt, mail, actor, row, now)]
    ticket = store.get_ticket(session, deed.ticket)
    assert ticket is not None
    return _send(session, desk, receipt, ticket, row, actor, now)


def _draft(
    session: Session, desk: Desk, receipt: int, mail: InboundMail, actor: Technician, deed: ArticleDraft, now: datetime
) -> list[str]:
    """Makes an article of a ticket, or renews the one that was made of it: that is a draft again then.

    Symptoms that a technician wrote stay until he writes others.
    """
    language = letters.language_for(desk.policy, actor)
    ticket = store.get_ticket(session, deed.ticket)
    assert ticket is not None
    assert ticket.number is not None
    row = history.article_of(session, ticket.number)
    was_public = row is not None and row.status == "published"
    if row is None:
        row = Article(ticket=ticket.number, title="", author="", updated_at=now)
    row.status = "draft"
    row.title, row.diagnosis, row.prevention = ticket.subject, ticket.diagnosis, ticket.prevention
    row.resolution = ticket.resolution or ticket.workaround
    request = _request(session, ticket)
    row.symptoms = deed.symptoms or row.symptoms or request
    row.author, row.updated_at, row.published_at = actor.email.lower(), now, None
    session.add(row)
    session.flush()
    search.index_article(session, row)
    number = row.number or 0
    _note(session, row, EventKind.CHANGED, actor, "was drafted", now)
    _show(session, desk, receipt, mail, actor, row, now, own_words=bool(request) and row.symptoms == request)
    tag = f"[{desk.policy.tag}-{ticket.number}]"
    lines = [say(language, "kb_redrafted", article=article_tag(number))] if was_public else []
    return [*lines, say(language, "kb_drafted", article=article_tag(number), tag=tag)]


def _request(session: Session, ticket: Ticket) -> str:
    """What the requester wrote first, so far as he did himself."""
    first = history.first_entry(session, ticket.number or 0)
    if first is None or first.internal or first.author_address != ticket.requester_address:
        return ""
    return first.text.strip()[:_SYMPTOMS]


def _show(
    session: Session,
    desk: Desk,
    receipt: int,
    mail: InboundMail,
    actor: Technician,
    row: Article,
    now: datetime,
    *,
    own_words: bool = False,
) -> str:
    number = row.number or 0
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
    cause = f"r{receipt}:{number}"
    letters.tell_technician(session, desk, ticket, "article", letters.person(actor), cause, now, data, answers=mail)
    return say(letters.language_for(desk.policy, actor), "kb_follows", article=article_tag(number))


def texts(row: Article) -> dict[str, str]:
    """The texts of an article, all of which whoever gets it reads."""
    return {name: getattr(row, name) for name in TEXTS}


def _publish(
    session: Session, row: Article, actor: Technician, language: str, now: datetime, *, public: bool
) -> list[str]:
    tag, wanted = article_tag(row.number or 0), "published" if public else "draft"
    if row.status == wanted:
        return [say(language, "kb_public_already" if public else "kb_draft_already", article=tag)]
    row.status = wanted
    row.published_at = now if public else None
    session.add(row)
    _note(session, row, EventKind.CHANGED, actor, "was published" if public else "is a draft again", now)
    if not public:
        return [say(language, "kb_withdrawn", article=tag)]
    read = [say(language, f"kb_{name}", text=" ".join(text.split())) for name, text in texts(row).items() if text]
    return [say(language, "kb_published", article=tag), *read]


def _send(
    session: Session, desk: Desk, receipt: int, ticket: Ticket, row: Article, actor: Technician, now: datetime
) -> list[str]:
    """Sends an article to the requester and those in copy, as an answer to the ticket."""
    language, number = letters.language_for(desk.policy, actor), row.number or 0
    assert ticket.number is not None
    if row.status != "published":  # The same mail may have withdrawn it.
        return [say(language, "kb_is_draft", article=article_tag(number), number=str(number))]
    public = tuple(text for text in texts(row).values() if text)
    data = {**texts(row), "author": actor.name}
    cause = f"r{receipt}:kb{number}"
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
        author_address=actor.email.lower(),
        author_name=actor.name,
        text="\n\n".join(public),
        created_at=now,
    )
    ticket.first_response_at = ticket.first_response_at or now
    ticket.last_public_at = now
    details = {"article": number}
    happenings = [Happening(EventKind.REPLIED, actor.email.lower(), f"article {article_tag(number)}", details)]
    if ticket.status == Status.NEW:
        happenings.extend(tickets.set_status(ticket, Status.OPEN, actor.email.lower(), now))
    if not ticket.technician:
        ticket.technician = actor.email.lower()
        data_of = {"technician": ticket.technician}
        happenings.append(Happening(EventKind.ASSIGNED, ticket.technician, "the first to answer", data_of))
    tickets.finish(session, desk.policy, ticket, happenings, now)
    return [say(language, "kb_sent", recipient=recipient.label, article=article_tag(number), title=row.title)]


def _note(session: Session, row: Article, kind: EventKind, actor: Technician, what: str, now: datetime) -> None:
    """Writes what became of an article into the history of the ticket that it came from."""
    reason = f"article {article_tag(row.number or 0)} {what}"
    happening = Happening(kind, actor.email.lower(), reason, {"article": row.number, "status": row.status})
    store.add_events(session, row.ticket, now, [happening])
