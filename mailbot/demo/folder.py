"""The folder of the demonstration: its configuration, and how an older one in the same place is cleared away."""

import contextlib
import secrets
import shutil
import tempfile
from pathlib import Path

from mailbot.adapters.locks import instance_lock
from mailbot.demo.people import SUPPORT
from mailbot.demo.world import MailWorld
from mailbot.errors import ConfigError, UsageError

PASSWORD = "let-me-in"  # noqa: S105 - the password of mailboxes that live on loopback for a minute.
LEAD = "lena@demo.example"

_MARK = "# The configuration of a demonstration of mailbot; the next one with the same --out replaces it.\n"
_FILES = ("config.toml", "daemon.log", "mailbot.db", "mailbot.db-wal", "mailbot.db-shm")
_FOLDERS = ("in", "out", "gallery")

_NO_GRACE = 'undo_window = "1s"\n'
_CONFIG = """\
[helpdesk]
name = "Demo Helpdesk"
address = "{support}"
state_dir = "{folder}"
language = "en"
{no_grace}
[security]
secret_key = "{key}"

[[mailboxes]]
name = "support"
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{support}"
password = "{password}"
poll = "1s"  # The embedded server now and then forgets to announce a message.

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"

[daily]  # Whether it is morning just now must not change what the demonstration shows.
worklist = false
overview = false

[[teams]]
name = "support"
lead = "{lead}"

[[technicians]]
email = "dewi@demo.example"
name = "Dewi"
teams = ["support"]
skills = ["hardware"]

[[technicians]]
email = "tono@demo.example"
name = "Tono"
teams = ["support"]
language = "id"

[[rules]]
id = "advertising"
any = ["casino", "lottery", "jackpot"]
action = "ignore"
"""

_HURRY = """
# Time runs fast in the demonstration, so that the scheduler has something to show.
[sla.critical]
first_response = "12s"
next_update = "20s"
resolution = "4h"

[sla.normal]
next_update = "15s"

[escalation]
lead_after = "5s"

[closing]
resolved_after = "5s"

[surveys]
delay = "1s"
"""


PEOPLE = {
    "rita": ("Rita Requester", "rita@demo.example"),
    "budi": ("Budi Santoso", "budi@demo.example"),
    "sari": ("Sari Wijaya", "sari@demo.example"),
    "mallory": ("Mallory", "mallory@demo.example"),
    "dewi": ("Dewi", "dewi@demo.example"),
    "tono": ("Tono", "tono@demo.example"),
}
ROLES = {
    "rita@demo.example": "requester",
    "budi@demo.example": "requester",
    "sari@demo.example": "requester",
    "dewi@demo.example": "technician",
    "tono@demo.example": "technician",
    LEAD: "lead",
}
"""What the people are to the helpdesk; Mallory is nothing to it, and writes all the same."""


def prepare(out: str) -> Path:
    """Makes the folder, or clears what an earlier demonstration left in it; what is not of one is not touched.

    Args:
        out: Where; "" = a new folder among the temporary ones.

    Raises:
        UsageError: There is something else in this place.
        ConfigError: It cannot be written.
        AlreadyRunningError: A demonstration runs in it.
    """
    if not out:
        return Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    folder = Path(out).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            _clear(folder)
    except FileExistsError:
        raise UsageError(f"{folder} is a file; name a folder with --out") from None
    except OSError as error:
        raise ConfigError(f"{error.filename or folder}: {error.strerror}; name another folder with --out") from error
    return folder


def _clear(folder: Path) -> None:
    config = folder / "config.toml"
    if not config.is_file() or not config.read_text(encoding="utf-8", errors="replace").startswith(_MARK):
        raise UsageError(
            f"{folder} is not empty and holds no demonstration, so nothing in it was touched; name another with --out"
        )
    with instance_lock(folder):
        for name in _FOLDERS:
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(folder / name)
        # The file that says what this folder is goes last: were this interrupted, the next one could go on.
        for name in reversed(_FILES):
            (folder / name).unlink(missing_ok=True)


def configure(folder: Path, world: MailWorld) -> Path:
    """Writes the configuration that belongs to these servers."""
    path = folder / "config.toml"
    path.touch(mode=0o600)
    text = _CONFIG.format(
        support=SUPPORT,
        no_grace=_NO_GRACE,
        lead=LEAD,
        folder=folder,
        key=secrets.token_urlsafe(48),
        imap_port=world.imap_port,
        smtp_port=world.smtp_port,
        password=PASSWORD,
    )
    path.write_text(_MARK + text + _HURRY, encoding="utf-8")
    return path


def slow_down(config: Path) -> None:
    """Takes the hurry out of the configuration: what is left are the times of a real helpdesk."""
    text = config.read_text(encoding="utf-8").removesuffix(_HURRY).replace(_NO_GRACE, "")
    config.write_text(text, encoding="utf-8")
