"""The SMTP adapter against a real SMTP server, which also misbehaves."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from servers.certificates import Certificate
from servers.ports import free_port
from servers.scripted_smtp import ScriptedSmtp
from servers.smtp_sink import Behaviour, Fault, SmtpSink, read_log, sink_process

from mailbot.adapters.smtp import Courier, Outgoing, Result, SmtpServer
from mailbot.adapters.tls import Security
from mailbot.errors import PermanentError, TransientError

pytestmark = pytest.mark.wire

PASSWORD = "canary-91c2"
SENDER = "help@example.org"
RAW = b"From: help@example.org\r\nSubject: hello\r\n\r\nText\r\n"

_opened: list[Courier] = []


@pytest.fixture(autouse=True)
def close_all() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop().close()


def courier(port: int, security: Security = "none", **options: Any) -> Courier:
    server = SmtpServer("localhost", port, security, connect_timeout=5, command_timeout=5, data_timeout=5)
    made = Courier(replace(server, **options))
    _opened.append(made)
    return made


def mail(number: int, recipient: str = "ani@example.com", raw: bytes = RAW, sender: str = SENDER) -> Outgoing:
    return Outgoing(number, sender, recipient, raw)


def outcomes(made: Courier, *mails: Outgoing) -> dict[int, Result]:
    results: dict[int, Result] = {}

    def note(result: Result) -> None:
        assert result.id not in results
        results[result.id] = result

    made.send(mails, note)
    return results


# Sending


@pytest.mark.parametrize(("security", "offer"), [("tls", "tls"), ("starttls", "required"), ("none", "none")])
def test_mail_is_sent_byte_for_byte_after_a_login(
    tls_context: ssl.SSLContext, ca_file: str, security: Security, offer: Literal["tls", "required", "none"]
) -> None:
    raws = [
        RAW,
        b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\nend.\r\n.",
        b".starts: with a dot\r\n\r\n\r\n",
        b"Subject: 8 bit\r\n\r\n\xe4\xf6\xfc\r\n",
    ]
    context = tls_context if security != "none" else None
    accounts = {"help": PASSWORD}
    with SmtpSink(security=offer, context=context, accounts=accounts) as sink:
        made = courier(sink.port, security, username="help", password=PASSWORD, ca_file=ca_file)
        found = outcomes(made, *(mail(number, raw=raw) for number, raw in enumerate(raws)))
        assert {result.outcome for result in found.values()} == {"sent"}
        assert {result.code for result in found.values()} == {250}
        assert [kept.raw.removesuffix(b"\r\n") for kept in sink.mails] == [raw.removesuffix(b"\r\n") for raw in raws]
        assert {kept.mail_from for kept in sink.mails} == {SENDER}
        assert {kept.recipients for kept in sink.mails} == {("ani@example.com",)}
        assert sink.connections == 1
        assert len(sink.logins) == 1


def test_a_connection_is_kept_for_the_next_batch_and_not_when_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    with SmtpSink() as sink:
        made = courier(sink.port)
        outcomes(made, mail(1))
        outcomes(made, mail(2))
        assert sink.connections == 1
        monkeypatch.setattr("mailbot.adapters.smtp.KEEP_SECONDS", -1.0)
        outcomes(made, mail(3))
        assert sink.connections == 2
        assert len(sink.mails) == 3


def test_a_null_reverse_path_and_international_addresses_are_sent() -> None:
    with SmtpSink() as sink:
        found = outcomes(courier(sink.port), mail(1, sender=""), mail(2, "büro@exämple.org"))
        assert [result.outcome for result in found.values()] == ["sent", "sent"]
        assert [kept.mail_from for kept in sink.mails] == ["", SENDER]
        assert sink.mails[1].recipients == ("büro@exämple.org",)


def test_an_international_address_fails_where_the_server_cannot_take_it() -> None:
    with SmtpSink(smtputf8=False) as sink:
        found = outcomes(courier(sink.port), mail(1, "büro@example.org"), mail(2))
        assert (found[1].outcome, found[1].code) == ("failed", None)
        assert "SMTPUTF8" in found[1].text
        assert found[2].outcome == "sent"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ani",
        "@example.org",
        "ani@",
        "ani@example.org ",
        "a ni@example.org",
        "ani@example.org\r\nRCPT TO:<eve@example.org>",
        "ani@example.org>\r\nDATA",
        "ani@example.org,eve@example.org",
        "Ani <ani@example.org>",
        "<ani@example.org>",
        "ani@example.org\0",
        "ani\u2028x@example.org",
        "an\udce9@example.org",
        "a@b@c",
        "a" * 65 + "@example.org",
        "a@" + "b" * 260,
    ],
)
def test_a_text_that_is_no_plain_address_never_reaches_a_server(address: str) -> None:
    with SmtpSink() as sink:
        found = outcomes(courier(sink.port), mail(1, address), mail(2))
        assert (found[1].outcome, found[1].code) == ("failed", None)
        assert found[2].outcome == "sent"
        if address:
            assert outcomes(courier(sink.port), mail(1, sender=address))[1].outcome == "failed"
        assert [kept.recipients for kept in sink.mails] == [("ani@example.com",)]


@pytest.mark.parametrize("raw", [b"", b"a\nb\r\n", b"a\rb\r\n", b"a\r\r\n", b"a\r\n\n.\n"])
def test_a_message_with_bare_line_ends_never_reaches_a_server(raw: bytes) -> None:
    with SmtpSink() as sink:
        found = outcomes(courier(sink.port), mail(1, raw=raw))
        assert found[1].outcome == "failed"
        assert "bare CR or LF" in found[1].text
        assert sink.received == []


# Refusals


@pytest.mark.parametrize(
    ("reply", "outcome", "code"),
    [
        ("451 4.3.0 later", "retry", 451),
        ("450-4.2.1 two\r\n450 4.2.1 lines", "retry", 450),
        ("550 5.1.1 no such mailbox", "failed", 550),
        ("554 5.7.1 no", "failed", 554),
    ],
)
@pytest.mark.parametrize("step", ["sender", "recipient", "content"])
def test_a_refusal_concerns_one_mail_only(step: str, reply: str, outcome: str, code: int) -> None:
    with SmtpSink() as sink:
        if step == "recipient":
            sink.behaviour.refuse["gone@example.org"] = reply
        elif step == "sender":
            sink.behaviour.refuse_sender = reply
        else:
            sink.behaviour.refuse_content = reply
        made = courier(sink.port)
        first = outcomes(made, mail(1, "gone@example.org"))[1]
        assert (first.outcome, first.code) == (outcome, code)
        assert "\n" not in first.text
        sink.behaviour.refuse_sender = sink.behaviour.refuse_content = ""
        assert outcomes(made, mail(2))[2].outcome == "sent"
        assert len(sink.mails) == 1
        assert sink.connections == 1


def test_a_message_that_is_too_large_fails_before_it_is_sent() -> None:
    with SmtpSink(max_size=1000) as sink:
        found = outcomes(courier(sink.port), mail(1, raw=RAW + b"x" * 2000 + b"\r\n"), mail(2))
        assert (found[1].outcome, found[1].code) == ("failed", 552)
        assert found[2].outcome == "sent"


# Breaking connections


@pytest.mark.parametrize("fault", ["drop_at_mail", "drop_at_rcpt", "drop_at_data"])
def test_a_break_before_the_content_means_that_it_was_not_sent(fault: Fault) -> None:
    with SmtpSink(behaviour=Behaviour(fault=fault, faults=1)) as sink:
        found = outcomes(courier(sink.port), mail(1), mail(2), mail(3))
        assert [result.outcome for result in found.values()] == ["retry", "sent", "sent"]
        assert found[1].code is None
        assert sink.connections == 2


def test_a_break_of_a_used_connection_is_mended_without_a_word() -> None:
    with SmtpSink() as sink:
        made = courier(sink.port)
        outcomes(made, mail(1))
        sink.drop_connections()
        assert outcomes(made, mail(2))[2].outcome == "sent"
        sink.behaviour.fault, sink.behaviour.faults = "drop_at_data", 1
        assert outcomes(made, mail(3))[3].outcome == "sent"
        assert [kept.raw for kept in sink.mails] == [RAW] * 3
        assert sink.connections == 3


def test_two_breaks_in_a_row_end_the_batch_and_leave_the_rest_untouched() -> None:
    with SmtpSink(behaviour=Behaviour(fault="drop_at_rcpt")) as sink:
        results: list[Result] = []
        with pytest.raises(TransientError, match="broke twice in a row"):
            courier(sink.port).send([mail(number) for number in range(1, 6)], results.append)
        assert [(result.id, result.outcome) for result in results] == [(1, "retry"), (2, "retry")]
        assert sink.received == []


@pytest.mark.parametrize("fault", ["silent_after_dot", "drop_after_dot"])
def test_no_answer_to_the_final_dot_is_uncertain_and_nothing_is_sent_twice(fault: Fault) -> None:
    with SmtpSink(behaviour=Behaviour(fault=fault, faults=1)) as sink:
        made = courier(sink.port, data_timeout=0.3)
        found = outcomes(made, mail(1), mail(2))
        assert [result.outcome for result in found.values()] == ["uncertain", "sent"]
        sink.behaviour.fault, sink.behaviour.faults = fault, 1
        assert outcomes(made, mail(3))[3].outcome == "uncertain"  # Also over a connection that had been used.
        assert len(sink.received) == 3


@pytest.mark.parametrize(
    ("script", "outcome", "code"),
    [
        ({"MAIL": "421 4.3.2 closing"}, "retry", 421),
        ({"MAIL": "250"}, "sent", 250),
        ({"MAIL": "nonsense"}, "retry", None),
        ({"RCPT": "354 what"}, "retry", 354),
        ({"RCPT": "251 will forward"}, "sent", 250),
        ({"DATA": "250 no"}, "retry", 250),
        ({"DATA": "451 no"}, "retry", 451),
        ({".": "nonsense"}, "uncertain", None),
        ({".": "354 more"}, "uncertain", 354),
        ({".": "421 closing"}, "retry", 421),
        ({".": "552 too much"}, "failed", 552),
        ({".": "250 " + "x" * 100_000}, "uncertain", None),
        ({".": "250 \x1b[31mred\udcff \x07bell"}, "sent", 250),
    ],
)
def test_every_answer_has_one_meaning(script: dict[str, str], outcome: str, code: int | None) -> None:
    with ScriptedSmtp(script) as server:
        result = outcomes(courier(server.port), mail(1))[1]
        assert (result.outcome, result.code) == (outcome, code)
        assert result.text.isprintable()
        assert len(result.text) < 500


def test_a_server_that_hangs_up_in_the_middle_of_the_content_did_not_take_it() -> None:
    large = RAW + b"0123456789abcdef\r\n" * 2_000_000
    with ScriptedSmtp(content_limit=100_000) as server:
        assert outcomes(courier(server.port), mail(1, raw=large))[1].outcome == "retry"
    with ScriptedSmtp(content_limit=100_000, content_refusal="552 5.3.4 too big") as server:
        result = outcomes(courier(server.port), mail(1, raw=large))[1]
        assert result.outcome in {"failed", "retry"}  # The reply may be lost with the connection.


def test_a_server_that_takes_no_more_bytes_is_given_up() -> None:
    large = RAW + b"0123456789abcdef\r\n" * 2_000_000
    with ScriptedSmtp(content_limit=100_000, content_stall=True) as server:
        assert outcomes(courier(server.port, command_timeout=0.3), mail(1, raw=large))[1].outcome == "retry"


def test_large_mails_arrive_whole() -> None:
    large = RAW + b".123456789abcde\r\n" * 700_000
    with SmtpSink() as sink:
        assert outcomes(courier(sink.port), mail(1, raw=large))[1].outcome == "sent"
        assert sink.mails[0].raw == large


# No connection


def test_a_server_that_is_not_there_is_told_and_nothing_has_a_result() -> None:
    port = free_port()
    results: list[Result] = []
    with pytest.raises(TransientError, match=f"SMTP server localhost:{port}: nothing listens on port {port}"):
        courier(port).send([mail(1)], results.append)
    assert results == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [("expired", "has expired"), ("other host", "is not for 'localhost'"), ("good", "is not trusted")],
)
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_bad_certificate_is_refused_and_no_password_sent(
    certificates: dict[str, Certificate], kind: str, words: str, security: Security
) -> None:
    offer: Literal["tls", "starttls"] = "tls" if security == "tls" else "starttls"
    ca_file = "" if kind == "good" else str(certificates[kind].cert)
    context = certificates[kind].server_context()
    with SmtpSink(security=offer, context=context, accounts={"help": PASSWORD}) as sink:
        made = courier(sink.port, security, username="help", password=PASSWORD, ca_file=ca_file)
        with pytest.raises(TransientError, match=words):
            outcomes(made, mail(1))
        assert sink.logins == []


def test_without_starttls_nothing_is_sent() -> None:
    with ScriptedSmtp() as server:
        made = courier(server.port, "starttls", username="help", password=PASSWORD)
        with pytest.raises(TransientError, match="offers no STARTTLS"):
            outcomes(made, mail(1))
        assert [line.split()[0] for line in server.lines] == ["EHLO"]


def test_a_wrong_password_is_tried_once_and_told_without_it(tls_context: ssl.SSLContext, ca_file: str) -> None:
    with SmtpSink(security="tls", context=tls_context, accounts={"help": "right"}) as sink:
        made = courier(sink.port, "tls", username="help", password=PASSWORD, ca_file=ca_file)
        with pytest.raises(TransientError, match="login of 'help' was refused; check `username`") as caught:
            outcomes(made, mail(1))
        assert PASSWORD not in str(caught.value)
        assert PASSWORD not in repr(made.server)
        assert len(sink.logins) == 1


def test_a_server_that_wants_a_login_fails_no_mail(tls_context: ssl.SSLContext, ca_file: str) -> None:
    with SmtpSink(security="tls", context=tls_context, accounts={"help": PASSWORD}) as sink:
        results: list[Result] = []
        with pytest.raises(TransientError, match="wants a login first"):
            courier(sink.port, "tls", ca_file=ca_file).send([mail(1)], results.append)
        assert results == []


@pytest.mark.parametrize(
    "script",
    [
        {"": "554 5.7.1 go away"},
        {"": "nonsense"},
        {"EHLO": "500 what"},
        {"EHLO": "250 alone"},
    ],
)
def test_a_greeting_that_goes_wrong_is_an_error_with_its_place(script: dict[str, str]) -> None:
    with ScriptedSmtp(script) as server:
        made = courier(server.port, username="help", password=PASSWORD)
        with pytest.raises(TransientError, match=f"SMTP server localhost:{server.port}: "):
            outcomes(made, mail(1))


def test_a_server_that_says_nothing_is_given_up() -> None:
    with (
        ScriptedSmtp({"": ""}) as server,
        pytest.raises(TransientError, match="did not answer in time"),
    ):
        outcomes(courier(server.port, connect_timeout=0.2), mail(1))


@pytest.mark.parametrize("option", [{"username": "a\r\nb"}, {"password": "a\nb"}, {"host": "a\nb"}, {"ca_file": "/no"}])
def test_a_configuration_that_cannot_work_is_refused_at_once(option: dict[str, Any]) -> None:
    with pytest.raises(PermanentError):
        courier(25, **option)


# The end


def test_what_the_listener_raises_passes_through_and_ends_the_batch() -> None:
    def fail(_result: Result) -> None:
        raise RuntimeError("the database is gone")

    with SmtpSink() as sink:
        made = courier(sink.port)
        with pytest.raises(RuntimeError, match="database is gone"):
            made.send([mail(1), mail(2)], fail)
        assert len(sink.mails) == 1
        assert outcomes(made, mail(3))[3].outcome == "sent"


def test_closing_ends_a_transaction_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.adapters.smtp._GRACE_SECONDS", 0.2)
    with SmtpSink(behaviour=Behaviour(fault="silent_after_dot")) as sink:
        made = courier(sink.port, data_timeout=600)
        results: list[Result] = []
        errors: list[Exception] = []

        def work() -> None:
            try:
                made.send([mail(1), mail(2)], results.append)
            except TransientError as error:
                errors.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        while not sink.received:
            thread.join(0.01)
        made.close()
        thread.join(10)
        assert not thread.is_alive()
        assert [(result.id, result.outcome) for result in results] == [(1, "uncertain")]
        assert "stopped" in str(errors[0])
        made.close()
        with pytest.raises(TransientError, match="stopped"):
            made.send([mail(3)], results.append)


def test_closing_ends_a_connection_that_is_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.adapters.smtp._GRACE_SECONDS", 0.1)
    with ScriptedSmtp({"": ""}) as server:
        made = courier(server.port, connect_timeout=600)
        errors: list[Exception] = []

        def work() -> None:
            try:
                made.send([mail(1)], lambda _result: None)
            except TransientError as error:
                errors.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        while not server.connections:
            thread.join(0.01)
        made.close()
        thread.join(10)
        assert "stopped" in str(errors[0])


def test_the_check_tells_an_operator_what_the_server_can_do(tls_context: ssl.SSLContext, ca_file: str) -> None:
    with SmtpSink(security="required", context=tls_context, accounts={"help": PASSWORD}) as sink:
        made = courier(sink.port, "starttls", username="help", password=PASSWORD, ca_file=ca_file)
        told = made.check()
        assert f"SMTP server localhost:{sink.port}: answers, security 'starttls'; certificate valid until" in told
        assert "logged in as 'help'" in told
        assert "largest message 33554432; SMTPUTF8 yes" in told
        assert PASSWORD not in told
        assert sink.received == []
        assert outcomes(made, mail(1))[1].outcome == "sent"


def test_a_sink_in_another_process_keeps_what_it_accepts(log_file: Path) -> None:
    with sink_process(log_file) as port:
        assert outcomes(courier(port), mail(1), mail(2))[2].outcome == "sent"
        kept = read_log(log_file)
    assert [(one.mail_from, one.recipients, one.raw) for one in kept] == [(SENDER, ("ani@example.com",), RAW)] * 2
