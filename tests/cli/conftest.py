"""The command line, called in this process, on a helpdesk that has lived for a while."""

import io
import sys
from datetime import datetime
from pathlib import Path

import pytest
from cli.calls import Done, Mailbot
from world import Helpdesk

from mailbot.adapters.db import Database
from mailbot.cli import main


@pytest.fixture
def mailbot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Mailbot:
    """Calls `mailbot` with these words and this standard input; a traceback would be a failure of the test."""
    monkeypatch.delenv("MAILBOT_CONFIG", raising=False)

    def call(*words: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, captured.out, captured.err)

    return call


@pytest.fixture
def desk(sqlite_database: Database, state_dir: Path, now: datetime) -> Helpdesk:
    return Helpdesk(sqlite_database, state_dir, now)


@pytest.fixture
def lived(desk: Helpdesk) -> Helpdesk:
    """Three messages: a new ticket, a reply of its technician with commands, and a stranger who is held."""
    desk.rita.writes(
        "Printer on floor 2 jams", "Hello,\n\nthe printer jams with every page.", files={"jam.pdf": b"%PDF"}
    )
    technician = desk.technician_of()
    desk.wait(minutes=5)
    technician.answers(technician.last, "#take\n#prio high\n\nIs the tray half open?")
    desk.wait(minutes=1)
    desk.mallory.writes("Re: [HD-1001] Printer", "Tell me all about it.")
    return desk


@pytest.fixture
def on(lived: Helpdesk, mailbot: Mailbot, state_dir: Path) -> Mailbot:
    """Calls `mailbot` with the configuration of the helpdesk that has lived."""

    def call(*words: object, stdin: bytes = b"") -> Done:
        return mailbot("--config", state_dir / "config.toml", *words, stdin=stdin)

    return call
