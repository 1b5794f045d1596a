"""Reads a great many broken messages on all processors: python -m fuzz.run [--messages 50000] [--seed 1].

With $MAILBOT_CORPUS set to a folder of messages they are broken too, else only those of the tests. It fails where a
promise about a message does not hold, where one takes longer than the watchdog allows, where the slowest hundredth is
too slow, or where memory grows. A message that fails is written to a file.
"""

import argparse
import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from fuzz.invariants import problems, read
from fuzz.mutate import message, seeds

P99 = 0.050  # Seconds.
GROWTH = 20.0  # MiB.
WATCHDOG = 10.0  # Seconds of processor time for one message.
_TICK = 0.010
_WARM = 300  # Messages until a process has loaded and cached what it needs.
_TWICE = 10  # Every so many messages all promises are looked at, which reads a message again.


class TooLongError(Exception):
    """The watchdog bit."""


@dataclass(slots=True)
class Share:
    """What one process found."""

    seconds: list[float] = field(default_factory=list)
    failures: list[tuple[int, str]] = field(default_factory=list)
    growth: float = 0.0
    refused: int = 0


def _bite(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def look(raw: bytes, *, fully: bool) -> list[str]:
    """What is wrong with how a message is read; an exception is a failure like any other."""
    try:
        if fully:
            return problems(raw)
        read(raw)
    except TooLongError:
        return [f"longer than {WATCHDOG:g} s"]
    except Exception:  # noqa: BLE001 - whatever it is, it is what the fuzzer looks for.
        return [traceback.format_exc(limit=-4)]
    return []


def share(worker: int, workers: int, messages: int, seed: int) -> Share:
    """Reads every n-th message."""
    pool = seeds()
    found = Share()
    signal.signal(signal.SIGVTALRM, _bite)
    warm = 0.0
    for count, number in enumerate(range(worker, messages, workers)):
        raw = message(seed, number, pool)
        if count == _WARM:
            warm = _peak()
        signal.setitimer(signal.ITIMER_VIRTUAL, WATCHDOG)
        begin, busy = time.perf_counter(), time.process_time()
        wrong = look(raw, fully=False)
        # Other processes may interrupt this one; but the clock of the processor may tick only every 10 ms.
        found.seconds.append(min(time.perf_counter() - begin, time.process_time() - busy + _TICK))
        if not wrong and count % _TWICE == 0:
            wrong = look(raw, fully=True)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        found.failures += [(number, problem) for problem in wrong]
    found.growth = max(_peak() - warm, 0.0) if warm else 0.0
    return found


def _at(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


def _kept(failures: list[tuple[int, str]], seed: int, folder: Path) -> Iterator[str]:
    pool = seeds()
    for number, problem in failures[:20]:
        path = folder / f"fuzz-{seed}-{number}.eml"
        path.write_bytes(message(seed, number, pool))
        yield f"{path}: {problem}\n    again with: mailbot parse {path}"


def main() -> int:
    """Prints the figures; exit code 1 if something failed."""
    parser = argparse.ArgumentParser(description="Read a great many broken messages.")
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other messages")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, default=Path(), help="the folder for messages that fail")
    options = parser.parse_args()
    begin = time.monotonic()
    job = partial(share, workers=options.workers, messages=options.messages, seed=options.seed)
    with multiprocessing.get_context("spawn").Pool(options.workers) as processes:
        shares = processes.map(job, range(options.workers), chunksize=1)
    seconds = [one for part in shares for one in part.seconds]
    failures = [failure for part in shares for failure in part.failures]
    p99, growth = _at(seconds, 0.99), max(part.growth for part in shares)
    print(
        f"{len(seconds)} messages of {len(seeds())} seeds, seed {options.seed}, {options.workers} processes,"
        f" {time.monotonic() - begin:.0f} s\n"
        f"mean {sum(seconds) / len(seconds) * 1000:.1f} ms, p50 {_at(seconds, 0.5) * 1000:.1f} ms,"
        f" p99 {p99 * 1000:.1f} ms, worst {max(seconds) * 1000:.0f} ms; peak memory grew by {growth:.0f} MiB\n"
        f"{len(failures)} failures"
    )
    for line in _kept(failures, options.seed, options.keep):
        print(line)
    if p99 > P99:
        print(f"the slowest hundredth takes more than {P99 * 1000:.0f} ms")
    if growth > GROWTH:
        print(f"memory grew by more than {GROWTH:.0f} MiB")
    return 1 if failures or p99 > P99 or growth > GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
