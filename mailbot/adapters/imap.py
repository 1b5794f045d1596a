r"""Reading a mailbox over IMAP4rev1 (RFC 3501); the only module that knows the IMAP library.

Nothing is changed on the server before the caller asks for it: bodies are read with BODY.PEEK[], so that \Seen stays
as it is, and `file` puts messages away after the caller has committed them. No text of a mail ever enters a command:
UIDs are numbers, and folder names come from the configuration.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mailbot.adapters import imap_folders
from mailbot.adapters.idle import Bell
from mailbot.adapters.imap_account import Filed, ImapAccount, MailboxEnvelope, Selected, in_utc, parts, require_usable
from mailbot.adapters.imap_link import IdleRefusedError, ImapLink, LinkLimits
from mailbot.adapters.tls import client_context, describe_certificate, explain_network, printable
from mailbot.errors import MailbotError, TransientError

__all__ = ["KEYWORD", "Filed", "ImapAccount", "ImapMailbox", "MailboxEnvelope", "Selected"]

_log = structlog.get_logger("mailbot.imap")

KEYWORD = "$MailbotDone"
"""The keyword (RFC 3501 s.2.3.2) of messages that are done where there is no folder to move them to."""

_IDLE_SECONDS = 540.0  # Nine minutes: many routers and some servers forget a silent connection after ten.
_ATOM = re.compile(r"[A-Za-z0-9!#$&'+,\-./:;<=>?@^_`|~]+")
_LATER = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")  # RFC 5530 s.3: not the fault of the credentials.


class _Client(IMAPClient):  # type: ignore[misc]  # The library has no types.
    """The library's client over our own bounded link."""

    def __init__(self, account: ImapAccount, link: ImapLink) -> None:
        self.link = link
        times = SocketTimeout(account.connect_timeout, account.read_timeout)
        super().__init__(account.host, account.port, ssl=account.security == "tls", timeout=times)
        self.normalise_times = False  # Else times come as naive local ones.
        link.debug = 0  # The library sets 5, at which each mail and the password are formatted for a log.

    def _create_IMAP4(self) -> ImapLink:  # noqa: N802 - the library's name.
        return self.link


