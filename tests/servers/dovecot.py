"""A throw-away Dovecot IMAP server in a temporary directory, on random ports of the loopback interface.

It works as root and as anybody else. As root the mail belongs to "mail": Dovecot refuses to serve mail as root.

    with Dovecot({"support": "secret"}) as dovecot:
        dovecot.deliver("support", raw)             # into the INBOX of its Maildir
        dovecot.port, dovecot.tls_port              # plain with STARTTLS, and TLS from the start
        dovecot.ca_file                             # trusts the certificate, which is for "localhost" and 127.0.0.1
        dovecot.messages("support", "Processed")    # what lies in a folder, read from the disk
"""

import grp
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.certificates import self_signed
from servers.ports import free_port, wait_until_ready

_CONFIG = """\
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
instance_name = test-{port}
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_home = {base}/mail/%u
mail_location = maildir:{base}/mail/%u/Maildir
mail_fsync = never
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_chars =
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
ssl_dh =
mail_max_userip_connections = 500
mailbox_idle_check_interval = 1 s
{capability}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
  service_count = 0
  process_min_avail = 1
}}
service imap {{
  process_limit = 500
  service_count = 100
  process_min_avail = 1
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  user = {auth}
}}
service auth-worker {{
  user = {auth}
}}
"""


class Dovecot:
    """A running Dovecot, as a context manager.

    Args:
        accounts: Names and passwords of those who have a mailbox.
        capability: What the server announces after the login instead of all that it can; "" = all.
        prefix: The prefix of the personal namespace, for instance "INBOX.".
        separator: What separates the levels of folder names.
    """

    def __init__(
        self,
        accounts: Mapping[str, str] | None = None,
        *,
        capability: str = "",
        prefix: str = "",
        separator: str = "/",
    ) -> None:
        self.accounts = dict(accounts or {"support": "secret"})
        self.host = "localhost"
        self.port, self.tls_port = free_port(), free_port()
        self.base = Path(tempfile.mkdtemp(prefix="dvc", dir="/tmp"))  # Short: a socket's path has at most 107 bytes.
        self.ca_file = self.base / "localhost.pem"
        self.separator = separator
        self._capability = f"imap_capability = {capability}" if capability else ""
        self._prefix = prefix
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._root = os.getuid() == 0
        self._owner = (pwd.getpwnam("mail").pw_uid, grp.getgrnam("mail").gr_gid) if self._root else None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            raise RuntimeError("the tests need Dovecot: apt-get install dovecot-imapd")
        self.base.chmod(0o755)
        for name in ("run", "state", "mail"):
            (self.base / name).mkdir()
        self._own(self.base / "mail")
        certificate = self_signed(self.base)
        me = pwd.getpwuid(os.getuid()).pw_name
        group = grp.getgrgid(os.getgid()).gr_name
        config = _CONFIG.format(
            base=self.base,
            port=self.port,
            tls_port=self.tls_port,
            cert=certificate.cert,
            key=certificate.key,
            uid=self._owner[0] if self._owner else os.getuid(),
            gid=self._owner[1] if self._owner else os.getgid(),
            internal="dovecot" if self._root else me,
            internal_group="dovecot" if self._root else group,
            login="dovenull" if self._root else me,
            auth="root" if self._root else me,
            capability=self._capability,
            prefix=self._prefix,
            separator=self.separator,
        )
        (self.base / "dovecot.conf").write_text(config)
        passwords = "".join(f"{name}:{{PLAIN}}{password}\n" for name, password in self.accounts.items())
        (self.base / "passwd").write_text(passwords, encoding="utf-8")
        for name in self.accounts:
            self._make_maildir(self.maildir(name))
        with (self.base / "stdout").open("wb") as output:
            self._process = subprocess.Popen(
                [program, "-F", "-c", str(self.base / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = self._process
        if not wait_until_ready(self.port, b"* OK", lambda: process.poll() is None):
            raise RuntimeError(f"Dovecot did not start:\n{self.log()}")

    def stop(self) -> None:
        """Ends the server and removes all that it left."""
        if self._process is not None and self._process.poll() is None:
            # Ended one by one it would wait a second for its processes; there is nothing to save.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self.base, ignore_errors=True)

    def log(self) -> str:
        """What the server has said so far."""
        files = (self.base / "stdout", self.base / "dovecot.log")
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    # Mail

    def maildir(self, account: str, folder: str = "INBOX") -> Path:
        """Where a folder lies on the disk (Maildir++)."""
        top = self.base / "mail" / account / "Maildir"
        return top if folder == "INBOX" else top / f".{folder.replace(self.separator, '.')}"

    def deliver(self, account: str, *messages: bytes) -> None:
        """Puts messages into an INBOX as a delivery agent does; their UIDs follow the order of the arguments."""
        directory = self.maildir(account)
        for message in messages:
            name = f"{int(time.time())}.M{next(self._numbers):09d}P{os.getpid()}.local"
            (directory / "tmp" / name).write_bytes(message)
            self._own(directory / "tmp" / name)
            (directory / "tmp" / name).rename(directory / "new" / name)

    def messages(self, account: str, folder: str = "INBOX") -> list[bytes]:
        """The raw messages in a folder, oldest first; [] if there is no such folder."""
        return [file.read_bytes() for file in self._files(account, folder)]

    def flags(self, account: str, folder: str = "INBOX") -> list[str]:
        """The Maildir flags of each message, oldest first: "S" seen, "T" deleted, small letters for keywords."""
        return [file.name.partition(":2,")[2] for file in self._files(account, folder)]

    def keywords(self, account: str, folder: str = "INBOX") -> list[str]:
        """The keywords that are known in a folder."""
        file = self.maildir(account, folder) / "dovecot-keywords"
        return [line.partition(" ")[2] for line in file.read_text().splitlines()] if file.exists() else []

    def empty(self, account: str) -> None:
        """Removes all mail and all folders of an account, which also gives its INBOX another UIDVALIDITY."""
        shutil.rmtree(self.maildir(account), ignore_errors=True)
        self._make_maildir(self.maildir(account))

    def rebuild(self, account: str) -> None:
        """Loses the UIDs of an INBOX, as a restore from a backup may; UIDVALIDITY changes with the second."""
        self.drop_connections(account)
        for _ in range(5):
            # A process that has logged out but not ended yet writes the old ones again.
            for file in self.maildir(account).glob("dovecot*"):
                file.unlink(missing_ok=True)
            time.sleep(0.1)

    def drop_connections(self, account: str) -> None:
        """Kills the processes that serve an account, as a crash of the server would."""
        shown = subprocess.run(
            ["doveadm", "-c", str(self.base / "dovecot.conf"), "who", "-1", account],
            capture_output=True,
            text=True,
            check=True,
        )
        for line in shown.stdout.splitlines()[1:]:
            os.kill(int(line.split()[2]), signal.SIGKILL)

    def _files(self, account: str, folder: str) -> list[Path]:
        directory = self.maildir(account, folder)
        found = [file for part in ("new", "cur") for file in (directory / part).glob("*")]
        return sorted(found, key=lambda file: file.name.partition(":")[0])

    def _make_maildir(self, directory: Path) -> None:
        for path in (directory.parent, directory, *(directory / part for part in ("new", "cur", "tmp"))):
            path.mkdir(exist_ok=True)
            self._own(path)

    def _own(self, path: Path) -> None:
        if self._owner:
            os.chown(path, *self._owner)
