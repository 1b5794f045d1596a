"""The daemon as a service: starting, stopping, reloading, telling systemd, and outliving its servers."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from servers.dovecot import Dovecot
from servers.ports import free_port
from servers.scripted_imap import ScriptedImap
from servers.smtp_sink import Behaviour, SmtpSink
from sqlalchemy import func, select
from sqlmodel import col
from world.mails import build

from mailbot.adapters import schema
from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail
from mailbot.service import utc_now

pytestmark = pytest.mark.wire

CONFIG = """
[helpdesk]
address = "support@example.com"
state_dir = "{state}"

[security]
secret_key = "0123456789abcdef0123456789abcdef0123456789abcdef"

[[mailboxes]]
name = "main"
host = "127.0.0.1"
port = {imap}
security = "none"
username = "support"
password = "{password}"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"

[[teams]]
name = "support"
{more}
"""


class Service:
    """A daemon and everything that it says."""

    def __init__(self, state: Path, imap: int, smtp: int, password: str = "secret") -> None:
        self.state = state
        self.values = {"state": state, "imap": imap, "smtp": smtp, "password": password}
        self.config = state / "config.toml"
        self.configure("")
        database = Database("sqlite:///mailbot.db", state_dir=state)
        schema.upgrade(database)
        database.close()
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(state / "notify"))
        self.notices.settimeout(0.1)
        self.said: list[str] = []
        self.start: Callable[[list[str]], list[str]] = lambda words: [sys.executable, "-m", "mailbot", *words]

    def configure(self, more: str) -> None:
        self.config.write_text(CONFIG.format(more=more, **self.values))
        self.config.chmod(0o600)

    def command(self, *words: str) -> list[str]:
        return self.start(["--config", str(self.config), *words])

    @contextlib.contextmanager
    def running(self, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
        environ = {**clean, "NOTIFY_SOCKET": str(self.state / "notify"), **environment}
        with (self.state / "log").open("wb") as log:
            command = self.command("run", "--log-format", "json")
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environ)
            try:
                yield process
            finally:
                process.kill()
                process.wait()
                self.notices.close()

    def log(self) -> str:
        return (self.state / "log").read_text()

    def hears(self, words: str, within: float = 20) -> bool:
        """Whether the daemon says this to systemd within a time."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                self.said.append(self.notices.recv(65536).decode())
            if any(words in text for text in self.said):
                return True
        return False


def until(look: Callable[[], bool], within: float = 30) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if look():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def imap() -> Iterator[Dovecot]:
    with Dovecot({"support": "secret"}) as server:
        yield server


def test_it_says_that_it_is_ready_lives_reloads_and_stops(imap: Dovecot, tmp_path: Path) -> None:
    with SmtpSink() as sink:
        service = Service(tmp_path, imap.port, sink.port)
        with service.running(WATCHDOG_USEC="2000000") as process:
            assert service.hears("READY=1")
            for _ in range(2):
                service.said.clear()
                assert service.hears("WATCHDOG=1", within=1.5)
            service.configure('[[rules]]\nid = "ads"\nany = ["jackpot"]\naction = "ignore"\n')
            process.send_signal(signal.SIGHUP)
            assert service.hears("RELOADING=1")
            assert service.hears("STATUS=running")
            imap.deliver("support", build("ad@client.example", "You won", "The jackpot is yours", at=utc_now()))
            assert until(lambda: "rule ads: jackpot" in service.log()), service.log()

            service.configure('[[rules]]\nid = "ads"\nanny = ["jackpot"]\n')
            process.send_signal(signal.SIGHUP)
            assert until(lambda: "reload_refused" in service.log())
            assert "config.toml:" in service.log()
            assert "any" in service.log()

            process.send_signal(signal.SIGTERM)
            assert service.hears("STOPPING=1")
            assert process.wait(10) == 0


def test_a_second_daemon_on_the_same_state_says_so_and_exits_75(imap: Dovecot, tmp_path: Path) -> None:
    with SmtpSink() as sink:
        service = Service(tmp_path, imap.port, sink.port)
        with service.running():
            assert service.hears("READY=1")

            second = subprocess.run(service.command("run"), capture_output=True, text=True, check=False, timeout=20)

            assert second.returncode == 75
            assert "mailbot:" in second.stderr


def test_a_database_that_was_never_made_is_explained_and_exits_78(tmp_path: Path) -> None:
    service = Service(tmp_path, free_port(), free_port())
    (tmp_path / "mailbot.db").unlink()

    run = subprocess.run(service.command("run"), capture_output=True, text=True, check=False, timeout=20)

    service.notices.close()
    assert run.returncode == 78
    assert "mailbot db upgrade" in run.stderr


def test_servers_that_are_down_at_the_start_are_waited_for(imap: Dovecot, tmp_path: Path) -> None:
    smtp = free_port()
    imap.deliver("support", build("rita@client.example", "Hello", "Please help me", at=utc_now()))
    service = Service(tmp_path, imap.port, smtp)
    with service.running() as process:
        assert service.hears("READY=1")
        assert service.hears("STATUS=outbox")
        assert until(lambda: imap.messages("support") == [])
        with SmtpSink(port=smtp) as sink:
            # No mail had its turn: it waits for the connection alone, which is tried every few seconds at first.
            assert until(lambda: [mail.recipients for mail in sink.mails] == [("rita@client.example",)]), service.log()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
    assert "try_again_later" in service.log()


