"""rules test: trying the keyword rules."""

from dataclasses import dataclass
from typing import Any

import click

from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, Options, json_option, notes, show_json
from mailbot.cli.screen import safe, wrapped
from mailbot.core import limits
from mailbot.core.mail import read
from mailbot.core.rules import Classification, explain
from mailbot.pipeline.tickets import classify
from mailbot.policy import Policy
from mailbot.service import build_desk


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules make of a file; `refused` says which limit it breaks, and then no rule was asked."""

    file: str
    subject: str
    found: Classification
    refused: str = ""


@click.group()
def rules() -> None:
    """Try the keyword rules on messages."""


@rules.command(
    "test",
    epilog=notes(
        "mailbot rules test message.eml other.eml",
        "mailbot rules test - < message.eml",
        document={
            "files": "[{file, subject, refused, category, impact, urgency, team, tags, language, action, winner,"
            " losers, matches}]",
            "refused": "the limit that the message breaks; then no rule was asked; empty: none",
            "winner": "{rule, words, fields, score}, the rule that decided; null: none",
            "losers": "[{category, rule, words, fields, score}], other categories that were thought of",
            "matches": "[rule], all that matched",
        },
        codes="0 fine, 1 a message would be refused because of a limit",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@json_option
@click.pass_obj
def rules_test(options: Options, files: tuple[str, ...], as_json: bool) -> int:
    """Explain what the rules make of messages in FILES, and why.

    A file is a message as a mail client saves it (.eml); - is standard input. Nothing is stored and nothing is sent.
    Without a configuration, the rules that are built in are tried.
    """
    policy = build_desk(options.load_or_defaults()).policy
    verdicts = [_verdict(policy, file) for file in files]
    if as_json:
        show_json({"files": [_document(verdict) for verdict in verdicts]})
    else:
        for verdict in verdicts:
            _print(verdict)
    return EXIT_PROBLEM if any(verdict.refused for verdict in verdicts) else EXIT_OK


def _verdict(policy: Policy, file: str) -> Verdict:
    name = "standard input" if file == "-" else file
    with click.open_file(file, "rb") as source:
        raw = source.read(policy.limits.size + 1)
    refused = limits.check(raw, policy.limits)
    if refused:
        return Verdict(name, "", Classification(), refused)
    mail = read(raw, policy.limits)
    return Verdict(name, mail.subject, classify(policy, mail))


def _document(verdict: Verdict) -> dict[str, Any]:
    return {
        "file": verdict.file,
        "subject": verdict.subject,
        "refused": verdict.refused,
        **verdict.found.as_data(),
    }


def _print(verdict: Verdict) -> None:
    click.echo(f"{verdict.file}: {safe(verdict.subject) or 'no subject'}")
    lines = [f"refused: {verdict.refused}"] if verdict.refused else explain(verdict.found)
    for line in lines:
        click.echo(wrapped("", line, 2))
