"""What arrives at the pipeline, who sent it, and to which ticket it belongs."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from mailbot.adapters import links, store
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.core import commands, threads, tokens
from mailbot.core.commands import CommandRefusedError
from mailbot.core.commands.relating import ticket_number
from mailbot.core.model import Address, InboundMail, Technician
from mailbot.core.threads import TokenRules
from mailbot.core.tokens import Token
from mailbot.policy import Policy

_EVER = timedelta(days=36_500)
_NAMING = frozenset({"merge", "dup", "link", "unlink"})
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message with its line in the ledger.

    Attributes:
        receipt: The id of its receipt.
        mailbox: The name of the mailbox in which it was found.
        raw: Its bytes.
        received_at: When the server got it (INTERNALDATE), UTC.
    """

    receipt: int
    mailbox: str
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """Who claims to have sent a message; `technician` is set when the address is a registered one."""

    address: Address
    technician: Technician | None


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket that a message speaks of, and how that is known.

    Attributes:
        ticket: The ticket, None if the message begins something new.
        how: In words, for the ledger.
        token: The token that the sender presented, if it is valid: the proof that he got our mail.
        answered: The mail of ours that carried the token.
        legacy: The number that an older system gave, when the subject has one.
        proof: What proves besides a token that the mail is the technician's, in words; "" if nothing does.
    """

    ticket: Ticket | None
    how: str
    token: Token | None = None
    answered: OutboxMail | None = None
    legacy: str = ""
    proof: str = ""


def identify(mail: InboundMail, policy: Policy) -> Sender | None:
    """Tells who a message claims to be from; None if it names nobody.

    Reply-To is never asked: it would let anybody speak for somebody else.
    """
    address = mail.from_ or mail.sender
    if address is None and mail.reverse_path and "@" in mail.reverse_path:
        address = Address("", mail.reverse_path)
    if address is None:
        return None
    return Sender(address, policy.directory.technician(address.key))


def token_rules(policy: Policy) -> TokenRules:
    """What makes a token count, from the configuration."""
    security = policy.settings.security
    return TokenRules(
        keys=policy.keyring,
        hostname=policy.hostname,
        address=policy.settings.helpdesk.address,
        technician_age=security.technician_token_age,
        requester_age=security.requester_token_age,
    )


def find_thread(session: Session, policy: Policy, mail: InboundMail, sender: Sender, now: datetime) -> Thread:
    """Finds the ticket of a message, and locks it: token, then Message-IDs, then the tag in the subject."""
    thread = _find(session, policy, mail, sender, now)
    if thread.ticket is None or thread.ticket.number is None:
        return thread
    # Timers and other nodes change it too: from here on it is as we see it, until this is committed.
    named = _named(mail) if sender.technician is not None else set()
    return replace(thread, ticket=_locked(session, thread.ticket.number, named))


def home_of(session: Session, thread: Thread, belongs: Callable[[int], bool]) -> Thread | None:
    """Where a message belongs whose sender came to a ticket by a merge that was taken back; None if that is not so.

    What he was sent meanwhile leads to the ticket into which his was merged; he means his own.
    """
    assert thread.ticket is not None
    assert thread.ticket.number is not None
    for number in links.once_merged(session, thread.ticket.number):
        if belongs(number):
            how = f"{thread.how}, into which {number} was merged for a time"
            return replace(thread, ticket=_locked(session, number, set()), how=how)
    return None


def _named(mail: InboundMail) -> set[int]:
    """The other tickets that a technician's commands change with the one that he writes about."""
    outcomes: set[int] = set()
    for call in commands.parse(mail.new_text).calls[:_MOST_NAMED]:
        if call.command.name in _NAMING:
            with suppress(CommandRefusedError):  # Whoever carries it out says what is wrong with it.
                outcomes.add(ticket_number(call.value.split()[-1]))
    return outcomes


def _locked(session: Session, number: int, others: set[int]) -> Ticket | None:
    """A ticket, locked with others: always in the order of their numbers, so that no two nodes wait for each other."""
    for each in sorted({number, *others}):
        store.lock_ticket(session, each)
    ticket = store.get_ticket(session, number)
    while ticket is not None and ticket.number is not None and ticket.number != number:
        # It was merged into another one while we waited.
        number = ticket.number
        store.lock_ticket(session, number)
        ticket = store.get_ticket(session, number)
    return ticket


def _find(session: Session, policy: Policy, mail: InboundMail, sender: Sender, now: datetime) -> Thread:
    proved = _proved(session, policy, mail, sender, now)
    if proved is not None:
        return proved
    for number in store.tickets_of_message_ids(session, threads.referenced_ids(mail), sender.address.key):
        ticket = store.get_ticket(session, number)
        if ticket is not None:
            return Thread(ticket, "a Message-ID of the ticket in References")
    shown = threads.shown_tokens(mail, policy.helpdesk_address, policy.hostname)
    ours = not shown or store.are_ours(session, [tokens.message_id(token.text, policy.hostname) for token in shown])
    if not ours and not all(_carrier(session, policy, token, sender.address.key) for token in shown):
        # After a restore a number may mean another ticket than in the mail that is answered.
        return Thread(None, "it answers a mail that this database does not know")
    for number in threads.subject_numbers(mail.subject, [policy.tag_pattern]):
        ticket = store.get_ticket(session, number)
        if ticket is not None:
            return Thread(ticket, "the number in the subject")
    legacy = next(iter(threads.subject_numbers(mail.subject, policy.legacy_tags)), None)
    if legacy is not None:
        return Thread(store.legacy_ticket(session, str(legacy)), "the number of the older system", legacy=str(legacy))
    return Thread(None, "it names no ticket")


def _proved(session: Session, policy: Policy, mail: InboundMail, sender: Sender, now: datetime) -> Thread | None:
    """The ticket of the first token that counts: made for the sender, in a mail of ours that the outbox remembers.

    The signature alone is not enough. When an older backup was restored, numbers that were given after it are given
    again, and answers to the mails of that time would join the wrong tickets.
    """
    found = _answered(session, policy, mail, sender.address.key, token_rules(policy), now)
    if found is None:
        return None
    token, answered = found
    ticket = store.get_ticket(session, token.ticket) if token.ticket else None
    return Thread(ticket, "a token of ours", token, answered)


def answered_however_late(
    session: Session, policy: Policy, mail: InboundMail, address: str, now: datetime
) -> OutboxMail | None:
    """The mail of ours that a mail answers by a token made for its sender, expired or not.

    That proves nothing any more; it says what the sender meant, once he has proved himself in another way.
    """
    rules = replace(token_rules(policy), technician_age=_EVER, requester_age=_EVER)
    found = _answered(session, policy, mail, address, rules, now)
    return found[1] if found else None


def _answered(
    session: Session, policy: Policy, mail: InboundMail, address: str, rules: TokenRules, now: datetime
) -> tuple[Token, OutboxMail] | None:
    for token in threads.valid_tokens(mail, address, rules, now):
        answered = _carrier(session, policy, token, address)
        if answered is not None:
            return token, answered
    return None


def _carrier(session: Session, policy: Policy, token: Token, address: str) -> OutboxMail | None:
    """The mail of ours that brought a token to an address: as its own, or in a link of a list of tickets."""
    own = store.our_mail(session, [tokens.message_id(token.text, policy.hostname)])
    if own is not None or not token.ticket:
        return own if own is not None and (own.ticket or 0) == token.ticket else None
    carriers = tokens.carriers(policy.keyring, token, address)
    return store.our_mail(session, [tokens.message_id(text, policy.hostname) for text in carriers])
