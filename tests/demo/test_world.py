"""The servers of the demonstration, met by the clients of the real world."""

import builtins
import contextlib
import gc
import importlib
import smtplib
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from imapclient import IMAPClient

from mailbot.demo.world import Accepted, MailWorld
from mailbot.errors import MailbotError

SUPPORT, RITA, DEWI = "support@demo.example", "rita@demo.example", "dewi@demo.example"
MAIL = b"From: rita@demo.example\r\nTo: support@demo.example\r\nSubject: caf\xc3\xa9\r\n\r\nBody \xff\x00 end\r\n"


@pytest.fixture
def world() -> Iterator[MailWorld]:
    with MailWorld({SUPPORT: "s3cret", RITA: "r", DEWI: "d"}, {"gone@demo.example": "550 5.1.1 gone"}) as running:
        yield running


@contextlib.contextmanager
def imap(world: MailWorld, address: str = SUPPORT, password: str = "s3cret") -> Iterator[IMAPClient]:
    client = IMAPClient("127.0.0.1", world.imap_port, ssl=False, timeout=10)
    try:
        client.login(address, password)
        yield client
        client.logout()
    finally:
        client._imap.sock.close()


@contextlib.contextmanager
def smtp(world: MailWorld) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", world.smtp_port, timeout=10) as client:
        yield client


def fetched(client: IMAPClient, folder: str = "INBOX") -> list[bytes]:
    client.select_folder(folder)
    return [found[b"BODY[]"] for _uid, found in sorted(client.fetch(client.search(), ["BODY.PEEK[]"]).items())]


def test_mail_that_comes_in_by_smtp_is_read_by_imap_byte_for_byte(world: MailWorld) -> None:
    with smtp(world) as client:
        client.sendmail(RITA, [SUPPORT], MAIL)
    trace = b"Return-Path: <rita@demo.example>\r\nDelivered-To: support@demo.example\r\n"
    with imap(world) as client2:
        assert fetched(client2) == [trace + MAIL]
    assert world.delivered(SUPPORT) == [trace + MAIL]
    assert world.accepted == [Accepted(RITA, (SUPPORT,), MAIL)]


def test_the_envelope_decides_where_mail_goes(world: MailWorld) -> None:
    with smtp(world) as client:
        client.sendmail("", ["Dewi+HD-7.abc@Demo.Example", RITA, "stranger@elsewhere.example"], MAIL)
    assert len(world.delivered(DEWI)) == len(world.delivered(RITA)) == 1
    assert world.delivered(SUPPORT) == []
    assert world.delivered(DEWI)[0].startswith(b"Return-Path: <>\r\nDelivered-To: Dewi+HD-7.abc@Demo.Example\r\n")
    assert world.accepted[0].reverse_path == ""
    assert "stranger@elsewhere.example" in world.accepted[0].recipients


def test_mail_with_lines_longer_than_allowed_arrives_as_it_is(world: MailWorld) -> None:
    long = MAIL + b"x" * 100_000 + b"\r\n"
    with smtp(world) as client:
        client.sendmail(RITA, [SUPPORT], long)
    assert world.delivered(SUPPORT)[0].endswith(long)


def test_a_recipient_may_be_refused_without_the_others(world: MailWorld) -> None:
    with smtp(world) as client:
        refused = client.sendmail(SUPPORT, ["gone@demo.example", RITA], MAIL)
    assert refused == {"gone@demo.example": (550, b"5.1.1 gone")}
    assert world.accepted[0].recipients == (RITA,)


def test_appended_mail_arrives_untouched_in_any_folder(world: MailWorld) -> None:
    world.append(SUPPORT, MAIL)
    world.append(SUPPORT.upper(), b"not even a mail", "Old mail")
    world.append(SUPPORT, MAIL, "Old mail")
    with imap(world) as client:
        assert fetched(client) == [MAIL]
        assert fetched(client, "Old mail") == [b"not even a mail", MAIL]


def test_mail_for_a_mailbox_that_does_not_exist_is_a_mistake_of_the_caller(world: MailWorld) -> None:
    with pytest.raises(KeyError, match=r"there is no mailbox nobody@demo\.example; there are dewi@"):
        world.append("nobody@demo.example", MAIL)


