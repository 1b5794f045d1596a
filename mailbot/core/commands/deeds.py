"""What a command wants done besides changing fields of its ticket; whoever carries out the commands knows how."""

from dataclasses import dataclass
from enum import StrEnum

from mailbot.core.model import Address, Vendor


@dataclass(frozen=True, slots=True)
class Join:
    """These people take part in the ticket from now on."""

    people: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """These people, by their addr-specs in lower case, take part no longer."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """Somebody else must help.

    Attributes:
        reason: Why, in the words of whoever asks for it.
        candidates: The addr-specs in lower case of those of whom one takes over; () = the ticket stays where it is.
        team: The team that the ticket goes to, "" = it stays with its team.
        level: The level that was asked for, 0 = none was.
        lead: The address of the lead who is told, where nobody takes over.
    """

    reason: str
    candidates: tuple[str, ...] = ()
    team: str = ""
    level: int = 0
    lead: str = ""


@dataclass(frozen=True, slots=True)
class RemoteOffer:
    """The requester gets the text about remote support, with a reference of his own."""


@dataclass(frozen=True, slots=True)
class VendorAsk:
    """A vendor is waited for, and gets the text of the mail."""

    vendor: Vendor
    reference: str = ""  # His own, "" if none is known.


@dataclass(frozen=True, slots=True)
class VendorDone:
    """No vendor is waited for any more."""


class Scale(StrEnum):
    """Which tickets a list shows; only those on which somebody still works."""

    MINE = "mine"
    TEAM = "team"  # Of the teams of whoever asks, as a member or as their lead.
    OVERDUE = "overdue"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class Worklist:
    """Whoever asks gets a list of tickets."""

    scale: Scale


@dataclass(frozen=True, slots=True)
class Record:
    """Whoever asks gets everything about a ticket."""

    number: int


@dataclass(frozen=True, slots=True)
class Merge:
    """The ticket goes on in another one."""

    number: int


@dataclass(frozen=True, slots=True)
class Split:
    """A message of the ticket gets a ticket of its own; `title` = its subject, "" = that of the message."""

    title: str


@dataclass(frozen=True, slots=True)
class Link:
    """The ticket has to do with another one."""

    number: int


@dataclass(frozen=True, slots=True)
class Unlink:
    """The ticket has nothing to do with another one any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The ticket waits for another one about the same incident."""

    number: int


Relating = Merge | Split | Link | Unlink | Duplicate
Deed = Relating | Join | Leave | Escalation | RemoteOffer | Worklist | Record | VendorAsk | VendorDone
