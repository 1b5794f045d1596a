"""The log as its readers get it: through real streams and pipes, with secrets that must not be there."""

import io
import json
import logging
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from mailbot import log, loglines


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leaves logging, hooks and hidden secrets as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    loglines._hidden = ()


def listen_alone() -> None:
    """Takes pytest's own handlers away for the rest of this test.

    It reports what they heard to the process that gathers the results, and that takes no halves of characters.
    """
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if isinstance(handler, loglines.PatientHandler)]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_object_with_time_level_logger_and_fields(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    structlog.get_logger("mailbot.daemon").info("started", mailboxes=["support", "it"], count=2)
    (line,) = lines(stream)
    at = datetime.fromisoformat(line.pop("time"))
    assert at.tzinfo is not None
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    expected = {"level": "info", "logger": "mailbot.daemon", "event": "started", "mailboxes": ["support", "it"]}
    assert line == {**expected, "count": 2}


def test_people_read_key_and_value(stream: io.StringIO) -> None:
    log.configure("console", stream=stream)
    structlog.get_logger("mailbot.outbox").warning("try_again_later", job="outbox", error='said "no"', left=3, why="")
    text = stream.getvalue().split(" ", 1)[1]
    assert text == 'warning  try_again_later job=outbox error="said \\"no\\"" left=3 why=""\n'


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="no log format 'xml'; use one of json, console"):
        log.configure("xml")


def test_a_second_call_replaces_the_first(stream: io.StringIO) -> None:
    log.configure("json", stream=io.StringIO())
    log.configure("console", stream=stream)
    structlog.get_logger("mailbot.x").info("once")
    assert stream.getvalue().count("once") == 1


