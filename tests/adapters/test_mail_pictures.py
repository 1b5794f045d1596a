"""The pages in a real browser: each notice with each of its samples, in both languages, widths and schemes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pictures.browser import Browser, browser
from pictures.looking import SCHEMES, WIDTHS, problems, show
from pictures.pages import LANGUAGES, Page, pages

from mailbot.core.notices import NOTICES

pytestmark = pytest.mark.slow

_GOOD = (
    '<!DOCTYPE html><html lang="en"><head><meta name="color-scheme" content="light dark"><title>T</title></head>'
    '<body style="background: #fff; color: #222; font: 16px sans-serif"><h1>Hello</h1>'
    '<table role="presentation"><tr><td>BODY</td></tr></table></body></html>'
)
_WIDE = "Donaudampfschifffahrt" * 9
MISTAKES = {
    _WIDE: "320 px, light: the page must be scrolled sideways",
    f'<div style="width: 90px; overflow: hidden">{_WIDE}</div>': "text is cut off",
    f'<div style="width: 90px; overflow: hidden"><span>{_WIDE}</span></div>': "text leaves its cell",
    '<p style="margin-left: -40px">words</p>': "text leaves the screen",
    '<p style="display: none">words</p>': "text is not to be seen",
    '<p style="visibility: hidden">words</p>': "text is not to be seen",
    '<p style="font-size: 11px">words</p>': "text is tiny, 11 px",
    '<p style="color: #808080">words</p>': "too little contrast, 3.95",
    '<p style="color: rgba(0, 0, 0, 0.4)">words</p>': "too little contrast, 2.85",
    '<div style="background: #333"><p>words</p></div>': "too little contrast, 1.26",
    '<p style="background: CanvasText; color: Canvas">words</p><p style="color: CanvasText">more</p>': (
        '320 px, dark: too little contrast, 1.00: "more"'
    ),
    '<p style="display: flex">words</p>': "Outlook does not know display: flex",
    '<p style="display: inline-grid">words</p>': "Outlook does not know display: inline-grid",
    '<p style="float: right">words</p>': "an element leaves the flow",
    '<p style="opacity: 0.9">words</p>': "text is transparent",
    '<p style="background-image: linear-gradient(red, blue)">words</p>': "a picture lies behind text",
    "<h1>Again</h1>": "there must be one h1",
    "<h3>Deep</h3>": "the headings skip a level",
    "<h2></h2>": "a heading is empty",
    "<table><tr><td>words</td></tr></table>": "a table for the layout is not marked as one",
    '<img src="data:,">': "a picture has no alt",
    '<img alt="" src="http://127.0.0.1:9/pixel.png">': "it fetches http://127.0.0.1:9/pixel.png",
    '<table role="presentation"><tr><td background="http://127.0.0.1:9/paper.png">words</td></tr></table>': (
        "it fetches http://127.0.0.1:9/paper.png"
    ),
    '<img alt="" src="data:,">': "something would be fetched",
    '<div style="background: url(http://127.0.0.1:9/paper.png)">words</div>': "a style fetches something",
    "<script></script>": "mail programs remove <script>",
    '<a href="more.html">more</a>': "a link leads nowhere",
    '<a href="https://example.com/"></a>': "a link has no words",
    '<a href="https://example.com/">https://example.org/</a>': "a link shows another address",
    "<style>p { color: #111 }</style>": "a rule was not put into the elements",
    "<style>@media screen { td { color: #aaa } }</style>": "320 px, light: too little contrast, 2.32",
    "<style>@media (prefers-color-scheme: dark) { td { color: #aaa } }</style>": (
        "320 px, dark: too little contrast, 2.32"
    ),
    "<style>@media screen { .a { color: #222 !important } }</style>"
    '<p class="a" style="color: #aaa">words</p>': "320 px, light, without <style>: too little contrast, 2.32",
}
"""What a page could have within it, and what is then said of it."""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser") / "profile") as found:
        yield found


@pytest.fixture(scope="module")
def every_page() -> list[Page]:
    return list(pages())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_read_by_day_and_by_night_on_a_telephone_and_in_a_pane(
    tab: Browser, every_page: list[Page], tmp_path: Path, language: str
) -> None:
    ours = [page for page in every_page if page.language == language]
    assert {page.notice for page in ours if page.variant == "long"} == set(NOTICES)
    found = {page.name: list(problems(tab, page.html, tmp_path / "page.html")) for page in ours}
    assert {name: said for name, said in found.items() if said} == {}


def test_the_dark_is_really_dark(tab: Browser, every_page: list[Page], tmp_path: Path) -> None:
    paper = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert list(show(tab, every_page[0].html, tmp_path / "page.html")) == []
    seen = {}
    for scheme in SCHEMES:
        tab.look_as(WIDTHS[0], scheme)
        seen[scheme] = tab.run(paper)
    assert seen == {"light": "rgb(255, 255, 255)", "dark": "rgb(30, 36, 43)"}


def test_nothing_is_said_of_a_page_without_a_mistake(tab: Browser, tmp_path: Path) -> None:
    assert list(problems(tab, _GOOD, tmp_path / "page.html")) == []


@pytest.mark.parametrize(("mistake", "want"), MISTAKES.items())
def test_a_page_with_a_mistake_is_found_out(tab: Browser, tmp_path: Path, mistake: str, want: str) -> None:
    found = list(problems(tab, _GOOD.replace("BODY", mistake), tmp_path / "page.html"))
    assert any(want in problem for problem in found), found


def test_long_content_is_really_in_the_pages(every_page: list[Page]) -> None:
    warning = next(page for page in every_page if page.name == "warning-id-long")
    subject = next(word for word in warning.subject.split() if word.startswith("Donau"))
    assert len(subject) == 200
    for longest in (subject, "https://support.example.com/knowledge-base/", "Raden Ajeng", "Mempertanggungjawabkannya"):
        assert longest in warning.html
