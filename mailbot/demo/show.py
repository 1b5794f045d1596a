"""The demonstration: embedded servers, the real daemon in a process of its own, and what a person sees of it."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click
from sqlalchemy import select
from sqlmodel import col

from mailbot.adapters import ledger
from mailbot.adapters.db import Database
from mailbot.adapters.gallery import gallery
from mailbot.adapters.schema import upgrade
from mailbot.adapters.tables import OutboxMail, Receipt
from mailbot.config import load
from mailbot.demo.folder import LEAD, PASSWORD, PEOPLE, configure, prepare
from mailbot.demo.people import SUPPORT, Person, subject_of, text_of
from mailbot.demo.script import Cast, Step, conversation, ending, opening
from mailbot.demo.world import MailWorld
from mailbot.errors import MailbotError
from mailbot.service import build_database, build_desk

_T = TypeVar("_T")
_PATIENCE = 40.0  # Seconds to wait for one thing to happen, on a slow machine.
_STOP_WITHIN = 20.0
_PAGE = 100  # Columns.
_TAIL = 15  # Lines of the daemon's log that are shown when something fails.
_CAUSES = {
    "closed": "The requester does not object to the solution: the ticket is closed, and he is told",
    "survey": "The ticket is closed: the requester is asked how it was",
    "escalation": "Nobody answers the alarm in time: first its technician is told, then the lead",
    "status_update": "A requester waits: he is told that he is not forgotten",
    "pending_reminder": "A requester does not answer: he is reminded",
}


@dataclass(slots=True)
class Stage:
    """The running demonstration, and what has been seen of it."""

    folder: Path
    config: Path
    world: MailWorld
    database: Database
    cast: Cast
    quiet: bool
    daemon: "subprocess.Popen[bytes] | None" = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    shown: int = 0  # The mail of the outbox that was shown last.

    @property
    def log(self) -> Path:
        """What the daemon says."""
        return self.folder / "daemon.log"

    def say(self, text: str = "") -> None:
        """Shows a line to a person."""
        if not self.quiet:
            click.echo(text)

    def tell(self, label: str, text: str) -> None:
        """Shows a fact below its step, wrapped to the page."""
        self.say(textwrap.fill(text, _PAGE, initial_indent=f"     {label:<8}", subsequent_indent=" " * 13))

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

        return self.until(look, f"a mail to {person.address} about {words!r}")

    def receipts(self) -> list[Receipt]:
        """The lines of the ledger, oldest first."""
        with self.database.unit_of_work(write=False) as session:
            return list(session.scalars(select(Receipt).order_by(col(Receipt.id))))

    def outbox(self) -> list[OutboxMail]:
        """The mails of the helpdesk, oldest first."""
        with self.database.unit_of_work(write=False) as session:
            return list(session.scalars(select(OutboxMail).order_by(col(OutboxMail.id))))

    def until(self, look: Callable[[], _T | None], what: str) -> _T:
        """Waits until there is something to be seen.

        Raises:
            MailbotError: It did not happen in time, or the daemon has ended.
        """
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            found = look()
            if found is not None:
                return found
            if self.daemon is not None and self.daemon.poll() is not None:
                raise MailbotError(f"the daemon ended by itself with code {self.daemon.returncode}, before {what}")
            time.sleep(0.05)
        raise MailbotError(f"{what} did not come within {_PATIENCE:.0f} s")


def show(*, out: str, keep_running: bool, as_json: bool) -> int:
    """Runs the demonstration; gives the exit code: 1 if something was not as it should be.

    Raises:
        UsageError: The folder holds something else.
        ConfigError: The folder cannot be written.
        MailbotError: The servers did not start.
    """
    folder = prepare(out)
    addresses = [SUPPORT, LEAD, *(address for _name, address in PEOPLE.values())]
    with _stoppable(), MailWorld(dict.fromkeys(addresses, PASSWORD)) as world:
        config = configure(folder, world)
        database = build_database(load(config, {}))
        upgrade(database)
        people = {key: Person(name, address, world.smtp_port) for key, (name, address) in PEOPLE.items()}
        stage = Stage(folder, config, world, database, Cast(**people), as_json)
        try:
            with _daemon(stage):
                _play(stage)
                _sum_up(stage)
                if keep_running:
                    _keep_running(stage)
        except MailbotError as error:
            stage.surprises.append(f"{error}; the end of {stage.log}:\n{_tail(stage.log)}")
        _write_mails(stage)
        document = _document(stage)
        database.close()
    for surprise in stage.surprises:
        click.echo(f"\nNOT AS IT SHOULD BE: {surprise}", err=True)
    if as_json:
        click.echo(json.dumps(document, indent=2))
    return 1 if stage.surprises else 0


@contextmanager
def _stoppable() -> Iterator[None]:
    """Lets SIGTERM and a closed terminal end the demonstration as Ctrl-C does, so that the daemon ends too."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _daemon(stage: Stage) -> Iterator[None]:
    """Runs `mailbot run` as a process of its own, and stops it with SIGTERM as systemd would."""
    command = [sys.executable, "-m", "mailbot", "--config", str(stage.config), "run", "--log-format", "json"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    with stage.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program.
            command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us; the daemon is stopped below.
        )
        stage.daemon = process
        try:
            yield
            if process.poll() is not None:
                raise MailbotError(f"the daemon ended by itself with code {process.returncode}")
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_WITHIN)
            if process.poll() is None:
                process.kill()
                process.wait()
                stage.surprises.append(f"the daemon did not stop within {_STOP_WITHIN:.0f} s and was killed")


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:] if log.exists() else []
    return "\n".join(f"   {line}" for line in lines) or "   (it is empty)"


