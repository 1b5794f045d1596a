"""Measures how the splitter and the HTML reader grow: twenty worst shapes, each doubled until it is half a megabyte.

    python -m bench.splitter

A row is a shape; the figures are milliseconds for each length, and the largest growth from one length to its double.
What is linear doubles; more than 2.5 would be told as too much.
"""

import sys
import time
from collections.abc import Callable
from itertools import pairwise

from mailbot.core.html import read_html
from mailbot.core.quoting import split

LENGTHS = (64_000, 128_000, 256_000, 512_000)
ALLOWED = 2.5
TOO_FAST = 0.004  # Seconds: below it the clock says nothing about growth.
A = "On Mon, 3 Nov 2025 at 10:00, Rita <rita@example.com> wrote:"


def fill(piece: str) -> Callable[[int], str]:
    return lambda length: (piece * (length // len(piece) + 1))[:length]


SHAPES: dict[str, Callable[[int], str]] = {
    "one long line": fill("a"),
    "one long line of colons": fill("a: "),
    "blank lines": fill("\n"),
    "lines of one letter": fill("a\n"),
    "colons that introduce nothing": fill("he wrote:\n"),
    "dates that introduce nothing": fill("On Mon, 3 Nov 2025 at 10:00\n"),
    "introductions of nothing": fill(f"{A}\n\nx\n"),
    "introductions and marks": fill(f"{A}\n> x\n\nyes\n"),
    "marks": fill("> x\n"),
    "marks and answers": fill("> x\nyes\n"),
    "deep marks": fill(">" * 200 + "\n"),
    "long marked lines": fill("> " + "word " * 16 + "\nrest\n"),
    "header lines": fill("From: a@example.com\n"),
    "headers with nothing above": fill("From: a\nSent: b\nTo: c\nSubject: d\n"),
    "rules": fill("_" * 32 + "\n"),
    "separators": fill("----- x -----\n"),
    "signatures below signatures": fill("Rita\n-- \n"),
    "closing formulas": fill("Regards,\n"),
    "lines of phones": fill("Sent from my iPhone\n"),
    "notices": fill("This email and any attachments are confidential\n\n"),
    "addresses": fill("a@example.com <a@example.com>\n"),
    "names": fill("Rita Van Der Doe\n"),
    "Chinese": fill("发件人: x 写道：\n"),
    "spaces": fill(" " * 50 + ":\n"),
}
PAGES: dict[str, Callable[[int], str]] = {
    "nested quotes": fill("<blockquote type=cite>"),
    "nested containers": fill('<div class="gmail_quote">'),
    "quotes": fill("<blockquote type=cite>x</blockquote>y"),
    "containers": fill('<div class="gmail_quote">x</div>'),
    "comments that never end": fill("<!-- "),
    "comments": fill("<!-- x -->"),
    "character data": fill("<![CDATA["),
    "instructions": fill("<?x "),
    "styles": fill("<style>x{}"),
    "scripts": fill("<script>x</script>"),
    "entities": fill("&amp;&#x41;&bogus;"),
    "ampersands": fill("&"),
    "angles": fill("<"),
    "attributes": lambda length: "<a " + fill("x=1 ")(length) + ">",
    "quoted attributes": lambda length: "<a " + fill('x="<" ')(length) + ">",
    "cells": fill("<td>x"),
    "breaks": fill("<br>"),
    "links": fill('<a href="https://example.com/">x</a>'),
    "titles": fill("<title>"),
    "null bytes": fill("<p>\x00"),
    "hidden": fill('<p style="display:none">x</p>'),
    "one long text": fill("x "),
}


def seconds(work: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        work(text)
        best = min(best, time.process_time() - began)
    return best


def measure(name: str, shape: Callable[[int], str], work: Callable[[str], object]) -> bool:
    times = [seconds(work, shape(length)) for length in LENGTHS]
    growth = max((after / before for before, after in pairwise(times) if after > TOO_FAST), default=1.0)
    print(f"{name:32}" + "".join(f"{1000 * t:9.1f}" for t in times) + f"{growth:9.2f}")
    return growth <= ALLOWED


def main() -> int:
    print(f"{'milliseconds for characters':32}" + "".join(f"{length:9}" for length in LENGTHS) + "   growth")
    fine = [measure(name, shape, split) for name, shape in SHAPES.items()]
    fine += [measure(name, shape, lambda text: read_html(text, 512_000)) for name, shape in PAGES.items()]
    print(f"{len(fine) - sum(fine)} of {len(fine)} shapes grow by more than {ALLOWED}")
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