def test_a_wrong_password_opens_nothing(world: MailWorld) -> None:
    with pytest.raises(Exception, match="Invalid"), imap(world, SUPPORT, "wrong"):
        pass


def test_mailboxes_are_apart(world: MailWorld) -> None:
    world.append(SUPPORT, MAIL)
    with imap(world, RITA, "r") as client:
        assert fetched(client) == []


def test_reading_marks_nothing_and_moving_moves(world: MailWorld) -> None:
    world.append(SUPPORT, MAIL)
    with imap(world) as client:
        client.select_folder("INBOX")
        (uid,) = client.search()
        client.fetch([uid], ["BODY.PEEK[]"])
        assert client.get_flags([uid]) == {uid: ()}
        client.create_folder("Processed")
        client.move([uid], "Processed")
        assert client.search() == []
        assert fetched(client, "Processed") == [MAIL]


def test_idle_tells_of_new_mail_again_and_again(world: MailWorld) -> None:
    with imap(world) as client:
        client.select_folder("INBOX")
        for number in range(1, 4):
            client.idle()
            gc.collect()  # Nothing but the servers may keep their waiting tasks alive.
            with smtp(world) as sender:
                sender.sendmail(RITA, [SUPPORT], MAIL)
            news: list[Any] = []
            while (number, b"EXISTS") not in news:
                news += client.idle_check(timeout=10)
            client.idle_done()


def test_many_mails_at_once_are_all_there(world: MailWorld) -> None:
    def send() -> None:
        with smtp(world) as client:
            for _ in range(20):
                client.sendmail(RITA, [SUPPORT], MAIL)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.accepted) == len(world.delivered(SUPPORT)) == 80


def test_stopping_cuts_clients_and_leaves_nothing_behind() -> None:
    world = MailWorld({SUPPORT: "s3cret"})
    world.start()
    idle = IMAPClient("127.0.0.1", world.imap_port, ssl=False, timeout=10)
    idle.login(SUPPORT, "s3cret")
    idle.select_folder("INBOX")
    idle.idle()
    half = smtplib.SMTP("127.0.0.1", world.smtp_port, timeout=10)
    half.mail(RITA)
    silent = socket.create_connection(("127.0.0.1", world.smtp_port), timeout=10)
    world.stop()
    world.stop()
    gc.collect()  # A forgotten connection or task warns now, and a warning fails the test.
    assert [thread.name for thread in threading.enumerate() if thread.name == "mail-world"] == []
    for client in (idle._imap.sock, half.sock, silent):
        assert client is not None
        with contextlib.suppress(ConnectionResetError):
            while client.recv(1000):
                continue
        client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", world.imap_port), timeout=10)


def test_worlds_that_never_started_may_be_stopped() -> None:
    MailWorld({SUPPORT: "s3cret"}).stop()


def test_two_worlds_do_not_meet(world: MailWorld) -> None:
    with MailWorld({SUPPORT: "s3cret"}) as other:
        assert len({other.imap_port, other.smtp_port, world.imap_port, world.smtp_port}) == 4
        other.append(SUPPORT, MAIL)
        assert world.delivered(SUPPORT) == []


def test_a_failure_at_the_start_is_told_to_whoever_started(monkeypatch: pytest.MonkeyPatch) -> None:
    world = MailWorld({SUPPORT: "s3cret"})

    async def fail() -> None:
        raise OSError("no room")

    monkeypatch.setattr(world, "_backend", fail)
    with pytest.raises(MailbotError, match="did not start: no room"):
        world.start()
    world.stop()


@pytest.mark.parametrize("absent", ["aiosmtpd", "pymap"])
def test_without_the_extra_the_error_says_what_to_install(absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name.partition(".")[0] == absent:
            raise ModuleNotFoundError(f"No module named {absent!r}", name=absent)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "mailbot.demo.world")
    with pytest.raises(MailbotError, match=rf"{absent} is missing: pip install 'mailbot\[demo\]'"):
        importlib.import_module("mailbot.demo.world")
