"""The values of the IMAP adapter: an account, what a server tells of a folder and of its messages."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from mailbot.adapters.tls import Security, require_readable
from mailbot.errors import PermanentError

Filed = Literal["moved", "copied", "keyword", "nothing"]

_LONGEST_SET = 7000  # Bytes of UIDs in one command; servers should take lines of 8000 (RFC 2683 s.3.2.1.5).


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """A mailbox to watch. Times are in seconds, `max_answer` in bytes.

    An empty `processed_folder` or `failed_folder` means that messages stay and get a keyword instead.
    """

    name: str
    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    processed_folder: str = ""
    failed_folder: str = ""
    ca_file: str = ""
    idle: bool = True
    connect_timeout: float = 30.0
    read_timeout: float = 120.0
    max_answer: int = 67_108_864  # More than the largest message and the largest batch; protects the memory.


@dataclass(frozen=True, slots=True)
class Selected:
    """The state of the folder at the moment of its selection; `uidnext` is 0 where the server does not tell it."""

    uidvalidity: int
    exists: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class MailboxEnvelope:
    """What is known of a message without reading it: size in bytes (0 = not told), arrival at the server (UTC)."""

    size: int
    internal_date: datetime


def require_usable(account: ImapAccount) -> None:
    """Refuses an account that no server could serve.

    Raises:
        PermanentError: A certificate file is missing, or a text could break out of its command.
    """
    require_readable(account.ca_file)
    for key in ("host", "username", "password", "folder", "processed_folder", "failed_folder"):
        if any(sign in getattr(account, key) for sign in "\r\n\0"):
            raise PermanentError(f"mailbox {account.name!r}: `{key}` holds a line end or a NUL; remove it")


def parts(uids: Sequence[int]) -> Iterator[list[int]]:
    """The UIDs in parts that fit into one command line each."""
    part: list[int] = []
    length = 0
    for uid in uids:
        number = int(uid)  # Nothing but a number may get into a command.
        length += len(str(number)) + 1
        if part and length > _LONGEST_SET:
            yield part
            part, length = [], len(str(number)) + 1
        part.append(number)
    if part:
        yield part


def in_utc(value: Any) -> datetime:
    """The server's date of arrival in UTC; now, if it gives none or nonsense."""
    with suppress(OverflowError, ValueError):
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
    return datetime.now(UTC)
