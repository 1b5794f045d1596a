"""Where the time of a mail goes: intake and outbox in this process, against real servers, under cProfile.

    python -m bench.profile [--messages 500] [--technicians 0] [--lines 40] [--dump FILE]

The table shows microseconds for each mail, for intake and outbox apart. Profiling itself slows calls of small functions
down; the first line of each part says what the same work costs without it.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crash.installation import Installation, install
from servers.dovecot import Dovecot
from servers.smtp_sink import sink_process

from bench.figures import TECHNICIANS
from bench.inprocess import jobs
from bench.mails import Sample, generate
from mailbot.log import configure

Step = tuple[str, float, pstats.Stats | None]


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--technicians", type=int, default=0, choices=range(5))
    parser.add_argument("--lines", type=int, default=40)
    parser.add_argument("--dump", type=Path, help="keep the profile of the intake here, for other tools")
    options = parser.parse_args()
    samples = generate(options.messages)
    with tempfile.TemporaryDirectory(prefix="mailbot-profile-") as name, Dovecot() as dovecot:
        directory = Path(name)
        with sink_process(directory / "sink.jsonl") as port:
            more = "".join(TECHNICIANS[: options.technicians])
            bare = _run(dovecot, directory / "bare", port, samples, more, profiled=False)
            dovecot.empty("support")
            found = _run(dovecot, directory / "profiled", port, samples, more, profiled=True)
    for (what, seconds, _none), (_what, slowed, stats) in zip(bare, found, strict=True):
        print(
            f"\n{what}: {seconds / len(samples) * 1e6:,.0f} us a mail, {len(samples) / seconds:,.0f} mails/s;", end=" "
        )
        print(f"{slowed / len(samples) * 1e6:,.0f} us under the profiler, of which:")
        assert stats is not None
        _table(stats, len(samples), options.lines)
        if options.dump and what == "intake":
            stats.dump_stats(options.dump)


def _run(
    dovecot: Dovecot, directory: Path, port: int, samples: list[Sample], more: str, *, profiled: bool
) -> list[Step]:
    """Reads the mails, then sends what they caused; gives how long each took, and where."""
    place = install(directory, imap_port=dovecot.port, smtp_port=port, more=more)
    dovecot.deliver("support", *(sample.raw for sample in samples))
    with (directory / "log").open("w") as log:
        configure("json", stream=log)
        return _steps(place, profiled=profiled)


def _steps(place: Installation, *, profiled: bool) -> list[Step]:
    with jobs(place) as done:
        return [_timed("intake", done.read, profiled=profiled), _timed("outbox", done.send, profiled=profiled)]


def _timed(what: str, work: Callable[[], object], *, profiled: bool) -> Step:
    profile = cProfile.Profile()
    start = time.perf_counter()
    if profiled:
        profile.runcall(work)
    else:
        work()
    seconds = time.perf_counter() - start
    return what, seconds, pstats.Stats(profile) if profiled else None


def _table(stats: pstats.Stats, mails: int, lines: int) -> None:
    """Functions by cumulative time, then by their own time."""
    rows = [
        (total / mails * 1e6, own / mails * 1e6, calls / mails, _place(*where))
        for where, (_primitive, calls, own, total, _callers) in stats.stats.items()  # type: ignore[attr-defined]
    ]
    print(f"{'cumulative us':>14} {'own us':>9} {'calls':>8}  function (cumulative; mailbot's own and costly others)")
    ours = [row for row in rows if row[3].startswith("mailbot/")]
    for row in sorted(ours, reverse=True)[:lines]:
        print(f"{row[0]:14,.0f} {row[1]:9,.0f} {row[2]:8.2f}  {row[3]}")
    print(f"{'cumulative us':>14} {'own us':>9} {'calls':>8}  function (own time; all)")
    for row in sorted(rows, key=lambda row: row[1], reverse=True)[: lines // 2]:
        print(f"{row[0]:14,.0f} {row[1]:9,.0f} {row[2]:8.2f}  {row[3]}")


def _place(file: str, line: int, function: str) -> str:
    for mark in ("/site-packages/", "/lib/python3"):
        if mark in file:
            return f"{file.rpartition(mark)[2]}:{line} {function}"
    _, found, rest = file.rpartition("/mailbot/")
    return f"mailbot/{rest}:{line} {function}" if found else f"{file}:{line} {function}"


if __name__ == "__main__":
    main()
