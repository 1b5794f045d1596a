"""What the corrected version of a mail with a mistake answers: whatever the first version answered."""

from datetime import datetime

from sqlmodel import Session

from mailbot.adapters.tables import Hold, OutboxMail, Receipt
from mailbot.core.commands import parse
from mailbot.core.model import Technician
from mailbot.notify import Desk
from mailbot.pipeline import holds, vendors
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import answered_however_late

_MOST = 10  # Corrections of corrections.


def original(
    session: Session, desk: Desk, answered: OutboxMail | None, technician: Technician, now: datetime
) -> OutboxMail | None:
    """The mail of ours that a technician's mail is about: he may answer the transcript that names his mistake.

    What answered internal mail, or a vendor's, must not go to the requester because it held a mistake first. Where a
    text may have been meant for a vendor, the transcript itself counts, which is internal: only a command sends it.
    """
    for _ in range(_MOST):
        row = session.get(Hold, answered.hold) if answered is not None and answered.hold is not None else None
        if row is None or row.kind != "mistyped":
            return answered
        receipt = session.get(Receipt, row.receipt)
        if receipt is None or receipt.sha256 is None:
            return answered  # Its bytes were deleted meanwhile.
        _arrival, mail = holds.held_mail(session, desk, row)
        if vendors.was_meant(parse(own_words(mail.new_text, mail.quoted))):
            return answered
        answered = answered_however_late(session, desk.policy, mail, technician.email.lower(), now)
    return answered
