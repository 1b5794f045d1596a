"""The demonstration: it is shown once in full, and what may go wrong with it is tried one by one."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbot.adapters.locks import instance_lock
from mailbot.config import load
from mailbot.demo import show as show_module
from mailbot.demo.folder import configure, prepare
from mailbot.demo.script import Cast, Step
from mailbot.demo.show import show
from mailbot.demo.stage import Stage
from mailbot.demo.world import MailWorld
from mailbot.errors import AlreadyRunningError, ConfigError, MailbotError, UsageError

NOTICES = {
    "acknowledgement", "assigned", "held", "reply", "transcript", "requester_replied", "challenge", "resolved",
    "closed", "escalation", "status_update", "survey", "survey_thanks",
}  # fmt: skip


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "mailbot", *(str(word) for word in words)]


@pytest.mark.slow
def test_the_whole_demonstration_goes_as_it_should(tmp_path: Path) -> None:
    done = subprocess.run(command("demo", "--out", tmp_path), capture_output=True, text=True, check=False, timeout=250)
    assert (done.returncode, done.stderr) == (0, "")
    out = done.stdout
    assert max(len(line) for line in out.splitlines() if str(tmp_path) not in line) <= 100
    for words in (
        "1. Mail arrives",
        " * Rita reports a paper jam, with a photo\n     from    rita@demo.example: Printer on floor 2 jams\n",
        "     became  CREATED (HD-1001): a new ticket: category printer because rule",
        "     Lena              hears of what is late\n",
        "     mails   rita@demo.example (requester): [HD-1001] We have received your request\n               | We have",
        "     mails   budi@demo.example (requester): [HD-1002] Permintaan Anda telah kami terima\n               | ",
        " * Still nobody answers it: the lead is told\n     mails   lena@demo.example (lead): [HD-1004] Overdue",
        "     became  IGNORED: rule advertising",
        "     became  HELD (HD-1001): a technician's address without proof",
        "     mails   dewi@demo.example (technician): [HD-1001] Did you write this mail?",
        " * The ticket is closed: the requester is asked how it was\n     mails   rita@demo.example (requester):",
        "     became  APPENDED (HD-1001): the answer to the survey: 5 of 5",
        "17 messages = 3 appended + 1 auto_reply_recorded",
    ):
        assert words in out
    assert re.search(r"mails   \d+: \d+ sent\n", out), "every mail is sent at the end"
    assert len(list((tmp_path / "in").glob("*.eml"))) == 17
    sent = {path.stem.partition("-")[2] for path in (tmp_path / "out").glob("*.eml")}
    assert sent == NOTICES
    assert (tmp_path / "gallery" / "index.html").is_file()
    look = [line.split("mailbot ", 1)[1] for line in out.splitlines() if " ticket show " in line or " trace " in line]
    assert len(look) == 2
    for words in look:
        shown = subprocess.run(command(*words.split()), capture_output=True, text=True, check=False, timeout=60)
        assert (shown.returncode, "HD-1001" in shown.stdout) == (0, True)


# A short play: one step, so that the rest can be tried in a second or two.


def first_step(cast: Cast) -> Iterator[Step]:
    yield Step("Rita asks", lambda: str(cast.rita.write("Printer jams", "The printer jams.")["Message-ID"]), "created")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    def play(stage: Stage) -> None:
        for step in first_step(stage.cast):
            show_module._perform(stage, step)
        stage.until(lambda: show_module._all_sent(stage), "the delivery of the last mail")

    monkeypatch.setattr(show_module, "_play", play)


def test_the_story_is_one_document_too(short: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(out=str(tmp_path), keep_running=False, as_json=True) == 0
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert captured.err == ""
    assert set(document) == {"folder", "steps", "mails", "ledger", "surprises"}
    assert (document["folder"], document["ledger"], document["surprises"]) == (str(tmp_path), {"created": 1}, [])
    (step,) = document["steps"]
    assert set(step) == {"title", "from", "subject", "became", "ticket", "reason"}
    assert (step["from"], step["became"], step["ticket"]) == ("rita@demo.example", "created", 1001)
    assert {frozenset(row) for row in document["mails"]} == {
        frozenset({"notice", "recipient", "subject", "state", "ticket"})
    }
    assert {row["state"] for row in document["mails"]} == {"sent"}


def test_a_second_one_takes_the_place_of_the_first(short: None, tmp_path: Path) -> None:
    for _ in range(2):
        assert show(out=str(tmp_path), keep_running=False, as_json=True) == 0
        (tmp_path / "in" / "99.eml").write_text("of an older one")
    assert show(out=str(tmp_path), keep_running=False, as_json=True) == 0
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["01.eml"]


def test_what_is_not_as_it_should_be_is_1_and_told(
    short: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(cast: Cast) -> Iterator[Step]:
        for step in original(cast):
            yield Step(step.title, step.act, "held")

    original = first_step
    monkeypatch.setattr(sys.modules[__name__], "first_step", wrong)
    assert show(out=str(tmp_path), keep_running=False, as_json=False) == 1
    assert "NOT AS IT SHOULD BE: Rita asks: it became created, not held" in capsys.readouterr().err


def test_a_daemon_that_ends_by_itself_is_told_with_the_end_of_its_log(
    short: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(folder: Path, world: MailWorld) -> Path:
        path = configure(folder, world)
        path.write_text(path.read_text().replace("[smtp]", "[smtq]"))
        return path

    def loaded(path: Path, environ: dict[str, str]) -> Any:
        good = path.with_name("good.toml")
        good.write_text(path.read_text().replace("[smtq]", "[smtp]"))
        good.chmod(0o600)
        return load(good, environ)

    monkeypatch.setattr(show_module, "configure", broken)
    monkeypatch.setattr(show_module, "load", loaded)
    assert show(out=str(tmp_path), keep_running=False, as_json=True) == 1
    captured = capsys.readouterr()
    assert "the daemon ended by itself with code 78" in captured.err
    assert 'did you mean "smtp"?' in captured.err
    assert json.loads(captured.out)["surprises"] != []


def test_what_never_comes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.demo.stage._PATIENCE", 0.1)
    nothing: Any = None
    stage = Stage(tmp_path, tmp_path, nothing, nothing, nothing, quiet=True)
    with pytest.raises(MailbotError, match="rain did not come within"):
        stage.until(lambda: None, "rain")


# The folder


def test_a_folder_with_something_else_in_it_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("# mine")
    (tmp_path / "in").mkdir()
    with pytest.raises(UsageError, match="holds no demonstration, so nothing in it was touched"):
        prepare(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "in"]


def test_only_what_a_demonstration_wrote_is_cleared_away(tmp_path: Path) -> None:
    with MailWorld({"a@demo.example": "x"}) as world:
        configure(tmp_path, world)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "01-reply.eml").touch()
    assert prepare(str(tmp_path)) == tmp_path
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "mailbot.lock"}


def test_a_folder_in_which_one_runs_is_left_alone(tmp_path: Path) -> None:
    with MailWorld({"a@demo.example": "x"}) as world:
        configure(tmp_path, world)
    with instance_lock(tmp_path), pytest.raises(AlreadyRunningError):
        prepare(str(tmp_path))
    assert (tmp_path / "config.toml").exists()


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file; name a folder with --out"):
        prepare(str(tmp_path / "file"))
    with pytest.raises(ConfigError, match="Not a directory; name another folder with --out"):
        prepare(str(tmp_path / "file" / "x"))


def test_without_a_name_every_demonstration_has_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert prepare("") != prepare("")


# Stopping

SHORT = """
import sys
from mailbot.demo import show
show._play = lambda stage: None
sys.exit(show.show(out=sys.argv[1], keep_running=True, as_json=False))
"""


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_that_is_kept_running_says_how_to_connect_and_ends_with_its_daemon(
    number: signal.Signals, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", SHORT, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        shown = ""
        for line in process.stdout:
            shown += line
            if line.startswith("Ctrl-C ends it"):
                break
        lock = tmp_path / "mailbot.lock"
        deadline = time.monotonic() + 60
        while not (lock.exists() and lock.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        daemon = int(lock.read_text())
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert re.search(r"IMAP +127\.0\.0\.1, port \d+, no encryption", shown)
    assert re.search(r"SMTP +127\.0\.0\.1, port \d+, no encryption, no login", shown)
    assert re.search(r"password +let-me-in", shown)
    assert f"mailbot --config {tmp_path}/config.toml ticket list" in shown
    assert "lead_after" not in (tmp_path / "config.toml").read_text(), "the hurry of the demonstration is over"
    assert not alive(daemon)
