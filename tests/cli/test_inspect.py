"""ticket, ledger and trace: what they show of a helpdesk that has lived, and the shapes of their documents."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cli.calls import Mailbot
from world import Helpdesk

from mailbot.adapters.db import Database
from mailbot.adapters.tables import Receipt

TICKET = {
    "number", "subject", "status", "priority", "impact", "urgency", "category", "team", "technician",
    "requester_address", "requester_name", "created_at", "updated_at", "first_response_at",
    "respond_by", "resolve_by", "next_due_at",
    "resolved_at", "closed_at",
}  # fmt: skip
TICKET_ALONE = {
    "language", "mailbox", "tags", "waiting_since", "wait_until", "resolution", "predecessor", "merged_into",
    "relatives", "waits_for", "source",
    "diagnosis", "workaround", "prevention", "worked_minutes", "elapsed_seconds", "times",
    "people", "entries", "events", "mails",
}  # fmt: skip
RECEIPT = {
    "id", "mailbox", "uidvalidity", "uid", "received_at", "disposition", "reason", "ticket", "attempts", "filed",
    "message_id", "originator", "subject", "size", "sha256", "error",
}  # fmt: skip
MAIL = {
    "id", "ticket", "notice", "recipient", "state", "attempts", "created_at", "next_attempt_at", "sent_at", "smtp_code",
    "answer", "message_id",
}  # fmt: skip
EVENT = {"at", "kind", "actor", "reason", "data"}


def add_receipts(desk: Helpdesk, *rows: dict[str, Any]) -> None:
    defaults: dict[str, Any] = {
        "mailbox": "main",
        "uidvalidity": 1,
        "received_at": desk.now,
        "state": "done",
        "filed": "left",
    }
    with desk.database.unit_of_work() as session:
        session.add_all([Receipt(**{**defaults, **row}) for row in rows])


# ticket list


def test_tickets_are_listed_the_newest_first(on: Mailbot, lived: Helpdesk) -> None:
    lived.budi.writes("VPN down", "The VPN is down, nobody can work.")
    lines = on("ticket", "list").out.splitlines()
    assert lines[0].split() == ["ticket", "status", "priority", "due", "category", "technician", "requester", "subject"]
    assert [line.split()[0] for line in lines[1:]] == ["HD-1002", "HD-1001"]
    assert "Printer on floor 2 jams" in lines[2]
    assert lines[1].index("VPN down") == lines[2].index("Printer on") == lines[0].index("subject")


def test_the_list_of_tickets_is_one_document(on: Mailbot) -> None:
    document = on("ticket", "list", "--json").document
    assert set(document) == {"total", "tickets"}
    assert document["total"] == 1
    assert set(document["tickets"][0]) == TICKET
    assert document["tickets"][0]["created_at"] == "2026-08-04T03:00:00Z"


def test_tickets_can_be_chosen_and_the_rest_is_counted(on: Mailbot, lived: Helpdesk) -> None:
    lived.budi.writes("VPN down", "The VPN is down.")
    technician = lived.ticket(1001).technician
    assert "1 of 2 tickets; --limit 2 shows all" in on("ticket", "list", "--limit", 1).out
    assert on("ticket", "list", "--status", "closed").out == "no ticket matches; there are 2 tickets in all\n"
    chosen = on("ticket", "list", "--status", "open", "--status", "new", "--technician", technician.upper(), "--json")
    assert [row["number"] for row in chosen.document["tickets"]] == [1001]
    asked = on("ticket", "list", "--requester", "budi@client.example", "--json")
    assert [row["number"] for row in asked.document["tickets"]] == [1002]


CHOICES: dict[str, tuple[tuple[str, ...], list[int]]] = {
    "a team": (("--team", "SUPPORT"), [1002, 1001]),
    "another team": (("--team", "network"), []),
    "a category": (("--category", "Printer"), [1001]),
    "what nobody has": (("--technician", "nobody"), []),
    "the subject": (("--search", "VPN d"), [1002]),
    "the requester's name": (("--search", "rita req"), [1001]),
    "an address": (("--search", "BUDI@"), [1002]),
    "a sign of the database is a letter": (("--search", "%"), []),
    "two that hold": (("--search", "vpn", "--requester", "Budi@client.example"), [1002]),
    "two of which one does not": (("--search", "vpn", "--category", "printer"), []),
}


@pytest.mark.parametrize(("words", "numbers"), CHOICES.values(), ids=CHOICES)
def test_tickets_can_be_chosen_by(on: Mailbot, lived: Helpdesk, words: tuple[str, ...], numbers: list[int]) -> None:
    lived.budi.writes("VPN down", "The VPN is down.")
    document = on("ticket", "list", *words, "--json").document
    assert [row["number"] for row in document["tickets"]] == numbers
    assert document["total"] == len(numbers)


def test_overdue_tickets_are_those_on_which_we_are_late(on: Mailbot, lived: Helpdesk) -> None:
    lived.budi.writes("VPN down", "The VPN is down.")
    with time_machine.travel(lived.now, tick=False):
        assert on("ticket", "list", "--overdue", "--json").document["total"] == 0
    with time_machine.travel(lived.now + timedelta(days=30), tick=False):
        assert on("ticket", "list", "--overdue", "--json").document["total"] == 2
    technician = lived.technician_of(1002)
    technician.answers(technician.last, "#resolve\n\nIt is up.")
    with time_machine.travel(lived.now + timedelta(days=30), tick=False):
        assert on("ticket", "list", "--overdue", "--json").document["total"] == 1


def test_tickets_of_the_last_days_are_listed(on: Mailbot, lived: Helpdesk) -> None:
    with time_machine.travel(lived.now + timedelta(days=3), tick=False):
        assert on("ticket", "list", "--since", "4d", "--json").document["total"] == 1
        assert on("ticket", "list", "--since", "2d", "--json").document["total"] == 0
    done = on("ticket", "list", "--since", "soon")
    assert (done.code, "--since:" in done.err) == (64, True)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--team", "suport"), 'there is no team "suport"; allowed: support; did you mean "support"?'),
        (("--category", "printr"), 'did you mean "printer"?'),
        (("--technician", "tm@example.com"), 'did you mean "tom@example.com"?'),
        (("--team", "support", "--status", "closed"), ""),
    ],
)
def test_a_slip_in_a_name_is_told_where_no_ticket_is_found(on: Mailbot, words: tuple[str, ...], hint: str) -> None:
    done = on("ticket", "list", *words)
    assert (done.code, done.out) == (0, "no ticket matches; there is 1 ticket in all\n")
    assert hint in done.err if hint else done.err == ""


def test_a_new_helpdesk_has_no_tickets_yet(desk: Helpdesk, mailbot: Mailbot, state_dir: Path) -> None:
    done = mailbot("--config", state_dir / "config.toml", "ticket", "list")
    assert (done.code, done.out, done.err) == (0, "no tickets yet\n", "")


def test_a_deadline_is_shown_in_the_time_of_the_helpdesk(on: Mailbot, lived: Helpdesk) -> None:
    due = lived.ticket().resolve_by
    assert due is not None
    assert (due + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M") in on("ticket", "list").out


def test_what_a_sender_wrote_cannot_draw_on_the_terminal(on: Mailbot, lived: Helpdesk) -> None:
    lived.budi.writes("Red \x1b[31malert\u202e", "Text \x1b]0;title\x07 and \u009b31m more")
    for words in (["ticket", "list"], ["ticket", "show", 1002], ["trace", "HD-1002"], ["ledger", "--list"]):
        shown = on(*words).out + on(*words, "--json").out
        assert not {"\x1b", "\x07", "\u009b", "\u202e"} & set(shown)


# ticket show


@pytest.mark.parametrize("number", ["1001", "HD-1001", "[hd-1001]", "#1001", " 1001 "])
def test_a_ticket_is_found_however_its_number_is_written(on: Mailbot, number: str) -> None:
    assert on("ticket", "show", number).out.startswith("[HD-1001] Printer on floor 2 jams\n")


def test_a_ticket_shows_what_happened_and_why_in_local_time(on: Mailbot, lived: Helpdesk) -> None:
    done = on("ticket", "show", 1001)
    technician = lived.ticket().technician
    assert done.code == 0
    for words in (
        "  status        open",
        "  priority      high (impact person, urgency medium)",
        f"  technician    {technician}",
        "  requester     Rita Requester <rita@client.example>",
        "  answered      2026-08-04 10:05",
        "  times are in  Asia/Jakarta",
        "2026-08-04 10:00  message by rita@client.example",
        "    the printer jams with every page.",
        "    [jam.pdf, application/pdf, 4 bytes]",
        f"2026-08-04 10:05  reply by {technician}",
        "2026-08-04 10:00  categorised: category printer because rule",
        f"2026-08-04 10:05  prioritised by {technician}: priority: normal -> high",
        "2026-08-04 10:06  held from mallory@evil.example: the number in the subject, but",
        "acknowledgement",
        "sent 10:00:00 (250 2.0.0 queued)",
    ):
        assert words in done.out
    assert max(len(line) for line in done.out.splitlines()) <= 120
    assert not [line for line in done.out.splitlines() if line != line.rstrip()]


def test_the_record_of_a_resolved_ticket_is_complete(on: Mailbot, lived: Helpdesk) -> None:
    technician = lived.technician_of()
    lived.wait(minutes=54)
    technician.answers(
        technician.inbox[0],
        "#time 15m\n#time 1h\n#diagnosis The fuser is worn.\n#workaround Print on floor 3.\n"
        "#resolve\n#resolution The fuser was replaced.\n#prevention Use paper of 80 g.",
    )
    done = on("ticket", "show", 1001)
    for words in (
        "  answered      2026-08-04 10:05, after 5m",
        "  resolved      2026-08-04 11:00, after 1h (1h on its clock)",
        "  worked        1h 15m",
        "\nDiagnosis\n    The fuser is worn.\n",
        "\nWorkaround\n    Print on floor 3.\n",
        "\nResolution\n    The fuser was replaced.\n",
        "\nPrevention\n    Use paper of 80 g.\n",
        "time worked: 15m -> 1h 15m",
    ):
        assert words in done.out
    document = on("ticket", "show", 1001, "--json").document
    assert document["times"] == {"to_respond": 300, "to_resolve": 3600}
    assert (document["worked_minutes"], document["elapsed_seconds"]) == (75, 3600)


def test_a_ticket_is_one_document(on: Mailbot) -> None:
    document = on("ticket", "show", 1001, "--json").document
    assert set(document) == TICKET | TICKET_ALONE
    assert document["people"] == [
        {"address": "rita@client.example", "name": "Rita Requester", "role": "requester"},
    ]
    entry = {"id", "ticket", "kind", "internal", "author_address", "created_at", "withdrawn_at", "text", "attachments"}
    assert [set(row) for row in document["entries"]] == [entry, entry]
    assert set(document["entries"][0]["attachments"][0]) == {"name", "content_type", "size", "sha256"}
    assert {frozenset(row) for row in document["events"]} == {frozenset(EVENT)}
    assert {frozenset(row) for row in document["mails"]} == {frozenset(MAIL)}


def test_a_long_text_is_cut_on_the_screen_only(on: Mailbot, lived: Helpdesk) -> None:
    lived.budi.writes("A log", "\n".join(f"line {number}" for number in range(100)))
    shown = on("ticket", "show", 1002).out
    assert "    line 39\n    … and 60 more lines; --json has them all\n" in shown
    assert "line 99" in on("ticket", "show", 1002, "--json").document["entries"][0]["text"]


def test_a_ticket_that_does_not_exist_is_1(on: Mailbot) -> None:
    for more in ([], ["--json"]):
        done = on("ticket", "show", 77, *more)
        assert (done.code, done.out) == (1, "")
        assert done.err == "there is no ticket 77; `mailbot ticket list` shows those that exist\n"


# ledger


def test_the_balance_explains_every_message(on: Mailbot) -> None:
    done = on("ledger")
    assert done.out.startswith("3 seen = 1 created + 1 commanded + 1 held; 0 not yet processed\n")


def test_the_balance_of_a_new_helpdesk_is_a_sentence_too(desk: Helpdesk, mailbot: Mailbot, state_dir: Path) -> None:
    done = mailbot("--config", state_dir / "config.toml", "ledger")
    assert (done.code, done.out) == (0, "0 seen = 0; 0 not yet processed\n")


def test_quarantined_messages_are_named_with_what_to_do(on: Mailbot, lived: Helpdesk) -> None:
    rows = [
        {"uid": 100 + number, "disposition": "quarantined", "reason": "failed 3 times: KeyError: 'x'"}
        for number in range(22)
    ]
    add_receipts(lived, *rows, {"uid": 200, "state": "received"})
    done = on("ledger")
    assert done.code == 1
    assert done.out.startswith("26 seen = 1 created + 1 commanded + 1 held + 22 quarantined; 1 not yet processed\n")
    assert "taken by the daemon, or by: mailbot once" in done.out
    assert "mailbox main, UID 121; failed 3 times: KeyError: 'x'" in done.out
    assert "try again with: mailbot retry 25\n" in done.out
    assert "and 2 more: mailbot ledger --disposition quarantined; all again: mailbot retry --all" in done.out
    document = on("ledger", "--json").document
    assert len(document["quarantined"]) == 20
    assert set(document["quarantined"][0]) == RECEIPT


def test_the_balance_is_one_document_in_which_every_disposition_has_its_count(on: Mailbot, now: datetime) -> None:
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        done = on("ledger", "--json")
    assert done.code == 0
    assert done.document == {
        "seen": 3,
        "dispositions": {
            "created": 1,
            "appended": 0,
            "commanded": 1,
            "held": 1,
            "duplicate": 0,
            "bounce_recorded": 0,
            "auto_reply_recorded": 0,
            "ignored": 0,
            "refused": 0,
            "quarantined": 0,
        },
        "waiting": 0,
        "quarantined": [],
        "held_open": [
            {
                "id": 1,
                "receipt": 3,
                "ticket": 1001,
                "kind": "stranger",
                "originator": "mallory@evil.example",
                "created_at": "2026-08-04T03:06:00Z",
                "ask_at": None,
                "subject": "Re: [HD-1001] Printer",
                "reason": "the number in the subject, but mallory@evil.example does not take part in it",
            }
        ],
    }


def test_held_messages_are_named_until_somebody_decides_and_are_a_problem_after_two_days(
    on: Mailbot, lived: Helpdesk, now: datetime
) -> None:
    with time_machine.travel(now + timedelta(hours=30), tick=False):
        done = on("ledger")
        assert done.code == 0
        assert done.out.splitlines()[1:4] == [
            "1 held message without a decision, the oldest first:",
            "hold  age    kind      ticket   from                  subject",
            "1     1d 5h  stranger  HD-1001  mallory@evil.example  Re: [HD-1001] Printer",
        ]
    with time_machine.travel(now + timedelta(hours=49), tick=False):
        assert on("ledger").code == 1
        assert on("ledger", "--json").code == 1
        assert on("ledger", "--since", "1h").code == 1
        technician = lived.technician_of()
        technician.answers(lived.notices(technician.address, "held")[0], "#accept")
        done = on("ledger")
        assert (done.code, len(done.out.splitlines())) == (0, 1)


def test_the_ledger_looks_back_as_far_as_it_is_told(on: Mailbot, now: datetime) -> None:
    with time_machine.travel(now + timedelta(minutes=8), tick=False):
        assert on("ledger", "--since", "5m").out.startswith("2 seen = 1 commanded + 1 held;")
        assert on("ledger", "--since", "100y").code == 64
        assert on("ledger", "--since", "36000d").out.startswith("3 seen")


def test_messages_are_listed_with_their_reasons(on: Mailbot) -> None:
    lines = on("ledger", "--list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["receipt", "1", "2", "3"]
    assert "created" in lines[1]
    assert "HD-1001" in lines[1]
    assert "Printer on floor 2 jams (a new ticket: category printer because rule" in lines[1]


def test_the_list_of_messages_is_limited_to_those_that_came_last(on: Mailbot) -> None:
    lines = on("ledger", "--list", "--limit", 1).out.splitlines()
    assert lines[0] == "the last 1 of 3 messages; --limit 3 shows all"
    assert [line.split()[0] for line in lines[1:]] == ["receipt", "3"]
    document = on("ledger", "--list", "--limit", 2, "--json").document
    assert set(document) == {"total", "receipts"}
    assert (document["total"], [row["id"] for row in document["receipts"]]) == (3, [2, 3])
    assert set(document["receipts"][0]) == RECEIPT


def test_a_disposition_lists_its_messages(on: Mailbot, lived: Helpdesk) -> None:
    add_receipts(lived, {"uid": 200, "state": "received"})
    assert [row["id"] for row in on("ledger", "--disposition", "held", "--json").document["receipts"]] == [3]
    assert [row["id"] for row in on("ledger", "--disposition", "waiting", "--json").document["receipts"]] == [4]
    assert on("ledger", "--disposition", "refused").out == "no messages\n"


# trace


def test_a_trace_tells_what_came_what_was_decided_and_what_went_out(on: Mailbot, lived: Helpdesk) -> None:
    done = on("trace", "HD-1001")
    technician = lived.ticket().technician
    assert done.code == 0
    order = [
        f"[HD-1001] Printer on floor 2 jams (open, {technician})",
        "2026-08-04 10:00:00  came     receipt 1 from rita@client.example: Printer on floor 2 jams",
        "became created: a new ticket: category printer",
        "decided  created by rita@client.example",
        "mailed   acknowledgement to rita@client.example: sent 10:00:00 (250 2.0.0 queued)",
        "2026-08-04 10:05:00  came     receipt 2",
        "became commanded: #take, #prio",
        f"decided  prioritised by {technician}: priority: normal -> high",
        "mailed   reply to rita@client.example: sent 10:05:00 (250 2.0.0 queued)",
        "became held:",
    ]
    shown = " ".join(done.out.split())
    places = [shown.index(" ".join(words.split())) for words in order]
    assert places == sorted(places)
    assert not [line for line in done.out.splitlines() if len(line) > 100 and "<" not in line]


@pytest.mark.parametrize("how", ["bracketed", "bare", "ours", "address", "technician", "number", "tag"])
def test_whatever_is_known_of_a_ticket_leads_to_its_story(how: str, on: Mailbot, lived: Helpdesk) -> None:
    received = on("ledger", "--list", "--json").document["receipts"][0]["message_id"]
    query = {
        "bracketed": received,
        "bare": received.strip("<>"),
        "ours": str(lived.rita.last["Message-ID"]),
        "address": "Rita@Client.Example",
        "technician": lived.ticket().technician,
        "number": "1001",
        "tag": "[HD-1001]",
    }[how]
    document = on("trace", query, "--json").document
    assert document["query"] == query
    assert [row["number"] for row in document["tickets"]] == [1001]
    assert [row["id"] for row in document["receipts"]] == [1, 2, 3]
    assert len(document["mails"]) >= 4


def test_a_trace_is_one_document(on: Mailbot) -> None:
    document = on("trace", "1001", "--json").document
    assert set(document) == {"query", "receipts", "tickets", "mails", "tickets_left_out"}
    assert set(document["receipts"][0]) == RECEIPT | {"defects"}
    assert document["receipts"][0]["defects"] == []
    assert set(document["tickets"][0]) == {"number", "subject", "status", "technician", "events"}
    assert set(document["tickets"][0]["events"][0]) == EVENT
    assert set(document["mails"][0]) == MAIL


def test_a_trace_names_what_was_wrong_with_a_message(on: Mailbot, lived: Helpdesk) -> None:
    head = b"From: odd@client.example\nSubject: Odd\nContent-Type: text/plain; charset=nonsense\n"
    raw = head + b"\nIt is broken: \xe9\xff\n"
    receipt = lived.receive(raw)
    done = on("trace", "odd@client.example")
    lines = [line.strip() for line in done.out.splitlines()]
    assert any(line.startswith("defect: ") and "charset" in line for line in lines), done.out
    document = on("trace", "odd@client.example", "--json").document
    assert document["receipts"][0]["defects"]

    with lived.database.unit_of_work() as session:
        row = session.get(Receipt, receipt.id)
        assert row is not None
        row.sha256 = None
        session.add(row)
    assert "defect" not in on("trace", "odd@client.example").out
    assert on("trace", "odd@client.example", "--json").document["receipts"][0]["defects"] is None


def test_a_trace_of_something_unknown_is_1_and_says_what_can_be_asked(on: Mailbot) -> None:
    for query in ("nobody@example.org", "<no@such.id>", "99", "1' OR '1'='1", "\udcff"):
        done = on("trace", query)
        assert (done.code, done.out) == (1, "")
        assert "nothing is known of" in done.err
        assert "a ticket such as HD-1001" in done.err
    assert on("trace", "99", "--json").document == {
        "query": "99",
        "receipts": [],
        "tickets": [],
        "mails": [],
        "tickets_left_out": 0,
    }


def test_a_message_without_a_ticket_is_traced_with_its_failure(on: Mailbot, lived: Helpdesk) -> None:
    error = "Traceback (most recent call last):\n  File x\nKeyError: 'x'\n"
    row = {"uid": 9, "disposition": "quarantined", "reason": "failed 3 times", "originator": "eve@evil.example"}
    add_receipts(lived, {**row, "error": error, "message_id": "<e@v>"})
    shown = on("trace", "eve@evil.example").out
    assert "Without a ticket" in shown
    assert "last error: KeyError: 'x'" in shown
    assert "try again with: mailbot retry 4" in shown


def test_a_mail_that_waits_says_what_the_server_answered_and_when_it_is_tried_again(
    on: Mailbot, lived: Helpdesk
) -> None:
    lived.courier.outcomes["budi@client.example"] = ("retry", 451, "4.3.0 try later")
    lived.budi.writes("VPN down", "The VPN is down.")
    for words in (["trace", "1002"], ["ticket", "show", "1002"]):
        shown = " ".join(on(*words).out.split())
        assert "tried 1 time, again at 10:" in shown
        assert "(451 4.3.0 try later)" in shown


def test_of_somebody_with_many_tickets_the_newest_are_told(on: Mailbot, lived: Helpdesk) -> None:
    for number in range(11):
        lived.wait(hours=2)
        lived.budi.writes(f"Case {number}", f"This is case {number}.")
    document = on("trace", "budi@client.example", "--json").document
    assert [row["number"] for row in document["tickets"]] == list(range(1003, 1013))
    assert document["tickets_left_out"] == 1
    assert "1 older ticket left out; name one to see it" in on("trace", "budi@client.example").out


def test_the_commands_that_look_work_on_postgresql_too(
    postgres_database: Database, mailbot: Mailbot, state_dir: Path, now: datetime
) -> None:
    desk = Helpdesk(postgres_database, state_dir, now)
    desk.rita.writes("Printer jams", "It jams.")
    config = state_dir / "config.toml"
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    config.write_text(f'{config.read_text()}\n[database]\nurl = "{url}"\n')
    found = ["ticket", "list", "--search", "PRINTER", "--team", "Support", "--since", "3650d"]
    for words in (
        ["ticket", "list"],
        found,
        ["ticket", "show", 1001],
        ["ledger"],
        ["ledger", "--list"],
        ["trace", 1001],
    ):
        done = mailbot("--config", config, *words, "--json")
        assert (done.code, done.err) == (0, "")
        assert "rita@client.example" in done.out or words == ["ledger"]


def test_a_date_is_told_in_the_words_and_the_zone_of_the_helpdesk(on: Mailbot, lived: Helpdesk) -> None:
    technician = lived.technician_of()
    technician.answers(lived.mails_to(technician.address)[0], "#wait until 2026-08-20 14:00")
    for words in (["trace", "1001"], ["ticket", "show", "1001"]):
        shown = " ".join(on(*words).out.split())
        assert "put off until: - -> 2026-08-20 14:00" in shown
    assert "put off until 2026-08-20 14:00 next timer" in " ".join(on("ticket", "show", "1001").out.split())
