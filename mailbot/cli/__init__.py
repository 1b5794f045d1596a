"""The command line: `mailbot [--config FILE] COMMAND …`; exit codes follow sysexits.

0 fine   1 found a problem   64 usage   69 a server is unavailable   75 try again   78 configuration
"""

import sys
from typing import NoReturn

import click

from mailbot import __version__
from mailbot.cli import admin, daemon, inspect, tools
from mailbot.cli.common import EXIT_OK, EXIT_USAGE, Options, exit_code
from mailbot.errors import MailbotError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    help="The configuration; else $MAILBOT_CONFIG, else /etc/mailbot/config.toml.",
)
@click.version_option(__version__, prog_name="mailbot")
@click.pass_context
def cli(context: click.Context, config_path: str | None) -> None:
    """A helpdesk that lives entirely in e-mail."""
    context.obj = Options(config_path)


for command in (
    *daemon.COMMANDS,
    *admin.COMMANDS,
    *inspect.COMMANDS,
    *tools.COMMANDS,
):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and exits with the code that says how it went."""
    try:
        code = cli.main(arguments, prog_name="mailbot", standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("mailbot: stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except MailbotError as error:
        click.echo(f"mailbot: {error}", err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        # Whoever read our output has seen enough, as in `mailbot ledger | head`.
        sys.stderr.close()
        sys.exit(EXIT_OK)
    sys.exit(code if isinstance(code, int) else EXIT_OK)
