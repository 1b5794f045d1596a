"""What the corrected version of a mail with a mistake answers: whatever the first version answered."""

from dataclasses import replace

from mailbot.adapters.tables import Hold, Receipt
from mailbot.core.commands import parse
from mailbot.pipeline import holds, vendors
from mailbot.pipeline.answers import own_words
from mailbot.pipeline.arrival import answered_however_late
from mailbot.pipeline.work import Work

_MOST = 10  # Corrections of corrections.


def traced(work: Work) -> Work:
    """The same work as an answer to what the technician's mail is about: he may answer the word about a mistake.

    What answered internal mail, or a vendor's, must not go to the requester because it held a mistake first. Where a
    text may have been meant for a vendor, the word about the mistake itself counts, which is internal: only a command
    sends it. The held mails on the way are those that it `corrects`.
    """
    answered, corrects = work.thread.answered, dict.fromkeys(work.corrects)
    for _ in range(_MOST):
        row = work.session.get(Hold, answered.hold) if answered is not None and answered.hold is not None else None
        if row is None or row.id is None or row.kind != "mistyped":
            break
        corrects[row.id] = None
        receipt = work.session.get(Receipt, row.receipt)
        if receipt is None or receipt.sha256 is None:
            break  # Its bytes were deleted meanwhile.
        _arrival, mail = holds.held_mail(work.session, work.desk, row)
        if vendors.was_meant(parse(own_words(mail.new_text, mail.quoted))):
            break
        answered = answered_however_late(work.session, work.desk.policy, mail, work.actor, work.now)
    return replace(work, thread=replace(work.thread, answered=answered), corrects=tuple(corrects))
