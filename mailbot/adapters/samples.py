"""Sample values for every notice: for checking templates, for the gallery, and for the golden mails of the tests."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.adapters import samples_branches as branches
from mailbot.adapters import samples_daily as daily
from mailbot.adapters import samples_found as found
from mailbot.adapters.samples_branches import HOUR, NO_CLOCK
from mailbot.adapters.samples_found import NOW

_TAKEBACK = {
    "code": "K7PQ3X",
    "until": NOW + 24 * HOUR,
    "waits": "",
    "tap": {"to": "helpdesk@example.com", "subject": "[HD 1042]", "body": "#undo K7PQ3X\r\n"},
}

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
        "created_at": NOW - 2 * HOUR,
        "source": "mail",
        "wait_until": None,
        "respond_by": NOW + HOUR,
        "resolve_by": NOW + 6 * HOUR,
        "reopens_until": NOW + timedelta(days=14),
        "resolution": words["answer"],
        "workaround": "",
        "prevention": words["prevention"],
        "relatives": [],
    }


_ORDINARY: dict[str, Any] = {
    "survey": False,
    "score": None,
    "on_hold": False,
    "closed": False,
    "merged": "",
    "absent": "",
    "absent_until": None,
}


def _particulars(words: dict[str, Any]) -> dict[str, dict[str, Any]]:
    said = {"text": words["request"], "author": "Rita Rahayu", "attachments": words["files"]}
    answered = {"text": words["answer"], "author": "Budi Santoso", "attachments": words["files"][1:]}
    return {
        "acknowledgement": {"expected_by": NOW + 4 * HOUR, "late": None, "registered_by": ""},
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
        "requester_replied": {**said, **_ORDINARY, "was": "resolved", "done_at": NOW - 20 * HOUR},
        "assigned": {**said, "reasons": words["reasons"], "assigned_by": ""},
        "reassigned": {"assigned_by": "Siti Aminah", "assigned_to": "Dewi Lestari"},
        "taken_back": {"by": "Siti Aminah", "author": "", "lines": words["done"][:2]},
        "status_update": {
            "text": words["question"],
            "next_update_by": NOW + 24 * HOUR,
            "taken_by": "Budi Santoso",
            "wrote_at": NOW - 3 * HOUR,
        },
        "pending_reminder": {"text": words["question"], "closes_at": NOW + 72 * HOUR},
        "escalation": {
            "target": "resolution",
            "due_at": NOW - timedelta(minutes=200),
            "overdue": timedelta(minutes=200),
            "step": 3,
            "steps": [
                {"at": NOW - timedelta(minutes=200), "step": 1, "names": "Siti Aminah"},
                {"at": NOW - timedelta(minutes=170), "step": 2, "names": "Dewi Lestari"},
            ],
            "absent": "",
            "absent_until": None,
            "text": words["request"],
            "author": "Rita Rahayu",
        },
        "warning": {
            "target": "first_response",
            "due_at": NOW + HOUR,
            "used": 2 * HOUR,
            "allowed": 3 * HOUR,
            "absent": "",
            "absent_until": None,
            "text": words["request"],
            "author": "Rita Rahayu",
        },
        "remote_support": {
            "text": words["remote"],
            "link": "https://remote.example.com/join?reference=K7QX-2M4P",
            "reference": "K7QX-2M4P",
            "author": "Budi Santoso",
        },
        "resolved": {**answered, "closes_at": NOW + 72 * HOUR},
        "closed": {"text": "", "author": "", "because": "solved"},
        "reopened": {},
        "survey": {"taps": {str(score): f"mailto:helpdesk@example.com?subject={score}" for score in range(5, 0, -1)}},
        "survey_thanks": {"score": 4, "explained": False},
        "quiet": {"started": False, "everything": False},
        "transcript": {
            "ok": True,
            "lines": words["done"],
            "held_text": "",
            "hint": "",
            "untold": "",
            "kept": False,
            "takeback": _TAKEBACK,
        },
        "merged": {"old": 1037, "old_subject": words["subject"]},
        "worklist": {"scale": "mine", "page": 1, "total": 27, "left_out": 25, "rows": _rows(words)},
        "digest": {"scale": "mine", "total": 102, "left_out": 100, "rows": _rows(words)},
        "digest_overdue": {"scale": "overdue", "total": 14, "left_out": 12, "rows": _rows(words)},
        **daily.particulars(_rows(words)),
        **found.particulars(words),
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
            "absent_until": None,
        },
        "returned": _returned(words),
        "complaint": {"address": "rita@example.com", "notice": "status_update"},
    }


def _returned(words: dict[str, Any]) -> dict[str, Any]:
    """What happened to two tickets: one of his own, and one that came meanwhile."""
    row = {
        "number": 1042,
        "tag": "[HD-1042]",
        "subject": words["subject"],
        "technician": "Budi Santoso",
        "due_at": NOW - HOUR,
        "count": 2,
    }
    soon = {**row, "due_at": NOW + HOUR}
    other = {**row, "number": 1050, "tag": "[HD-1050]", "technician": "Siti Aminah", "due_at": None}
    nobody = {**other, "technician": ""}
    return {"since": NOW - 72 * HOUR, "answered": [row], "due": [row, soon], "came": [other, nobody]}


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
        "due_at": NOW - HOUR,
        "left": -HOUR,
        "age": 26 * HOUR,
        "taps": [
            {"verb": verb, "to": "helpdesk@example.com", "subject": "[HD 1042]", "body": f"#{verb}\r\n"}
            for verb in ("take", "wait", "close")
        ],
        "link": found.LINK,
    }
    return [late, {**late, "status": "pending", "priority": "normal", "due_at": None, "left": 0 * HOUR, "age": HOUR}]


def _record(words: dict[str, Any]) -> dict[str, Any]:
    actor = "budi@example.com"
    return {
        "conversation": [
            {"author": "Rita Rahayu", "at": NOW - 3 * HOUR, "text": words["request"], "internal": False},
            {"author": "Budi Santoso", "at": NOW - HOUR, "text": words["prevention"], "internal": True},
        ],
        "left_out": 0,
        "attachments": words["files"],
        "clock": {
            **NO_CLOCK,
            "calendar": "office",
            "zone_name": "Asia/Jakarta",
            "paused": HOUR,
            "runs": True,
            "used": 2 * HOUR,
            "response": 4 * HOUR,
            "resolution": 8 * HOUR,
            "waiting_since": None,
            "respond_by": NOW + 2 * HOUR,
            "resolve_by": NOW + 6 * HOUR,
        },
        "events": [
            {"at": NOW - 3 * HOUR, "kind": "categorised", "actor": "", "what": "", "reason": words["reasons"][0]},
            {"at": NOW - HOUR, "kind": "prioritised", "actor": actor, "what": words["done"][0], "reason": ""},
        ],
        "events_left_out": 0,
    }


_TO_TECHNICIAN = (
    "vendor_replied",
    "requester_replied",
    "assigned",
    "reassigned",
    "taken_back",
    "escalation",
    "warning",
    "transcript",
    "worklist",
    "digest",
    "digest_overdue",
    *daily.NOTICES,
    "record",
    "found",
    "article",
    "returned",
    "held",
    "challenge",
    "undeliverable",
    "complaint",
)

_ABOUT_NO_TICKET = frozenset({"worklist", "digest", "digest_overdue", "found", "returned", *daily.NOTICES})


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
        "ticket": None if notice in _ABOUT_NO_TICKET else _ticket(words),
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
    bare = {**full, **branches.BARE.get(notice, {})}
    bare["helpdesk"] = {**full["helpdesk"], "signature": ""}
    bare["ticket"] = full["ticket"] and {**full["ticket"], **branches.BARE_TICKET}
    bare["recipient"] = {"name": "", "address": full["recipient"]["address"]}
    yield bare
    yield {**full, "too_large": ["video of the printer.mp4"]}
    if notice in _TO_TECHNICIAN and full["ticket"]:
        yield _with(full, branches.RELATED)
    yield from (_with(full, one) for one in branches.OF_FULL.get(notice, ()))
    yield from (_with(bare, one) for one in branches.OF_BARE.get(notice, ()))
    if notice == "found":
        yield {**full, **found.articles(_WORDS["en"])}


def _with(values: dict[str, Any], one: Mapping[str, Any]) -> dict[str, Any]:
    """The values with others; of the ticket only those that are named."""
    ticket = one.get("ticket", {})
    return {**values, **one, "ticket": None if ticket is None else values["ticket"] and values["ticket"] | ticket}
