"""Reports about our own mail: what they say is written on its ticket, and acted upon. A forged one changes nothing.

A report counts only if it brings back the Message-ID of a mail of ours with a token that was made for exactly the
recipient of that mail: whoever did not get the mail cannot know it. Who sent the report, and whom it names, proves
nothing.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlmodel import Session

from mailbot.adapters import post, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.core import tokens
from mailbot.core.model import Disposition, DispositionKind, EventKind, InboundMail, Report, ReportKind
from mailbot.core.reports.hardness import address_is_dead
from mailbot.core.threads import referenced_ids
from mailbot.notify import Desk
from mailbot.pipeline import absences, letters, tickets

_log = structlog.get_logger("mailbot.bounces")

_LONGEST_AGE = timedelta(days=30)
_ANSWERS = frozenset({"reply", "resolved", "closed"})  # What a technician's mail to a requester may become.


class _Fate(StrEnum):
    """What a delivery report says of a mail of ours; the words end the sentence about it."""

    FAILED = "could not be delivered"
    FAILED_ELSEWHERE = "could not be delivered to another address to which it was passed on"
    DELAYED = "is delayed"
    ARRIVED = "has arrived"
    UNKNOWN = "is named in a delivery report that says of nobody what became of it"


def record(session: Session, desk: Desk, mail: InboundMail, report: Report, now: datetime) -> Disposition:
    """Records a report, and does what follows if it is about a mail of ours."""
    kind, name = _KINDS[report.kind]
    ids = [report.original_message_id, *referenced_ids(mail)]
    ours = _mail_of_ours(session, desk, [msg_id for msg_id in ids if msg_id], now)
    if ours is None:
        return Disposition(kind, f"{name} about no mail of ours")
    ticket = _ticket_of(session, ours)
    known = f"the {ours.notice} to {ours.recipient}"
    if report.kind is ReportKind.RECEIPT:
        reason = f"{name} for {known}"
        _note(session, ticket, ours, EventKind.REPORTED, reason, now)
    elif report.kind is ReportKind.FEEDBACK:
        reason = f"{name}: {ours.recipient} complained about {known}"
        _complaint(session, desk, ours, ticket, reason, now)
    else:
        fate = _fate(report, ours.recipient)
        detail = report.diagnostic or report.status or "no reason given"
        reason = f"{known} {fate}" + (f": {detail}" if report.failed or fate is _Fate.DELAYED else "")
        if fate in {_Fate.FAILED, _Fate.FAILED_ELSEWHERE}:
            _failure(session, desk, ours, ticket, report, fate, reason, detail, now)
        else:
            _note(session, ticket, ours, EventKind.REPORTED, reason, now)
    return Disposition(kind, reason, ticket.number if ticket else None)


_KINDS = {
    ReportKind.DELIVERY: (DispositionKind.BOUNCE_RECORDED, "a delivery report"),
    ReportKind.RECEIPT: (DispositionKind.AUTO_REPLY_RECORDED, "a read receipt"),
    ReportKind.FEEDBACK: (DispositionKind.BOUNCE_RECORDED, "a feedback report"),
}


def _mail_of_ours(session: Session, desk: Desk, ids: list[str], now: datetime) -> OutboxMail | None:
    policy = desk.policy
    for token in tokens.in_message_ids(ids, policy.hostname):
        mail = store.our_mail(session, [tokens.message_id(token.text, policy.hostname)])
        if mail and tokens.verify(policy.keyring, token, mail.recipient, now, _LONGEST_AGE):
            return mail
    return None


def _ticket_of(session: Session, ours: OutboxMail) -> Ticket | None:
    """The ticket of a mail of ours, locked; None if there is none."""
    found = store.get_ticket(session, ours.ticket) if ours.ticket is not None else None
    return store.lock_ticket(session, found.number) if found is not None and found.number is not None else None


def _fate(report: Report, recipient: str) -> _Fate:
    """What became of a mail: what is said of its recipient counts more than what is said of others."""
    for named, fate in (
        (report.failed, _Fate.FAILED),
        (report.delayed, _Fate.DELAYED),
        (report.delivered, _Fate.ARRIVED),
    ):
        if recipient in named:
            return fate
    if report.failed:
        return _Fate.FAILED_ELSEWHERE
    if report.delayed:
        return _Fate.DELAYED
    return _Fate.ARRIVED if report.delivered else _Fate.UNKNOWN


def _note(
    session: Session, ticket: Ticket | None, ours: OutboxMail, kind: EventKind, reason: str, now: datetime
) -> None:
    if ticket is not None and ticket.number is not None:
        details = {"recipient": ours.recipient, "notice": ours.notice, "outbox": ours.id}
        store.add_events(session, ticket.number, now, [Happening(kind, reason=reason, data=details)])


def _failure(
    session: Session,
    desk: Desk,
    ours: OutboxMail,
    ticket: Ticket | None,
    report: Report,
    fate: _Fate,
    reason: str,
    detail: str,
    now: datetime,
) -> None:
    """A mail did not arrive. That another address fails, to which the recipient has his mail passed on, is not his."""
    if ours.bounced_at is not None:
        return
    _note(session, ticket, ours, EventKind.BOUNCED, reason, now)
    if fate is _Fate.FAILED:
        ours.bounced_at = now
        session.add(ours)
        if address_is_dead(report):
            store.contact_for_change(session, ours.recipient).undeliverable_at = now
        take_back_response(session, desk, ours, now)
    absent = absences.unreachable(session, desk.policy, ours, report, now) if fate is _Fate.FAILED else None
    tell_undeliverable(session, desk, ours, detail, now, absent_until=absent)


def take_back_response(session: Session, desk: Desk, ours: OutboxMail, now: datetime) -> None:
    """A first response that did not reach the requester is none; one that was sent after it may have been the first."""
    ticket = _ticket_of(session, ours)
    first = ticket.first_response_at if ticket is not None else None
    if ticket is None or ticket.number is None or first is None or ours.created_at != first:
        return
    if ours.internal or ours.notice not in _ANSWERS or ours.recipient != ticket.requester_address:
        return
    other = post.first_answer(session, ticket.number, ours.recipient, _ANSWERS)
    ticket.first_response_at = other
    reason = f"the {ours.notice} that was the first response did not reach {ours.recipient}"
    details = {
        "field": "first_response_at",
        "old": first.isoformat(),
        "new": other.isoformat() if other else "",
    }
    tickets.finish(session, desk.policy, ticket, [Happening(EventKind.CHANGED, reason=reason, data=details)], now)


def _complaint(
    session: Session, desk: Desk, ours: OutboxMail, ticket: Ticket | None, reason: str, now: datetime
) -> None:
    """Somebody marked our mail as spam: updates and surveys go there no longer, and the technician hears of it."""
    _note(session, ticket, ours, EventKind.REPORTED, reason, now)
    if ours.internal or ticket is None:
        _log.warning("complaint_about_internal_mail", notice=ours.notice, recipient=ours.recipient, ticket=ours.ticket)
        return
    store.contact_for_change(session, ours.recipient).quiet_at = now
    data = {"address": ours.recipient, "notice": ours.notice}
    letters.tell_responsible(session, desk, ticket, "complaint", f"o{ours.id}", now, data)


def tell_undeliverable(
    session: Session,
    desk: Desk,
    mail: OutboxMail,
    detail: str,
    now: datetime,
    *,
    absent_until: datetime | None = None,
) -> None:
    """Tells somebody who can do something about it that a mail of ours did not arrive.

    `absent_until` is set where its recipient is a technician who counts as away since then, until that moment (UTC).

    Of one to somebody outside hears whoever is asked about its ticket; of one to a technician hears the lead of the
    team. Where that is the very person who cannot be reached, the log is the last place to say it.
    """
    ticket = store.get_ticket(session, mail.ticket) if mail.ticket is not None else None
    data = {"address": mail.recipient, "diagnostic": detail[:500], "notice": mail.notice, "absent_until": absent_until}
    cause = f"o{mail.id}"
    if ticket is not None and not mail.internal:
        letters.tell_responsible(session, desk, ticket, "undeliverable", cause, now, data)
        return
    lead = letters.lead_for(desk.policy, ticket) if ticket is not None else None
    if lead is None or lead.key == mail.recipient:
        _log.error(
            "nobody_to_tell", notice=mail.notice, recipient=mail.recipient, ticket=mail.ticket, answer=detail[:500]
        )
        return
    letters.tell_technician(session, desk, ticket, "undeliverable", lead, cause, now, data)
