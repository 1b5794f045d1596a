"""The demonstration: embedded servers, the real daemon in a process of its own, and what a person sees of it."""

import json
import shlex
import signal
import sys
import textwrap
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from types import FrameType
from typing import Any

import click

from mailbot.adapters import ledger
from mailbot.adapters.gallery import gallery
from mailbot.adapters.schema import upgrade
from mailbot.adapters.tables import OutboxMail, Receipt
from mailbot.config import load
from mailbot.demo.folder import LEAD, PASSWORD, PEOPLE, ROLES, configure, prepare, slow_down
from mailbot.demo.people import SUPPORT, Person, subject_of, text_of
from mailbot.demo.script import Cast, Step, conversation, ending, opening
from mailbot.demo.stage import PAGE, Stage, running_daemon
from mailbot.demo.world import MailWorld
from mailbot.errors import MailbotError
from mailbot.service import build_database, build_desk

_TAIL = 15  # Lines of the daemon's log that are shown when something fails.
_EXCERPT = 7  # Lines of a mail that are shown.
_READ_ALOUD = frozenset({"acknowledgement", "reply", "resolved", "status_update", "escalation", "survey", "challenge"})
"""Notices of which the first in each language is shown with its text."""
_INDONESIANS = frozenset({"budi@demo.example", "tono@demo.example"})
_CAUSES = {
    "closed": "The requester does not object to the solution: the ticket is closed, and he is told",
    "survey": "The ticket is closed: the requester is asked how it was",
    "escalation": "Nobody answers the alarm in time: its technician is told",
    "status_update": "A requester waits: he is told that he is not forgotten",
    "pending_reminder": "A requester does not answer: he is reminded",
}
_STILL_NOBODY = "Still nobody answers it: the lead is told"


def show(*, out: str, keep_running: bool, as_json: bool) -> int:
    """Runs the demonstration; gives the exit code: 1 if something was not as it should be.

    Raises:
        UsageError: The folder holds something else.
        ConfigError: The folder cannot be written.
        MailbotError: The servers did not start.
    """
    folder = prepare(out)
    addresses = [SUPPORT, LEAD, *(address for _name, address in PEOPLE.values())]
    with _stoppable(), MailWorld(dict.fromkeys(addresses, PASSWORD)) as world:
        config = configure(folder, world)
        database = build_database(load(config, {}))
        upgrade(database)
        people = {key: Person(name, address, world.smtp_port) for key, (name, address) in PEOPLE.items()}
        stage = Stage(folder, config, world, database, Cast(**people), as_json)
        try:
            with running_daemon(stage):
                _play(stage)
                _sum_up(stage)
                if keep_running:
                    _keep_running(stage)
        except MailbotError as error:
            stage.surprises.append(f"{error}; the end of {stage.log}:\n{_tail(stage.log)}")
        _write_mails(stage)
        document = _document(stage)
        database.close()
    for surprise in stage.surprises:
        click.echo(f"\nNOT AS IT SHOULD BE: {surprise}", err=True)
    if as_json:
        click.echo(json.dumps(document, indent=2))
    return 1 if stage.surprises else 0


