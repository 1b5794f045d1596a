"""A group of commands of which each is loaded only when it is called, so that `mailbot --help` answers at once."""

import contextlib
import errno
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.exceptions import NoSuchCommand


class LazyGroup(click.Group):
    """Commands by name: the module that holds each, in a variable of the same name, and its summary for the list.

    The databases, template engines and parsers that the commands need take over half a second to load.
    """

    def __init__(self, *args: Any, sources: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = sources

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table, which is the order in which a person needs them."""
        del ctx
        return list(self.sources)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Loads a command; None if there is none of this name."""
        del ctx
        if cmd_name not in self.sources:
            return None
        command = getattr(import_module(self.sources[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command that is meant; an unknown word is answered with the nearest known one."""
        if args[0] not in self.sources and not args[0].startswith("-"):
            raise NoSuchCommand(args[0], possibilities=self.sources, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_module, summary) in self.sources.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; one whose reader has gone, as in `mailbot ledger --list | head`, has done its work."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            # EIO is what a terminal that was closed answers. Errors of files have a name.
            if error.errno not in {errno.EPIPE, errno.EIO} or error.filename is not None:
                raise
            forget_output()
            return 0


def forget_output() -> None:
    """Sends what is still to be printed nowhere: at the end, Python would complain that it could not be written."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
