"""How long a requester waits: from the delivery into a watched mailbox to the acknowledgement in the SMTP server.

Dovecot lets half a second pass before it tells an idling client of a new mail. What passes between the daemon and the
server is looked at, so that it is known how much of the wait is the server's and how much is ours.
"""

import contextlib
import socket
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from crash.installation import install, kill, stop
from servers.dovecot import Dovecot
from servers.smtp_sink import sink_process

from bench.figures import percentile
from bench.mails import generate
from bench.whole_path import Watch

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds over a number of single mails.

    Attributes:
        mails: How many.
        p50: From the delivery to the acknowledgement.
        p99: The same.
        worst: The same.
        told: From the delivery to the server's word to the daemon, the median.
        ours_p50: From the server's word to the acknowledgement.
        ours_p99: The same.
    """

    mails: int
    p50: float
    p99: float
    worst: float
    told: float
    ours_p50: float
    ours_p99: float


class Tap:
    """Stands between the daemon and the server, passes everything on, and notes when the server tells of new mail."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])
        self.told: list[float] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in (self._listener, *self._connections):
            with contextlib.suppress(OSError):  # The other side may have gone already.
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def first_after(self, start: float) -> float:
        """When the server first told of new mail after a time; infinite if it never did."""
        return next((at for at in self.told if at >= start), float("inf"))

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # The listener is closed at the end.
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._connections += [client, server]
                for connection in (client, server):
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_server: bool) -> None:
        with contextlib.suppress(OSError):  # Either side may end the connection.
            while data := source.recv(65536):
                if is_server and b" EXISTS\r\n" in data:
                    self.told.append(time.monotonic())
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)


def run(dovecot: Dovecot, directory: Path, count: int) -> Latency:
    """Delivers mails one after the other, each when the one before is answered and filed.

    Raises:
        RuntimeError: A mail was not acknowledged.
    """
    dovecot.empty("support")
    samples = generate(count, seed=3, replies=0.0)
    directory.mkdir(parents=True)
    log = directory / "sink.jsonl"
    log.touch()
    waits, told = [], []
    with sink_process(log) as port, Tap(dovecot.port) as tap:
        place = install(directory / "mailbot", imap_port=tap.port, smtp_port=port)
        with closing(Watch(place, dovecot, log)) as watch:
            daemon = place.start()
            try:
                _settle(dovecot, watch, generate(1, seed=4)[0].raw)
                for sample in samples:
                    start, end = _answered(dovecot, watch, sample.raw)
                    waits.append((end - start) * 1000)
                    told.append((min(tap.first_after(start), end) - start) * 1000)
                    _until_filed(watch)
                stop(daemon)
            finally:
                kill(daemon)
    ours = [wait - word for wait, word in zip(waits, told, strict=True)]
    return Latency(
        mails=count,
        p50=percentile(waits, 0.5),
        p99=percentile(waits, 0.99),
        worst=max(waits),
        told=percentile(told, 0.5),
        ours_p50=percentile(ours, 0.5),
        ours_p99=percentile(ours, 0.99),
    )


def _settle(dovecot: Dovecot, watch: Watch, raw: bytes) -> None:
    """The first mail finds a daemon that is still starting; it does not count."""
    _answered(dovecot, watch, raw)
    _until_filed(watch)


def _answered(dovecot: Dovecot, watch: Watch, raw: bytes) -> tuple[float, float]:
    """Delivers one mail and waits for its acknowledgement; gives both times."""
    before = watch.acknowledged()
    start = time.monotonic()
    dovecot.deliver("support", raw)
    while watch.acknowledged() == before:
        if time.monotonic() - start > PATIENCE:
            raise RuntimeError(f"a mail was not acknowledged within {PATIENCE:.0f} s")
        time.sleep(0.001)
    return start, time.monotonic()


def _until_filed(watch: Watch) -> None:
    """Waits until the mail has left the INBOX and the daemon had time to begin its IDLE again."""
    end = time.monotonic() + PATIENCE
    while watch.left():
        if time.monotonic() > end:
            raise RuntimeError(f"a mail was not filed within {PATIENCE:.0f} s")
        time.sleep(0.005)
    time.sleep(0.05)
