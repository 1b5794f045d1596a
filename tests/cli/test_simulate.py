"""simulate: what it prints, its document, and how it is told how far to look."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from cli.calls import Mailbot
from world import Helpdesk

from mailbot import timers
from mailbot.adapters.db import Database
from mailbot.cli.simulate import end_of
from mailbot.errors import UsageError

DOCUMENT = {
    "now", "until", "complete", "zone", "mails", "by_notice", "by_recipient", "not_sent", "unprocessed", "problems",
}  # fmt: skip
MAIL = {"at", "queued_at", "notice", "ticket", "recipient", "reason", "waiting"}
NOT_SENT = {"at", "notice", "ticket", "recipient", "reason"}
JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)


@pytest.fixture
def at_work(lived: Helpdesk) -> Iterator[Helpdesk]:
    """The helpdesk that has lived, and the machine's clock at its time."""
    with time_machine.travel(lived.now, tick=False):
        yield lived


def test_the_mails_to_come_are_shown_by_day(on: Mailbot, at_work: Helpdesk) -> None:
    technician = at_work.technician_of().address
    done = on("simulate", "--until", "+2d")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].endswith("mails until 2026-08-06 10:06 (Asia/Jakarta), if nobody writes and every mail is accepted")
    assert lines[2].split() == ["time", "notice", "ticket", "recipient", "why"]
    assert "Tuesday 2026-08-04" in lines
    assert "Wednesday 2026-08-05" in lines
    (first,) = [line for line in lines if "escalation" in line and technician in line][:1]
    assert "HD-1001" in first
    assert "is overdue" in first
    assert lines[2].index("recipient") == first.index(technician)
    update = next(line for line in lines if "status_update" in line)
    assert "rita@client.example" in update


def test_the_mails_to_come_are_one_document(on: Mailbot, at_work: Helpdesk) -> None:
    document = on("simulate", "--json").document
    assert set(document) == DOCUMENT
    assert {frozenset(mail) for mail in document["mails"]} == {frozenset(MAIL)}
    assert {frozenset(one) for one in document["not_sent"]} <= {frozenset(NOT_SENT)}
    assert (document["now"], document["until"]) == ("2026-08-04T03:06:00Z", "2026-08-11T03:06:00Z")
    assert (document["complete"], document["zone"], document["problems"]) == (True, "Asia/Jakarta", [])
    assert sum(document["by_notice"].values()) == sum(document["by_recipient"].values()) == len(document["mails"])
    assert [mail["at"] for mail in document["mails"]] == sorted(mail["at"] for mail in document["mails"])
    first = document["mails"][0]
    assert (first["ticket"], first["waiting"]) == (1001, False)
    assert at_work.now.isoformat() < first["at"]


def test_mails_about_one_ticket_can_be_chosen(on: Mailbot, at_work: Helpdesk) -> None:
    at_work.budi.writes("VPN down", "The VPN is down.")
    document = on("simulate", "--until", "+2d", "--ticket", "HD-1002", "--json").document
    assert {mail["ticket"] for mail in document["mails"]} == {1002}
    assert "about HD-1002 until" in on("simulate", "--until", "+2d", "--ticket", "1002").out
    done = on("simulate", "--ticket", "XY-1002")
    assert (done.code, done.out) == (64, "")
    assert "allowed: 1042 or HD-1042" in done.err


def test_a_ticket_without_mails_to_come_is_no_mistake(on: Mailbot, at_work: Helpdesk) -> None:
    done = on("simulate", "--until", "+2d", "--ticket", "4711")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("0 mails about HD-4711 until 2026-08-06 10:06 (Asia/Jakarta)")


def test_it_ends_after_the_limit_and_says_so(on: Mailbot, at_work: Helpdesk) -> None:
    done = on("simulate", "--until", "+2d", "--limit", 1)
    assert done.code == 0
    assert done.out.startswith("1 mail until ")
    assert "there are more until 2026-08-06 10:06" in done.out
    document = on("simulate", "--until", "+2d", "--limit", 1, "--json").document
    assert (document["complete"], len(document["mails"])) == (False, 1)
    assert document["until"] == document["mails"][0]["at"]


