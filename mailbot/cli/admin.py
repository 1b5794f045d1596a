"""init, check, db upgrade: setting up, and finding out whether everything is right."""

import secrets
from collections.abc import Callable
from pathlib import Path

import click

from mailbot.adapters.schema import upgrade
from mailbot.cli.common import EXIT_CONFIG, EXIT_OK, EXIT_PROBLEM, EXIT_UNAVAILABLE, Options, json_option, show_json
from mailbot.config import DEFAULT_PATH, Settings, render_initial
from mailbot.errors import ConfigError, MailbotError, UsageError
from mailbot.service import build_courier, build_database, build_desk, build_mailbox


@click.command()
@click.option("--address", prompt="The support address", help="The address that people write to.")
@click.option("--imap-host", prompt="IMAP server", help="The IMAP server of the support mailbox.")
@click.option("--smtp-host", prompt="SMTP server", help="The SMTP server that takes our mail.")
@click.option("--username", prompt="Account name (empty: the address)", default="", help="The account on both servers.")
@click.option("--state-dir", default="/var/lib/mailbot", show_default=True, help="Where database and key are kept.")
@click.pass_obj
def init(options: Options, address: str, imap_host: str, smtp_host: str, username: str, state_dir: str) -> None:
    """Write a first configuration and a secret key, and create the database. Nothing that exists is overwritten."""
    path = Path(options.config_path or DEFAULT_PATH)
    if path.exists():
        raise UsageError(f"{path} exists already; it was not touched. To begin anew, move it away first")
    state = Path(state_dir).resolve()
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_file = state / "secret.key"
    if not key_file.exists():
        write_private(key_file, secrets.token_urlsafe(48) + "\n")
    password_file = path.parent.resolve() / "password"
    text = render_initial(
        address=address,
        imap_host=imap_host,
        smtp_host=smtp_host,
        username=username or address,
        state_dir=str(state),
        secret_key_file=str(key_file),
        password_file=str(password_file),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, text)
    click.echo(f"wrote {path} (mode 0600) and {key_file} (mode 0600)")
    if not password_file.exists():
        write_private(password_file, "")
        click.echo(f"wrote {password_file} (mode 0600): put the password of the account into it")
    from mailbot.adapters.db import Database  # noqa: PLC0415 - a database library is slow to load.

    database = Database(f"sqlite:///{state / 'mailbot.db'}", state_dir=state)
    try:
        for line in upgrade(database):
            click.echo(line)
    finally:
        database.close()
    click.echo(f"next: put the password into {password_file}, then run: mailbot --config {path} check")


def write_private(path: Path, text: str) -> None:
    """Writes a new file that only its owner can read.

    Raises:
        UsageError: The file exists or cannot be written.
    """
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.chmod(0o600)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@json_option
@click.pass_obj
def db_upgrade(options: Options, as_json: bool) -> None:
    """Create the database, or bring it to the version that this mailbot needs."""
    database = build_database(options.load())
    try:
        lines = upgrade(database)
    finally:
        database.close()
    if as_json:
        show_json({"steps": lines})
    else:
        for line in lines or ["the database is up to date"]:
            click.echo(line)


@click.command()
@json_option
@click.pass_obj
def check(options: Options, as_json: bool) -> int:
    """Test configuration, database, mailboxes, SMTP, templates and rules, and say what to do about each problem."""
    results: list[dict[str, str]] = []
    try:
        settings = options.load()
    except ConfigError as error:
        results.append({"part": "configuration", "state": "problem", "text": str(error)})
        _show(results, as_json=as_json)
        return EXIT_CONFIG
    results.append({"part": "configuration", "state": "ok", "text": "every key is known and makes sense"})
    codes = [_run(results, part, test) for part, test in _tests(settings)]
    _show(results, as_json=as_json)
    return max(codes, default=EXIT_OK)


def _tests(settings: Settings) -> list[tuple[str, Callable[[], list[str]]]]:
    tests: list[tuple[str, Callable[[], list[str]]]] = [
        ("database", lambda: _check_database(settings)),
        ("rules", lambda: _check_rules(settings)),
        ("templates", lambda: _check_templates(settings)),
    ]
    tests.extend(
        (f"mailbox {section.name}", lambda section=section: build_mailbox(section).check())  # type: ignore[misc]
        for section in settings.mailboxes
    )
    tests.append(("smtp", lambda: _check_smtp(settings)))
    return tests


def _run(results: list[dict[str, str]], part: str, test: Callable[[], list[str]]) -> int:
    """Runs one test and notes how it went; gives the exit code that it alone would cause."""
    try:
        lines = test()
    except MailbotError as error:
        results.append({"part": part, "state": "problem", "text": str(error)})
        if part.startswith(("mailbox", "smtp")):
            return EXIT_UNAVAILABLE
        return EXIT_CONFIG if isinstance(error, ConfigError) else EXIT_PROBLEM
    results.append({"part": part, "state": "ok", "text": "; ".join(lines)})
    return EXIT_OK


def _check_database(settings: Settings) -> list[str]:
    database = build_database(settings)
    try:
        return database.check()
    finally:
        database.close()


def _check_rules(settings: Settings) -> list[str]:
    policy = build_desk(settings).policy
    return [f"{len(policy.rules.rules)} rules compiled"]


def _check_templates(settings: Settings) -> list[str]:
    renderer = build_desk(settings).renderer
    problems = renderer.check()
    if problems:
        raise ConfigError("\n".join(str(problem) for problem in problems))
    return [f"every template renders in {', '.join(renderer.languages())}"]


def _check_smtp(settings: Settings) -> list[str]:
    courier = build_courier(settings)
    try:
        return [courier.check()]
    finally:
        courier.close()


def _show(results: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        show_json({"checks": results})
        return
    for result in results:
        mark = "ok     " if result["state"] == "ok" else "PROBLEM"
        text = result["text"].replace("\n", "\n         ")
        click.echo(f"{mark}  {result['part']}: {text}")


COMMANDS = (init, check, db)
