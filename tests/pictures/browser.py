"""One headless Chromium, spoken to through a pipe (--remote-debugging-pipe): no port, and no library."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

_SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
_PATIENCE = 60.0
"""Seconds in which an answer must have come; a page takes hundredths of one."""


class Browser:
    """A tab of Chromium. Pages are shown as a reader with a screen of some width and scheme would see them."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, from_: int) -> None:
        self._process, self._to, self._from = process, to, from_
        self._buffer = b""
        self._last = 0
        self._session = ""
        self._width = 0
        self._events: list[dict[str, Any]] = []

    def opened(self) -> Self:
        """The same, with its tab ready."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Network.enable")
        return self

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Asks for something by its name in the DevTools protocol, and gives the answer."""
        self._last += 1
        order = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            order["sessionId"] = self._session
        unsent = json.dumps(order).encode() + b"\0"
        while unsent:
            unsent = unsent[os.write(self._to, unsent) :]
        while (message := self._next()).get("id") != self._last:
            self._events.append(message)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        found: dict[str, Any] = message["result"]
        return found

    def show(self, page: Path) -> list[str]:
        """Loads a page, waits until all of it is there, and gives every address that was fetched for it."""
        self._events.clear()
        self.call("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(self._next())
        sent = [event for event in self._events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def look_as(self, width: int, scheme: str) -> None:
        """Makes the screen so wide, and its reader one who likes it "light" or "dark"."""
        if width != self._width:  # It lasts from page to page, and each change lays the page out anew.
            self.call("Emulation.setDeviceMetricsOverride", width=width, height=600, deviceScaleFactor=1, mobile=False)
            self._width = width
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def run(self, script: str) -> Any:
        """The value of an expression within the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"the script failed: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def picture(self, width: int) -> bytes:
        """The whole page as a PNG."""
        height = self.call("Page.getLayoutMetrics")["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        found = self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(found["data"])

    def _next(self) -> dict[str, Any]:
        """The next message of the browser: messages end with a zero byte."""
        end = time.monotonic() + _PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
            piece = os.read(self._from, 1 << 20) if ready else b""
            if not piece:
                raise RuntimeError("the browser does not answer any more" if not ready else "the browser has gone")
            self._buffer += piece
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Chromium with a profile of its own, gone afterwards whatever happens."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "a browser is needed to look at mails: apt-get install chromium"
    theirs_in, to = os.pipe()
    from_, theirs_out = os.pipe()
    # The browser reads from its file descriptor 3 and writes to 4; a shell puts them there.
    shell = ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "browser"]
    process = subprocess.Popen(
        [*shell, program, *_SWITCHES, f"--user-data-dir={profile}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(theirs_in, theirs_out),
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Browser(process, to, from_).opened()
    finally:
        # A browser of which the pipe is closed ends by itself.
        os.close(to)
        os.close(from_)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
