"""The first job: what lies in a mailbox becomes receipts, tickets and replies.

    look     which UIDs have no receipt yet; nothing is changed on the server
    receive  one transaction for a batch: raw bytes and receipts, the first attempt counted
    process  one transaction for a few messages, each in a savepoint: its disposition and all that follows from it
    file     only now the server is told: the message is moved to the processed folder

Killed anywhere, the next start goes on from what is committed. A message that fails three times, with pauses, is
quarantined.
"""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from mailbot.adapters import ledger
from mailbot.adapters.db import Database
from mailbot.adapters.imap import ImapMailbox, MailboxEnvelope
from mailbot.adapters.ledger import Arrival as LedgerLine
from mailbot.adapters.ledger import Facts
from mailbot.adapters.raw import load_raw, store_raws
from mailbot.adapters.signed import Lookup, lookup
from mailbot.adapters.tables import Receipt
from mailbot.core.model import Disposition, DispositionKind
from mailbot.errors import AlreadyDisposedError, CorruptRawError, SchemaError, TransientError
from mailbot.log import mail_log
from mailbot.notify import Desk
from mailbot.pipeline.arrival import Arrival
from mailbot.pipeline.process import Reading, process, understand

_log = structlog.get_logger("mailbot.intake")

MAX_ATTEMPTS = 3
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=10))
"""How long a message rests after its first failure and after its second: a full disk or a locked file may pass."""
RECONCILE_EVERY = timedelta(minutes=10)
_PAGE = 1000  # Receipts looked at in one transaction.
_GROUP = 8  # Messages committed at once.
_FAILED = frozenset({DispositionKind.QUARANTINED.value, DispositionKind.REFUSED.value})


@dataclass(slots=True)
class Position:
    """How far a connection has come in its mailbox."""

    uidvalidity: int
    last_uid: int = 0
    reconciled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    """A received message: its bytes, None = they are in the database; or why it could not be fetched."""

    receipt: Receipt
    raw: bytes | None
    unreadable: str


@dataclass(frozen=True, slots=True)
class _Read:
    body: bytes
    reading: Reading | None


