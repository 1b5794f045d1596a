"""Finding commands at the top of a new text, as people type them on computers and telephones.

A command is a line that begins with "#" and a letter. The block of commands ends at the first line that is neither
one nor blank; nothing below it is ever carried out as a command, but a line that looks like one is named as a stray.
All work is linear in the length of the text.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mailbot.core.commands.base import Argument, Call, Command, Parsed, ParseError
from mailbot.core.commands.end import END
from mailbot.core.commands.help import DOT
from mailbot.core.commands.registry import WORDS
from mailbot.core.commands.values import is_invisible, key, shown, trim, unlinked
from mailbot.core.phrases import either, say
from mailbot.core.quotemarks import separator_kind

MAX_COMMANDS = 50
"""More commands in one mail are a mistake, or an attack."""

_TEXTS = frozenset({Argument.TEXT, Argument.PARAGRAPH})
_MARKS = frozenset("#＃﹟")
_SEPARATORS = frozenset(":=：＝")
_STOPS = ".,;!:=。．…"
_WORD_LENGTH = 40
_LONGEST_SPACED = 120
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class _Head:
    """The verb of a line as it is written, and what follows it."""

    word: str
    rest: str


def parse(new_text: str, language: str = "en") -> Parsed:
    """Take a new text apart: the commands on top, and what is left for the requester.

    Args:
        new_text: What the sender newly wrote, without quote and signature.
        language: The language of the errors.

    Returns:
        The calls, the text below them, and the mistakes. Never raises, whatever the text.
    """
    lines = new_text.splitlines()
    calls: list[Call] = []
    errors: list[ParseError] = []
    index, begun = 0, False
    while index < len(lines):
        head = _head(lines[index])
        start, index = index, index + 1
        if head is None and not trim(lines[start]):
            continue
        if head is None or len(calls) + len(errors) == MAX_COMMANDS:
            index = start
            break
        begun = True
        command = _command(head)
        if command is END and not _value(head, command):
            return Parsed(tuple(calls), _without_blank_ends(lines[index:]), tuple(errors))
        if command is not None and command.argument in _TEXTS:
            short = command.argument is Argument.PARAGRAPH and bool(_value(head, command))
            index = _end_of_text(lines, index, at_blank=short)
        found = _read(command, head, lines[start:index], start, language)
        if isinstance(found, Call):
            calls.append(found)
        else:
            errors.append(found)
        if command is not None and command.argument in _TEXTS and _is_end(lines, index):
            index += 1
    if index < len(lines) and _head(lines[index]) is not None:
        errors.append(_error(language, lines[index], index, say(language, "too_many", limit=str(MAX_COMMANDS))))
    text = _without_blank_ends(lines[index:]) if begun else new_text
    return Parsed(tuple(calls), text, tuple(errors), () if errors else tuple(_strays(lines, index, language)))


def _strays(lines: Sequence[str], index: int, language: str) -> list[ParseError]:
    """Lines that look like commands in the wrong place: below the text, or on top with a blank behind "#".

    Only a complete command is one of them, and nothing below the word that ends the block. "# Solution" is a heading,
    and "#resolve" within a line is a part of a sentence.
    """
    found: list[ParseError] = []
    on_top = True
    for at in range(index, len(lines)):
        if len(found) == MAX_COMMANDS:
            break
        spaced = _spaced(lines[at]) if on_top else None
        head = spaced or _head(lines[at])
        on_top = on_top and (spaced is not None or not trim(lines[at]))
        command = _command(head) if head is not None else None
        if head is None or command is None:
            continue
        read = _read(command, head, lines[at : at + 1 if _value(head, command) else at + 2], at, language)
        loose = spaced and (command.argument in _TEXTS or len(_value(head, command).split()) > 1)
        if isinstance(read, Call) and not loose:
            problem = say(language, "spaced" if spaced else "stray")
            found.append(_error(language, lines[at], at, problem, (command.name,)))
    return found


def _spaced(line: str) -> _Head | None:
    """The verb of a line that has blanks behind its "#", None if that is not what keeps it from being a command."""
    bare = trim(line[:_LONGEST_SPACED])
    if len(line) > _LONGEST_SPACED or bare[:1] not in _MARKS or not bare[1:2].isspace():
        return None
    return _head(f"#{bare[1:].lstrip()}")


def escape_commands(text: str) -> str:
    """Make a text safe to be sent: no line of it can be read as a command. Doing it twice changes nothing more."""
    lines = text.splitlines(keepends=True)
    return "".join(DOT + line if _head(line) is not None else line for line in lines)


def format_call(command: Command, value: str) -> str:
    """Write a command as `parse` reads it back."""
    if not value:
        return f"#{command.name}"
    if command.argument in _TEXTS and _head(value.splitlines()[0]) is None:
        return f"#{command.name}\n{value}"
    return f"#{command.name} {value}"


def _head(line: str) -> _Head | None:
    """The verb of a line, None if it is no command: blanks may come before "#", but only a letter after it."""
    start = 0
    while start < len(line) and (line[start].isspace() or is_invisible(line[start])):
        start += 1
    if start == len(line) or line[start] not in _MARKS:
        return None
    start += 1
    while start < len(line) and not line[start].isspace() and _is_part(line[start]):
        start += 1
    if line[start : start + 1] in {"?", "？"} and not trim(line[start + 1 : start + 2]):
        return _Head("?", line[start + 1 :])
    if not line[start : start + 1].isalpha():
        return None
    end = start
    while end < len(line) and (line[end].isalnum() or line[end] in "-_" or _is_part(line[end])):
        end += 1
    return _Head(line[start:end], line[end:])


def _is_part(character: str) -> bool:
    """Whether a character belongs to the one before it: a combining mark or something invisible, but no blank."""
    return unicodedata.category(character) in {"Cf", "Mn", "Mc", "Me"}


def _command(head: _Head) -> Command | None:
    return WORDS.get(key(head.word) or head.word) if len(head.word) <= _WORD_LENGTH else None


def _value(head: _Head, command: Command) -> str:
    """What stands behind a verb, on its line."""
    rest = head.rest
    # Two blanks on a telephone become a full stop and a blank.
    if rest[:1] in {".", ",", "。", "．"} and not trim(rest[1:2]):
        rest = rest[1:]
    if command.argument in _TEXTS:
        attached = rest[:1] in _SEPARATORS
        rest = trim(rest)
        if rest[:1] in _SEPARATORS and (attached or not trim(rest[1:2])):
            rest = rest[1:]
        return trim(rest)
    start = 0
    while start < len(rest) and (rest[start].isspace() or is_invisible(rest[start]) or rest[start] in _SEPARATORS):
        start += 1
    value = trim(unlinked(rest[start:]))
    return value if value.strip(_STOPS) else ""


def _end_of_text(lines: Sequence[str], index: int, *, at_blank: bool) -> int:
    """Where a text ends; a mail that is forwarded in it belongs to it as a whole: those are words of somebody else."""
    while index < len(lines) and _head(lines[index]) is None:
        look = lines[index][:_LOOKED_AT].strip()
        if at_blank and not trim(lines[index]):
            return index
        if look and separator_kind(look):
            return len(lines)
        index += 1
    return index


def _is_end(lines: Sequence[str], index: int) -> bool:
    head = _head(lines[index]) if index < len(lines) else None
    return head is not None and _command(head) is END and not _value(head, END)


def _read(command: Command | None, head: _Head, lines: Sequence[str], start: int, language: str) -> Call | ParseError:
    raw = lines[0]
    if command is None:
        return _unknown(head, raw, start, language)
    value = _value(head, command)
    if command.argument in _TEXTS:
        value = trim("\n".join([value, *lines[1:]]))
    problem = {
        Argument.NONE: "takes_nothing" if value else "",
        Argument.LINE: "" if value else "needs_value",
        Argument.TEXT: "" if value else "needs_text",
        Argument.PARAGRAPH: "" if value else "needs_text",
        Argument.OPTIONAL_LINE: "",
    }[command.argument]
    if problem:
        return _error(language, raw, start, say(language, problem, word=command.name, usage=command.usage))
    return Call(command, value, start + 1, _without_blank_ends(lines))


def _unknown(head: _Head, raw: str, start: int, language: str) -> ParseError:
    near = get_close_matches(key(head.word[:_WORD_LENGTH]), WORDS, n=3, cutoff=0.6)
    # One word of each command is enough, the nearest one.
    candidates = tuple({WORDS[word].name: word for word in reversed(near)}.values())[::-1]
    proposed = either(language, tuple(f"#{word}" for word in candidates))
    phrase = "unknown" if candidates else "unknown_at_all"
    problem = say(language, phrase, word=shown(head.word[:_WORD_LENGTH]), candidates=proposed)
    return _error(language, raw, start, problem, candidates)


def _error(language: str, raw: str, start: int, problem: str, candidates: tuple[str, ...] = ()) -> ParseError:
    message = say(language, "where", line=str(start + 1), raw=shown(raw), problem=problem)
    return ParseError(message, start + 1, raw, candidates)


def _without_blank_ends(lines: Sequence[str]) -> str:
    start, end = 0, len(lines)
    while start < end and not trim(lines[start]):
        start += 1
    while end > start and not trim(lines[end - 1]):
        end -= 1
    return "\n".join(lines[start:end])
