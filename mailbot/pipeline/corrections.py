"""What the corrected version of a mail with a mistake answers: whatever the first version answered."""

from collections.abc import Iterator

from mailbot.adapters.tables import Hold, OutboxMail, Receipt
from mailbot.pipeline import holds
from mailbot.pipeline.arrival import answered_however_late
from mailbot.pipeline.work import Work

_MOST = 10  # Corrections of corrections.


def original(work: Work) -> OutboxMail | None:
    """The mail of ours that a technician's mail is about: he may answer the transcript that names his mistake.

    What answered internal mail must not go to the requester because it held a mistake first.
    """
    answered = work.thread.answered
    for row in earlier(work):
        if not _is_kept(work, row):
            return answered  # Then the transcript itself counts, which is internal.
        answered = _answered(work, row)
    return answered


def earlier(work: Work) -> Iterator[Hold]:
    """The earlier versions of a mail, held for their mistakes, the last one first."""
    answered = work.thread.answered
    for _ in range(_MOST):
        row = work.session.get(Hold, answered.hold) if answered is not None and answered.hold is not None else None
        if row is None or row.kind != "mistyped":
            return
        yield row
        if not _is_kept(work, row):
            return
        answered = _answered(work, row)


def _is_kept(work: Work, row: Hold) -> bool:
    """Whether the bytes of a held mail were not deleted meanwhile."""
    receipt = work.session.get(Receipt, row.receipt)
    return receipt is not None and receipt.sha256 is not None


def _answered(work: Work, row: Hold) -> OutboxMail | None:
    _arrival, mail = holds.held_mail(work.session, work.desk, row)
    return answered_however_late(work.session, work.desk.policy, mail, work.actor, work.now)
