"""Commands as technicians type them into the programs of telephones and computers, and what is understood of them."""

import pytest

from mailbot.core.commands import Argument
from mailbot.core.commands.cc import addresses_in
from mailbot.core.commands.values import tidy
from phones.clients import CLIENTS, LANGUAGES
from phones.envelopes import eml
from phones.reading import notice, obeyed
from phones.typed import TYPED, Typed

# Each program gets a third of what people type, in turns of the languages; what depends on the program goes to all.
EVERYWHERE = (
    "a bare command",
    "nothing at all",
    "a long",
    "an address",
    "two addresses",
    "a name block",
    "a letter below",
)
ROWS = {
    f"{typed.name} in {client}, {language}": (client, language, typed)
    for i, typed in enumerate(TYPED)
    for j, client in enumerate(CLIENTS)
    for k, language in enumerate(LANGUAGES)
    if (i + j) % 2 == k and ((i + j // 2) % 3 == 0 or typed.name.startswith(EVERYWHERE))
}


def flat(text: str) -> str:
    """The words of a text, whatever its lines, without what a program added to it."""
    return " ".join(text.split())


def meant(name: str, argument: Argument, value: str) -> str:
    """A value as its command reads it."""
    if name == "cc":
        return ", ".join(one.address for one in addresses_in(value))
    return flat(value) if argument in {Argument.TEXT, Argument.PARAGRAPH} else tidy(value)


@pytest.mark.parametrize(("client", "language", "typed"), ROWS.values(), ids=ROWS)
def test_what_was_typed_is_understood(client: str, language: str, typed: Typed) -> None:
    words = LANGUAGES[language]
    quoted = notice("assigned", words.language)
    shape = CLIENTS[client](typed.text.split("\n"), typed.signature, quoted, words)
    parsed = obeyed(eml(shape, quoted))
    found = [(call.command.name, meant(call.command.name, call.command.argument, call.value)) for call in parsed.calls]
    assert found == [(name, flat(value)) for name, value in typed.calls]
    assert len(parsed.errors) == typed.errors
    assert flat(parsed.text) == flat(typed.rest)
    assert parsed.strays == ()
