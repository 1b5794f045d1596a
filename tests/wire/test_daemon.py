"""The daemon and its surroundings: servers that are not there, a system that stops, reloads and watches it."""

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from servers.dovecot import Dovecot
from servers.ports import free_port
from servers.scripted_imap import ScriptedImap, Session
from servers.smtp_sink import Behaviour, SmtpSink
from sqlalchemy import update
from wire.daemonworld import HELPDESK, PEOPLE, Place, Systemd, mailbox, rows, smtp, until
from world.mails import build

from mailbot import daemon as daemon_module
from mailbot.adapters.db import Database
from mailbot.adapters.systemd import Heartbeats
from mailbot.adapters.tables import OutboxMail, Receipt, Ticket
from mailbot.config import load
from mailbot.daemon import Daemon
from mailbot.service import Current, build_desk, utc_now

pytestmark = pytest.mark.wire

RITA, TOM = "rita@client.example", "tom@example.com"
TESS = PEOPLE.replace(TOM, "tess@example.com").replace("Tom Tech", "Tess Tech")


def incident(subject: str = "Printer jams") -> bytes:
    return build(RITA, subject, "The printer on floor 2 jams. Please help.", at=utc_now())


def mails_to(sink: SmtpSink, address: str) -> list[bytes]:
    return [kept.raw for kept in sink.mails if kept.recipients == (address,)]


def let_time_pass(database: Database) -> None:
    """What is to be sent later becomes due now."""
    with database.unit_of_work() as session:
        session.execute(update(OutboxMail).where(OutboxMail.state == "queued").values(next_attempt_at=utc_now()))  # type: ignore[arg-type]


def never_answer(session: Session, _tag: str, _line: str) -> None:
    session.receive()  # Waits until the client is gone.


# Starting


def test_servers_that_are_down_are_shown_and_waited_for(
    sqlite_database: Database, state_dir: Path, account_name: str
) -> None:
    imap, port = Dovecot({account_name: "secret"}), free_port()
    place = Place(state_dir, mailbox(imap.port, username=account_name), smtp(port), PEOPLE)
    with place.daemon() as daemon:
        daemon.shows(f"intake-main: mailbox 'main' at localhost:{imap.port}")
        with imap:
            imap.deliver(account_name, incident())
            daemon.shows(f"outbox: SMTP server localhost:{port}")
            assert "intake" not in daemon.systemd.status
            queued = daemon.until(lambda: rows(sqlite_database, OutboxMail), "mail in the outbox")
            daemon.logs("try_again_later", 2)
            until(lambda: {row.state for row in rows(sqlite_database, OutboxMail)} == {"queued"}, "mail that waits")
            with SmtpSink(port=port) as sink:
                let_time_pass(sqlite_database)
                daemon.shows("running")
                daemon.until(lambda: len(sink.mails) == len(queued), "the mail that waited")
                assert {kept.raw for kept in sink.mails} == {row.raw for row in queued}
                assert daemon.stop() == 0
    assert {line["job"] for line in daemon.logged("works_again")} == {"intake-main", "outbox"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda place: (place.directory / "mailbot.db").unlink(), "db upgrade"),
        (lambda place: place.configure(mailbox(1), smtp(1), "[closng]\n"), "config.toml:"),
        (
            lambda place: place.configure(
                f'templates_dir = "{broken_templates(place.directory)}"\n', mailbox(1), smtp(1)
            ),
            "acknowledgement.txt.j2",
        ),
    ],
    ids=["no database", "a wrong configuration", "a wrong template"],
)
def test_it_is_not_ready_where_something_must_be_put_right_first(
    spoil: Callable[[Place], Any], said: str, sqlite_database: Database, state_dir: Path
) -> None:
    assert sqlite_database.path is not None
    place = Place(state_dir, mailbox(1), smtp(1))
    spoil(place)
    with place.daemon(ready=False) as daemon:
        assert daemon.process.wait(30) == 78
        assert said in daemon.text
        assert daemon.systemd.messages == []


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_it_ends_when_its_database_is_removed_or_replaced_and_files_nothing_more(
    how: str, sqlite_database: Database, sqlite_template: Path, state_dir: Path, dovecot: Dovecot, account_name: str
) -> None:
    assert sqlite_database.path is not None
    box = mailbox(dovecot.port, username=account_name, password=dovecot.accounts[account_name])
    with SmtpSink() as sink:
        place = Place(state_dir, box, smtp(sink.port))
        with place.daemon() as daemon:
            dovecot.deliver(account_name, incident())
            daemon.until(lambda: len(dovecot.messages(account_name, "Processed")) == 1, "the first mail to be filed")
            sqlite_database.path.unlink()
            if how == "replaced":
                shutil.copy(sqlite_template, sqlite_database.path)
            dovecot.deliver(account_name, incident("Printer 2"))
            assert daemon.process.wait(30) == 78
            (critical,) = daemon.logged("database_lost")
            assert critical["level"] == "critical"
            assert f"was {how} while mailbot used it" in critical["error"]
            assert "was " + how in daemon.systemd.status
    assert len(dovecot.messages(account_name)) == 1
    assert len(dovecot.messages(account_name, "Processed")) == 1


