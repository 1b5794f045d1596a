"""How a transcript speaks of what is taken back, and of what still waits to be sent."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from mailbot.adapters import undos
from mailbot.adapters.tables import Undo
from mailbot.core.commands.when import show_moment
from mailbot.core.durations import hours_and_minutes
from mailbot.core.model import Technician
from mailbot.core.phrases import say, word
from mailbot.notify import Desk
from mailbot.pipeline import letters
from mailbot.pipeline.undoplan import QUIET, Plan
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
    return say(language, "seconds", count=str(seconds))


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
    if value is None or value == "":
        return say(language, "nothing")
    line = " ".join(str(value)[: 2 * _SHOWN].split())
    return word(language, line) if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"


def lines(desk: Desk, row: Undo, plan: Plan, language: str) -> tuple[str, ...]:
    """What is taken back, and what cannot be, line by line."""
    policy = desk.policy
    moment = show_moment(row.made_at, policy.zone, language)
    name = name_of(policy, row.actor, language)
    said = [say(language, "undo_redone" if row.is_undo else "undo_done", name=name, moment=moment)]
    for field in plan.fields:
        if field.name not in QUIET:
            old, new = (_shown(policy, field.name, value, language) for value in (field.now, field.then))
            said.append(say(language, "changed", field=word(language, field.name), old=old, new=new))
    said += [say(language, "undo_joined", address=one["address"]) for one in row.trace.get("joined", [])]
    said += [say(language, "undo_left", address=one["address"]) for one in row.trace.get("left", [])]
    if plan.entries:
        said.append(say(language, "undo_notes", count=str(len(plan.entries))))
    for phrase, mails in (("undo_stopped", plan.stopped), ("undo_gone", plan.gone)):
        for mail in mails:
            notice = desk.renderer.word(language, "notice", mail.notice)
            said.append(say(language, phrase, notice=notice, recipient=mail.recipient))
    return tuple(said)


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
    return [*lines, *(say(language, "undo_first", code=code) for code in codes)]
