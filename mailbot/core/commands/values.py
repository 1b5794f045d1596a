"""Reading and showing the values of commands: names without case and accents, text that a phone has improved."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from mailbot.core.commands.base import CommandRefusedError
from mailbot.core.model import Category, Directory, Impact, Priority, Team, Technician, Urgency

_Known = TypeVar("_Known", bound=StrEnum)
_SHOWN = 60
_FEW = 12
_READ = 200
_ASCII = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣", "-"),
        **dict.fromkeys("‘’‚‛′´`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        "。": ".",
    }
)
_LINK = re.compile(r"[ \u00a0]?<mailto:([^<>\s]{1,320})>", re.IGNORECASE)
_AROUND = " '\":=.,;!"

_PRIORITIES = {
    Priority.LOW: "low rendah minor p4",
    Priority.NORMAL: "normal medium sedang biasa standard p3",
    Priority.HIGH: "high tinggi penting important p2",
    Priority.CRITICAL: "critical urgent kritis darurat mendesak emergency p1",
}
_IMPACTS = {
    Impact.PERSON: "person one oneperson single individual low orang satuorang seorang perorangan rendah",
    Impact.DEPARTMENT: "department dept team group several medium departemen bagian satubagian divisi unit tim sedang",
    Impact.ORGANISATION: "organisation organization company everybody everyone all high "
    "organisasi seluruhorganisasi perusahaan semua semuaorang seluruhnya tinggi",
}
_URGENCIES = {
    Urgency.LOW: "low canwait rendah santai bisamenunggu",
    Urgency.MEDIUM: "medium normal sedang biasa",
    Urgency.HIGH: "high urgent critical tinggi mendesak segera darurat kritis",
}
_IMPACT_OF = {word: impact for impact, words in _IMPACTS.items() for word in words.split()}
_URGENCY_OF = {word: urgency for urgency, words in _URGENCIES.items() for word in words.split()}
_PRIORITY_OF = {word: priority for priority, words in _PRIORITIES.items() for word in words.split()}


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing: a zero-width one, a direction mark, a control character."""
    return unicodedata.category(character) in {"Cf", "Cc"}


def trim(text: str) -> str:
    """The text without blanks and invisible characters at its ends."""
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or is_invisible(text[start])):
        start += 1
    while end > start and (text[end - 1].isspace() or is_invisible(text[end - 1])):
        end -= 1
    return text[start:end]


def key(text: str) -> str:
    """What two spellings of a name share: its letters and digits without case, accents and blanks."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def tidy(text: str) -> str:
    """A one-line value in plain characters: no smart quotes and dashes, no quotes around it, no full stop behind it."""
    plain = unicodedata.normalize("NFKC", text[:_READ].translate(_ASCII))
    plain = "".join(" " if c.isspace() else c for c in plain if c.isspace() or not is_invisible(c))
    return " ".join(plain.split()).strip(_AROUND)


def unlinked(text: str) -> str:
    """A value without the links that Outlook writes behind an address: "rita@example.com<mailto:rita@example.com>"."""
    return _LINK.sub(_plain_address, text) if "<" in text else text


def _plain_address(link: re.Match[str]) -> str:
    address = link[1]
    begin = max(link.start() - len(address), 0)
    told = link.string[begin : link.start()].casefold() == address.casefold()
    return "" if told else f" <{address}>"


def shown(text: str) -> str:
    """What somebody wrote, short and on one line, to be shown back to him."""
    lines = text.strip().splitlines() or [""]
    line = "".join(" " if c.isspace() else c for c in lines[0][:_READ] if c.isspace() or not is_invisible(c))
    line = " ".join(line.split())
    return line if len(line) <= _SHOWN and len(lines) == 1 else f"{line[:_SHOWN].rstrip()}…"


def near(value: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names to propose instead of an unknown one: all, if they are few, the similar ones otherwise."""
    known = sorted(set(names), key=str.casefold)
    if len(known) <= _FEW:
        return tuple(known)
    by_key = {key(name): name for name in known}
    found = get_close_matches(key(value[:_SHOWN]), by_key, n=5, cutoff=0.5)
    return tuple(by_key[name] for name in found) or (*known[:_FEW], "…")


