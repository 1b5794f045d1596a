"""A throw-away PostgreSQL server in a temporary directory, on a Unix socket only.

with Postgres() as postgres:
    postgres.url("one")     # the URL of a fresh, empty database
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self


class Postgres:
    """The server, as a context manager. As root it runs as "nobody", since PostgreSQL refuses to run as root."""

    def __init__(self) -> None:
        self._bin = _find_binaries()
        self._base = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # Short: a socket's path has at most 107 bytes.
        self._as_other = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
        if self._as_other and shutil.which("setpriv") is None:
            raise RuntimeError("as root the tests need setpriv: apt-get install util-linux")
        self._databases: set[str] = set()

    def __enter__(self) -> Self:
        try:
            if self._as_other:
                os.chown(self._base, pwd.getpwnam("nobody").pw_uid, -1)
            data = str(self._base / "d")
            self._run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
            options = f"-k {self._base} -c listen_addresses='' -c max_connections=200 -F"
            self._run("pg_ctl", "-w", "-D", data, "-l", str(self._base / "log"), "-o", options, "start")
        except BaseException:
            shutil.rmtree(self._base, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._run("pg_ctl", "-w", "-D", str(self._base / "d"), "-m", "immediate", "stop")
        finally:
            shutil.rmtree(self._base, ignore_errors=True)

    def url(self, dbname: str) -> str:
        """Makes a fresh, empty database, instead of one of that name, and gives its SQLAlchemy URL."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", dbname):
            raise ValueError(f"not a plain database name: {dbname!r}")
        if dbname in self._databases:
            self._run("dropdb", "-h", str(self._base), "-U", "postgres", "--force", dbname)
        self._run("createdb", "-h", str(self._base), "-U", "postgres", "-T", "template0", dbname)
        self._databases.add(dbname)
        return f"postgresql+psycopg://postgres@/{dbname}?host={self._base}"

    def _run(self, program: str, *arguments: str) -> None:
        # pg_ctl's server keeps the output open, so that a pipe would never end: a file is read instead.
        with tempfile.TemporaryFile() as output:
            command = [*self._as_other, str(self._bin / program), *arguments]
            code = subprocess.run(command, stdout=output, stderr=output, cwd="/", check=False).returncode
            if code:
                output.seek(0)
                raise RuntimeError(f"{program} failed:\n{output.read().decode(errors='replace')}")


def _find_binaries() -> Path:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(versions, key=lambda path: int(re.sub(r"\D", "", path.parents[1].name) or 0))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    if program is None:
        raise RuntimeError("the tests need PostgreSQL: apt-get install postgresql")
    return Path(program).resolve().parent
