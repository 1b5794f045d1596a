"""parse: what mailbot reads in a message, for people and for programs."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import click

from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, notes
from mailbot.cli.mailpage import page, refusal_page
from mailbot.cli.mbox import messages
from mailbot.core import limits, mail
from mailbot.core.limits import Limits
from mailbot.core.model import Address, InboundMail

_LIMITS = Limits()
_HEAD = 64 * 1024  # Bytes of a refused message in which its subject and its originator are looked for.
_TOLD = ("subject", "from", "message-id")


@click.command(
    epilog=notes(
        "mailbot parse message.eml",
        "mailbot parse --json *.eml",
        "mailbot parse archive.mbox",
        "ssh mail.example.com cat cur/1 | mailbot parse -",
        document={
            "subject": "text",
            "from": "{name, address}: the first one that From names; null when it names none",
            "from_is_sure": "false when it names several, or when programs would disagree: then it identifies nobody",
            "to, cc": "[{name, address}]",
            "message_id": "with angle brackets, null when there is none",
            "in_reply_to, references": "[Message-ID]",
            "date": "time; null when absent or absurd",
            "text": "the whole readable text",
            "new_text": "what the sender newly wrote",
            "quoted, signature": "what was cut off",
            "attachments": "[{name, content_type, size, sha256, inline}]",
            "automatic": "why a machine seems to have sent it, else null",
            "report": "{kind, failed, delayed, delivered, status, smtp_code, diagnostic, original_message_id} or null",
            "may_create_ticket": "true or false",
            "may_be_answered": "true or false: whether an automatic answer may be sent",
            "defects": "[what was wrong with the message]",
            "error": "why it could not be read, else null; subject, from and message_id may be there even so",
        },
        codes="0 fine, 1 a message could not be read",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line for each message instead of text.")
def parse(files: tuple[Path, ...], as_json: bool) -> int:
    """Show what mailbot reads in messages, and why.

    A file is a message or an mbox; "-" is the standard input. The limits are those of a fresh configuration.
    """
    code = EXIT_OK
    first = True
    for path in files:
        for title, raw, error in _messages(path):
            found = error or _read(raw)
            if isinstance(found, str):
                code = EXIT_PROBLEM
                head = _head(raw)
                shown = json.dumps(_failed(found, head)) if as_json else refusal_page(title, found, head)
            else:
                shown = json.dumps(document(found)) if as_json else page(title, raw, found)
            click.echo(shown if as_json or first else f"\n{shown}")
            first = False
    return code


def _messages(path: Path) -> Iterator[tuple[str, bytes, str]]:
    """The messages of a file: what to call each, its bytes, and why it has none."""
    name = "standard input" if str(path) == "-" else str(path)
    number = 0
    try:
        with _opened(path) as stream:
            # By its name it is one message, whatever it quotes.
            single = path.suffix.lower() == ".eml"
            found = iter([stream.read(_LIMITS.size + 1)]) if single else messages(stream, _LIMITS.size)
            for number, raw in enumerate(found, 1):
                yield f"{name}, message {number}" if number > 1 else name, raw, ""
    except OSError as error:
        where = f" after message {number}" if number else ""
        yield name, b"", f"{name} could not be read{where}: {error.strerror or error}"


def _opened(path: Path) -> AbstractContextManager[BinaryIO]:
    if str(path) != "-":
        return path.open("rb")
    # Who calls without a standard input has written nothing.
    return nullcontext(sys.stdin.buffer if sys.stdin else BytesIO())


def _read(raw: bytes) -> InboundMail | str:
    """The message, or why it could not be read."""
    try:
        return limits.check(raw, _LIMITS) or mail.read(raw, _LIMITS)
    except Exception as error:  # noqa: BLE001 - a bug must not keep the other messages from being shown.
        return (
            f"mailbot failed on it ({type(error).__name__}: {error}): this is a bug, please report it with the message"
        )


def _head(raw: bytes) -> InboundMail | None:
    """What can be told of a message that is not read as a whole; None if that is nothing."""
    head = raw[:_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    kept = b""
    for field in head.replace(b"\n ", b"\0 ").replace(b"\n\t", b"\0\t").split(b"\n"):
        name = field.partition(b":")[0].strip().lower().decode("ascii", "replace")
        one = field.replace(b"\0", b"\n") + b"\n"
        if name in _TOLD and not limits.check(one + b"\n", _LIMITS):
            kept += one
    found = _read(kept + b"\n") if kept else None
    return found if isinstance(found, InboundMail) else None


def _person(address: Address | None) -> dict[str, str] | None:
    return None if address is None else {"name": address.name, "address": address.address}


def _author(read: InboundMail) -> Address | None:
    return read.from_ or next(iter(read.authors), None)


def document(read: InboundMail) -> dict[str, Any]:
    """The JSON object of a message."""
    report = read.report
    return {
        "subject": read.subject,
        "from": _person(_author(read)),
        "from_is_sure": read.from_ is not None,
        "to": [_person(address) for address in read.to],
        "cc": [_person(address) for address in read.cc],
        "message_id": read.message_id or None,
        "in_reply_to": list(read.in_reply_to),
        "references": list(read.references),
        "date": read.date.isoformat().replace("+00:00", "Z") if read.date else None,
        "text": read.text,
        "new_text": read.new_text,
        "quoted": read.quoted,
        "signature": read.signature,
        "attachments": [
            {
                "name": file.name or None,
                "content_type": file.content_type,
                "size": file.size,
                "sha256": file.sha256,
                "inline": file.inline,
            }
            for file in read.attachments
        ],
        "automatic": read.automatic.reason or None,
        "report": None
        if report is None
        else {
            "kind": report.kind.value,
            "failed": list(report.failed),
            "delayed": list(report.delayed),
            "delivered": list(report.delivered),
            "status": report.status,
            "smtp_code": report.smtp_code,
            "diagnostic": report.diagnostic,
            "original_message_id": report.original_message_id,
        },
        "may_create_ticket": not read.automatic.not_a_ticket,
        "may_be_answered": not read.automatic.not_answerable,
        "defects": list(read.defects),
        "error": None,
    }


def _failed(reason: str, head: InboundMail | None) -> dict[str, Any]:
    return {
        "subject": head.subject if head else None,
        "from": _person(_author(head)) if head else None,
        "from_is_sure": bool(head and head.from_),
        "to": [], "cc": [],
        "message_id": (head.message_id or None) if head else None,
        "in_reply_to": [], "references": [], "date": None, "text": "", "new_text": "", "quoted": "", "signature": "",
        "attachments": [], "automatic": None, "report": None, "may_create_ticket": False, "may_be_answered": False,
        "defects": [], "error": reason,
    }  # fmt: skip
