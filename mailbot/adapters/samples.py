"""Sample values for every notice: for checking templates, for the gallery, and for the golden mails of the tests."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NOW = datetime(2026, 8, 4, 3, 30, tzinfo=UTC)
"""The time at which samples happen: half past ten on a Tuesday in Jakarta."""

_HOUR = timedelta(hours=1)

_WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "helpdesk": "IT Helpdesk",
        "signature": "IT Helpdesk, PT Contoh Jaya\nWeekdays 08:00-17:00, extension 1234",
        "subject": "Printer on the 2nd floor prints blank pages",
        "request": (
            "Good morning,\n\nthe printer on the 2nd floor prints blank pages since this morning. "
            "Three of us need it for the month-end invoices.\n\nWhat I tried:\n"
            "  1. switched it off and on\n  2. another paper tray\n\nThank you,\nRita"
        ),
        "answer": (
            "Hello Rita,\n\nthe toner cartridge was not seated properly. I have put it back, and a test page "
            "comes out fine.\n\nThe manual is here: https://support.example.com/printers/blank-pages\n\nBudi"
        ),
        "question": "Could you tell us which computer you print from, and whether a test page comes out blank as well?",
        "vendor_question": "Good day,\n\nthe fuser of our LaserStar 40 is worn. Which part do we need, and "
        "when can it be here?",
        "vendor_answer": "It is part F-40. We can deliver it on Thursday.",
        "prevention": "After changing the cartridge, push it in until it clicks, and print one test page.",
        "remote": "So that we can look at your screen together, please start QuickHelp from the Start menu.",
        "reasons": [
            "category hardware: rule printer-01 matched “printer”, “blank”",
            "Budi Santoso, since nobody in team Service Desk has fewer active tickets",
        ],
        "done": [
            "priority: normal → high",
            "status: open → resolved",
            "Rita Rahayu was told that the ticket is resolved, with your text.",
        ],
        "stranger_reason": "it belongs to the ticket, but dewi@example.com does not take part in it",
        "stranger": "I share the office with Rita, and the printer does the same to me. Please add me to the ticket.",
        "files": ["blank-page.jpg", "printer status.pdf"],
    },
    "id": {
        "helpdesk": "Helpdesk TI",
        "signature": "Helpdesk TI, PT Contoh Jaya\nSenin–Jumat 08.00–17.00, ekstensi 1234",
        "subject": "Printer di lantai 2 mencetak halaman kosong",
        "request": (
            "Selamat pagi,\n\nsejak tadi pagi printer di lantai 2 hanya mencetak halaman kosong. "
            "Kami bertiga memerlukannya untuk faktur akhir bulan.\n\nYang sudah saya coba:\n"
            "  1. mematikan dan menyalakannya lagi\n  2. memakai baki kertas yang lain\n\nTerima kasih,\nRita"
        ),
        "answer": (
            "Selamat siang Bu Rita,\n\nternyata kartrid tonernya belum terpasang dengan benar. Sudah saya pasang "
            "ulang, dan halaman uji tercetak dengan baik.\n\nPetunjuknya ada di sini: "
            "https://support.example.com/printers/blank-pages\n\nBudi"
        ),
        "question": "Boleh kami tahu Ibu mencetak dari komputer yang mana, dan apakah halaman ujinya juga kosong?",
        "vendor_question": "Selamat siang,\n\nfuser LaserStar 40 kami sudah aus. Suku cadang apa yang diperlukan, "
        "dan kapan bisa tiba?",
        "vendor_answer": "Suku cadangnya F-40. Kami dapat mengirimkannya hari Kamis.",
        "prevention": "Setelah mengganti kartrid, dorong sampai berbunyi klik, lalu cetak satu halaman uji.",
        "remote": "Agar kami dapat melihat layar Ibu, silakan buka QuickHelp dari menu Start.",
        "reasons": [
            "kategori hardware: aturan printer-01 cocok dengan “printer”, “kosong”",
            "Budi Santoso, karena tiket aktifnya paling sedikit di tim Service Desk",
        ],
        "done": [
            "prioritas: normal → tinggi",
            "status: terbuka → selesai",
            "Rita Rahayu telah diberi tahu bahwa tiket selesai, beserta teks Anda.",
        ],
        "stranger_reason": "email ini menyangkut tiket tersebut, tetapi dewi@example.com bukan pesertanya",
        "stranger": "Saya seruangan dengan Bu Rita, dan printer itu juga begitu pada saya. Mohon saya diikutkan.",
        "files": ["halaman-kosong.jpg", "status printer.pdf"],
    },
}


def _ticket(words: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": 1042,
        "tag": "[HD-1042]",
        "subject": words["subject"],
        "status": "open",
        "priority": "high",
        "impact": "department",
        "urgency": "high",
        "category": "hardware",
        "team": "Service Desk",
        "technician_name": "Budi Santoso",
        "requester_name": "Rita Rahayu",
        "created_at": NOW - 2 * _HOUR,
        "respond_by": NOW + _HOUR,
        "resolve_by": NOW + 6 * _HOUR,
        "reopens_until": NOW + timedelta(days=14),
        "resolution": words["answer"],
        "workaround": "",
        "prevention": words["prevention"],
        "relatives": [],
    }


def _particulars(words: dict[str, Any]) -> dict[str, dict[str, Any]]:
    said = {"text": words["request"], "author": "Rita Rahayu", "attachments": words["files"]}
    answered = {"text": words["answer"], "author": "Budi Santoso", "attachments": words["files"][1:]}
    return {
        "acknowledgement": {"expected_by": NOW + 4 * _HOUR, "late": False},
        "reply": answered,
        "vendor": {
            "text": words["vendor_question"],
            "author": "Budi Santoso",
            "attachments": words["files"][:1],
            "reference": "RMA-4711",
            "hide_subject": False,
        },
        "vendor_replied": {
            "vendor": "Acme Printing",
            "reference": "RMA-4711",
            "text": words["vendor_answer"],
            "author": "Acme Printing",
            "attachments": words["files"][1:],
            "reopened": True,
        },
        "requester_replied": {**said, "survey": False, "was": "resolved", "done_at": NOW - 20 * _HOUR, "merged": ""},
        "assigned": {**said, "reasons": words["reasons"], "assigned_by": ""},
        "reassigned": {"assigned_by": "Siti Aminah", "assigned_to": "Dewi Lestari"},
        "status_update": {
            "text": words["question"],
            "next_update_by": NOW + 24 * _HOUR,
        },
        "pending_reminder": {"text": words["question"], "closes_at": NOW + 72 * _HOUR},
        "escalation": {
            "target": "resolution",
            "due_at": NOW - timedelta(minutes=200),
            "overdue": timedelta(minutes=200),
            "step": 2,
            "text": words["request"],
            "author": "Rita Rahayu",
        },
        "remote_support": {
            "text": words["remote"],
            "link": "https://remote.example.com/join?reference=K7QX-2M4P",
            "reference": "K7QX-2M4P",
            "author": "Budi Santoso",
        },
        "resolved": {**answered, "closes_at": NOW + 72 * _HOUR},
        "closed": {"text": "", "author": "", "because": "solved"},
        "reopened": {},
        "survey": {},
        "survey_thanks": {"score": 4},
        "transcript": {"ok": True, "lines": words["done"], "held_text": "", "hint": "", "untold": "", "kept": False},
        "merged": {"old": 1037, "old_subject": words["subject"]},
        "worklist": {"scale": "mine", "total": 27, "left_out": 25, "rows": _rows(words)},
        "digest": {"scale": "mine", "total": 102, "left_out": 100, "rows": _rows(words)},
        "record": _record(words),
        "held": {
            "author": "Dewi Lestari",
            "author_address": "dewi@example.com",
            "mail_subject": f"Re: {words['subject']}",
            "text": words["stranger"],
            "reason": words["stranger_reason"],
        },
        "challenge": {"commands": ["#resolve", "#prio high"], "text": words["answer"]},
        "undeliverable": {
            "address": "rita@example.com",
            "diagnostic": "550 5.1.1 <rita@example.com>: Recipient address rejected: mailbox unknown",
            "notice": "reply",
        },
        "complaint": {"address": "rita@example.com", "notice": "status_update"},
    }


def _rows(words: dict[str, Any]) -> list[dict[str, Any]]:
    """Two tickets of a list: one that is late, and one of which no deadline runs."""
    late = {
        "number": 1042,
        "tag": "[HD-1042]",
        "subject": words["subject"],
        "requester": "Rita Rahayu",
        "technician": "Budi Santoso",
        "status": "open",
        "priority": "high",
        "due_at": NOW - _HOUR,
        "left": -_HOUR,
        "age": 26 * _HOUR,
        "taps": [
            {"verb": verb, "to": "helpdesk@example.com", "subject": "[HD 1042]", "body": f"#{verb}\r\n"}
            for verb in ("take", "wait", "close")
        ],
    }
    return [late, {**late, "status": "pending", "priority": "normal", "due_at": None, "left": 0 * _HOUR, "age": _HOUR}]


_NO_CLOCK: dict[str, Any] = {
    "runs": False,
    "used": 0 * _HOUR,
    "response": None,
    "resolution": None,
    "answered_at": None,
    "resolved_at": None,
    "waiting_since": NOW - _HOUR,
    "wait_until": NOW + _HOUR,
    "respond_by": None,
    "resolve_by": None,
}


def _record(words: dict[str, Any]) -> dict[str, Any]:
    actor = "budi@example.com"
    return {
        "conversation": [
            {"author": "Rita Rahayu", "at": NOW - 3 * _HOUR, "text": words["request"], "internal": False},
            {"author": "Budi Santoso", "at": NOW - _HOUR, "text": words["prevention"], "internal": True},
        ],
        "left_out": 0,
        "attachments": words["files"],
        "clock": {
            **_NO_CLOCK,
            "runs": True,
            "used": 2 * _HOUR,
            "response": 4 * _HOUR,
            "resolution": 8 * _HOUR,
            "waiting_since": None,
            "respond_by": NOW + 2 * _HOUR,
            "resolve_by": NOW + 6 * _HOUR,
        },
        "events": [
            {"at": NOW - 3 * _HOUR, "kind": "categorised", "actor": "", "what": "", "reason": words["reasons"][0]},
            {"at": NOW - _HOUR, "kind": "prioritised", "actor": actor, "what": words["done"][0], "reason": ""},
        ],
        "events_left_out": 0,
    }


_TO_TECHNICIAN = (
    "vendor_replied",
    "requester_replied",
    "assigned",
    "reassigned",
    "escalation",
    "transcript",
    "worklist",
    "digest",
    "record",
    "held",
    "challenge",
    "undeliverable",
    "complaint",
)

_VARIANTS: dict[str, dict[str, Any]] = {
    "acknowledgement": {"expected_by": None, "late": True},
    "reply": {"text": "", "attachments": []},
    "vendor": {"text": "", "attachments": [], "reference": "", "hide_subject": True},
    "vendor_replied": {"text": "", "attachments": [], "reference": "", "reopened": False},
    "requester_replied": {"text": "", "attachments": [], "survey": True, "was": "", "done_at": None},
    "assigned": {"text": "", "attachments": [], "reasons": [], "assigned_by": "Siti Aminah"},
    "reassigned": {"assigned_to": ""},
    "status_update": {"text": "", "next_update_by": None},
    "pending_reminder": {"text": "", "closes_at": None},
    "escalation": {"target": "first_response", "step": 1, "text": ""},
    "resolved": {"text": "", "attachments": []},
    "closed": {"because": "silence"},
    "merged": {"old_subject": ""},
    "survey_thanks": {"score": 1},
    "transcript": {
        "ok": False,
        "lines": ["Line 1, “#prio soon”: there is no priority “soon”."],
        "held_text": "Hello",
        "hint": "Reply again.",
    },
    "worklist": {"scale": "unassigned", "total": 0, "left_out": 0, "rows": []},
    "digest": {"scale": "overdue", "total": 2, "left_out": 0},
    "record": {"conversation": [], "left_out": 3, "attachments": [], "events_left_out": 4, "clock": _NO_CLOCK},
    "challenge": {"commands": [], "text": ""},
    "undeliverable": {"diagnostic": "", "notice": "survey"},
    "complaint": {"notice": "survey"},
}

_HANDED_OVER: dict[str, Any] = {
    "assigned_by": "Siti Aminah",
    "left_out": 3,
    "conversation": [
        {"author": "Rita Rahayu", "at": NOW - 3 * _HOUR, "text": "It prints blank pages.", "internal": False},
        {"author": "Siti Aminah", "at": NOW - _HOUR, "text": "Cartridge ordered.\n\nAsk on Friday.", "internal": True},
    ],
}

_CLOSED_BY_HAND: tuple[dict[str, Any], ...] = (
    {"because": "", "author": "Budi Santoso", "text": "Thank you for your patience."},
    {"because": "", "author": "Budi Santoso"},
    {"because": ""},
)


def sample(notice: str, language: str) -> dict[str, Any]:
    """Realistic values for one notice in one language (English words where we do not speak it).

    Raises:
        KeyError: There is no such notice.
    """
    words = _WORDS.get(language, _WORDS["en"])
    inside = notice in _TO_TECHNICIAN
    return {
        "helpdesk": {
            "name": words["helpdesk"],
            "address": "helpdesk@example.com",
            "tag": "HD",
            "signature": words["signature"],
        },
        "ticket": None if notice in {"worklist", "digest"} else _ticket(words),
        "recipient": {"name": "Budi Santoso", "address": "budi@example.com"}
        if inside
        else {"name": "Rita Rahayu", "address": "rita@example.com"},
        "language": language,
        "zone": ZoneInfo("Asia/Jakarta"),
        "now": NOW,
        "too_large": [],
        **_particulars(words)[notice],
    }


def samples(notice: str, language: str) -> Iterator[dict[str, Any]]:
    """The sample values of a notice, and the same with everything empty that may be empty: each branch is walked."""
    full = sample(notice, language)
    yield full
    bare = {**full, **_VARIANTS.get(notice, {})}
    bare["helpdesk"] = {**full["helpdesk"], "signature": ""}
    bare["ticket"] = full["ticket"] and {
        **full["ticket"],
        **dict.fromkeys(("category", "team", "technician_name", "resolution", "prevention"), ""),
        "respond_by": None,
        "resolve_by": None,
        "reopens_until": None,
        "status": "on_hold",
    }
    bare["recipient"] = {"name": "", "address": full["recipient"]["address"]}
    yield bare
    yield {**full, "too_large": ["video of the printer.mp4"]}
    if notice in ("transcript", "held", "challenge"):  # They may be about no ticket at all.
        yield {**bare, "ticket": None}
    if notice == "assigned":
        yield {**full, **_HANDED_OVER}
        yield {**bare, **_HANDED_OVER, "left_out": 0}
    if notice == "transcript":
        yield {**full, "untold": "dewi@example.com does not want updates and surveys"}
    if notice == "requester_replied":
        yield {**full, "was": "", "done_at": None, "merged": "HD-1037"}
    if notice in _TO_TECHNICIAN and full["ticket"]:
        yield {**full, "ticket": {**full["ticket"], "relatives": ["HD-1037 (on hold), a duplicate of this: Printer"]}}
    if notice == "remote_support":
        yield {**full, "text": "", "author": ""}
    if notice == "escalation":
        by_hand = {"escalated_by": "Siti Aminah", "why": "The fuser needs a part.", "attachments": [], **_HANDED_OVER}
        yield {**full, **by_hand, "text": "", "takes_over": True}
        yield {**bare, **by_hand, "takes_over": False, "left_out": 0, "attachments": ["a.pdf"]}
    if notice == "resolved":
        helps = {**full["ticket"], "resolution": "", "workaround": "Print on floor 3."}
        yield {**full, "ticket": helps}
    if notice == "worklist":
        yield from ({**full, "scale": scale} for scale in ("team", "overdue"))
    if notice == "closed":
        yield {**full, "because": "confirmed"}
        yield from ({**full, **how} for how in _CLOSED_BY_HAND)
