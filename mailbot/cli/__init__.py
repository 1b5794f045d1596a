"""The command line: `mailbot [--config FILE] COMMAND …`; exit codes follow sysexits.

0 fine   1 found a problem   64 usage   69 a server is unavailable   75 try again   78 configuration
"""

import sys
from io import TextIOWrapper
from typing import NoReturn

import click

from mailbot import __version__
from mailbot.cli.common import EXIT_CONFIG, EXIT_OK, EXIT_PROBLEM, EXIT_STOPPED, EXIT_USAGE, Options, exit_code
from mailbot.cli.lazy import LazyGroup, forget_output
from mailbot.errors import MailbotError, UsageError

COMMANDS = {
    "init": ("mailbot.cli.init", "Write a first configuration and a secret key, make the database."),
    "check": ("mailbot.cli.check", "Test everything, and say what to do about each problem."),
    "run": ("mailbot.cli.daemon", "Run the daemon: read mail and send mail, until SIGTERM."),
    "once": ("mailbot.cli.daemon", "Read every mailbox once, do and send what is due, and exit."),
    "ticket": ("mailbot.cli.inspect.tickets", "List tickets, or show everything about one."),
    "ledger": ("mailbot.cli.inspect.ledger", "Show what became of every message."),
    "trace": ("mailbot.cli.inspect.trace", "Follow a Message-ID, an address or a ticket."),
    "simulate": ("mailbot.cli.simulate", "Show which mails time would bring, and send nothing."),
    "retry": ("mailbot.cli.tools", "Process quarantined messages again."),
    "parse": ("mailbot.cli.parse", "Show what mailbot reads in a message, and why."),
    "hold": ("mailbot.cli.hold", "See to held messages about which nobody has decided."),
    "unblock": ("mailbot.cli.tools", "Hear somebody again whom #spam blocked."),
    "rules": ("mailbot.cli.rules", "Try the keyword rules on messages."),
    "template": ("mailbot.cli.template", "Look at the mails that mailbot sends."),
    "db": ("mailbot.cli.db", "Make the database, or bring it up to date."),
    "demo": ("mailbot.cli.demo", "Show the whole helpdesk at work; needs no configuration."),
}


@click.group(
    cls=LazyGroup,
    sources=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 found a problem, 64 usage, 69 a server is unavailable, 75 try again (another daemon"
    " runs), 78 configuration.  `mailbot COMMAND --help` explains a command, with examples.",
)
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    help="The configuration file, before or behind the command; default: $MAILBOT_CONFIG, else"
    " /etc/mailbot/config.toml.",
)
@click.version_option(__version__, prog_name="mailbot")
@click.pass_context
def cli(context: click.Context, config_path: str | None) -> None:
    """A helpdesk that lives entirely in e-mail.

    To see it at work: mailbot demo. To begin: mailbot init, then mailbot check, then mailbot run.
    """
    context.obj = Options(config_path)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and exits with the code that says how it went."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a character gets its number instead of our death.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _config_first(words: list[str]) -> list[str]:
    """The words with `--config FILE` at their beginning, wherever before a "--" it stands: it is the same everywhere.

    Raises:
        UsageError: No file is named.
    """
    first: list[str] = []
    rest: list[str] = []
    given = iter(words)
    for word in given:
        if word == "--":
            rest += [word, *given]
        elif word == "--config" or word.startswith("--config="):
            name = next(given, "") if word == "--config" else word.partition("=")[2]
            if not name or name.startswith("--"):
                raise UsageError("--config needs the name of a file behind it, as in: --config ./config.toml")
            first = ["--config", name]
        else:
            rest.append(word)
    return [*first, *rest]


def _run(arguments: list[str] | None) -> int:
    try:
        words = _config_first(sys.argv[1:] if arguments is None else arguments)
        code = cli.main(words, prog_name="mailbot", standalone_mode=False)
    except click.Abort:
        click.echo("mailbot: stopped", err=True)
        return EXIT_STOPPED
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except MailbotError as error:
        click.echo(f"mailbot: {error}", err=True)
        return exit_code(error)
    except OSError as error:
        # A file or the output could not be used; what could be explained better was explained where it happened.
        forget_output()
        where = f"{error.filename}: " if error.filename else ""
        refused = isinstance(error, PermissionError)
        hint = "; call mailbot as the account that owns its files" if refused else ""
        click.echo(f"mailbot: {where}{error.strerror or error}{hint}", err=True)
        return EXIT_CONFIG if refused else EXIT_PROBLEM
    return code if isinstance(code, int) else EXIT_OK
