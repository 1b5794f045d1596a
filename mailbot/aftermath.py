"""What must be known before mail goes out: was the database put back, does the clock tell the truth?

Both would let everything become due at once, and much of it a second time.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from mailbot import timers
from mailbot.adapters import lived, post, store
from mailbot.adapters.db import Database
from mailbot.adapters.schema import identity
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import OutboxMail
from mailbot.core.clocks import begin, look
from mailbot.core.model import EventKind
from mailbot.notify import Desk
from mailbot.pipeline.bounces import tell_undeliverable

_log = structlog.get_logger("mailbot.aftermath")

NOTED_EVERY = timedelta(minutes=1)
_FORGOTTEN = timedelta(minutes=2)
"""By how much a database may be behind the note beside it."""
_AHEAD = timedelta(minutes=5)
_BATCH = 100
_STEP = timedelta(seconds=5)  # As late as a tick comes.


def look_back(database: Database, desk: Desk, state_dir: Path, now: datetime) -> datetime | None:
    """At the start: sends nothing a second time where the database was put back to an earlier state.

    What it has in its outbox, and what time brought until the helpdesk last lived here, went out before, as far as
    anybody can know: it is noted as done, and what people wrote is told to whoever can ask whether it arrived. This is
    for a database in a file, beside which one helpdesk lives; of a server's nobody here knows who else lives on it.

    Returns:
        Until when the helpdesk lived before (UTC), if the database does not know that; else None.
    """
    if database.dialect != "sqlite":
        return None
    known, really = seen(database), lived.beside(state_dir, identity(database))
    if really is None or really > now + _AHEAD or (known is not None and really - known < _FORGOTTEN):
        return None
    hint = "the database was put back: what was due meanwhile is not sent again; see Restore in the manual"
    _log.warning("database_put_back", knows_until=known, lived_until=really, hint=hint)
    given_up = _give_up(database, desk, really, now)
    while given_up:
        given_up = _give_up(database, desk, really, now)
    _live_again(database, replace(desk, muted=True), really)
    note(database, state_dir, now)
    return really


def seen(database: Database) -> datetime | None:
    """Until when (UTC) a helpdesk lived on a database, as far as that knows; None if it never did."""
    with database.unit_of_work(write=False) as session:
        return lived.in_database(session)


def behind(database: Database, now: datetime) -> list[str]:
    """What is wrong, in words, if the clock is so far behind what a helpdesk saw before that one of them was wrong."""
    before = seen(database)
    if before is None or before <= now + _AHEAD:
        return []
    said = f"the clock says {now:%Y-%m-%d %H:%M} UTC, but mailbot lived until {before:%Y-%m-%d %H:%M} UTC"
    hint = "set the clock (timedatectl); if it is right now and was ahead before, start `mailbot run`, which waits 15"
    return [f"{said}: what is due since then waits; {hint} minutes and then goes on"]


def _live_again(database: Database, desk: Desk, until: datetime) -> None:
    """Lets time pass as it did before, step by step: what follows from what was due has its own time again."""
    at: datetime | None = None
    while at != until:
        with database.unit_of_work(write=False) as session:
            due_at = lived.first_due(session)
        at = min(until, max(due_at or until, at or due_at or until) + _STEP)
        timers.catch_up(database, desk, at)


def _give_up(database: Database, desk: Desk, until: datetime, now: datetime) -> bool:
    """Takes mails out of the outbox that most likely went out before; False when there are no more."""
    with database.unit_of_work() as session:
        mails = lived.waiting_since_before(session, until, _BATCH)
        for mail in mails:
            _let_go(session, desk, mail, now)
    return bool(mails)


def _let_go(session: Session, desk: Desk, mail: OutboxMail, now: datetime) -> None:
    assert mail.id is not None
    reason = "the database was put back to an earlier state; most likely it went out before that"
    post.record(session, mail.id, state="uncertain", next_attempt_at=None, answer=reason, lost_at=now)
    if mail.ticket is not None:
        text = f"nobody knows whether the {mail.notice} to {mail.recipient} arrived: {reason}"
        data = {"recipient": mail.recipient, "notice": mail.notice, "outbox": mail.id}
        store.add_events(session, mail.ticket, now, [Happening(EventKind.NOTICE_FAILED, reason=text, data=data)])
    if not mail.automatic:
        tell_undeliverable(session, desk, mail, reason, now)


def note(database: Database, state_dir: Path, now: datetime) -> None:
    """Notes, in the database first and then beside it, that the helpdesk lives.

    Raises:
        TransientError: The database is not to be had.
    """
    with database.unit_of_work() as session:
        lived.note_in_database(session, now)
    try:
        lived.note_beside(state_dir, identity(database), now)
    except OSError as error:
        hint = "without it a database that is put back is not recognised: check the state directory and its disk"
        _log.warning("life_not_noted", directory=str(state_dir), error=str(error), hint=hint)


def _pull_back(database: Database, now: datetime) -> None:
    with database.unit_of_work() as session:
        count = lived.pull_back(session, now)
    _log.warning("clock_was_ahead", changed=count, hint="what was dated in the future is dated now")


def _running() -> float:
    """Seconds that have passed, also those in which the machine slept; no clock that people set changes it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Clock:
    """The clock of the wall as those who act by it ask for it: whether it is to be believed, and that we live.

    Args:
        database: Where it is noted until when the helpdesk lived.
        state_dir: Beside which directory, too.
        wall: Gives the time (UTC).
        running: Gives seconds that no clock that people set changes.
    """

    def __init__(
        self,
        database: Database,
        state_dir: Path,
        wall: Callable[[], datetime],
        running: Callable[[], float] = _running,
    ) -> None:
        self._database, self._state_dir, self._wall, self._running = database, state_dir, wall, running
        self._watch = begin(wall(), running(), seen(database))
        self._noted: float | None = None
        self._lock = threading.Lock()

    def is_believed(self) -> bool:
        """Whether mail may be judged by the clock now: not for a while after it leapt, lest it leaps back.

        Raises:
            TransientError: The database is not to be had.
        """
        with self._lock:
            before = self._watch
            self._watch = after = look(before, self._wall(), self._running())
            if after.doubted and after.off != before.off:
                hint = "timers and outbox wait up to 15 minutes for it to be set right; check the clock (timedatectl)"
                _log.error("clock_leapt", by=str(after.off), hint=hint)
            if after.doubted:
                return False
            if before.doubted:
                _pull_back(self._database, after.wall)
                _log.info("clock_believed", now=after.wall)
            if self._noted is None or after.running - self._noted >= NOTED_EVERY.total_seconds():
                note(self._database, self._state_dir, after.wall)
                self._noted = after.running
            return True