def priority_called(value: str, directory: Directory) -> Priority:
    """The priority with this name, in any language that we speak, or as mails call it.

    Raises:
        CommandRefusedError: there is none.
    """
    return _called(value, Priority, _PRIORITY_OF, "priority", directory)


def impact_called(value: str, directory: Directory) -> Impact:
    """The impact with this name, in any language that we speak, or as mails call it.

    Raises:
        CommandRefusedError: there is none.
    """
    return _called(value, Impact, _IMPACT_OF, "impact", directory)


def urgency_called(value: str, directory: Directory) -> Urgency:
    """The urgency with this name, in any language that we speak, or as mails call it.

    Raises:
        CommandRefusedError: there is none.
    """
    return _called(value, Urgency, _URGENCY_OF, "urgency", directory)


def _called(value: str, kind: type[_Known], words: Mapping[str, _Known], label: str, directory: Directory) -> _Known:
    wanted = key(value[:_READ])
    found = words.get(wanted)
    if found is None:
        shown_so = _labelled(label, wanted, directory)
        found = kind(shown_so.pop()) if len(shown_so) == 1 else None
    if found is None:
        raise CommandRefusedError(f"no_{label}", tuple(one.value for one in kind), value=shown(value))
    return found


def team_called(value: str, directory: Directory) -> Team:
    """The team with this name.

    Raises:
        CommandRefusedError: there is none, or two share their letters.
    """
    wanted = key(value[:_READ])
    found = [team for team in directory.teams.values() if wanted and key(team.name) == wanted]
    if len(found) == 1:
        return found[0]
    names = near(value, (team.name for team in found or directory.teams.values()))
    raise CommandRefusedError("several_called" if found else "no_team", names, value=shown(value))


def category_called(value: str, directory: Directory) -> Category:
    """The category with this name, or the one that mails call so in any language.

    Raises:
        CommandRefusedError: there is none, or two share their letters; the text names all that there are.
    """
    wanted = key(value[:_READ])
    found = [category for category in directory.categories.values() if key(category.name) == wanted]
    if not found:
        found = [directory.categories[name] for name in sorted(_labelled("category", wanted, directory))]
    if len(found) == 1:
        return found[0]
    # All of them, however many: nobody can know by heart what his helpdesk calls things, and no other mail tells.
    names = sorted((category.name for category in found or directory.categories.values()), key=str.casefold)
    raise CommandRefusedError("several_called" if found else "no_category", tuple(names), value=shown(value))


def _labelled(kind: str, wanted: str, directory: Directory) -> set[str]:
    """The values that mails call so, in whatever language."""
    return {value for label, value in directory.labels.get(kind, ()) if wanted and key(label) == wanted}


def somebody_called(value: str, directory: Directory) -> Technician | Team:
    """The technician or team with this name.

    A whole name or an addr-spec comes first, then one word of a technician's name or the local part of his address.

    Raises:
        CommandRefusedError: nobody is called that, or several are.
    """
    wanted = key(value[:_READ])
    found: list[Technician | Team] = []
    if wanted:
        found.extend(who for who in directory.technicians.values() if wanted in (key(who.name), key(who.email)))
        found.extend(team for team in directory.teams.values() if key(team.name) == wanted)
    if wanted and not found:
        found.extend(who for who in directory.technicians.values() if wanted in map(key, _short_names(who)))
    if len(found) == 1:
        return found[0]
    everybody: list[Technician | Team] = [*directory.technicians.values(), *directory.teams.values()]
    phrase = "several_called" if found else "nobody_called"
    # An address tells apart two people of the same name; otherwise the name is what people know.
    labels = [_precisely(one) for one in found] or [one.name or _precisely(one) for one in everybody]
    names = near(value, labels)
    raise CommandRefusedError(phrase, names, value=shown(value))


def _short_names(who: Technician) -> tuple[str, ...]:
    return (*who.name.split(), who.email.partition("@")[0])


def _precisely(one: Technician | Team) -> str:
    return one.email if isinstance(one, Technician) else one.name
