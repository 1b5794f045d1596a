"""Routine mail that has become due outside the business hours of whoever gets it, for instance after down time."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters import post, store
from mailbot.adapters.tables import OutboxMail
from mailbot.policy import Policy


def put_off(session: Session, policy: Policy, mails: Sequence[OutboxMail], now: datetime) -> bool:
    """Lets routine mails wait until their recipients work again; False if all of these may go now."""
    found = False
    for mail in mails:
        if not mail.routine or mail.state != "queued":
            continue
        ticket = store.get_ticket(session, mail.ticket) if mail.ticket is not None else None
        team = ticket.team if ticket is not None else ""
        opens = policy.hours_of(mail.recipient, team, inside=mail.internal).next_open(now)
        if opens > now:
            assert mail.id is not None
            post.record(session, mail.id, next_attempt_at=opens)
            found = True
    return found
