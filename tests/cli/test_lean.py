"""Commands need only what they use: who looks at tickets needs neither passwords nor keys nor certificates."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from cli.calls import Mailbot
from world import Helpdesk

from mailbot.cli.common import exit_code
from mailbot.config import loading
from mailbot.errors import PermanentError

MAIL = b"From: rita@client.example\r\nSubject: Printer jams\r\n\r\nThe printer jams.\r\n"


@pytest.fixture
def bare(lived: Helpdesk, state_dir: Path) -> Iterator[Path]:
    """The configuration of the helpdesk that has lived, of which nothing but the database can be read."""
    config = state_dir / "config.toml"
    text = "".join(
        line for line in config.read_text().splitlines(keepends=True) if not line.startswith(("password", "secret_key"))
    )
    gone = state_dir / "gone"
    text = text.replace("[smtp]", f'[smtp]\nca_file = "{gone}.pem"\npassword_file = "{gone}"\nusername = "x"')
    text = text.replace("[security]", f'[security]\nsecret_key_file = "{gone}"\nold_secret_key_files = ["{gone}"]')
    config.write_text(text)
    # What is held may not have waited for days, or `ledger` would name it as a problem.
    with time_machine.travel(lived.now, tick=False):
        yield config


@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        (["ticket", "list"], 0, "HD-1001"),
        (["ticket", "show", "1001"], 0, "Printer on floor 2 jams"),
        (["ledger"], 0, "3 seen"),
        (["trace", "HD-1001"], 0, "[HD-1001]"),
        (["retry", "--all"], 0, "nothing to try again"),
        (["db", "upgrade"], 0, "is up to date"),
        (["rules", "test", "-"], 0, "Printer jams"),
        (["template", "preview", "--notice", "survey", "--language", "en"], 0, "one digit from 1 to 5"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_commands_that_serve_no_mail_need_no_secret(
    words: list[str], code: int, shown: str, bare: Path, mailbot: Mailbot
) -> None:
    done = mailbot("--config", bare, *words, stdin=MAIL)
    assert (done.code, done.err) == (code, "")
    assert shown in done.out


@pytest.mark.parametrize("words", [["run"], ["once"], ["check"]], ids=" ".join)
def test_commands_that_serve_mail_name_each_secret_that_is_missing(
    words: list[str], bare: Path, mailbot: Mailbot
) -> None:
    done = mailbot("--config", bare, *words)
    assert done.code == 78
    for key in ("ca_file", "password_file", "secret_key_file", "old_secret_key_files"):
        assert key in done.out + done.err
    assert "write the secret into that file (chmod 600)" in done.out + done.err


def test_a_secret_that_may_not_be_read_says_what_to_do(
    bare: Path, mailbot: Mailbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = Path.open

    def refuse(path: Path, *words: object, **more: object) -> object:
        if path.name == "gone":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return really(path, *words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    done = mailbot("--config", bare, "check")
    assert done.code == 78
    assert f"chown mailbot {bare.parent}/gone" in done.out


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["rules", "test", "-"], "category printer"),
        (["template", "preview", "--notice", "survey", "--language", "id"], "satu angka dari 1 sampai 5"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_rules_and_templates_can_be_tried_before_there_is_a_configuration(
    words: list[str], shown: str, mailbot: Mailbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "DEFAULT_PATH", tmp_path / "config.toml")
    done = mailbot(*words, stdin=MAIL)
    assert done.code == 0
    assert done.err == f"mailbot: there is no {tmp_path}/config.toml, so the defaults are used\n"
    assert shown in done.out
    (tmp_path / "config.toml").write_text("[helpdesk]\n")
    assert mailbot(*words, stdin=MAIL).code == 78


def test_what_is_refused_for_good_is_mended_in_the_configuration() -> None:
    assert exit_code(PermanentError("no")) == 78


# --config


@pytest.mark.parametrize("where", ["--config {} ledger", "ledger --config {}", "ledger --config={}"])
def test_the_configuration_may_be_named_before_or_behind_the_command(where: str, bare: Path, mailbot: Mailbot) -> None:
    done = mailbot(*where.format(bare).split())
    assert (done.code, done.err) == (0, "")
    assert "3 seen" in done.out


def test_init_writes_the_configuration_that_is_named_behind_it(mailbot: Mailbot, tmp_path: Path) -> None:
    answers = ("--address", "support@example.org", "--imap-host", "imap.example.org", "--state-dir", tmp_path / "state")
    done = mailbot("init", *answers, "--config", tmp_path / "config.toml")
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "config.toml").is_file()


@pytest.mark.parametrize("words", [["init", "--config"], ["--config", "--json", "check"], ["--config=", "check"]])
def test_a_configuration_that_is_not_named_is_64(words: list[str], mailbot: Mailbot) -> None:
    done = mailbot(*words)
    assert (done.code, done.out) == (64, "")
    assert "--config needs the name of a file behind it" in done.err


# The answers to init


def test_what_was_said_wrong_is_told_before_anything_is_asked(mailbot: Mailbot, tmp_path: Path) -> None:
    wrong = ("--imap-host", "https://imap.example.org", "--lead", "lena", "--timezone", "Jakarta")
    done = mailbot("--config", tmp_path / "config.toml", "init", *wrong, stdin=b"support@example.org\n" * 9)
    assert (done.code, done.out) == (64, "")
    for words in ("--imap-host: ", '--lead: "lena" is not a mail address', '--timezone: "Jakarta" is not a time zone'):
        assert words in done.err
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_cannot_be_used_is_asked_for_again_at_once(mailbot: Mailbot, tmp_path: Path) -> None:
    answers = b"support\nsupport@example.org\nimap.example.org:993\nimap.example.org\nsmtp\nme\n\ntom\n\n\n"
    done = mailbot("--config", tmp_path / "c.toml", "init", "--state-dir", tmp_path / "state", stdin=answers)
    assert done.code == 0
    shown = done.out + done.err
    assert 'Error: "support" is not a mail address' in shown
    assert 'did you mean host = "imap.example.org" and port = 993?' in shown
    assert 'Error: "tom" is not a mail address' in shown
    assert 'host = "imap.example.org"' in (tmp_path / "c.toml").read_text()
