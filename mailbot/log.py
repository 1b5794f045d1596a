"""The log: one line per event on one stream, as JSON for machines or as text for people.

    structlog (our own loggers)  ─┐
                                  ├─ stdlib logging ─ formatter ─ redaction ─ one write
    stdlib (the libraries)       ─┘

Importing this module sends our events to the standard library's logging; `configure` gives that an output. Three rules:
a line holds no secret, a line holds no text of a mail, and logging never raises and never blocks: if nobody reads the
pipe, lines are dropped and counted.
"""

import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from mailbot.loglines import ConsoleFormatter, JsonFormatter, PatientHandler, clean, hide

__all__ = ["MAIL_FIELDS", "configure", "hide", "mail_log"]

MAIL_FIELDS = frozenset(
    {
        "answer",
        "attempt",
        "disposition",
        "mailbox",
        "message_id",
        "notice",
        "outcome",
        "reason",
        "receipt",
        "recipient",
        "smtp_code",
        "ticket",
        "uid",
    }
)
"""What the log may say of a mail: who and what became of it, never what it says."""

_MAIL_VALUE_LIMIT = 300  # Characters; identifiers and reasons are shorter, texts of mails are longer.

_mail = structlog.stdlib.get_logger("mailbot.mail")


def mail_log(event: str, **fields: object) -> None:
    """Writes the one line that each disposition and each attempt to send leaves in the log.

    Args:
        event: "disposition" or "send".
        **fields: Some of `MAIL_FIELDS`; others are left out, and the line says which.
    """
    kept = {
        name: clean(value, _MAIL_VALUE_LIMIT) if isinstance(value, str) else value
        for name, value in fields.items()
        if value is not None and value != "" and name in MAIL_FIELDS
    }
    if not MAIL_FIELDS.issuperset(fields):
        kept["left_out"] = sorted(fields.keys() - MAIL_FIELDS)
    _mail.info(event, **kept)


def configure(style: str, *, stream: TextIO | None = None) -> None:
    """Sends all logs to one stream, from now on; a second call replaces the first.

    Our own events are shown from INFO on, those of libraries from WARNING on.

    Args:
        style: "json" (one object per line) or "console" (`key=value`, for people).
        stream: Where to; standard output if None.

    Raises:
        ValueError: There is no such style.
    """
    formatters: Mapping[str, type[logging.Formatter]] = {"json": JsonFormatter, "console": ConsoleFormatter}
    if style not in formatters:
        raise ValueError(f"there is no log format {style!r}; use one of {', '.join(formatters)}")
    handler = PatientHandler(sys.stdout if stream is None else stream)
    handler.setFormatter(formatters[style]())
    root = logging.getLogger()
    for old in [found for found in root.handlers if isinstance(found, PatientHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("mailbot").setLevel(logging.INFO)
    # At lower levels these log every line of the session, mails and all.
    for chatty in ("imapclient", "imaplib", "aiosmtplib"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # A hook that someone else has put there is theirs.
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _log_uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("mailbot").critical("uncaught", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if issubclass(args.exc_type, SystemExit) or args.exc_value is None:
        return
    extra = {"fields": {"thread": args.thread.name if args.thread else ""}}
    information = (args.exc_type, args.exc_value, args.exc_traceback)
    logging.getLogger("mailbot").critical("uncaught", exc_info=information, extra=extra)


def _to_stdlib(_logger: object, _method: str, event: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
    """The last processor: what stdlib's logging methods take. The formatter finds our fields in the record."""
    information = event.pop("exc_info", None)
    return (str(event.pop("event", "")),), {"exc_info": information, "extra": {"fields": event}}


def _logger(name: str = "mailbot") -> logging.Logger:
    return logging.getLogger(name)


structlog.configure(
    processors=[structlog.contextvars.merge_contextvars, _to_stdlib],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=_logger,
    cache_logger_on_first_use=True,
)
