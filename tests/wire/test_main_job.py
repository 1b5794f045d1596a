"""The main job on real servers: Dovecot, an SMTP server, both databases, and the daemon as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import pytest
from servers.certificates import Certificate
from servers.dovecot import Dovecot
from servers.smtp_sink import Kept, SmtpSink
from sqlalchemy import select
from sqlmodel import col
from world.mails import build, plain_text, reply

from mailbot.adapters.db import Database
from mailbot.adapters.tables import Receipt, Survey, Ticket
from mailbot.service import utc_now

pytestmark = pytest.mark.wire

_T = TypeVar("_T")

CONFIG = """
[helpdesk]
name = "Example Helpdesk"
address = "support@example.com"
state_dir = "{state}"
undo_window = "1s"

[security]
secret_key = "0123456789abcdef0123456789abcdef0123456789abcdef"

[database]
url = "{url}"

[[mailboxes]]
name = "main"
host = "localhost"
port = {imap_port}
security = "{imap_security}"
username = "support"
password = "s3cret word"
ca_file = "{imap_ca}"

[smtp]
host = "localhost"
port = {smtp_port}
security = "starttls"
username = "mailbot"
password = "post office"
ca_file = "{smtp_ca}"

[daily] # Whether it is morning just now must not change how many mails there are.
worklist = false
overview = false

[[teams]]
name = "support"
lead = "lena@example.com"

[[technicians]]
email = "tom@example.com"
name = "Tom Tech"
teams = ["support"]

[sla.critical]
first_response = "3s"
next_update = "6s"
resolution = "4h"

[escalation]
lead_after = "1s"

[closing]
resolved_after = "1s"

[surveys]
delay = "1s"
"""


class Company:
    """The servers and the people around one daemon."""

    def __init__(self, imap: Dovecot, smtp: SmtpSink, database: Database) -> None:
        self.imap = imap
        self.smtp = smtp
        self.database = database

    def writes(self, sender: str, subject: str, text: str) -> None:
        self.imap.deliver("support", build(sender, subject, text, at=utc_now(), name=sender.partition("@")[0].title()))

    def answers(self, sender: str, mail: EmailMessage, text: str, **extra: Any) -> None:
        self.imap.deliver("support", reply(sender, mail, text, at=utc_now(), **extra))

    def got(self, recipient: str, words: str) -> EmailMessage:
        """Waits for a mail to somebody with these words in subject or text."""

        def look() -> EmailMessage | None:
            return next((mail for mail in self.mails(recipient) if words in mail["Subject"] + plain_text(mail)), None)

        return until(look, f"a mail to {recipient} with {words!r}")

    def mails(self, recipient: str) -> list[EmailMessage]:
        return [parse(kept.raw) for kept in self.kept(recipient)]

    def kept(self, recipient: str) -> list[Kept]:
        return [kept for kept in self.smtp.mails if kept.recipients == (recipient,)]

    def receipts(self) -> list[Receipt]:
        with self.database.unit_of_work(write=False) as session:
            return list(session.scalars(select(Receipt).order_by(col(Receipt.id))))

    def ticket(self) -> Ticket:
        with self.database.unit_of_work(write=False) as session:
            return session.scalars(select(Ticket).order_by(col(Ticket.number)).limit(1)).one()


def parse(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def until(look: Callable[[], _T | None], what: str) -> _T:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


@contextmanager
def daemon(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "mailbot", "--config", str(config), "run", "--log-format", "json"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    with (config.parent / "daemon.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0, (config.parent / "daemon.log").read_text()


@pytest.fixture
def mailbox() -> Iterator[Dovecot]:
    with Dovecot({"support": "s3cret word"}) as server:
        yield server


@pytest.mark.parametrize(
    ("security", "kind"), [("tls", "sqlite"), ("starttls", "postgresql")], ids=["TLS-SQLite", "STARTTLS-PostgreSQL"]
)
def test_from_a_mail_to_the_vote_on_real_servers(
    security: str,
    kind: str,
    mailbox: Dovecot,
    certificates: dict[str, Certificate],
    ca_file: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    database: Database = request.getfixturevalue(f"{kind.replace('postgresql', 'postgres')}_database")
    server = database.engine.url.render_as_string(hide_password=False)
    url = f"sqlite:///{database.path}" if database.path else server
    context = certificates["good"].server_context()
    with SmtpSink(security="required", context=context, accounts={"mailbot": "post office"}) as sink:
        config = tmp_path / "config.toml"
        config.write_text(
            CONFIG.format(
                state=tmp_path,
                url=url,
                imap_port=mailbox.tls_port if security == "tls" else mailbox.port,
                imap_security=security,
                imap_ca=mailbox.ca_file,
                smtp_port=sink.port,
                smtp_ca=ca_file,
            )
        )
        config.chmod(0o600)
        company = Company(mailbox, sink, database)
        with daemon(config):
            live(company)
        examine(company)


def live(company: Company) -> None:
    """What everybody writes, and waits for."""
    company.writes("rita@client.example", "Printer jams", "The printer on floor 2 jams. Please help.\n\nRita")
    company.got("rita@client.example", "We have received your request")
    assigned = company.got("tom@example.com", "The printer on floor 2 jams")
    company.answers("tom@example.com", assigned, "#take\n#prio high\n\nHello Rita,\n\nis tray 3 open?\n\nTom")
    question = company.got("rita@client.example", "is tray 3 open?")
    company.answers("tom@example.com", assigned, "#note\nThe canary sings: this printer is to be replaced.")
    company.answers("rita@client.example", question, "Yes, tray 3 was open.")
    company.got("tom@example.com", "Yes, tray 3 was open.")
    company.answers("tom@example.com", assigned, "#resolve\n\nThe tray is closed; it prints.", files={"a.pdf": b"%PDF"})
    company.got("rita@client.example", "The tray is closed; it prints.")
    survey = company.got("rita@client.example", "Your opinion")
    company.answers("rita@client.example", survey, "5 - terima kasih")
    company.got("rita@client.example", "Thank you")
    company.writes("budi@client.example", "URGENT production down", "The whole office is offline, production is down!")
    company.got("budi@client.example", "We are still working")
    company.got("lena@example.com", "Overdue")
    close_by_word(company)
    until(lambda: company.imap.messages("support") == [], "an empty mailbox")


def close_by_word(company: Company) -> None:
    """A ticket that is closed by the technician's own word, with a last text to the requester."""
    company.writes("dewi@client.example", "Which toner", "Which toner does the printer on floor 3 need?\n\nDewi")
    company.got("dewi@client.example", "We have received your request")
    assigned = company.got("tom@example.com", "Which toner does the printer on floor 3 need?")
    company.answers("tom@example.com", assigned, "#close\n\nHello Dewi,\n\nit needs the TN-2480.\n\nTom")
    company.got("dewi@client.example", "it needs the TN-2480.")
    company.got("tom@example.com", "is told that the ticket is closed")
    company.got("dewi@client.example", "Your opinion")