def test_it_stops_within_ten_seconds_while_imap_hangs(tmp_path: Path) -> None:
    with ScriptedImap({"UID SEARCH": lambda _session, _tag, _line: time.sleep(30)}) as server, SmtpSink() as sink:
        service = Service(tmp_path, server.port, sink.port)
        with service.running() as process:
            assert service.hears("READY=1")
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def test_it_stops_within_ten_seconds_while_smtp_never_answers_the_final_dot(imap: Dovecot, tmp_path: Path) -> None:
    with SmtpSink(behaviour=Behaviour(fault="silent_after_dot")) as sink:
        service = Service(tmp_path, imap.port, sink.port)
        imap.deliver("support", build("rita@client.example", "Hello", "Please help me", at=utc_now()))
        with service.running() as process:
            assert service.hears("READY=1")
            assert until(lambda: bool(sink.received))
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


STUCK = """
import sys, time
from mailbot import timers
timers.tick = lambda *_: print('{"event": "stuck"}', flush=True) or time.sleep(60)
from mailbot.cli import main
sys.argv[1:] = %r
main()
"""


def test_it_stops_within_ten_seconds_while_its_database_keeps_the_timers(imap: Dovecot, tmp_path: Path) -> None:
    with SmtpSink() as sink:
        service = Service(tmp_path, imap.port, sink.port)
        service.start = lambda words: [sys.executable, "-c", STUCK % list(words)]
        with service.running() as process:
            assert service.hears("READY=1")
            assert until(lambda: "stuck" in service.log())
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
    cut_off = next(line for line in map(json.loads, service.log().splitlines()) if line["event"] == "cut_off")
    assert cut_off["jobs"] == ["timers"]


def reloaded_more_often(service: Service, than: int) -> bool:
    return service.log().count('"reloaded"') > than


def test_a_new_state_directory_is_said_to_need_a_restart_and_a_new_name_is_not(imap: Dovecot, tmp_path: Path) -> None:
    with SmtpSink() as sink:
        service = Service(tmp_path, imap.port, sink.port)
        (tmp_path / "other").mkdir(mode=0o700)
        with service.running() as process:
            assert service.hears("READY=1")
            for state, changed in ((tmp_path / "other", ["helpdesk.state_dir"]), (tmp_path, [])):
                service.values["state"] = state
                service.configure('[[rules]]\nid = "ads"\nany = ["jackpot"]\naction = "ignore"\n')
                before = service.log().count('"reloaded"')
                process.send_signal(signal.SIGHUP)
                assert until(partial(reloaded_more_often, service, before))
                reloaded = [line for line in map(json.loads, service.log().splitlines()) if line["event"] == "reloaded"]
                assert reloaded[-1]["restart_needed_for"] == changed


def test_open_tickets_are_timed_anew_after_a_reload(imap: Dovecot, tmp_path: Path) -> None:
    with SmtpSink() as sink:
        service = Service(tmp_path, imap.port, sink.port)
        imap.deliver("support", build("rita@client.example", "Hello", "Please help me", at=utc_now()))
        with service.running() as process:
            assert service.hears("READY=1")
            assert until(lambda: bool(sink.mails))
            service.configure('[sla.normal]\nfirst_response = "1h"\n')
            process.send_signal(signal.SIGHUP)
            assert until(lambda: '"retimed"' in service.log()), service.log()


def test_one_pass_forgets_what_is_old(imap: Dovecot, tmp_path: Path) -> None:
    with SmtpSink() as sink:
        service = Service(tmp_path, imap.port, sink.port)
        imap.deliver("support", build("rita@client.example", "Hello", "Please help me", at=utc_now()))
        service.configure('[retention]\nsent = "1s"\n')
        for _ in range(2):
            run = subprocess.run(service.command("once"), capture_output=True, text=True, check=False, timeout=30)
            assert run.returncode == 0, run.stderr
            time.sleep(1.1)
        service.notices.close()
        assert sink.mails
    database = Database("sqlite:///mailbot.db", state_dir=tmp_path)
    with database.unit_of_work(write=False) as session:
        sizes = list(session.scalars(select(func.length(col(OutboxMail.raw)))))
    database.close()
    assert sizes == [0] * len(sizes)
    assert sizes


def test_a_wrong_password_is_said_and_not_tried_again_at_once(imap: Dovecot, tmp_path: Path) -> None:
    with SmtpSink() as sink:
        service = Service(tmp_path, imap.port, sink.port, password="wrong")
        with service.running():
            assert service.hears("STATUS=intake-main")
            time.sleep(3)

            assert service.log().count("try_again_later") <= 2
            assert "wrong" not in service.log()


def test_once_with_a_dead_imap_server_exits_69(tmp_path: Path) -> None:
    with SmtpSink() as sink:
        service = Service(tmp_path, free_port(), sink.port)

        run = subprocess.run(service.command("once"), capture_output=True, text=True, check=False, timeout=30)

        service.notices.close()
        assert run.returncode == 69
        assert "127.0.0.1" in run.stderr
