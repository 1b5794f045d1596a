"""The vocabulary of the helpdesk: small frozen values that every layer passes around.

The words are those of ITIL and of the mail RFCs. Every datetime is aware and in UTC; every duration is a
`timedelta`. Nothing here reads a clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"  # It waits for the requester.
    ON_HOLD = "on_hold"  # It waits for a vendor or a date.
    RESOLVED = "resolved"
    CLOSED = "closed"


ACTIVE_STATUSES = frozenset({Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD})
"""The statuses in which somebody still has to do something."""

PAUSED_STATUSES = frozenset({Status.PENDING, Status.ON_HOLD})
"""The statuses in which the SLA clock stands still."""


class Priority(StrEnum):
    """How soon a ticket must be served; it follows from impact and urgency (ITIL)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Impact(StrEnum):
    """How many people an incident touches."""

    PERSON = "person"
    DEPARTMENT = "department"
    ORGANISATION = "organisation"


class Urgency(StrEnum):
    """How long the people touched can wait."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Source(StrEnum):
    """How a request reached the helpdesk; what comes by another way than mail is registered by a technician."""

    MAIL = "mail"
    PHONE = "phone"
    CHAT = "chat"
    WALK_IN = "walk_in"


class AwayWhy(StrEnum):
    """How it is known that a technician is away."""

    NOTICE = "notice"  # His mail program answered with a vacation notice.
    COMMAND = "command"  # He said so himself.
    BOUNCE = "bounce"  # Mail to him came back.


class DispositionKind(StrEnum):
    """What became of a message; each message gets exactly one, kept for ever."""

    CREATED = "created"
    APPENDED = "appended"
    COMMANDED = "commanded"
    HELD = "held"
    DUPLICATE = "duplicate"
    BOUNCE_RECORDED = "bounce_recorded"
    AUTO_REPLY_RECORDED = "auto_reply_recorded"
    IGNORED = "ignored"
    REFUSED = "refused"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Disposition:
    """What became of one message, and why, in words an operator understands."""

    kind: DispositionKind
    reason: str
    ticket: int | None = None


class Role(StrEnum):
    """What a person is to a ticket."""

    REQUESTER = "requester"
    PARTICIPANT = "participant"  # In copy: he gets what comes after he was added.


class EventKind(StrEnum):
    """What happened to a ticket; the events of a ticket are its audit log."""

    CREATED = "created"
    CATEGORISED = "categorised"
    PRIORITISED = "prioritised"
    ASSIGNED = "assigned"
    MESSAGE_RECEIVED = "message_received"
    REPLIED = "replied"
    NOTED = "noted"
    CHANGED = "changed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    HELD = "held"
    RELEASED = "released"
    NOTICE_QUEUED = "notice_queued"
    NOTICE_SUPPRESSED = "notice_suppressed"
    NOTICE_FAILED = "notice_failed"
    BOUNCED = "bounced"
    REPORTED = "reported"  # A report about a mail of ours that is no failure: late, arrived, read, unwanted.
    WARNED = "warned"  # That a promise is soon due.
    ESCALATED = "escalated"
    BREACHED = "breached"
    SURVEY_ANSWERED = "survey_answered"
    LEAK_BLOCKED = "leak_blocked"
    AUTO_REPLY = "auto_reply"
    TIMER_FAILED = "timer_failed"
    UNDONE = "undone"  # What a technician's mail did was taken back.
    MERGED = "merged"
    SPLIT = "split"
    LINKED = "linked"
    DUPLICATES_ENDED = "duplicates_ended"  # Whoever ended a ticket ended those that wait for it, too.


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322 s.3.4: a display name ("" if none) and an addr-spec, the domain in lower case."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The addr-spec in lower case: what two spellings of the same mailbox share."""
        return self.address.lower()

    @property
    def domain(self) -> str:
        """The domain, in lower case; "" when there is none."""
        return self.key.rpartition("@")[2]

    @property
    def label(self) -> str:
        """What to call this person in a text: the display name, else the addr-spec."""
        return self.name or self.address


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message. `index` finds the part again in the raw message, so that bytes are not stored twice.

    A small picture that is referenced, and has the same `sha256` in each mail of a person, belongs to his signature.
    """

    index: int
    name: str
    content_type: str
    size: int  # bytes, decoded
    sha256: str
    content: bytes
    content_id: str = ""  # Without brackets; the Content-Location where there is no Content-ID.
    inline: bool = False  # Whether it is shown within the text.
    referenced: bool = False  # Whether the HTML says where.


class ReportKind(StrEnum):
    """What a report is about."""

    DELIVERY = "delivery"  # RFC 3464: it failed, is late or has arrived.
    RECEIPT = "receipt"  # RFC 8098: it was read or deleted.
    FEEDBACK = "feedback"  # RFC 5965: somebody complains about it.


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report (RFC 3464), or one of the free-text kinds: who could not be reached, and why.

    Read receipts and feedback reports name nobody. Addresses are in lower case.
    """

    failed: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    status: str = ""  # RFC 3463, for instance "5.1.1"
    diagnostic: str = ""
    original_message_id: str = ""
    kind: ReportKind = ReportKind.DELIVERY
    smtp_code: str = ""  # RFC 5321 s.4.2, for instance "550".
    delivered: tuple[str, ...] = ()  # Whom the mail has reached, where somebody asked to be told.


