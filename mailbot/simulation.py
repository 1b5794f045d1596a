"""What time will bring: the timers and the outbox of the daemon on a copy of the state, with a clock that leaps.

It goes from one due moment to the next, and does at each what the daemon does. Nothing leaves: the mails are handed to
nobody, their tokens are made with a key that is thrown away, and the real database is only read.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from mailbot import outbox, timers
from mailbot.adapters import moments
from mailbot.adapters.copying import copied
from mailbot.adapters.db import Database
from mailbot.adapters.moments import Told, Untold
from mailbot.adapters.schema import identity, require_current
from mailbot.adapters.smtp import Outgoing, Result
from mailbot.adapters.smtp_mail import why_unsendable
from mailbot.config import Settings
from mailbot.core import mornings, tokens
from mailbot.notify import Desk
from mailbot.policy import Policy
from mailbot.service import build_database, build_desk

EVERY = timedelta(seconds=5)
"""How long it takes until there is another look at what could not be done at once, as in the daemon."""
_LOOK = timedelta(minutes=15)
"""There is a look at least so often: for what is due at a time of day, and has no moment in the database."""
_PATIENCE = (
    30  # So often something is looked at that stays due; whatever a rate holds up for a minute goes before that.
)
_PROBLEMS = 50
_LENGTH = 300

_BECAUSE = {
    "status_update": "the requester has heard nothing for the time of sla next_update",
    "pending_reminder": "the requester has not answered",
    "survey": "the requester is asked how it was",
    "digest": "many tickets at once go as one list",
    "digest_overdue": "many overdue tickets at once go as one list",
    "returned": "an absence is over",
}
"""What lies behind a notice of which the events of the ticket say little, or for which there is no ticket."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that would go out.

    Attributes:
        at: When (UTC).
        queued_at: When it is made (UTC): it may wait for its moment in the outbox.
        notice: Which kind of mail.
        ticket: Which ticket it is about, None if it is about none or several.
        recipient: To whom, an addr-spec.
        reason: Why.
        waiting: Whether it is in the outbox already.
    """

    at: datetime
    queued_at: datetime
    notice: str
    ticket: int | None
    recipient: str
    reason: str
    waiting: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would happen.

    Attributes:
        mails: The mails that would go out, in their order.
        untold: Those that would be held back or dropped.
        problems: What would fail, in words for operators.
        unprocessed: How many messages wait to be processed; what they will cause is not foreseen.
        reached: Up to when it was looked (UTC): earlier than wanted if there were too many mails.
        complete: Whether it was looked as far as wanted.
    """

    mails: tuple[Mail, ...]
    untold: tuple[Untold, ...]
    problems: tuple[str, ...]
    unprocessed: int
    reached: datetime
    complete: bool

    def of_ticket(self, number: int) -> "Forecast":
        """What of it is about one ticket."""
        mails = tuple(mail for mail in self.mails if mail.ticket == number)
        return replace(self, mails=mails, untold=tuple(one for one in self.untold if one.ticket == number))


def foretell(settings: Settings, now: datetime, until: datetime, limit: int) -> Forecast:
    """Says what would be sent from now on, if nobody writes and every mail is accepted.

    Args:
        settings: The configuration, as a daemon that is started now would take it; no secret of it is needed.
        now: The present moment.
        until: How far to look.
        limit: After so many mails it ends.

    Raises:
        SchemaError: The database is missing, too old or too new.
        TransientError: It cannot be read, or there is no room for a copy.
    """
    database = build_database(settings)
    try:
        require_current(database)
        with copied(database, now) as copy:
            return run(copy, build_desk(settings, identity(copy)), now, until, limit)
    finally:
        database.close()


def run(copy: Database, desk: Desk, now: datetime, until: datetime, limit: int) -> Forecast:
    """Lets time pass over a copy of the state, which is used up by that."""
    key = tokens.bound([secrets.token_bytes(32)], identity(copy))
    desk = replace(desk, policy=replace(desk.policy, keyring=key))
    with copy.unit_of_work(write=False) as session:
        last_mail, last_event = moments.newest(session)
        unprocessed = moments.unprocessed(session)
    with _failures() as problems:
        clock = _Clock(copy, desk.policy, now)
        courier = _Courier(clock, limit)
        timers.retime_all(copy, desk, now)
        while clock.now <= until and not courier.full():
            # What the daemon does every few seconds, in the same order.
            timers.tick(copy, desk, clock.now)
            if clock.is_mail_due():
                outbox.drain(copy, courier, desk, clock.read, courier.full)
            if not courier.full():
                clock.leap()
    complete = not courier.full()
    sent = courier.sent[:limit]
    with copy.unit_of_work(write=False) as session:
        told = moments.told(session, [key for key, _at in sent])
        untold = moments.untold(session, last_event, limit)
    mails = tuple(_mail(told[key], at, waiting=key <= last_mail) for key, at in sent)
    reached = until if complete else sent[-1][1]
    return Forecast(mails, tuple(untold), (*problems, *clock.problems), unprocessed, reached, complete)


