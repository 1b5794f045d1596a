"""The whole path: mails lie in a mailbox, the daemon starts; when is all acknowledged and filed?"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crash.installation import Installation, install, kill, stop
from servers.dovecot import Dovecot
from servers.smtp_sink import read_log, sink_process

from bench.figures import TECHNICIANS, usage
from bench.mails import Sample, new_mails

PATIENCE = 300.0  # Seconds; a run that needs longer is broken, not slow.
REQUESTERS = "@customer"  # The domains of those who write the mails.


@dataclass(frozen=True, slots=True)
class WholePath:
    """One run.

    Attributes:
        mails: How many mails were delivered.
        from_start: Mails a second, counted from the start of the process.
        from_fetch: Mails a second, counted from the moment when the server was asked for the mailbox.
        cpu_ms: Processor time of the daemon for each mail, its start and end included, in milliseconds.
        start_cpu: Processor time until the server was asked for the mailbox, in seconds.
        peak: The daemon's peak memory in MiB.
        tickets: How many tickets there are, and how many there should be.
        acknowledgements: How many different acknowledgements the sink has, and how many it should have.
        sent: How many mails of all kinds the sink has.
    """

    mails: int
    from_start: float
    from_fetch: float
    cpu_ms: float
    start_cpu: float
    peak: float
    tickets: tuple[int, int]
    acknowledgements: tuple[int, int]
    sent: int

    @property
    def exact(self) -> bool:
        """Whether nothing is missing and nothing is there twice."""
        return self.tickets[0] == self.tickets[1] and self.acknowledgements[0] == self.acknowledgements[1]


class Watch:
    """Sees from outside how far the daemon is: the server's files, the sink's file, the database."""

    def __init__(self, place: Installation, dovecot: Dovecot, sink: Path) -> None:
        self._inbox = dovecot.maildir("support")
        self._sink = sink.open("rb")
        self._database = sqlite3.connect(f"file:{place.database}?mode=ro", uri=True, isolation_level=None)
        self.to_requesters = 0

    def close(self) -> None:
        """Gives the files back."""
        self._sink.close()
        self._database.close()

    def new(self) -> int:
        """How many mails nobody has looked at."""
        return sum(1 for _ in (self._inbox / "new").iterdir())

    def left(self) -> int:
        """How many mails lie in the INBOX."""
        return self.new() + sum(1 for _ in (self._inbox / "cur").iterdir())

    def acknowledged(self) -> int:
        """How many mails to requesters the sink has."""
        while (line := self._sink.readline()).endswith(b"\n"):
            self.to_requesters += REQUESTERS.encode() in line[:300]
        if line:
            self._sink.seek(-len(line), 1)
        return self.to_requesters

    def waiting(self) -> int:
        """How many mails wait in the outbox."""
        query = "SELECT count(*) FROM outbox WHERE next_attempt_at IS NOT NULL"
        return int(self._database.execute(query).fetchone()[0])


def run(dovecot: Dovecot, directory: Path, samples: list[Sample], technicians: int = 0) -> WholePath:
    """Measures once, with a new database and an empty mailbox.

    Raises:
        RuntimeError: The daemon died, or did not come to an end.
    """
    dovecot.empty("support")
    log = directory / "sink.jsonl"
    directory.mkdir(parents=True)
    log.touch()
    with sink_process(log) as port:
        more = "".join(TECHNICIANS[:technicians])
        place = install(directory / "mailbot", imap_port=dovecot.port, smtp_port=port, more=more)
        dovecot.deliver("support", *(sample.raw for sample in samples))
        with closing(Watch(place, dovecot, log)) as watch:
            return _measure(place, watch, log, samples)


def _measure(place: Installation, watch: Watch, log: Path, samples: list[Sample]) -> WholePath:
    wanted = new_mails(samples)
    started = time.time()
    daemon = place.start()
    try:
        _until(lambda: watch.new() < len(samples), 0.004, place)
        fetched, before = time.time(), usage(daemon.pid)
        _until(lambda: watch.left() == 0, 0.03, place)
        filed = time.time()
        _until(lambda: watch.acknowledged() >= wanted and watch.waiting() == 0, 0.03, place)
        after = usage(daemon.pid)
        stop(daemon)
    finally:
        kill(daemon)
    ended = max(filed, _last(log))
    return WholePath(
        mails=len(samples),
        from_start=len(samples) / (ended - started),
        from_fetch=len(samples) / (ended - fetched),
        cpu_ms=after.cpu / len(samples) * 1000,
        start_cpu=before.cpu,
        peak=after.peak,
        tickets=(_tickets(place), wanted),
        acknowledgements=(watch.to_requesters, wanted),
        sent=len(read_log(log)),
    )


def _until(done: Callable[[], bool], pause: float, place: Installation) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            said = place.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"the daemon did not come to an end in {PATIENCE:.0f} s; it said:\n{said}")
        time.sleep(pause)


def _last(log: Path) -> float:
    """When the sink took the last mail (seconds since the epoch): `at` stands at the end of each line."""
    line = log.read_bytes().splitlines()[-1]
    return float(line.rpartition(b'"at":')[2].strip(b" }"))


def _tickets(place: Installation) -> int:
    with closing(sqlite3.connect(place.database)) as database:
        return int(database.execute("SELECT count(*) FROM tickets").fetchone()[0])
