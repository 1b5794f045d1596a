"""Remote support: the configured text goes to the requester, with a reference that was made for this one mail."""

import base64
import hashlib
import hmac
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core.model import EventKind, Technician
from mailbot.core.phrases import say
from mailbot.notify import Desk, why_suppressed
from mailbot.pipeline import letters
from mailbot.pipeline.undowords import in_time
from mailbot.policy import Policy


def is_configured(policy: Policy) -> bool:
    """Whether there is a text or a link for requesters."""
    section = policy.settings.remote_support
    return bool(section.link or any(section.text.values()))


def reference_for(policy: Policy, number: int, cause: str) -> str:
    """A reference that nobody can guess and that no second mail gets, such as "K7QX-2M4P"."""
    digest = hmac.digest(policy.keyring[0], f"remote:{number}:{cause}".encode(), hashlib.sha256)
    text = base64.b32encode(digest)[:8].decode()
    return f"{text[:4]}-{text[4:]}"


def offer(
    session: Session, desk: Desk, ticket: Ticket, actor: Technician, cause: str, now: datetime
) -> tuple[list[Happening], list[str]]:
    """Sends the text; gives the event to be stored, and the line of the transcript."""
    assert ticket.number is not None
    section = desk.policy.settings.remote_support
    reference = reference_for(desk.policy, ticket.number, cause)
    texts = section.text
    text = texts.get(ticket.language) or texts.get(desk.policy.language) or next(iter(texts.values()), "")
    link = section.link.replace("{reference}", reference)
    data = {
        "text": text.replace("{reference}", reference).replace("{link}", link).strip(),
        "link": "" if "{link}" in text else link,
        "reference": reference,
        "author": actor.name,
    }
    language = letters.language_for(desk.policy, actor)
    if not letters.tell_requester(session, desk, ticket, "remote_support", cause, now, data):
        reason = why_suppressed(session, ticket, "remote_support", letters.requester_of(ticket).key)
        return [], [say(language, "remote_blocked", reason=reason.said(language))]
    recipient = letters.requester_of(ticket).label
    details = {"notice": "remote_support", "reference": reference}
    happening = Happening(
        EventKind.NOTICE_QUEUED, actor.email.lower(), f"remote support, reference {reference}", details
    )
    return [happening], [say(language, in_time(desk.policy, "remote_sent"), recipient=recipient, reference=reference)]
