"""The long proofs about time, from within tests/: python -m month.run [--tickets 1000] [--step 10] [--seed 1]."""

import argparse
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mailbot.adapters import schema
from mailbot.adapters.db import Database
from month.down import RATE, go_down_and_come_back
from month.machines import DAYS, EXCHANGES, MOST_A_DAY, days_of_machines
from month.month import live
from month.programs import PROGRAMS, Program, problems_of
from month.programs import live as live_with

NOW = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)
MACHINES = ((False, "TW", "en"), (False, "HD", "id"), (True, "HD", "en"), (True, "TW", "en"), (True, "TW", "id"))


def main() -> int:
    """Prints how it went; exit code 1 if a notice is missing, was not due, came twice, or at the wrong time."""
    parser = argparse.ArgumentParser(description="Live through a month of a helpdesk, and account for every notice.")
    parser.add_argument("--tickets", type=int, default=1000, help="of the month; half as many when it was down")
    parser.add_argument("--step", type=int, default=10, help="minutes between two looks at the clock")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other people")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="mailbot-month-") as name:
        template = Database("sqlite:///template.db", state_dir=Path(name))
        schema.upgrade(template)
        template.close()
        assert template.path is not None
        problems = [
            *month(template.path, Path(name), options),
            *week(template.path, Path(name), options.tickets // 2),
            *(problem for one in MACHINES for problem in machines(template.path, Path(name), *one)),
            *(
                problem
                for program in PROGRAMS
                for language in ("en", "id")
                for problem in programs(template.path, Path(name), program, language)
            ),
        ]
    for problem in problems[:50]:
        print(f"  {problem}")
    print(f"{len(problems)} problems")
    return 1 if problems else 0


@contextmanager
def fresh(template: Path, directory: Path, name: str) -> Iterator[Database]:
    state = directory / name
    state.mkdir(mode=0o700)
    shutil.copy(template, state / "mailbot.db")
    database = Database("sqlite:///mailbot.db", state_dir=state)
    yield database
    database.close()


def month(template: Path, directory: Path, options: argparse.Namespace) -> list[str]:
    begin = time.monotonic()
    with fresh(template, directory, "month") as database:
        where = directory / "month"
        outcome = live(database, where, tickets=options.tickets, seed=options.seed, step=options.step)
    took = time.monotonic() - begin
    print(f"a month with {outcome.tickets} tickets and {outcome.mails} mails, in {took:.0f} s")
    print("  " + ", ".join(f"{n} {notice}" for notice, n in sorted(outcome.notices.items())))
    at_night = ", ".join(f"{n} {notice}" for notice, n in sorted(outcome.at_night.items())) or "none"
    print(f"  routine mails outside business hours: {at_night}", flush=True)
    return outcome.problems


def week(template: Path, directory: Path, tickets: int) -> list[str]:
    begin = time.monotonic()
    with fresh(template, directory, "week") as database:
        found = go_down_and_come_back(database, directory / "week", NOW, tickets=tickets, days=7)
    took = time.monotonic() - begin
    print(
        f"a week down with {tickets} tickets: {len(found.sent)} mails, at most {found.busiest} a minute, {took:.0f} s"
    )
    print(f"  {found.dropped} were dropped, because they were not true any more", flush=True)
    problems = [f"twice: {what}" for what in found.repeated] + [f"stale: {what}" for what in found.stale]
    return [*problems, *([f"{found.busiest} mails in a minute"] if found.busiest > RATE else [])]


def machines(template: Path, directory: Path, bare: bool, tag: str, language: str) -> list[str]:
    begin = time.monotonic()
    where = directory / f"machines-{bare}-{tag}-{language}"
    where.mkdir()
    post, worst = days_of_machines(template, where, NOW, bare=bare, tag=tag, language=language)
    opened = sum(len(desk.tickets()) for desk in post.desks.values())
    print(
        f"{DAYS} days of machines, {'without' if bare else 'with'} their headers, the other one writes {tag},"
        f" we write {language}:"
        f" {post.number} mails, {opened} tickets, {max(worst.values())} automatic mails to one address a day at most,"
        f" {post.exchanges} exchanges, {time.monotonic() - begin:.0f} s",
        flush=True,
    )
    problems = [f"{address}: {n} automatic mails a day" for address, n in worst.items() if n > MOST_A_DAY]
    return [*problems, *([f"{post.exchanges} exchanges"] if post.exchanges > EXCHANGES else [])]


def programs(template: Path, directory: Path, program: Program, language: str) -> list[str]:
    begin = time.monotonic()
    where = directory / f"{program.__name__}-{language}"
    where.mkdir()
    month = live_with(template, where, NOW, program, language)
    print(
        f"{DAYS} days with {program.__name__}, we write {language}: {month.tickets} tickets, {month.held} mails held,"
        f" {month.asked} questions, {max(month.most.values())} automatic mails to one address a day at most,"
        f" {month.longest} exchanges, {time.monotonic() - begin:.0f} s",
        flush=True,
    )
    return problems_of(program, month)


if __name__ == "__main__":
    sys.exit(main())
