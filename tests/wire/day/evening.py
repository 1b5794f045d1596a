"""The evening: what must be true of the ledger, of the database and of every byte that was sent."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel
from wire.daemonworld import rows
from wire.day.cast import CANARY, Cast
from wire.day.morning import SLIP
from wire.day.town import Sent, everything
from world.mails import plain_text

from mailbot.adapters.articles import Article
from mailbot.adapters.links import Link
from mailbot.adapters.sidethreads import SideThread
from mailbot.adapters.tables import (
    Contact,
    Entry,
    Event,
    Hold,
    OutboxMail,
    Participant,
    Receipt,
    Survey,
    TechnicianState,
    Ticket,
    Undo,
)
from mailbot.core import commands
from mailbot.core.commands.registry import COMMANDS
from mailbot.core.mail import read

_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_COMMAND = re.compile(r"^\s*[#＃][A-Za-z]", re.MULTILINE)

TICKETS = {
    1001: ("closed", "normal", "tess", "rita", 2, None),
    1002: ("closed", "high", "joko", "budi", 2, None),
    1003: ("resolved", "normal", "tess", "carla", 1, None),
    1004: ("open", "normal", "joko", "frank", 1, None),
    1005: ("open", "critical", "tess", "nadia", 1, None),
    1006: ("closed", "normal", "tess", "dewi", 1, 1004),
    1007: ("closed", "normal", "joko", "sarah", 1, None),
    1008: ("resolved", "normal", "joko", "agus", 1, None),
    1009: ("closed", "normal", "joko", "wayan", 2, None),
    1010: ("closed", "normal", "tess", "rita", 1, None),
    1011: ("closed", "normal", "lena", "rita", 1, None),
}
"""Status, priority, technician, requester, how often it was opened, into which one it was merged."""

ENTRIES = {
    1001: {"message": 5, "dewi": 1, "vendor": 1, "reply": 3, "to vendor": 3, "note": 2},
    1002: {"message": 3, "reply": 2, "note": 1},
    1003: {"message": 1, "peter": 1, "reply": 1, "withdrawn": 1, "note": 1},
    1004: {"message": 2, "dewi": 1, "reply": 1, "note": 2},
    1005: {"message": 1, "reply": 1},
    1006: {"message": 1},
    1007: {"message": 2, "note": 1},
    1008: {"message": 1},
    1009: {"message": 2, "reply": 2},
    1010: {"message": 1, "note": 1},
    1011: {"message": 1, "reply": 1, "note": 1},
}
"""What was written on each: by the requester, by others, by technicians; a #stop and a vote are no words."""

MAILS = {
    "rita": "acknowledgement*3 reply*3 resolved*2 reopened closed*2 survey survey_thanks",
    "budi": "acknowledgement reply remote_support resolved*2 reopened closed survey survey_thanks",
    "dewi": "acknowledgement reply*2 merged",
    "carla": "acknowledgement reply resolved",
    "frank": "acknowledgement reply",
    "peter": "resolved",
    "nadia": "acknowledgement kb_answer",
    "sarah": "acknowledgement resolved closed survey",
    "agus": "acknowledgement resolved quiet",
    "wayan": "acknowledgement reply resolved reopened closed survey",
    "acme": "vendor*3",
}
"""What each person outside got in the whole day; nobody else got anything."""

AUTOMATIC = {
    "acknowledgement": "auto-replied",
    "reopened": "auto-replied",
    "survey_thanks": "auto-replied",
    "quiet": "auto-replied",
    "survey": "auto-generated",
    "closed": "auto-generated",
    "merged": "auto-generated",
}
"""How mails to people outside are marked that nobody wrote (RFC 3834 s.5); a "closed" with words is not."""


def examine(c: Cast) -> None:
    """Looks at everything."""
    assert c.town.unread() == []
    the_ledger_says_what_the_script_says(c)
    the_outbox_is_drained_and_nothing_failed(c)
    the_tickets_are_as_the_story_ends(c)
    what_was_written_is_kept_where_it_belongs(c)
    everything_else_is_noted(c)
    everybody_got_his_mails_and_no_others(c)
    nothing_internal_went_outside(c)
    every_mail_to_people_outside_is_well_made(c)
    every_verb_was_said_and_obeyed(c)


def _rows(c: Cast, table: type[SQLModel]) -> list[Any]:
    return rows(c.town.database, table)


def _named(c: Cast, address: str) -> str:
    """The short name of somebody by his address."""
    return next(name for name, one in vars(c).items() if getattr(one, "address", "") == address)


def _outside(c: Cast) -> Iterator[Sent]:
    return (one for one in c.town.sent() if one.recipient not in c.staff)


