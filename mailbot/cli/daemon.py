"""run, once: the daemon, and one pass of it."""

import contextlib
import os
import sys
from pathlib import Path

import click

from mailbot.cli.common import EXIT_OK, EXIT_UNAVAILABLE, Options, json_option, notes, show_json
from mailbot.daemon import Daemon, run_once
from mailbot.log import configure

_FORMATS = click.Choice(["json", "console"])


@click.command(
    epilog=notes(
        "mailbot run",
        "mailbot --config test.toml run --log-format console",
        codes="0 stopped, 75 another daemon runs on the same state_dir, 78 configuration or database",
    )
)
@click.option("--log-format", type=_FORMATS, help="How to log; default: console on a terminal, else json.")
@click.pass_obj
def run(options: Options, log_format: str | None) -> None:
    """Run the daemon: read mail and send mail, until SIGTERM.

    SIGHUP (systemctl reload mailbot) reads rules, people and templates again; if something in them is wrong, the old
    ones stay. A mail server that is down does not stop the daemon: it tries again.
    """
    configure(_format(log_format))
    settings = options.load()
    _keep_owner(settings.helpdesk.state_dir)
    Daemon(settings, options.load).run()


@click.command(
    epilog=notes(
        "mailbot once",
        "mailbot once --json 2>>mailbot.log",
        document={"problems": "a text for each server that failed; [] if all went well"},
        codes="0 fine, 69 a server failed, 75 a daemon runs on the same state_dir, 78 configuration or database",
    )
)
@click.option("--log-format", type=_FORMATS, help="As for run; the log goes to standard error with --json.")
@json_option
@click.pass_obj
def once(options: Options, log_format: str | None, as_json: bool) -> int:
    """Read every mailbox once, do and send what is due, and exit.

    For a first try, or for cron where no daemon may run. Nothing is lost if a server fails: the next pass goes on.
    """
    settings = options.load()
    configure(log_format or ("json" if as_json else _format(None)), stream=sys.stderr if as_json else sys.stdout)
    _keep_owner(settings.helpdesk.state_dir)
    problems = run_once(settings)
    if as_json:
        show_json({"problems": problems})
    else:
        for problem in problems:
            click.echo(f"mailbot: {problem}", err=True)
        click.echo(
            "mailbot: done, but not with everything: see above" if problems else "mailbot: done; see: mailbot ledger",
            err=True,
        )
    return EXIT_UNAVAILABLE if problems else EXIT_OK


def _format(wanted: str | None) -> str:
    if wanted:
        return wanted
    return "console" if sys.stdout.isatty() or os.environ.get("FORCE_COLOR") else "json"


def _keep_owner(state_dir: Path) -> None:
    """Run as root beside a service of another account, leaves no lock that the service could not open afterwards."""
    with contextlib.suppress(OSError):  # Whatever is wrong with the directory is said when the lock is taken.
        owner = state_dir.stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            lock = state_dir / "mailbot.lock"
            lock.touch(mode=0o600)
            os.chown(lock, owner.st_uid, owner.st_gid)
