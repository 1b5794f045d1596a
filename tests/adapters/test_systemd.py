"""Messages to systemd, read from a real socket, and heartbeats on a clock of our own."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.adapters import systemd
from mailbot.adapters.systemd import Heartbeats


class Listener:
    """The end of systemd."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(5)
        self._socket.bind(address)

    def heard(self) -> list[str]:
        return self._socket.recv(65536).decode().split("\n")

    def is_silent(self) -> bool:
        self._socket.setblocking(False)
        try:
            self._socket.recv(1)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    if request.param == "path":
        address = shown = str(tmp_path / "notify")
    else:
        address, shown = f"\0mailbot-test-{os.getpid()}", f"@mailbot-test-{os.getpid()}"
    found = Listener(address)
    monkeypatch.setenv("NOTIFY_SOCKET", shown)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: systemd.notify_ready("watching 2 mailboxes"), ["READY=1", "STATUS=watching 2 mailboxes"]),
        (lambda: systemd.notify_status("Kotak surat café"), ["STATUS=Kotak surat café"]),
        (systemd.notify_watchdog, ["WATCHDOG=1"]),
        (systemd.notify_stopping, ["STOPPING=1"]),
    ],
)
def test_systemd_hears_what_happens(listener: Listener, call: Callable[[], None], expected: list[str]) -> None:
    call()
    assert listener.heard() == expected


def test_a_reload_carries_the_time_that_notify_reload_units_need(listener: Listener) -> None:
    systemd.notify_reloading()
    first, second = listener.heard()
    assert first == "RELOADING=1"
    name, _, value = second.partition("=")
    assert name == "MONOTONIC_USEC"
    assert int(value) > 0


def test_a_line_break_in_a_status_smuggles_no_message_to_systemd(listener: Listener) -> None:
    systemd.notify_status("the server said:\r\nWATCHDOG=trigger\nMAINPID=1")
    assert listener.heard() == ["STATUS=the server said: WATCHDOG=trigger MAINPID=1"]


def test_a_long_status_is_cut_between_characters(listener: Listener) -> None:
    systemd.notify_status("é" * 100_000)
    (line,) = listener.heard()
    assert set(line.removeprefix("STATUS=")) == {"é"}
    assert len(line.encode()) <= 1007


def test_a_status_with_half_a_character_is_sent_all_the_same(listener: Listener) -> None:
    systemd.notify_status("bad \udce9 name")
    assert listener.heard() == ["STATUS=bad ? name"]


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.notify_ready("fine")
    systemd.notify_watchdog()
    assert caplog.records == []


@pytest.mark.parametrize("address", ["/nowhere/notify", "@mailbot-nobody-listens", "vsock:2:1234", "relative/path"])
def test_a_systemd_that_cannot_be_reached_is_logged_and_ends_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    systemd.notify_watchdog()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "systemd cannot be told" in caplog.text


def test_a_systemd_that_does_not_read_does_not_stop_the_daemon(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(systemd, "_SEND_WITHIN", 0.01)
    for _ in range(1000):
        systemd.notify_watchdog()
        if caplog.records:
            break
    assert "systemd cannot be told WATCHDOG=1" in caplog.text
    assert listener.heard() == ["WATCHDOG=1"]


@pytest.mark.parametrize(
    ("microseconds", "process", "expected"),
    [
        ("120000000", None, timedelta(minutes=2)),
        ("120000000", "self", timedelta(minutes=2)),
        ("120000000", "1", None),
        ("0", None, None),
        ("", None, None),
        ("-5", None, None),
        ("soon", None, None),
        ("²", None, None),
        (None, None, None),
    ],
)
def test_the_watchdog_is_read_as_systemd_means_it(
    microseconds: str | None, process: str | None, expected: timedelta | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = str(os.getpid()) if process == "self" else process
    for name, value in (("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", own)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert systemd.watchdog_period() == expected


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_each_job_is_stale_by_its_own_measure() -> None:
    clock = Clock()
    beats = Heartbeats(clock)
    beats.expect("intake-support", 60)
    beats.expect("outbox", 10)
    assert beats.stale(1010) == []
    assert beats.stale(1010.1) == ["outbox"]
    assert beats.stale(1060.1) == ["intake-support", "outbox"]


def test_a_beat_makes_a_job_fresh_again() -> None:
    clock = Clock()
    beats = Heartbeats(clock)
    beats.expect("outbox", 10)
    clock.seconds = 1050
    assert beats.stale(clock()) == ["outbox"]
    beats.beat("outbox")
    assert beats.stale(clock()) == []


def test_a_job_that_ended_is_no_longer_missed() -> None:
    beats = Heartbeats(Clock())
    beats.expect("intake-old", 10)
    beats.forget("intake-old")
    assert beats.stale(9999) == []


def test_a_job_that_nobody_expects_is_a_bug_and_says_so() -> None:
    with pytest.raises(KeyError, match="nobody expects heartbeats of 'typo'"):
        Heartbeats(Clock()).beat("typo")


def test_jobs_may_beat_from_many_threads() -> None:
    beats = Heartbeats()
    names = [f"job-{number}" for number in range(8)]

    def work(name: str) -> None:
        beats.expect(name, 1e9)
        for _ in range(200):
            beats.beat(name)
            beats.stale(0)

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert beats.stale(1e12) == names