@dataclass(frozen=True, slots=True)
class Automatic:
    """Whether a machine sent a message, and what follows. A reason is "" where nothing speaks against."""

    reason: str = ""  # Why it counts as automatic; "" for mail of a person.
    is_auto_reply: bool = False  # A vacation notice or another answer of a machine: recorded, never a ticket.
    not_a_ticket: str = ""  # Why it may not become a ticket.
    not_answerable: str = ""  # Why it may not be answered automatically.


@dataclass(frozen=True, slots=True)
class InboundMail:
    """A message as a person would read it. Texts hold no NUL and no lone surrogates, and are in NFC."""

    from_: Address | None  # The one originator; None where none or several are named, or where programs would disagree.
    authors: tuple[Address, ...]  # Whoever From seems to name; only for people to look at: it identifies nobody.
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    message_id: str  # With angle brackets; "" if there is none.
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    text: str  # The whole readable body.
    new_text: str  # What the sender newly wrote.
    quoted: str  # What was cut as quote.
    signature: str
    attachments: tuple[Attachment, ...]
    headers: Mapping[str, tuple[str, ...]]  # Names in lower case; unfolded, decoded values in the order of the message.
    reverse_path: str | None  # Return-Path: None if absent, "" for the null reverse-path.
    automatic: Automatic
    report: Report | None
    canonical_digest: str  # Joins logical copies: trace headers do not count.
    html_only: bool = False
    defects: tuple[str, ...] = ()  # What was wrong with the message, in words.

    def header(self, name: str) -> str:
        """The first value of a header, "" if it is absent."""
        return self.headers.get(name.lower(), ("",))[0]


@dataclass(frozen=True, slots=True)
class Technician:
    """Somebody who serves tickets: known by address, member of teams, at a level (1 = first line)."""

    email: str
    name: str
    teams: tuple[str, ...] = ()
    level: int = 1
    skills: tuple[str, ...] = ()
    capacity: int | None = None  # The most active tickets he is given automatically; None = no limit.
    language: str = ""  # "" = the helpdesk's language.
    deputy: str = ""  # The addr-spec in lower case of the technician who stands in for him while he is away.


class Strategy(StrEnum):
    """How a team's tickets find a technician."""

    LEAST_LOADED = "least_loaded"
    ROUND_ROBIN = "round_robin"


@dataclass(frozen=True, slots=True)
class Team:
    """A group of technicians with a lead (an address) and a business calendar (a name, "" = the default)."""

    name: str
    lead: str = ""
    calendar: str = ""
    strategy: Strategy = Strategy.LEAST_LOADED
    escalates_to: str = ""  # The team that helps where nobody of it can; "" = none.


@dataclass(frozen=True, slots=True)
class Category:
    """What an incident is about, which team serves it, and what is assumed where no rule says more."""

    name: str
    team: str = ""
    default_impact: Impact = Impact.PERSON
    default_urgency: Urgency = Urgency.MEDIUM
    skill: str = ""  # A skill that the technician should have; "" = any.


@dataclass(frozen=True, slots=True)
class Vendor:
    """Somebody outside who is asked for help with a ticket and sees only what is sent to him."""

    name: str
    address: str
    language: str = ""  # "" = the helpdesk's language.


@dataclass(frozen=True, slots=True)
class SlaTarget:
    """The targets of one priority, in business time; None = no such target."""

    first_response: timedelta | None
    next_update: timedelta | None
    resolution: timedelta | None


@dataclass(frozen=True, slots=True)
class TicketView:
    """What the pure layer may know of a ticket."""

    number: int
    subject: str
    status: Status
    priority: Priority
    impact: Impact
    urgency: Urgency
    category: str
    team: str
    technician: str  # An addr-spec in lower case; "" = nobody.
    requester: Address
    language: str
    created_at: datetime
    tags: tuple[str, ...] = ()
    wait_until: datetime | None = None
    resolution: str = ""
    prevention: str = ""
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    merged_into: int | None = None
    diagnosis: str = ""
    workaround: str = ""
    worked_minutes: int = 0
    source: Source = Source.MAIL


@dataclass(frozen=True, slots=True)
class Directory:
    """The people and things that a command or a rule may name, keyed by addr-spec or name in lower case."""

    technicians: Mapping[str, Technician] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    labels: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """By kind ("category", "priority", ...), what mails call a value in any language, and the value itself."""
    vendors: Mapping[str, Vendor] = field(default_factory=dict)

    def technician(self, address: str) -> Technician | None:
        """The technician registered under this addr-spec, in any case."""
        return self.technicians.get(address.lower())

    def lead_of(self, team: str) -> str:
        """The address of a team's lead, "" if it has none."""
        found = self.teams.get(team.lower())
        return found.lead if found else ""