def the_ledger_says_what_the_script_says(c: Cast) -> None:
    receipts = _rows(c, Receipt)
    assert len(receipts) == len(c.town.script) >= 60
    became = {row.message_id: row.disposition for row in receipts}
    assert became == {posted.message_id: posted.becomes for posted in c.town.script}
    assert {(row.state, row.filed, row.error) for row in receipts} == {("done", "done", "")}
    assert c.town.imap.messages("support") == []
    filed = Counter(c.town.imap.messages("support", "Processed"))
    assert filed == Counter(posted.raw for posted in c.town.script)
    assert not any("S" in flags for flags in c.town.imap.flags("support", "Processed"))


def the_outbox_is_drained_and_nothing_failed(c: Cast) -> None:
    mails = _rows(c, OutboxMail)
    cancelled = sorted((row.notice, _named(c, row.recipient)) for row in mails if row.state == "cancelled")
    assert cancelled == [("resolved", "carla"), ("resolved", "peter")], "the slip"
    there = [(row.recipient, row.raw) for row in mails if row.state != "cancelled"]
    assert {row.state for row in mails} == {"sent", "cancelled"}
    assert Counter(there) == Counter((kept.recipients[0], kept.raw) for kept in c.town.smtp.mails)
    kinds = Counter(event.kind for event in _rows(c, Event))
    assert not {"notice_failed", "timer_failed", "leak_blocked", "bounced"} & set(kinds)
    assert kinds["notice_suppressed"] == 2, "Rita was asked for her opinion once for all"
    assert c.town.daemon.logged("job_failed") == []


def the_tickets_are_as_the_story_ends(c: Cast) -> None:
    found = {
        row.number: (
            row.status,
            row.priority,
            _named(c, row.technician),
            _named(c, row.requester_address),
            row.cycle,
            row.merged_into,
        )
        for row in _rows(c, Ticket)
    }
    assert found == TICKETS
    printer, password, screen, _projector, _same, _merged, internet, agus, wayan, *_ = _rows(c, Ticket)
    assert (printer.diagnosis, printer.workaround) == (f"{CANARY}: the drum has run dry.", "Please print on floor 3.")
    assert (printer.resolution, printer.prevention) == ("I have tightened a screw as well.", ""), "it was opened again"
    assert (printer.tags, printer.worked_minutes) == (["floor2"], 45)
    assert (password.workaround, password.worked_minutes, password.language) == ("Pakai akun tamu dulu.", 15, "id")
    assert screen.source == "phone"
    assert internet.resolution == agus.resolution == "The switch of floor 3 was replaced."
    assert [row.language for row in (internet, agus, wayan)] == ["en", "id", "id"]


def what_was_written_is_kept_where_it_belongs(c: Cast) -> None:
    found: dict[int, Counter[str]] = {number: Counter() for number in TICKETS}
    for entry in _rows(c, Entry):
        who, requester = _named(c, entry.author_address), TICKETS[entry.ticket][3]
        if entry.withdrawn_at is not None:
            what = "withdrawn"
        elif entry.side:
            what = "vendor" if entry.kind == "message" else "to vendor"
        else:
            what = who if entry.kind == "message" and who != requester else entry.kind
        found[entry.ticket][what] += 1
        assert entry.internal is (entry.kind == "note" or bool(entry.side)), entry
        assert entry.internal or CANARY not in entry.text, entry
    assert found == ENTRIES


def everything_else_is_noted(c: Cast) -> None:
    links = {(row.ticket, row.other, row.kind) for row in _rows(c, Link)}
    assert links == {
        (1008, 1007, "duplicate"),
        (1009, 1007, "duplicate"),
        (1010, 1001, "split"),
        (1001, 1004, "related"),
    }
    sides = [(row.ticket, row.address, row.reference, row.waits) for row in _rows(c, SideThread)]
    assert sides == [(1001, c.acme.address, "RMA-4711", False)]
    others = {(row.ticket, _named(c, row.address)) for row in _rows(c, Participant) if row.role != "requester"}
    assert others == {(1003, "peter"), (1004, "dewi")}, "Dewi was taken out of the copy of the printer"
    votes = {_named(c, row.address): (row.ticket, row.score, row.comment) for row in _rows(c, Survey)}
    assert votes == {
        "budi": (1002, 4, "terima kasih"),
        "rita": (1001, 5, "very quick"),
        "sarah": (1007, None, ""),
        "wayan": (1009, None, ""),
    }
    holds = Counter((row.kind, row.state, row.decision) for row in _rows(c, Hold))
    assert holds == {
        ("unproved", "released", "go"): 2,
        ("unproved", "open", ""): 1,  # The forged one: Tess has not confirmed it.
        ("mistyped", "released", "go"): 1,
        ("stranger", "rejected", "spam"): 1,
        ("stranger", "released", "accept"): 1,
        ("stranger", "released", "new"): 1,
    }
    (article,) = _rows(c, Article)
    assert (article.ticket, article.status, article.symptoms) == (1003, "published", "The screen flickers")
    undone = [(row.ticket, _named(c, row.undone_by)) for row in _rows(c, Undo) if row.undone_at is not None]
    assert undone == [(1003, "tess")]
    with c.town.database.unit_of_work(write=False) as session:
        contacts = list(session.scalars(select(Contact)))
        states = list(session.scalars(select(TechnicianState)))
    wishes = {_named(c, row.address): (row.blocked_at is not None, row.quiet_at is not None) for row in contacts}
    assert wishes == {"mallory": (True, False)}
    silent = {(row.ticket, _named(c, row.address)) for row in _rows(c, Participant) if row.quiet_at is not None}
    assert silent == {(1008, "agus")}
    assert {row.away_until for row in states} == {None}


