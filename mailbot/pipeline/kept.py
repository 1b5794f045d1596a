"""A technician hears that his words stayed inside, and why: he may have meant them for the requester."""

from collections.abc import Mapping
from datetime import timedelta

from mailbot.adapters import dialogue, store
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Hold, Ticket
from mailbot.core.model import Disposition, DispositionKind, EventKind
from mailbot.core.phrases import say
from mailbot.pipeline import letters
from mailbot.pipeline.letters import Transcript
from mailbot.pipeline.work import Work

_MOST = 3
_LATELY = timedelta(hours=1)
"""He hears of it so often about a ticket: what answers each of these mails is a machine, which gets no further ones."""


def cause(work: Work) -> str:
    """What makes the transcript unique that says so."""
    return f"k{work.transcript_cause}"


def tell(work: Work, ticket: Ticket, text: str, *, files: bool, takeback: Mapping[str, object] | None = None) -> None:
    """Tells the writer of a plain answer to an internal mail what became of it, if he can be a person.

    `takeback` is how it is taken back.
    """
    lines = [say(work.language, "files_kept")] if files else []
    hint = say(work.language, "write_to_requester")
    if not text and not files:
        lines, hint = [without_words(work)], say(work.language, "write_above")
    _say(work, ticket, [*lines, still_waits(work)], hint, kept=bool(text) or files, takeback=takeback)


def still_asked(work: Work) -> Disposition:
    """Tells the writer of a plain answer to a question about no ticket that the question is still open."""
    dropped = say(work.language, "decision_dropped") if work.mail.new_text.strip() or work.has_files else ""
    _say(work, None, [still_waits(work), dropped], "", kept=False)
    return Disposition(DispositionKind.COMMANDED, "an answer without #go: the question is still open")


def without_words(work: Work) -> str:
    """The line about a mail in which nothing new was found."""
    return say(work.language, "no_own_text" if work.mail.text.strip() else "no_text_at_all")


def still_waits(work: Work) -> str:
    """The line about the question that a mail answers without deciding it, "" if it answers none or one decided."""
    answered = work.thread.answered
    row = work.session.get(Hold, answered.hold) if answered and answered.hold is not None else None
    waits = row is not None and row.kind == "unproved" and row.state == "open"
    return say(work.language, "still_go") if waits else ""


def _say(
    work: Work,
    ticket: Ticket | None,
    lines: list[str],
    hint: str,
    *,
    kept: bool,
    takeback: Mapping[str, object] | None = None,
) -> None:
    number = ticket.number if ticket else None
    key = letters.key_of(ticket, "transcript", letters.person(work.technician), "k").rpartition(":")[0]
    if dialogue.told_since(work.session, work.actor, number, key, work.now - _LATELY) < _MOST:
        told = Transcript(lines, ok=False, hint=hint, kept=kept, takeback=takeback)
        work.tell(ticket, told, cause(work))
    elif number is not None:
        why = f"{work.actor} heard {_MOST} times within an hour that such an answer stays internal"
        details = {"notice": "transcript", "recipient": work.actor}
        store.add_events(
            work.session, number, work.now, [Happening(EventKind.NOTICE_SUPPRESSED, reason=why, data=details)]
        )
