"""#kb: the knowledge base. What was learned from a ticket helps the next requester with the same trouble."""

import re

from mailbot.core import searching
from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import (
    ArticleDeed,
    ArticleDraft,
    ArticleFind,
    ArticlePublish,
    ArticleSend,
    ArticleShow,
)
from mailbot.core.commands.values import key, shown, tidy, trim

_NUMBER = re.compile(r"(?:kb ?- ?|#)?([0-9]{1,9})", re.ASCII | re.IGNORECASE)
_WORDS = {
    "search": "search find cari temukan",
    "draft": "draft new konsep rancangan buat",
    "publish": "publish release terbitkan terbit",
    "withdraw": "withdraw unpublish retract tarik batalkan",
    "show": "show read lihat baca",
}
_ACTIONS = {word: action for action, words in _WORDS.items() for word in words.split()}


def _split(value: str) -> tuple[str, str]:
    """What is to be done, "" if that is no word of ours, and what stands behind it."""
    first, _, rest = trim(value).partition(" ")
    return _ACTIONS.get(key(first), ""), trim(rest)


def only_asks(call: Call) -> bool:
    """Whether a call only looks for an article or reads one."""
    return _split(call.value)[0] in {"search", "show"}


def _number(value: str) -> int:
    found = _NUMBER.fullmatch(tidy(value))
    if found is None or not int(found[1]):
        raise CommandRefusedError("kb_number", value=shown(value))
    return int(found[1])


def run(call: Call, context: Context) -> Outcome:
    """Looks for an article, makes one, publishes one, or sends one to the requester.

    Raises:
        CommandRefusedError: It is none of these, or there is no ticket or no solution to make an article of.
    """
    return Outcome(deeds=(_deed(call, context),))


def _deed(call: Call, context: Context) -> ArticleDeed:
    ticket = context.ticket
    action, rest = _split(call.value)
    match action:
        case "search":
            question = searching.ask(rest)
            if question is None:
                raise CommandRefusedError("find_what")
            return ArticleFind(question, shown(rest), ticket.number)
        case "show":
            return ArticleShow(_number(rest))
        case "publish" | "withdraw":
            return ArticlePublish(_number(rest), public=action == "publish")
        case "draft":
            if not ticket.number:
                raise CommandRefusedError("kb_where")
            if not (ticket.resolution or ticket.workaround):
                raise CommandRefusedError("kb_unsolved")
            return ArticleDraft(ticket.number, rest)
    if _NUMBER.fullmatch(tidy(call.value)) is None:
        raise CommandRefusedError("kb_what", value=shown(call.value))
    if not ticket.number:
        return ArticleShow(_number(call.value))
    if "quiet" in context.verbs:
        raise CommandRefusedError("kb_and_quiet")
    return ArticleSend(_number(call.value), ticket.number)


KB = Command(
    name="kb",
    aliases=("knowledge", "artikel", "pengetahuan"),
    argument=Argument.LINE,
    usage="#kb NUMBER|search WORDS|show NUMBER|draft [SYMPTOMS]|publish NUMBER|withdraw NUMBER",
    summary={
        "en": "Sends the requester an article of the knowledge base; or finds, drafts or publishes one.",
        "id": "Mengirimkan artikel basis pengetahuan kepada pelapor; atau mencari, membuat, atau menerbitkannya.",
    },
    details={
        "en": "“draft” makes an article of the ticket: its subject, what the requester wrote (or the symptoms that you "
        "write behind the word), diagnosis, solution and prevention. You get it by mail. Change those of the ticket "
        "and draft it again, until “publish” lets requesters read it; “withdraw” takes that back. In a new mail, "
        "without a ticket, a number shows you the article.",
        "id": "“konsep” membuat artikel dari tiket: subjek, tulisan pelapor (atau gejala yang Anda tulis di belakang "
        "kata itu), diagnosis, solusi, dan pencegahan. Isinya dikirim kepada Anda. Ubahlah isi tiketnya dan buat "
        "lagi, sampai “terbitkan” mengizinkan pelapor membacanya; “tarik” membatalkannya. Dalam email baru tanpa "
        "tiket, nomor menampilkan artikelnya.",
    },
    examples=("#kb 12", "#kb search vpn drops", "#kb draft The VPN drops every hour", "#artikel terbitkan 12"),
    run=run,
    needs_ticket=False,
)
