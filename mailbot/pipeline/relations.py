"""What technicians want done with two tickets at once: what is wrong with it, and doing it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.core.commands import Outcome
from mailbot.core.commands.deeds import Duplicate, Link, Merge, Relating, Split, Unlink
from mailbot.core.model import ACTIVE_STATUSES, Technician
from mailbot.core.phrases import say, word
from mailbot.notify import Desk
from mailbot.pipeline import kin, letters, merging, splitting
from mailbot.pipeline.work import Work

_VERBS: Mapping[type[Relating], str] = {Merge: "merge", Split: "split", Duplicate: "dup"}


def _deeds(outcomes: Iterable[Outcome]) -> list[Relating]:
    return [deed for outcome in outcomes for deed in outcome.deeds if isinstance(deed, Relating)]


def mistakes(work: Work, outcomes: Iterable[Outcome]) -> list[str]:
    """What cannot be done, in the language of whoever asks; the tickets that are named are locked."""
    ticket, language = work.thread.ticket, work.language
    if ticket is None:
        return []
    found = []
    deciding = [deed for deed in _deeds(outcomes) if isinstance(deed, Merge | Split | Duplicate)]
    if len(deciding) > 1:
        first, second = (_VERBS[type(deed)] for deed in deciding[:2])
        return [say(language, "not_together", verb=first, other=second)]
    for deed in _deeds(outcomes):
        if isinstance(deed, Split):
            found.append(splitting.mistake(work.session, ticket, work.thread.answered, work.desk.policy.tag, language))
        else:
            found.append(_mistake(work.session, work.desk, ticket, deed, language, work.now))
    return [line for line in found if line]


def _mistake(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    deed: Merge | Link | Unlink | Duplicate,
    language: str,
    now: datetime,
) -> str:
    tag = f"[{desk.policy.tag}-{deed.number}]"
    other = store.lock_ticket(session, deed.number)
    if other is None:
        return say(language, "no_such_ticket", tag=tag)
    if other.merged_into is not None and not isinstance(deed, Unlink):
        target = store.get_ticket(session, deed.number)
        if target is not None and target.number == ticket.number:
            return say(language, "merged_here", tag=tag)
        return say(language, "merged_already", tag=tag, into=f"{desk.policy.tag}-{target.number if target else '?'}")
    if isinstance(deed, Merge):
        return merging.mistake(session, desk, ticket, other, language, now)
    if isinstance(deed, Duplicate):
        if other.status not in ACTIVE_STATUSES:
            return say(language, "dup_done", tag=tag, status=word(language, other.status))
        if kin.root(session, other).number == ticket.number:
            return say(language, "dup_circle", tag=tag)
    return ""


def carry_out(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    outcomes: Iterable[Outcome],
    technician: Technician,
    answered: OutboxMail | None,
    cause: str,
    now: datetime,
) -> list[str]:
    """Does what commands want with other tickets, once everything else of their mail is done; gives the lines."""
    outcomes = tuple(outcomes)
    quiet = any(outcome.quiet for outcome in outcomes)
    lines = kin.settle_children(session, desk, ticket, technician, now, quiet=quiet)
    for deed in _deeds(outcomes):
        if isinstance(deed, Split):
            entry = splitting.message_meant(session, ticket, answered)
            assert entry is not None
            lines.extend(splitting.split(session, desk, ticket, entry, deed.title, technician, now, quiet=quiet))
            continue
        other = session.get(Ticket, deed.number)
        assert other is not None
        if isinstance(deed, Merge):
            lines.extend(merging.merge(session, desk, ticket, other, technician, cause, now, quiet=quiet))
        else:
            lines.append(_relate(session, desk, ticket, other, deed, technician, now))
    return lines


def _relate(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    other: Ticket,
    deed: Link | Unlink | Duplicate,
    technician: Technician,
    now: datetime,
) -> str:
    policy, by = desk.policy, technician.email.lower()
    language = letters.language_for(policy, technician)
    if isinstance(deed, Link):
        phrase = "linked" if kin.link(session, policy, ticket, other, by, now) else "linked_already"
    elif isinstance(deed, Unlink):
        phrase = "unlinked" if kin.unlink(session, policy, ticket, other, by, now) else "not_linked"
    else:
        other = kin.root(session, other)
        kin.duplicate(session, policy, ticket, other, by, now)
        phrase = "dup_waits" if ticket.answerable else "dup_waits_untold"
    requester = letters.requester_of(ticket).label
    return say(language, phrase, tag=f"{policy.tag}-{other.number}", recipient=requester)
