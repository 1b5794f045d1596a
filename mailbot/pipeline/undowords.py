"""How a transcript speaks of what is taken back, and of what still waits to be sent."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from mailbot.adapters import articles, undos
from mailbot.adapters.articles import Article
from mailbot.adapters.columns import table_of
from mailbot.adapters.links import Link
from mailbot.adapters.sidethreads import SideThread
from mailbot.adapters.tables import TechnicianState, Undo
from mailbot.core.commands.when import show_moment
from mailbot.core.durations import hours_and_minutes
from mailbot.core.model import Technician
from mailbot.core.phrases import say, word
from mailbot.notify import Desk
from mailbot.pipeline import letters
from mailbot.pipeline.undoplan import QUIET, Plan, Record
from mailbot.policy import Policy

_SHOWN = 80  # Characters of a value.


def in_time(policy: Policy, phrase: str) -> str:
    """The sentence that says what is about to be sent, where it waits; otherwise the one that says that it was sent."""
    return f"will_{phrase}" if policy.settings.helpdesk.undo_window else phrase


def span(language: str, duration: timedelta) -> str:
    """A duration in words, in whole hours or minutes if it is that."""
    seconds = round(duration.total_seconds())
    for phrase, unit in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * unit and seconds % unit == 0:
            return say(language, phrase, count=str(seconds // unit))
    return say(language, "second" if seconds == 1 else "seconds", count=str(seconds))


def name_of(policy: Policy, address: str, language: str) -> str:
    """What to call whoever has an address; mailbot itself has none."""
    known = policy.directory.technician(address)
    return (known.name if known else "") or address or say(language, "somebody")


def _shown(policy: Policy, field: str, value: Any, language: str) -> str:
    """A value of a column, for people."""
    if field == "technician":
        return name_of(policy, value, language) if value else say(language, "nobody")
    if field == "worked_minutes":
        return hours_and_minutes(value)
    if field == "tags":
        value = " ".join(value)
    if field == "wait_until" and value:
        return show_moment(datetime.fromisoformat(value), policy.zone, language)
    if field in {"merged_into", "waits_for"} and value:
        return _tag(policy, value)
    if value is None or value == "":
        return say(language, "nothing")
    line = " ".join(str(value)[: 2 * _SHOWN].split())
    return word(language, line) if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"


def _tag(policy: Policy, number: int | None) -> str:
    return f"[{policy.tag}-{number}]"


def _of_record(session: Session, policy: Policy, record: Record, ticket: int, language: str) -> str:
    """The line about a row of another table that is set back."""
    where = record.where
    if record.model is Link:
        other = where["other"] if where["ticket"] == ticket else where["ticket"]
        return say(language, "undo_link" if record.then is None else "undo_unlink", tag=_tag(policy, other))
    if record.model is SideThread:
        return say(language, "undo_vendor", name=where["address"])
    if record.model is Article:
        article = articles.of_ticket(session, where["ticket"])
        number = article.number if article else (record.then or {}).get("number")
        return say(language, "undo_article_gone" if record.then is None else "undo_article", article=f"KB-{number}")
    return say(language, "undo_absence") if record.model is TechnicianState else ""


def lines(session: Session, desk: Desk, row: Undo, plan: Plan, read_in: int | None, language: str) -> tuple[str, ...]:
    """What is taken back, and what cannot be, line by line, for a mail about the ticket with the number `read_in`."""
    policy = desk.policy
    moment = show_moment(row.made_at, policy.zone, language)
    name = name_of(policy, row.actor, language)
    said = [say(language, "undo_redone" if row.is_undo else "undo_done", name=name, moment=moment)]
    for field in plan.kept:
        by = name_of(policy, undos.who_changed(session, field.ticket.number or 0, field.name, row.made_at), language)
        value = _shown(policy, field.name, field.now, language)
        said.append(say(language, "undo_stays", field=word(language, field.name), name=by, value=value))
    for field in plan.fields:
        if field.name not in QUIET:
            old, new = (_shown(policy, field.name, value, language) for value in (field.now, field.then))
            line = say(language, "changed", field=word(language, field.name), old=old, new=new)
            said.append(line if field.ticket.number == read_in else f"{_tag(policy, field.ticket.number)} {line}")
    said += [_of_record(session, policy, record, row.ticket, language) for record in plan.records]
    for step in row.trace.get("steps", []):
        if step["kind"] == "cancelled":
            said += [
                say(language, "undo_requeued", notice=desk.renderer.word(language, "notice", mail.notice), recipient=to)
                for mail in undos.mails(session, step["mails"])
                if mail.state == "cancelled" and mail.answer == step["reason"] and (to := mail.recipient)
            ]
        if step["kind"] == "opened":
            phrase = "undo_split" if step["from"] else "undo_opened"
            said.append(say(language, phrase, tag=_tag(policy, step["ticket"])))
    said += [say(language, "undo_joined", address=one["address"]) for one in row.trace.get("joined", [])]
    said += [say(language, "undo_left", address=one["address"]) for one in row.trace.get("left", [])]
    if plan.entries:
        said.append(say(language, "undo_notes", count=str(len(plan.entries))))
    if plan.children:
        said.append(say(language, "undo_children", count=str(len(plan.children))))
    for phrase, mails in (("undo_stopped", plan.stopped), ("undo_gone", plan.gone)):
        for mail in mails:
            notice = desk.renderer.word(language, "notice", mail.notice)
            said.append(say(language, phrase, notice=notice, recipient=mail.recipient))
    return tuple(line for line in said if line)


def why_not(
    session: Session, policy: Policy, row: Undo, plan: Plan, technician: Technician, now: datetime
) -> list[str]:
    """What was changed again since, by whom, and what to do about it."""
    language = letters.language_for(policy, technician)
    lines = []
    codes: dict[str, None] = {}
    for field in plan.conflicts:
        number = field.ticket.number or 0
        by = undos.who_changed(session, number, field.name, row.made_at)
        value = _shown(policy, field.name, field.now, language)
        said = word(language, field.name)
        lines.append(say(language, "undo_changed", field=said, name=name_of(policy, by, language), value=value))
        newer = undos.newest_code(session, row.ticket, technician.email.lower(), row.id or 0, now) if by else ""
        if newer and by == technician.email.lower():
            codes[newer] = None
    lines += [say(language, "undo_under_way", tag=_tag(policy, number)) for number in plan.under_way]
    lines += [say(language, "undo_moved_on", table=word(language, table_of(one.model).name)) for one in plan.changed]
    return [*lines, *(say(language, "undo_first", code=code) for code in codes)]
