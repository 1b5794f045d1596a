"""A small SMTP server that answers as a script says: for replies that a decent server would not give.

    with ScriptedSmtp({"MAIL": "421 closing", ".": "250 taken"}) as server:
        server.lines      # every line that any client sent, without contents

The keys are verbs; "" is the greeting and "." the reply to a content. An empty reply is silence.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self


class ScriptedSmtp:
    """The server, as a context manager.

    Args:
        script: Replies that differ from a plain server's.
        content_limit: After so many bytes of a content the connection is cut; 0 = never.
        content_refusal: What is said before it is cut; "" = nothing.
        content_stall: No more bytes are read then, instead of a cut.
    """

    def __init__(
        self,
        script: Mapping[str, str] | None = None,
        *,
        content_limit: int = 0,
        content_refusal: str = "",
        content_stall: bool = False,
    ) -> None:
        plain = {"": "220 ready", "EHLO": "250-scripted\r\n250 8BITMIME", "DATA": "354 go on", ".": "250 taken"}
        self._replies = {**plain, "QUIT": "221 bye", **(script or {})}
        self._limit = content_limit
        self._refusal = content_refusal
        self._stall = content_stall
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lines: list[str] = []
        self.connections = 0
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._sockets:
            _cut(sock)
        for thread in self._threads:
            thread.join(10)
        for sock in self._sockets:
            sock.close()

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return  # The test is over.
            self.connections += 1
            self._sockets.append(sock)
            self._run(lambda sock=sock: self._serve(sock))  # type: ignore[misc]

    def _serve(self, sock: socket.socket) -> None:
        try:
            self._say(sock, "")
            buffer = b""
            while data := sock.recv(65536):
                buffer += data
                while b"\r\n" in buffer:
                    line, _, buffer = buffer.partition(b"\r\n")
                    self.lines.append(line.decode("latin-1"))
                    verb = self.lines[-1].partition(" ")[0].upper()
                    self._say(sock, verb)
                    if verb == "DATA" and self._replies["DATA"].startswith("354"):
                        buffer = self._content(sock, buffer)
        except OSError:
            return  # The client is gone, or the connection was cut on purpose.

    def _content(self, sock: socket.socket, buffer: bytes) -> bytes:
        """Reads a content; gives what came after it."""
        seen = len(buffer)
        while b"\r\n.\r\n" not in buffer:
            data = sock.recv(65536)
            if not data:
                raise ConnectionResetError
            seen += len(data)
            buffer = buffer[-4:] + data
            if self._limit and seen > self._limit:
                if self._stall:
                    self._over.wait()
                if self._refusal:
                    sock.sendall(self._refusal.encode() + b"\r\n")
                _cut(sock)
                raise ConnectionAbortedError
        self._say(sock, ".")
        return buffer.partition(b"\r\n.\r\n")[2]

    def _say(self, sock: socket.socket, verb: str) -> None:
        reply = self._replies.get(verb, "250 fine")
        if reply:
            sock.sendall(reply.encode("utf-8", "surrogateescape") + b"\r\n")


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It is closed already.
