"""#help, and every other table of the commands: all of them are made from the same attributes.

Our own mails must never contain a line that begins with a command, or an empty answer with our text in it would
carry it out: each such line begins with a middle dot.
"""

from collections.abc import Iterable, Sequence

from mailbot.core.commands.base import (
    Argument,
    Call,
    Command,
    CommandRefusedError,
    Context,
    Outcome,
    Scope,
    Texts,
)
from mailbot.core.commands.values import key, near, shown
from mailbot.core.phrases import say, spoken

DOT = "· "
"""What makes a line harmless: no command begins with it."""


def help_command(others: Sequence[Command]) -> Command:
    """The command that explains the others and itself."""

    def run(call: Call, context: Context) -> Outcome:
        lines = explain((*others, command), context.language, call.value).splitlines()
        return Outcome(lines=tuple(lines))

    command = Command(
        name="help",
        aliases=("bantuan", "?"),
        argument=Argument.OPTIONAL_LINE,
        usage="#help [COMMAND]",
        summary={
            "en": "Explains the commands, or one of them.",
            "id": "Menjelaskan semua perintah, atau salah satunya.",
        },
        examples=("#help", "#help wait"),
        audience=frozenset(Scope),
        needs_ticket=False,
        run=run,
    )
    return command


def explain(commands: Sequence[Command], language: str, verb: str = "") -> str:
    """Explain all commands in short, or one at length.

    Args:
        commands: All of them, in the order in which they are shown.
        language: A language code; where we do not speak it, English is spoken.
        verb: A name or alias, with or without "#"; "" = all.

    Returns:
        Lines of which none begins with a command.

    Raises:
        CommandRefusedError: there is no such command.
    """
    if not key(verb):
        return "\n".join(_overview(commands, language))
    for command in commands:
        if key(verb) in {key(name) for name in (command.name, *command.aliases)}:
            return "\n".join(_page(command, language))
    raise CommandRefusedError("no_help", near(verb, (command.name for command in commands)), value=shown(verb))


def markdown(commands: Sequence[Command]) -> str:
    """A Markdown table of the commands, in English, for the manual."""
    rows = ["| command | also | what it does |", "|---|---|---|"]
    for command in commands:
        usage = command.usage.replace("|", r"\|")
        also = ", ".join(f"`#{alias}`" for alias in command.aliases)
        what = _in(command.summary, "en")
        if command.audience == {Scope.HELD}:
            what = f"(about something held) {what}"
        rows.append(f"| `{usage}` | {also} | {what} |")
    return "\n".join(rows) + "\n"


def _overview(commands: Sequence[Command], language: str) -> Iterable[str]:
    yield say(language, "help_title")
    yield from (_short(command, language) for command in commands if Scope.TICKET in command.audience)
    yield say(language, "help_held")
    yield from (_short(command, language) for command in commands if Scope.TICKET not in command.audience)
    yield say(language, "help_more")


def _short(command: Command, language: str) -> str:
    return f"{DOT}{command.usage} — {_in(command.summary, language)}"


def _page(command: Command, language: str) -> Iterable[str]:
    yield _short(command, language)
    if command.aliases:
        aliases = ", ".join(f"#{alias}" for alias in command.aliases)
        yield say(language, "help_also", aliases=aliases)
    if command.details:
        yield _in(command.details, language)
    if command.examples:
        yield say(language, "help_examples")
        yield from (f"{DOT}{example}" for example in command.examples)


def _in(texts: Texts, language: str) -> str:
    return texts[spoken(language)]