def _play(stage: Stage) -> None:
    stage.say(f"Everything of this demonstration is in {stage.folder}")
    stage.say("\n1. Mail arrives\n")
    for step in opening(stage.cast):
        _perform(stage, step)
    stage.say("\n2. Technicians work by mail, and requesters answer\n")
    for step in conversation(stage.cast, stage.wait_for):
        _perform(stage, step)
    stage.say("\n3. The scheduler: what is late is escalated, what is open is told, what is done is asked about\n")
    for notice in ("closed", "survey", "escalation", "status_update"):
        stage.until(lambda notice=notice: _first(stage, notice), f"a notice of kind {notice}")  # type: ignore[misc]
        _tell_scheduled(stage)
    for step in ending(stage.cast, stage.wait_for):
        _perform(stage, step)
    stage.until(lambda: _all_sent(stage), "the delivery of the last mail")
    _tell_scheduled(stage)


def _first(stage: Stage, notice: str) -> OutboxMail | None:
    return next((mail for mail in stage.outbox() if mail.notice == notice and mail.state == "sent"), None)


def _all_sent(stage: Stage) -> bool | None:
    return all(mail.state not in {"queued", "sending"} for mail in stage.outbox()) or None


def _perform(stage: Stage, step: Step) -> None:
    """Does a step, waits until the ledger says what became of the mail, and shows it."""
    _tell_scheduled(stage)
    before = len(stage.receipts())
    step.act()

    def look() -> Receipt | None:
        rows = stage.receipts()
        return rows[before] if len(rows) > before and rows[before].state == "done" else None

    receipt = stage.until(look, f"a decision about the mail of {step.title!r}")
    stage.steps.append(
        {
            "title": step.title,
            "from": receipt.originator,
            "subject": receipt.subject,
            "became": receipt.disposition,
            "ticket": receipt.ticket,
            "reason": receipt.reason,
        }
    )
    if receipt.disposition != step.expect:
        stage.surprises.append(f"{step.title}: it became {receipt.disposition}, not {step.expect}: {receipt.reason}")
    number = f" (HD-{receipt.ticket})" if receipt.ticket else ""
    stage.say(f" * {step.title}")
    stage.tell("from", f"{receipt.originator}: {receipt.subject}")
    stage.tell("became", f"{receipt.disposition.upper()}{number}: {receipt.reason}")
    _tell_mails(stage, _new_mails(stage))


def _tell_scheduled(stage: Stage) -> None:
    """Shows the mails that no message caused, each with its cause."""
    for mail in _new_mails(stage):
        stage.say(f" * {_CAUSES.get(mail.notice, mail.notice)}")
        _tell_mails(stage, [mail])