class Intake:
    """Reads one mailbox; used by one thread.

    Args:
        database: Where receipts and tickets go.
        mailbox: The connection to the mailbox.
        desk: Gives the policy and the templates that hold now; it is asked once for each run.
        clock: Gives the time (aware, UTC).
        on_news: Called after each commit that may have put mail into the outbox.
        find: Finds the keys of signatures in the DNS, where the configuration wants that.
    """

    def __init__(
        self,
        database: Database,
        mailbox: ImapMailbox,
        desk: Callable[[], Desk],
        clock: Callable[[], datetime],
        on_news: Callable[[], None],
        find: Lookup = lookup,
    ) -> None:
        self._database = database
        self._mailbox = mailbox
        self._desk = desk
        self._clock = clock
        self._on_news = on_news
        self._find = find
        self._position: Position | None = None
        self._resting: dict[int, datetime] = {}  # Until when, by receipt; forgotten at a stop, which is a pause too.
        self._counted: set[int] = set()  # Receipts whose attempt was counted and then failed by no fault of theirs.
        self.name = mailbox.account.name

    def run_once(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Reads what is new, and finishes what an earlier run left undone; gives how many messages were processed.

        Raises:
            TransientError: The server or the database is not to be had; nothing is lost, try again later.
        """
        desk = self._desk()
        position = self._connect()
        done = self.resume(desk, stopping)
        for uids in self._batches(desk, self._look(position)):
            if stopping():
                break
            done += self._take(desk, position, uids, stopping)
        self._file(position)
        return done

    def _connect(self) -> Position:
        if self._position is None or not self._mailbox.connected:
            selected = self._mailbox.connect()
            self._position = Position(selected.uidvalidity)
        return self._position

    def disconnect(self) -> None:
        """Drops the connection; the next run makes a new one."""
        self._position = None
        self._mailbox.close()

    def wait(self, seconds: float) -> bool:
        """Waits for news in the mailbox; True if there may be some."""
        return self._mailbox.wait(seconds)

    # Look

    def _look(self, position: Position) -> list[int]:
        """The UIDs without a receipt, ascending; every ten minutes all UIDs are compared, else only the new ones."""
        now = self._clock()
        if position.reconciled_at is None or now - position.reconciled_at >= RECONCILE_EVERY:
            uids = self._mailbox.search_all()
            position.reconciled_at = now
        else:
            uids = self._mailbox.search_from(position.last_uid + 1)
        with self._database.unit_of_work(write=False) as session:
            known = ledger.known_uids(session, self.name, position.uidvalidity, uids)
        position.last_uid = max([position.last_uid, *uids])
        return [uid for uid in uids if uid not in known]

    def _batches(self, desk: Desk, uids: list[int]) -> Iterator[dict[int, MailboxEnvelope]]:
        """Parts of the UIDs that are small enough to be fetched at once, in number and in bytes."""
        limits = desk.policy.settings.limits
        for start in range(0, len(uids), 500):
            batch: dict[int, MailboxEnvelope] = {}
            room = limits.batch_bytes
            for uid, envelope in sorted(self._mailbox.sizes(uids[start : start + 500]).items()):
                if batch and (len(batch) >= limits.batch_count or envelope.size > room):
                    yield batch
                    batch, room = {}, limits.batch_bytes
                batch[uid] = envelope
                room -= envelope.size
            if batch:
                yield batch

    # Receive

    def _take(
        self, desk: Desk, position: Position, envelopes: dict[int, MailboxEnvelope], stopping: Callable[[], bool]
    ) -> int:
        allowed = desk.policy.limits.size
        fetched = self._mailbox.fetch([uid for uid, envelope in envelopes.items() if envelope.size <= allowed])
        unreadable = self._mailbox.refused
        present = [
            uid for uid, envelope in envelopes.items() if uid in fetched or uid in unreadable or envelope.size > allowed
        ]
        now = self._clock()
        with self._database.unit_of_work() as session:
            raws = [fetched[uid] for uid in present if uid in fetched]
            digests = dict(zip((uid for uid in present if uid in fetched), store_raws(session, raws), strict=True))
            lines = [
                LedgerLine(uid, envelopes[uid].size, envelopes[uid].internal_date, digests.get(uid)) for uid in present
            ]
            ledger.receive(session, self.name, position.uidvalidity, lines, now)
            receipts = ledger.receipts_of(session, self.name, position.uidvalidity, present)
        done = 0
        for group in self._groups(receipts):
            if stopping():
                return done
            self._process(
                desk,
                [
                    _Message(receipt, fetched.get(receipt.uid, b""), unreadable.get(receipt.uid, ""))
                    for receipt in group
                ],
            )
            done += len(group)
        self._file(position)
        return done

    # Process

    def resume(self, desk: Desk, stopping: Callable[[], bool] = lambda: False) -> int:
        """Processes messages that were received earlier and have no disposition: after a crash, a failure, a retry.

        One that failed a moment ago rests; its turn comes at a later look.
        """
        done = 0
        for receipt in self._open_receipts():
            if stopping():
                break
            assert receipt.id is not None
            now = self._clock()
            if self._resting.get(receipt.id, now) > now:
                continue
            # Without an error it was a death of the process, which others may have caused: it gets twice the attempts.
            if receipt.attempts >= (MAX_ATTEMPTS if receipt.error else 2 * MAX_ATTEMPTS):
                self._quarantine(receipt, receipt.error or "the process died while it was processed")
            else:
                again = receipt.id in self._counted
                if not again and not self._count(receipt):
                    continue
                self._counted.discard(receipt.id)
                try:
                    self._process(desk, [_Message(receipt, None, "its bytes could not be fetched")])
                except TransientError as error:
                    if not again:
                        raise
                    # It may be the only one that fails so: the others must not wait for it.
                    _log.warning("message_waits", mailbox=self.name, uid=receipt.uid, error=str(error))
                    self._resting[receipt.id] = now + RETRY_AFTER[0]
                    continue
            done += 1
        return done

    def _open_receipts(self) -> Iterator[Receipt]:
        last = 0
        while True:
            with self._database.unit_of_work(write=False) as session:
                receipts = ledger.open_receipts(session, self.name, _PAGE, last)
            yield from receipts
            if len(receipts) < _PAGE:
                return
            last = receipts[-1].id or 0

    def _groups(self, receipts: list[Receipt]) -> Iterator[list[Receipt]]:
        """Parts that are committed at once, which saves the disk much work."""
        # Where others write at the same time, the lock of a ticket is held for one message only.
        size = _GROUP if self._database.path is not None else 1
        for start in range(0, len(receipts), size):
            yield receipts[start : start + size]

    def _process(self, desk: Desk, messages: list[_Message]) -> None:
        """Processes messages in one transaction; whatever goes wrong with one of them concerns that one only."""
        # Reading happens before the transaction begins, so that a message that takes long holds up nobody else.
        try:
            read = [(message, self._read(desk, message)) for message in messages]
            done: list[tuple[Receipt, Disposition | Exception]] = []
            with self._database.unit_of_work() as session:
                for message, found in read:
                    outcome = found if isinstance(found, Exception) else self._dispose(session, desk, message, found)
                    done.append((message.receipt, outcome))
        except (TransientError, SchemaError):
            # The database is not to be had, which may last: the attempt is not charged to them again and again.
            self._counted.update(message.receipt.id or 0 for message in messages)
            raise
        for receipt, outcome in done:
            if isinstance(outcome, Disposition):
                self._report(receipt, outcome)
        for receipt, outcome in done:
            if isinstance(outcome, AlreadyDisposedError):
                self._resting.pop(receipt.id or 0, None)
            elif isinstance(outcome, Exception):
                self._strike(receipt, outcome)

    def _read(self, desk: Desk, message: _Message) -> _Read | Exception:
        """What a message says, or the error that it caused."""
        try:
            body = self._load(message.receipt) if message.raw is None else message.raw
            known = message.receipt.sha256 is not None
            return _Read(body, understand(body, desk.policy, self._clock(), self._find) if known else None)
        except (TransientError, SchemaError):
            raise  # The database is not to be had: that is no fault of the message.
        except Exception as error:  # noqa: BLE001 - a bug or a hostile message: a strike, and the others go on.
            return error

    def _dispose(self, session: Session, desk: Desk, message: _Message, found: _Read) -> Disposition | Exception:
        """The disposition of a message, or the error that it caused; then nothing of it is left in the transaction."""
        receipt, now = message.receipt, self._clock()
        assert receipt.id is not None
        try:
            with self._database.savepoint(session):
                if receipt.sha256 is None:
                    disposition = self._without_bytes(desk, receipt, message.unreadable)
                    ledger.dispose(session, receipt.id, disposition, Facts(), now)
                    ledger.note_filed(session, [receipt.id], "left")
                    return disposition
                received_at = min(receipt.internal_date or now, now)
                arrival = Arrival(receipt.id, self.name, found.body, received_at)
                return process(session, arrival, desk, now, found.reading)
        except (TransientError, SchemaError):
            raise  # As above.
        except Exception as error:  # noqa: BLE001 - as above.
            return error

    def _count(self, receipt: Receipt) -> bool:
        """Counts an attempt before it is made, for it may kill the process; False if another node was quicker."""
        assert receipt.id is not None
        with self._database.unit_of_work() as session:
            counted = ledger.count_attempt(session, receipt.id)
        receipt.attempts += counted
        return counted

    def _load(self, receipt: Receipt) -> bytes:
        if receipt.sha256 is None:
            return b""
        with self._database.unit_of_work(write=False) as session:
            return load_raw(session, receipt.sha256)

    def _without_bytes(self, desk: Desk, receipt: Receipt, unreadable: str) -> Disposition:
        """What becomes of a message that was never fetched; it is left where it is."""
        allowed = desk.policy.limits.size
        if receipt.size > allowed:
            reason = f"the message has {receipt.size} bytes, the limit is {allowed}; it was left on the server unread"
            return Disposition(DispositionKind.REFUSED, reason)
        return Disposition(DispositionKind.QUARANTINED, f"it was left on the server: {unreadable}")

    def _strike(self, receipt: Receipt, error: Exception) -> None:
        assert receipt.id is not None
        report = "".join(traceback.format_exception(error))
        final = receipt.attempts >= MAX_ATTEMPTS or isinstance(error, CorruptRawError)
        with self._database.unit_of_work() as session:
            noted = ledger.note_error(session, receipt.id, report)
        if not noted:
            return  # Another node was quicker, and that is why it failed here.
        _log.error("message_failed", mailbox=self.name, uid=receipt.uid, attempt=receipt.attempts, error=repr(error))
        if final:
            self._quarantine(receipt, report)
            return
        self._resting[receipt.id] = self._clock() + RETRY_AFTER[min(receipt.attempts, len(RETRY_AFTER)) - 1]

    def _quarantine(self, receipt: Receipt, report: str) -> None:
        assert receipt.id is not None
        last = report.strip().splitlines()[-1] if report.strip() else "unknown"
        disposition = Disposition(DispositionKind.QUARANTINED, f"failed {MAX_ATTEMPTS} times: {last[:300]}")
        try:
            with self._database.unit_of_work() as session:
                ledger.note_error(session, receipt.id, report)
                ledger.dispose(session, receipt.id, disposition, Facts(), self._clock())
        except AlreadyDisposedError:
            self._resting.pop(receipt.id, None)
            return
        self._report(receipt, disposition)

    def _report(self, receipt: Receipt, disposition: Disposition) -> None:
        self._resting.pop(receipt.id or 0, None)
        mail_log(
            "disposition",
            mailbox=self.name,
            uid=receipt.uid,
            receipt=receipt.id,
            disposition=disposition.kind.value,
            reason=disposition.reason,
            ticket=disposition.ticket,
        )
        self._on_news()

    # File

    def _file(self, position: Position) -> None:
        """Puts messages with a disposition away on the server; a failure here is harmless and is made good later."""
        account = self._mailbox.account
        with self._database.unit_of_work(write=False) as session:
            waiting = ledger.unfiled(session, self.name, position.uidvalidity, 1000)
        if not waiting:
            return
        for failed in (False, True):
            part = [(receipt, uid) for receipt, uid, kind in waiting if (kind in _FAILED) is failed]
            folder = (account.failed_folder if failed else "") or account.processed_folder
            if part:
                self._put_away(part, folder)

    def _put_away(self, part: list[tuple[int, int]], folder: str) -> None:
        try:
            self._mailbox.file([uid for _receipt, uid in part], folder)
        except TransientError as error:
            if not self._mailbox.connected:
                raise
            _log.warning("not_filed", mailbox=self.name, folder=folder, error=str(error))
            return
        with self._database.unit_of_work() as session:
            ledger.note_filed(session, [receipt for receipt, _uid in part], "done")
