"""Sending mail over SMTP (RFC 5321); the only module that knows asyncio and the SMTP library.

The library connects, encrypts, logs in and frames the lines. The transaction itself is spelled out here, since the
outbox must know one thing exactly: whether the final dot may have reached the server (RFC 1047).
"""

import asyncio
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from mailbot.adapters.smtp_mail import (
    LinkLostError,
    Outcome,
    Outgoing,
    Result,
    SmtpServer,
    mail_parameters,
    own_name,
    stuffed,
    why_unsendable,
)
from mailbot.adapters.tls import client_context, describe_certificate, explain_network, printable, require_readable
from mailbot.errors import PermanentError, TransientError

__all__ = ["KEEP_SECONDS", "Courier", "Outcome", "Outgoing", "Result", "SmtpServer"]

_T = TypeVar("_T")

KEEP_SECONDS = 60.0
"""How long an idle connection is used again; servers are not obliged to keep one longer than 5 minutes."""

_GRACE_SECONDS = 3.0  # What a mail under way gets when the courier is closed.
_LOGIN_WANTED = frozenset({530, 534, 535, 538})  # RFC 4954 s.6: about us, not about the mail.
_CLOSING = 421  # "Service not available, closing transmission channel" (RFC 5321 s.4.2.2).


class Courier:
    """Sends batches over one connection, which it keeps for the next batch; for one sending thread.

    Only `close` may be called from other threads; it ends what the sending thread is doing.

    Args:
        server: Where to.

    Raises:
        PermanentError: The server cannot be used as it is configured.
    """

    def __init__(self, server: SmtpServer) -> None:
        require_readable(server.ca_file)
        if any(sign in value for value in (server.host, server.username, server.password) for sign in "\r\n\0"):
            raise PermanentError("[smtp] `host`, `username` or the password holds a line end or a NUL; remove it")
        self.server = server
        self._busy = threading.RLock()
        self._runner = asyncio.Runner()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._client: aiosmtplib.SMTP | None = None
        self._used_at = 0.0
        self._closing = threading.Event()

    # Sending

    def send(self, batch: Iterable[Outgoing], on_result: Callable[[Result], None]) -> None:
        """Sends mails one after another, and tells of each at once, in the calling thread.

        A mail under way when the connection breaks has a result: "retry", or "uncertain" once its final dot was sent.
        A mail without a result was not attempted, or not to its end: it may be sent again without doubt. What
        `on_result` raises ends the batch and passes through.

        Raises:
            TransientError: No connection can be had (network, TLS, login), or it broke for two mails in a row, or the
                courier was closed. The mails that were not attempted have no result.
        """
        with self._busy:
            broken = 0
            for mail in batch:
                self._require_open()
                problem = why_unsendable(mail)
                if problem:
                    on_result(Result(mail.id, "failed", None, problem))
                    continue
                try:
                    result = self._send_one(mail)
                    broken = 0
                except LinkLostError as error:
                    result = error.result(mail)
                    broken += 1
                on_result(result)
                if broken == 2:
                    raise self._error(f"the connection broke twice in a row: {result.text}")

    def _send_one(self, mail: Outgoing) -> Result:
        """Sends one mail; if a connection that had been used before breaks without a final dot, over another one."""
        reused = self._connect()
        try:
            return self._transact(mail)
        except LinkLostError as error:
            if not reused or error.dotted or self._closing.is_set():
                raise
        self._connect()
        return self._transact(mail)

    def _transact(self, mail: Outgoing) -> Result:
        assert self._client is not None
        try:
            result = self._run(self._transaction(self._client, mail))
        except BaseException:
            self._drop(polite=False)
            raise
        self._used_at = time.monotonic()
        return result

    async def _transaction(self, client: aiosmtplib.SMTP, mail: Outgoing) -> Result:
        """MAIL, RCPT, DATA, the content, the final dot (RFC 5321 s.3.3)."""
        dotted = False
        listening: asyncio.Task[SMTPResponse] | None = None
        try:
            parameters = mail_parameters(mail, client.esmtp_extensions)
            if parameters is None:
                return Result(mail.id, "failed", None, "the address is not ASCII, and the server offers no SMTPUTF8")
            sender, recipient = mail.envelope_from.encode(), mail.recipient.encode()
            steps = (
                (b"MAIL", b"FROM:<" + sender + b">", *parameters),
                (b"RCPT", b"TO:<" + recipient + b">"),
                (b"DATA",),
            )
            for words in steps:
                answer = await client.execute_command(*words, timeout=self.server.command_timeout)
                if answer.code // 100 != (3 if words == (b"DATA",) else 2):
                    return await self._refused(client, mail, answer)
            listening = await self._push(client, stuffed(mail.raw))
            if not listening.done():
                _write(client, b".\r\n")
                dotted = True
            answer = await asyncio.wait_for(listening, self.server.data_timeout)
        except (SMTPException, OSError) as error:  # A time-out is an OSError, too.
            raise LinkLostError(self._explain(error), dotted=dotted) from None
        except asyncio.CancelledError:
            if not self._closing.is_set():
                raise  # Somebody interrupts the whole program.
            raise LinkLostError("mailbot was stopped meanwhile", dotted=dotted) from None
        finally:
            _forget(listening)
        return self._judged(client, mail, answer, dotted=dotted)

    def _judged(self, client: aiosmtplib.SMTP, mail: Outgoing, answer: SMTPResponse, *, dotted: bool) -> Result:
        """The meaning of the reply to the content."""
        if not dotted or answer.code == _CLOSING:  # It did not hear all of it, or leaves: this link is of no more use.
            client.close()
        text = printable(answer.message)
        if answer.code // 100 == 2 and dotted:
            return Result(mail.id, "sent", answer.code, text)
        if answer.code // 100 in (4, 5):
            return Result(mail.id, "retry" if answer.code // 100 == 4 else "failed", answer.code, text)
        raise LinkLostError(f"the server answered nonsense: {answer.code} {text}", dotted=dotted, code=answer.code)

    async def _refused(self, client: aiosmtplib.SMTP, mail: Outgoing, answer: SMTPResponse) -> Result:
        """A refusal before the content; the connection is made ready for the next mail."""
        text = printable(answer.message)
        if answer.code in _LOGIN_WANTED:
            raise self._error(f"the server wants a login first ({answer.code} {text}); set `username` and the password")
        if answer.code == _CLOSING or answer.code // 100 not in (4, 5):
            raise LinkLostError(f"the server said: {answer.code} {text}", dotted=False, code=answer.code)
        try:
            await client.rset(timeout=self.server.command_timeout)
        except (SMTPException, OSError):  # The refusal stands all the same; the next mail gets a new connection.
            client.close()
        return Result(mail.id, "retry" if answer.code // 100 == 4 else "failed", answer.code, text)

    async def _push(self, client: aiosmtplib.SMTP, content: bytes) -> "asyncio.Task[SMTPResponse]":
        """Writes the content without the final dot, until it is on its way or the server has answered early.

        Returns:
            The reading of the reply. It is done already if the server did not want to hear it all.

        Raises:
            TimeoutError: The server takes nothing any more.
        """
        assert client.protocol is not None
        listening = asyncio.create_task(client.protocol.read_response())
        try:
            await asyncio.sleep(0)  # Lets it begin: a reply that nobody waits for would be dropped.
            left = _write(client, content)
            while left and not listening.done():
                left = await self._pushed_on(client, listening, left)
        except BaseException:
            _forget(listening)
            raise
        return listening

    async def _pushed_on(self, client: aiosmtplib.SMTP, listening: "asyncio.Task[SMTPResponse]", before: int) -> int:
        """Waits until fewer bytes than before wait to go out, or the server has answered."""
        end = time.monotonic() + self.server.command_timeout
        while (left := _write(client, b"")) == before and not listening.done():
            if time.monotonic() > end:
                raise TimeoutError
            await asyncio.wait({listening}, timeout=0.01)
        return left

    # The connection

    def _connect(self) -> bool:
        """Makes sure that there is a connection; True if it had been there before."""
        if self._client is not None and self._client.is_connected and time.monotonic() - self._used_at <= KEEP_SECONDS:
            return True
        self._drop()
        self._client = self._run(self._open())
        self._used_at = time.monotonic()
        return False

    async def _open(self) -> aiosmtplib.SMTP:
        """Connects, encrypts, logs in.

        Raises:
            TransientError: It failed; the text says why, and what to do.
        """
        server = self.server
        client: aiosmtplib.SMTP | None = None
        try:
            context = client_context(server.ca_file) if server.security != "none" else None
            client = aiosmtplib.SMTP(
                hostname=server.host,
                port=server.port,
                timeout=server.connect_timeout,
                use_tls=server.security == "tls",
                start_tls=False,  # It is done below, where it cannot be left out.
                tls_context=context,
                local_hostname=server.helo or own_name(),
            )
            await client.connect()
            await client.ehlo()
            if server.security == "starttls":
                await self._encrypt(client, context)
            if server.username:
                await self._log_in(client)
        except BaseException as error:
            if client is not None:
                client.close()
            if isinstance(error, asyncio.CancelledError):
                self._require_open()
            if isinstance(error, (SMTPException, OSError, ValueError)):
                raise self._error(self._explain(error)) from None
            raise
        return client

    async def _encrypt(self, client: aiosmtplib.SMTP, context: ssl.SSLContext | None) -> None:
        if not client.supports_extension("starttls"):
            raise self._error("the server offers no STARTTLS, and nothing was sent; check `port` and `security`")
        await client.starttls(tls_context=context)
        await client.ehlo()

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        """One attempt with one mechanism: to try them all in turn would lock accounts after few wrong passwords."""
        offered = client.supported_auth_methods
        logins = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
        if self.server.security == "none" and "cram-md5" in offered:
            logins = {"cram-md5": client.auth_crammd5}  # It does not show the password.
        for name, login in logins.items():
            if name in offered:
                await login(self.server.username, self.server.password)
                return
        raise self._error(
            "the server offers no login that we know (PLAIN, LOGIN, CRAM-MD5); clear `username`, or `port`"
        )

    def _drop(self, *, polite: bool = True) -> None:
        client, self._client = self._client, None
        if client is not None:
            self._run(_part(client, polite=polite))

    def close(self) -> None:
        """Ends the connection, and what the sending thread is doing with it after a short grace; may be called twice.

        The mail under way gets its result ("retry" or "uncertain"); `send` then raises TransientError.
        """
        self._closing.set()
        if not self._busy.acquire(timeout=_GRACE_SECONDS):
            loop, task = self._loop, self._task
            if loop is not None and task is not None:
                loop.call_soon_threadsafe(task.cancel)
            if not self._busy.acquire(timeout=_GRACE_SECONDS):
                return  # The sending thread is busy with its results; there is nothing to end here.
        try:
            if self._loop is None or not self._loop.is_closed():
                self._drop()
                self._runner.close()
        finally:
            self._busy.release()

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        async def noted() -> _T:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            return await work

        return self._runner.run(noted())

    # For operators

    def check(self) -> str:
        """What `mailbot check` tells of this server: connects anew, logs in, sends nothing.

        Raises:
            TransientError: It cannot be used; the text says why.
        """
        with self._busy:
            self._require_open()
            self._drop()
            self._connect()
            client = self._client
            assert client is not None
            try:
                self._run(client.noop())
            except (SMTPException, OSError) as error:
                raise self._error(self._explain(error)) from None
            certificate = client.get_transport_info("peercert")
            words = [
                f"SMTP server {self.server.host}:{self.server.port}: answers, security {self.server.security!r}",
                describe_certificate(certificate, datetime.now(UTC)) or "no TLS: anybody can read along",
                f"logged in as {self.server.username!r}" if self.server.username else "no login",
                f"largest message {client.esmtp_extensions.get('size') or 'not told'}",
                f"SMTPUTF8 {'yes' if client.supports_extension('smtputf8') else 'no'}",
            ]
            self._drop()
            return "; ".join(words)

    # Errors

    def _error(self, text: str) -> TransientError:
        return TransientError(f"SMTP server {self.server.host}:{self.server.port}: {text}")

    def _require_open(self) -> None:
        if self._closing.is_set():
            raise self._error("mailbot was stopped meanwhile")

    def _explain(self, error: Exception) -> str:
        """Words for whatever went wrong; a server that repeats the password does not get it into a log."""
        host, port = self.server.host, self.server.port
        cause: BaseException | None = error.__cause__ if isinstance(error, SMTPException) else error
        if isinstance(error, SMTPResponseException):
            text = f"the server said: {error.code} {printable(error.message)}"
            if isinstance(error, SMTPAuthenticationError):
                text = f"the login of {self.server.username!r} was refused; check `username` and the password ({text})"
        elif isinstance(error, SMTPTimeoutError):
            text = explain_network(TimeoutError(), host, port)
        elif isinstance(cause, OSError):
            text = explain_network(cause, host, port)
        else:
            text = printable(str(error)) or type(error).__name__
        return text.replace(self.server.password, "***") if self.server.password else text


def _write(client: aiosmtplib.SMTP, data: bytes) -> int:
    """Writes bytes; gives how many still wait to go out.

    Raises:
        SMTPServerDisconnected: The connection is gone.
    """
    if client.protocol is None or not isinstance(client.transport, asyncio.WriteTransport):
        raise SMTPServerDisconnected("the connection is gone")
    if data:
        client.protocol.write(data)
    return client.transport.get_write_buffer_size()


def _forget(listening: "asyncio.Task[SMTPResponse] | None") -> None:
    """Ends the reading of a reply that nobody wants any more, so that no complaint about it is logged."""
    if listening is not None and not listening.cancel() and not listening.cancelled():
        listening.exception()


async def _part(client: aiosmtplib.SMTP, *, polite: bool) -> None:
    """Closes with a good-bye, or breaks off with what still waits to go out, since nobody listens any more."""
    try:
        if polite and client.is_connected:
            await client.quit(timeout=2.0)
    except (SMTPException, OSError):
        polite = False  # It was gone already.
    if not polite and isinstance(client.transport, asyncio.WriteTransport):
        client.transport.abort()
    client.close()
    await asyncio.sleep(0)  # Lets the transport close its socket.
