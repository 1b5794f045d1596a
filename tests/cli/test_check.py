"""check, once and run: what they say of servers that answer, and of everything that may be wrong."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli.calls import Done, Mailbot
from servers.dovecot import Dovecot
from servers.smtp_sink import SmtpSink
from world import Helpdesk, build

from mailbot.adapters.db import Database
from mailbot.cli import daemon as daemon_command

PARTS = ["configuration", "database", "rules", "templates", "mailbox main", "smtp"]


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({"support": "secret"}) as server:
        yield server


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def config(dovecot: Dovecot, sink: SmtpSink, lived: Helpdesk, state_dir: Path) -> Path:
    """The configuration of a helpdesk whose servers answer."""
    dovecot.empty("support")
    path = state_dir / "config.toml"
    text = path.read_text().replace("[[teams]]", "[[teams]]", 1)
    imap, smtp = '[[mailboxes]]\nname = "main"', "[smtp]"
    path.write_text(text.replace(imap, f"{imap}\nport = {dovecot.port}").replace(smtp, f"{smtp}\nport = {sink.port}"))
    return path


def states(done: Done) -> dict[str, str]:
    return {row["part"]: row["state"] for row in done.document["checks"]}


def test_where_all_is_well_every_part_has_its_line(config: Path, mailbot: Mailbot, dovecot: Dovecot) -> None:
    done = mailbot("--config", config, "check")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line.split(":")[0].split(maxsplit=1) for line in lines] == [["ok", part] for part in PARTS]
    assert "1 mailbox, 3 technicians, 1 team" in lines[0]
    assert "GiB of disk space free" in lines[1]
    assert "31 rules compiled: 0 of the configuration, 31 built in" in lines[2]
    assert "every mail can be written in en, id" in lines[3]
    assert "logged in as 'support'" in lines[4]
    assert "answers, security 'none'" in lines[5]


def test_the_check_is_one_document(config: Path, mailbot: Mailbot) -> None:
    document = mailbot("--config", config, "check", "--json").document
    assert set(document) == {"checks"}
    assert [row["part"] for row in document["checks"]] == PARTS
    assert {frozenset(row) for row in document["checks"]} == {frozenset({"part", "state", "text"})}


def test_a_server_that_is_down_is_69_and_the_others_are_checked_all_the_same(
    config: Path, mailbot: Mailbot, dovecot: Dovecot
) -> None:
    config.write_text(config.read_text().replace(f"port = {dovecot.port}", "port = 1"))
    done = mailbot("--config", config, "check", "--json")
    assert done.code == 69
    assert states(done) == {**dict.fromkeys(PARTS, "ok"), "mailbox main": "problem"}
    assert "nothing listens on port 1; check `host` and `port`" in str(done.document)


def test_a_wrong_password_is_69_and_says_what_to_check(config: Path, mailbot: Mailbot) -> None:
    config.write_text(config.read_text().replace('password = "secret"', 'password = "wr0ng"'))
    done = mailbot("--config", config, "check")
    assert done.code == 69
    assert "check `username` and the password" in done.out
    assert "wr0ng" not in done.out + done.err


def test_a_configuration_with_mistakes_is_78_and_every_mistake_is_told(config: Path, mailbot: Mailbot) -> None:
    config.write_text(config.read_text().replace('name = "Tom Tech"', 'nam = "Tom"\ntems = []'))
    done = mailbot("--config", config, "check", "--json")
    assert done.code == 78
    assert states(done) == {"configuration": "problem", "everything else": "skipped"}
    shown = mailbot("--config", config, "check").out
    assert "PROBLEM    configuration: " in shown
    assert 'did you mean "name"?' in shown
    assert 'did you mean "teams"?' in shown
    assert "skipped    everything else: mend the configuration first" in shown


def test_a_database_that_is_not_there_is_78_and_the_others_are_checked(
    config: Path, mailbot: Mailbot, state_dir: Path
) -> None:
    for file in state_dir.glob("mailbot.db*"):
        file.unlink()
    done = mailbot("--config", config, "check", "--json")
    assert done.code == 78
    assert states(done) == {**dict.fromkeys(PARTS, "ok"), "database": "problem"}
    assert "If it existed before, restore the backup" in done.document["checks"][1]["text"]


def test_a_damaged_or_public_database_is_a_problem_and_not_an_ok_line(
    config: Path, mailbot: Mailbot, state_dir: Path
) -> None:
    (state_dir / "mailbot.db").chmod(0o644)
    done = mailbot("--config", config, "check", "--json")
    assert (done.code, states(done)["database"]) == (1, "problem")
    assert f"run: chmod 600 {state_dir}/mailbot.db" in done.document["checks"][1]["text"]
    (state_dir / "mailbot.db").write_bytes(b"no database at all, but long enough to be looked at" * 100)
    done = mailbot("--config", config, "check", "--json")
    assert (done.code, states(done)["database"]) == (78, "problem")
    assert "is damaged" in done.document["checks"][1]["text"]


def test_little_disk_space_is_a_warning(config: Path, mailbot: Mailbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "free_space", lambda _self: 100 * 1024 * 1024)
    done = mailbot("--config", config, "check")
    assert done.code == 0
    assert "WARNING    database: only 100 MiB of disk space are left" in done.out


def test_secrets_in_a_file_that_others_can_read_are_a_warning(config: Path, mailbot: Mailbot) -> None:
    config.chmod(0o644)
    done = mailbot("--config", config, "check")
    assert done.code == 0
    assert f"others on this machine can read it: chmod 600 {config}" in done.out
    secrets = config.with_name("secret")
    for name, value in (("secret_key", "0123456789abcdef" * 3), ("password", "secret")):
        file = secrets.with_suffix(f".{name}")
        file.write_text(value)
        file.chmod(0o600)
        config.write_text(config.read_text().replace(f'{name} = "{value}"', f'{name}_file = "{file}"'))
    done = mailbot("--config", config, "check")
    assert (done.code, "WARNING" in done.out) == (0, False)


def test_tickets_that_nobody_gets_are_a_warning(config: Path, mailbot: Mailbot) -> None:
    text = config.read_text()
    config.write_text(text.replace('lead = "lena@example.com"', ""))
    assert "WARNING    configuration: no team has a lead" in mailbot("--config", config, "check").out
    config.write_text(text.partition("[[technicians]]")[0])
    done = mailbot("--config", config, "check", "--json")
    assert done.code == 0
    assert "there is no technician, so nobody gets the tickets" in done.document["checks"][1]["text"]


def test_templates_of_ones_own_are_checked(config: Path, mailbot: Mailbot, tmp_path: Path) -> None:
    own = tmp_path / "templates" / "en"
    own.mkdir(parents=True)
    (own / "acknowledgement.txt.j2").write_text("{{ no_such_thing }}")
    text = config.read_text().replace("[helpdesk]", f'[helpdesk]\ntemplates_dir = "{own.parent}"')
    config.write_text(text)
    done = mailbot("--config", config, "check", "--json")
    assert done.code == 78
    assert states(done) == {**dict.fromkeys(PARTS, "ok"), "templates": "problem"}
    assert "acknowledgement.txt.j2, line 1" in str(done.document)


def test_what_a_language_of_ones_own_lacks_is_named_and_is_no_problem(
    config: Path, mailbot: Mailbot, tmp_path: Path
) -> None:
    own = tmp_path / "templates" / "xx"
    own.mkdir(parents=True)
    for part in ("subject", "txt", "html"):
        (own / f"acknowledgement.{part}.j2").write_text("Xx")
    config.write_text(config.read_text().replace("[helpdesk]", f'[helpdesk]\ntemplates_dir = "{own.parent}"'))
    done = mailbot("--config", config, "check", "--json")
    assert states(done) == dict.fromkeys(PARTS, "ok")
    [text] = [check["text"] for check in done.document["checks"] if check["part"] == "templates"]
    assert "every mail can be written in en, id, xx\nxx lacks " in text
    assert "(reply.subject.j2, " in text
    assert "(word.reply_above, " in text
    assert "answers to commands: these come in another language" in text


# once


def test_one_pass_reads_decides_and_sends(
    config: Path, mailbot: Mailbot, dovecot: Dovecot, sink: SmtpSink, lived: Helpdesk
) -> None:
    dovecot.deliver("support", build("budi@client.example", "VPN down", "The VPN is down.", at=lived.now))
    done = mailbot("--config", config, "once", "--json")
    assert (done.code, done.document) == (0, {"problems": []})
    assert '"disposition": "created"' in done.err
    assert "budi@client.example" in {mail.recipients[0] for mail in sink.mails}
    assert len(dovecot.messages("support", "Processed")) == 1


def test_a_pass_with_a_server_that_is_down_is_69_and_says_which(
    config: Path, mailbot: Mailbot, dovecot: Dovecot
) -> None:
    config.write_text(config.read_text().replace(f"port = {dovecot.port}", "port = 1"))
    done = mailbot("--config", config, "once")
    assert done.code == 69
    assert "mailbox 'main' at 127.0.0.1:1: could not connect" in done.err
    assert len(mailbot("--config", config, "once", "--json").document["problems"]) == 1


def test_root_leaves_no_lock_that_the_service_could_not_open(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    owned = os.stat_result((0o40700, 0, 0, 1, 4242, 4343, 0, 0, 0, 0))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda *words: given.append(words))
    monkeypatch.setattr(Path, "stat", lambda _self, **_more: owned)
    daemon_command._keep_owner(state_dir)
    assert given == [(state_dir / "mailbot.lock", 4242, 4343)]


# run


def test_the_daemon_runs_until_it_is_told_to_stop(
    config: Path, dovecot: Dovecot, sink: SmtpSink, lived: Helpdesk
) -> None:
    dovecot.deliver("support", build("budi@client.example", "VPN down", "The VPN is down.", at=lived.now))
    words = [sys.executable, "-m", "mailbot", "--config", str(config), "run"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        deadline = time.monotonic() + 60
        while not sink.mails and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert sink.mails, output
    assert '"event": "stopped"' in output
