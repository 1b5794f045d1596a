"""The byte level of an IMAP connection: bounded in time and memory, and able to wait without being deaf.

The standard library reads answers without limits: a literal as large as the server announces, for as long as it likes.
Here every answer has a budget of bytes and a deadline. The IDLE of RFC 2177 is done here too, since it has to look into
the read buffer: a line may come in two segments, and a TLS record may be readable without holding a line.
"""

import contextlib
import imaplib
import re
import select
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any

_COMMAND_SECONDS = 600.0  # The longest time that one answer may take altogether, however slowly it trickles in.
_CHUNK = 262_144  # Bytes.
_NEWS = re.compile(rb"\* \d{1,10} (?:EXISTS|RECENT)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """Times in seconds, sizes in bytes."""

    connect: float
    read: float
    answer: int  # The largest answer to one command, literals included.


class IdleRefusedError(Exception):
    """The server announces IDLE, but refuses it or ends it by itself."""


class ImapLink(imaplib.IMAP4):
    """A connection of `imaplib` whose reading is bounded.

    Args:
        host: A name or an address.
        port: A TCP port.
        context: Begins with TLS if given (RFC 8314 s.3.2); None = plain, perhaps STARTTLS later.
        limits: See LinkLimits.

    Raises:
        OSError: Network or TLS failed.
        imaplib.IMAP4.error: The server did not greet as an IMAP4rev1 server.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, limits: LinkLimits) -> None:
        self._context = context
        self._limits = limits
        self._input = bytearray()
        self._input_from: socket.socket | None = None
        self._deadline = time.monotonic() + limits.connect
        self._budget = limits.answer
        self._news = False
        super().__init__(host, port, timeout=limits.connect)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), timeout)
        try:
            # A command is written in pieces; without this each would wait for the acknowledgement of the one before.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Routers forget silent connections: probes keep an IDLE alive, and tell when the other side is gone.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 20)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
            return self._context.wrap_socket(sock, server_hostname=self.host) if self._context else sock
        except BaseException:
            sock.close()
            raise

    # Reading and writing, as imaplib calls them

    def send(self, data: Any) -> None:
        """Sends bytes; the answer to them gets a fresh budget and a fresh deadline."""
        self._allow()
        self.sock.settimeout(self._limits.read)
        super().send(data)

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes: the content of a literal."""
        if size > self._budget + len(self._input):
            raise self.abort(f"the server announces {size} bytes, more than one answer may have")
        self._refuse_smuggled()
        while len(self._input) < size:
            self._receive()
        return self._take(size)

    def readline(self) -> bytes:
        """One line with its end, however many segments it comes in."""
        self._refuse_smuggled()
        searched = 0
        while (end := self._input.find(b"\n", searched)) < 0:
            searched = len(self._input)
            self._receive()
        return self._take(end + 1)

    def _take(self, size: int) -> bytes:
        with memoryview(self._input) as view:
            taken = bytes(view[:size])
        del self._input[:size]
        return taken

    def _refuse_smuggled(self) -> None:
        """Bytes that came in clear text before a STARTTLS must never count as part of the encrypted session."""
        if self._input and self._input_from is not self.sock:
            raise self.abort("the server sent data between STARTTLS and TLS; somebody may be tampering")

    def _allow(self) -> None:
        self._deadline = time.monotonic() + _COMMAND_SECONDS
        self._budget = self._limits.answer

    def _receive(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("one answer took too long altogether")
        self.sock.settimeout(min(self._limits.read, left))
        self._accept(self.sock.recv(_CHUNK))

    def _accept(self, data: bytes) -> None:
        if not data:
            raise self.abort("the server closed the connection")
        self._budget -= len(data)
        if self._budget < 0 or len(self._input) > self._limits.answer:
            raise self.abort(f"the server's answer is larger than {self._limits.answer} bytes")
        self._input_from = self.sock
        self._input += data

    def _receive_what_is_there(self) -> None:
        """Takes what has arrived without waiting: what woke us may be a TLS record without any data for us."""
        self.sock.settimeout(0.0)
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
            while True:
                self._accept(self.sock.recv(_CHUNK))

    # State

    def forget(self) -> None:
        """Drops collected untagged data, which imaplib would keep for ever; only the read-only mark must stay.

        That new mail was announced is remembered.
        """
        self._news = self._news or "EXISTS" in self.untagged_responses
        for kind in [kind for kind in self.untagged_responses if kind != "READ-ONLY"]:
            del self.untagged_responses[kind]

    def take_news(self) -> bool:
        """Whether new mail was announced with any answer since this was last asked; IDLE does not announce it again."""
        self.forget()
        news, self._news = self._news, False
        return news

    def peer_certificate(self) -> object:
        """The server's certificate as `ssl` describes it; None without TLS."""
        return self.sock.getpeercert() if isinstance(self.sock, ssl.SSLSocket) else None

    def hang_up(self) -> None:
        """Says good-bye without waiting for an answer, and closes."""
        with contextlib.suppress(OSError):  # The link may be dead; then there is nobody to say it to.
            self.sock.settimeout(1.0)
            self.sock.sendall(b"BYE1 LOGOUT\r\n")
        with contextlib.suppress(OSError):
            self.shutdown()

    # IDLE (RFC 2177)

    def idle_until_news(self, seconds: float, waker: int) -> bool:
        """Waits until new mail is announced, `waker` (a file descriptor) becomes readable, or the time is over.

        Returns:
            True if new mail was announced.

        Raises:
            IdleRefusedError: The server does not want to; poll instead.
            imaplib.IMAP4.abort, OSError: The connection is gone.
        """
        tag = self._new_tag()
        self.send(tag + b" IDLE\r\n")
        news = False
        while (line := self._hear(tag)) is not None:  # None: the continuation, the server idles now.
            news = news or bool(_NEWS.match(line))
        news = news or self._listen(tag, seconds, waker)
        self.send(b"DONE\r\n")
        while not self.tagged_commands[tag]:
            line = self._hear(tag, ending=True)
            news = news or bool(line and _NEWS.match(line))
        answer: Any = self.tagged_commands.pop(tag)
        if answer[0] != "OK":
            raise IdleRefusedError(f"the server ended IDLE with {answer!r}")
        return news

    def _listen(self, tag: bytes, seconds: float, waker: int) -> bool:
        end = time.monotonic() + seconds
        poller = select.poll()
        poller.register(self.sock.fileno(), select.POLLIN)
        poller.register(waker, select.POLLIN)
        while True:
            self._allow()
            self._receive_what_is_there()
            while b"\n" in self._input:
                line = self._hear(tag)
                if line and _NEWS.match(line):
                    return True
            self.forget()
            left = end - time.monotonic()
            ready = {number for number, _event in poller.poll(max(0.0, left) * 1000)}
            if waker in ready or not ready:
                return False

    def _hear(self, tag: bytes, *, ending: bool = False) -> bytes | None:
        """The next line of the server; None for a continuation."""
        line: bytes | None = self._get_response()
        if "BYE" in self.untagged_responses:
            raise self.abort("the server says good-bye")
        if not ending and self.tagged_commands[tag]:
            raise IdleRefusedError(f"the server ended IDLE with {self.tagged_commands.pop(tag)!r}")
        return line