def examine(company: Company) -> None:
    """What must be true of the bytes that were sent, of the mailbox and of the database."""
    assert [row.disposition for row in company.receipts()].count("created") == 3
    assert {row.disposition for row in company.receipts()} == {"created", "commanded", "appended"}
    assert all(row.filed == "done" for row in company.receipts())
    assert len(company.imap.messages("support", "Processed")) == len(company.receipts())
    assert not any("S" in flags for flags in company.imap.flags("support", "Processed"))
    ticket = company.ticket()
    assert (ticket.status, ticket.priority, ticket.technician) == ("closed", "high", "tom@example.com")
    with company.database.unit_of_work(write=False) as session:
        survey = session.scalars(select(Survey).where(col(Survey.ticket) == ticket.number)).one()
        closed = session.scalars(select(Ticket).where(col(Ticket.requester_address) == "dewi@client.example")).one()
    assert (closed.status, closed.closed_at is not None) == ("closed", True)
    examine_closing(company, f"[HD-{closed.number}]")
    assert (survey.score, survey.comment) == (5, "terima kasih")
    for kept in company.smtp.mails:
        assert kept.mail_from == "support@example.com"
        assert len(kept.recipients) == 1
        assert all(len(line) <= 998 for line in kept.raw.split(b"\r\n"))
    ids = [parse(kept.raw)["Message-ID"] for kept in company.smtp.mails]
    assert len(set(ids)) == len(ids)
    examine_requesters_mail(company, {mail["Message-ID"] for mail in company.mails("tom@example.com")})


def examine_closing(company: Company, tag: str) -> None:
    """The bytes of what Dewi got: her acknowledgement, the closing words of the technician, and the survey."""
    acknowledgement, closed, survey = company.mails("dewi@client.example")
    raw = company.kept("dewi@client.example")[1].raw
    head, _, body = raw.partition(b"\r\n\r\n")
    assert tag in closed["Subject"]
    assert closed["In-Reply-To"] == acknowledgement["Message-ID"]
    assert closed["Auto-Submitted"] is None  # A person wrote it.
    assert survey["Auto-Submitted"] == "auto-generated"
    assert b"\r\nTo: dewi@client.example\r\n" in head
    assert b"\r\nFrom: Example Helpdesk <support@example.com>\r\n" in b"\r\n" + head
    assert b"it needs the TN-2480." in body
    assert b"#close" not in raw
    assert b"tom@example.com" not in raw


def examine_requesters_mail(company: Company, ids_of_technician: set[str]) -> None:
    mails = company.mails("rita@client.example")
    kinds = [(mail["Auto-Submitted"], mail["List-Unsubscribe"] is not None) for mail in mails]
    assert kinds == [
        ("auto-replied", False),  # The acknowledgement.
        (None, False),  # The question of the technician.
        (None, False),  # The solution.
        ("auto-generated", False),  # Closed.
        ("auto-generated", True),  # The survey.
        ("auto-replied", False),  # Thanks for the vote.
    ]
    assert [part.get_filename() for part in mails[2].iter_attachments()] == ["a.pdf"]
    for mail, kept in zip(mails, company.kept("rita@client.example"), strict=True):
        assert "[HD-1001]" in mail["Subject"]
        assert mail["In-Reply-To"]
        assert b"canary" not in kept.raw
        assert b"tom@example.com" not in kept.raw
        assert not any(secret.encode() in kept.raw for secret in ids_of_technician)
        assert mail["Content-Language"] == "en"
