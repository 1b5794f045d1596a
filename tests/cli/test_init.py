"""init: a first configuration that works, and never at the cost of an old one."""

import os
import pwd
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from cli.calls import Mailbot

from mailbot.config import load

ANSWERS = ("--address", "support@example.org", "--imap-host", "imap.example.org")


def test_with_address_and_server_nothing_is_asked_and_all_is_made(mailbot: Mailbot, tmp_path: Path) -> None:
    config, state = tmp_path / "etc" / "config.toml", tmp_path / "state"
    people = ("--technician", "tom.tech@example.org", "--lead", "lena@example.org", "--name", "IT", "--language", "id")
    done = mailbot("--config", config, "init", *ANSWERS, "--state-dir", state, "--timezone", "Asia/Makassar", *people)
    assert (done.code, done.err) == (0, "")
    for path in (config, config.with_name("password"), state / "secret.key", state / "mailbot.db"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert f"wrote {path}" in done.out
    assert state.stat().st_mode & 0o777 == 0o700
    assert len((state / "secret.key").read_text().strip()) >= 60
    assert f"write the password of support@example.org into {tmp_path}/etc/password" in done.out
    assert f"test everything:   mailbot --config {config} check" in done.out
    config.with_name("password").write_text("s3cret\n")
    settings = load(config, {})
    assert settings.smtp.host == settings.mailboxes[0].host == "imap.example.org"
    assert settings.mailboxes[0].username == "support@example.org"
    assert [(who.email, who.name) for who in settings.technicians] == [("tom.tech@example.org", "Tom Tech")]
    assert settings.teams[0].lead == "lena@example.org"
    assert (settings.helpdesk.name, settings.helpdesk.language) == ("IT", "id")
    assert settings.helpdesk.timezone == "Asia/Makassar"


def test_what_init_makes_passes_the_check_but_for_password_and_servers(mailbot: Mailbot, tmp_path: Path) -> None:
    config, state = tmp_path / "config.toml", tmp_path / "state"
    closed = ("--address", "support@example.org", "--imap-host", "127.0.0.1")
    mailbot("--config", config, "init", *closed, "--state-dir", state, "--technician", "tom@example.org")
    done = mailbot("--config", config, "check", "--json")
    assert done.code == 78
    assert "password is empty; write the secret into it" in done.document["checks"][0]["text"]
    (tmp_path / "password").write_text("s3cret\n")
    text = config.read_text().replace('host = "127.0.0.1"', 'host = "127.0.0.1"\nport = 1')
    config.write_text(text)
    done = mailbot("--config", config, "check", "--json")
    states = {row["part"]: row["state"] for row in done.document["checks"] if row["state"] != "warning"}
    assert states == {
        "configuration": "ok",
        "database": "ok",
        "rules": "ok",
        "templates": "ok",
        "mailbox support": "problem",
        "smtp": "problem",
    }
    assert done.code == 69


def test_nothing_that_exists_is_overwritten(mailbot: Mailbot, tmp_path: Path) -> None:
    config, state = tmp_path / "config.toml", tmp_path / "state"
    config.write_text("mine")
    done = mailbot("--config", config, "init", *ANSWERS, "--state-dir", state)
    assert (done.code, config.read_text(), state.exists()) == (64, "mine", False)
    assert f"{config} exists already; it was not touched" in done.err
    config.unlink()
    config.symlink_to(tmp_path / "nowhere")
    assert mailbot("--config", config, "init", *ANSWERS, "--state-dir", state).code == 64
    config.unlink()
    state.mkdir()
    (state / "secret.key").write_text("k" * 40)
    (tmp_path / "password").write_text("old")
    done = mailbot("--config", config, "init", *ANSWERS, "--state-dir", state)
    assert done.code == 0
    assert ((state / "secret.key").read_text(), (tmp_path / "password").read_text()) == ("k" * 40, "old")
    assert f"kept  {state}/secret.key, which was there already" in done.out
    assert "write the password" not in done.out


def test_answers_that_make_no_configuration_are_all_named_and_nothing_is_written(
    mailbot: Mailbot, tmp_path: Path
) -> None:
    wrong = ("--address", "support", "--imap-host", "x", "--timezone", "Mars/Base", "--language", "xx")
    done = mailbot("--config", tmp_path / "config.toml", "init", *wrong, "--state-dir", tmp_path / "state")
    assert done.code == 64
    for words in ("nothing was written", '"support" is not a mail address', '"Mars/Base" is not a time zone'):
        assert words in done.err
    assert list(tmp_path.iterdir()) == []
    loop = ("--address", "a@b.example", "--imap-host", "x", "--technician", "a@b.example")
    done = mailbot("--config", tmp_path / "config.toml", "init", *loop, "--state-dir", tmp_path / "state")
    assert (done.code, "is an address of the helpdesk itself" in done.err) == (64, True)


def test_an_init_that_failed_half_way_can_be_called_again(mailbot: Mailbot, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "mailbot.db").mkdir()
    words = ("--config", tmp_path / "config.toml", "init", *ANSWERS, "--state-dir", state)
    done = mailbot(*words)
    assert done.code == 78
    assert not (tmp_path / "config.toml").exists()
    (state / "mailbot.db").rmdir()
    assert mailbot(*words).code == 0


def test_a_place_that_cannot_be_written_is_78_and_named(mailbot: Mailbot, tmp_path: Path) -> None:
    done = mailbot("--config", tmp_path / "config.toml", "init", *ANSWERS, "--state-dir", "/proc/no/state")
    assert done.code == 78
    assert "/proc/no/state cannot be written" in done.err
    assert "--state-dir" in done.err
    assert not (tmp_path / "config.toml").exists()


def test_without_anybody_to_ask_it_is_64_and_says_what_is_missing(mailbot: Mailbot, tmp_path: Path) -> None:
    done = mailbot("--config", tmp_path / "config.toml", "init", "--address", "support@example.org")
    assert done.code == 64
    assert "say at least --address and --imap-host" in done.err
    assert list(tmp_path.iterdir()) == []


def test_answers_may_be_piped_in(mailbot: Mailbot, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    answers = b"support@example.org\n\nsmtp2.example.org\nadmin\nAsia/Makasar\nAsia/Makassar\n"
    answers += b"tom@example.org\nlena@example.org\n"
    done = mailbot("--config", config, "init", "--state-dir", tmp_path / "state", stdin=answers)
    assert done.code == 0
    (tmp_path / "password").write_text("x")
    settings = load(config, {})
    assert (settings.mailboxes[0].host, settings.smtp.host) == ("imap.example.org", "smtp2.example.org")
    assert settings.smtp.username == "admin"
    assert settings.technicians[0].email == "tom@example.org"
    assert settings.teams[0].lead == "lena@example.org"
    assert settings.helpdesk.timezone == "Asia/Makassar"
    assert 'did you mean "Asia/Makassar"?' in done.out + done.err


def test_a_wrong_zone_on_the_command_line_is_told_with_the_one_that_was_meant(mailbot: Mailbot, tmp_path: Path) -> None:
    done = mailbot("--config", tmp_path / "config.toml", "init", *ANSWERS, "--timezone", "jakarta")
    assert done.code == 64
    assert 'did you mean "Asia/Jakarta"?' in done.err
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_is_asked_the_zone_is_that_of_the_help_and_what_is_missing_is_said(
    mailbot: Mailbot, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    done = mailbot("--config", config, "init", *ANSWERS, "--state-dir", tmp_path / "state")
    assert done.code == 0
    assert 'timezone = "Asia/Jakarta"' in config.read_text()
    assert "name who hears of what is late" in done.out
    assert "add your technicians" in done.out


def test_root_gives_everything_to_the_account_of_the_service(
    mailbot: Mailbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, tuple[int, int]] = {}
    account = pwd.struct_passwd(("mailbot", "x", 4242, 4343, "", "/var/lib/mailbot", "/usr/sbin/nologin"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", lambda name: {"mailbot": account}[name])
    monkeypatch.setattr(os, "chown", lambda path, uid, gid: given.update({str(path): (uid, gid)}))
    done = mailbot("--config", tmp_path / "etc" / "c.toml", "init", *ANSWERS, "--state-dir", tmp_path / "state")
    assert done.code == 0
    assert "Only mailbot can read these files." in done.out
    names = ("state", "state/secret.key", "state/mailbot.db", "etc/c.toml", "etc/password")
    assert given == {str(tmp_path / name): (4242, 4343) for name in names}


def test_a_person_at_a_terminal_is_asked_and_his_password_is_not_shown(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    master, slave = os.openpty()
    words = [sys.executable, "-m", "mailbot", "--config", str(config), "init", "--state-dir", str(tmp_path / "state")]
    process = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    shown = ""
    dialogue = (
        ("people write to: ", "support@example.org"),
        (r"IMAP server \[imap.example.org\]: ", ""),
        (r"SMTP server \[smtp.example.org\]: ", ""),
        (r"servers \[support@example.org\]: ", ""),
        ("file later\\): ", "hunter2"),
        (r"shown \[Asia/Jakarta\]: ", ""),
        ("technicians later\\): ", ""),
        ("nobody\\): ", ""),
        ("Next:", ""),
    )
    for question, answer in dialogue:
        seen = ""
        while not re.search(question, seen):
            assert select.select([master], [], [], 60)[0], f"{question} never came: {seen}"
            seen += os.read(master, 1000).decode()
        shown += seen
        os.write(master, f"{answer}\n".encode())
    try:
        while select.select([master], [], [], 60)[0] and (more := os.read(master, 1000)):
            shown += more.decode()
    except OSError:
        shown += ""  # Linux ends the reading so, when the other side is closed.
    os.close(master)
    assert process.wait(60) == 0
    assert "hunter2" not in shown
    assert (tmp_path / "password").read_text() == "hunter2\n"
    assert "add your technicians" in shown
    assert load(config, {}).smtp.host == "smtp.example.org"
