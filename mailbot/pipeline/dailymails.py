"""What stands in the daily mails: the technician's worklist, the lead's overview, the operator's balance.

What is counted is counted by the database; of each list only as many tickets are loaded as the mail shows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from mailbot import __version__
from mailbot.adapters import balances, daily, numbers, worklists
from mailbot.adapters.balances import Waits
from mailbot.adapters.tables import Receipt, Ticket
from mailbot.adapters.worklists import Listed
from mailbot.core import mornings
from mailbot.core.calendars import Calendar
from mailbot.core.model import Address
from mailbot.core.mornings import Morning
from mailbot.core.text import one_line
from mailbot.pipeline import ticketrows
from mailbot.policy import Policy

ROWS = 15
"""How many tickets each part of a mail names."""
_FEW = 5  # Low scores, quarantined messages and lost mails that are named.
_COMMENT = 300  # Characters.
_MISSED = numbers.Missed("response:1", "resolution:1")
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=31)  # A balance looks back no further.
_HELD_TOO_LONG = timedelta(days=2)  # By then whoever was asked has had a working day to decide.
_STUCK = timedelta(hours=1)  # What was not processed or sent by then needs somebody.
_FORGIVEN = timedelta(days=7)  # What nobody has taken out of quarantine by then is no news any more.
_MIB, _GIB = 1 << 20, 1 << 30


@dataclass(frozen=True, slots=True)
class Occasion:
    """For whom a daily mail is made, and of which day.

    Attributes:
        kind: The name of its notice.
        person: Who gets it.
        teams: Of which teams it tells.
        calendar: When he works, and where.
        morning: The morning of the day.
    """

    kind: str
    person: Address
    teams: tuple[str, ...]
    calendar: Calendar
    morning: Morning

    @property
    def key(self) -> daily.Key:
        """What makes it the only one."""
        return self.morning.day, self.kind, self.person.key

    @property
    def cause(self) -> str:
        """What makes the mail unique, as in `letters.tell_technician`."""
        return self.morning.day.isoformat()


@dataclass(frozen=True, slots=True)
class Content:
    """The values of a mail, and whether there is anything in them that somebody should read today."""

    data: dict[str, object]
    empty: bool


def worklist(session: Session, policy: Policy, occasion: Occasion, now: datetime) -> Content:
    """What a technician has to do today: each of his tickets stands in the first part in which it belongs."""
    his, until = worklists.of(occasion.person.key), occasion.morning.midnight
    parts = {
        "overdue": worklists.listed(session, his & worklists.is_overdue(now), ROWS),
        "today": worklists.listed(session, his & worklists.is_due(now, until), ROWS),
        "awaited": worklists.listed(session, his & worklists.is_later(until) & worklists.is_awaited(), ROWS),
        "unassigned": worklists.listed(session, worklists.of("") & worklists.in_teams(occasion.teams), ROWS),
    }
    data = {
        "total": worklists.listed(session, his, 0).total,
        **_parts(policy, occasion, parts, now),
    }
    return Content(data, empty=not any(found.total for found in parts.values()))


def overview(session: Session, policy: Policy, occasion: Occasion, now: datetime) -> Content:
    """How the teams of a lead stand, and what happened on their last working day and since."""
    theirs, until = worklists.in_teams(occasion.teams), occasion.morning.midnight
    parts = {
        "overdue": worklists.listed(session, theirs & worklists.is_overdue(now), ROWS),
        "unassigned": worklists.listed(session, theirs & worklists.of("") & worklists.is_later(now), ROWS),
        "today": worklists.listed(session, theirs & worklists.is_taken() & worklists.is_due(now, until), ROWS),
    }
    before = mornings.last_working_day(occasion.calendar, occasion.morning.day)
    begin, end = (mornings.midnight(occasion.calendar, day) for day in (before, occasion.morning.day))
    found = numbers.of_teams(session, occasion.teams, begin, end, _MISSED)
    low = numbers.low_ratings(session, occasion.teams, begin, end, _FEW) if found.low else []
    data = {
        "total": worklists.listed(session, theirs, 0).total,
        "teams": list(occasion.teams),
        "since": before,
        "last": occasion.morning.day - _DAY,
        "numbers": {
            "came": found.came,
            "resolved": found.resolved,
            "reopened": found.reopened,
            "response": _share(found.answered_in_time, found.answered),
            "resolution": _share(found.resolved_in_time, found.resolved),
            "ratings": found.ratings,
            "score": found.score,
            "low": found.low,
        },
        "low_ratings": [_rating(policy, occasion.person, *row) for row in low],
        **_parts(policy, occasion, parts, now),
    }
    return Content(data, empty=found.nothing and not any(part.total for part in parts.values()))


def balance(session: Session, policy: Policy, occasion: Occasion, now: datetime) -> Content:
    """What became of every message since the last balance, and what waits or went wrong: it is always sent."""
    last = daily.last_sent(session, occasion.key)
    since = max(last, now - _LONGEST) if last is not None else now - _DAY
    ledger, sending = balances.ledger(session, since), balances.sending(session, since)
    waiting, held = balances.unprocessed(session), balances.held(session)
    quarantine = balances.quarantine(session, now - _FORGIVEN, _FEW)
    problems = {
        "unexplained": ledger.unexplained,
        "quarantined": quarantine.fresh,
        "lost": sending.lost,
        "unprocessed": waiting.count if _older(waiting, now, _STUCK) else 0,
        "unsent": sending.retried.count if _older(sending.retried, now, _STUCK) else 0,
        "held": held.count if _older(held, now, _HELD_TOO_LONG) else 0,
    }
    last_mail = balances.last_received(session, [box.name for box in policy.settings.mailboxes])
    data = {
        "since": since,
        "attention": sum(map(bool, problems.values())),
        "problems": problems,
        "seen": ledger.seen,
        "became": [{"disposition": kind, "count": count} for kind, count in ledger.became.items()],
        "waiting": ledger.waiting,
        "unexplained": ledger.unexplained,
        "unprocessed": {"count": waiting.count, "since": waiting.since},
        "quarantined": {"count": quarantine.count, "rows": [_quarantined(row) for row in quarantine.newest]},
        "held": {"count": held.count, "since": held.since, "age": now - held.since if held.since else None},
        "sending": {
            "sent": sending.sent,
            "came_back": sending.came_back,
            "lost": sending.lost,
            "retried": sending.retried.count,
        },
        "lost": [_lost(policy, row) for row in balances.lost(session, since, _FEW)] if sending.lost else [],
        "mailboxes": [{"name": name, "at": at, "age": now - at if at else None} for name, at in last_mail.items()],
        "version": __version__,
        "size": _size(balances.size(session)),
    }
    return Content(data, empty=False)


def _older(waits: Waits, now: datetime, age: timedelta) -> bool:
    return waits.since is not None and now - waits.since > age


def _parts(policy: Policy, occasion: Occasion, parts: dict[str, Listed], now: datetime) -> dict[str, object]:
    """The lists of a mail, those with nothing in them left out, and how long each is, by their names."""
    shown = [
        {
            "name": name,
            "total": found.total,
            "left_out": found.total - len(found.rows),
            "rows": ticketrows.rows(policy, found.rows, occasion.kind, occasion.person, occasion.cause, now),
        }
        for name, found in parts.items()
        if found.total
    ]
    return {"parts": shown, "counts": {name: found.total for name, found in parts.items()}}


def _share(kept: int, of: int) -> dict[str, int]:
    return {"kept": kept, "of": of, "percent": round(100 * kept / of) if of else 0}


def _rating(policy: Policy, person: Address, ticket: Ticket, score: int, comment: str) -> dict[str, object]:
    return {
        "tag": ticketrows.tag(policy, ticket.number or 0),
        "number": ticket.number,
        "subject": ticketrows.subject(policy, ticket, person),
        "requester": ticket.requester_name or ticket.requester_address,
        "score": score,
        "comment": one_line(comment, _COMMENT),
    }


def _quarantined(row: Receipt) -> dict[str, object]:
    return {"receipt": row.id, "mailbox": row.mailbox, "at": row.received_at, "reason": row.reason}


def _lost(policy: Policy, row: balances.Lost) -> dict[str, object]:
    return {
        "notice": row.notice,
        "tag": ticketrows.tag(policy, row.ticket) if row.ticket is not None else "",
        "recipient": row.recipient,
        "state": row.state,
        "answer": row.answer,
    }


def _size(size: int) -> dict[str, object]:
    """A number of bytes as people say it."""
    if size >= _GIB:
        return {"amount": round(size / _GIB, 1), "unit": "GiB"}
    return {"amount": max(1, round(size / _MIB)), "unit": "MiB"}
