"""A message that was received before, read again from its bytes."""

from dataclasses import replace

from sqlmodel import Session

from mailbot.adapters.raw import load_raw
from mailbot.adapters.tables import Receipt
from mailbot.core import threads
from mailbot.core.mail import read
from mailbot.core.model import InboundMail
from mailbot.pipeline import pictures
from mailbot.pipeline.arrival import Arrival
from mailbot.policy import Policy


def mail_of(session: Session, policy: Policy, receipt: int, originator: str) -> tuple[Arrival, InboundMail]:
    """The message of a receipt whose bytes are kept, without what only its sender may read."""
    row = session.get(Receipt, receipt)
    assert row is not None
    assert row.sha256 is not None
    raw = load_raw(session, row.sha256)
    arrival = Arrival(receipt, row.mailbox, raw, row.internal_date or row.received_at)
    mail = pictures.without_repeated(session, read(raw, policy.limits), originator)
    return arrival, replace(mail, subject=threads.without_tokens(mail.subject))
