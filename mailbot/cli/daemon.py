"""run, once, demo: the daemon, one pass of it, and a show of it."""

import os
import sys

import click

from mailbot.cli.common import EXIT_OK, EXIT_UNAVAILABLE, Options, show_json
from mailbot.log import configure


@click.command()
@click.option(
    "--log-format",
    type=click.Choice(["json", "console"]),
    default=None,
    help="Default: console on a terminal, else json.",
)
@click.pass_obj
def run(options: Options, log_format: str | None) -> None:
    """Run the daemon: read mail, send mail, until SIGTERM. SIGHUP reads the configuration again."""
    from mailbot.daemon import Daemon  # noqa: PLC0415 - only this command needs the scheduler.

    configure(_format(log_format))
    Daemon(options.load(), options.load).run()


@click.command()
@click.option("--log-format", type=click.Choice(["json", "console"]), default=None, help="As for run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document with the problems at the end.")
@click.pass_obj
def once(options: Options, log_format: str | None, as_json: bool) -> int:
    """Read every mailbox once, do what is due, send what is to be sent, and exit."""
    from mailbot.daemon import run_once  # noqa: PLC0415 - `--help` need not load it.

    configure("json" if as_json else _format(log_format), stream=sys.stderr if as_json else sys.stdout)
    problems = run_once(options.load())
    if as_json:
        show_json({"problems": problems})
    else:
        for problem in problems:
            click.echo(f"mailbot: {problem}", err=True)
    return EXIT_UNAVAILABLE if problems else EXIT_OK


@click.command()
@click.option("--keep-running", is_flag=True, help="Leave the servers up, and say how to connect with a mail client.")
@click.option(
    "--out", metavar="DIR", default="", help="Where to put mails, gallery and database; default: a new folder."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of the story.")
def demo(keep_running: bool, out: str, as_json: bool) -> int:
    """Show the whole helpdesk at work: real daemon, real IMAP and SMTP sessions, no configuration."""
    from mailbot.demo.show import show  # noqa: PLC0415 - the servers of the demo are an extra.

    return show(out=out, keep_running=keep_running, as_json=as_json)


def _format(wanted: str | None) -> str:
    if wanted:
        return wanted
    return "console" if sys.stdout.isatty() or os.environ.get("FORCE_COLOR") else "json"


COMMANDS = (run, once, demo)
