"""What all commands have in common: a light start, help, exit codes, errors that say what to do."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cli.calls import Mailbot

from mailbot.adapters.db import instance_lock
from mailbot.cli import COMMANDS, cli
from mailbot.cli.inspect import ledger as ledger_command

HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "jinja2", "lxml", "mailparser", "structlog", "apscheduler", "aiosmtplib")
PROBE = f"""
import sys
from mailbot.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    print([name for name in {HEAVY!r} if name in sys.modules], ended.code)
"""


def probe(*words: str) -> str:
    done = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()[-1]


def process(*words: object) -> list[str]:
    return [sys.executable, "-m", "mailbot", *(str(word) for word in words)]


@pytest.mark.parametrize(
    ("words", "code"), [(["--help"], 0), (["--version"], 0), ([], 64), (["tickt"], 64), (["--jsn"], 64)]
)
def test_what_needs_no_helpdesk_loads_none_of_its_libraries(words: list[str], code: int) -> None:
    assert probe(*words) == f"[] {code}"


def leaves(group: click.Group, *before: str) -> Iterator[tuple[list[str], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, *before, name)
        else:
            yield [*before, name], command


LEAVES = list(leaves(cli))


@pytest.mark.parametrize(("words", "command"), LEAVES, ids=[" ".join(words) for words, _command in LEAVES])
def test_every_command_says_what_it_does_with_an_example(
    words: list[str], command: click.Command, mailbot: Mailbot
) -> None:
    done = mailbot(*words, "--help")
    assert (done.code, done.err) == (0, "")
    assert "Examples:" in done.out
    assert f"mailbot {' '.join(words)}" in done.out.partition("Examples:")[2].replace(" --config ./config.toml", "")
    assert max(len(line) for line in done.out.splitlines()) <= 100
    has_json = any("--json" in parameter.opts for parameter in command.params)
    assert ("With --json, one document" in done.out) is has_json
    assert has_json is (words not in (["init"], ["run"]))


def test_the_list_of_commands_names_each_with_its_own_first_sentence(mailbot: Mailbot) -> None:
    shown = mailbot("--help").out
    for name, (_module, summary) in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        first = summary.split()[0]
        assert (command.help or "").split()[0] == first
        assert summary in shown
        assert command.name == name


@pytest.mark.parametrize("group", ["ticket", "rules", "template", "db"])
def test_the_list_of_a_group_ends_no_sentence_with_dots(group: str, mailbot: Mailbot) -> None:
    shown = mailbot(group, "--help").out.partition("Commands:")[2]
    assert shown.strip().endswith(".")
    assert "..." not in shown


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["tickt"], "Did you mean 'ticket'?"),
        (["ticket", "lst"], "Did you mean 'list'?"),
        (["db", "upgrde"], "Did you mean 'upgrade'?"),
        (["--confg", "x", "run"], "Did you mean '--config'?"),
        (["ledger", "--sinc", "2h"], "--since"),
        (["ticket", "list", "--limit", "many"], "'many' is not a valid integer"),
        (["ticket", "list", "--limit", "0"], "0 is not in the range"),
        (["ticket", "list", "--status", "opn"], "'open'"),
        (["ledger", "--disposition", "eaten"], "'quarantined'"),
        (["ledger", "--since", "yesterday"], '"yesterday" is not a duration'),
        (["retry", "seventeen"], "'seventeen' is not a valid integer"),
        (["retry", "99999999999999999999"], "not in the range"),
        (["retry"], "name receipts, or say --all"),
        (["retry", "1", "--all"], "name receipts, or say --all"),
        (["rules", "test", "no-such-file.eml"], "does not exist"),
        (["template", "preview"], "say either --all or --notice NAME"),
        (["template", "preview", "--notice", "acknowledgment"], 'did you mean "acknowledgement"?'),
        (["ticket", "show", "one"], "say 1001 or HD-1001"),
        (["ticket", "show", "99999999999999999999"], "is not the number of a ticket"),
        (["check", "everything"], "unexpected extra argument"),
        (["run", "--log-format", "xml"], "'console'"),
    ],
    ids=" ".join,
)
def test_words_that_cannot_be_understood_end_with_64_and_a_hint(words: list[str], hint: str, on: Mailbot) -> None:
    done = on(*words)
    assert (done.code, done.out) == (64, "")
    assert hint in done.err


READERS = [["ticket", "list"], ["ticket", "show", "1"], ["ledger"], ["trace", "x"], ["retry", "--all"]]
LOADERS = [*READERS, ["run"], ["once"], ["db", "upgrade"], ["template", "preview", "--all"], ["rules", "test", "-"]]


@pytest.mark.parametrize("words", LOADERS, ids=" ".join)
def test_a_configuration_that_is_not_there_is_78_and_says_how_to_write_one(
    words: list[str], mailbot: Mailbot, tmp_path: Path
) -> None:
    done = mailbot("--config", tmp_path / "none.toml", *words)
    assert done.code == 78
    assert "there is no such file; run `mailbot init` to write one" in done.err


def test_a_configuration_that_is_a_folder_or_no_toml_is_78(mailbot: Mailbot, tmp_path: Path) -> None:
    done = mailbot("--config", tmp_path, "ledger")
    assert (done.code, "is a folder, not a file" in done.err) == (78, True)
    (tmp_path / "c.toml").write_text("[helpdesk\n")
    done = mailbot("--config", tmp_path / "c.toml", "ledger")
    assert (done.code, "c.toml:1:10: TOML syntax" in done.err) == (78, True)


def test_the_configuration_may_be_named_by_the_environment(
    on: Mailbot, mailbot: Mailbot, state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_CONFIG", str(state_dir / "config.toml"))
    assert mailbot("ledger").out == on("ledger").out
    assert mailbot("--config", state_dir / "other.toml", "ledger").code == 78


@pytest.mark.parametrize("words", [*READERS, ["run"], ["once"]], ids=" ".join)
def test_a_database_that_is_not_there_is_78_and_says_how_to_make_one(
    words: list[str], on: Mailbot, state_dir: Path
) -> None:
    for file in state_dir.glob("mailbot.db*"):
        file.unlink()
    done = on(*words)
    assert done.code == 78
    assert "does not exist. If it existed before, restore the backup" in done.err
    assert "Only for a new installation run: mailbot init, or mailbot db upgrade" in done.err


def test_a_state_directory_that_cannot_be_made_is_78_and_named(on: Mailbot, state_dir: Path) -> None:
    config = state_dir / "config.toml"
    (state_dir / "file").touch()
    config.write_text(config.read_text().replace(f'state_dir = "{state_dir}"', f'state_dir = "{state_dir}/file/x"'))
    done = on("db", "upgrade")
    assert done.code == 78
    assert f"{state_dir}/file/x cannot be created (Not a directory)" in done.err


def test_a_file_that_may_not_be_read_is_78_and_says_who_may(
    on: Mailbot, monkeypatch: pytest.MonkeyPatch, state_dir: Path
) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(state_dir / "mailbot.db"))

    monkeypatch.setattr(ledger_command, "opened", refuse)
    done = on("ledger")
    assert (done.code, done.out) == (78, "")
    assert done.err == (
        f"mailbot: {state_dir}/mailbot.db: Permission denied; call mailbot as the account that owns its files\n"
    )


def test_a_second_daemon_is_75_and_names_the_first(on: Mailbot, state_dir: Path) -> None:
    with instance_lock(state_dir):
        for words in (["run"], ["once"]):
            done = on(*words)
            assert done.code == 75
            assert f"another mailbot (process {os.getpid()}) runs on {state_dir}" in done.err


def test_a_reader_that_has_seen_enough_is_no_error(on: Mailbot, state_dir: Path) -> None:
    words = process("--config", state_dir / "config.toml", "ticket", "show", "1001", "--json")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run(words, stdout=pipe, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_output_that_cannot_be_written_is_said_without_a_traceback(on: Mailbot, state_dir: Path) -> None:
    words = process("--config", state_dir / "config.toml", "ticket", "list")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (1, b"mailbot: No space left on device\n")


def test_a_terminal_without_the_characters_of_a_mail_shows_their_numbers(
    on: Mailbot, desk: object, state_dir: Path
) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    words = process("--config", state_dir / "config.toml", "template", "preview", "--notice", "reply")
    done = subprocess.run(words, env=environment, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_is_not_a_traceback(on: Mailbot, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ledger_command, "opened", interrupt)
    done = on("ledger")
    assert (done.code, done.err.strip()) == (130, "mailbot: stopped")
