"""The demonstration: embedded servers, the real daemon in a process of its own, and what a person sees of it."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy import select
from sqlmodel import col

from mailbot.adapters import ledger
from mailbot.adapters.db import Database
from mailbot.adapters.gallery import gallery
from mailbot.adapters.schema import upgrade
from mailbot.adapters.tables import OutboxMail, Receipt
from mailbot.config import load
from mailbot.demo.people import SUPPORT, Person, subject_of, text_of
from mailbot.demo.script import Cast, Step, conversation, ending, opening
from mailbot.demo.world import MailWorld
from mailbot.errors import MailbotError
from mailbot.service import build_database, build_desk

_T = TypeVar("_T")
_PATIENCE = 40.0  # Seconds to wait for one thing to happen, on a slow machine.
_PASSWORD = "demo"  # noqa: S105 - the password of mailboxes that live on loopback for a minute.

_CONFIG = """\
[helpdesk]
name = "Demo Helpdesk"
address = "{support}"
state_dir = "{folder}"
language = "en"

[security]
secret_key = "{key}"

[[mailboxes]]
name = "support"
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{support}"
password = "{password}"
poll = "1s"  # The embedded server now and then forgets to announce a message.

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"

[[teams]]
name = "support"
lead = "lena@demo.example"

[[technicians]]
email = "dewi@demo.example"
name = "Dewi"
teams = ["support"]
skills = ["hardware"]

[[technicians]]
email = "tono@demo.example"
name = "Tono"
teams = ["support"]
language = "id"

[[rules]]
id = "advertising"
any = ["casino", "lottery", "jackpot"]
action = "ignore"

# Time runs fast in the demonstration, so that the scheduler has something to show.
[sla.critical]
first_response = "12s"
next_update = "20s"
resolution = "4h"

[sla.normal]
next_update = "15s"

[escalation]
lead_after = "5s"

[closing]
resolved_after = "5s"

