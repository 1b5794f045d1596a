"""What proves a technician's mail besides a token: the word of our border server, or a DKIM signature of his domain.

of_mail    before the transaction, where the message is understood: it may ask the DNS
applied    within it: whether the proof still counts for this message, here and now
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from mailbot.adapters import ledger, signed
from mailbot.adapters.signed import Lookup
from mailbot.core import authresults, dkimtags
from mailbot.core import fields as plain
from mailbot.core.fields import Fields
from mailbot.core.model import InboundMail
from mailbot.pipeline.arrival import Arrival, Sender, Thread, answered_however_late
from mailbot.policy import Policy

WINDOW = timedelta(days=3)
"""How old the Date of a mail may be that is believed without a token: a good signature can be sent again for ever."""
_AHEAD = timedelta(days=1)
_MOST_SIGNATURES = 2


def of_mail(raw: bytes, mail: InboundMail, policy: Policy, now: datetime, find: Lookup | None) -> str:
    """What proves that a mail comes from the technician whom From names, in words; "" if nothing does.

    Args:
        raw: The message as it was received.
        mail: The same, read.
        policy: The configuration: which border server is believed, and whether signatures are checked.
        now: The current time (aware).
        find: Finds keys of signatures; None = none are looked for.
    """
    security = policy.settings.security
    if not (security.authserv_id or security.dkim):
        return ""
    if mail.from_ is None or policy.directory.technician(mail.from_.key) is None:
        return ""
    header = plain.strict(raw)
    if header is None or dkimtags.ambiguous(header):
        return ""
    domain = plain.sole_domain(header, mail.from_.address)
    if not domain:
        return ""
    results = authresults.of_border(header, security.authserv_id) if security.authserv_id else None
    if results is not None:
        # Its word is final: what our border server did not find good is not looked at again.
        found = authresults.passed(results, domain)
        return f"{found}, says {results.server}" if found and _as_sent(header, domain, now) else ""
    return _by_signature(raw, header, domain, now, find) if security.dkim and find is not None else ""


def _as_sent(header: Fields, domain: str, now: datetime) -> bool:
    """Whether no signature of the author's domain leaves room to send the mail again as another one.

    Without any the border server found it good by the way it came, which nobody can repeat.
    """
    return not any(dkimtags.weakness(one, dkimtags.IDENTITY, now) for one in dkimtags.aligned(header, domain))


def _by_signature(raw: bytes, header: Fields, domain: str, now: datetime, find: Lookup) -> str:
    required = dkimtags.IDENTITY | {"to"}
    for signature in dkimtags.aligned(header, domain)[:_MOST_SIGNATURES]:
        if not dkimtags.weakness(signature, required, now) and signed.is_valid(raw, signature.index, find):
            return f"a DKIM signature of {signature.domain}"
    return ""


def applied(
    session: Session, policy: Policy, arrival: Arrival, mail: InboundMail, sender: Sender, thread: Thread, proof: str
) -> Thread:
    """The thread of a mail with what proves it, if that counts.

    It does not for an old mail, nor for one whose Message-ID this sender has used: then somebody has sent it again with
    other words in what no signature covers. A token is proof enough, and says more.
    """
    if not proof or sender.technician is None or thread.token is not None or mail.date is None:
        return thread
    if not -_AHEAD <= arrival.received_at - mail.date <= WINDOW:
        return thread
    if ledger.has_message_id(session, arrival.receipt, mail.message_id, sender.address.key):
        return thread
    answered = answered_however_late(session, policy, mail, sender.address.key, arrival.received_at)
    return replace(thread, proof=proof, answered=answered)
