"""The command language: "#verb value" lines at the top of a technician's reply.

`parse` takes a text apart, `run_all` works out what the commands should change, and the caller does it.
"""

from mailbot.core.commands.base import (
    Argument,
    Call,
    Change,
    Command,
    CommandError,
    CommandRefusedError,
    Context,
    Field,
    Outcome,
    Parsed,
    ParseError,
    Result,
    Scope,
)
from mailbot.core.commands.parse import escape_commands, format_call, parse
from mailbot.core.commands.registry import COMMANDS, help_text, table_markdown
from mailbot.core.commands.run import run_all

__all__ = [
    "COMMANDS",
    "Argument",
    "Call",
    "Change",
    "Command",
    "CommandError",
    "CommandRefusedError",
    "Context",
    "Field",
    "Outcome",
    "ParseError",
    "Parsed",
    "Result",
    "Scope",
    "escape_commands",
    "format_call",
    "help_text",
    "parse",
    "run_all",
    "table_markdown",
]
