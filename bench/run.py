"""All measurements, one after the other, with a table at the end and bench/results.json for machines.

    make bench
    make bench ARGS="--messages 500 --only whole"
    make bench ARGS="--roundup DIR"      see bench/roundup.py

What is compared is measured in turn, round after round: a machine's speed drifts, so that only ratios within one round
say something. Nothing is asserted; the counts of tickets and mails are shown, and a wrong one is marked.
"""

import argparse
import dataclasses
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from servers.dovecot import Dovecot

from bench import due, floor, latency, roundup, scale, whole_path
from bench.due import Due
from bench.figures import machine, median, percentile, spread
from bench.floor import Floor
from bench.latency import Latency
from bench.mails import generate
from bench.roundup import Roundup
from bench.scale import Scale
from bench.whole_path import WholePath

RESULTS = Path(__file__).with_name("results.json")
PARTS = ("whole", "technicians", "latency", "scale", "due")
DUE = 2_000  # Tickets of which a timer is due.
SMALL = 1_000  # Tickets; what the large history is compared with.


def main() -> None:
    """Measures, prints, and writes the results."""
    options = _options()
    results: dict[str, Any] = {"machine": machine(), "messages": options.messages}
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mailbot-bench-") as name, Dovecot() as dovecot:
        for part in PARTS:
            if part in options.only:
                results[part] = _MEASURES[part](dovecot, Path(name) / part, options)
                RESULTS.write_text(json.dumps(results, default=dataclasses.asdict, indent=1) + "\n")
    print(f"\n{time.monotonic() - begin:.0f} s; all figures are in {RESULTS}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--messages", type=int, default=2000, help="mails of the whole path, and of what it compares to"
    )
    parser.add_argument("--rounds", type=int, default=2, help="rounds of the whole path")
    parser.add_argument("--singles", type=int, default=200, help="mails of the measurement of latency")
    parser.add_argument("--tickets", type=int, default=100_000, help="tickets of the large history")
    parser.add_argument("--waiting", type=int, default=1_000_000, help="tickets that wait while some are due")
    parser.add_argument(
        "--roundup", type=Path, metavar="DIR", help="measure Roundup, too; DIR: see bench.roundup --setup"
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args()
    if options.roundup and not roundup.is_ready(options.roundup):
        parser.error(
            f"there is no Roundup in {options.roundup}: run: python -m bench.roundup --setup {options.roundup}"
        )
    return options


# The whole path


def _whole(dovecot: Dovecot, directory: Path, options: argparse.Namespace) -> dict[str, Any]:
    samples = generate(options.messages)
    theirs = generate(options.messages, tag=roundup.TAG, first=1, existing=roundup.EXISTING) if options.roundup else []
    floors: list[Floor] = []
    runs: list[WholePath] = []
    others: list[Roundup] = []
    for number in range(options.rounds):
        floors.append(floor.run(dovecot, directory / f"floor{number}", samples))
        runs.append(whole_path.run(dovecot, directory / f"mailbot{number}", samples))
        if options.roundup:
            others.append(roundup.run(options.roundup, dovecot, directory / f"roundup{number}", theirs))
    _title(f"The whole path: {options.messages} mails in a mailbox, an acknowledgement for each new ticket")
    for field in dataclasses.fields(Floor):
        _line(f"floor: {field.name}", "mails/s", [getattr(run, field.name) for run in floors])
    _show_runs(runs)
    _line("from the first fetch, of the floor", "%", _ratios(runs, floors, "from_fetch", "series"))
    if others:
        _line("Roundup, from the start of the process", "mails/s", [run.from_start for run in others])
        _line("Roundup, processor time for each mail", "ms", [run.cpu_ms for run in others])
        _line("Roundup, peak memory", "MiB", [run.peak for run in others])
        _line("from the start of the process, of Roundup", "%", _ratios(runs, others, "from_start", "from_start"))
    return {"floor": floors, "mailbot": runs, "roundup": others}


def _technicians(dovecot: Dovecot, directory: Path, options: argparse.Namespace) -> WholePath:
    run = whole_path.run(dovecot, directory, generate(options.messages), technicians=4)
    _title(f"The same with four technicians, who get each ticket and each reply by mail: {run.sent} mails out")
    _show_runs([run])
    return run


def _show_runs(runs: list[WholePath]) -> None:
    _line("from the start of the process", "mails/s", [run.from_start for run in runs])
    _line("from the first fetch", "mails/s", [run.from_fetch for run in runs])
    _line("processor time for each mail", "ms", [run.cpu_ms for run in runs])
    _line("processor time of the start", "s", [run.start_cpu for run in runs])
    _line("peak memory", "MiB", [run.peak for run in runs])
    for run in runs:
        mark = "" if run.exact else "   <-- WRONG"
        (made, wanted), (sent, due) = run.tickets, run.acknowledgements
        print(f"  tickets {made} of {wanted}, acknowledgements {sent} of {due}{mark}")


def _ratios(runs: list[Any], others: list[Any], ours: str, theirs: str) -> list[float]:
    """Per cent, round by round."""
    return [100 * getattr(run, ours) / getattr(other, theirs) for run, other in zip(runs, others, strict=True)]


# The other measurements


def _latency(dovecot: Dovecot, directory: Path, options: argparse.Namespace) -> Latency:
    run = latency.run(dovecot, directory, options.singles)
    _title(f"From delivery to acknowledgement: {run.mails} single mails into a watched mailbox (IDLE)")
    _line("median", "ms", [run.p50])
    _line("99 of 100 within", "ms", [run.p99])
    _line("the longest", "ms", [run.worst])
    _line("until the server told us, median", "ms", [run.told])
    _line("from then on, median", "ms", [run.ours_p50])
    _line("from then on, 99 of 100 within", "ms", [run.ours_p99])
    return run


def _scale(dovecot: Dovecot, directory: Path, options: argparse.Namespace) -> list[Scale]:
    runs = scale.run(dovecot, directory, (SMALL, options.tickets), min(options.messages, 300))
    for run in runs:
        _title(f"With {run.tickets:,} tickets in a database of {run.mebibytes:,.0f} MiB")
        _line("`mailbot once` with nothing to do", "s", run.once, digits=2)
        _line("a look at the timers, nothing due, median", "ms", [median(run.tick)], digits=2)
        _line("a look at the timers, 99 of 100 within", "ms", [percentile(run.tick, 0.99)], digits=2)
        _line("intake alone", "mails/s", run.intake)
    small, large = runs
    ratios = [100 * one / other for one, other in zip(large.intake, small.intake, strict=True)]
    _line("intake with the large history, of the small", "%", ratios)
    return runs


def _due(_dovecot: Dovecot, directory: Path, options: argparse.Namespace) -> list[Due]:
    runs = []
    for run in due.run(directory, (10 * SMALL, options.waiting), DUE):
        runs.append(run)
        mark = "" if run.mails >= run.due else "   <-- WRONG"
        _title(f"{run.tickets:,} tickets in {run.database}, {run.due:,} due (made in {run.built:.0f} s)")
        _line("one tick, which does as much as a tick may", "s", [run.tick], digits=2)
        _line("until all that is due is done", "s", [run.all], digits=2)
        _line("processor time of ours for that", "s", [run.cpu], digits=2)
        _line("a tick with nothing due", "ms", run.idle, digits=2)
        print(f"  mails made: {run.mails}{mark}; statements that read a whole table: {len(due.reads_all(run))}")
        print("  how those that are due are found:\n    " + due.of_the_due(run).replace("\n", "\n    "))
        for statement in due.reads_all(run):
            print(f"  reads a whole table: {' '.join(statement.split())[:300]}\n    {run.plans[statement][:300]}")
    return runs


_MEASURES = {"whole": _whole, "technicians": _technicians, "latency": _latency, "scale": _scale, "due": _due}


def _title(text: str) -> None:
    print(f"\n{text}", flush=True)


def _line(what: str, unit: str, values: list[float], digits: int = 1) -> None:
    print(f"  {what:<46} {spread(values, digits):>30} {unit}", flush=True)


if __name__ == "__main__":
    main()
