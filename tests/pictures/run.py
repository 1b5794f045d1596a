"""Pictures of all mails, from within tests/: python -m pictures.run OUT [--only NOTICE] [--language id]."""

import argparse
import html
import shutil
import sys
import tempfile
from pathlib import Path

from pictures.browser import Browser, browser
from pictures.looking import SCHEMES, WIDTHS, problems, show
from pictures.pages import LANGUAGES, Page, pages

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Mails</title><style>
body { font: 15px/22px sans-serif; margin: 24px; background: #888; }
section { background: #fff; padding: 12px; margin: 0 0 24px; }
h2 { margin: 0 0 8px; font-size: 17px; }
.row { display: flex; gap: 12px; align-items: flex-start; overflow-x: auto; }
pre { flex: 0 0 600px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px; line-height: 18px; margin: 0; }
</style></head><body><h1>Every mail, by width and scheme, and its text part</h1>
"""


def main() -> int:
    """Writes a picture per page, width and scheme, and an index.html; exit code 1 if something is wrong with a page."""
    parser = argparse.ArgumentParser(description="Take pictures of all mails, and check what can be seen.")
    parser.add_argument("out", type=Path, help="the folder; its pictures are made anew")
    parser.add_argument("--only", help="one notice")
    parser.add_argument("--language", action="append", help="only this one; may be given several times")
    options = parser.parse_args()
    shutil.rmtree(options.out / "pictures", ignore_errors=True)
    (options.out / "pictures").mkdir(parents=True)
    wanted = [page for page in pages(tuple(options.language or LANGUAGES)) if options.only in {None, page.notice}]
    sections, wrong = [], 0
    with tempfile.TemporaryDirectory(prefix="mailbot-pictures-") as folder, browser(Path(folder) / "profile") as tab:
        file = Path(folder) / "page.html"
        for page in wanted:
            for problem in problems(tab, page.html, file):
                wrong += 1
                print(f"{page.name}: {problem}")
            sections.append(_section(page, _pictures(tab, page, file, options.out)))
    index = options.out / "index.html"
    index.write_text(f"{_HEAD}{''.join(sections)}</body></html>\n", "utf-8")
    print(f"{len(wanted)} pages, {len(WIDTHS) * len(SCHEMES)} pictures of each, {wrong} problems: open {index}")
    return 1 if wrong else 0


def _pictures(tab: Browser, page: Page, file: Path, out: Path) -> list[tuple[str, int]]:
    """Takes them; gives their names in the folder, with their widths."""
    taken = []
    assert not list(show(tab, page.html, file))
    for width in WIDTHS:
        for scheme in SCHEMES:
            tab.look_as(width, scheme)
            name = f"pictures/{page.name}-{width}-{scheme}.png"
            (out / name).write_bytes(tab.picture(width))
            taken.append((name, width))
    return taken


def _section(page: Page, pictures: list[tuple[str, int]]) -> str:
    images = "".join(f'<img src="{name}" width="{width}" alt="" loading="lazy">\n' for name, width in pictures)
    text = html.escape(page.text)
    subject = html.escape(page.subject)
    return f'<section><h2>{page.name}: {subject}</h2><div class="row">\n{images}<pre>{text}</pre></div></section>\n'


if __name__ == "__main__":
    sys.exit(main())
