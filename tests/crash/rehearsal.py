"""A mailbox is read while the daemon is killed again and again; then it may finish, and the oracle is asked."""

import random
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crash.batch import Delivery, make_batch
from crash.installation import Installation, install, kill, stop
from crash.oracle import Remains, problems
from servers.dovecot import Dovecot
from servers.smtp_sink import read_log, sink_process

PATIENCE = 120.0  # Seconds until a daemon that is left alone must have finished.
_STILLBORN = 0.15  # The share of daemons that are killed before they did anything.
_HARDLY_BEGUN = 5  # Lines in the log: a few mails are done.
_EXTRA_LINES = 1.5  # Each mail leaves one line in the log, and most of them cause another one when they are answered.


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended.

    Attributes:
        problems: What the oracle found; [] if nothing was lost, doubled, changed or left over.
        kills: How often a living daemon was killed.
        amid: How often there was work left for the next one when it was killed.
        copies: How many mails the SMTP server got again.
    """

    problems: list[str]
    kills: int
    amid: int
    copies: int


def rehearse(directory: Path, *, kills: int, messages: int, seed: int, early: bool = False, url: str = "") -> Outcome:
    """Delivers mails in portions and kills the daemon once in each; the moments depend on the seed.

    Args:
        directory: An empty one.
        kills: How often the daemon is killed.
        messages: How many mails there are, all in all.
        seed: Another seed gives other mails and other moments.
        early: All mails come at once, and each daemon is killed when it has hardly begun with them.
        url: An empty PostgreSQL database; "" = a SQLite file.

    Raises:
        RuntimeError: A daemon that was left alone ended, or did not finish.
    """
    choose = random.Random(seed)
    deliveries = make_batch(messages, seed, replies=not url)
    sink_log = directory / "sink.jsonl"
    amid = 0
    with Dovecot() as dovecot, sink_process(sink_log) as port:
        place = install(directory / "mailbot", imap_port=dovecot.port, smtp_port=port, url=url)
        for portion in [deliveries] + [[]] * (kills - 1) if early else _portions(deliveries, kills):
            dovecot.deliver("support", *(delivery.raw for delivery in portion))
            if early:
                _live_and_die(place, _HARDLY_BEGUN, choose.uniform(0, 0.01))
            elif choose.random() < _STILLBORN:
                _live_and_die(place, 0, choose.uniform(0, 0.8))
            else:
                lines = choose.randint(1, round(len(portion) * _EXTRA_LINES) + 1)
                _live_and_die(place, lines, choose.uniform(0, 0.02))
            amid += _has_work(place, dovecot)
        place.end_claims()
        _finish(place, dovecot)
        sent = read_log(sink_log)
        remains = Remains(
            inbox=dovecot.messages("support"),
            processed=dovecot.messages("support", "Processed"),
            sent=sent,
            place=place,
        )
        found = problems(deliveries, remains, kills)
    return Outcome(found, kills, amid, len(sent) - len({kept.raw for kept in sent}))


def _portions(deliveries: Sequence[Delivery], kills: int) -> list[Sequence[Delivery]]:
    size, rest = divmod(len(deliveries), kills)
    ends = [size * (index + 1) + min(rest, index + 1) for index in range(kills)]
    return [deliveries[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def _live_and_die(place: Installation, lines: int, moment: float) -> None:
    """Starts the daemon and kills it some seconds after it has written so many lines into its log."""
    begin = place.log.stat().st_size if place.log.exists() else 0
    daemon = place.start()
    try:
        _wait_for_lines(place.log, begin, lines, daemon)
        time.sleep(moment)
        if daemon.poll() is not None:
            raise RuntimeError(f"the daemon ended by itself with {daemon.returncode}:\n{_last_words(place)}")
    finally:
        kill(daemon)


def _wait_for_lines(log: Path, begin: int, lines: int, daemon: "subprocess.Popen[bytes]") -> None:
    """Waits until the daemon has written so many lines, or has nothing to say any more."""
    quiet_since, seen = time.monotonic(), 0
    with log.open("rb") as file:
        file.seek(begin)
        while seen < lines and time.monotonic() - quiet_since < 2.0 and daemon.poll() is None:
            if fresh := file.read().count(b"\n"):
                seen, quiet_since = seen + fresh, time.monotonic()
            time.sleep(0.001)


def _has_work(place: Installation, dovecot: Dovecot) -> bool:
    """Whether anything is left to be done, seen from outside."""
    with place.asking() as ask:
        if ask("SELECT count(*) FROM outbox WHERE next_attempt_at IS NOT NULL")[0][0]:
            return True
    return bool(dovecot.messages("support"))


def _finish(place: Installation, dovecot: Dovecot) -> None:
    """Lets a daemon live until nothing is left to be done."""
    daemon = place.start()
    end = time.monotonic() + PATIENCE
    try:
        while _has_work(place, dovecot):
            if daemon.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the last daemon did not finish:\n{_last_words(place)}")
            time.sleep(0.1)
        if code := stop(daemon):
            raise RuntimeError(f"the last daemon ended with {code}:\n{_last_words(place)}")
    finally:
        kill(daemon)


def _last_words(place: Installation) -> str:
    return place.log.read_text(errors="replace")[-3000:]
