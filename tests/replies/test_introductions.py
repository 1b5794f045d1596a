"""The lines with which mail programs of forty languages introduce quoted mail, whole, torn and indented."""

from collections.abc import Iterator

import pytest
from replies.samples import lines

from mailbot.core.quoting import split

LINES = lines("introductions.txt")
NEW = "Baik, sudah saya coba.\nTerima kasih banyak atas bantuannya."
QUOTES = {
    "marked": "\n> old one\n> two\n",
    "marked below a blank line": "\n\n> old one\n> two\n",
    "without a mark": "\n\nold one\n\ntwo.\n",
}


def torn(line: str) -> Iterator[str]:
    """The ways in which programs break the line."""
    yield line
    yield f"   {line}"
    if len(line) > 72:
        cut = line.rindex(" ", 0, 72)
        yield f"{line[:cut]}\n{line[cut + 1 :]}"


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("line", LINES)
def test_what_stands_below_an_introduction_is_quoted(line: str, quote: str) -> None:
    for introduction in torn(line):
        found = split(f"{NEW}\n\n{introduction}{QUOTES[quote]}")
        assert found.new_text == NEW
        assert "old one" in found.quoted
        assert introduction.split("\n", maxsplit=1)[0].strip() in found.quoted


@pytest.mark.parametrize(
    "line", [line for line in LINES if " <" in line and not line.endswith((":00]:", "> 2025-11-03 10:00:"))]
)
def test_an_introduction_torn_at_the_address_is_found(line: str) -> None:
    for introduction in (line.replace(" <", " <\n", 1), line.replace(" <", "\n<", 1)):
        assert split(f"{NEW}\n\n{introduction}{QUOTES['marked']}").new_text == NEW


@pytest.mark.parametrize("line", LINES)
def test_nothing_below_an_introduction_is_a_quote_of_nothing(line: str) -> None:
    assert split(f"{NEW}\n\n{line}\n\n").new_text == NEW
