"""The running demonstration: its folder, its servers, the daemon in a process of its own, and what it has sent."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import select
from sqlmodel import col

from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail, Receipt
from mailbot.demo.people import Person, subject_of, text_of
from mailbot.demo.script import Cast
from mailbot.demo.world import MailWorld
from mailbot.errors import MailbotError

PAGE = 100
"""Columns of the page."""

_T = TypeVar("_T")
_PATIENCE = 40.0  # Seconds to wait for one thing to happen, on a slow machine.
_STOP_WITHIN = 20.0


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
    read_aloud: set[tuple[str, bool]] = field(default_factory=set)  # Notices of which one was shown with its text.

    @property
    def log(self) -> Path:
        """What the daemon says."""
        return self.folder / "daemon.log"

    def is_ready(self) -> bool | None:
        """Whether the daemon has said that it is up; before that a signal would end it."""
        return (self.log.exists() and '"event": "started"' in self.log.read_text(encoding="utf-8")) or None

    def say(self, text: str = "") -> None:
        """Shows a line to a person."""
        if not self.quiet:
            click.echo(text)

    def tell(self, label: str, text: str) -> None:
        """Shows a fact below its step, wrapped to the page."""
        self.say(textwrap.fill(text, PAGE, initial_indent=f"     {label:<8}", subsequent_indent=" " * 13))

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


@contextmanager
def running_daemon(stage: Stage) -> Iterator[None]:
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