def everybody_got_his_mails_and_no_others(c: Cast) -> None:
    found: dict[str, Counter[str]] = {}
    for one in _outside(c):
        found.setdefault(_named(c, one.recipient), Counter())[one.notice] += 1
    wanted = {name: Counter(_counted(mails)) for name, mails in MAILS.items()}
    assert found == wanted
    assert all(kept.mail_from == "support@example.com" for kept in c.town.smtp.mails)


def _counted(mails: str) -> dict[str, int]:
    return {name: int(count or 1) for name, _, count in (mail.partition("*") for mail in mails.split())}


def nothing_internal_went_outside(c: Cast) -> None:
    people = {one.address for one in vars(c).values() if hasattr(one, "address")}
    codes = {row.code for row in _rows(c, Undo)}
    inside = {str(one.mail["Message-ID"]) for one in c.town.sent() if one.recipient in c.staff}
    heard = [one for one in c.town.sent() if one.recipient in c.staff and CANARY in everything(one.kept.raw)]
    assert len({one.recipient for one in heard}) == len(c.staff), "all of them read internal notes"
    for one in _outside(c):
        told = everything(one.kept.raw)
        secrets = [CANARY, SLIP, *codes, *inside, *(people - {one.recipient})]
        assert [secret for secret in secrets if secret.lower() in told.lower()] == [], told
    for one in c.town.sent():
        assert not _COMMAND.search(plain_text(one.mail)), one.said


def every_mail_to_people_outside_is_well_made(c: Cast) -> None:
    known: dict[str, set[str]] = {}
    for posted in c.town.script:
        known.setdefault(posted.sender, set()).add(posted.message_id)
    for one in c.town.sent():
        known.setdefault(one.recipient, set()).add(str(one.mail["Message-ID"]))
    ids = [str(one.mail["Message-ID"]) for one in c.town.sent()]
    assert len(set(ids)) == len(ids)
    for one in _outside(c):
        mail = one.mail
        assert mail["To"] == one.recipient
        assert mail["Cc"] is None
        assert mail["From"] == "Example Helpdesk <support@example.com>"
        assert f"[HD-{one.ticket}]" in mail["Subject"]
        assert mail["Content-Language"] == ("id" if one.recipient.endswith("@klien.example") else "en")
        written = one.notice == "closed" and re.search(r" (?:and writes|dan menulis): ", one.said)
        assert mail["Auto-Submitted"] == (None if written else AUTOMATIC.get(one.notice)), one.said
        assert (mail["List-Unsubscribe"] is not None) is (one.notice == "survey")
        named = set(_ID.findall(f"{mail['In-Reply-To'] or ''} {mail['References'] or ''}"))
        assert named <= known[one.recipient], f"{one.said} names mails that {one.recipient} never had"
        assert all(len(line) <= 998 for line in one.kept.raw.split(b"\r\n"))


def every_verb_was_said_and_obeyed(c: Cast) -> None:
    confirmed = {row.receipt for row in _rows(c, Hold) if (row.kind, row.decision) == ("unproved", "go")}
    obeyed = {row.message_id for row in _rows(c, Receipt) if row.disposition == "commanded" or row.id in confirmed}
    said: set[str] = set()
    for posted in c.town.script:
        if posted.sender in c.staff and posted.message_id in obeyed:
            text = read(posted.raw).new_text
            said |= {call.command.name for call in commands.parse(text).calls}
            said |= {"end"} if re.search(r"^#(?:end|akhir)\s*$", text, re.MULTILINE) else set()
    assert set(COMMANDS) - said == set()