[surveys]
delay = "1s"
"""

_PEOPLE = {
    "rita": ("Rita Requester", "rita@demo.example"),
    "budi": ("Budi Santoso", "budi@demo.example"),
    "sari": ("Sari Wijaya", "sari@demo.example"),
    "mallory": ("Mallory", "mallory@demo.example"),
    "dewi": ("Dewi", "dewi@demo.example"),
    "tono": ("Tono", "tono@demo.example"),
}


@dataclass(slots=True)
class Stage:
    """The running demonstration, and what has been seen of it."""

    folder: Path
    world: MailWorld
    database: Database
    cast: Cast
    quiet: bool
    seen: list[dict[str, str]] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        """Shows a line to a person."""
        if not self.quiet:
            click.echo(text)

    def mails(self, address: str) -> list[Message]:
        """The mails that somebody got, oldest first."""
        return [message_from_bytes(raw) for raw in self.world.delivered(address)]

    def wait_for(self, person: Person, words: str) -> Message:
        """Waits for the first mail that somebody gets with these words in subject or text.

        Raises:
            MailbotError: It did not come in time.
        """

        def look() -> Message | None:
            found = [mail for mail in self.mails(person.address) if words in subject_of(mail) or words in text_of(mail)]
            return found[0] if found else None

        return _until(look, f"a mail to {person.address} about {words!r}")

    def receipts(self) -> list[Receipt]:
        """The lines of the ledger, oldest first."""
        with self.database.unit_of_work(write=False) as session:
            return list(session.scalars(select(Receipt).order_by(col(Receipt.id))))


def show(*, out: str, keep_running: bool, as_json: bool) -> int:
    """Runs the demonstration; gives the exit code: 1 if something was not as it should be."""
    folder = Path(out).resolve() if out else Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    passwords = {address: _PASSWORD for _name, address in _PEOPLE.values()}
    passwords |= {SUPPORT: _PASSWORD, "lena@demo.example": _PASSWORD}
    with MailWorld(passwords) as world:
        config = _configure(folder, world)
        database = build_database(load(config, {}))
        upgrade(database)
        people = {key: Person(name, address, world.smtp_port) for key, (name, address) in _PEOPLE.items()}
        stage = Stage(folder, world, database, Cast(**people), as_json)
        with _daemon(config, folder):
            _play(stage)
            if keep_running:
                _keep_running(stage, config)
        _finish(stage, config)
        database.close()
    if as_json:
        click.echo(json.dumps(_document(stage), ensure_ascii=False, indent=2))
    return 1 if stage.surprises else 0


def _configure(folder: Path, world: MailWorld) -> Path:
    path = folder / "config.toml"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    text = _CONFIG.format(
        support=SUPPORT,
        folder=folder,
        key=secrets.token_urlsafe(48),
        imap_port=world.imap_port,
        smtp_port=world.smtp_port,
        password=_PASSWORD,
    )
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def _daemon(config: Path, folder: Path) -> Iterator[None]:
    """Runs `mailbot run` as a process of its own, and stops it with SIGTERM as systemd would."""
    command = [sys.executable, "-m", "mailbot", "--config", str(config), "run", "--log-format", "json"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)  # noqa: S603 - our own program.
        try:
            yield
            if process.poll() is not None:
                raise MailbotError(f"the daemon ended by itself; see {folder / 'daemon.log'}")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _play(stage: Stage) -> None:
    stage.say(f"Everything of this demonstration is in {stage.folder}\n")
    stage.say("1. Mail arrives\n")
    for step in opening(stage.cast):
        _perform(stage, step)
    stage.say("\n2. Technicians work by mail, and requesters answer\n")
    for step in conversation(stage.cast, stage.wait_for):
        _perform(stage, step)
    stage.say("\n3. The scheduler: what is late is escalated, what is open is told, what is done is asked about\n")
    for notice in ("escalation", "status_update"):
        _await_notice(stage, notice)
    for step in ending(stage.cast, stage.wait_for):
        _perform(stage, step)


def _await_notice(stage: Stage, notice: str) -> None:
    def look() -> OutboxMail | None:
        with stage.database.unit_of_work(write=False) as session:
            statement = select(OutboxMail).where(col(OutboxMail.notice) == notice, col(OutboxMail.state) == "sent")
            return session.scalars(statement.limit(1)).first()

    found = _until(look, f"a notice of kind {notice}")
    mail = message_from_bytes(found.raw)
    stage.say(f"   sent   {notice} to {found.recipient}: {subject_of(mail)}")


def _perform(stage: Stage, step: Step) -> None:
    """Does a step, waits until the ledger says what became of the mail, and shows it."""
    before = len(stage.receipts())
    step.act()

    def look() -> Receipt | None:
        rows = stage.receipts()
        return rows[before] if len(rows) > before and rows[before].state == "done" else None

    receipt = _until(look, f"what becomes of {step.title!r}")
    stage.seen.append({"title": step.title, "became": receipt.disposition, "reason": receipt.reason})
    if receipt.disposition != step.expect:
        stage.surprises.append(f"{step.title}: became {receipt.disposition}, not {step.expect}")
    number = f" [HD-{receipt.ticket}]" if receipt.ticket else ""
    stage.say(f" * {step.title}")
    stage.say(f"   became {receipt.disposition}{number}: {receipt.reason}")


def _until(look: Callable[[], _T | None], what: str) -> _T:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    raise MailbotError(f"the demonstration waited {_PATIENCE:.0f} s in vain for {what}; see the log of the daemon")


def _keep_running(stage: Stage, config: Path) -> None:
    world = stage.world
    stage.say("\nThe servers stay up. Connect a mail client without encryption, any of these with the password 'demo':")
    stage.say(f"   IMAP 127.0.0.1 port {world.imap_port}, SMTP 127.0.0.1 port {world.smtp_port}")
    stage.say(f"   {', '.join(address for _name, address in _PEOPLE.values())}")
    stage.say(f"   write to {SUPPORT}; look with: mailbot --config {config} ticket list")
    stage.say("Stop with Ctrl-C.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        stage.say("\nstopping")


def _finish(stage: Stage, config: Path) -> None:
    """Writes every mail to the folder, and shows what went out and the balance of the ledger."""
    with stage.database.unit_of_work(write=False) as session:
        mails = list(session.scalars(select(OutboxMail).order_by(col(OutboxMail.id))))
        balance = dict(ledger.balance(session))
    _write_mails(stage.folder, mails, stage.world.delivered(SUPPORT))
    index = gallery(build_desk(load(config, {})).renderer, stage.folder / "gallery")
    stage.say("\n4. What went out\n")
    for mail in mails:
        subject = subject_of(message_from_bytes(mail.raw))
        stage.say(f"   {mail.state:<6} {mail.notice:<17} to {mail.recipient:<22} {subject}")
    total = sum(balance.values())
    parts = " + ".join(f"{count} {kind}" for kind, count in sorted(balance.items()))
    stage.say(f"\nLedger: {total} seen = {parts}")
    stage.say(f"\nLook at it:  {stage.folder}/in, {stage.folder}/out (every mail), {index} (every notice),")
    stage.say(f"             mailbot --config {config} ticket show 1001   (mailbot is in .venv/bin after make demo)")
    for surprise in stage.surprises:
        click.echo(f"NOT AS IT SHOULD BE: {surprise}", err=True)


def _write_mails(folder: Path, mails: Sequence[OutboxMail], received: Sequence[bytes]) -> None:
    for name in ("in", "out"):
        (folder / name).mkdir(exist_ok=True)
    for number, raw in enumerate(received, 1):
        (folder / "in" / f"{number:02d}.eml").write_bytes(raw)
    for number, mail in enumerate(mails, 1):
        (folder / "out" / f"{number:02d}-{mail.notice}.eml").write_bytes(mail.raw)


def _document(stage: Stage) -> dict[str, object]:
    return {"folder": str(stage.folder), "steps": stage.seen, "surprises": stage.surprises}
