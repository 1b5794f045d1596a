"""The mail servers of the demonstration: SMTP in, mailboxes, IMAP out, all in memory and on loopback, in one thread.

Mail is delivered by its envelope, as a real server does: to the mailbox of the recipient without its subaddress, with
Return-Path and Delivered-To on top (RFC 5321 s.4.4). What is addressed to nobody here is accepted and recorded.
"""

import asyncio
import contextlib
import socket
import threading
from argparse import Namespace
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from mailbot.errors import MailbotError

try:
    from aiosmtpd.smtp import SMTP, Envelope
    from aiosmtpd.smtp import Session as SmtpSession
    from proxyprotocol.result import ProxyResultLocal
    from proxyprotocol.sock import SocketInfo
    from pymap.backend.dict import Config, Identity, Login
    from pymap.backend.dict.filter import FilterSet
    from pymap.backend.dict.mailbox import MailboxSet
    from pymap.concurrent import Subsystem
    from pymap.imap import IMAPServer
    from pymap.parsing.message import AppendMessage
    from pymap.user import Passwords, UserMetadata
except ModuleNotFoundError as error:
    raise MailbotError(
        f"the demonstration needs mail servers of its own, and {error.name} is missing: pip install 'mailbot[demo]'"
    ) from error

_START_WITHIN = 20.0  # Seconds.
_STOP_WITHIN = 10.0
_TURNS = 10
_MAIL_LIMIT = 64 * 1024 * 1024  # Bytes.


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that the SMTP server took.

    Attributes:
        reverse_path: MAIL FROM, "" for a report.
        recipients: RCPT TO, those that were not refused.
        raw: The mail as it came, before any delivery header.
    """

    reverse_path: str
    recipients: tuple[str, ...]
    raw: bytes


class MailWorld:
    """Running servers; use it as a context manager, or call `start` and `stop`.

    Args:
        mailboxes: Passwords by addr-spec, which is the login name too.
        refuse: Replies such as "550 5.1.1 no such mailbox" by recipient.
    """

    def __init__(self, mailboxes: Mapping[str, str], refuse: Mapping[str, str] | None = None) -> None:
        self.accepted: list[Accepted] = []
        self.refuse = {address.lower(): reply for address, reply in (refuse or {}).items()}
        self._passwords = {address.lower(): password for address, password in mailboxes.items()}
        self._delivered: dict[str, list[bytes]] = {address: [] for address in self._passwords}
        self._stores: dict[str, MailboxSet] = {}
        self._imap, self._smtp = _listen(), _listen()
        self.imap_port: int = self._imap.getsockname()[1]
        self.smtp_port: int = self._smtp.getsockname()[1]
        self._tasks: set[asyncio.Task[Any]] = set()
        self._connections: set[asyncio.WriteTransport] = set()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="mail-world", daemon=True)

    def start(self) -> None:
        """Starts the servers; they answer when this returns.

        Raises:
            MailbotError: They did not start.
        """
        self._thread.start()
        if not self._ready.wait(_START_WITHIN) or self._failure is not None:
            raise MailbotError(f"the mail servers of the demonstration did not start: {self._failure or 'too slow'}")

    def stop(self) -> None:
        """Cuts every connection and ends the servers; it may be called again.

        Raises:
            MailbotError: They did not end.
        """
        if self._thread.is_alive():
            # The loop may end by itself between the question and the call.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_STOP_WITHIN)
            if self._thread.is_alive():
                raise MailbotError(f"the mail servers of the demonstration did not end in {_STOP_WITHIN:g} s")
        self._imap.close()
        self._smtp.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def append(self, address: str, raw: bytes, folder: str = "INBOX") -> None:
        """Puts a mail into a mailbox, byte for byte.

        Args:
            address: Whose mailbox.
            raw: The mail.
            folder: Where; it is made if it is not there.

        Raises:
            KeyError: There is no such mailbox.
        """
        owner = address.lower()
        if owner not in self._passwords:
            raise KeyError(f"there is no mailbox {address}; there are {', '.join(sorted(self._passwords))}")
        asyncio.run_coroutine_threadsafe(self._store(owner, raw, folder), self._loop).result(_START_WITHIN)

    def delivered(self, address: str) -> list[bytes]:
        """Every mail that ever reached a mailbox, oldest first, as it was put there."""
        return list(self._delivered[address.lower()])

    # The thread of the servers

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:  # noqa: BLE001 - it is handed to the thread that waits in start().
            self._failure = error
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._loop.set_task_factory(self._make_task)
        server = IMAPServer(*await self._backend())

        async def imap(reader: StreamReader, writer: StreamWriter) -> None:
            with self._connection(writer.transport):
                await server(reader, writer, SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes))

        listeners = [
            await asyncio.start_server(imap, sock=self._imap),
            await self._loop.create_server(self._smtp_session, sock=self._smtp),
        ]
        self._ready.set()
        await self._stop.wait()
        # A connection that was taken just now needs some turns of the loop before it can be cut; closing the server
        # within them loses it (seen in Python 3.11). So no more are taken first.
        for taking in (self._imap, self._smtp):
            self._loop.remove_reader(taking)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        for listener in listeners:
            listener.close()
        # From Python 3.12 on, a server counts as closed only when its clients have gone, and these may never go.
        for transport in [*self._connections]:
            transport.abort()
        others = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for listener in listeners:
            await listener.wait_closed()

    def _make_task(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        """Keeps hold of every task: the event loop does not, and Python 3.13 collected those that wait in IDLE."""
        task = asyncio.Task(work, loop=loop, **options)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @contextlib.contextmanager
    def _connection(self, transport: asyncio.WriteTransport) -> Iterator[None]:
        self._connections.add(transport)
        try:
            yield
        finally:
            self._connections.discard(transport)

    # IMAP

    async def _backend(self) -> tuple[Login, Config]:
        first, password = next(iter(self._passwords.items()))
        options = Namespace(
            demo_data=False,
            demo_user=first,
            demo_password=password,
            host="127.0.0.1",
            port=self.imap_port,
            debug=False,
            cert=None,
            key=None,
            passlib_cfg=None,
            tls=False,
            proxy_protocol=None,
            inherited_sockets=None,
        )
        config = _DemoConfig.from_args(options, invalid_user_sleep=0.0, cpu_subsystem=Subsystem.for_asyncio())
        config.apply_context()
        login = Login(config)
        for address, secret in self._passwords.items():
            hashed = await Passwords(config).hash_password(secret)
            await Identity(address, login, None, frozenset()).set(UserMetadata(config, address, password=hashed))
            self._stores[address] = MailboxSet()
            config.set_cache[address] = (self._stores[address], FilterSet())
        return login, config

    async def _store(self, owner: str, raw: bytes, folder: str) -> None:
        store = self._stores[owner]
        if folder not in {entry.name for entry in (await store.list_mailboxes()).list()}:
            await store.add_mailbox(folder)
        mailbox = await store.get_mailbox(folder)
        await mailbox.append(AppendMessage(raw, datetime.now(UTC), frozenset()))
        self._delivered[owner].append(raw)

    # SMTP

    def _smtp_session(self) -> SMTP:
        return _DemoSmtp(self, self._connections, self._loop)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name.
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Takes a recipient, or refuses it as it was told to."""
        reply = self.refuse.get(address.lower())
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name.
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope
    ) -> str:
        """Records a mail and delivers it."""
        raw = envelope.original_content or b""
        # aiosmtpd keeps the brackets of the null reverse-path, and only of that.
        reverse_path = (envelope.mail_from or "").strip("<>")
        self.accepted.append(Accepted(reverse_path, tuple(envelope.rcpt_tos), raw))
        for recipient in envelope.rcpt_tos:
            local, _, domain = recipient.rpartition("@")
            owner = f"{local.partition('+')[0]}@{domain}".lower()
            if owner in self._stores:
                trace = f"Return-Path: <{reverse_path}>\r\nDelivered-To: {recipient}\r\n"
                await self._store(owner, trace.encode("utf-8", "surrogateescape") + raw, "INBOX")
        return "250 2.0.0 delivered"


class _DemoConfig(Config):
    """A server whose greeting asks no DNS for the name of this machine."""

    @property
    def greeting(self) -> bytes:
        """What the server says first."""
        return b"mailbot demonstration"


class _DemoSmtp(SMTP):
    """An SMTP session whose connection can be cut from outside."""

    # Servers of the real world take lines over the 998 bytes of RFC 5322 s.2.1.1, and a demonstration shows such mail.
    line_length_limit = 1024 * 1024

    def __init__(
        self, world: MailWorld, connections: set[asyncio.WriteTransport], loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(world, hostname="localhost", enable_SMTPUTF8=True, data_size_limit=_MAIL_LIMIT, loop=loop)
        self._all_connections = connections
        self._own: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remembers the connection."""
        if isinstance(transport, asyncio.WriteTransport):
            self._own = transport
            self._all_connections.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forgets the connection."""
        if self._own is not None:
            self._all_connections.discard(self._own)
        super().connection_lost(error)


def _listen() -> socket.socket:
    """A listening socket on a free port of loopback; taken at once, so that nobody else can get the port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener
