"""The long month, from within tests/: python -m month.run [--tickets 1000] [--step 10] [--seed 1]."""

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path

from mailbot.adapters import schema
from mailbot.adapters.db import Database
from month.month import live


def main() -> int:
    """Prints how it went; exit code 1 if a notice is missing, was not due, came twice, or at the wrong time."""
    parser = argparse.ArgumentParser(description="Live through a month of a helpdesk, and account for every notice.")
    parser.add_argument("--tickets", type=int, default=1000)
    parser.add_argument("--step", type=int, default=10, help="minutes between two looks at the clock")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other people")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mailbot-month-") as name:
        database = Database("sqlite:///mailbot.db", state_dir=Path(name))
        schema.upgrade(database)
        outcome = live(database, Path(name), tickets=options.tickets, seed=options.seed, step=options.step)
        database.close()
    print(
        f"a month with {outcome.tickets} tickets and {outcome.mails} mails in {time.monotonic() - begin:.0f} s:"
        f" {len(outcome.problems)} problems"
    )
    print("  " + ", ".join(f"{n} {notice}" for notice, n in sorted(outcome.notices.items())))
    at_night = ", ".join(f"{n} {notice}" for notice, n in sorted(outcome.at_night.items())) or "none"
    print(f"  routine mails outside business hours: {at_night}")
    for problem in outcome.problems[:50]:
        print(f"  {problem}")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
