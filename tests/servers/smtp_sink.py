"""A real SMTP server that keeps what it is given, and misbehaves on demand.

In a thread of the test:

    with SmtpSink(refuse={"gone@example.org": "550 5.1.1 no such mailbox"}) as sink:
        sink.port, sink.mails

As a process of its own, for what must outlive a killed daemon, or must not share its interpreter:

    python -m servers.smtp_sink PORT LOGFILE

Each accepted mail is a line of JSON in LOGFILE: `mail_from`, `recipients`, `raw` (base64), `at` (seconds, UTC).
"""

import argparse
import asyncio
import base64
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from servers.ports import free_port, wait_until_ready

Fault = Literal["none", "silent_after_dot", "drop_after_dot", "drop_at_mail", "drop_at_rcpt", "drop_at_data"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that the sink accepted, or that it received in full before it misbehaved."""

    mail_from: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(slots=True)
class Behaviour:
    """What the sink does; a test may change it while the sink runs.

    Attributes:
        refuse: A reply for each recipient that is not accepted.
        refuse_sender: The reply to MAIL, instead of accepting it.
        refuse_content: The reply to the content, instead of accepting it.
        fault: What goes wrong at the protocol's level.
        faults: How often it still goes wrong; -1 = always.
        latency: Seconds to wait before the content is accepted.
    """

    refuse: dict[str, str] = field(default_factory=dict)
    refuse_sender: str = ""
    refuse_content: str = ""
    fault: Fault = "none"
    faults: int = -1
    latency: float = 0.0

    def fails(self, fault: Fault) -> bool:
        """Whether this fault happens now; counts it."""
        if self.fault != fault or self.faults == 0:
            return False
        self.faults -= 1 if self.faults > 0 else 0
        return True


class _Handler:
    """Called by aiosmtpd at each step."""

    def __init__(self, behaviour: Behaviour, log: Path | None) -> None:
        self.behaviour = behaviour
        self.mails: list[Kept] = []
        self.received: list[Kept] = []
        self._log = log.open("ab", buffering=0) if log else None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name.
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.behaviour.fails("drop_at_mail"):
            _cut(server)
        if self.behaviour.refuse_sender:
            return self.behaviour.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name.
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.behaviour.fails("drop_at_rcpt"):
            _cut(server)
        if address in self.behaviour.refuse:
            return self.behaviour.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name.
        assert isinstance(envelope.content, bytes)
        sender = "" if envelope.mail_from in (None, "<>") else envelope.mail_from  # The null reverse-path.
        kept = Kept(sender or "", tuple(envelope.rcpt_tos), envelope.content)
        self.received.append(kept)
        if self.behaviour.latency:
            await asyncio.sleep(self.behaviour.latency)
        if self.behaviour.fails("silent_after_dot"):
            await asyncio.sleep(3600)
        if self.behaviour.fails("drop_after_dot"):
            _cut(server)
        if self.behaviour.refuse_content:
            return self.behaviour.refuse_content
        self.mails.append(kept)
        if self._log:
            line = {
                "mail_from": kept.mail_from,
                "recipients": kept.recipients,
                "raw": base64.b64encode(kept.raw).decode(),
                "at": time.time(),
            }
            self._log.write(json.dumps(line).encode() + b"\n")
        return "250 2.0.0 taken"

    def close(self) -> None:
        if self._log:
            self._log.close()


class _Server(SMTP):
    """The protocol of one connection; it can break off where the content is about to come."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name.
        handler: _Handler = self.event_handler
        if handler.behaviour.fails("drop_at_data"):
            _cut(self)
        await super().smtp_DATA(arg)


def _cut(server: SMTP) -> None:
    """Breaks the connection as a crash does."""
    _abort(server)
    raise asyncio.CancelledError


def _abort(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


class SmtpSink:
    """The sink in a thread, as a context manager.

    Args:
        security: "tls" from the start, "starttls" on offer, "required" = nothing works before STARTTLS, or "none".
        context: The server's TLS, needed unless `security` is "none".
        accounts: Names and passwords; given, a login is required.
        behaviour: What it does; changeable while it runs.
        refuse: Short for `behaviour.refuse`.
        log: A file for JSON lines.
        smtputf8: Whether SMTPUTF8 is offered.
        max_size: The largest message in bytes, announced and enforced.
        port: The port; 0 = a free one.
    """

    def __init__(
        self,
        *,
        security: Literal["tls", "starttls", "required", "none"] = "none",
        context: ssl.SSLContext | None = None,
        accounts: Mapping[str, str] | None = None,
        behaviour: Behaviour | None = None,
        refuse: Mapping[str, str] | None = None,
        log: Path | None = None,
        smtputf8: bool = True,
        max_size: int = 33_554_432,
        port: int = 0,
    ) -> None:
        if security != "none" and context is None:
            raise ValueError("TLS needs a context")
        self.behaviour = behaviour or Behaviour()
        self.behaviour.refuse.update(refuse or {})
        self.host = "localhost"
        self.port = port
        self.sessions: list[_Server] = []
        self.logins: list[str] = []
        self._handler = _Handler(self.behaviour, log)
        self._security = security
        self._context = context
        self._accounts = dict(accounts or {})
        self._options: dict[str, Any] = {"enable_SMTPUTF8": smtputf8, "data_size_limit": max_size, "hostname": "sink"}
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="smtp-sink", daemon=True)

    @property
    def mails(self) -> list[Kept]:
        """What was accepted, in order."""
        return list(self._handler.mails)

    @property
    def received(self) -> list[Kept]:
        """What was received in full, accepted or not."""
        return list(self._handler.received)

    @property
    def connections(self) -> int:
        """How many connections there were so far."""
        return len(self.sessions)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10) or self._failure is not None:
            raise RuntimeError(f"the SMTP sink did not start: {self._failure!r}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._handler.close()

    def drop_connections(self) -> None:
        """Breaks every connection, as a restart of the server does."""
        assert self._loop is not None
        done = threading.Event()

        def drop() -> None:
            for session in self.sessions:
                _abort(session)
            done.set()

        self._loop.call_soon_threadsafe(drop)
        done.wait(5)

    def _main(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - Whatever it is, the test must see it instead of a hang.
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        tls = self._context if self._security == "tls" else None
        server = await self._loop.create_server(self._session, "127.0.0.1", self.port, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for session in self.sessions:
            _abort(session)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _session(self) -> _Server:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # aiosmtpd warns of a login without STARTTLS, which is what a test may want.
            session = _Server(
                self._handler,
                tls_context=self._context if self._security in ("starttls", "required") else None,
                require_starttls=self._security == "required",
                auth_required=bool(self._accounts),
                auth_require_tls=self._security in ("starttls", "required"),
                authenticator=self._authenticate,
                loop=self._loop,
                **self._options,
            )
        self.sessions.append(session)
        return session

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        name = data.login.decode()
        self.logins.append(f"{mechanism} {name}")
        good = name in self._accounts and self._accounts[name] == data.password.decode()
        return AuthResult(success=good, handled=False)  # With handled=True nothing would be answered to a failure.


@contextmanager
def sink_process(log: Path, port: int | None = None) -> Iterator[int]:
    """The sink in a process of its own; gives its port, and ends it afterwards."""
    port = port or free_port()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "servers.smtp_sink", str(port), str(log)]
    with subprocess.Popen(command, env=environment) as process:
        try:
            if not wait_until_ready(port, b"220", lambda: process.poll() is None):
                raise RuntimeError("the SMTP sink did not start; its error is above")
            yield port
        finally:
            process.terminate()


def read_log(log: Path) -> list[Kept]:
    """What a sink in another process has accepted so far."""
    if not log.exists():
        return []
    lines = (json.loads(line) for line in log.read_bytes().splitlines())
    return [Kept(line["mail_from"], tuple(line["recipients"]), base64.b64decode(line["raw"])) for line in lines]


def main() -> None:
    """Runs until it is ended."""
    parser = argparse.ArgumentParser(description="An SMTP server that keeps mail as JSON lines.")
    parser.add_argument("port", type=int)
    parser.add_argument("log", type=Path)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before content is accepted")
    options = parser.parse_args()
    with SmtpSink(port=options.port, log=options.log, behaviour=Behaviour(latency=options.latency)):
        threading.Event().wait()


if __name__ == "__main__":
    main()
