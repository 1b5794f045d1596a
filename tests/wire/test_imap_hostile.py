"""The IMAP adapter against servers that break the rules, on purpose or not."""

import logging
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from servers.certificates import Certificate
from servers.scripted_imap import CAPABILITY, Answer, ScriptedImap, Session, body, requested

from mailbot.adapters.imap import ImapAccount, ImapMailbox
from mailbot.adapters.tls import Security
from mailbot.errors import TransientError

pytestmark = pytest.mark.wire

PASSWORD = "canary-7f3a"


_opened: list[ImapMailbox] = []


@pytest.fixture(autouse=True)
def close_all() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop().close()


def mailbox_for(server: ScriptedImap, security: Security = "none", **options: Any) -> ImapMailbox:
    made = ImapAccount("it", "localhost", server.port, security, "support", PASSWORD, connect_timeout=5, read_timeout=5)
    mailbox = ImapMailbox(replace(made, **options))
    _opened.append(mailbox)
    return mailbox


def send(text: str | bytes) -> Answer:
    """An answer of fixed bytes; "TAG" in them becomes the tag."""
    raw = text.encode() if isinstance(text, str) else text
    return lambda session, tag, _line: session.send(raw.replace(b"TAG", tag.encode()))


def hang_up(session: Session, _tag: str, _line: str) -> None:
    session.hang_up()


def hang(_session: Session, _tag: str, _line: str) -> None:
    """Says nothing any more."""


def then_hang_up(text: str | bytes) -> Answer:
    def answer(session: Session, tag: str, line: str) -> None:
        send(text)(session, tag, line)
        session.hang_up()

    return answer


# Secrets


def test_without_starttls_the_password_is_never_sent() -> None:
    with ScriptedImap() as server:
        with pytest.raises(TransientError, match="offers no STARTTLS, and the password was not sent"):
            mailbox_for(server, "starttls").connect()
        assert set(server.verbs()) <= {"CAPABILITY", "LOGOUT"}


@pytest.mark.parametrize("answer", ["TAG NO not now\r\n", "TAG BAD what\r\n", "* BYE no\r\n"])
def test_a_refused_starttls_sends_no_password(answer: str) -> None:
    with ScriptedImap({"STARTTLS": send(answer)}, capability=f"{CAPABILITY} STARTTLS") as server:
        with pytest.raises(TransientError):
            mailbox_for(server, "starttls", read_timeout=0.3, connect_timeout=0.3).connect()
        assert PASSWORD not in "".join(server.lines)


def test_a_session_that_claims_to_be_logged_in_already_is_refused() -> None:
    greeting = b"* PREAUTH welcome\r\n"
    with ScriptedImap(greeting=greeting, capability=f"{CAPABILITY} STARTTLS") as server:
        with pytest.raises(TransientError):
            mailbox_for(server, "starttls").connect()
        assert PASSWORD not in "".join(server.lines)


def test_answers_smuggled_in_before_tls_are_refused(certificates: dict[str, Certificate]) -> None:
    """Data after the OK of STARTTLS, still in clear text, would else be read as if it had come over TLS."""
    context = certificates["good"].server_context()

    def starttls(session: Session, tag: str, _line: str) -> None:
        session.send(f"{tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
        session._sock = context.wrap_socket(session._sock, server_side=True)
        session.server._sockets.append(session._sock)

    ca_file = str(certificates["good"].cert)
    with ScriptedImap({"STARTTLS": starttls}, capability=f"{CAPABILITY} STARTTLS") as server:
        with pytest.raises(TransientError, match="between STARTTLS and TLS"):
            mailbox_for(server, "starttls", ca_file=ca_file).connect()
        assert PASSWORD not in "".join(server.lines)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("expired", "certificate has expired; renew it"),
        ("other host", "certificate is not for 'localhost'"),
    ],
)
def test_a_bad_certificate_is_refused_and_named(certificates: dict[str, Certificate], kind: str, words: str) -> None:
    ca_file = str(certificates[kind].cert)
    with ScriptedImap(context=certificates[kind].server_context()) as server:
        with pytest.raises(TransientError, match=words):
            mailbox_for(server, "tls", ca_file=ca_file).connect()
        assert server.lines == []