@contextmanager
def _stoppable() -> Iterator[None]:
    """Lets SIGTERM and a closed terminal end the demonstration as Ctrl-C does, so that the daemon ends too."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:] if log.exists() else []
    return "\n".join(f"   {line}" for line in lines) or "   (it is empty)"


def _play(stage: Stage) -> None:
    _introduce(stage)
    stage.say("\n1. Mail arrives\n")
    for step in opening(stage.cast):
        _perform(stage, step)
    stage.say("\n2. Technicians work by mail, and requesters answer\n")
    for step in conversation(stage.cast, stage.wait_for):
        _perform(stage, step)
    stage.say("\n3. The scheduler: what is late is escalated, what is open is told, what is done is asked about\n")
    for notice in ("closed", "survey", "escalation", "status_update"):
        stage.until(lambda notice=notice: _first(stage, notice), f"a notice of kind {notice}")  # type: ignore[misc]
        _tell_scheduled(stage)
    # On a slow machine the lead's turn comes after all of that.
    stage.until(lambda: _first(stage, "escalation", LEAD), "the escalation to the lead")
    _tell_scheduled(stage)
    for step in ending(stage.cast, stage.wait_for):
        _perform(stage, step)
    stage.until(lambda: _all_sent(stage), "the delivery of the last mail")
    _tell_scheduled(stage)


def _introduce(stage: Stage) -> None:
    stage.say(f"mailbot reads {SUPPORT}; everything of this demonstration is in {stage.folder}\n")
    by_role: dict[str, list[str]] = {}
    for key, (_name, address) in PEOPLE.items():
        by_role.setdefault(ROLES.get(address, "outsider"), []).append(key.capitalize())
    by_role["lead"] = [LEAD.partition("@")[0].capitalize()]
    for role, what in (
        ("requester", "write to support and know nothing of mailbot"),
        ("technician", "answer by mail, with commands such as #take"),
        ("lead", "hears of what is late"),
        ("outsider", "has no business here, and tries"),
    ):
        stage.say(f"     {', '.join(by_role[role]):<18}{what}")
    stage.say("\nThe clock of the service targets runs fast here: seconds stand for hours.")


def _first(stage: Stage, notice: str, recipient: str = "") -> OutboxMail | None:
    sent = (mail for mail in stage.outbox() if mail.notice == notice and mail.state == "sent")
    return next((mail for mail in sent if recipient in {"", mail.recipient}), None)


def _all_sent(stage: Stage) -> bool | None:
    return all(mail.state not in {"queued", "sending"} for mail in stage.outbox()) or None


def _perform(stage: Stage, step: Step) -> None:
    """Does a step, waits until the ledger says what became of the mail, and shows it."""
    _tell_scheduled(stage)
    before = len(stage.receipts())
    step.act()

    def look() -> Receipt | None:
        rows = stage.receipts()
        return rows[before] if len(rows) > before and rows[before].state == "done" else None

    receipt = stage.until(look, f"a decision about the mail of {step.title!r}")
    stage.steps.append(
        {
            "title": step.title,
            "from": receipt.originator,
            "subject": receipt.subject,
            "became": receipt.disposition,
            "ticket": receipt.ticket,
            "reason": receipt.reason,
        }
    )
    if receipt.disposition != step.expect:
        stage.surprises.append(f"{step.title}: it became {receipt.disposition}, not {step.expect}: {receipt.reason}")
    number = f" (HD-{receipt.ticket})" if receipt.ticket else ""
    stage.say(f" * {step.title}")
    stage.tell("from", f"{receipt.originator}: {receipt.subject}")
    stage.tell("became", f"{receipt.disposition.upper()}{number}: {receipt.reason}")
    _tell_mails(stage, _new_mails(stage))


def _tell_scheduled(stage: Stage) -> None:
    """Shows the mails that no message caused, each with its cause."""
    for mail in _new_mails(stage):
        to_lead = mail.notice == "escalation" and mail.recipient == LEAD
        cause = _STILL_NOBODY if to_lead else _CAUSES.get(mail.notice, mail.notice)
        stage.say(f" * {cause}")
        _tell_mails(stage, [mail])


def _new_mails(stage: Stage) -> list[OutboxMail]:
    return [mail for mail in stage.outbox() if (mail.id or 0) > stage.shown]


def _tell_mails(stage: Stage, mails: Sequence[OutboxMail]) -> None:
    """Shows mails of the helpdesk; of the first one of a kind also how its text begins."""
    for mail in mails:
        role = ROLES.get(mail.recipient, "")
        stage.tell("mails", f"{mail.recipient}{f' ({role})' if role else ''}: {_subject(mail)}")
        stage.shown = mail.id or 0
        kind = (mail.notice, mail.recipient in _INDONESIANS)
        if mail.notice in _READ_ALOUD and kind not in stage.read_aloud:
            stage.read_aloud.add(kind)
            for line in _excerpt(mail):
                stage.say(f"               | {line}".rstrip())


def _excerpt(mail: OutboxMail) -> list[str]:
    """How the text of a mail begins, wrapped and without blank lines at its ends."""
    text = text_of(message_from_bytes(mail.raw)).strip()
    if text.startswith("##-"):
        text = text.partition("\n")[2].strip()  # The line above which an answer is asked for.
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, PAGE - 18) or [""]]
    if len(lines) <= _EXCERPT:
        return lines
    return [*"\n".join(lines[:_EXCERPT]).rstrip().split("\n"), "…"]


def _subject(mail: OutboxMail) -> str:
    return subject_of(message_from_bytes(mail.raw))


def _sum_up(stage: Stage) -> None:
    """Writes every mail to the folder, and shows the balance and where to look."""
    _write_mails(stage)
    index = gallery(build_desk(load(stage.config, {})).renderer, stage.folder / "gallery")
    mails = stage.outbox()
    for mail in mails:
        if mail.state in {"failed", "uncertain"}:
            stage.surprises.append(f"{mail.notice} to {mail.recipient} is {mail.state}: {mail.answer}")
    balance = _balance(stage)
    parts = " + ".join(f"{count} {kind}" for kind, count in sorted(balance.items()))
    states = ", ".join(f"{count} {state}" for state, count in Counter(mail.state for mail in mails).items())
    stage.say("\n4. The balance\n")
    stage.tell("came", f"{sum(balance.values())} messages = {parts}")
    stage.tell("mails", f"{len(mails)}: {states}")
    stage.say("\nLook at it:\n")
    command = f"{_own_command()} --config {shlex.quote(str(stage.config))}"
    for what, where in (
        ("every notice", str(index)),
        ("every mail", f"{stage.folder}/in and {stage.folder}/out"),
        ("a ticket", f"{command} ticket show 1001"),
        ("a person", f"{command} trace rita@demo.example"),
    ):
        stage.say(f"     {what:<14}{where}")


def _own_command() -> str:
    """How this program was called, so that its hints can be copied: `mailbot`, or `.venv/bin/mailbot`."""
    called = Path(sys.argv[0])
    return shlex.quote(str(called)) if called.name == "mailbot" and called.parent != Path() else "mailbot"


def _balance(stage: Stage) -> dict[str, int]:
    with stage.database.unit_of_work(write=False) as session:
        return {kind or "waiting": count for kind, count in ledger.balance(session).items()}


def _keep_running(stage: Stage) -> None:
    world = stage.world
    stage.until(stage.is_ready, "the daemon's word that it is ready")
    slow_down(stage.config)
    if stage.daemon is not None:
        stage.daemon.send_signal(signal.SIGHUP)
    people = ", ".join([*(address for _name, address in PEOPLE.values()), LEAD])
    stage.say("\nThe servers and the daemon stay up, from now on with the times of a real helpdesk.")
    stage.say("Connect a mail client, and take part:\n")
    # No wrapping: these are copied with the mouse.
    for what, value in (
        ("IMAP", f"127.0.0.1, port {world.imap_port}, no encryption"),
        ("SMTP", f"127.0.0.1, port {world.smtp_port}, no encryption, no login"),
        ("accounts", people),
        ("password", f"{PASSWORD} (for each of them)"),
        ("write to", SUPPORT),
        ("look with", f"{_own_command()} --config {shlex.quote(str(stage.config))} ticket list"),
    ):
        stage.say(f"     {what:<11}{value}")
    # An exception of a signal may be lost where Python ignores exceptions, as in a callback; an event is not.
    stopped = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda _number, _frame: stopped.set()) for number in signals}
    stage.say("\nCtrl-C ends it.")
    while stage.daemon is not None and stage.daemon.poll() is None and not stopped.wait(0.5):
        continue
    for number, handler in before.items():
        signal.signal(number, handler)
    stage.say("\nstopping")


def _write_mails(stage: Stage) -> None:
    """Writes what came and what went out, a file each."""
    received: Sequence[bytes] = stage.world.delivered(SUPPORT)
    for name in ("in", "out"):
        (stage.folder / name).mkdir(exist_ok=True)
    for number, raw in enumerate(received, 1):
        (stage.folder / "in" / f"{number:02d}.eml").write_bytes(raw)
    for number, mail in enumerate(stage.outbox(), 1):
        (stage.folder / "out" / f"{number:02d}-{mail.notice}.eml").write_bytes(mail.raw)


def _document(stage: Stage) -> dict[str, Any]:
    mails = [
        {
            "notice": mail.notice,
            "recipient": mail.recipient,
            "subject": _subject(mail),
            "state": mail.state,
            "ticket": mail.ticket,
        }
        for mail in stage.outbox()
    ]
    return {
        "folder": str(stage.folder),
        "steps": stage.steps,
        "mails": mails,
        "ledger": _balance(stage),
        "surprises": stage.surprises,
    }
