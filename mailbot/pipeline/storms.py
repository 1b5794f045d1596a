"""Whether a mail belongs to a storm: two machines in conversation, or a flood.

The headers were asked before; here the only witnesses are what the same address sent before and what it got from us.
A few rows are looked at, found by an index, however long the history is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from mailbot.adapters import history, store, waiting
from mailbot.adapters.history import Opened
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Ticket
from mailbot.core import loops
from mailbot.core.deskwords import speaks_as_helpdesk
from mailbot.core.mail import read
from mailbot.core.model import EventKind, InboundMail
from mailbot.core.phrases import Reason
from mailbot.pipeline.arrival import Arrival, Sender
from mailbot.policy import Policy

_MONTH = timedelta(days=30)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_LAST = 5  # Tickets of an address that are compared, and mails of ours.
_MANY = 20  # Tickets that are compared with what helpdesks write.
_SAID_BEFORE = 2  # How often somebody may say the same about his ticket at once when we write to him,
_SAID = 50  # if it has so many characters: "It still does not work." is what people say.


@dataclass(frozen=True, slots=True)
class Storm:
    """What speaks against a ticket: `loop` = a machine answers us; `excess`, `doubt` = a technician is to decide.

    `ticket` is the one that a machine's mail repeats, `notice` whether it is a helpdesk's word to its requester.
    """

    loop: str = ""
    ticket: int | None = None
    notice: bool = False
    excess: Reason | None = None
    doubt: Reason | None = None


def look(session: Session, policy: Policy, arrival: Arrival, mail: InboundMail, sender: Sender) -> Storm:
    """Tells whether a mail that names no ticket goes on with a conversation of machines, or is one too many."""
    caps, address = policy.settings.limits, sender.address.key
    text = mail.new_text or mail.text
    bare = not any(not file.inline for file in mail.attachments)
    notice = bare and sender.technician is None and speaks_as_helpdesk(mail.subject, text)
    most = _MANY if notice else _LAST
    opened, nth = history.opened_by(session, address, most, caps.tickets_per_address_hour)
    # A number alone stands before the subjects of alarms, too: two of them may differ in nothing but the host's.
    if opened and bare and (loops.is_reply(mail.subject) or (notice and loops.is_answer(mail.subject))):
        subject = loops.bare_subject(mail.subject)
        for before in opened[:_LAST]:
            recent = arrival.received_at - before.at < _DAY
            if recent and loops.bare_subject(before.subject) == subject and loops.is_same(text, before.text):
                reason = f"a machine answers our mail: it says the same as the mail that opened ticket {before.number}"
                return Storm(reason, before.number, notice)
        for raw in history.mails_to(session, address, arrival.received_at - _DAY, _LAST, "acknowledgement"):
            if loops.gives_back(text, read(raw, policy.limits).text):
                return Storm("a machine answers our mail: it gives back the text of an acknowledgement")
    if opened and notice:
        subject = loops.bare_subject(mail.subject)
        # Some people say all of it in the subject; only where it answers, or bears a number, its words mean nothing.
        answers = loops.is_answer(mail.subject)
        alike = [one for one in opened if answers or loops.bare_subject(one.subject) == subject]
        repeated = _repeated(session, policy, arrival, text, alike, address)
        if repeated is not None and not waiting.was_let_in(session, address, arrival.received_at - _MONTH):
            in_full = f"a machine seems to answer our mail: it says what opened ticket {repeated} said"
            return Storm(ticket=repeated, notice=True, doubt=Reason("held_loop", {"address": address}, in_full))
    if nth is not None and arrival.received_at - nth < _HOUR and sender.technician is None:
        values = {"address": address, "count": str(caps.tickets_per_address_hour)}
        return Storm(excess=Reason("held_rate", values))
    return Storm()


def _repeated(
    session: Session, policy: Policy, arrival: Arrival, text: str, opened: Sequence[Opened], address: str
) -> int | None:
    """The ticket of the last month of which a helpdesk's word says nothing new, but for what it quotes from us."""
    recent = [one for one in opened if arrival.received_at - one.at < _MONTH]
    alike = [one for one in recent if speaks_as_helpdesk(one.subject, one.text)]
    for one in alike:
        if loops.says_nothing_new(text, [one.text]):
            return one.number
    if not alike:
        return None
    mails = [read(raw, policy.limits) for raw in history.mails_to(session, address, arrival.received_at - _DAY, _LAST)]
    ours = [words for mail in mails for words in (mail.subject, mail.text)]
    return next((one.number for one in alike if loops.says_nothing_new(text, [one.text, *ours])), None)


def repeats(session: Session, arrival: Arrival, mail: InboundMail, ticket: Ticket, sender: Sender) -> Reason | None:
    """Why a word on a ticket is held whose sender takes part: at each mail of ours he says at once what he said before.

    Programs that say that somebody is away, or that a mail did not arrive, need not show it in their headers.
    """
    address, text = sender.address.key, mail.new_text or mail.text
    assert ticket.number is not None
    if sender.technician is not None or any(not file.inline for file in mail.attachments):
        return None
    before = history.messages_by(session, ticket.number, address, _SAID_BEFORE)
    same = [one for one in before if loops.is_same(text, one) or loops.says_nothing_new(text, [one])]
    if len(same) < _SAID_BEFORE or not loops.is_long(text, _SAID):
        return None
    at = arrival.received_at
    if not history.was_written_to(session, address, at - _HOUR, at):
        return None
    if waiting.was_let_in(session, address, at - _MONTH):
        return None
    in_full = "a machine seems to answer our mail: it says the same each time"
    return Reason("held_loop", {"address": address}, in_full)


def quieten(session: Session, number: int, reason: str, now: datetime) -> None:
    """Sends no more automatic mail to the requester of a ticket, until he writes something else about it."""
    store.lock_ticket(session, number)
    ticket = store.get_ticket(session, number)
    if ticket is not None and ticket.answerable:
        ticket.answerable = False
        session.add(ticket)
        why = f"no more automatic mail to the requester: {reason}"
        store.add_events(session, number, now, [Happening(EventKind.NOTICE_SUPPRESSED, reason=why)])
