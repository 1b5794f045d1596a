"""Sample values of the mails that come once a day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from mailbot.adapters.samples_found import NOW

NOTICES = ("morning", "overview", "balance")
_HOUR = timedelta(hours=1)
_TUESDAY, _MONDAY, _FRIDAY = date(2026, 8, 4), date(2026, 8, 3), date(2026, 7, 31)
_NO_SHARE = {"kept": 0, "of": 0, "percent": 0}
_NO_NUMBERS: dict[str, Any] = {
    **dict.fromkeys(("came", "resolved", "reopened", "ratings", "low"), 0),
    "response": _NO_SHARE,
    "resolution": _NO_SHARE,
    "score": None,
}
_PROBLEMS = ("unexplained", "quarantined", "unprocessed", "lost", "unsent", "held")
_NOTHING: dict[str, Any] = {
    "attention": 0,
    "problems": dict.fromkeys(_PROBLEMS, 0),
    **dict.fromkeys(("seen", "waiting", "unexplained"), 0),
    "became": [],
    "unprocessed": {"count": 0, "since": None},
    "quarantined": {"count": 0, "rows": []},
    "held": {"count": 0, "since": None, "age": None},
    "sending": dict.fromkeys(("sent", "came_back", "lost", "retried"), 0),
    "lost": [],
    "mailboxes": [{"name": "support", "at": None, "age": None}],
}

VARIANTS: dict[str, dict[str, Any]] = {
    "morning": {"total": 0, "parts": [], "counts": dict.fromkeys(("overdue", "today", "awaited", "unassigned"), 0)},
    "overview": {
        "total": 0,
        "parts": [],
        "counts": dict.fromkeys(("overdue", "unassigned", "today"), 0),
        "teams": ["Service Desk"],
        "since": _FRIDAY,
        "numbers": _NO_NUMBERS,
        "low_ratings": [],
    },
    "balance": _NOTHING,
}
"""The same with everything empty that may be empty."""

BRANCHES: dict[str, tuple[dict[str, Any], ...]] = {
    "morning": (
        {"counts": {"overdue": 1, "today": 1, "awaited": 0, "unassigned": 0}},
        {"counts": {"overdue": 0, "today": 1, "awaited": 0, "unassigned": 0}},
        {"counts": {"overdue": 0, "today": 0, "awaited": 1, "unassigned": 0}},
        {"counts": {"overdue": 0, "today": 0, "awaited": 0, "unassigned": 1}},
    ),
    "overview": (
        {"counts": {"overdue": 1, "unassigned": 0, "today": 0}},
        {"counts": {"overdue": 0, "unassigned": 1, "today": 0}},
        {"counts": {"overdue": 0, "unassigned": 0, "today": 1}},
    ),
    "balance": tuple({"attention": count, "problems": dict.fromkeys(_PROBLEMS, count)} for count in (1, 2)),
}
"""What else can be asked of the reader."""


def particulars(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the notices say, by their names; `rows` are a ticket that is late, and one without a deadline."""
    late, quiet = rows
    soon = {**late, "number": 1050, "tag": "[HD-1050]", "due_at": NOW + 4 * _HOUR, "left": 4 * _HOUR}
    nobodys = {**soon, "number": 1051, "tag": "[HD-1051]", "technician": ""}
    return {
        "morning": {
            "day": _TUESDAY,
            "total": 9,
            "parts": [
                _part("overdue", 1, late),
                _part("today", 1, soon),
                _part("awaited", 4, {**quiet, "status": "open"}),
                _part("unassigned", 1, nobodys),
            ],
            "counts": {"overdue": 1, "today": 1, "awaited": 4, "unassigned": 1},
        },
        "overview": {
            "day": _TUESDAY,
            "total": 34,
            "parts": [_part("overdue", 3, late), _part("unassigned", 1, nobodys), _part("today", 2, soon)],
            "counts": {"overdue": 3, "unassigned": 1, "today": 2},
            "teams": ["Service Desk", "Network"],
            "since": _MONDAY,
            "last": _MONDAY,
            "numbers": {
                "came": 12,
                "resolved": 9,
                "reopened": 1,
                "response": {"kept": 10, "of": 11, "percent": 91},
                "resolution": {"kept": 8, "of": 9, "percent": 89},
                "ratings": 6,
                "score": 4.3,
                "low": 1,
            },
            "low_ratings": [
                {
                    **{name: late[name] for name in ("tag", "number", "subject", "requester")},
                    "score": 2,
                    "comment": late["subject"],
                }
            ],
        },
        "balance": _balance(),
    }


def _part(name: str, total: int, row: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "total": total, "left_out": total - 1, "rows": [row]}


def _balance() -> dict[str, Any]:
    became = {"created": 120, "appended": 251, "commanded": 36, "held": 2, "quarantined": 1}
    return {
        "day": _TUESDAY,
        "since": NOW - 26 * _HOUR,
        "attention": 2,
        "problems": {**dict.fromkeys(_PROBLEMS, 0), "quarantined": 1, "lost": 2},
        "seen": 412,
        "became": [{"disposition": kind, "count": count} for kind, count in became.items()],
        "waiting": 2,
        "unexplained": 0,
        "unprocessed": {"count": 2, "since": NOW - _HOUR / 2},
        "quarantined": {
            "count": 2,
            "rows": [{"receipt": 4711, "mailbox": "support", "at": NOW - 5 * _HOUR, "reason": "MemoryError"}],
        },
        "held": {"count": 2, "since": NOW - 20 * _HOUR, "age": 20 * _HOUR},
        "sending": {"sent": 387, "came_back": 1, "lost": 2, "retried": 3},
        "lost": [
            {
                "notice": "reply",
                "tag": "[HD-1042]",
                "recipient": "rita@example.com",
                "state": "uncertain",
                "answer": "the connection was lost",
            }
        ],
        "mailboxes": [
            {"name": "support", "at": NOW - _HOUR / 3, "age": _HOUR / 3},
            {"name": "printers", "at": None, "age": None},
        ],
        "version": "0.1.0",
        "size": {"amount": 1.2, "unit": "GiB"},
    }
