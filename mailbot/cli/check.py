"""check: whether everything is as the daemon needs it, and what to do where it is not."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from mailbot.adapters.render import Renderer
from mailbot.adapters.schema import expected_version, require_current
from mailbot.cli.common import (
    EXIT_OK,
    EXIT_UNAVAILABLE,
    Options,
    exit_code,
    json_option,
    notes,
    show_json,
)
from mailbot.cli.screen import count, safe
from mailbot.config import Settings
from mailbot.config.sections import MailboxSection
from mailbot.core.phrases import LANGUAGES
from mailbot.errors import ConfigError, MailbotError, PermanentError
from mailbot.service import build_courier, build_database, build_desk, build_mailbox

_NAMED = 4  # Of what is missing.
_LITTLE_SPACE = 500 * 1024 * 1024  # Bytes.
_SECRETS = frozenset({"password", "secret_key", "old_secret_keys"})
_MARKS = {"ok": "ok", "warning": "WARNING", "problem": "PROBLEM", "skipped": "skipped"}


@dataclass(frozen=True, slots=True)
class Report:
    """What a test found: what is good, and what is not good but does not stop the daemon."""

    fine: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the result; `code` is the exit code that it alone would cause."""

    part: str
    state: str
    text: str
    code: int = EXIT_OK


@click.command(
    epilog=notes(
        "mailbot check",
        "mailbot check && systemctl reload mailbot",
        document={
            "checks": "[{part, state, text}]: a part is configuration, database, rules, templates, mailbox NAME or"
            " smtp; a state is ok, warning, problem or skipped",
        },
        codes="0 fine (there may be warnings), 1 a problem, 69 a server is unavailable, 78 configuration or database",
    )
)
@json_option
@click.pass_obj
def check(options: Options, as_json: bool) -> int:
    """Test everything, and say what to do about each problem.

    Configuration, database, rules, templates, each mailbox and the SMTP server, one line each. Nothing is sent and no
    message is touched; it may run beside the daemon.
    """
    found: list[Finding] = []
    for finding in _findings(options):
        found.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        show_json({"checks": [{"part": one.part, "state": one.state, "text": one.text} for one in found]})
    return max(one.code for one in found)


def _findings(options: Options) -> Iterator[Finding]:
    try:
        settings = options.load()
    except ConfigError as error:
        yield Finding("configuration", "problem", str(error), exit_code(error))
        yield Finding("everything else", "skipped", "mend the configuration first")
        return
    yield from _run("configuration", lambda: _configuration(settings, options.path))
    for part, test in _tests(settings):
        yield from _run(part, test)


def _tests(settings: Settings) -> Iterator[tuple[str, Callable[[], Report]]]:
    yield "database", lambda: _database(settings)
    yield "rules", lambda: _rules(settings)
    yield "templates", lambda: _templates(settings)
    for section in settings.mailboxes:
        yield f"mailbox {section.name}", lambda section=section: _mailbox(section)  # type: ignore[misc]
    yield "smtp", lambda: _smtp(settings)


def _run(part: str, test: Callable[[], Report]) -> Iterator[Finding]:
    """Runs one test; its failure is no reason to leave the others out."""
    try:
        report = test()
    except MailbotError as error:
        server = part.startswith(("mailbox", "smtp")) and not isinstance(error, PermanentError)
        code = EXIT_UNAVAILABLE if server else exit_code(error)
        yield Finding(part, "problem", str(error), code)
        return
    yield Finding(part, "ok", report.fine)
    for warning in report.warnings:
        yield Finding(part, "warning", warning)


def _configuration(settings: Settings, path: Path) -> Report:
    warnings = []
    mode = path.stat().st_mode
    if mode & 0o077 and _holds_secrets(path):
        warnings.append(f"{path} holds passwords or keys, and others on this machine can read it: chmod 600 {path}")
    if not settings.technicians:
        warnings.append(f"there is no technician, so nobody gets the tickets: add [[technicians]] to {path}")
    elif not any(team.lead for team in settings.teams):
        warnings.append("no team has a lead, so nobody but the technician hears of what is late: set lead in [[teams]]")
    people = f"{count(len(settings.technicians), 'technician')}, {count(len(settings.teams), 'team')}"
    return Report(
        f"{path}: {count(len(settings.mailboxes), 'mailbox', 'mailboxes')}, {people}, state in"
        f" {settings.helpdesk.state_dir}",
        tuple(warnings),
    )


def _holds_secrets(path: Path) -> bool:
    """Whether the file itself holds a secret, which belongs into a file of its own."""

    def holds(value: Any, key: str = "") -> bool:
        if isinstance(value, dict):
            return any(holds(item, name) for name, item in value.items())
        if isinstance(value, list) and key not in _SECRETS:
            return any(holds(item) for item in value)
        return bool(value) and (key in _SECRETS or (key == "url" and "@" in str(value)))

    return holds(tomllib.loads(path.read_text(encoding="utf-8-sig")))


def _database(settings: Settings) -> Report:
    database = build_database(settings)
    try:
        require_current(database)
        problems = database.check()
        if problems:
            raise MailbotError("\n".join(problems))
        free = database.free_space()
    finally:
        database.close()
    fine = f"{database.label}, schema {expected_version()}, can be read and written"
    if free is None:
        return Report(fine)
    amount = f"{free / 1024**3:.1f} GiB" if free >= 1024**3 else f"{free / 1024**2:.0f} MiB"
    few = f"only {amount} of disk space are left for {database.path}: free some, or mail cannot be stored"
    return Report(f"{fine}, {amount} of disk space free", (few,) if free < _LITTLE_SPACE else ())


def _rules(settings: Settings) -> Report:
    policy = build_desk(settings).policy
    own, total = len(settings.rules), len(policy.rules.rules)
    return Report(f"{count(total, 'rule')} compiled: {own} of the configuration, {total - own} built in")


def _templates(settings: Settings) -> Report:
    renderer = build_desk(settings).renderer
    renderer.require_good()
    lacking = [line for language in renderer.languages() if (line := _lacking(renderer, language))]
    return Report("\n".join([f"every mail can be written in {', '.join(renderer.languages())}", *lacking]))


def _lacking(renderer: Renderer, language: str) -> str:
    """What a language of the operator's own has not got yet, "" if nothing; it is no mistake."""
    templates, words = renderer.missing(language), renderer.unsaid(language)
    lacks = [
        f"{count(len(names), what)} ({', '.join(names[:_NAMED])}{', …' if len(names) > _NAMED else ''})"
        for names, what in ((templates, "template"), (words, "word of labels.toml"))
        if names
    ]
    if language not in LANGUAGES:
        lacks.append("the sentences of answers to commands")
    return f"{language} lacks {' and '.join(lacks)}: these come in another language" if lacks else ""


def _mailbox(section: MailboxSection) -> Report:
    mailbox = build_mailbox(section)
    try:
        return Report("; ".join(mailbox.check()))
    finally:
        mailbox.close()


def _smtp(settings: Settings) -> Report:
    courier = build_courier(settings)
    try:
        return Report(courier.check())
    finally:
        courier.close()


def _show(finding: Finding) -> None:
    text = safe(finding.text).replace("\n", "\n" + " " * 11)
    click.echo(f"{_MARKS[finding.state]:<9}  {finding.part}: {text}")