def broken_templates(directory: Path) -> Path:
    folder = directory / "templates" / "en"
    folder.mkdir(parents=True)
    (folder / "acknowledgement.txt.j2").write_text("Dear {{ recipient.nam }},")
    return folder.parent


# Reloading


def test_a_reload_takes_new_people_and_a_wrong_one_keeps_those_that_were_there(
    sqlite_database: Database, state_dir: Path, dovecot: Dovecot, account_name: str
) -> None:
    password = dovecot.accounts[account_name]
    with SmtpSink() as sink:
        servers = [mailbox(dovecot.port, username=account_name, password=password), smtp(sink.port)]
        place = Place(state_dir, *servers, PEOPLE)

        def technician_of_the_next() -> str:
            known = len(rows(sqlite_database, Ticket))
            dovecot.deliver(account_name, incident(f"Printer {known}"))
            return str(daemon.until(lambda: rows(sqlite_database, Ticket)[known:], "a ticket")[0].technician)

        with place.daemon() as daemon:
            assert technician_of_the_next() == TOM

            place.configure(*servers, TESS)
            daemon.reload()
            assert technician_of_the_next() == "tess@example.com"

            place.configure(*servers, PEOPLE.replace("name =", "nam ="))
            daemon.reload()
            [refused] = daemon.logged("reload_refused")
            line = place.config.read_text().splitlines().index('nam = "support"') + 1
            assert f"{place.config}:{line}" in refused["error"]

            place.configure(f'templates_dir = "{broken_templates(state_dir)}"\n', *servers, PEOPLE)
            daemon.reload()
            assert "en/acknowledgement.txt.j2" in daemon.logged("reload_refused")[1]["error"]

            assert technician_of_the_next() == "tess@example.com"
            assert daemon.systemd.status.startswith("running")
            assert daemon.stop() == 0


def test_signals_in_quick_succession_do_not_deafen_it(sqlite_database: Database, state_dir: Path) -> None:
    assert sqlite_database.path is not None
    with ScriptedImap() as imap:
        place = Place(state_dir, mailbox(imap.port), smtp(free_port()))
        with place.daemon() as daemon:
            for _ in range(20_000):
                os.kill(daemon.process.pid, signal.SIGHUP)
            daemon.reload()
            daemon.process.send_signal(signal.SIGTERM)
            daemon.says("STOPPING=1")
            assert daemon.stop() == 0  # A second wish to stop is no reason to die before everything is put away.


# Stopping


def test_it_stops_in_time_while_nothing_answers_and_leaves_no_mail_behind_as_being_sent(
    sqlite_database: Database, state_dir: Path, dovecot: Dovecot, account_name: str
) -> None:
    password = dovecot.accounts[account_name]
    with (
        ScriptedImap({"UID SEARCH": never_answer}) as deaf,
        SmtpSink(behaviour=Behaviour(fault="silent_after_dot")) as sink,
    ):
        place = Place(
            state_dir,
            mailbox(dovecot.port, username=account_name, password=password),
            mailbox(deaf.port, name="deaf"),
            smtp(sink.port),
            PEOPLE,
        )
        dovecot.deliver(account_name, incident())
        with place.daemon() as daemon:
            daemon.until(lambda: sink.received and "UID SEARCH" in deaf.verbs(), "both servers to be silent")
            assert daemon.stop() == 0
            daemon.says("STOPPING=1")
            assert sorted(daemon.logged("cut_off")[0]["jobs"]) == ["intake-deaf", "outbox"]
    mails = rows(sqlite_database, OutboxMail)
    assert [row.state for row in mails] == ["queued"] * len(mails)
    assert [row.state for row in rows(sqlite_database, Receipt)] == ["done"]


# One pass


def test_one_pass_sends_what_waits_even_if_no_mailbox_answers(
    sqlite_database: Database, state_dir: Path, dovecot: Dovecot, account_name: str
) -> None:
    box, port = mailbox(dovecot.port, username=account_name, password=dovecot.accounts[account_name]), free_port()
    place = Place(state_dir, box, smtp(port), PEOPLE)
    dovecot.deliver(account_name, incident())
    first = place.command("once")
    assert (first.returncode, f"localhost:{port}" in first.stderr) == (69, True)
    assert [row.state for row in rows(sqlite_database, OutboxMail)] == ["queued", "queued"]
    let_time_pass(sqlite_database)
    nobody = free_port()
    with SmtpSink() as sink:
        place.configure(mailbox(nobody), smtp(sink.port), PEOPLE)
        second = place.command("once")
        assert (second.returncode, f"localhost:{nobody}" in second.stderr) == (69, True)
        assert (len(mails_to(sink, RITA)), len(mails_to(sink, TOM))) == (1, 1)


# Being watched


