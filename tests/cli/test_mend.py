"""retry, hold, unblock, rules test, template preview, db upgrade: mending and trying things out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cli.calls import Mailbot
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot import intake

MAILS = Path(__file__).parents[1] / "mails"


def quarantine(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> int:
    """A message on which the program failed three times; the program is mended afterwards. Gives its receipt."""

    def fail(*_arguments: Any) -> None:
        raise ValueError("a bug")

    with monkeypatch.context() as broken:
        broken.setattr(intake, "process", fail)
        row = desk.budi.writes("VPN down", "The VPN is down.")
        for pause in intake.RETRY_AFTER:
            desk.now += pause
            desk.run()
    assert row.id is not None
    return row.id


def dispositions(on: Mailbot) -> dict[int, str]:
    return {row["id"]: row["disposition"] for row in on("ledger", "--list", "--json").document["receipts"]}


def test_a_quarantined_message_is_processed_again(
    on: Mailbot, lived: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = quarantine(lived, monkeypatch)
    assert on("ledger").code == 1
    done = on("retry", number)
    assert (done.code, done.err) == (0, "")
    assert done.out == "1 message will be processed again at the next look, or now with: mailbot once\n"
    lived.run()
    assert dispositions(on)[number] == "created"
    with time_machine.travel(lived.now, tick=False):
        assert on("ledger").code == 0


def test_a_message_that_was_never_fetched_is_fetched_again(
    on: Mailbot, lived: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = build("budi@client.example", "VPN down", "The VPN is down.", at=lived.now)
    with monkeypatch.context() as broken:
        broken.setattr(lived.mailbox, "fetch", lambda _uids: {})
        uid = lived.mailbox.add(raw, lived.now)
        lived.mailbox.refused[uid] = "NO [SERVERBUG]"
        lived.run()
    lived.mailbox.refused.clear()
    assert dispositions(on)[4] == "quarantined"
    done = on("retry", "--all", "--json")
    assert (done.code, done.document) == (0, {"retried": [4], "fetched_again": [4], "not_retried": []})
    assert 4 not in dispositions(on)
    lived.now += timedelta(minutes=11)
    lived.run()
    assert list(dispositions(on).values()).count("created") == 2


def test_what_was_never_fetched_is_told_apart_on_the_screen(
    on: Mailbot, lived: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lived.mailbox, "fetch", lambda _uids: {})
    lived.mailbox.refused[lived.mailbox.add(b"x", lived.now)] = "NO"
    lived.run()
    done = on("retry", 4)
    assert done.out == (
        "1 message never fetched before will be fetched again within ten minutes, if still in the mailbox\n"
    )


def test_a_message_that_was_refused_for_a_limit_may_be_named_but_is_not_one_of_all(
    on: Mailbot, lived: Helpdesk
) -> None:
    row = lived.receive(b"From: a@b.example\r\n" + b"X: y\r\n" * 5000 + b"\r\nText")
    assert row.disposition == "refused"
    assert on("retry", "--all").out == "nothing to try again\n"
    assert on("retry", row.id, "--json").document["retried"] == [row.id]
    assert dispositions(on)[row.id or 0] == ""


def test_what_cannot_be_tried_again_is_1_and_says_why(on: Mailbot) -> None:
    done = on("retry", 1, 77)
    assert (done.code, done.out) == (1, "nothing to try again\n")
    assert "receipt 1: it became created; only what is quarantined or refused can be tried again" in done.err
    assert "receipt 77: there is no such receipt" in done.err
    assert "mailbot ledger --disposition quarantined" in done.err
    document = on("retry", 77, "--json").document
    assert document == {
        "retried": [],
        "fetched_again": [],
        "not_retried": [{"receipt": 77, "reason": "there is no such receipt"}],
    }


def test_all_with_nothing_in_quarantine_is_fine(on: Mailbot) -> None:
    done = on("retry", "--all")
    assert (done.code, done.out) == (0, "nothing to try again\n")


# hold


def test_an_operator_has_the_question_about_a_held_message_asked_again(on: Mailbot, lived: Helpdesk) -> None:
    technician = lived.technician_of()
    assert len(lived.notices(technician.address, "held")) == 1

    done = on("hold", "ask", 1)
    lived.now = datetime.now(UTC) + timedelta(minutes=1)
    lived.tick()

    assert (done.code, done.out) == (0, "1 question will be sent at the next look\n")
    questions = lived.notices(technician.address, "held")
    assert len(questions) == 2
    technician.answers(questions[1], "#new")
    assert lived.ticket(1002).requester_address == "mallory@evil.example"
    lived.tick()
    assert len(lived.notices(technician.address, "held")) == 2


def test_an_operator_puts_a_held_message_aside(on: Mailbot, lived: Helpdesk) -> None:
    done = on("hold", "drop", 1, 7, "--json")

    assert (done.code, done.document) == (1, {"dropped": [1], "not_open": [7]})
    assert on("ledger", "--json").document["held_open"] == []
    assert "drop" in on("ticket", "show", 1001).out
    assert on("hold", "ask", 1).err.startswith("hold 1: it is decided or does not exist")
    technician = lived.technician_of()
    technician.answers(lived.notices(technician.address, "held")[0], "#accept")
    assert "decided before, by operator: drop" in " ".join(text_of(technician.last).split())


# unblock


def test_somebody_whom_a_technician_blocked_is_heard_again(on: Mailbot, lived: Helpdesk) -> None:
    technician = lived.technician_of()
    technician.answers(lived.notices(technician.address, "held")[0], "#spam")
    assert lived.mallory.writes("VPN down", "It is down.").disposition == "ignored"

    done = on("unblock", "Mallory@evil.example")

    assert (done.code, done.out) == (0, "mallory@evil.example is heard again\n")
    assert lived.mallory.writes("VPN down", "It is down.").disposition == "created"
    again = on("unblock", "mallory@evil.example", "--json")
    assert (again.code, again.document) == (1, {"unblocked": [], "not_blocked": ["mallory@evil.example"]})
    assert on("unblock", "nobody@evil.example").err == "nobody@evil.example is not blocked\n"
    assert on("unblock").code == 64


# rules test


def test_the_rules_explain_what_they_make_of_files_and_of_standard_input(on: Mailbot, tmp_path: Path) -> None:
    message = b"From: rita@example.org\r\nSubject: The printer\r\n\r\nIt jams.\r\n"
    (tmp_path / "a.eml").write_bytes(message)
    done = on("rules", "test", tmp_path / "a.eml", "-", stdin=message)
    assert done.code == 0
    lines = "category printer\n", "won: category printer, score 6, printer* in subject\n"
    for name in (f"{tmp_path}/a.eml", "standard input"):
        assert f"{name}: The printer\n" in done.out
    for line in lines:
        assert done.out.count(line) == 2


def test_the_rules_give_one_document(on: Mailbot) -> None:
    document = on("rules", "test", MAILS / "plain_indonesian.eml", "-", "--json", stdin=b"\r\nnothing").document
    keys = {
        "file", "subject", "refused", "category", "impact", "urgency", "team", "tags", "language", "action", "winner",
        "losers", "matches",
    }  # fmt: skip
    assert set(document) == {"files"}
    assert [set(row) for row in document["files"]] == [keys, keys]
    assert document["files"][1]["winner"] is None


def test_a_message_over_a_limit_is_1_and_no_rule_is_asked(on: Mailbot) -> None:
    done = on("rules", "test", "-", stdin=b"X: y\r\n" * 5000 + b"\r\nprinter")
    assert done.code == 1
    assert "refused: " in done.out
    assert on("rules", "test", "-", "--json", stdin=b"X: y\r\n" * 5000).document["files"][0]["refused"] != ""


@pytest.mark.parametrize("path", sorted(MAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_any_mail_can_be_tried(path: Path, on: Mailbot) -> None:
    done = on("rules", "test", path)
    assert (done.code, done.err) == (0, "")


# template preview


def test_a_notice_is_shown_on_the_screen_in_every_language(on: Mailbot) -> None:
    done = on("template", "preview", "--notice", "acknowledgement")
    assert done.code == 0
    assert "--- acknowledgement (en)\nSubject: [HD-1042]" in done.out
    assert "--- acknowledgement (id)\nSubject: [HD-1042]" in done.out
    assert (
        "--- acknowledgement (id)"
        not in on("template", "preview", "--notice", "acknowledgement", "--language", "en").out
    )


def test_notices_are_written_as_files_to_look_through(on: Mailbot, tmp_path: Path) -> None:
    done = on("template", "preview", "--notice", "reply", "--notice", "survey", "--out", tmp_path / "g")
    assert done.out == f"open {tmp_path}/g/index.html in a browser\n"
    assert {path.name for path in (tmp_path / "g" / "id").iterdir()} == {
        f"{notice}.{kind}" for notice in ("reply", "survey") for kind in ("eml", "txt", "html")
    }


def test_the_preview_is_one_document(on: Mailbot) -> None:
    document = on("template", "preview", "--all", "--language", "id", "--json").document
    assert set(document) == {"index", "notices"}
    assert document["index"] == ""
    assert {frozenset(row) for row in document["notices"]} == {frozenset({"notice", "language", "subject", "text"})}
    assert {row["language"] for row in document["notices"]} == {"id"}


def test_a_language_without_templates_is_64(on: Mailbot) -> None:
    done = on("template", "preview", "--all", "--language", "fr")
    assert (done.code, "there are en, id" in done.err) == (64, True)


def test_a_folder_that_cannot_be_written_is_78(on: Mailbot) -> None:
    done = on("template", "preview", "--all", "--out", "/proc/no")
    assert (done.code, "the gallery cannot be written" in done.err) == (78, True)


# db upgrade


def test_the_database_is_made_once_and_then_up_to_date(on: Mailbot, state_dir: Path) -> None:
    for file in state_dir.glob("mailbot.db*"):
        file.unlink()
    label = f"the SQLite database {state_dir}/mailbot.db"
    first = on("db", "upgrade", "--json")
    assert (first.code, first.document) == (0, {"database": label, "steps": ["0001: The first tables."]})
    assert (state_dir / "mailbot.db").stat().st_mode & 0o777 == 0o600
    assert on("db", "upgrade").out == f"{label} is up to date\n"
    assert on("ledger").out.startswith("0 seen")
