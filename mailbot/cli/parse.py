"""parse: what mailbot reads in a message, for people and for programs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, notes
from mailbot.core import limits, mail
from mailbot.core.limits import Limits
from mailbot.core.model import Address, InboundMail

_LIMITS = Limits()


@click.command(
    epilog=notes(
        "mailbot parse message.eml",
        "mailbot parse --json *.eml",
        document={
            "subject": "text",
            "from": "{name, address}; null when there is none, or when programs would disagree about it",
            "to, cc": "[{name, address}]",
            "message_id": "with angle brackets, null when there is none",
            "in_reply_to, references": "[Message-ID]",
            "date": "time; null when absent or absurd",
            "text": "the whole readable text",
            "new_text": "what the sender newly wrote",
            "quoted, signature": "what was cut off",
            "attachments": "[{name, content_type, size, sha256, inline}]",
            "automatic": "why a machine seems to have sent it, else null",
            "report": "{failed, delayed, status, diagnostic, original_message_id} of a delivery report, else null",
            "may_create_ticket": "true or false",
            "may_be_answered": "true or false: whether an automatic answer may be sent",
            "defects": "[what was wrong with the message]",
            "error": "why it could not be read, else null",
        },
        codes="0 fine, 1 a message could not be read",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line instead of text.")
def parse(files: tuple[Path, ...], as_json: bool) -> int:
    """Show what mailbot reads in messages, and why. A file may be a message or an mbox."""
    code = EXIT_OK
    for path in files:
        for raw, error in _messages(path):
            document = _failed(error) if error else _document(raw)
            if document["error"]:
                code = EXIT_PROBLEM
            click.echo(json.dumps(document))
    return code


def _messages(path: Path) -> Iterator[tuple[bytes, str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        yield b"", f"{path}: {error.strerror}"
        return
    yield raw, ""


def _document(raw: bytes) -> dict[str, Any]:
    refusal = limits.check(raw, _LIMITS)
    return _failed(refusal) if refusal else _fields(mail.read(raw, _LIMITS))


def _person(address: Address | None) -> dict[str, str] | None:
    return None if address is None else {"name": address.name, "address": address.address}


def _fields(read: InboundMail) -> dict[str, Any]:
    report = read.report
    return {
        "subject": read.subject,
        "from": _person(read.from_),
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
            "failed": list(report.failed),
            "delayed": list(report.delayed),
            "status": report.status,
            "diagnostic": report.diagnostic,
            "original_message_id": report.original_message_id,
        },
        "may_create_ticket": not read.automatic.not_a_ticket,
        "may_be_answered": not read.automatic.not_answerable,
        "defects": list(read.defects),
        "error": None,
    }


def _failed(reason: str) -> dict[str, Any]:
    return {
        "subject": None, "from": None, "to": [], "cc": [], "message_id": None, "in_reply_to": [], "references": [],
        "date": None, "text": "", "new_text": "", "quoted": "", "signature": "", "attachments": [],
        "automatic": None, "report": None, "may_create_ticket": False, "may_be_answered": False, "defects": [],
        "error": reason,
    }  # fmt: skip
