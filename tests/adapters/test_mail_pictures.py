"""The pages in a real browser: nothing is wider than the narrowest telephone, and the dark is really dark."""

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailbot.adapters.render import Renderer
from mailbot.adapters.samples import sample
from mailbot.core.notices import NOTICES

pytestmark = pytest.mark.slow

WIDTH = 320
LONG = "Rechtsschutzversicherungsgesellschaften" * 4 + " https://support.example.com/" + "x" * 200
SCRIPT = """
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, style = frame.contentWindow.getComputedStyle(page.querySelector(".card"));
    const words = page.createElement("p");
    words.textContent = [frame.id, page.documentElement.scrollWidth, style.backgroundColor].join(" ");
    document.body.append(words);
  }
});
"""


def measure(directory: Path, *, dark: bool) -> dict[str, tuple[int, str]]:
    """The width that each page needs in a window of 320 pixels, and the colour of its paper."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert browser, "a browser is needed for this test: apt-get install chromium"
    renderer = Renderer(None, "en")
    frames = []
    for notice in NOTICES:
        for language in renderer.languages():
            values = sample(notice, language)
            if values["ticket"] is not None:  # A list of tickets is about none of them.
                values["ticket"] |= {"subject": LONG, "requester_name": LONG, "team": LONG}
            values |= {key: LONG for key in ("author", "mail_subject", "text") if key in values}
            page = html.escape(renderer.render(notice, language, values).html)
            size = f'width="{WIDTH}" height="600" style="border:0"'
            frames.append(f'<iframe id="{notice}-{language}" {size} srcdoc="{page}"></iframe>')
    harness = directory / "harness.html"
    head = '<meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    harness.write_text(f"<!DOCTYPE html>{head}<script>{SCRIPT}</script><body>{''.join(frames)}</body>", "utf-8")
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    switches += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    switches += ["--dump-dom", "--virtual-time-budget=5000"]
    if dark:
        switches.append("--blink-settings=preferredColorScheme=0")
    done = subprocess.run(
        [browser, *switches, f"--user-data-dir={directory / 'profile'}", harness.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.findall(r"<p>([a-z_]+-[a-z]+) (\d+) (rgb\([^)]*\))</p>", done.stdout)
    return {name: (int(width), paper) for name, width, paper in found}


@pytest.mark.parametrize(("dark", "paper"), [(False, "rgb(255, 255, 255)"), (True, "rgb(30, 36, 43)")])
def test_every_page_fits_a_telephone_by_day_and_by_night(tmp_path: Path, dark: bool, paper: str) -> None:
    found = measure(tmp_path, dark=dark)
    assert len(found) == 2 * len(NOTICES)
    assert {name: width for name, (width, _paper) in found.items() if width > WIDTH} == {}
    assert {colour for _width, colour in found.values()} == {paper}
