"""Looks at a page as its readers would, and says what is wrong with it."""

from collections.abc import Iterator
from pathlib import Path

from pictures.browser import Browser

WIDTHS = (320, 600)
"""Pixels: the narrowest telephone in use, and the reading pane of a mail program."""
SCHEMES = ("light", "dark")
_HERE = Path(__file__).parent
_STRUCTURE = (_HERE / "structure.js").read_text("utf-8")
_CHECK = (_HERE / "check.js").read_text("utf-8")
_STRIP = "document.querySelectorAll('style').forEach((style) => style.remove())"


def show(tab: Browser, html: str, file: Path) -> Iterator[str]:
    """Writes a page to a file and loads it; gives what was fetched for it from elsewhere."""
    file.write_text(html, "utf-8")
    yield from (f"it fetches {url}" for url in tab.show(file) if url != file.as_uri())


def problems(tab: Browser, html: str, file: Path) -> Iterator[str]:
    """Everything that is wrong with a page: its structure, then its looks in each width and scheme.

    In the end it is looked at without its <style>, which some mail programs take away: the colours must be readable
    even then, whatever scheme the program itself has.
    """
    yield from show(tab, html, file)
    yield from tab.run(_STRUCTURE)
    for width in WIDTHS:
        yield from _seen(tab, width, "")
    tab.run(_STRIP)
    yield from _seen(tab, WIDTHS[0], ", without <style>")


def _seen(tab: Browser, width: int, how: str) -> Iterator[str]:
    for scheme in SCHEMES:
        tab.look_as(width, scheme)
        yield from (f"{width} px, {scheme}{how}: {problem}" for problem in tab.run(_CHECK))
