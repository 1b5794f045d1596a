"""Free ports of the loopback interface."""

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_until_ready(port: int, greeting: bytes, alive: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Waits until a server on a port greets; False if it died or needs too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and alive():
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as sock:
                if sock.recv(100).startswith(greeting):
                    return True
        except OSError:
            time.sleep(0.02)  # It is not listening yet.
    return False
