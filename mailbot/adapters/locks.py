"""The two locks: threads of one process that write to SQLite take turns, and one daemon owns a state directory."""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailbot.errors import AlreadyRunningError, ConfigError, TransientError


class Turns:
    """A lock that threads get in the order in which they asked for it.

    SQLite's own waiting is a sleep with growing pauses: with several writers some of them starve. Waiting here costs
    nothing, and SQLite's waiting is left for other processes.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: int | None = None
        self._held = False

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        """Holds the lock for the length of a `with` block.

        Args:
            timeout: how long to wait for it, in seconds.

        Raises:
            TransientError: the time is over.
            RuntimeError: this thread holds the lock already and would wait for itself for ever.
        """
        self._acquire(timeout)
        try:
            yield
        finally:
            self._release()

    def _acquire(self, timeout: float) -> None:
        me = threading.get_ident()
        with self._mutex:
            if not self._held:
                self._held, self._owner = True, me
                return
            if self._owner == me:
                raise RuntimeError("a writing unit of work was opened inside another one of the same thread")
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        got = False
        try:
            got = mine.acquire(timeout=timeout)
        finally:
            if not got:
                self._leave(mine)
        if not got:
            raise TransientError(
                f"another thread of mailbot has been writing to the database for more than {timeout:g} s:"
                " try again later, and restart mailbot if this goes on"
            )
        self._owner = me

    def _leave(self, mine: threading.Lock) -> None:
        with self._mutex:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return
        self._release()  # The lock was handed over at the very moment at which we gave up: hand it on.

    def _release(self) -> None:
        with self._mutex:
            self._owner = None
            if self._waiting:
                self._waiting.popleft().release()  # It stays held: nobody who comes now can overtake.
            else:
                self._held = False


@contextmanager
def instance_lock(state_dir: Path) -> Iterator[None]:
    """Keeps a second daemon away from a state directory while the block runs; the kernel frees it at any death.

    Raises:
        AlreadyRunningError: another process holds it; the text names its process id.
        ConfigError: the directory is missing or not writable.
    """
    path = state_dir / "mailbot.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(f"{path} cannot be opened ({error.strerror}): check [helpdesk] state_dir") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise AlreadyRunningError(
                f"another mailbot (process {pid}) runs on {state_dir}: stop it first, or use another state_dir"
            ) from error
        # The file is never removed: a third process could lock a new one while the second holds the old one.
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
