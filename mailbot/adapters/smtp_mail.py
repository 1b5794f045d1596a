"""The values of the SMTP adapter, and what can be known of a mail before a server is asked."""

import re
import socket
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from mailbot.adapters.tls import Security, printable

Outcome = Literal["sent", "retry", "failed", "uncertain"]

# Generous, but nothing that could end an argument or a line, and nothing that UTF-8 cannot carry.
_WORD = r"[^\x00-\x20\x7f-\xa0\ud800-\udfff()<>\[\],;:\\\"@\s]"
_ADDRESS = re.compile(rf"{_WORD}{{1,64}}@(?:{_WORD}{{1,255}}|\[[0-9A-Za-z.:]{{1,60}}\])")
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A server that takes mail from us. Times are in seconds; RFC 5321 s.4.5.3.2 gives the least ones.

    An empty `username` means that there is no login; an empty `helo` that this machine's name is said.
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    helo: str = ""
    connect_timeout: float = 30.0
    command_timeout: float = 120.0
    data_timeout: float = 600.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail to one recipient, with its final bytes. An empty `envelope_from` is the null reverse-path."""

    id: int
    envelope_from: str
    recipient: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mail.

    sent: the server took it. failed: it never will. retry: it did not take it this time.
    uncertain: the final dot was sent, and no answer came: it may or may not have been taken.
    """

    id: int
    outcome: Outcome
    code: int | None  # The server's reply code, if it replied.
    text: str


class Carrier(Protocol):
    """What the outbox needs of whoever takes its mails: `mailbot.adapters.smtp.Courier`, or a rehearsal of it."""

    def send(self, batch: Iterable[Outgoing], on_result: Callable[[Result], None]) -> None:
        """Sends mails one after another, and tells of each at once, in the calling thread."""


class LinkLostError(Exception):
    """The connection broke; `dotted` tells whether the final dot may have been sent."""

    def __init__(self, text: str, *, dotted: bool, code: int | None = None) -> None:
        super().__init__(text)
        self.dotted = dotted
        self.code = code

    def result(self, mail: Outgoing) -> Result:
        """What it means for the mail that was under way."""
        return Result(mail.id, "uncertain" if self.dotted else "retry", self.code, str(self))


def why_unsendable(mail: Outgoing) -> str:
    """Why a mail can be sent to no server, "" if it can."""
    for what, address in (("recipient", mail.recipient), ("envelope sender", mail.envelope_from)):
        if len(address) > 254 or not _ADDRESS.fullmatch(address):  # RFC 5321 s.4.5.3.1.3: 256 with the brackets.
            if what == "envelope sender" and not address:
                continue  # The null reverse-path.
            return f"the {what} {printable(ascii(address[:80]))} is no plain addr-spec"
    ends = mail.raw.count(b"\r\n")
    if not mail.raw or ends != mail.raw.count(b"\r") or ends != mail.raw.count(b"\n"):
        return "the message is empty or holds a bare CR or LF, which RFC 5321 s.2.3.8 forbids"
    return ""


def mail_parameters(mail: Outgoing, offered: Container[str]) -> list[bytes] | None:
    """The parameters of MAIL that the server understands (RFC 1870, RFC 6152, RFC 6531); None if it lacks SMTPUTF8.

    Args:
        mail: The mail.
        offered: The extensions in the answer to EHLO, in lower case.
    """
    parameters = []
    if "size" in offered:
        parameters.append(b"SIZE=%d" % len(mail.raw))
    if "8bitmime" in offered and not mail.raw.isascii():
        parameters.append(b"BODY=8BITMIME")
    if not (mail.recipient.isascii() and mail.envelope_from.isascii()):
        if "smtputf8" not in offered:
            return None
        parameters.append(b"SMTPUTF8")
    return parameters


def stuffed(raw: bytes) -> bytes:
    """The content as it goes over the wire without the final dot: a dot that begins a line is doubled (s.4.5.2)."""
    content = raw.replace(b"\r\n.", b"\r\n..")
    return (b"." if content.startswith(b".") else b"") + content + (b"" if content.endswith(b"\r\n") else b"\r\n")


def own_name() -> str:
    """This machine's name for EHLO, without asking a name server, which may take long."""
    name = socket.gethostname()
    return name if _HOST_NAME.fullmatch(name) else "localhost"