def test_what_would_fail_ends_with_1(on: Mailbot, at_work: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(timers.ACTIONS, "resolution", broken)
    done = on("simulate", "--until", "+2d")
    assert (done.code, done.err) == (1, "mailbot: would fail: timer_failed ticket=1001 ZeroDivisionError()\n")
    assert on("simulate", "--until", "+2d", "--json").document["problems"] == [
        "timer_failed ticket=1001 ZeroDivisionError()"
    ]


def test_the_rest_of_the_recipients_is_counted(on: Mailbot, at_work: Helpdesk) -> None:
    for number in range(12):
        at_work.mailbox.add(_mail(number), at_work.now)
    at_work.intake.run_once()
    lines = on("simulate", "--until", "+5m").out.splitlines()
    assert lines[-1].split() == ["and", "4", "others;", "--json", "has", "all"]


def _mail(number: int) -> bytes:
    return (
        f"From: r{number}@client.example\r\nTo: support@example.com\r\nSubject: Trouble {number}\r\n"
        f"Message-ID: <{number}@client.example>\r\nDate: Tue, 04 Aug 2026 03:06:00 +0000\r\n\r\nPlease help.\r\n"
    ).encode()


def test_no_secret_is_needed(on: Mailbot, at_work: Helpdesk, state_dir: Path) -> None:
    config = state_dir / "config.toml"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if not line.startswith(("password", "secret_key"))))
    done = on("simulate", "--until", "+1d")
    assert (done.code, done.err) == (0, "")
    assert "escalation" in done.out


def test_postgresql_is_asked_in_the_same_way(
    postgres_database: Database, state_dir: Path, now: datetime, mailbot: Mailbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Helpdesk(postgres_database, state_dir, now)
    desk.rita.writes("Printer jams", "The printer jams.")
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("MAILBOT_DATABASE__URL", url)
    with time_machine.travel(now, tick=False):
        done = mailbot("--config", desk.path, "simulate", "--until", "+2d", "--json")
    assert (done.code, done.err) == (0, "")
    assert {"escalation", "status_update"} <= set(done.document["by_notice"])


def test_without_a_database_it_says_what_to_do(mailbot: Mailbot, on: Mailbot, state_dir: Path) -> None:
    for file in state_dir.glob("mailbot.db*"):
        file.rename(file.with_name(f"away-{file.name}"))
    done = on("simulate")
    assert (done.code, done.out) == (78, "")
    assert "restore the backup" in done.err


# --until


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("+7d", NOW + timedelta(days=7)),
        ("+12h", NOW + timedelta(hours=12)),
        ("1d 12h", NOW + timedelta(hours=36)),
        (" +30m ", NOW + timedelta(minutes=30)),
        ("2026-08-04", datetime(2026, 8, 4, 17, 0, tzinfo=UTC)),
        ("2026-08-09", datetime(2026, 8, 9, 17, 0, tzinfo=UTC)),
        ("2026-08-09 14:00", datetime(2026, 8, 9, 7, 0, tzinfo=UTC)),
        ("2026-08-09T14:00", datetime(2026, 8, 9, 7, 0, tzinfo=UTC)),
        ("2026-08-09T14:00Z", datetime(2026, 8, 9, 14, 0, tzinfo=UTC)),
    ],
)
def test_a_time_may_be_written_in_these_ways(text: str, end: datetime) -> None:
    assert end_of(text, NOW, JAKARTA) == end


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "is not a time"),
        ("soon", "is not a time"),
        ("7", "is not a time"),
        ("-7d", "is not a time"),
        ("2026-02-30", "is not a time"),
        ("9999-12-31", "is not a time"),
        ("+99999999999d", "is not a time"),
        ("2026-08-03", "is over"),
        ("2026-08-04 09:59", "is over"),
        ("+0d", "is over"),
        ("+367d", "too far away; allowed: at most 366 days"),
        ("2028-01-01", "too far away"),
        ("\x1b[31m" * 100, "is not a time"),
    ],
)
def test_another_time_is_refused_with_what_is_allowed(text: str, hint: str) -> None:
    with pytest.raises(UsageError, match="allowed") as refused:
        end_of(text, NOW, JAKARTA)
    assert hint in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_a_time_that_is_refused_ends_with_64(on: Mailbot, at_work: Helpdesk) -> None:
    done = on("simulate", "--until", "soon")
    assert (done.code, done.out) == (64, "")
    assert "+12h" in done.err
