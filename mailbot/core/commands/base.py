"""The shapes of the command language: a command, a call of it, what it may know, and what comes of it.

Everything is a frozen value. A command never acts: it says what should change, and the caller does it, so that all
commands of a mail are applied or none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from mailbot.core.commands.deeds import Deed
from mailbot.core.model import Address, Directory, Technician, TicketView, Vendor
from mailbot.core.priority import DEFAULT_MATRIX, Matrix
from mailbot.errors import MailbotError

Texts = Mapping[str, str]
"""One sentence in each language that we speak, by language code."""


class Argument(StrEnum):
    """What may stand behind a verb."""

    NONE = "none"
    LINE = "line"
    OPTIONAL_LINE = "optional_line"
    TEXT = "text"  # The rest of the line and the lines below it, up to the next command or the end.
    PARAGRAPH = "paragraph"  # The same, but what begins on the line of the verb ends at the first blank line.


class Scope(StrEnum):
    """What the mail is an answer to: a ticket, or a mail that asks about something held."""

    TICKET = "ticket"
    HELD = "held"


Field = Literal[
    "status",
    "priority",
    "impact",
    "urgency",
    "category",
    "team",
    "technician",
    "wait_until",
    "resolution",
    "prevention",
    "diagnosis",
    "workaround",
    "worked_minutes",
    "tags",
    "subject",
    "source",
]
"""What of a ticket a command can change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a ticket before and after, as text: times in ISO 8601 (UTC), tags with blanks between, "" = none."""

    field: Field
    old: str
    new: str
    reason: str = ""  # Why, for the audit log, where the command alone does not say it; in English.


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """A verb: its words, what it takes, what it means to people, and the function that works out what it does.

    Without `run` it does nothing to a ticket: the parser acts on it, or whoever knows what is held.
    """

    name: str
    aliases: tuple[str, ...]
    argument: Argument
    usage: str
    summary: Texts = field(repr=False)
    run: Callable[["Call", "Context"], "Outcome"] | None = field(default=None, repr=False)
    details: Texts = field(default_factory=dict, repr=False)
    examples: tuple[str, ...] = ()
    audience: frozenset[Scope] = frozenset({Scope.TICKET})
    needs_ticket: bool = True  # False: it also works in a mail that names no ticket.


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it was found in a mail."""

    command: Command
    value: str  # What stood behind the verb, trimmed; "" = nothing.
    line: int  # The line of the new text, from 1.
    raw: str  # As it was written; more than one line for a text.


@dataclass(frozen=True, slots=True)
class ParseError:
    """A line of the command block that cannot be understood, and what to do about it, in the reader's language."""

    message: str
    line: int  # The line of the new text, from 1.
    raw: str
    candidates: tuple[str, ...] = ()  # The words that may have been meant, without "#".


@dataclass(frozen=True, slots=True)
class Parsed:
    """A new text, taken apart. With an error in it, nothing may be applied and nothing may be sent."""

    calls: tuple[Call, ...]
    text: str  # What is left for the requester.
    errors: tuple[ParseError, ...] = ()
    strays: tuple[ParseError, ...] = ()  # Lines of the text that look like commands in the wrong place.


@dataclass(frozen=True, slots=True)
class Context:
    """What a command may know."""

    ticket: TicketView  # Number 0 where the mail names none; then only commands run that need none.
    actor: Technician
    directory: Directory
    now: datetime  # UTC
    zone: ZoneInfo  # The zone in which dates are written and shown.
    language: str  # The language of the actor.
    verbs: frozenset[str] = frozenset()  # The names of all commands of the mail.
    matrix: Matrix = field(default_factory=lambda: DEFAULT_MATRIX)
    own_addresses: frozenset[str] = frozenset()  # Addr-specs of the helpdesk itself, in lower case.
    participants: tuple[Address, ...] = ()  # Who is in copy.
    vendors: tuple[tuple[Vendor, bool], ...] = ()  # Who was asked about the ticket, and whether he is waited for.
    remote_support: bool = False  # Whether there is a text about it.
    away: Mapping[str, datetime] = field(default_factory=dict)  # Until when whom (addr-specs in lower case), UTC.


@dataclass(frozen=True, slots=True)
class Outcome:
    """What should come of a call."""

    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()  # Internal entries.
    quiet: bool = False  # Nothing of this mail goes to the requester.
    lines: tuple[str, ...] = ()  # For the transcript, in the actor's language.
    deeds: tuple[Deed, ...] = ()  # What else is to be done.


@dataclass(frozen=True, slots=True)
class CommandError:
    """A call that cannot be carried out, and what to do about it, in the actor's language."""

    call: Call
    message: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What should come of all calls of a mail; with an error, `outcomes` is empty."""

    outcomes: tuple[Outcome, ...]
    errors: tuple[CommandError, ...] = ()


class CommandRefusedError(MailbotError):
    """A command cannot be carried out as it is written; `run_all` makes a `CommandError` of it.

    The reason is a key of the phrases and its values, so that whoever raises this need not know the language.
    """

    def __init__(self, phrase: str, candidates: tuple[str, ...] = (), **values: str) -> None:
        """Take the key of the phrase, what could be written instead, and the values of the phrase."""
        super().__init__(phrase)
        self.phrase = phrase
        self.candidates = candidates
        self.values = values