def test_libraries_speak_through_the_same_stream_but_only_from_warnings_on(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    for name in ("apscheduler.scheduler", "imapclient.imaplib", "imaplib", "aiosmtplib"):
        logging.getLogger(name).info("LOGIN someone hunter2")
        logging.getLogger(name).warning("disk at %d %%", 97)
    assert [line["event"] for line in lines(stream)] == ["disk at 97 %"] * 4
    assert {line["logger"] for line in lines(stream)} >= {"imaplib", "apscheduler.scheduler"}


def test_our_own_debugging_is_not_shown(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    structlog.get_logger("mailbot.x").debug("hidden")
    assert stream.getvalue() == ""


def test_what_is_bound_to_the_context_is_on_every_line(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    with structlog.contextvars.bound_contextvars(mailbox="support"):
        structlog.get_logger("mailbot.x").info("read")
    structlog.get_logger("mailbot.x").info("idle")
    assert [line.get("mailbox") for line in lines(stream)] == ["support", None]


def test_a_field_cannot_pretend_to_be_the_level(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    structlog.get_logger("mailbot.x").info("escalated", level="L2", time="now")
    (line,) = lines(stream)
    assert (line["level"], line["level_"], line["time_"]) == ("info", "L2", "now")


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize(
    "fields",
    [
        {"password": "hunter22"},
        {"smtp_password": "hunter22"},
        {"imap.password": b"hunter22"},
        {"Authorization": "Basic hunter22"},
        {"reply_token": "hunter22"},
        {"server": {"host": "mx", "options": [{"client-secret": "hunter22"}]}},
        {"tokens": ["hunter22", "other"]},
        {"error": "cannot open postgresql+psycopg://mailbot:hunter22@db/mailbot"},
        {"error": ValueError("amqp://:hunter22@x y@z")},
    ],
)
def test_a_secret_is_blotted_out_by_the_name_of_its_field(
    style: str, fields: dict[str, Any], stream: io.StringIO
) -> None:
    log.configure(style, stream=stream)
    structlog.get_logger("mailbot.x").info("trouble", **fields)
    assert "hunter22" not in stream.getvalue()
    assert "***" in stream.getvalue()


def fail(text: str) -> None:
    raise RuntimeError(text)


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("secret", ["correct horse", 'quo"te\\d', "pässwörd ☃", "tab\tsep", "a/b?c=d%"])
def test_a_known_secret_is_blotted_out_wherever_it_appears(style: str, secret: str, stream: io.StringIO) -> None:
    log.configure(style, stream=stream)
    log.hide(secret)
    logger = structlog.get_logger("mailbot.x")
    log.mail_log("send", answer="x" * 297 + secret)
    logger.info("event %s", secret, argument=f"--p={secret}", deep={"list": [secret]})
    logging.getLogger("library").warning("login failed for %s", secret)
    try:
        fail(f"refused: {secret}")
    except RuntimeError:
        logger.exception("job_failed")
    text = stream.getvalue()
    for form in (secret, json.dumps(secret)[1:-1], secret.encode("unicode_escape").decode()):
        assert form not in text
    assert text.count("***") >= 5
    assert "xx" + secret[:3] not in text


def test_a_secret_within_a_longer_one_leaves_no_rest(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    log.hide("abcdef")
    log.hide("abcdefghij")
    structlog.get_logger("mailbot.x").info("found", value="abcdefghij")
    assert lines(stream)[0]["value"] == "***"


def test_an_empty_or_tiny_secret_does_not_blot_out_the_whole_log(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    log.hide("", "a", "on")
    structlog.get_logger("mailbot.x").info("connection", state="on a line")
    assert lines(stream)[0]["state"] == "on a line"


def test_flags_about_secrets_stay_readable(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    structlog.get_logger("mailbot.x").info("identified", token_valid=True, tokens=3, tokenizer="word")
    assert lines(stream)[0].items() >= {"token_valid": True, "tokens": 3, "tokenizer": "word"}.items()


def test_a_traceback_has_no_values_of_variables_and_stays_bounded(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)

    def fail_with(body: str) -> None:
        raise ValueError("x" * 100_000 + " the end" + body[:0])

    try:
        fail_with("the text of a mail")
    except ValueError:
        structlog.get_logger("mailbot.x").exception("job_failed", job="intake")
    (line,) = lines(stream)
    assert "the text of a mail" not in line["exception"].replace('fail_with("the text of a mail")', "")
    assert line["exception"].endswith("the end")
    assert len(line["exception"]) < 10_000


@pytest.mark.parametrize("style", ["json", "console"])
@given(text=st.text(st.characters(), max_size=200))
def test_no_text_of_a_stranger_becomes_a_second_line_or_moves_a_terminal(style: str, text: str) -> None:
    stream = io.StringIO()
    log.configure(style, stream=stream)
    listen_alone()
    structlog.get_logger("mailbot.x").info("seen", subject=text, deep={text: [text]})
    logging.getLogger("library").error("said %s", text)
    written = stream.getvalue()
    assert written.endswith("\n")
    assert len(written.split("\n")) == 3
    assert written.replace("\n", "").isprintable()


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


def circle() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["self"] = found
    return found


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize(
    "value",
    [
        Unprintable(),
        {Unprintable(): 1},
        circle(),
        float("nan"),
        b"\xff\x00",
        "\udc80",
        {1, 2},
        datetime(2026, 8, 4, tzinfo=UTC),
        timedelta(seconds=5),
        Path("/x"),
        "x" * 1_000_000,
        ["y" * 1000] * 1000,
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_breaks_the_log(style: str, value: object, stream: io.StringIO) -> None:
    log.configure(style, stream=stream)
    listen_alone()
    structlog.get_logger("mailbot.x").info("odd", value=value)
    assert "odd" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1
    assert len(stream.getvalue()) < 25_000
    if style == "json":
        lines(stream)


def test_a_librarys_broken_format_string_is_shown_as_it_is(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    listen_alone()
    logging.getLogger("library").error("%d of %s", "many")  # noqa: PLE1206 - this mistake is the point.
    assert lines(stream)[0]["event"] == "%d of %s"


def test_a_mail_is_logged_by_its_fields_only(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    log.mail_log("disposition", message_id="<1@x>", ticket=7, uid=0, reason="", recipient=None, body="Dear all")
    (line,) = lines(stream)
    assert (line["logger"], line["event"]) == ("mailbot.mail", "disposition")
    assert (line["message_id"], line["ticket"], line["uid"]) == ("<1@x>", 7, 0)
    assert line["left_out"] == ["body"]
    assert line.keys().isdisjoint({"body", "reason", "recipient"})
    assert "Dear" not in stream.getvalue()


def test_a_hostile_message_id_does_not_fill_the_log(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)
    log.mail_log("disposition", message_id="<" + "a" * 100_000 + ">")
    assert len(stream.getvalue()) < 600


@pytest.mark.parametrize("make", [io.StringIO, lambda: io.TextIOWrapper(io.BytesIO())])
def test_a_closed_stream_costs_the_line_and_nothing_else(make: Callable[[], Any]) -> None:
    closed = make()
    log.configure("json", stream=closed)
    closed.close()
    structlog.get_logger("mailbot.x").info("into the void")


def test_a_closed_file_is_not_mistaken_for_the_one_that_has_its_number_now(tmp_path: Path) -> None:
    stream = (tmp_path / "log").open("w")
    number = stream.fileno()
    log.configure("json", stream=stream)
    stream.close()
    with (tmp_path / "database").open("w") as other:
        assert other.fileno() == number
        structlog.get_logger("mailbot.x").info("lost")
    assert (tmp_path / "database").read_bytes() == b""


def test_a_reader_that_went_away_costs_the_line_and_nothing_else() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        log.configure("json", stream=stream)
        os.close(reader)
        structlog.get_logger("mailbot.x").info("nobody reads")


def test_a_pipe_that_nobody_reads_drops_lines_and_says_how_many_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loglines, "_PATIENCE_MS", 1)
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as source, os.fdopen(writer, "w") as stream:
        log.configure("json", stream=stream)
        logger = structlog.get_logger("mailbot.x")
        for number in range(3000):
            logger.info("tick", number=number, padding="p" * 50)
        received = source.read(1_000_000)
        while select.select([source], [], [], 0)[0]:
            received += source.read(1_000_000)
        logger.info("awake")
        received += source.read(1_000_000)
    found = [json.loads(line) for line in received.splitlines() if line.endswith(b"}")]
    ticks = [line["number"] for line in found if line["event"] == "tick"]
    (note,) = [line for line in found if line["event"] == "lines_dropped"]
    torn = [line for line in received.splitlines() if line and not line.endswith(b"}")]
    assert ticks == list(range(len(ticks)))
    assert note["lines"] == 3000 - len(ticks)
    assert len(torn) <= 1
    assert found[-1]["event"] == "awake"


def test_a_line_longer_than_a_full_pipe_takes_does_not_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loglines, "_PATIENCE_MS", 1)
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb"), os.fdopen(writer, "w") as stream:
        log.configure("json", stream=stream)
        logger = structlog.get_logger("mailbot.x")
        done = threading.Event()

        def work() -> None:
            for _ in range(10):
                logger.info("long", values=["v" * 900] * 15)
            done.set()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        assert done.wait(20)
        thread.join()


def test_lines_of_many_threads_stay_whole(stream: io.StringIO) -> None:
    log.configure("json", stream=stream)

    def work(name: int) -> None:
        for number in range(50):
            structlog.get_logger("mailbot.x").info("tick", thread=name, number=number)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(stream)) == 200


_UNCAUGHT = """
import sys, threading
from mailbot import log
log.configure("json")
log.hide("hunter22")
def fail():
    raise RuntimeError("cannot log in with hunter22")
thread = threading.Thread(target=fail, name="worker")
thread.start()
thread.join()
fail()
"""


def test_an_uncaught_exception_is_logged_without_secrets_in_threads_too() -> None:
    done = subprocess.run([sys.executable, "-c", _UNCAUGHT], capture_output=True, text=True, check=False, timeout=60)
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert (first["event"], first["level"], first["thread"]) == ("uncaught", "critical", "worker")
    assert second["event"] == "uncaught"
    assert "cannot log in with ***" in second["exception"]
    assert "hunter22" not in done.stdout + done.stderr
    assert done.returncode == 1


def test_hooks_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def theirs(*_: Any) -> None: ...

    monkeypatch.setattr(sys, "excepthook", theirs)
    monkeypatch.setattr(threading, "excepthook", theirs)
    log.configure("json", stream=io.StringIO())
    assert (sys.excepthook, threading.excepthook) == (theirs, theirs)


def test_dropping_is_quick_once_it_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []

    class Poll:
        def register(self, _number: int, _events: int) -> None:
            return

        def poll(self, milliseconds: int) -> list[tuple[int, int]]:
            waits.append(milliseconds)
            return []

    monkeypatch.setattr(select, "poll", Poll)
    with Path(os.devnull).open("w") as stream:
        log.configure("json", stream=stream)
        for _ in range(3):
            structlog.get_logger("mailbot.x").info("tick")
    assert waits == [100, 0, 0]
