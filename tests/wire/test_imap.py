"""The IMAP adapter against a real Dovecot."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from servers.dovecot import Dovecot

from mailbot.adapters.imap import ImapAccount, ImapMailbox
from mailbot.adapters.tls import Security
from mailbot.errors import PermanentError, TransientError

pytestmark = pytest.mark.wire

Open = Callable[[ImapAccount], ImapMailbox]


def account(server: Dovecot, name: str, security: Security = "tls", **options: object) -> ImapAccount:
    port = server.tls_port if security == "tls" else server.port
    made = ImapAccount("it", server.host, port, security, name, server.accounts[name], ca_file=str(server.ca_file))
    return replace(made, **options)  # type: ignore[arg-type]


def mail(number: int, text: bytes = b"") -> bytes:
    return b"Subject: message %d\r\nMessage-ID: <%d@example.org>\r\n\r\nHello %d\r\n%b" % (number, number, number, text)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_mailbox_is_read_byte_for_byte(
    dovecot: Dovecot, account_name: str, open_mailbox: Open, security: Security
) -> None:
    mails = [mail(1), mail(2, b'\xff\xfe8-bit \x80 ("{5}\r\n'), mail(3, b".\r\n..\r\n")]
    dovecot.deliver(account_name, *mails)
    mailbox = open_mailbox(account(dovecot, account_name, security))
    assert mailbox.connected
    assert mailbox.search_all() == [1, 2, 3]
    assert mailbox.search_from(2) == [2, 3]
    assert mailbox.fetch([1, 2, 3]) == dict(zip([1, 2, 3], mails, strict=True))
    sizes = mailbox.sizes([1, 2, 3, 99])
    assert [sizes[uid].size for uid in sorted(sizes)] == [len(raw) for raw in mails]
    for envelope in sizes.values():
        assert envelope.internal_date.utcoffset() == timedelta(0)
        assert abs(datetime.now(UTC) - envelope.internal_date) < timedelta(hours=1)


def test_the_state_of_the_folder_is_reported(dovecot: Dovecot, account_name: str) -> None:
    dovecot.deliver(account_name, mail(1), mail(2))
    mailbox = ImapMailbox(account(dovecot, account_name))
    before = mailbox.connect()
    assert (before.exists, before.uidnext) == (2, 3)
    mailbox.close()
    assert mailbox.connect() == before
    mailbox.close()
    dovecot.rebuild(account_name)
    time.sleep(1.1)  # Dovecot makes UIDVALIDITY from the time in seconds.
    after = mailbox.connect()
    mailbox.close()
    assert after.uidvalidity != before.uidvalidity


def test_asking_for_uids_beyond_the_last_one_gives_none(
    dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    dovecot.deliver(account_name, mail(1))
    mailbox = open_mailbox(account(dovecot, account_name))
    assert mailbox.search_from(2) == []
    assert mailbox.search_from(0) == [1]


def test_reading_never_marks_a_message_as_seen(dovecot: Dovecot, account_name: str, open_mailbox: Open) -> None:
    dovecot.deliver(account_name, mail(1), mail(2))
    mailbox = open_mailbox(account(dovecot, account_name))
    mailbox.fetch(mailbox.search_all())
    mailbox.sizes([1, 2])
    mailbox.close()
    assert dovecot.flags(account_name) == ["", ""]


def test_a_vanished_message_is_absent_and_no_error(dovecot: Dovecot, account_name: str, open_mailbox: Open) -> None:
    dovecot.deliver(account_name, mail(1), mail(2))
    one = open_mailbox(account(dovecot, account_name, processed_folder="Processed"))
    other = open_mailbox(account(dovecot, account_name, processed_folder="Processed"))
    assert other.file([1], "Processed") == "moved"
    assert one.fetch([1, 2]) == {2: mail(2)}
    assert one.refused == {}
    assert one.file([1], "Processed") == "moved"
    assert dovecot.messages(account_name, "Processed") == [mail(1)]


def test_a_mail_of_ten_megabytes_arrives_whole(dovecot: Dovecot, account_name: str, open_mailbox: Open) -> None:
    large = mail(1, b"0123456789abcdef" * 64 * 10240 + b"\r\n")
    dovecot.deliver(account_name, large)
    assert open_mailbox(account(dovecot, account_name)).fetch([1])[1] == large


def test_many_messages_are_fetched_and_filed_in_few_commands(
    dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    dovecot.deliver(account_name, *(mail(number) for number in range(1, 2001)))
    mailbox = open_mailbox(account(dovecot, account_name, processed_folder="Processed"))
    uids = mailbox.search_all()
    assert len(mailbox.sizes(uids)) == 2000
    assert len(mailbox.fetch(uids[::2])) == 1000
    assert mailbox.file(uids, "Processed") == "moved"
    assert mailbox.search_all() == []


# Filing


def test_messages_are_moved_to_a_folder_that_is_made_if_it_is_missing(
    dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    dovecot.deliver(account_name, mail(1), mail(2), mail(3))
    done = "Done/Büro & Co"
    mailbox = open_mailbox(account(dovecot, account_name, processed_folder=done, failed_folder="Failed"))
    assert mailbox.file([1, 3], done) == "moved"
    assert mailbox.file([2], "Failed") == "moved"
    assert mailbox.search_all() == []
    assert dovecot.messages(account_name, "Failed") == [mail(2)]
    assert dovecot.messages(account_name, "Done/B&APw-ro &- Co") == [mail(1), mail(3)]
    assert dovecot.flags(account_name, "Failed") == [""]


def test_without_move_messages_are_copied_and_only_they_are_expunged(
    poor_dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    poor_dovecot.deliver(account_name, mail(1), mail(2), mail(3))
    mailbox = open_mailbox(account(poor_dovecot, account_name, processed_folder="Processed"))
    file = sorted((poor_dovecot.maildir(account_name) / "cur").iterdir())[1]
    file.rename(file.with_name(f"{file.name.partition(':')[0]}:2,T"))  # Somebody marked message 2 as deleted.
    assert mailbox.file([1, 3], "Processed") == "copied"
    assert mailbox.search_all() == [2]
    assert poor_dovecot.messages(account_name, "Processed") == [mail(1), mail(3)]
    assert poor_dovecot.flags(account_name, "Processed") == ["", ""]


@pytest.mark.parametrize("folder", ["", "Processed"])
def test_where_nothing_can_be_moved_messages_get_a_keyword(
    poorest_dovecot: Dovecot, account_name: str, open_mailbox: Open, folder: str
) -> None:
    poorest_dovecot.deliver(account_name, mail(1), mail(2))
    mailbox = open_mailbox(account(poorest_dovecot, account_name, processed_folder=folder))
    assert mailbox.file([2], folder) == "keyword"
    assert mailbox.search_all() == [1, 2]
    assert poorest_dovecot.keywords(account_name) == ["$MailbotDone"]
    assert poorest_dovecot.flags(account_name) == ["", "a"]


def test_without_a_folder_messages_stay_and_get_a_keyword(
    dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    dovecot.deliver(account_name, mail(1))
    mailbox = open_mailbox(account(dovecot, account_name))
    assert mailbox.file([1]) == "keyword"
    assert mailbox.file([]) == "nothing"
    assert dovecot.flags(account_name) == ["a"]


def test_a_folder_that_was_removed_meanwhile_is_made_again(
    dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    dovecot.deliver(account_name, mail(1))
    mailbox = open_mailbox(account(dovecot, account_name, processed_folder="Processed"))
    other = open_mailbox(account(dovecot, account_name))
    assert other._client is not None
    other._client.delete_folder("Processed")
    assert mailbox.file([1], "Processed") == "moved"
    assert dovecot.messages(account_name, "Processed") == [mail(1)]


def test_a_refused_move_is_an_error_that_leaves_message_and_connection_alone(
    dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    dovecot.deliver(account_name, mail(1))
    mailbox = open_mailbox(account(dovecot, account_name, processed_folder="Processed"))
    folder = dovecot.maildir(account_name, "Processed")
    folder.chmod(0)
    with pytest.raises(TransientError, match="could not file messages in Processed: the server says"):
        mailbox.file([1], "Processed")
    assert mailbox.connected
    assert mailbox.fetch([1]) == {1: mail(1)}
    folder.chmod(0o700)
    assert mailbox.file([1], "Processed") == "moved"


# Waiting


def test_a_new_message_ends_the_wait(dovecot: Dovecot, account_name: str, open_mailbox: Open) -> None:
    mailbox = open_mailbox(account(dovecot, account_name))
    timer = threading.Timer(0.1, dovecot.deliver, (account_name, mail(1)))
    timer.start()
    assert mailbox.wait(30)
    timer.join()
    assert mailbox.search_from(1) == [1]


def test_without_news_the_wait_ends_in_time_and_says_so(
    dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    mailbox = open_mailbox(account(dovecot, account_name))
    assert not mailbox.wait(0.05)
    assert not mailbox.wait(0)
    mailbox.noop()


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_several_waits_in_a_row_never_miss_a_message(
    dovecot: Dovecot, account_name: str, open_mailbox: Open, security: Security
) -> None:
    mailbox = open_mailbox(account(dovecot, account_name, security))
    for number in range(1, 5):
        threading.Timer(0.002, dovecot.deliver, (account_name, mail(number))).start()
        while not mailbox.search_from(number):
            assert mailbox.wait(30)


@pytest.mark.parametrize("idle", [True, False])
def test_another_thread_can_end_the_wait_at_once(
    dovecot: Dovecot, account_name: str, open_mailbox: Open, idle: bool
) -> None:
    mailbox = open_mailbox(account(dovecot, account_name, idle=idle))
    ringer = threading.Timer(0.1, mailbox.wake)
    ringer.start()
    assert mailbox.wait(100)
    ringer.join()
    mailbox.wake()
    mailbox.wake()
    assert mailbox.wait(100)  # A ring before the wait is not lost.
    dovecot.deliver(account_name, mail(1))
    assert mailbox.search_from(1) == [1]  # The connection is in step.


def test_without_idle_the_wait_is_a_pause_after_which_one_has_to_ask(
    poor_dovecot: Dovecot, account_name: str, open_mailbox: Open
) -> None:
    mailbox = open_mailbox(account(poor_dovecot, account_name))
    assert mailbox.wait(0.05)
    assert "new mail: found by polling (no IDLE)" in mailbox.check()


def test_a_long_wait_renews_idle(
    dovecot: Dovecot, account_name: str, open_mailbox: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbot.adapters.imap._IDLE_SECONDS", 0.01)
    mailbox = open_mailbox(account(dovecot, account_name))
    assert not mailbox.wait(0.1)
    threading.Timer(0.1, dovecot.deliver, (account_name, mail(1))).start()
    assert mailbox.wait(30)


def test_a_server_process_that_dies_in_idle_is_noticed(dovecot: Dovecot, account_name: str, open_mailbox: Open) -> None:
    mailbox = open_mailbox(account(dovecot, account_name))
    threading.Timer(0.2, dovecot.drop_connections, (account_name,)).start()
    with pytest.raises(TransientError, match="mailbox 'it' at localhost"):
        mailbox.wait(30)
    assert not mailbox.connected
    with pytest.raises(TransientError, match="not connected"):
        mailbox.search_all()
    mailbox.connect()
    assert mailbox.search_all() == []


# Names, passwords, certificates


def test_names_and_passwords_may_have_any_characters(dovecot: Dovecot, open_mailbox: Open) -> None:
    mailbox = open_mailbox(account(dovecot, "quoted name"))
    assert mailbox.search_all() == []


def test_a_wrong_password_is_told_without_the_password(dovecot: Dovecot, account_name: str) -> None:
    mailbox = ImapMailbox(account(dovecot, account_name, password="not-that-one"))
    with pytest.raises(TransientError, match=f"refused the login of '{account_name}'.*check `username`") as caught:
        mailbox.connect()
    assert "not-that-one" not in str(caught.value)
    assert "not-that-one" not in repr(mailbox.account)
    assert caught.value.__cause__ is None
    assert not mailbox.connected


def test_an_untrusted_certificate_is_refused(dovecot: Dovecot, account_name: str) -> None:
    for security in ("tls", "starttls"):
        mailbox = ImapMailbox(account(dovecot, account_name, security, ca_file=""))
        with pytest.raises(TransientError, match=r"certificate is not trusted .*`ca_file`"):
            mailbox.connect()


def test_a_missing_folder_is_told_with_those_that_exist(dovecot: Dovecot, account_name: str) -> None:
    mailbox = ImapMailbox(account(dovecot, account_name, folder="Suport", processed_folder="Processed"))
    with pytest.raises(TransientError, match=r"no folder 'Suport'; set `folder` to one of: INBOX, Processed"):
        mailbox.connect()


def test_plain_talk_on_a_tls_port_is_told(dovecot: Dovecot, account_name: str) -> None:
    wrong = replace(account(dovecot, account_name, "tls"), port=dovecot.port)
    with pytest.raises(TransientError, match="matches `security`"):
        ImapMailbox(wrong).connect()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("folder", "INBOX\r\nA1 DELETE INBOX"),
        ("processed_folder", "a\nb"),
        ("failed_folder", "a\0b"),
        ("username", "a\r\nb"),
        ("password", "a\nb"),
        ("ca_file", "/nonexistent/ca.pem"),
    ],
)
def test_an_account_that_could_break_out_of_a_command_is_refused(
    dovecot: Dovecot, account_name: str, option: str, value: str
) -> None:
    with pytest.raises(PermanentError, match=f"`{option}`"):
        ImapMailbox(replace(account(dovecot, account_name), **{option: value}))  # type: ignore[arg-type]


def test_the_check_tells_an_operator_what_the_server_can_do(
    dovecot: Dovecot, poor_dovecot: Dovecot, account_name: str
) -> None:
    for server, folder in ((dovecot, "Processed"), (poor_dovecot, "INBOX.Processed")):
        mailbox = ImapMailbox(account(server, account_name, processed_folder="Processed"))
        told = "\n".join(mailbox.check())
        mailbox.close()
        assert f"folder 'Processed': present as '{folder}'" in told
        assert "certificate valid until" in told
        assert "moving: yes" in told
        assert server.accounts[account_name] not in told
