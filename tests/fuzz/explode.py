"""Each bomb through a whole pass of the helpdesk, in a process of its own: python -m fuzz.explode [WORDS ...].

The process reads an ordinary mail first. Then the bomb arrives: it is fetched, stored, read, processed, filed, the
timers tick and the outbox is emptied. Processor time and memory are those of this pass, the bytes of the bomb included.
After it an ordinary mail must become a ticket, and what is stored must be the bomb, to the byte.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from fuzz.bombs import BOMBS, build
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk
from world.helpdesk import FakeMailbox

from mailbot.adapters import schema
from mailbot.adapters.db import Database
from mailbot.adapters.imap import MailboxEnvelope
from mailbot.adapters.raw import load_raw
from mailbot.adapters.tables import Receipt

SECONDS = 2.0
MEBIBYTES = 64.0
# The database makes several copies of what cannot be compressed while it stores it, and a file goes on to a technician.
ROOM = {"random bytes": 150.0, "random bytes after a header": 90.0, "a file of 18 MB": 230.0}
_PATIENCE = 60  # Seconds of processor time; what takes longer is ended.
_NOW = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)
_FINE = frozenset(
    {"created", "appended", "held", "refused", "ignored", "auto_reply_recorded", "bounce_recorded", "duplicate"}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bomb did: seconds of processor time, MiB, what became of it and why, and what is wrong with that."""

    seconds: float
    mebibytes: float
    disposition: str
    reason: str
    problems: tuple[str, ...] = ()

    def verdict(self, name: str) -> list[str]:
        """All that is wrong with what a bomb did."""
        found = list(self.problems)
        if self.seconds > SECONDS:
            found.append(f"{self.seconds:.1f} s")
        if self.mebibytes > ROOM.get(name, MEBIBYTES):
            found.append(f"{self.mebibytes:.0f} MiB")
        return found


class _Disk(FakeMailbox):
    """A mailbox whose messages lie in files, as they lie on a server: they are in memory only once they are fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[int, Path] = {}

    def put(self, path: Path) -> int:
        uid = self.add(b"", _NOW)
        self.files[uid] = path
        return uid

    def sizes(self, uids: Sequence[int]) -> dict[int, MailboxEnvelope]:
        found = super().sizes(uids)
        return {
            uid: MailboxEnvelope(self.files[uid].stat().st_size, envelope.internal_date)
            if uid in self.files
            else envelope
            for uid, envelope in found.items()
        }

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        found = super().fetch(uids)
        return {uid: self.files[uid].read_bytes() if uid in self.files else raw for uid, raw in found.items()}


def memory(field: str) -> float:
    """A line of /proc/self/status in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{field}:")[2].split()[0]) / 1024


def _receipt(database: Database, uid: int) -> Receipt:
    with database.unit_of_work(write=False) as session:
        return session.scalars(select(Receipt).where(col(Receipt.uid) == uid)).one()


def _pass(bomb: Path, template: Path, state: Path) -> Outcome:
    """One bomb, in this process."""
    shutil.copy(template, state / "mailbot.db")
    database = Database("sqlite:///mailbot.db", state_dir=state)
    desk = Helpdesk(database, state, _NOW)
    box = _Disk()
    desk.mailbox = desk.intake._mailbox = box  # type: ignore[assignment]
    ordinary = "Hello,\n\nthe printer jams.\n\nOn Mon, 2 Mar 2026 at 09:00, Tom wrote:\n> What is wrong?\n"
    desk.rita.writes("Printer", ordinary)
    desk.wait(minutes=1)
    uid = box.put(bomb)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # The peak begins anew.
    before, begin = memory("VmRSS"), time.process_time()
    desk.run()
    desk.wait(minutes=1)
    seconds, mebibytes = time.process_time() - begin, memory("VmHWM") - before
    receipt = _receipt(database, uid)
    problems = list(_problems(desk, bomb, receipt))
    if desk.budi.writes("Monitor flickers", ordinary).disposition != "created":
        problems.append("the next mail became no ticket")
    return Outcome(seconds, mebibytes, receipt.disposition, receipt.reason, tuple(problems))


def _problems(desk: Helpdesk, bomb: Path, receipt: Receipt) -> list[str]:
    found = []
    if receipt.disposition not in _FINE:
        found.append(f"it became {receipt.disposition or 'nothing'}: {(receipt.error or '')[-200:]}")
    if bomb.stat().st_size > desk.settings.limits.size:
        # What is larger than allowed is never fetched; it stays where it is.
        if receipt.uid not in desk.mailbox.messages:
            found.append("it was moved although it was not fetched")
        return found
    if receipt.uid in desk.mailbox.messages:
        found.append("it was not filed")
    with desk.database.unit_of_work(write=False) as session:
        if not receipt.sha256 or load_raw(session, receipt.sha256) != bomb.read_bytes():
            found.append("what is stored is something else")
    return found


def explode(name: str, template: Path, folder: Path) -> Outcome:
    """One bomb, in a process of its own."""
    bomb, report = folder / "bomb.eml", folder / "outcome.json"
    for path in (bomb, report):
        path.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        _make(name, bomb)
    os.waitpid(child, 0)
    if not bomb.exists():
        raise SystemExit(f"the bomb {name!r} could not be made")
    state = Path(tempfile.mkdtemp(dir=folder))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (_PATIENCE, _PATIENCE + 1))
            report.write_text(json.dumps(asdict(_pass(bomb, template, state))), encoding="utf-8")
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    shutil.rmtree(state)
    if not report.exists():
        return Outcome(0.0, 0.0, "", "", (f"the process died (status {status})",))
    found = json.loads(report.read_text(encoding="utf-8"))
    return Outcome(**{**found, "problems": tuple(found["problems"])})


def _make(name: str, path: Path) -> None:
    """Writes a bomb to a file, in a process whose memory is not measured."""
    try:
        path.write_bytes(build(name))
    finally:
        os._exit(0)


def main() -> int:
    """Prints a table; exit code 1 if a bomb did harm."""
    parser = argparse.ArgumentParser(description="Deliver bombs to a whole helpdesk, each in a process of its own.")
    parser.add_argument("words", nargs="*", help="only the bombs whose names hold one of these")
    words = parser.parse_args().words
    names = [name for name in BOMBS if not words or any(word in name for word in words)]
    failed = 0
    print(f"{'seconds':>7} {'MiB':>5}  {'size':>5}  became        bomb")
    with tempfile.TemporaryDirectory(prefix="mailbot-bombs-") as directory:
        folder = Path(directory)
        database = Database("sqlite:///template.db", state_dir=folder)
        schema.upgrade(database)
        database.close()
        for name in names:
            outcome = explode(name, folder / "template.db", folder)
            if outcome.verdict(name):
                # Others may be at work on this machine: a second look decides.
                again = explode(name, folder / "template.db", folder)
                outcome = min(outcome, again, key=lambda one: len(one.verdict(name)))
            failed += bool(outcome.verdict(name))
            size = (folder / "bomb.eml").stat().st_size / 1024 / 1024
            room = f" (of {ROOM[name]:g})" if name in ROOM else ""
            wrong = f"  <-- {'; '.join(outcome.verdict(name))}" if outcome.verdict(name) else ""
            figures = f"{outcome.seconds:7.2f} {outcome.mebibytes:5.0f} {size:6.1f}"
            print(f"{figures}  {outcome.disposition:<12}  {name}{room}{wrong}", flush=True)
    print(f"{len(names)} bombs, {failed} did harm (more than {SECONDS:g} s, {MEBIBYTES:g} MiB, or something lost)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
