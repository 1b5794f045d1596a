"""Log lines: how a record becomes text without secrets in it, and how that text gets out without blocking."""

import contextlib
import functools
import json
import logging
import os
import re
import select
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, TextIO
from urllib.parse import quote

HIDDEN = "***"

_SECRET_WORDS = frozenset(
    {"password", "passwd", "passphrase", "secret", "secrets", "token", "tokens", "authorization", "credential"}
    | {"credentials", "cookie", "apikey"}
)
_SHORTEST_SECRET = 4  # Characters. Blotting out "a" everywhere would hide nothing and tell what it is.
_PLAIN = re.compile(r'[^\s"=]+')
_URL_PASSWORD = re.compile(r"(://[^:/@\s]{0,100}:)[^@/\s]{1,200}(?=@)")

_VALUE_LIMIT = 2000  # Characters of one value.
_LINE_LIMIT = 20_000  # Characters of one line, tracebacks apart.
_TRACE_LIMIT = 8000  # Characters of a traceback; its end says what happened.
_MAX_DEPTH = 4

_PIECE = 4096  # Bytes. A pipe that poll() calls writable takes this many at once (POSIX PIPE_BUF on Linux).
_PATIENCE_MS = 100

# NaN is no JSON; a line with one is written as log_line_failed.
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode

_hidden: tuple[str, ...] = ()
_hidden_lock = threading.Lock()


def hide(*values: str) -> None:
    """Blots out these secrets wherever they appear in a line from now on, in texts of errors too.

    Args:
        *values: Secrets; those shorter than four characters are not looked for.
    """
    global _hidden  # noqa: PLW0603 - secrets are hidden in the whole process, as the log is one for the process.
    forms = {
        form
        for value in values
        if len(value) >= _SHORTEST_SECRET
        # As it is, and as it stands in the texts that errors quote it in.
        for form in (value, repr(value)[1:-1], json.dumps(value)[1:-1], quote(value, safe=""))
    }
    with _hidden_lock:
        # The longest first: one secret may be part of another.
        _hidden = tuple(sorted(forms.union(_hidden), key=len, reverse=True))


def redact(text: str) -> str:
    """A text without the secrets that `hide` was told of, and without passwords in URLs."""
    for secret in _hidden:
        if secret in text:
            text = text.replace(secret, HIDDEN)
    if "://" in text and "@" in text:
        text = _URL_PASSWORD.sub(rf"\1{HIDDEN}", text)
    return text


def clean(text: str, limit: int = _VALUE_LIMIT) -> str:
    """A text without secrets, cut to a limit: in this order, as half a secret would not be found."""
    if len(text) > limit:
        return redact(text[: 2 * limit])[:limit] + "…"
    return redact(text)


class JsonFormatter(logging.Formatter):
    """One JSON object per line, in ASCII: no text of a stranger reaches a terminal as anything but itself."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, without line break and without secrets."""
        return _guarded(_json_line, self, record)


class ConsoleFormatter(logging.Formatter):
    """`time level event key=value …`, for people; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, without secrets."""
        return _guarded(_console_line, self, record)


class PatientHandler(logging.Handler):
    """Writes lines to a stream, and drops them if nobody has read that for a tenth of a second.

    A daemon must not stop working because the reader of its log did. How many lines are missing is said as soon as
    lines get through again.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.stream = stream
        self.dropped = 0
        self._torn = False

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the line of a record, or counts it as dropped."""
        try:
            if self.dropped and self._write(self.format(_dropped_note(self.dropped))):
                self.dropped = 0
            if self.dropped or not self._write(self.format(record)):
                self.dropped += 1
        except Exception:  # noqa: BLE001 - whatever is wrong with the log, the work that wrote to it goes on.
            self.dropped += 1

    def _write(self, line: str) -> bool:
        data = f"{line}\n".encode("utf-8", "backslashreplace")
        try:
            # Asked each time: a number kept from a closed stream might by now belong to another file.
            number = self.stream.fileno()
        except OSError:  # A stream in memory has none.
            self.stream.write(data.decode())
            self.stream.flush()
            return True
        poll = select.poll()
        poll.register(number, select.POLLOUT)
        rest = memoryview(b"\n" + data if self._torn else data)
        while rest:
            # Waiting once is enough: while lines are being dropped, each further one must cost nothing.
            if not poll.poll(0 if self.dropped else _PATIENCE_MS):
                self._torn = self._torn or len(rest) < len(data)
                return False
            rest = rest[os.write(number, rest[:_PIECE]) :]
        self._torn = False
        return True


