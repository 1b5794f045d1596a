"""What the daemon tells systemd (sd_notify(3), sd_watchdog_enabled(3)), and whether its jobs still live.

Without systemd, `NOTIFY_SOCKET` is not set and every function here does nothing.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

_log = logging.getLogger("mailbot.systemd")

_SEND_WITHIN = 1.0  # Seconds; a systemd that does not read must not stop the daemon.
_STATUS_BYTES = 1000  # systemd takes datagrams of one page; people read one line.


def notify_ready(status: str) -> None:
    """Says that the daemon serves, after a start or a reload.

    Args:
        status: What `systemctl status` shows.
    """
    _notify("READY=1", _status(status))


def notify_status(status: str) -> None:
    """Changes what `systemctl status` shows."""
    _notify(_status(status))


def notify_watchdog() -> None:
    """Says that the daemon lives; systemd restarts it if it hears nothing for `watchdog_period()`."""
    _notify("WATCHDOG=1")


def notify_stopping() -> None:
    """Says that the daemon is on its way out."""
    _notify("STOPPING=1")


def notify_reloading() -> None:
    """Says that the configuration is being read anew; `notify_ready` says that this is done.

    The time stamp is for `Type=notify-reload`, which needs to know that this answers its signal and not an older one.
    """
    _notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def watchdog_period() -> timedelta | None:
    """How long systemd waits for `notify_watchdog`, None if it does not wait.

    Call it at least twice as often as that.
    """
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    wanted = os.environ.get("WATCHDOG_PID", "")
    if wanted and wanted != str(os.getpid()):
        return None  # The variables were meant for the process that started us.
    if not microseconds.isascii() or not microseconds.isdigit() or int(microseconds) == 0:
        return None
    return timedelta(microseconds=int(microseconds))


class Heartbeats:
    """When each job last said that it lives; every method may be called from every thread.

    Args:
        clock: The seconds of a clock that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self._max_age: dict[str, float] = {}

    def expect(self, name: str, max_age: float) -> None:
        """Counts a job from now on, as if it had just said that it lives.

        Args:
            name: The job.
            max_age: Seconds of silence after which it counts as dead.
        """
        with self._lock:
            self._max_age[name] = max_age
            self._last[name] = self._clock()

    def forget(self, name: str) -> None:
        """Counts a job no longer: it has ended, as it should."""
        with self._lock:
            self._max_age.pop(name, None)
            self._last.pop(name, None)

    def beat(self, name: str) -> None:
        """Says that a job lives.

        Raises:
            KeyError: Nobody expects this job: its death would not be noticed.
        """
        with self._lock:
            if name not in self._max_age:
                raise KeyError(f"nobody expects heartbeats of {name!r}; call expect() first")
            self._last[name] = self._clock()

    def stale(self, now: float) -> list[str]:
        """The jobs that were silent for longer than each may be, sorted.

        Args:
            now: Seconds on the clock of the constructor.
        """
        with self._lock:
            return sorted(name for name, last in self._last.items() if now - last > self._max_age[name])


def _status(text: str) -> str:
    """A status as one line: what follows a line break would be a message of its own to systemd."""
    line = " ".join(text.split())
    return "STATUS=" + line.encode("utf-8", "replace")[:_STATUS_BYTES].decode("utf-8", "ignore")


def _notify(*lines: str) -> None:
    """Sends one datagram; a systemd that cannot be reached is worth a line in the log, but never an error."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address[0] not in "@/":
        _log.warning("systemd cannot be told anything: NOTIFY_SOCKET=%s is no Unix socket", address)
        return
    # A name in Linux's abstract namespace begins with a NUL byte, which an environment variable cannot hold.
    where = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(_SEND_WITHIN)
            channel.connect(where)
            channel.sendall("\n".join(lines).encode())
    except OSError as error:
        _log.warning("systemd cannot be told %s: %s", lines[0], error)
