"""A configuration and the daemons that run with it, each a process of its own, and all that they say to anybody."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import select
from sqlmodel import SQLModel

from mailbot.adapters.db import Database

_T = TypeVar("_T")
_PATIENCE = 30.0  # Seconds to wait for something that must happen, on a machine that is busy.
STOP_WITHIN = 10.0  # Seconds.

HELPDESK = """\
[security]
secret_key = "0123456789abcdef0123456789abcdef0123456789abcdef"

[helpdesk]
name = "Example Helpdesk"
address = "support@example.com"
state_dir = "{state}"
undo_window = "1s"
"""

MAILBOX = """
[[mailboxes]]
name = "{name}"
host = "localhost"
port = {port}
security = "{security}"
username = "{username}"
password = "{password}"
poll = "2s"
"""

SMTP = """
[smtp]
host = "localhost"
port = {port}
security = "{security}"
"""

PEOPLE = """
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
"""


def mailbox(port: int, *, name: str = "main", username: str = "support", password: str = "secret") -> str:
    """A mailbox without TLS."""
    return MAILBOX.format(name=name, port=port, security="none", username=username, password=password)


def smtp(port: int) -> str:
    """An SMTP server without TLS and without a login."""
    return SMTP.format(port=port, security="none")


def until(look: Callable[[], _T | None], what: str, patience: float = _PATIENCE) -> _T:
    """Waits until `look` gives something, and gives that."""
    end = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(0.05)
    return found


class Systemd:
    """The socket on which systemd listens to a service; it keeps every message with the moment at which it came."""

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="ntf", dir="/tmp"))  # Short: such a path has at most 107 bytes.
        self.address = str(self._directory / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._messages: list[tuple[float, str]] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self.address)
        self._thread.join(5)
        self._socket.close()
        shutil.rmtree(self._directory)

    def _listen(self) -> None:
        while data := self._socket.recv(65536):
            self._messages.append((time.monotonic(), data.decode()))

    @property
    def messages(self) -> list[str]:
        """What was said, oldest first."""
        return [text for _at, text in self._messages]

    def times(self, line: str) -> list[float]:
        """When a line was said (monotonic seconds)."""
        return [at for at, text in self._messages if line in text.split("\n")]

    @property
    def status(self) -> str:
        """What `systemctl status` would show now."""
        lines = [line for text in self.messages for line in text.split("\n") if line.startswith("STATUS=")]
        return lines[-1].removeprefix("STATUS=") if lines else ""


class Daemon:
    """A running daemon."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, systemd: Systemd) -> None:
        self.process = process
        self.systemd = systemd
        self._log = log

    @property
    def text(self) -> str:
        """All that it has logged."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The events of a kind that it has logged; a line that is still being written is no event yet."""
        lines = [json.loads(line) for line in self.text.splitlines(keepends=True) if line.endswith("}\n")]
        return [line for line in lines if line["event"] == event]

    def logs(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        """Waits until it has logged so many events of a kind."""

        def look() -> list[dict[str, Any]] | None:
            found = self.logged(event)
            return found if len(found) >= count else None

        return self.until(look, f"{count} x {event} in the log")

    def says(self, words: str) -> None:
        """Waits until it has told systemd this."""
        self.until(lambda: any(words in text for text in self.systemd.messages), f"{words!r} on the socket of systemd")

    def shows(self, words: str) -> None:
        """Waits until its status is like this."""
        self.until(lambda: words in self.systemd.status, f"the status {words!r}")

    def until(self, look: Callable[[], _T | None], what: str) -> _T:
        """Waits for something that it must do; fails at once if it ends instead."""

        def living() -> _T | None:
            if found := look():
                return found
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.text}"
            return None

        try:
            return until(living, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; its status was {self.systemd.status!r}, its log\n{self.text}") from None

    def reload(self) -> None:
        """Sends SIGHUP, and waits until it has read its configuration."""
        before = len(self.systemd.times("READY=1"))
        self.process.send_signal(signal.SIGHUP)
        self.until(lambda: len(self.systemd.times("READY=1")) > before, "READY=1 after a reload")

    def stop(self) -> int:
        """Sends SIGTERM; gives its exit code.

        Raises:
            subprocess.TimeoutExpired: It needs longer than it may.
        """
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_WITHIN)


class Place:
    """A state directory with a configuration.

    Args:
        directory: Where; an SQLite database with all tables lies there if none is named in the configuration.
        parts: The sections beyond `[security]` and `[helpdesk]`; keys without a section belong to the latter.
        program: What Python runs instead of mailbot itself.
    """

    def __init__(self, directory: Path, *parts: str, program: Sequence[str] = ("-m", "mailbot")) -> None:
        self.directory = directory
        self._program = program
        self.config = directory / "config.toml"
        self.configure(*parts)

    def configure(self, *parts: str) -> None:
        """Writes the configuration, or writes another one."""
        self.config.touch(mode=0o600)
        self.config.write_text("".join([HELPDESK.format(state=self.directory), *parts]), encoding="utf-8")

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command of mailbot to its end."""
        line = self._line(words)
        return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60, env=_environment())

    @contextmanager
    def daemon(self, *, ready: bool = True, **environment: str) -> Iterator[Daemon]:
        """A daemon that ends with the block; with `ready` the block begins when it is."""
        log = self.directory / "daemon.log"
        with Systemd() as systemd, log.open("wb") as output:
            variables = {**_environment(), "NOTIFY_SOCKET": systemd.address, **environment}
            process = subprocess.Popen(
                self._line(["run", "--log-format", "json"]),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=variables,
            )
            daemon = Daemon(process, log, systemd)
            try:
                if ready:
                    daemon.says("READY=1")
                yield daemon
            finally:
                process.kill()
                process.wait()

    def _line(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, *self._program, "--config", str(self.config), *words]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAILBOT_", "WATCHDOG_"))}


def rows(database: Database, table: type[SQLModel]) -> list[Any]:
    """All rows of a table, oldest first."""
    with database.unit_of_work(write=False) as session:
        found = list(session.scalars(select(table)))
    return sorted(found, key=lambda row: row.number if hasattr(row, "number") else row.id)
