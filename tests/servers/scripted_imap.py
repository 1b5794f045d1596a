"""A small IMAP server that answers as a script says: for everything that a decent server would not do.

    def bye(session: Session, tag: str, line: str) -> None:
        session.send("* BYE\\r\\n")
        session.hang_up()

    with ScriptedImap({"IDLE": bye}) as server:
        ...
        server.lines      # every line that any client sent

A verb without an answer in the script is answered as a plain server with one empty INBOX would.
"""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

CAPABILITY = "IMAP4rev1 IDLE MOVE UIDPLUS AUTH=PLAIN"


class Session:
    """One connection of a client."""

    def __init__(self, server: "ScriptedImap", sock: socket.socket) -> None:
        self.server = server
        self._sock = sock
        self._input = b""

    def send(self, text: str | bytes) -> None:
        """Sends bytes, or text in ASCII, as they are."""
        self._sock.sendall(text.encode("ascii") if isinstance(text, str) else text)

    def ok(self, tag: str, *untagged: str) -> None:
        """Untagged lines, then a good end of the command."""
        self.send("".join(f"* {line}\r\n" for line in untagged) + f"{tag} OK done\r\n")

    def receive(self) -> str | None:
        """The next line of the client; None when it is gone."""
        while b"\r\n" not in self._input:
            try:
                data = self._sock.recv(65536)
            except OSError:
                return None
            if not data:
                return None
            self._input += data
        line, _, self._input = self._input.partition(b"\r\n")
        text = line.decode("latin-1")
        self.server.lines.append(text)
        return text

    def hang_up(self) -> None:
        """Cuts the connection."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # The client was faster.


Answer = Callable[[Session, str, str], None]


class ScriptedImap:
    """The server, as a context manager.

    Args:
        script: How to answer a verb ("LOGIN", "UID FETCH", ...): a function of session, tag and whole line.
        capability: What the server announces.
        greeting: What it says first.
        context: Begins with TLS if given.
        exists: How many messages the folder has.
        uidvalidity: The UIDVALIDITY of the folder; a list gives each selection its own.
    """

    def __init__(
        self,
        script: Mapping[str, Answer] | None = None,
        *,
        capability: str = CAPABILITY,
        greeting: bytes = b"* OK ready\r\n",
        context: ssl.SSLContext | None = None,
        exists: int = 0,
        uidvalidity: list[int] | int = 7,
    ) -> None:
        self.script = dict(script or {})
        self.capability = capability
        self.greeting = greeting
        self.exists = exists
        self.lines: list[str] = []
        self.connections = 0
        self._uidvalidity = [uidvalidity] if isinstance(uidvalidity, int) else list(uidvalidity)
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def verbs(self) -> list[str]:
        """The verbs that were received, in order."""
        return [_verb(line) for line in self.lines]

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # It is closed already.
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
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True)
                self._sockets.append(sock)
            session = Session(self, sock)
            session.send(self.greeting)
            while (line := session.receive()) is not None:
                tag, verb = line.partition(" ")[0], _verb(line)
                answer = self.script.get(verb) or getattr(self, f"_on_{verb.lower().replace(' ', '_')}", None)
                if answer is None:
                    session.send(f"{tag} BAD unknown command\r\n")
                else:
                    answer(session, tag, line)
        except OSError:
            return  # The client is gone, or did not like the certificate.

    # What a plain server says

    def _on_capability(self, session: Session, tag: str, _line: str) -> None:
        session.ok(tag, f"CAPABILITY {self.capability}")

    def _on_login(self, session: Session, tag: str, _line: str) -> None:
        session.ok(tag)

    def _on_list(self, session: Session, tag: str, line: str) -> None:
        wanted = re.findall(r'"((?:[^"\\]|\\.)*)"', line)[-1]
        session.ok(tag, f'LIST (\\HasNoChildren) "/" "{wanted}"' if wanted else 'LIST (\\Noselect) "/" ""')

    def _on_select(self, session: Session, tag: str, _line: str) -> None:
        uidvalidity = self._uidvalidity.pop(0) if len(self._uidvalidity) > 1 else self._uidvalidity[0]
        session.send(
            f"* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] limited\r\n"
            f"* {self.exists} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {uidvalidity}] valid\r\n"
            f"* OK [UIDNEXT {self.exists + 1}] next\r\n{tag} OK [READ-WRITE] selected\r\n"
        )

    def _on_uid_search(self, session: Session, tag: str, _line: str) -> None:
        session.ok(tag, "SEARCH" + "".join(f" {uid}" for uid in range(1, self.exists + 1)))

    def _on_uid_fetch(self, session: Session, tag: str, line: str) -> None:
        for uid in requested(line):
            session.send(body(uid))
        session.ok(tag)

    def _on_uid_move(self, session: Session, tag: str, _line: str) -> None:
        session.ok(tag)

    _on_uid_copy = _on_uid_store = _on_uid_expunge = _on_noop = _on_create = _on_subscribe = _on_uid_move

    def _on_idle(self, session: Session, tag: str, _line: str) -> None:
        session.send("+ idling\r\n")
        if session.receive() is not None:
            session.ok(tag)

    def _on_logout(self, session: Session, tag: str, _line: str) -> None:
        session.ok(tag, "BYE see you")
        session.hang_up()


def requested(line: str) -> list[int]:
    """The UIDs of a UID FETCH that lists them one by one."""
    return [int(uid) for uid in line.split()[3].split(",")]


def body(uid: int, content: bytes | None = None) -> bytes:
    """The untagged answer that holds a message's body."""
    raw = f"Subject: {uid}\r\n\r\n{uid}\r\n".encode() if content is None else content
    return f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"


def _verb(line: str) -> str:
    words = line.upper().split()
    return " ".join(words[1:3] if words[1:2] == ["UID"] else words[1:2])
