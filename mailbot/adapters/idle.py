"""A bell that ends a wait from another thread; it can be waited for together with a socket."""

import socket
import weakref
from contextlib import suppress


class Bell:
    """A bell: one thread waits, any thread may ring. A ring before the wait is not lost.

    It is a pair of sockets, since a poll can watch those beside a connection, and closing a connection under the feet
    of the thread that reads it is no clean way to wake it.
    """

    def __init__(self) -> None:
        self._ear, self._rope = socket.socketpair()
        self._ear.setblocking(False)
        self._rope.setblocking(False)
        weakref.finalize(self, _close_both, self._ear, self._rope)

    def fileno(self) -> int:
        """A file descriptor that is readable once the bell was rung."""
        return self._ear.fileno()

    def ring(self) -> None:
        """Ends the wait of the other thread, or its next one."""
        with suppress(BlockingIOError):  # Full of earlier rings: it will be heard anyway.
            self._rope.send(b"!")

    def heard(self) -> bool:
        """Whether the bell was rung since this was last asked."""
        with suppress(BlockingIOError):
            return bool(self._ear.recv(4096))
        return False

    def wait(self, seconds: float) -> bool:
        """Waits for a ring, at most so long; True if the bell was rung."""
        self._ear.settimeout(max(0.0, seconds))
        try:
            return bool(self._ear.recv(4096))
        except (TimeoutError, BlockingIOError):
            return False
        finally:
            self._ear.setblocking(False)


def _close_both(one: socket.socket, other: socket.socket) -> None:
    one.close()
    other.close()