def test_a_password_that_the_server_repeats_stays_out_of_errors_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        ScriptedImap({"LOGIN": send(f"TAG BAD cannot parse LOGIN support {PASSWORD}\r\n")}) as server,
        pytest.raises(TransientError, match=r"\*\*\*") as caught,
    ):
        mailbox_for(server).connect()
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in caplog.text


def test_no_password_goes_to_a_server_that_forbids_it() -> None:
    with ScriptedImap(capability="IMAP4rev1 LOGINDISABLED STARTTLS") as server:
        with pytest.raises(TransientError, match='set `security` to "starttls" or "tls"'):
            mailbox_for(server).connect()
        assert PASSWORD not in "".join(server.lines)


def test_a_server_that_cannot_log_in_anybody_is_told_apart_from_a_wrong_password() -> None:
    script = {"LOGIN": send("TAG NO [UNAVAILABLE] directory is down\r\n")}
    with ScriptedImap(script) as server, pytest.raises(TransientError, match="cannot log in anybody now"):
        mailbox_for(server).connect()


# Connecting

CONNECTS: dict[str, tuple[dict[str, Answer], bytes]] = {
    "goodbye as greeting": ({}, b"* BYE overloaded\r\n"),
    "no greeting": ({}, b""),
    "half a greeting": ({}, b"* OK rea"),
    "garbage greeting": ({}, b"\x16\x03\x01\x00\xff\xfe\r\n"),
    "web server": ({}, b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "capability cut off": ({"CAPABILITY": hang_up}, b"* OK\r\n"),
    "capability hangs": ({"CAPABILITY": hang}, b"* OK\r\n"),
    "login cut off": ({"LOGIN": hang_up}, b"* OK\r\n"),
    "login says bye": ({"LOGIN": send("* BYE too many\r\n")}, b"* OK\r\n"),
    "login of another tag": ({"LOGIN": send("ZZZZ1 OK done\r\n")}, b"* OK\r\n"),
    "select refused": ({"SELECT": send("TAG NO locked\r\n")}, b"* OK\r\n"),
    "select without uidvalidity": ({"SELECT": send("* 1 EXISTS\r\n* 0 RECENT\r\nTAG OK\r\n")}, b"* OK\r\n"),
    "select with nonsense": ({"SELECT": send("* OK [UIDVALIDITY x]\r\n* 9 EXISTS\r\nTAG OK done\r\n")}, b"* OK\r\n"),
    "select read only": (
        {"SELECT": send("* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\nTAG OK [READ-ONLY] done\r\n")},
        b"* OK\r\n",
    ),
    "list with nonsense": ({"LIST": send("* LIST ((((\r\nTAG OK done\r\n")}, b"* OK\r\n"),
    "nested without end": ({"LIST": send(b"* LIST " + b"(" * 100_000 + b"\r\nTAG OK done\r\n")}, b"* OK\r\n"),
}


@pytest.mark.parametrize("case", CONNECTS)
def test_a_connection_that_goes_wrong_is_an_error_with_its_place(case: str) -> None:
    script, greeting = CONNECTS[case]
    with ScriptedImap(script, greeting=greeting) as server:
        mailbox = mailbox_for(server, processed_folder="Done", connect_timeout=0.3, read_timeout=0.3)
        with pytest.raises(TransientError, match=f"mailbox 'it' at localhost:{server.port}: "):
            mailbox.connect()
        assert not mailbox.connected


def test_nobody_listening_is_told() -> None:
    with ScriptedImap() as server:
        port = server.port
    account = ImapAccount("it", "127.0.0.1", port, "none", "support", PASSWORD)
    with pytest.raises(TransientError, match=f"nothing listens on port {port}"):
        ImapMailbox(account).connect()


# Reading


def connected(server: ScriptedImap, **options: Any) -> ImapMailbox:
    mailbox = mailbox_for(server, **options)
    mailbox.connect()
    return mailbox


ANSWERS: dict[str, Answer] = {
    "cut in a literal": then_hang_up("* 1 FETCH (UID 1 BODY[] {500}\r\nabc"),
    "cut in a line": then_hang_up("* 1 FETCH (UID 1 BO"),
    "goodbye in a literal": then_hang_up("* 1 FETCH (UID 1 BODY[] {500}\r\n* BYE gone\r\n"),
    "goodbye": send("* BYE gone\r\n"),
    "a literal of a gigabyte": send("* 1 FETCH (UID 1 BODY[] {1000000000}\r\nabc"),
    "a literal of absurd size": send("* 1 FETCH (UID 1 BODY[] {99999999999999999999999}\r\nabc"),
    "a literal that is shorter": then_hang_up("* 1 FETCH (UID 1 BODY[] {9}\r\nabc)\r\nTAG OK done\r\n"),
    "a line without end": then_hang_up(b"* 1 FETCH (" + b"x" * 3_000_000),
    "silence": hang,
    "another tag": send("ZZ99 OK done\r\n"),
    "nested without end": send(b"* 1 FETCH " + b"(" * 100_000 + b"\r\nTAG OK done\r\n"),
    "an open string": send('* 1 FETCH (UID 1 BODY[] "abc\r\nTAG OK done\r\n'),
    "a refusal": send("TAG NO not this one\r\n"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_one_message_that_cannot_be_read_does_not_hold_up_the_others(case: str) -> None:
    def fetch(session: Session, tag: str, line: str) -> None:
        uids = requested(line)
        if 2 in uids:
            ANSWERS[case](session, tag, line)
        else:
            session.send(b"".join(body(uid) for uid in uids))
            session.ok(tag)

    with ScriptedImap({"UID FETCH": fetch}, exists=3) as server:
        mailbox = connected(server, max_answer=1_000_000, read_timeout=0.3)
        assert sorted(mailbox.fetch([1, 2, 3])) == [1, 3]
        assert list(mailbox.refused) == [2]
        assert "could not fetch message 2" in mailbox.refused[2]
        assert mailbox.fetch([1, 3]).keys() == {1, 3}
        assert mailbox.refused == {}


def test_a_literal_that_is_too_large_is_refused_at_its_announcement() -> None:
    with ScriptedImap({"UID FETCH": ANSWERS["a literal of a gigabyte"]}, exists=1) as server:
        mailbox = connected(server)
        assert mailbox.fetch([1]) == {}
        assert "announces 1000000000 bytes" in mailbox.refused[1]


def test_messages_that_all_hang_are_not_waited_for_one_by_one() -> None:
    with ScriptedImap({"UID FETCH": hang}, exists=50) as server:
        mailbox = connected(server, read_timeout=0.1)
        with pytest.raises(TransientError, match="none of 50 messages could be read"):
            mailbox.fetch(range(1, 51))
        assert server.verbs().count("UID FETCH") == 3


def test_a_folder_that_was_rebuilt_during_a_fetch_ends_it() -> None:
    """The UIDs of another UIDVALIDITY mean other messages."""
    with ScriptedImap({"UID FETCH": hang_up}, exists=2, uidvalidity=[7, 8]) as server:
        mailbox = connected(server)
        with pytest.raises(TransientError, match="new UIDVALIDITY"):
            mailbox.fetch([1, 2])
        assert not mailbox.connected


def test_messages_that_nobody_asked_for_are_dropped() -> None:
    def fetch(session: Session, tag: str, _line: str) -> None:
        session.send(body(99) + body(1) + b"* 3 FETCH (FLAGS (\\Seen))\r\n" + b"* 4 EXISTS\r\n" + body(2) + body(1))
        session.ok(tag)

    with ScriptedImap({"UID FETCH": fetch}, exists=3) as server:
        assert sorted(connected(server).fetch([1, 2])) == [1, 2]


def test_a_message_without_content_is_refused_if_it_is_still_there() -> None:
    def fetch(session: Session, tag: str, line: str) -> None:
        if "BODY" in line:
            session.ok(tag, "1 FETCH (UID 1 BODY[] NIL)", "2 FETCH (UID 2 BODY[] NIL)")
        else:
            session.ok(tag, "1 FETCH (UID 1 RFC822.SIZE 5)")

    with ScriptedImap({"UID FETCH": fetch}, exists=2) as server:
        mailbox = connected(server)
        assert mailbox.fetch([1, 2]) == {}
        assert list(mailbox.refused) == [1]


def test_answers_in_single_bytes_are_understood() -> None:
    def fetch(session: Session, tag: str, _line: str) -> None:
        for byte in body(1) + f"{tag} OK done\r\n".encode():
            session.send(bytes([byte]))

    with ScriptedImap({"UID FETCH": fetch}, exists=1) as server:
        assert connected(server).fetch([1]) == {1: b"Subject: 1\r\n\r\n1\r\n"}


def test_a_flood_of_untagged_lines_does_not_fill_the_memory() -> None:
    with ScriptedImap({"UID SEARCH": send(b"* 1 EXISTS\r\n" * 100_000)}) as server:
        mailbox = connected(server, max_answer=500_000)
        with pytest.raises(TransientError, match="larger than 500000 bytes"):
            mailbox.search_all()
        assert not mailbox.connected


def test_an_answer_that_trickles_for_ever_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.adapters.imap_link._COMMAND_SECONDS", 0.3)
    stop = threading.Event()

    def search(session: Session, _tag: str, _line: str) -> None:
        while not stop.wait(0.01):
            session.send("* 1 EXISTS\r\n")

    with ScriptedImap({"UID SEARCH": search}) as server:
        with pytest.raises(TransientError, match="did not answer in time"):
            connected(server).search_all()
        stop.set()


@pytest.mark.parametrize(
    ("answer", "uids"),
    [
        ("* SEARCH 3 1 2 2\r\nTAG OK done\r\n", [1, 2, 3]),
        ("* SEARCH\r\nTAG OK done\r\n", []),
        ("TAG OK done\r\n", []),
        ("* SEARCH 0 5 4294967296 99999999999999999999\r\nTAG OK done\r\n", [5]),
        ("* 7 EXISTS\r\n* SEARCH 4\r\n* 3 EXPUNGE\r\nTAG OK done\r\n", [4]),
    ],
)
def test_uids_are_made_sound(answer: str, uids: list[int]) -> None:
    with ScriptedImap({"UID SEARCH": send(answer)}) as server:
        assert connected(server).search_all() == uids


@pytest.mark.parametrize("answer", ["* SEARCH one two\r\nTAG OK\r\n", "* SEARCH 1\r\n* SEARCH 2\r\nTAG OK done\r\n"])
def test_uids_that_are_no_numbers_are_an_error(answer: str) -> None:
    with ScriptedImap({"UID SEARCH": send(answer)}) as server, pytest.raises(TransientError):
        connected(server, read_timeout=0.3).search_all()


def test_two_hundred_thousand_uids_fit_into_an_answer() -> None:
    """The standard library stops at a line of a million bytes."""
    numbers = " ".join(str(uid) for uid in range(1, 200_001))
    with ScriptedImap({"UID SEARCH": send(f"* SEARCH {numbers}\r\nTAG OK done\r\n")}) as server:
        assert len(connected(server).search_all()) == 200_000


def test_sizes_and_dates_that_make_no_sense_are_made_sound() -> None:
    answer = (
        '* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE " 1-Jan-2026 00:00:00 +0700")\r\n'
        '* 2 FETCH (UID 2 RFC822.SIZE NIL INTERNALDATE "32-Foo-2026 00:00:00 +0700")\r\n'
        "* 3 FETCH (FLAGS ())\r\nTAG OK done\r\n"
    )
    with ScriptedImap({"UID FETCH": send(answer)}) as server:
        found = connected(server).sizes([1, 2])
    assert found[1].size == 10
    assert found[1].internal_date.isoformat() == "2025-12-31T17:00:00+00:00"
    assert found[2].size == 0
    assert found[2].internal_date.tzinfo is not None


def test_only_numbers_and_configured_names_enter_commands() -> None:
    with ScriptedImap(exists=2) as server:
        mailbox = connected(server, processed_folder='Do"ne\\')
        mailbox.search_from(1)
        mailbox.sizes([1])
        mailbox.file([1, 2], 'Do"ne\\')
        assert 'UID MOVE 1,2 "Do\\"ne\\\\"' in server.lines[-1]
        assert mailbox.fetch(["1\r\nA1 DELETE INBOX"]) == {}  # type: ignore[list-item]
        allowed = {"CAPABILITY", "LOGIN", "LOGOUT", "LIST", "SELECT", "NOOP", "UID SEARCH", "UID FETCH", "UID MOVE"}
        assert set(server.verbs()) <= allowed


# Waiting

IDLES: dict[str, tuple[Answer, bool]] = {
    "news before the continuation": (send("* 5 EXISTS\r\n+ idling\r\n"), True),
    "news with the continuation": (send("+ idling\r\n* 5 EXISTS\r\n"), True),
    "recent": (send("+ \r\n* 1 RECENT\r\n"), True),
    "other lines": (send("+ idling\r\n* OK Still here\r\n* 3 EXPUNGE\r\n* 2 FETCH (FLAGS (\\Seen))\r\n"), False),
    "a literal": (send("+ idling\r\n* 2 FETCH (X {5}\r\nab\r\nc)\r\n* 6 EXISTS\r\n"), True),
}


def idle_with(begin: Answer) -> Answer:
    def answer(session: Session, tag: str, line: str) -> None:
        begin(session, tag, line)
        if session.receive() == "DONE":
            session.ok(tag)

    return answer


@pytest.mark.parametrize("case", IDLES)
def test_only_new_mail_ends_a_wait(case: str) -> None:
    begin, news = IDLES[case]
    with ScriptedImap({"IDLE": idle_with(begin)}, exists=1) as server:
        mailbox = connected(server)
        assert mailbox.wait(30 if news else 0.1) is news
        assert mailbox.search_all() == [1]


@pytest.mark.parametrize("verb", ["UID SEARCH", "UID FETCH", "UID MOVE"])
def test_mail_that_is_announced_between_search_and_wait_is_not_missed(verb: str) -> None:
    """A server announces a message once, with the answer to whatever command comes next."""
    answer = send(
        "* SEARCH 1\r\n* 2 EXISTS\r\nTAG OK done\r\n" if verb == "UID SEARCH" else "* 2 EXISTS\r\nTAG OK done\r\n"
    )
    with ScriptedImap({verb: answer}, exists=1) as server:
        mailbox = connected(server, processed_folder="Done")
        assert not mailbox.wait(0.01)
        assert mailbox.search_all() == [1]
        mailbox.fetch([1])
        mailbox.file([1], "Done")
        assert mailbox.wait(60)
        server.script = {}
        mailbox.search_all()
        assert not mailbox.wait(0.01)


def test_a_line_in_two_segments_is_understood() -> None:
    second = threading.Event()

    def begin(session: Session, _tag: str, _line: str) -> None:
        session.send("+ idling\r\n* 23 EXI")
        second.wait(5)
        session.send("STS\r\n")

    with ScriptedImap({"IDLE": idle_with(begin)}, exists=1) as server:
        mailbox = connected(server)
        timer = threading.Timer(0.2, second.set)
        timer.start()
        assert mailbox.wait(30)
        assert mailbox.search_all() == [1]


def test_half_a_line_does_not_make_a_wait_deaf() -> None:
    with ScriptedImap({"IDLE": idle_with(send("+ idling\r\n* 23 EXI"))}) as server:
        mailbox = connected(server, read_timeout=0.5)
        threading.Timer(0.1, mailbox.wake).start()
        with pytest.raises(TransientError):  # DONE is answered within the half line, which is then nonsense.
            mailbox.wait(30)


@pytest.mark.parametrize(
    "answer", [hang_up, then_hang_up("+ idling\r\n"), then_hang_up("+ idling\r\n* BYE shutting down\r\n")]
)
def test_a_link_that_breaks_in_idle_is_an_error_at_once(answer: Answer) -> None:
    with ScriptedImap({"IDLE": answer}) as server:
        mailbox = connected(server)
        with pytest.raises(TransientError):
            mailbox.wait(60)
        assert not mailbox.connected
        assert server.verbs().count("IDLE") == 1


@pytest.mark.parametrize("answer", ["TAG NO not today\r\n", "TAG BAD what\r\n", "+ idling\r\nTAG OK enough\r\n"])
def test_a_server_that_refuses_idle_is_polled(answer: str) -> None:
    with ScriptedImap({"IDLE": send(answer)}, exists=1) as server:
        mailbox = connected(server)
        assert mailbox.wait(0.05)
        assert mailbox.wait(0.05)
        assert mailbox.search_all() == [1]
        assert server.verbs().count("IDLE") == 1


def test_untagged_data_is_not_collected_over_time() -> None:
    with ScriptedImap({"IDLE": idle_with(send("+ idling\r\n" + "* OK Still here\r\n" * 1000))}) as server:
        mailbox = connected(server)
        for _ in range(3):
            mailbox.wait(0.05)
        assert mailbox._client is not None
        assert sum(len(lines) for lines in mailbox._client.link.untagged_responses.values()) < 10


# Filing


def test_nothing_is_marked_where_nothing_may_be_kept() -> None:
    select = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [PERMANENTFLAGS (\\Seen)] l\r\nTAG OK [READ-WRITE] done\r\n"
    with ScriptedImap({"SELECT": send(select)}, capability="IMAP4rev1") as server:
        mailbox = connected(server)
        assert mailbox.file([1]) == "nothing"
        assert mailbox.file([1], "INBOX") == "nothing"
        assert "UID STORE" not in server.verbs()


@pytest.mark.parametrize("answer", [hang_up, send("TAG NO quota\r\n"), hang])
def test_filing_that_fails_is_an_error(answer: Answer) -> None:
    with ScriptedImap({"UID MOVE": answer}) as server:
        mailbox = connected(server, processed_folder="Done", read_timeout=0.2)
        with pytest.raises(TransientError, match="could not file messages in Done"):
            mailbox.file([1], "Done")


# Chaos


def test_random_answers_never_raise_anything_else() -> None:
    rng = random.Random(20261124)
    pieces = [
        b"* ",
        b"TAG ",
        b"OK ",
        b"1 ",
        b"FETCH ",
        b"(",
        b")",
        b"UID ",
        b"BODY[] ",
        b"{3}\r\n",
        b"abc",
        b'"',
        b"\\",
    ]
    pieces += [
        b"SEARCH ",
        b"BYE ",
        b"+ ",
        b"\r\n",
        b"\r\nTAG OK done\r\n",
        b"NIL ",
        b"\x00",
        b"\xff",
        b"[",
        b"]",
        b"\r",
    ]

    def chaos() -> Answer:
        return then_hang_up(b"".join(rng.choices(pieces, k=rng.randrange(1, 40))))

    calls: list[Callable[[ImapMailbox], object]] = [
        lambda mailbox: mailbox.search_all(),
        lambda mailbox: mailbox.sizes([1]),
        lambda mailbox: mailbox.fetch([1]),
        lambda mailbox: mailbox.file([1], "Done"),
        lambda mailbox: mailbox.wait(0.01),
        lambda mailbox: mailbox.noop(),
    ]
    verbs = ["UID SEARCH", "UID FETCH", "UID FETCH", "UID MOVE", "IDLE", "NOOP"]
    with ScriptedImap(exists=1) as server:
        for round_number in range(150):
            index = round_number % len(calls)
            server.script = {}
            mailbox = connected(server, processed_folder="Done")
            server.script = {verbs[index]: chaos()}
            try:
                calls[index](mailbox)
            except TransientError as error:
                assert PASSWORD not in str(error)  # noqa: PT017 - any outcome but another exception is right.
            mailbox.close()
