"""The mails of the kill tests, and what must become of each of them whatever happens to the daemon."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase
from typing import Literal

from world.mails import build

Fate = Literal["created", "appended", "held", "duplicate"]
FIRST_TICKET = 1001
_FATES: tuple[Fate, ...] = ("created", "appended", "held", "duplicate")
_SHARES = (60, 25, 7, 8)
_SHARES_WITHOUT_REPLIES = (85, 0, 0, 15)
_START = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)
_TEXT = "The printer on the third floor makes a noise and then it stops while others wait for their pages.\n"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery into the mailbox.

    Attributes:
        raw: Its bytes.
        sender: The addr-spec of its originator.
        fate: The disposition that it must get.
        ticket: The number of the ticket that it must make or speak of, None if nobody cares.
    """

    raw: bytes
    sender: str
    fate: Fate
    ticket: int | None

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return hashlib.sha256(self.raw).hexdigest()


def make_batch(count: int, seed: int, *, replies: bool = True) -> list[Delivery]:
    """Makes mails: mostly new incidents, some replies of their owners, some of strangers, some delivered twice.

    Replies name their tickets by number, which only a database that numbers without gaps lets one know beforehand.
    """
    shares = _SHARES if replies else _SHARES_WITHOUT_REPLIES
    choose = random.Random(seed)
    made: list[Delivery] = []
    owners: list[str] = []
    for index in range(count):
        fate = choose.choices(_FATES, shares)[0] if owners else "created"
        at = _START + timedelta(seconds=30 * index)
        if fate == "created":
            owners.append(f"person{index}@customer{index % 7}.example")
            ticket = FIRST_TICKET + len(owners) - 1
            made.append(_mail(choose, index, owners[-1], fate, ticket, at))
        elif fate == "duplicate":
            first = choose.choice([delivery for delivery in made if delivery.fate != "duplicate"])
            made.append(Delivery(first.raw, first.sender, fate, None))
        else:
            position = choose.randrange(len(owners))
            sender = owners[position] if fate == "appended" else f"stranger{index}@elsewhere.example"
            made.append(_mail(choose, index, sender, fate, FIRST_TICKET + position, at))
    return made


def _mail(choose: random.Random, index: int, sender: str, fate: Fate, ticket: int, at: datetime) -> Delivery:
    subject = f"Noise number {index}"
    if fate != "created":
        subject = f"Re: [HD-{ticket}] {subject}"
    # Nobody says the same again and again, except machines, which are held.
    own = " ".join("".join(choose.choices(ascii_lowercase, k=6)) for _ in range(12))
    text = f"This is delivery {index}: {own}.\n" + _TEXT * choose.randint(1, 40)
    files = {"scan.pdf": b"%PDF-1.4\n" + choose.randbytes(40_000)} if choose.random() < 0.1 else None
    headers = {"message_id": f"<{index}.{choose.getrandbits(64):x}@{sender.partition('@')[2]}>"}
    raw = build(sender, subject, text, at=at, name=f"Person {index}", files=files, **headers)
    return Delivery(_with_crlf(raw), sender, fate, ticket)


def _with_crlf(raw: bytes) -> bytes:
    """The bytes as they come over IMAP, so that both sides can be compared."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def new_tickets(deliveries: Sequence[Delivery]) -> dict[int, Delivery]:
    """The tickets that there must be, with the mails that they are made of."""
    return {delivery.ticket: delivery for delivery in deliveries if delivery.fate == "created" and delivery.ticket}