def _mail(told: Told, at: datetime, *, waiting: bool) -> Mail:
    happened = "; ".join(told.reasons)
    because = "a held message waits for a decision" if told.hold is not None else _BECAUSE.get(told.notice, "")
    reason = f"{because} ({happened})" if because and happened else because or happened
    if waiting:
        reason = f"it waits in the outbox ({reason or 'about no ticket'})"
    reason = reason or "it is due at this time of the day"
    return Mail(at, told.created_at, told.notice, told.ticket, told.recipient, reason, waiting)


@contextmanager
def _failures() -> Iterator[list[str]]:
    """Collects what the parts report as failures; their other reports are about things that do not happen."""
    found: list[str] = []
    logger, handler = logging.getLogger("mailbot"), _Collector(found)
    passes_on, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.propagate = passes_on


class _Collector(logging.Handler):
    """Makes a line of each reported error, and of what raised it."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one line, and not endlessly many."""
        fields = getattr(record, "fields", None) or {}
        raised = record.exc_info[1] if record.exc_info else None
        words = [record.getMessage(), *(f"{name}={value}" for name, value in fields.items())]
        line = " ".join([*words, repr(raised)] if raised is not None else words)[:_LENGTH]
        if line not in self._found and len(self._found) < _PROBLEMS:
            self._found.append(line)


@dataclass(slots=True)
class _Clock:
    """The time of the simulation, which leaps to the next moment at which there is something to do."""

    copy: Database
    policy: Policy
    now: datetime
    problems: list[str] = field(default_factory=list)
    _left: frozenset[str] = frozenset()
    _given_up: frozenset[str] = frozenset()
    _rounds: int = 0

    def read(self) -> datetime:
        """What time it is."""
        return self.now

    def is_mail_due(self) -> bool:
        """Whether the outbox may have something to do; it need not be asked at every moment."""
        with self.copy.unit_of_work(write=False) as session:
            return moments.is_mail_due(session, self.now)

    def leap(self) -> None:
        """Goes on to the next moment."""
        with self.copy.unit_of_work(write=False) as session:
            left = moments.behind(session, self.now) - self._given_up
            ahead = moments.next_after(session, self.now)
        self._rounds = self._rounds + 1 if left and left == self._left else 0
        self._left = left
        if self._rounds > _PATIENCE:
            self._given_up |= left
            self.problems += [f"{one} stays due whatever is done" for one in sorted(left)]
            left = frozenset()
        candidates = [self.now + EVERY] if left else []
        candidates += [ahead] if ahead is not None else []
        self.now = min([*candidates, *self._looks()])

    def _looks(self) -> Iterator[datetime]:
        """The moments at which something may be due by the time of day."""
        quarter = _LOOK.total_seconds()
        yield datetime.fromtimestamp((self.now.timestamp() // quarter + 1) * quarter, UTC)
        for calendar in self.policy.calendars.values():
            opens = calendar.next_open(self.now)
            if opens > self.now:
                yield opens
            morning = mornings.next_time(mornings.local(calendar, self.policy.zone), self.now, self._at)
            if morning is not None:
                yield morning

    @property
    def _at(self) -> time | None:
        return self.policy.settings.daily.time_of_day


@dataclass(slots=True)
class _Courier:
    """Takes every mail that a server could take, and remembers which and when."""

    clock: _Clock
    limit: int
    sent: list[tuple[int, datetime]] = field(default_factory=list)

    def send(self, batch: Iterable[Outgoing], on_result: Callable[[Result], None]) -> None:
        """Accepts mails one after another."""
        for mail in batch:
            problem = why_unsendable(mail)
            if problem:
                on_result(Result(mail.id, "failed", None, problem))
                continue
            self.sent.append((mail.id, self.clock.now))
            on_result(Result(mail.id, "sent", 250, "as foretold"))

    def full(self) -> bool:
        """Whether there are more mails than were wanted."""
        return len(self.sent) > self.limit