class ImapMailbox:
    """A connection to one mailbox, for one thread; only `wake` may be called from others.

    Every method that talks to the server raises TransientError when that fails; if the connection is then of no more
    use it is closed (`connected` tells), and `connect` makes a new one.

    Args:
        account: The mailbox.

    Raises:
        PermanentError: The account cannot be used as it is configured.
    """

    def __init__(self, account: ImapAccount) -> None:
        require_usable(account)
        self.account = account
        self.refused: dict[int, str] = {}  # The UIDs that the last fetch could not get, and why.
        self._client: _Client | None = None
        self._capabilities: frozenset[bytes] = frozenset()
        self._folders = imap_folders.Folders("", "/")
        self._selected = Selected(0, 0, 0)
        self._keywords = False
        self._idle_works = True
        self._bell = Bell()

    @property
    def connected(self) -> bool:
        """Whether there is a connection that has not failed yet."""
        return self._client is not None

    # Connecting

    def connect(self) -> Selected:
        """Connects, logs in, makes missing folders, selects the folder.

        With `security` other than "none" nothing is sent before TLS is verified: there is no way back to clear text.

        Raises:
            TransientError: What failed and what to do about it; the reason may be anywhere, so trying again is right.
        """
        self.close()
        account = self.account
        try:
            context = client_context(account.ca_file) if account.security != "none" else None
            limits = LinkLimits(account.connect_timeout, account.read_timeout, account.max_answer)
            link = ImapLink(account.host, account.port, context if account.security == "tls" else None, limits)
            self._client = _Client(account, link)
            if account.security == "starttls":
                self._client.starttls(context)
                link.forget()  # What came in clear text counts for nothing.
            self._log_in(self._client)
            self._capabilities = frozenset(self._client.capabilities())
            self._prepare_folders(self._client)
            self._selected = self._select(self._client)
            link.take_news()  # What is there already is no news.
        except Exception as error:  # noqa: BLE001 - A hostile answer can make the library raise anything.
            self.close()
            raise self._trouble("connect", error) from None
        return self._selected

    def _log_in(self, client: _Client) -> None:
        """LOGIN, or AUTHENTICATE PLAIN (RFC 4616) for names and passwords that a LOGIN command cannot carry."""
        name, password = self.account.username, self.account.password
        offered = client.capabilities()
        if b"LOGINDISABLED" in offered and b"AUTH=PLAIN" not in offered:
            raise self._error(
                'the server takes no password over this connection; set `security` to "starttls" or "tls"'
            )
        if _ATOM.fullmatch(name) and password.isascii() and b"LOGINDISABLED" not in offered:
            client.login(name, password)
        elif b"AUTH=PLAIN" in offered:
            client.plain_login(name, password)
        else:
            raise self._error("the server offers no AUTH=PLAIN, which a name or password with such characters needs")

    def _prepare_folders(self, client: _Client) -> None:
        account = self.account
        self._folders = imap_folders.Folders.of(client)
        for folder in dict.fromkeys((account.processed_folder, account.failed_folder)):
            if folder:
                self._folders.require(client, folder)

    def _select(self, client: _Client) -> Selected:
        name = self._folders.find(client, self.account.folder)
        if name is None:
            there = ", ".join(printable(folder) for folder in self._folders.existing(client)[:30]) or "none"
            raise self._error(f"there is no folder {self.account.folder!r}; set `folder` to one of: {there}")
        answer = client.select_folder(name)
        uidvalidity = answer.get(b"UIDVALIDITY", 0)
        if uidvalidity <= 0:
            raise self._error(f"folder {name!r} has no UIDVALIDITY, so that messages cannot be told apart reliably")
        allowed = answer.get(b"PERMANENTFLAGS", ())
        self._keywords = b"\\*" in allowed or KEYWORD.encode() in allowed
        return Selected(uidvalidity, answer.get(b"EXISTS", 0), answer.get(b"UIDNEXT", 0))

    def close(self) -> None:
        """Ends the connection; does nothing without one."""
        client, self._client = self._client, None
        if client is not None:
            client.link.hang_up()

    # Reading

    def search_from(self, uid: int) -> list[int]:
        """The UIDs that are not smaller than `uid`, ascending."""
        # "n:*" names the last message even if its UID is smaller than n (RFC 3501 s.6.4.8).
        return [found for found in self._search(["UID", f"{max(1, int(uid))}:*"]) if found >= uid]

    def search_all(self) -> list[int]:
        """All UIDs of the folder, ascending."""
        return self._search(["ALL"])

    def _search(self, criteria: list[str]) -> list[int]:
        with self._asking("search") as client:
            client.link.noop()  # Some servers look for new mail only after a command: this one, so that SEARCH has it.
            client.link.take_news()  # What was announced until here is in the answer to come.
            return sorted({uid for uid in client.search(criteria) if 0 < uid < 2**32})

    def sizes(self, uids: Sequence[int]) -> dict[int, MailboxEnvelope]:
        """Size and arrival of many messages in one question; vanished messages are absent."""
        found: dict[int, MailboxEnvelope] = {}
        with self._asking("ask for sizes") as client:
            for part in parts(uids):
                for uid, data in client.fetch(part, ["RFC822.SIZE", "INTERNALDATE"]).items():
                    size = data.get(b"RFC822.SIZE")
                    found[uid] = MailboxEnvelope(
                        size if isinstance(size, int) else 0, in_utc(data.get(b"INTERNALDATE"))
                    )
        return found

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The raw messages, without marking them as seen.

        The caller bounds number and bytes (`sizes`). If the batch fails, its messages are fetched one by one over a new
        connection, so that one that the server or the library stumbles over does not hold up the others; those are
        then in `refused`. Messages that vanished are absent from both.

        Raises:
            TransientError: The server is not to be had, or none of several messages could be read.
        """
        self.refused = {}
        if not uids:
            return {}
        self._require_client()
        try:
            return self._bodies(uids)
        except Exception as error:  # noqa: BLE001 - A hostile answer can make the library raise anything.
            first = self._trouble("fetch messages", error)
            self.close()
        _log.warning("fetching_one_by_one", mailbox=self.account.name, messages=len(uids), reason=str(first))
        return self._one_by_one(uids)

    def _bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        client = self._require_client()
        client.link.forget()
        found: dict[int, bytes] = {}
        empty: list[int] = []
        for part in parts(uids):
            for uid, data in client.fetch(part, ["BODY.PEEK[]"]).items():
                if isinstance(body := data.get(b"BODY[]"), bytes):
                    found[uid] = body
                else:
                    empty.append(uid)
        if empty:
            # Seen in practice: NIL for a message that another client has just moved away (Dovecot 2.3).
            client.link.noop()
            there = client.fetch(empty, ["RFC822.SIZE"])
            self.refused |= dict.fromkeys(there, "the server gave no content for this message")
        return found

    def _one_by_one(self, uids: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        silent = 0
        for uid in uids:
            self._connect_again()
            try:
                found |= self._bodies([uid])
                silent = 0
            except Exception as error:  # noqa: BLE001 - As in `fetch`; here it concerns one message only.
                self.refused[uid] = str(self._trouble(f"fetch message {uid}", error))
                self.close()
                silent = silent + 1 if isinstance(error, TimeoutError) else 0
            if silent >= 2:
                break
        if not found and len(self.refused) > 1:
            raise self._error(f"none of {len(uids)} messages could be read: {next(iter(self.refused.values()))}")
        return found

    def _connect_again(self) -> None:
        if self._client is None:
            before = self._selected.uidvalidity
            if self.connect().uidvalidity != before:
                self.close()
                raise self._error("the folder was rebuilt meanwhile (new UIDVALIDITY); it is read anew")

    # Filing

    def file(self, uids: Sequence[int], folder: str = "") -> Filed:
        """Puts messages away that the caller has committed; failing is harmless, it may be repeated at any time.

        Args:
            uids: The messages; those that vanished do no harm.
            folder: The folder of the configuration to move them to; "" = they stay and get the keyword.

        Returns:
            What was done: "moved" (RFC 6851), "copied" and then expunged (RFC 4315), "keyword", or "nothing" where
            the server can do none of these.
        """
        if not uids:
            return "nothing"
        done: Filed = "nothing"
        with self._asking(f"file messages in {folder or 'place'}") as client:
            target = self._folders.require(client, folder) if folder else ""
            for part in parts(uids):
                done = self._file_part(client, part, target)
        return done

    def _file_part(self, client: _Client, uids: list[int], target: str) -> Filed:
        if target and b"MOVE" in self._capabilities:
            client.move(uids, target)
            return "moved"
        # Without UID EXPUNGE an expunge would also take what a person marked as deleted, but may want back.
        if target and b"UIDPLUS" in self._capabilities:
            client.copy(uids, target)
            client.add_flags(uids, ["\\Deleted"], silent=True)
            client.uid_expunge(uids)
            return "copied"
        if self._keywords:
            client.add_flags(uids, [KEYWORD], silent=True)
            return "keyword"
        return "nothing"

    # Waiting

    def wait(self, seconds: float) -> bool:
        """Waits for news: by IDLE (RFC 2177) if the server can, else just for the time, since then only asking helps.

        Returns:
            True if there may be news, also after `wake`; False if the time is over and nothing was announced.
        """
        end = time.monotonic() + seconds
        if self._client is not None and self._client.link.take_news():
            return True
        while self._idles():
            left = end - time.monotonic()
            if left <= 0:
                return False
            try:
                with self._asking("wait for news") as client:
                    news = client.link.idle_until_news(min(left, _IDLE_SECONDS), self._bell.fileno())
            except IdleRefusedError as error:
                _log.warning("idle_refused", mailbox=self.account.name, reason=printable(str(error)), instead="polling")
                self._idle_works = False
                break
            if self._bell.heard() or news:
                return True
        self._bell.wait(end - time.monotonic())
        return True

    def _idles(self) -> bool:
        return self.account.idle and self._idle_works and b"IDLE" in self._capabilities

    def wake(self) -> None:
        """Ends the wait of the other thread at once, or its next one; may be called from any thread at any time."""
        self._bell.ring()

    def noop(self) -> None:
        """Keeps the connection alive, or finds out that it is dead."""
        with self._asking("keep the connection alive") as client:
            client.noop()

    # For operators

    def check(self) -> list[str]:
        """What `mailbot check` tells of this mailbox: connects if need be.

        Raises:
            TransientError: It cannot be used; the text says why.
        """
        if self._client is None:
            self.connect()
        account, client = self.account, self._require_client()
        can_move = b"MOVE" in self._capabilities or b"UIDPLUS" in self._capabilities
        with self._asking("look at the folders"):
            folders = [
                f"folder {folder!r}: present as {self._folders.find(client, folder)!r}"
                for folder in dict.fromkeys((account.processed_folder, account.failed_folder))
                if folder
            ]
        return [
            f"{self._where()}: logged in as {account.username!r}, security {account.security!r}",
            describe_certificate(client.link.peer_certificate(), datetime.now(UTC)) or "no TLS: anybody can read along",
            f"folder {account.folder!r}: {self._selected.exists} messages, UIDVALIDITY {self._selected.uidvalidity}",
            *folders,
            "new mail: announced by the server (IDLE)" if self._idles() else "new mail: found by polling (no IDLE)",
            f"moving: {'yes' if can_move else 'no (neither MOVE nor UIDPLUS); messages stay in the folder'}",
            f"keywords: {'yes' if self._keywords else 'no'}",
        ]

    # Errors

    def _require_client(self) -> _Client:
        if self._client is None:
            raise self._error("not connected")
        return self._client

    @contextmanager
    def _asking(self, what: str) -> Iterator[_Client]:
        client = self._require_client()
        client.link.forget()
        try:
            yield client
        except (MailbotError, IdleRefusedError):
            raise
        except Exception as error:  # A hostile answer can make the library raise anything.
            # A plain refusal (NO, BAD) leaves the connection in step; anything else does not.
            if not isinstance(error, IMAPClientError) or isinstance(error, (IMAPClientAbortError, ProtocolError)):
                self.close()
            raise self._trouble(what, error) from error

    def _where(self) -> str:
        return f"mailbox {self.account.name!r} at {self.account.host}:{self.account.port}"

    def _error(self, text: str) -> TransientError:
        return TransientError(f"{self._where()}: {text}")

    def _trouble(self, what: str, error: Exception) -> MailbotError:
        """Words for whatever went wrong; a server that repeats the password does not get it into a log."""
        if isinstance(error, MailbotError):
            return error
        text = self._explain(error)
        if self.account.password:
            text = text.replace(self.account.password, "***")
        return self._error(f"could not {what}: {text}")

    def _explain(self, error: Exception) -> str:
        if isinstance(error, OSError):
            return explain_network(error, self.account.host, self.account.port)
        said = printable(str(error))
        if isinstance(error, CapabilityError):
            return "the server offers no STARTTLS, and the password was not sent; check `port` and `security`"
        if isinstance(error, LoginError):
            if any(code in said.upper() for code in _LATER):
                return f"the server cannot log in anybody now ({said}); nothing to do but wait"
            return (
                f"the server refused the login of {self.account.username!r} ({said}); check `username` and the password"
            )
        if isinstance(error, IMAPClientError):
            return f"the server says: {said}"
        return f"the server's answer cannot be understood ({type(error).__name__}: {said})"
