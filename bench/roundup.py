"""Roundup, an issue tracker with a mail gateway, over the same mailbox.

    python -m bench.roundup --setup DIR     installs it, with pip

Roundup reads the mailbox once and ends; it sends an acknowledgement for each new issue, as mailbot does. Everybody who
writes is known to it beforehand, because hashing a password for each of them would take most of its time.
"""

import argparse
import contextlib
import mailbox
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr
from pathlib import Path

import psutil
from servers.dovecot import Dovecot
from servers.smtp_sink import read_log, sink_process

from bench.figures import usage
from bench.mails import ADDRESS, PEOPLE, Sample, owner

TAG = "[issue{}]"
EXISTING = len(PEOPLE)  # Issues that are there before the measurement: one of each person.
# The gateway always asks port 143, for which one must be root; this tells the library another default.
_ON_ANOTHER_PORT = """
import imaplib, runpy, sys
imaplib.IMAP4.__init__.__defaults__ = ("", int(sys.argv[1]), None)
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@dataclass(frozen=True, slots=True)
class Roundup:
    """One run.

    Attributes:
        mails: How many mails were delivered.
        from_start: Mails a second, from the start of the process to its end.
        cpu_ms: Processor time of the process for each mail, in milliseconds.
        peak: Its peak memory in MiB.
        issues: How many issues there are.
        messages: How many mails it has stored.
        sent: How many mails it sent.
    """

    mails: int
    from_start: float
    cpu_ms: float
    peak: float
    issues: int
    messages: int
    sent: int


def setup(directory: Path) -> None:
    """Makes a virtual environment with Roundup, and a tracker that anybody may write to.

    Raises:
        subprocess.CalledProcessError: pip or Roundup failed; their words are above.
    """
    directory.mkdir(parents=True, exist_ok=True)
    venv, tracker = directory / "venv", directory / "tracker"
    if not (venv / "bin" / "roundup-admin").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", "--quiet", "roundup", "jinja2"], check=True)
    shutil.rmtree(tracker, ignore_errors=True)
    admin = [str(venv / "bin" / "roundup-admin"), "-i", str(tracker)]
    subprocess.run([*admin, "install", "classic", "sqlite"], check=True, stdout=subprocess.DEVNULL)
    _configure(tracker)
    schema = tracker / "schema.py"
    permission = "db.security.addPermissionToRole('Anonymous', 'Email Access')"
    text = schema.read_text()
    if f"#{permission}" not in text:
        raise RuntimeError(f"{schema} is not as it is known: where do strangers get 'Email Access'?")
    schema.write_text(text.replace(f"#{permission}", permission))
    subprocess.run([*admin, "initialise", "adminpw"], check=True, stdout=subprocess.DEVNULL)
    _introduce(directory)


def _introduce(directory: Path) -> None:
    """Lets everybody write once, by a file."""
    file, tracker = directory / "first.mbox", directory / "tracker"
    file.unlink(missing_ok=True)
    with closing(mailbox.mbox(file)) as box:
        for number in range(1, EXISTING + 1):
            mail = EmailMessage()
            mail["From"] = formataddr(owner(number))
            mail["To"] = ADDRESS
            mail["Subject"] = f"The first word of person {number}"
            mail["Message-ID"] = f"<first-{number}@customer.example>"
            mail.set_content("Hello, this is the first time that I write to you.\n")
            box.add(mail)
    with sink_process(directory / "first.jsonl") as port:
        _set_smtp_port(tracker, port)
        command = [str(directory / "venv" / "bin" / "roundup-mailgw"), str(tracker), "mailbox", str(file)]
        subprocess.run(command, check=True)


def _set_smtp_port(tracker: Path, port: int) -> None:
    config = tracker / "config.ini"
    config.write_text(_put(config.read_text(), "mail", "port", str(port)))


def is_ready(directory: Path) -> bool:
    """Whether `setup` was done."""
    return (directory / "venv" / "bin" / "roundup-mailgw").exists() and (directory / "tracker" / "config.ini").exists()


def _configure(tracker: Path) -> None:
    file = tracker / "config.ini"
    text = file.read_text()
    values = {
        ("main", "admin_email"): "roundup-admin@example.com",
        ("main", "dispatcher_email"): "roundup-admin@example.com",
        ("tracker", "web"): "http://127.0.0.1:8080/t/",
        ("tracker", "email"): "support@example.com",
        ("mail", "domain"): "example.com",
        ("mail", "host"): "127.0.0.1",
        ("nosy", "messages_to_author"): "new",
        ("nosy", "max_attachment_size"): "0",
    }
    for (section, key), value in values.items():
        text = _put(text, section, key, value)
    file.write_text(text)


def _put(text: str, section: str, key: str, value: str) -> str:
    begin = text.index(f"\n[{section}]\n")
    found = re.compile(rf"^#?{key} =.*$", re.MULTILINE).search(text, begin)
    assert found is not None, key
    return f"{text[: found.start()]}{key} = {value}{text[found.end() :]}"


def run(directory: Path, dovecot: Dovecot, work: Path, samples: list[Sample]) -> Roundup:
    """Measures once, with a new tracker and an empty mailbox.

    Args:
        directory: Where `setup` installed it.
        dovecot: The server; its accounts lose their mail.
        work: A directory that does not exist yet.
        samples: Mails with `TAG`, numbered from 1, for `EXISTING` tickets.

    Raises:
        RuntimeError: The gateway failed.
    """
    dovecot.empty("support")
    dovecot.deliver("support", *(sample.raw for sample in samples))
    work.mkdir(parents=True)
    tracker, log, output = work / "tracker", work / "sink.jsonl", work / "output"
    shutil.copytree(directory / "tracker", tracker)
    program = directory / "venv" / "bin"
    with sink_process(log) as port:
        _set_smtp_port(tracker, port)
        gateway = [str(program / "roundup-mailgw"), str(tracker), "imap", "support:secret@127.0.0.1"]
        command = [str(program / "python"), "-c", _ON_ANOTHER_PORT, str(dovecot.port), *gateway]
        begin = time.perf_counter()
        with output.open("wb") as file:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
        status, used, peak = _watch(process.pid)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        sent = len(read_log(log))
    if process.returncode:
        raise RuntimeError(f"roundup-mailgw ended with {process.returncode}:\n{output.read_text()[-2000:]}")
    with closing(sqlite3.connect(tracker / "db" / "db")) as database:
        issues, messages = (database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("_issue", "_msg"))
    return Roundup(
        mails=len(samples),
        from_start=len(samples) / wall,
        cpu_ms=(used.ru_utime + used.ru_stime) / len(samples) * 1000,
        peak=peak,
        issues=issues - EXISTING,
        messages=messages - EXISTING,
        sent=sent,
    )


def _watch(pid: int) -> tuple[int, resource.struct_rusage, float]:
    """Waits for the end of a process; gives its status, what it used, and its peak memory in MiB.

    The peak that the kernel tells at the end is never below that of this process, as whose copy the child begins.
    """
    peak = 0.0
    while True:
        with contextlib.suppress(psutil.Error, OSError, StopIteration):  # It may end between two questions.
            peak = max(peak, usage(pid).peak)
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            return status, used, peak
        time.sleep(0.05)


def main() -> None:
    """Installs Roundup."""
    parser = argparse.ArgumentParser(description="Install Roundup, to be measured beside mailbot.")
    parser.add_argument("--setup", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    setup(options.setup)
    print(f"Roundup is in {options.setup}; measure it with: python -m bench --roundup {options.setup}")


if __name__ == "__main__":
    main()