@pytest.fixture
def watched(tmp_path: Path) -> Daemon:
    """A daemon that is not started."""
    config = tmp_path / "config.toml"
    config.write_text(HELPDESK.format(state=tmp_path) + mailbox(1) + smtp(1))
    config.chmod(0o600)
    settings = load(config, {})
    return Daemon(settings, lambda: settings)


@pytest.mark.parametrize("believed", [True, False])
def test_while_the_clock_is_doubted_neither_timers_nor_outbox_act(
    watched: Daemon, monkeypatch: pytest.MonkeyPatch, believed: bool
) -> None:
    acted: list[str] = []

    class AClock:
        def is_believed(self) -> bool:
            watched._stopping.set()  # One turn of each job is enough.
            return believed

    def acts(name: str) -> Callable[..., int]:
        def act(*_: object) -> int:
            acted.append(name)
            return 0

        return act

    watched._clock = AClock()  # type: ignore[assignment]
    watched._current = Current(build_desk(watched._settings, "0" * 32))
    watched._tick_wanted.set()
    watched._outbox_wanted.set()
    for job in ("outbox", "timers"):
        watched._heartbeats.expect(job, 900)
    monkeypatch.setattr("mailbot.daemon.outbox.drain", acts("outbox"))
    monkeypatch.setattr("mailbot.daemon.timers.tick", acts("timers"))
    monkeypatch.setattr("mailbot.daemon.timers.retime_all", acts("targets"))

    watched._deliver(None, None)  # type: ignore[arg-type]
    watched._stopping.clear()
    watched._look_after(None)  # type: ignore[arg-type]

    assert acted == (["outbox", "targets", "timers"] if believed else [])
    assert ("clock" in watched._status()) is not believed


def test_a_job_that_hangs_ends_the_heartbeat_until_it_goes_on(watched: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    ago = 0.0
    watched._heartbeats = Heartbeats(lambda: time.monotonic() - ago)
    watched._heartbeats.expect("outbox", 900)
    with Systemd() as systemd:
        monkeypatch.setenv("NOTIFY_SOCKET", systemd.address)

        def said() -> list[str]:
            before = len(systemd.messages)
            watched._heartbeat()
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
                end.sendto(b"END", systemd.address)
            until(lambda: "END" in systemd.messages[before:], "the end of what is said")
            return systemd.messages[before:-1]

        assert said() == ["WATCHDOG=1"]
        ago = 901
        watched._heartbeats.beat("outbox")
        assert said() == ["STATUS=watchdog: hangs: outbox"]
        ago = 0
        watched._heartbeats.beat("outbox")
        assert said() == ["STATUS=running; mailboxes: main", "WATCHDOG=1"]


@pytest.mark.parametrize(("microseconds", "seconds"), [("", 10), ("120000000", 10), ("20000000", 10), ("3000000", 1.5)])
def test_systemd_hears_of_it_at_least_twice_in_the_time_that_it_waits(
    microseconds: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    assert 0 < daemon_module._heartbeat_every() <= seconds


def test_a_job_lives_as_long_as_it_makes_progress(watched: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0
    heartbeats = watched._heartbeats = Heartbeats(lambda: seconds)
    heartbeats.expect("outbox", 900)
    alive: list[bool] = []

    def drain(
        _db: object, _courier: object, _desk: object, clock: Callable[[], Any], stopping: Callable[[], bool]
    ) -> int:
        nonlocal seconds
        for _mail in range(5):  # A slow server: five mails of ten minutes each are one batch.
            seconds += 600
            alive.append(heartbeats.stale(seconds) == [])
            clock()
        watched._stopping.set()
        assert stopping()
        return 5

    monkeypatch.setattr("mailbot.daemon.outbox.drain", drain)
    watched._outbox_wanted.set()
    watched._current = type("Fixed", (), {"get": lambda _self: None})()
    watched._clock = type("Right", (), {"is_believed": lambda _self: True})()
    watched._deliver(None, None)  # type: ignore[arg-type]
    assert alive == [True] * 5


def test_the_timers_are_told_to_stop_in_the_middle_of_a_tick_and_live_while_they_are_at_it(
    watched: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 0.0
    heartbeats = watched._heartbeats = Heartbeats(lambda: seconds)
    heartbeats.expect("timers", 900)
    alive: list[bool] = []

    def tick(_db: object, _desk: object, _now: object, stopping: Callable[[], bool]) -> int:
        nonlocal seconds
        while not stopping():
            seconds += 600
            alive.append(heartbeats.stale(seconds) == [])
            if len(alive) == 3:
                watched._stopping.set()
        return 0

    monkeypatch.setattr("mailbot.daemon.timers.tick", tick)
    monkeypatch.setattr("mailbot.daemon.timers.retime_all", lambda *_: 0)
    watched._tick_wanted.set()
    watched._current = type("Fixed", (), {"get": lambda _self: None})()
    watched._clock = type("Right", (), {"is_believed": lambda _self: True})()
    watched._look_after(None)  # type: ignore[arg-type]
    assert alive == [True] * 3
