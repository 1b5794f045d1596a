"""What reading a message costs beside bare mail-parser: python -m bench.parse_cost [FOLDER].

Both read the same messages in the same process, in turn; of three rounds the quickest counts for each message.
Without a folder the messages are those of the tests.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import mailparser

from mailbot.core import limits, mail
from mailbot.core.limits import Limits

GOAL = 2.5
_ROUNDS = 3
_MAILS = Path(__file__).parents[1] / "tests" / "mails"
_LIMITS = Limits()
# What does not begin with a header is no message, but a body or a file of some test.
_BEGIN = re.compile(rb"(?:>?From \S|[!-9;-~]{1,100}[ \t]*:)")


@dataclass(frozen=True, slots=True)
class Cost:
    """One message: milliseconds of mailbot and of mail-parser."""

    path: Path
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """How many times as much we need."""
        return self.ours / self.theirs


def ours(raw: bytes) -> None:
    """What the daemon does with a message before its transaction."""
    if not limits.check(raw, _LIMITS):
        mail.read(raw, _LIMITS)


def theirs(raw: bytes) -> None:
    """What it would cost to do no more than the library does."""
    mailparser.parse_from_bytes(raw)


def _timed(function: Callable[[bytes], None], raw: bytes) -> float:
    begin = time.perf_counter()
    function(raw)
    return (time.perf_counter() - begin) * 1000


def measure(folder: Path) -> Iterator[Cost]:
    """Reads each message below a folder; those that mail-parser cannot read at all are left out."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        if not _BEGIN.match(raw):
            continue
        try:
            theirs(raw)
        except Exception as error:  # noqa: BLE001 - it fails on messages that we read, in many ways.
            print(f"left out, mail-parser fails on it ({type(error).__name__}): {path}")
            continue
        ours(raw)
        rounds = [(_timed(ours, raw), _timed(theirs, raw)) for _ in range(_ROUNDS)]
        yield Cost(path, min(one for one, _other in rounds), min(other for _one, other in rounds))


def main() -> int:
    """Prints the ratio and the dearest messages; exit code 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description="Compare the cost of reading with that of bare mail-parser.")
    parser.add_argument("folder", nargs="?", type=Path, default=_MAILS, help="messages, in any depth")
    folder = parser.parse_args().folder
    costs = list(measure(folder))
    if not costs:
        print(f"{folder}: there is no message in it; name a folder with messages", file=sys.stderr)
        return 1
    mean, other = (sum(cost.ours for cost in costs) / len(costs), sum(cost.theirs for cost in costs) / len(costs))
    print(f"{len(costs)} messages: mailbot {mean:.2f} ms, mail-parser {other:.2f} ms, ratio {mean / other:.2f}")
    print(f"the goal is {GOAL}")
    for title, key in (("dearest beside mail-parser", lambda cost: cost.ratio), ("dearest", lambda cost: cost.ours)):
        print(f"{title}:")
        for cost in sorted(costs, key=key, reverse=True)[:10]:
            print(f"  {cost.ratio:6.1f} x  {cost.ours:8.2f} ms  {cost.path.relative_to(folder)}")
    return 0 if mean / other <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
