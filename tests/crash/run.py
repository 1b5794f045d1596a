"""The long rehearsal, from within tests/: python -m crash.run [--kills 30] [--messages 500] [--seed 1]."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from crash.rehearsal import rehearse


def main() -> int:
    """Prints how it ended; exit code 1 if anything was lost, doubled, changed or left over."""
    parser = argparse.ArgumentParser(description="Kill the daemon again and again while it reads a mailbox.")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other mails and other moments")
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mailbot-kill-") as directory:
        outcome = rehearse(Path(directory), kills=options.kills, messages=options.messages, seed=options.seed)
    print(
        f"{options.messages} mails, {outcome.kills} kills, {outcome.amid} of them amid work, {outcome.copies} mails"
        f" sent twice, {time.monotonic() - begin:.0f} s: {len(outcome.problems)} problems"
    )
    for problem in outcome.problems[:50]:
        print(f"  {problem}")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