def _dropped_note(count: int) -> logging.LogRecord:
    record = logging.LogRecord("mailbot.log", logging.WARNING, "", 0, "lines_dropped", None, None)
    record.fields = {"lines": count}
    return record


def _guarded(
    line: Callable[[logging.Formatter, logging.LogRecord], str], formatter: logging.Formatter, record: logging.LogRecord
) -> str:
    try:
        return line(formatter, record)
    except Exception as error:  # noqa: BLE001 - a value that cannot be shown must not cost the event, or end a job.
        broken = logging.LogRecord(record.name, record.levelno, "", 0, "log_line_failed", None, None)
        broken.fields = {"of": _text(record.msg), "error": type(error).__name__}
        return line(formatter, broken)


def _head(record: logging.LogRecord) -> dict[str, Any]:
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return {
        "time": time.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _message(record),
    }


def _message(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage() if record.args else _text(record.msg)
    except (TypeError, ValueError, KeyError):
        # A library's format string does not fit its arguments: the string alone still says where to look.
        text = _text(record.msg)
    return clean(text)


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    found = getattr(record, "fields", None)
    return found if isinstance(found, Mapping) else {}


def _json_line(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    document = _head(record)
    for name, value in _fields(record).items():
        document[f"{name}_" if name in document else name] = _value(name, value)
    line = _encode(document)
    if len(line) > _LINE_LIMIT:
        line = _encode({name: _cut(value) for name, value in document.items()})
    if record.exc_info and record.exc_info[0]:
        line = f"{line[:-1]}, {_encode({'exception': _trace(formatter, record)})[1:]}"
    return line


def _console_line(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    head = _head(record)
    words = [head["time"], f"{head['level']:<8}", _printable(head["event"])]
    words += [f"{_printable(name)}={_console_value(_value(name, value))}" for name, value in _fields(record).items()]
    if not record.name.startswith("mailbot"):
        words.append(f"[{_printable(record.name)}]")
    line = " ".join(words)
    if len(line) > _LINE_LIMIT:
        line = line[:_LINE_LIMIT] + "…"
    if record.exc_info and record.exc_info[0]:
        trace = _trace(formatter, record)
        line = "\n".join([line, *(f"    {_printable(part)}" for part in trace.splitlines())])
    return line


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    assert record.exc_info is not None
    text = redact(formatter.formatException(record.exc_info))
    return text if len(text) <= _TRACE_LIMIT else "…" + text[-_TRACE_LIMIT:]


def _console_value(value: Any) -> str:
    text = value if isinstance(value, str) else _encode(value)
    if _PLAIN.fullmatch(text) and text.isprintable():
        return text
    return '"' + _printable(text).replace('"', '\\"') + '"'


def _printable(text: str) -> str:
    """Text in which characters that a terminal would obey, or not show, are written as numbers."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _value(name: str, value: Any, depth: int = 0) -> Any:
    """A value as the log may show it."""
    if type(value) is int:  # The most frequent, and the cheapest to tell.
        return value
    if isinstance(value, str):
        if _is_secret(name) and value:
            return HIDDEN
        return clean(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return {clean(str(key)): _value(str(key), inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(name, inner, depth + 1) for inner in value]
    return HIDDEN if _is_secret(name) else _value(name, _text(value), depth + 1)


@functools.lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    """Whether a field's name says that its value is a secret: one of its words does."""
    return not _SECRET_WORDS.isdisjoint(re.split(r"[^a-z]+", name[:200].lower()))


def _text(value: object) -> str:
    """A value of another type as text: it may be a stranger's, and its own text may fail."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}s"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bytes):
        return value[:_VALUE_LIMIT].decode("ascii", "backslashreplace")
    with contextlib.suppress(Exception):  # An object's own text may fail, and the log must not.
        return f"{type(value).__name__}: {value}" if isinstance(value, BaseException) else str(value)
    return f"<{type(value).__name__}>"


def _cut(value: Any) -> Any:
    if isinstance(value, str | int | float | None):
        return value
    return _encode(value)[:_VALUE_LIMIT] + "…"
