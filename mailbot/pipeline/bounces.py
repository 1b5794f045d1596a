"""Delivery reports: a bounce of our own mail is recorded on its ticket; a forged one changes nothing."""

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from mailbot.adapters import store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail
from mailbot.core import tokens
from mailbot.core.model import Disposition, DispositionKind, EventKind, InboundMail, Report
from mailbot.core.threads import referenced_ids
from mailbot.notify import Desk
from mailbot.pipeline import letters

_log = structlog.get_logger("mailbot.bounces")

_LONGEST_AGE = timedelta(days=30)


def record(session: Session, desk: Desk, mail: InboundMail, report: Report, now: datetime) -> Disposition:
    """Records a delivery report.

    It counts only if it brings back the Message-ID of a mail of ours with a token that was made for exactly the
    recipient of that mail: whoever did not get the mail cannot know it.
    """
    ids = [report.original_message_id, *referenced_ids(mail)]
    bounced = _mail_of_ours(session, desk, [msg_id for msg_id in ids if msg_id], now)
    if bounced is None:
        return Disposition(DispositionKind.BOUNCE_RECORDED, "a delivery report about no mail of ours")
    permanent = bool(report.failed)
    detail = report.diagnostic or report.status or "no reason given"
    known = f"the {bounced.notice} to {bounced.recipient}"
    reason = f"{known} could not be delivered: {detail}" if permanent else f"{known} is delayed: {detail}"
    if permanent and bounced.bounced_at is None:
        bounced.bounced_at = now
        session.add(bounced)
        _remember(session, bounced, report, now)
        _tell(session, desk, bounced, reason, detail, now)
    return Disposition(DispositionKind.BOUNCE_RECORDED, reason, bounced.ticket)


def _mail_of_ours(session: Session, desk: Desk, ids: list[str], now: datetime) -> OutboxMail | None:
    policy = desk.policy
    for token in tokens.in_message_ids(ids, policy.hostname):
        mail = store.our_mail(session, [tokens.message_id(token.text, policy.hostname)])
        if mail and tokens.verify(policy.keyring, token, mail.recipient, now, _LONGEST_AGE):
            return mail
    return None


def _remember(session: Session, bounced: OutboxMail, report: Report, now: datetime) -> None:
    """A hard bounce (RFC 3463 class 5) stops automatic mail to the address; full mailboxes (x.2.2) pass."""
    if not report.status.endswith(".2.2"):
        store.contact_for_change(session, bounced.recipient).undeliverable_at = now


def _tell(session: Session, desk: Desk, bounced: OutboxMail, reason: str, detail: str, now: datetime) -> None:
    ticket = store.get_ticket(session, bounced.ticket) if bounced.ticket is not None else None
    if ticket is None or ticket.number is None:
        return
    details = {"recipient": bounced.recipient, "notice": bounced.notice, "outbox": bounced.id}
    store.add_events(session, ticket.number, now, [Happening(EventKind.BOUNCED, reason=reason, data=details)])
    tell_undeliverable(session, desk, bounced, detail, now)


def tell_undeliverable(session: Session, desk: Desk, mail: OutboxMail, detail: str, now: datetime) -> None:
    """Tells somebody who can do something about it that a mail of ours did not arrive.

    Of one to somebody outside hears whoever is asked about its ticket; of one to a technician hears the lead of the
    team. Where that is the very person who cannot be reached, the log is the last place to say it.
    """
    ticket = store.get_ticket(session, mail.ticket) if mail.ticket is not None else None
    data = {"address": mail.recipient, "diagnostic": detail[:500], "notice": mail.notice}
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
