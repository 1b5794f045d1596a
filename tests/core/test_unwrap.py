"""Lines that a program broke are joined where the HTML of the same mail shows that they are one."""

import pytest

from mailbot.core.unwrap import unwrapped

WHOLE = "#title Printer on the second floor prints nothing but blank pages since the toner was changed"
BROKEN = "#title Printer on the second floor prints nothing but blank pages since the\ntoner was changed"

CASES = {
    "a broken command": (BROKEN, f"<div>{WHOLE}</div>", WHOLE),
    "a broken command among others": (
        f"#take\n{BROKEN}\n#quiet\n\nHello",
        f"<div>#take</div><div>{WHOLE}</div><div>#quiet</div>",
        f"#take\n{WHOLE}\n#quiet\n\nHello",
    ),
    "spans and no-break spaces": (BROKEN, f"<p>{WHOLE.replace(' ', '&nbsp;<span>', 1)}</span></p>", WHOLE),
    "two lines that were typed": (BROKEN, f"<div>{BROKEN.replace(chr(10), '</div><div>')}</div>", BROKEN),
    "a short line": ("#take\ncare", "<div>#take care</div>", "#take\ncare"),
    "no command": (BROKEN[1:], f"<div>{WHOLE[1:]}</div>", BROKEN[1:]),
    "below a text": (f"Hi\n{BROKEN}", f"<div>Hi</div><div>{WHOLE}</div>", f"Hi\n{BROKEN}"),
    "lines that the page keeps": (BROKEN, f"<pre>{BROKEN}</pre>", BROKEN),
    "other words in the page": (BROKEN, "<div>#title Something else altogether</div>", BROKEN),
    "an empty page": (BROKEN, "", BROKEN),
}


@pytest.mark.parametrize(("text", "page", "wanted"), CASES.values(), ids=CASES)
def test_a_line_is_joined_only_where_the_page_has_it_whole(text: str, page: str, wanted: str) -> None:
    assert unwrapped(text, page) == wanted
