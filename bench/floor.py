"""The floor of this machine: what the same mails cost with nothing but the steps that no helpdesk can leave out.

In series, in one thread: IMAP FETCH in batches, parsing with the standard library, one SQLite transaction for each mail
that survives a power failure, and a short mail over one SMTP connection for three fifths of them.
"""

import email
import email.policy
import smtplib
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from imapclient import IMAPClient
from servers.dovecot import Dovecot
from servers.smtp_sink import sink_process

from bench.mails import ADDRESS, Sample, new_mails

BATCH = 50
_TABLES = """
CREATE TABLE tickets (id INTEGER PRIMARY KEY, subject TEXT, requester TEXT, status TEXT, at REAL);
CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket INTEGER, message_id TEXT UNIQUE, body BLOB, at REAL);
CREATE INDEX messages_ticket ON messages (ticket);
"""
_FIELDS = ("subject", "from", "to", "message-id", "in-reply-to", "date")


@dataclass(frozen=True, slots=True)
class Floor:
    """Mails a second of each step, and of all in series."""

    fetch: float
    parse: float
    commit: float
    send: float
    series: float


def run(dovecot: Dovecot, directory: Path, samples: list[Sample]) -> Floor:
    """Measures once, with an empty mailbox."""
    dovecot.empty("support")
    dovecot.deliver("support", *(sample.raw for sample in samples))
    directory.mkdir(parents=True)
    with sink_process(directory / "sink.jsonl") as port:
        begin = time.perf_counter()
        raws = _fetch(dovecot)
        fetched = time.perf_counter()
        for raw in raws:
            _parse(raw)
        parsed = time.perf_counter()
        _commit(directory / "floor.db", raws)
        committed = time.perf_counter()
        acknowledgements = [_acknowledgement(number) for number in range(new_mails(samples))]
        composed = time.perf_counter()
        _send(port, acknowledgements)
        sent = time.perf_counter()
    count = len(samples)
    series = (committed - begin) + (sent - composed)
    return Floor(
        fetch=count / (fetched - begin),
        parse=count / (parsed - fetched),
        commit=count / (committed - parsed),
        send=len(acknowledgements) / (sent - composed),
        series=count / series,
    )


def _fetch(dovecot: Dovecot) -> list[bytes]:
    client = IMAPClient("127.0.0.1", port=dovecot.port, ssl=False)
    client.login("support", "secret")
    client.select_folder("INBOX")
    uids, raws = client.search(), []
    for start in range(0, len(uids), BATCH):
        found = client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"])
        raws += [bytes(data[b"BODY[]"]) for data in found.values()]
    client.logout()
    return raws


def _parse(raw: bytes) -> None:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for name in _FIELDS:
        str(mail[name])
    for part in mail.walk():
        if not part.is_multipart():
            part.get_content()


def _commit(file: Path, raws: list[bytes]) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(_TABLES)
        for number, raw in enumerate(raws):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO tickets VALUES (NULL, 'subject', 'a@b.example', 'new', 1)")
            values = (number, f"<{number}@x.example>", raw)
            database.execute("INSERT INTO messages VALUES (NULL, ?, ?, ?, 1)", values)
            database.execute("COMMIT")


def _acknowledgement(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = ADDRESS
    mail["To"] = f"person{number}@customer.example"
    mail["Subject"] = f"[HD-{number}] We have your message"
    mail["Message-ID"] = f"<{number}@example.com>"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"Hello,\n\nyour message is ticket {number}.\n" + "A line of text, as people write them.\n" * 60)
    return mail


def _send(port: int, mails: list[EmailMessage]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for mail in mails:
            client.send_message(mail)
