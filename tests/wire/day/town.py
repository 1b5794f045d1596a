"""People who write to a helpdesk on real servers, and read what it sends to them: each mail exactly once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr
from html import unescape
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from attacks.identity import PASSED, TRACE
from phones.answering import addressed, typed
from phones.clients import ENGLISH, Words
from servers.dovecot import Dovecot
from servers.smtp_sink import Kept, SmtpSink
from sqlalchemy import select
from sqlmodel import col
from wire.daemonworld import Daemon
from world.helpdesk import parse
from world.mails import build, plain_text

from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.service import utc_now

_NUMBERS = count(1)
_CODE = re.compile(r"#(?:undo|batal) ([A-Z0-9]{6})\b")


@dataclass(frozen=True)
class Posted:
    """A mail of the script: who sent it really, what its bytes are, and what must become of it in the ledger."""

    sender: str
    message_id: str
    raw: bytes
    becomes: str


@dataclass
class Sent:
    """A mail that the SMTP server was given; `read` once the script has asked for it."""

    kept: Kept
    mail: EmailMessage
    recipient: str
    notice: str
    ticket: int | None
    read: bool = False

    @property
    def said(self) -> str:
        return " ".join(f"{self.mail['Subject']} {plain_text(self.mail)}".split())


class Town:
    """The servers, the running daemon, and all that was written and sent since the morning."""

    def __init__(self, imap: Dovecot, smtp: SmtpSink, database: Database, daemon: Daemon, config: Path) -> None:
        self.imap = imap
        self.smtp = smtp
        self.database = database
        self.daemon = daemon
        self.script: list[Posted] = []
        self._config = config
        self._sent: list[Sent] = []
        self._lock = Lock()  # Several scenes may be played at once.

    def post(self, sender: str, raw: bytes, becomes: str) -> None:
        with self._lock:
            self.script.append(Posted(sender, str(parse(raw)["Message-ID"]), raw, becomes))
            self.imap.deliver("support", raw)

    def sent(self) -> list[Sent]:
        """All that was sent, as the SMTP server got it; of which kind it is, the outbox says."""
        with self._lock:
            for kept in self.smtp.mails[len(self._sent) :]:
                mail = parse(kept.raw)
                (recipient,) = kept.recipients
                with self.database.unit_of_work(write=False) as session:
                    statement = select(OutboxMail).where(col(OutboxMail.message_id) == str(mail["Message-ID"]))
                    row = session.scalars(statement).one()
                    self._sent.append(Sent(kept, mail, recipient, row.notice, row.ticket))
            return list(self._sent)

    def about(self, mail: EmailMessage) -> int | None:
        """The ticket that a mail of ours is about."""
        return next(one.ticket for one in self.sent() if one.mail is mail)

    def unread(self) -> list[str]:
        """The mails that the script has not asked for, in words."""
        return [
            f"{one.notice} to {one.recipient} about {one.ticket}: {one.said[:300]}"
            for one in self.sent()
            if not one.read
        ]

    def ticket(self, number: int) -> Ticket:
        with self.database.unit_of_work(write=False) as session:
            row = session.get(Ticket, number)
            assert row is not None, f"there is no ticket {number}"
            return row

    def sees(self, number: int, **wanted: Any) -> None:
        """Waits until a ticket is as it is said here."""

        def state() -> dict[str, Any]:
            row = self.ticket(number)
            return {name: getattr(row, name) for name in wanted}

        try:
            self.daemon.until(lambda: state() == wanted, f"{wanted} of ticket {number}")
        except AssertionError as error:
            raise AssertionError(f"ticket {number} is {state()}, not {wanted}; {error}") from None

    def has_rest(self) -> None:
        """Waits until everything that was to be sent is sent, and everything that came is filed."""
        waits = select(col(OutboxMail.id)).where(col(OutboxMail.state).in_(["queued", "sending"])).limit(1)

        def rests() -> bool:
            with self.database.unit_of_work(write=False) as session:
                return session.scalar(waits) is None and not self.imap.messages("support")

        self.daemon.until(rests, "an empty outbox and an empty mailbox")

    def lets_a_second_begin(self) -> None:
        """Waits for the next second of the clock: IMAP says when a mail came in whole seconds (RFC 3501 s.2.3.3)."""
        begun = utc_now().replace(microsecond=0)
        self.daemon.until(lambda: utc_now().replace(microsecond=0) > begun, "the next second")

    def operator_changes(self, before: str, after: str) -> None:
        """The operator changes a line of the configuration, and the running daemon reads it again."""
        text = self._config.read_text()
        assert before in text
        self._config.write_text(text.replace(before, after))
        self.daemon.reload()


@dataclass(eq=False)
class Person:
    """Somebody with a mail program of his own."""

    town: Town
    address: str
    name: str
    client: str = "Gmail web"
    words: Words = field(default=ENGLISH, repr=False)

    def writes(self, subject: str, text: str, *, becomes: str = "created", proved: bool = False) -> None:
        """Writes a new mail; with `proved` our border server has found that it comes from his domain."""
        raw = build(self.address, subject, text, at=utc_now(), name=self.name, message_id=self._message_id())
        found = f"Authentication-Results: {PASSED}\r\n{TRACE}".encode() if proved else b""
        self.town.post(self.address, found + raw, becomes)

    def answers(
        self, mail: EmailMessage, text: str, *, becomes: str = "appended", files: tuple[bytes, ...] = ()
    ) -> None:
        """Types a text above a mail that he got."""
        shape = typed(self.client, self.words, text, mail)
        sender = formataddr((self.name, self.address))
        message_id = self._message_id()
        raw = addressed(shape, mail, sender, utc_now(), files=files, Message_ID=message_id)
        self.town.post(self.address, raw, becomes)

    def reads(self, notice: str, words: str = "", about: int | None = None) -> EmailMessage:
        """Waits for a mail of this kind to him, about this ticket and with these words, that he has not read yet."""

        def look() -> Sent | None:
            return next((one for one in self.town.sent() if self._is_meant(one, notice, words, about)), None)

        try:
            found = self.town.daemon.until(look, f"a mail to {self.name}")
        except AssertionError as error:
            there = "\n".join(self.town.unread())
            wanted = f"{notice} about {about} with {words!r}"
            raise AssertionError(f"{self.name} got no {wanted}; nobody asked for\n{there}\n{error}") from None
        found.read = True
        return found.mail

    def mail(self, notice: str, about: int) -> EmailMessage:
        """The latest mail of this kind about a ticket that he has read."""
        found = [one.mail for one in self.town.sent() if one.read and self._is(one, notice, about)]
        return found[-1]

    def does(self, mail: EmailMessage, text: str, words: str = "", about: int | None = None) -> EmailMessage:
        """Sends commands above a mail that he got; gives the transcript, in which these words must stand.

        It is about the ticket of the mail, unless another one is named.
        """
        self.answers(mail, text, becomes="commanded")
        return self.reads("transcript", words, about or self.town.about(mail))

    def asks(self, mail: EmailMessage, text: str) -> None:
        """Sends a question above a mail that he got, which changes nothing and brings no transcript."""
        self.answers(mail, text, becomes="commanded")

    def forges(self, other: "Person", subject: str, text: str) -> None:
        """Writes a mail in the name of somebody else."""
        raw = build(other.address, subject, text, at=utc_now(), name=other.name, message_id=self._message_id())
        self.town.post(self.address, raw, "held")

    def taps(self, link: str) -> None:
        """Sends exactly the mail that a mailto: link asks for (RFC 6068)."""
        parts = urlsplit(link)
        assert parts.scheme == "mailto"
        values = dict(parse_qsl(parts.query, strict_parsing=True))
        assert set(values) == {"subject", "body"}
        raw = build(
            self.address,
            values["subject"],
            values["body"],
            at=utc_now(),
            name=self.name,
            to=unquote(parts.path),
            message_id=self._message_id(),
        )
        self.town.post(self.address, raw, "commanded")

    def _is_meant(self, one: Sent, notice: str, words: str, about: int | None) -> bool:
        return not one.read and self._is(one, notice, about) and words in one.said

    def _is(self, one: Sent, notice: str, about: int | None) -> bool:
        return (one.recipient, one.notice) == (self.address, notice) and about in (None, one.ticket)

    def _message_id(self) -> str:
        return f"<day{next(_NUMBERS)}.{self.address.replace('@', '@mail.')}>"


def code_of(transcript: EmailMessage) -> str:
    """The code in a transcript that takes its mail back."""
    found = _CODE.search(plain_text(transcript))
    assert found is not None, plain_text(transcript)
    return found[1]


def links_of(mail: EmailMessage, tag: str) -> dict[str, str]:
    """The links below a ticket in the HTML part of a list, by what stands on them."""
    page = mail.get_body(("html",))
    assert page is not None
    content = str(page.get_content())
    start = content.index(f">{tag}<")
    row = content[start : content.find('class="number"', start) if 'class="number"' in content[start:] else None]
    return {text: unescape(link) for link, text in re.findall(r'href="(mailto:[^"]+)"[^>]*>([^<]+)<', row)}


def files_of(mail: EmailMessage) -> dict[str, bytes]:
    """The files in a mail, by their names."""
    found = {}
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(part.get_filename())] = content
    return found


def everything(raw: bytes) -> str:
    """All that somebody can read in a mail: its headers as they stand there, and each part decoded."""
    mail = parse(raw)
    parts: Sequence[Any] = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    decoded = "\n".join(part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes))
    headers = "\n".join(f"{name}: {value}" for part in mail.walk() for name, value in part.items())
    return f"{headers}\n{raw.decode('utf-8', 'replace')}\n{decoded}"