def _new_mails(stage: Stage) -> list[OutboxMail]:
    return [mail for mail in stage.outbox() if (mail.id or 0) > stage.shown]


def _tell_mails(stage: Stage, mails: Sequence[OutboxMail]) -> None:
    """Shows mails of the helpdesk."""
    for mail in mails:
        stage.tell("mails", f"{mail.recipient}: {_subject(mail)}")
        stage.shown = mail.id or 0


def _subject(mail: OutboxMail) -> str:
    return subject_of(message_from_bytes(mail.raw))


def _sum_up(stage: Stage) -> None:
    """Writes every mail to the folder, and shows the balance and where to look."""
    _write_mails(stage)
    index = gallery(build_desk(load(stage.config, {})).renderer, stage.folder / "gallery")
    mails = stage.outbox()
    for mail in mails:
        if mail.state in {"failed", "uncertain"}:
            stage.surprises.append(f"{mail.notice} to {mail.recipient} is {mail.state}: {mail.answer}")
    balance = _balance(stage)
    parts = " + ".join(f"{count} {kind}" for kind, count in sorted(balance.items()))
    states = ", ".join(f"{count} {state}" for state, count in Counter(mail.state for mail in mails).items())
    stage.say("\n4. The balance\n")
    stage.tell("came", f"{sum(balance.values())} messages = {parts}")
    stage.tell("mails", f"{len(mails)}: {states}")
    stage.say("\nLook at it:\n")
    command = f"mailbot --config {stage.config}"
    for what, where in (
        ("every notice", str(index)),
        ("every mail", f"{stage.folder}/in and {stage.folder}/out"),
        ("a ticket", f"{command} ticket show 1001"),
        ("a person", f"{command} trace rita@demo.example"),
    ):
        stage.say(f"     {what:<14}{where}")
    stage.say("\nAfter `make demo`, the command mailbot is .venv/bin/mailbot.")


def _balance(stage: Stage) -> dict[str, int]:
    with stage.database.unit_of_work(write=False) as session:
        return {kind or "waiting": count for kind, count in ledger.balance(session).items()}


def _keep_running(stage: Stage) -> None:
    world = stage.world
    people = ", ".join(address for _name, address in PEOPLE.values())
    stage.say("\nThe servers and the daemon stay up. Connect a mail client, and take part:\n")
    # No wrapping: these are copied with the mouse.
    for what, value in (
        ("IMAP", f"127.0.0.1, port {world.imap_port}, no encryption"),
        ("SMTP", f"127.0.0.1, port {world.smtp_port}, no encryption, no login"),
        ("accounts", people),
        ("password", f"{PASSWORD} (for each of them)"),
        ("write to", SUPPORT),
        ("look with", f"mailbot --config {stage.config} ticket list"),
    ):
        stage.say(f"     {what:<11}{value}")
    stage.say("\nCtrl-C ends it.")
    # A pause that was interrupted by something else goes on; the daemon may end while we wait.
    with suppress(KeyboardInterrupt):
        while stage.daemon is not None and stage.daemon.poll() is None:
            time.sleep(0.5)
    stage.say("\nstopping")


def _write_mails(stage: Stage) -> None:
    """Writes what came and what went out, a file each."""
    received: Sequence[bytes] = stage.world.delivered(SUPPORT)
    for name in ("in", "out"):
        (stage.folder / name).mkdir(exist_ok=True)
    for number, raw in enumerate(received, 1):
        (stage.folder / "in" / f"{number:02d}.eml").write_bytes(raw)
    for number, mail in enumerate(stage.outbox(), 1):
        (stage.folder / "out" / f"{number:02d}-{mail.notice}.eml").write_bytes(mail.raw)


def _document(stage: Stage) -> dict[str, Any]:
    mails = [
        {
            "notice": mail.notice,
            "recipient": mail.recipient,
            "subject": _subject(mail),
            "state": mail.state,
            "ticket": mail.ticket,
        }
        for mail in stage.outbox()
    ]
    return {
        "folder": str(stage.folder),
        "steps": stage.steps,
        "mails": mails,
        "ledger": _balance(stage),
        "surprises": stage.surprises,
    }
