"""The mails in the text files beside: a line each, or one below each "=== name", with its new text below "--- new"."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """A mail and what is new in it; all of it, if the file does not say."""

    name: str
    text: str
    new: str


def lines(name: str) -> list[str]:
    """Gives the lines of a file."""
    return (HERE / name).read_text("utf-8").splitlines()


def samples(name: str) -> list[Sample]:
    """Gives the mails of a file."""
    found = []
    for number, section in enumerate(f"\n{(HERE / name).read_text('utf-8')}".split("\n===")[1:]):
        title, _, body = section.partition("\n")
        text, _, new = body.strip("\n").partition("\n--- new\n")
        found.append(Sample(f"{number} {title.strip()}", text, new or text))
    return found


def filled(text: str) -> list[str]:
    """Gives the filled lines of a text, in an order in which two texts of the same lines are equal."""
    return sorted(line.rstrip() for line in text.split("\n") if line.strip())
