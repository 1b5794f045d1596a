"""Tells whether all mail survived: by the Maildir, the file of the SMTP server and the database, not by mailbot."""

import email
import email.policy
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import zstandard
from crash.batch import Delivery, new_tickets
from crash.installation import Ask, Installation
from servers.smtp_sink import Kept

_TAG = re.compile(r"\[HD-(\d+)\]")


@dataclass(frozen=True, slots=True)
class Remains:
    """What is there when all is over.

    Attributes:
        inbox: The mails that still lie in the INBOX.
        processed: The mails in the processed folder.
        sent: What the SMTP server took, in order.
        place: Whose database it is.
    """

    inbox: Sequence[bytes]
    processed: Sequence[bytes]
    sent: Sequence[Kept]
    place: Installation


def problems(deliveries: Sequence[Delivery], remains: Remains, kills: int) -> list[str]:
    """Everything that is lost, doubled, changed or left over, in words; [] if all is well."""
    with remains.place.asking() as database:
        deliveries = _numbered(deliveries, database) if remains.place.url else deliveries
        return [
            *_mailbox(deliveries, remains),
            *([] if remains.place.url else _integrity(database)),
            *_ledger(deliveries, database),
            *_bytes(deliveries, database),
            *_tickets(deliveries, database),
            *_outbox(database),
            *_acknowledgements(deliveries, remains.sent),
            *_copies(remains.sent, kills),
        ]


def _numbered(deliveries: Sequence[Delivery], database: Ask) -> list[Delivery]:
    """The deliveries with the numbers that their tickets got: PostgreSQL gives none twice, and a death leaves a gap."""
    numbers = sorted(number for (number,) in database("SELECT number FROM tickets"))
    given = dict(zip(sorted(new_tickets(deliveries)), numbers, strict=False))
    return [replace(delivery, ticket=given.get(delivery.ticket or 0)) for delivery in deliveries]


def _mailbox(deliveries: Sequence[Delivery], remains: Remains) -> Iterator[str]:
    if remains.inbox:
        yield f"{len(remains.inbox)} mails were left in the INBOX"
    wanted = Counter(delivery.sha256 for delivery in deliveries)
    found = Counter(hashlib.sha256(raw).hexdigest() for raw in remains.processed)
    if lost := (wanted - found).total():
        yield f"{lost} mails are not in the processed folder"
    if more := (found - wanted).total():
        yield f"{more} mails too many are in the processed folder"


def _integrity(database: Ask) -> Iterator[str]:
    for (line,) in database("PRAGMA integrity_check"):
        if line != "ok":
            yield f"the database is damaged: {line}"
    for row in database("PRAGMA foreign_key_check"):
        yield f"a row points nowhere: {row}"


def _ledger(deliveries: Sequence[Delivery], database: Ask) -> Iterator[str]:
    """One line for each delivery, in their order, each with the disposition that it must have."""
    query = "SELECT sha256, state, disposition, filed, ticket, reason FROM receipts ORDER BY uid"
    rows = database(query)
    if len(rows) != len(deliveries):
        yield f"{len(deliveries)} deliveries have {len(rows)} lines in the ledger"
    for position, (delivery, row) in enumerate(zip(deliveries, rows, strict=False)):
        sha256, state, disposition, filed, ticket, reason = row
        if sha256 != delivery.sha256:
            yield f"delivery {position} stands in the ledger with other bytes"
        if (state, disposition, filed) != ("done", delivery.fate, "done"):
            yield f"delivery {position} is {state}, {disposition!r} ({reason}), {filed}; it should be {delivery.fate}"
        elif delivery.ticket is not None and ticket != delivery.ticket:
            yield f"delivery {position} belongs to ticket {ticket}; it should be {delivery.ticket}"


def _bytes(deliveries: Sequence[Delivery], database: Ask) -> Iterator[str]:
    kept = {
        sha256: hashlib.sha256(zstandard.decompress(data, max_output_size=size)).hexdigest()
        for sha256, size, data in database("SELECT sha256, size, data FROM raw_messages")
    }
    if lost := {delivery.sha256 for delivery in deliveries} - kept.keys():
        yield f"the bytes of {len(lost)} mails were not kept"
    if changed := [sha256 for sha256, found in kept.items() if found != sha256]:
        yield f"the bytes of {len(changed)} mails were changed"


def _tickets(deliveries: Sequence[Delivery], database: Ask) -> Iterator[str]:
    wanted = {number: delivery.sender for number, delivery in new_tickets(deliveries).items()}
    found: dict[int, str] = dict(database("SELECT number, requester_address FROM tickets"))
    if found != wanted:
        yield f"there are {len(found)} tickets, there should be {len(wanted)}; or they belong to others"
    entries = Counter(number for (number,) in database("SELECT ticket FROM entries"))
    expected = Counter(delivery.ticket for delivery in deliveries if delivery.fate in ("created", "appended"))
    if entries != expected:
        yield f"contributions are missing or doubled: {dict(entries - expected)} and {dict(expected - entries)}"


def _outbox(database: Ask) -> Iterator[str]:
    for state, count in database("SELECT state, count(*) FROM outbox WHERE state != 'sent' GROUP BY state"):
        yield f"{count} mails of the outbox are {state}"


def _acknowledgements(deliveries: Sequence[Delivery], sent: Sequence[Kept]) -> Iterator[str]:
    identifiers: dict[int, set[str]] = defaultdict(set)
    recipients: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for kept in sent:
        mail = email.message_from_bytes(kept.raw, policy=email.policy.default)
        tag = _TAG.search(str(mail["Subject"]))
        if mail["Auto-Submitted"] != "auto-replied" or tag is None:
            yield f"a mail that is no acknowledgement was sent to {kept.recipients}: {mail['Subject']}"
            continue
        identifiers[int(tag[1])].add(str(mail["Message-ID"]))
        recipients[int(tag[1])].add(kept.recipients)
    wanted = new_tickets(deliveries)
    if identifiers.keys() != wanted.keys():
        yield f"never acknowledged: {sorted(wanted.keys() - identifiers.keys())}"
        yield f"acknowledged, but unknown: {sorted(identifiers.keys() - wanted.keys())}"
    for number, found in identifiers.items():
        if len(found) != 1:
            yield f"ticket {number} was acknowledged under {len(found)} Message-IDs"
        if number in wanted and recipients[number] != {(wanted[number].sender,)}:
            yield f"ticket {number} was acknowledged to {recipients[number]}, not to {wanted[number].sender}"


def _copies(sent: Sequence[Kept], kills: int) -> Iterator[str]:
    """Copies are equal, and no more than the deaths between a final dot and its record explain."""
    variants: dict[str, set[bytes]] = defaultdict(set)
    for kept in sent:
        variants[str(email.message_from_bytes(kept.raw)["Message-ID"])].add(kept.raw)
    for identifier, found in variants.items():
        if len(found) != 1:
            yield f"{len(found)} different mails were sent as {identifier}"
    if (extra := len(sent) - len(variants)) > kills:
        yield f"{extra} mails were sent again, but the daemon died only {kills} times"
