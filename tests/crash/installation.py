"""A mailbot of its own in a directory: its configuration, its database, and its daemon, which may be killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[2]
DATABASE = "mailbot.db"

CONFIG = """\
[helpdesk]
name = "Example Helpdesk"
address = "support@example.com"
state_dir = "{state}"

[security]
secret_key = "0123456789abcdef0123456789abcdef0123456789abcdef"

[[mailboxes]]
name = "main"
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "support"
password = "secret"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"

[daily] # Whether it is morning just now must not change how many mails there are.
worklist = false
overview = false

[limits] # Few people write many mails here; none of the caps may hide a mail that is missing.
per_address_day = 1000000
per_ticket_address_day = 1000000
global_hour = 1000000
acknowledgements_per_address_hour = 1000000
tickets_per_address_hour = 10000
"""


Ask = Callable[[str], list[tuple[Any, ...]]]
"""Puts a question in SQL to a database; gives the rows."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A directory with a configuration; everything else lies below it, or in the database at a URL."""

    directory: Path
    url: str = ""

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.directory / "config.toml"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.directory / "state" / DATABASE

    @contextmanager
    def asking(self) -> Iterator[Ask]:
        """A connection to the database that goes round mailbot."""
        if not self.url:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as file:
                yield lambda query: file.execute(query).fetchall()
            return
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as server:
            yield lambda query: server.execute(query.encode()).fetchall()

    def end_claims(self) -> None:
        """Ends the lease of every mail that a dead daemon was sending: other nodes would wait a quarter of an hour.

        On SQLite the next daemon knows that it is the only one, and does not wait.
        """
        if self.url:
            with self.asking() as ask:
                ask("UPDATE outbox SET next_attempt_at = now() WHERE state = 'sending' RETURNING id")

    @property
    def log(self) -> Path:
        """What the daemons have said, one after the other."""
        return self.directory / "daemon.log"

    def command(self, *words: str) -> list[str]:
        """A command of mailbot as a shell would start it, without relying on PATH."""
        return [sys.executable, "-m", "mailbot", "--config", str(self.config), *words]

    def call(self, *words: str, accepted: Sequence[int] = (0,)) -> str:
        """Runs a command to its end; gives what it printed.

        Raises:
            RuntimeError: It ended with another exit code than the accepted ones.
        """
        done = subprocess.run(
            self.command(*words), cwd=ROOT, env=environment(), capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode not in accepted:
            raise RuntimeError(f"mailbot {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> "subprocess.Popen[bytes]":
        """Starts the daemon; its log is added to `log`."""
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self.command("run", "--log-format", "json"),
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def install(directory: Path, *, imap_port: int, smtp_port: int, more: str = "", url: str = "") -> Installation:
    """Writes a configuration and makes the database, as an operator does; with a URL, in the database there."""
    made = Installation(directory, url)
    (directory / "state").mkdir(mode=0o700, parents=True)
    text = CONFIG.format(state=directory / "state", imap_port=imap_port, smtp_port=smtp_port)
    database = f'\n[database]\nurl = "{url}"\n' if url else ""
    made.config.write_text(text + database + more)
    made.config.chmod(0o600)
    made.call("db", "upgrade")
    return made


def environment() -> dict[str, str]:
    """The environment of this process, without what would change a configuration."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT")}


def stop(daemon: "subprocess.Popen[bytes]") -> int:
    """Asks the daemon to end, and waits for it; gives its exit code."""
    daemon.send_signal(signal.SIGTERM)
    try:
        return daemon.wait(20)
    finally:
        kill(daemon)


def kill(daemon: "subprocess.Popen[bytes]") -> None:
    """Ends the daemon as a failing power supply would."""
    if daemon.poll() is None:
        os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()
