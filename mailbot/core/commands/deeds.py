"""What a command wants done besides changing fields of its ticket; whoever carries out the commands knows how."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.core.model import Address, Vendor
from mailbot.core.searching import Question


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
    """Whoever asks gets a list of tickets, in pages from 1."""

    scale: Scale
    page: int = 1


@dataclass(frozen=True, slots=True)
class Record:
    """Whoever asks gets everything about a ticket."""

    number: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What a mail did is taken back: the one with a code, or what the mail of this means ("").

    `row` is which that is, once whoever carries out the commands has found it.
    """

    code: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Find:
    """Whoever asks gets the tickets in which something stands; `text` is the question as he wrote it."""

    question: Question
    text: str


@dataclass(frozen=True, slots=True)
class ArticleFind:
    """Whoever asks gets the articles in which something stands; `ticket` is the one that he works on, 0 = none."""

    question: Question
    text: str
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class ArticleShow:
    """Whoever asks gets an article to read."""

    number: int


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A ticket becomes the draft of an article, or renews it; `symptoms` stand for the requester's own words."""

    ticket: int
    symptoms: str = ""


@dataclass(frozen=True, slots=True)
class ArticlePublish:
    """An article becomes public: it may be sent to requesters. Or it is public no longer."""

    number: int
    public: bool = True


@dataclass(frozen=True, slots=True)
class ArticleSend:
    """The requester of a ticket gets an article."""

    number: int
    ticket: int


@dataclass(frozen=True, slots=True)
class Away:
    """Whoever writes is away until a moment (UTC), or until he says otherwise (None); or he is back."""

    until: datetime | None
    back: bool = False


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """The mail is the request of somebody else: of this person, or of whoever wrote the forwarded mail (None)."""

    requester: Address | None


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
ArticleDeed = ArticleFind | ArticleShow | ArticleDraft | ArticlePublish | ArticleSend
Deed = (
    Relating
    | Join
    | Leave
    | Escalation
    | RemoteOffer
    | Worklist
    | Record
    | Find
    | ArticleDeed
    | Away
    | OnBehalf
    | TakeBack
    | VendorAsk
    | VendorDone
)
