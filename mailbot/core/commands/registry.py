"""All commands, by name and by every word that calls them. A new command is a module and a line here."""

from collections.abc import Mapping

from mailbot.core.commands.accept import ACCEPT
from mailbot.core.commands.assign import ASSIGN
from mailbot.core.commands.away import AWAY
from mailbot.core.commands.back import BACK
from mailbot.core.commands.base import Command
from mailbot.core.commands.category import CATEGORY
from mailbot.core.commands.cc import CC
from mailbot.core.commands.close import CLOSE
from mailbot.core.commands.diagnosis import DIAGNOSIS
from mailbot.core.commands.dup import DUP
from mailbot.core.commands.end import END
from mailbot.core.commands.escalate import ESCALATE
from mailbot.core.commands.find import FIND
from mailbot.core.commands.for_ import FOR
from mailbot.core.commands.go import GO
from mailbot.core.commands.help import explain, help_command, markdown
from mailbot.core.commands.hold import HOLD
from mailbot.core.commands.impact import IMPACT
from mailbot.core.commands.kb import KB
from mailbot.core.commands.link import LINK
from mailbot.core.commands.list import LIST
from mailbot.core.commands.merge import MERGE
from mailbot.core.commands.new import NEW
from mailbot.core.commands.note import NOTE
from mailbot.core.commands.prevention import PREVENTION
from mailbot.core.commands.prio import PRIO
from mailbot.core.commands.quiet import QUIET
from mailbot.core.commands.remote import REMOTE
from mailbot.core.commands.reopen import REOPEN
from mailbot.core.commands.resolution import RESOLUTION
from mailbot.core.commands.resolve import RESOLVE
from mailbot.core.commands.show import SHOW
from mailbot.core.commands.source import SOURCE
from mailbot.core.commands.spam import SPAM
from mailbot.core.commands.split import SPLIT
from mailbot.core.commands.tag import TAG
from mailbot.core.commands.take import TAKE
from mailbot.core.commands.team import TEAM
from mailbot.core.commands.time import TIME
from mailbot.core.commands.title import TITLE
from mailbot.core.commands.uncc import UNCC
from mailbot.core.commands.undo import UNDO
from mailbot.core.commands.unlink import UNLINK
from mailbot.core.commands.urgency import URGENCY
from mailbot.core.commands.values import key
from mailbot.core.commands.vendor import VENDOR
from mailbot.core.commands.wait import WAIT
from mailbot.core.commands.workaround import WORKAROUND

_VERBS: tuple[Command, ...] = (
    TAKE,
    ASSIGN,
    TEAM,
    PRIO,
    IMPACT,
    URGENCY,
    CATEGORY,
    TITLE,
    TAG,
    NOTE,
    WAIT,
    HOLD,
    VENDOR,
    DIAGNOSIS,
    WORKAROUND,
    RESOLUTION,
    PREVENTION,
    TIME,
    RESOLVE,
    CLOSE,
    REOPEN,
    QUIET,
    ESCALATE,
    REMOTE,
    CC,
    UNCC,
    MERGE,
    DUP,
    SPLIT,
    LINK,
    UNLINK,
    LIST,
    SHOW,
    UNDO,
    FIND,
    KB,
    FOR,
    SOURCE,
    AWAY,
    BACK,
    ACCEPT,
    NEW,
    SPAM,
    GO,
    END,
)

COMMANDS: Mapping[str, Command] = {command.name: command for command in (*_VERBS, help_command(_VERBS))}
"""The commands by name, in the order in which the help shows them."""

WORDS: Mapping[str, Command] = {
    key(word) or word: command for command in COMMANDS.values() for word in (command.name, *command.aliases)
}
"""The commands by each of their words, without case and accents."""


def help_text(language: str, verb: str | None = None) -> str:
    """Explain all commands in short, or one at length; no line of it begins with a command.

    Raises:
        CommandRefusedError: there is no such command.
    """
    return explain(tuple(COMMANDS.values()), language, verb or "")


def table_markdown() -> str:
    """All commands as a Markdown table, in English."""
    return markdown(tuple(COMMANDS.values()))
