"""Two mailboxes of one helpdesk, over TLS and over STARTTLS, on PostgreSQL: what exactly is sent, and what is left.

The mails of the people here are written byte for byte, and so are those of the helpdesk read: not by the library that
writes and reads them in the product.
"""

import base64
import itertools
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import psycopg
import pytest
from servers.certificates import Certificate
from servers.dovecot import Dovecot
from servers.smtp_sink import Kept, SmtpSink
from wire.daemonworld import MAILBOX, Daemon, Place, rows

from mailbot.adapters.db import Database
from mailbot.adapters.raw import load_raw
from mailbot.adapters.tables import OutboxMail, Receipt, Survey, Ticket
from mailbot.service import utc_now

pytestmark = pytest.mark.wire

RITA, BUDI = "rita@client.example", "budi@client.example"
TOM, DEWI = "tom@example.com", "dewi@example.com"
SECRET = "between us: the last three printers of this kind were replaced"

CONFIG = """
[smtp]
host = "localhost"
port = {smtp_port}
security = "starttls"
username = "mailbot"
password = "post office"
ca_file = "{smtp_ca}"
envelope_from = "bounces@example.com"

[database]
url = "{url}"

[daily] # Whether it is morning just now must not change how many mails there are.
worklist = false
overview = false

[[teams]]
name = "support"

[[teams]]
name = "people"

[[technicians]]
email = "tom@example.com"
name = "Tom Tech"
teams = ["support"]

[[technicians]]
email = "dewi@example.com"
name = "Dewi"
teams = ["people"]
language = "id"

[closing]
resolved_after = "1s"

[surveys]
delay = "1s"
"""

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail of the helpdesk, taken apart by hand."""

    kept: Kept
    lines: dict[str, list[bytes]]  # The lines of each header, by its name in lower case.
    bodies: list[str]  # The text of each text part, decoded.

    def value(self, name: str) -> str:
        """A header unfolded (RFC 5322 s.2.2.3), "" if it is not there."""
        return b"".join(self.lines.get(name.lower(), [])).decode("ascii")

    @property
    def references(self) -> list[str]:
        return self.value("References").split()


def take_apart(kept: Kept) -> Seen:
    head, _, body = kept.raw.partition(b"\r\n\r\n")
    lines: dict[str, list[bytes]] = {}
    name = ""
    for line in head.split(b"\r\n"):
        if line[:1] == b" ":
            lines[name].append(line)
        else:
            title, _, value = line.partition(b": ")
            name = title.decode("ascii").lower()
            assert name not in lines, f"two headers {name}"
            lines[name] = [value]
    return Seen(kept, lines, list(_texts(b"".join(lines["content-type"]), body)))


def _texts(content_type: bytes, body: bytes) -> Iterator[str]:
    boundary = re.search(rb'boundary="([^"]+)"', content_type)
    if boundary:
        for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1])[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            yield from _texts(head.replace(b"\r\n ", b" "), content)
    elif b"text/" in content_type:
        if b"quoted-printable" in content_type:
            body = quopri.decodestring(body)
        elif b"base64" in content_type:
            body = base64.b64decode(body)
        yield body.decode("utf-8")


@dataclass
class Person:
    """Somebody with a mail program."""

    address: str
    account: str  # Which mailbox of the helpdesk he writes to.
    servers: "Servers"
    ids: list[str] = field(default_factory=list)  # The Message-IDs of his mails.

    def writes(self, subject: str, text: str, *headers: str) -> None:
        # Seen in practice: identifiers of a hundred characters and more, as hosted Exchange makes them.
        mine = f"<{next(_numbers):0>100}.{self.address.partition('@')[0]}@mail.client.example>"
        self.ids.append(mine)
        head = [
            f"From: {self.address.partition('@')[0].title()} <{self.address}>",
            "To: support@example.com",
            f"Subject: {subject}",
            f"Date: {format_datetime(utc_now())}",
            f"Message-ID: {mine}",
            *headers,
        ]
        raw = "\r\n".join([*head, "", *text.split("\n"), ""]).encode("ascii")
        self.servers.delivered.setdefault(self.account, []).append(raw)
        self.servers.imap.deliver(self.account, raw)

    def answers(self, mail: Seen, text: str) -> None:
        quoted = "\n".join(f"> {line}" for line in mail.bodies[0].splitlines() if line.isascii())
        self.writes(
            f"Re: {mail.value('Subject')}",
            f"{text}\n\nOn Tuesday, Helpdesk wrote:\n{quoted}",
            f"In-Reply-To: {mail.value('Message-ID')}",
            "References: " + "\r\n ".join([*mail.references, mail.value("Message-ID")]),
        )

    @property
    def inbox(self) -> list[Seen]:
        return [take_apart(kept) for kept in self.servers.smtp.mails if self.address in kept.recipients]

    def gets(self, words: str) -> Seen:
        """Waits for a mail with these words in the subject or the text."""

        def look() -> Seen | None:
            return next((seen for seen in self.inbox if words in seen.value("Subject") + seen.bodies[0]), None)

        return self.servers.daemon.until(look, f"a mail to {self.address} with {words!r}")


@dataclass
class Servers:
    """What is around the daemon."""

    imap: Dovecot
    smtp: SmtpSink
    daemon: Daemon
    delivered: dict[str, list[bytes]] = field(default_factory=dict)


@pytest.fixture
def place(
    dovecot: Dovecot, ca_file: str, postgres_database: Database, tmp_path: Path, certificates: dict[str, Certificate]
) -> Iterator[tuple[Place, SmtpSink, list[str]]]:
    accounts = [f"support{number}" for number in (58, 59)]
    boxes = [
        MAILBOX.format(name=name, port=port, security=security, username=account, password=dovecot.accounts[account])
        + f'ca_file = "{dovecot.ca_file}"\n'
        + more
        for name, port, security, account, more in (
            ("it", dovecot.tls_port, "tls", accounts[0], ""),
            ("hr", dovecot.port, "starttls", accounts[1], 'team = "people"\ncategory = "meeting"\nlanguage = "id"\n'),
        )
    ]
    context = certificates["good"].server_context()
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    with SmtpSink(security="required", context=context, accounts={"mailbot": "post office"}) as sink:
        config = CONFIG.format(smtp_port=sink.port, smtp_ca=ca_file, url=url)
        yield Place(tmp_path, config, *boxes), sink, accounts


def test_two_mailboxes_from_the_first_mail_to_the_vote(
    place: tuple[Place, SmtpSink, list[str]], dovecot: Dovecot, postgres_database: Database
) -> None:
    made, sink, accounts = place
    with made.daemon() as daemon:
        servers = Servers(dovecot, sink, daemon)
        rita, tom = Person(RITA, accounts[0], servers), Person(TOM, accounts[0], servers)
        budi, dewi = Person(BUDI, accounts[1], servers), Person(DEWI, accounts[1], servers)
        _live(rita, tom, budi, dewi, lambda: _cut_connections(postgres_database))
        daemon.until(lambda: not any(map(dovecot.messages, accounts)), "empty mailboxes")
        assert daemon.stop() == 0
        assert "Traceback" not in daemon.text
        assert "post office" not in daemon.text
    people = [rita, tom, budi, dewi]
    _examine_requester(rita, "en", closed_by_clock=True)
    _examine_requester(budi, "id", closed_by_clock=False)
    _examine_envelopes(sink, people)
    _examine_mailboxes(dovecot, servers.delivered)
    _examine_database(postgres_database, sink, servers.delivered)


def _live(rita: Person, tom: Person, budi: Person, dewi: Person, cut: Callable[[], None]) -> None:
    rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    budi.writes("2026-12", "4711 / A-3")  # Neither a rule nor the language can be seen here: the mailbox decides.
    rita.gets("[HD-")
    budi.gets("[HD-")
    assigned, other = tom.gets("The printer on floor 2"), dewi.gets("4711 / A-3")
    tom.answers(assigned, "#take\n#prio high\n\nHello Rita, is tray 3 open?")
    question = rita.gets("is tray 3 open?")
    cut()  # As a restart of the database does; nobody must notice.
    tom.answers(assigned, f"#note\n{SECRET}")
    rita.answers(question, "Yes, it was open.")
    tom.gets("Yes, it was open.")
    dewi.answers(other, "#close\n\nSudah beres.")
    tom.answers(assigned, "#resolve\n\nPlease keep the tray closed; it prints again.")
    budi.gets("Sudah beres.")
    rita.gets("it prints again.")
    budi.answers(budi.gets("Mohon penilaian Anda"), "3")
    rita.answers(rita.gets("Your opinion, please"), "5 - quick and friendly")
    rita.gets("Thank you for your rating")
    budi.gets("3 dari 5")


def _cut_connections(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'mailbot'"
        ).fetchall()
    assert ended, "the daemon has no connection"


def _examine_requester(person: Person, language: str, *, closed_by_clock: bool) -> None:
    mails = person.inbox
    kinds = [(mail.value("Auto-Submitted"), bool(mail.value("List-Unsubscribe"))) for mail in mails]
    acknowledgement, thanks = ("auto-replied", False), ("auto-replied", False)
    survey, closed, by_hand = ("auto-generated", True), ("auto-generated", False), ("", False)
    if closed_by_clock:
        assert kinds == [acknowledgement, by_hand, by_hand, closed, survey, thanks]
    else:
        assert kinds == [acknowledgement, by_hand, survey, thanks]  # Words of a technician closed it.
    assert [mail.value("Content-Language") for mail in mails] == [language] * len(mails)
    unsubscribe = mails[-2].value("List-Unsubscribe")
    assert re.fullmatch(r"<mailto:support@example\.com\?subject=unsubscribe%20\d+\.r\.[a-z0-9.]+>", unsubscribe)
    # The answers of the helpdesk hang together: each follows what its reader sent or got before, in order.
    assert (mails[0].value("In-Reply-To"), mails[0].references) == (person.ids[0], person.ids[:1])
    known = set(person.ids)
    for mail in mails:
        assert mail.references[0] == person.ids[0]
        assert mail.value("In-Reply-To") == mail.references[-1]
        assert set(mail.references) <= known, "an identifier of a mail that he never saw"
        assert len(set(mail.references)) == len(mail.references)
        known.add(mail.value("Message-ID"))
    assert len(mails[-1].references) >= len(mails)
    for mail in mails:
        everything = " ".join([*mail.bodies, mail.kept.raw.decode("ascii")])
        assert SECRET[:30] not in " ".join(everything.split())
        assert not re.search(r"\.t\.[0-9a-z]{1,4}\.[a-z2-7]{10}\.", everything), "a technician's token"
        assert TOM not in everything
        assert DEWI not in everything


def _examine_envelopes(sink: SmtpSink, people: list[Person]) -> None:
    assert set(sink.logins) == {"PLAIN mailbot"}
    assert sum(len(person.inbox) for person in people) == len(sink.mails), "somebody else got mail"
    ids = []
    for kept in sink.mails:
        assert (kept.mail_from, len(kept.recipients)) == ("bounces@example.com", 1)
        seen = take_apart(kept)
        ids.append(seen.value("Message-ID"))
        assert seen.value("To").endswith(kept.recipients[0]) or seen.value("To").endswith(f"<{kept.recipients[0]}>")
        assert seen.value("From") == "Example Helpdesk <support@example.com>"
        for name in ("references", "in-reply-to", "message-id"):
            for line in seen.lines.get(name, []):
                # One identifier a line, as it is: an encoded word (RFC 2047) would break every thread.
                assert re.fullmatch(rb" ?<[!-;=?-~]+@[a-z.]+>", line), line
        assert kept.raw.isascii()
        assert b"\n" not in kept.raw.replace(b"\r\n", b"")
        assert max(map(len, kept.raw.split(b"\r\n"))) <= 998
    assert all(re.fullmatch(r"<\d+\.[rt]\.[0-9a-z]+\.[a-z2-7]{10}\.[a-z2-7]{26}@example\.com>", name) for name in ids)
    assert len(set(ids)) == len(ids), "a mail was sent twice"


def _examine_mailboxes(dovecot: Dovecot, delivered: dict[str, list[bytes]]) -> None:
    for account, raws in delivered.items():
        assert sorted(dovecot.messages(account, "Processed")) == sorted(raws)
        assert dovecot.messages(account) == []
        assert not any("S" in flags for flags in dovecot.flags(account, "Processed"))


def _examine_database(database: Database, sink: SmtpSink, delivered: dict[str, list[bytes]]) -> None:
    first, second = rows(database, Ticket)
    if first.requester_address != RITA:
        first, second = second, first
    assert (first.status, first.priority, first.category, first.language) == ("closed", "high", "printer", "en")
    assert (first.team, first.technician, first.mailbox) == ("support", TOM, "it")
    assert (second.status, second.category, second.language) == ("closed", "meeting", "id")
    assert (second.team, second.technician, second.mailbox) == ("people", DEWI, "hr")
    votes = {row.address: (row.score, row.comment) for row in rows(database, Survey)}
    assert votes == {RITA: (5, "quick and friendly"), BUDI: (3, "")}
    receipts = rows(database, Receipt)
    with database.unit_of_work(write=False) as session:
        stored = {
            name: [load_raw(session, row.sha256) for row in receipts if row.mailbox == name] for name in ("it", "hr")
        }
    assert sorted(stored.values()) == sorted(delivered.values())
    assert all((row.state, row.filed, row.attempts) == ("done", "done", 1) for row in receipts)
    kinds = [row.disposition for row in receipts if row.mailbox == "it"]
    assert kinds == ["created", "commanded", "commanded", "appended", "commanded", "appended"]
    assert [row.disposition for row in receipts if row.mailbox == "hr"] == ["created", "commanded", "appended"]
    outbox = rows(database, OutboxMail)
    assert all((row.state, row.attempts) == ("sent", 1) for row in outbox)
    # What was queued is what was sent, to the byte, and the server took it when the database says so.
    assert {(row.recipient, row.raw) for row in outbox} == {(kept.recipients[0], kept.raw) for kept in sink.mails}
    assert all(
        isinstance(row.sent_at, datetime) and row.sent_at - row.created_at < timedelta(minutes=1) for row in outbox
    )
