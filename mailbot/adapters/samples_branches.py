"""What else the values of a notice can be than in its sample: one set of them for each branch of its templates."""

from datetime import timedelta
from typing import Any

from mailbot.adapters import samples_daily as daily
from mailbot.adapters import samples_found as found
from mailbot.adapters.samples_found import NOW

HOUR = timedelta(hours=1)

NO_CLOCK: dict[str, Any] = {
    "calendar": "always",
    "zone_name": "UTC",
    "paused": 0 * HOUR,
    "runs": False,
    "used": 0 * HOUR,
    "response": None,
    "resolution": None,
    "answered_at": None,
    "resolved_at": None,
    "waiting_since": NOW - HOUR,
    "wait_until": NOW + HOUR,
    "respond_by": None,
    "resolve_by": None,
}

BARE_TICKET: dict[str, Any] = {
    **dict.fromkeys(("category", "team", "technician_name", "resolution", "prevention"), ""),
    "respond_by": None,
    "resolve_by": None,
    "reopens_until": None,
    "status": "on_hold",
}
"""A ticket of which everything is empty that may be empty."""

BARE: dict[str, dict[str, Any]] = {
    "acknowledgement": {"expected_by": None, "late": NOW - 30 * HOUR},
    "reply": {"text": "", "attachments": []},
    "vendor": {"text": "", "attachments": [], "reference": "", "hide_subject": True},
    "vendor_replied": {"text": "", "attachments": [], "reference": "", "reopened": False},
    "requester_replied": {"text": "", "attachments": [], "survey": True, "was": "", "done_at": None},
    "assigned": {"text": "", "attachments": [], "reasons": [], "assigned_by": "Siti Aminah"},
    "reassigned": {"assigned_to": ""},
    "taken_back": {"author": "Dewi Lestari"},
    "status_update": {"text": "", "next_update_by": None, "taken_by": "", "wrote_at": None},
    "pending_reminder": {"text": "", "closes_at": None},
    "escalation": {
        "target": "first_response",
        "step": 1,
        "text": "",
        "steps": [],
        "absent": "Siti Aminah",
        "absent_until": None,
    },
    "warning": {"target": "resolution", "text": "", "absent": "Siti Aminah", "absent_until": NOW + 48 * HOUR},
    "resolved": {"text": "", "attachments": []},
    "closed": {"because": "silence"},
    "merged": {"old_subject": ""},
    "survey_thanks": {"score": 1, "explained": True},
    "quiet": {"started": True},
    "transcript": {
        "ok": False,
        "lines": ["Line 1, “#prio soon”: there is no priority “soon”."],
        "held_text": "Hello",
        "hint": "Reply again.",
        "takeback": None,
    },
    "worklist": {"scale": "unassigned", "page": 2, "total": 0, "left_out": 0, "rows": []},
    "digest": {"total": 6, "left_out": 0},
    "digest_overdue": {"total": 6, "left_out": 0},
    **daily.VARIANTS,
    **found.VARIANTS,
    "record": {"conversation": [], "left_out": 3, "attachments": [], "events_left_out": 4, "clock": NO_CLOCK},
    "challenge": {"commands": [], "text": ""},
    "undeliverable": {"diagnostic": "", "notice": "survey", "absent_until": NOW + 168 * HOUR},
    "returned": {"answered": [], "due": []},
    "complaint": {"notice": "survey"},
}
"""The values of a notice of which everything is empty that may be empty."""

_HANDED_OVER: dict[str, Any] = {
    "assigned_by": "Siti Aminah",
    "left_out": 3,
    "diagnosis": "The cartridge is worn.",
    "workaround": "Print on floor 3.",
    "conversation": [
        {"author": "Rita Rahayu", "at": NOW - 3 * HOUR, "text": "It prints blank pages.", "internal": False},
        {"author": "Siti Aminah", "at": NOW - HOUR, "text": "Cartridge ordered.\n\nAsk on Friday.", "internal": True},
    ],
}

_BY_HAND: dict[str, Any] = {
    "escalated_by": "Siti Aminah",
    "why": "The fuser needs a part.",
    "attachments": [],
    **_HANDED_OVER,
}

_CLIMBED: dict[str, Any] = {
    "absent": "Siti Aminah",
    "absent_until": NOW + 48 * HOUR,
    "steps": [{"at": NOW - HOUR, "step": 2, "names": ""}, {"at": NOW - HOUR, "step": 3, "names": ""}],
}

RELATED: dict[str, Any] = {"ticket": {"relatives": ["HD-1037 (on hold), a duplicate of this: Printer"]}}
"""What all notices to technicians can show of a ticket."""

OF_FULL: dict[str, tuple[dict[str, Any], ...]] = {
    **daily.BRANCHES,
    "acknowledgement": ({"registered_by": "Budi Santoso"},),
    "assigned": (_HANDED_OVER, {"promise": "first_response"}),
    "reassigned": ({"assigned_by": "", "promise": "resolution"},),
    "transcript": ({"untold": "dewi@example.com does not want updates and surveys"},),
    "quiet": ({"everything": True},),
    "requester_replied": (
        {"survey": True, "score": 1, "was": "", "done_at": None, "text": ""},
        {"was": "", "done_at": None, "merged": "HD-1037"},
        {"was": "", "done_at": None, "on_hold": True, "ticket": {"status": "on_hold", "wait_until": NOW + 48 * HOUR}},
        {"was": "", "done_at": None, "closed": True, "ticket": {"status": "closed", "source": "phone"}},
        {"was": "", "done_at": None, "absent": "Siti Aminah", "absent_until": NOW + 72 * HOUR},
    ),
    "remote_support": ({"text": "", "author": ""},),
    "escalation": ({**_BY_HAND, "text": "", "takes_over": True}, _CLIMBED),
    "warning": ({"absent": "Siti Aminah"},),
    "resolved": ({"ticket": {"resolution": "", "workaround": "Print on floor 3."}},),
    "returned": ({"answered": []},),
    "worklist": ({"scale": "team"}, {"scale": "overdue"}),
    "closed": (
        {"because": "confirmed"},
        {"because": "requested"},
        {"because": "", "author": "Budi Santoso", "text": "Thank you for your patience."},
        {"because": "", "author": "Budi Santoso"},
        {"because": ""},
    ),
}
"""What differs from the sample of a notice; of "ticket" only the fields that are named, None = it is about none."""

OF_BARE: dict[str, tuple[dict[str, Any], ...]] = {
    "transcript": ({"ticket": None},),  # They may be about no ticket at all.
    "held": ({"ticket": None},),
    "challenge": ({"ticket": None},),
    "assigned": ({**_HANDED_OVER, "left_out": 0},),
    "escalation": ({**_BY_HAND, "takes_over": False, "left_out": 0, "attachments": ["a.pdf"]},),
}
"""What differs from the empty sample of a notice."""
