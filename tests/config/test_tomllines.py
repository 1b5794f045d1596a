import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailbot.config.tomllines import Path, key_lines

TEXT = '''\
# [a] in a comment
top = "x # no comment"
[a]
"quoted.key" = 1
b.c = """
[not.a.table]
key = 1 \\"""
"""
when = 2026-01-01 08:00:00 # a space in a date
list = [
  1, # one
  "two]",
  [3, {x = 1}],
]
inline = { x = 1, y = { z = \'\'\'a
b\'\'\' } }
[[boxes]]
name = "one"
[boxes.sub]
key = 1
[[boxes]]
name = 'two\\'
[[boxes.inner]]
deep = 1
[ last . "one" ]
end = ""
'''


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from paths(item, (*path, number))


def test_each_key_has_the_line_on_which_it_stands() -> None:
    lines = key_lines(TEXT)
    expected: dict[Path, int] = {
        ("top",): 2,
        ("a",): 3,
        ("a", "quoted.key"): 4,
        ("a", "b", "c"): 5,
        ("a", "when"): 9,
        ("a", "list"): 10,
        ("a", "list", 1): 12,
        ("a", "list", 2, 1, "x"): 13,
        ("a", "inline"): 15,
        ("a", "inline", "y", "z"): 15,
        ("boxes", 0): 17,
        ("boxes", 0, "name"): 18,
        ("boxes", 0, "sub", "key"): 20,
        ("boxes", 1): 21,
        ("boxes", 1, "name"): 22,
        ("boxes", 1, "inner", 0, "deep"): 24,
        ("last", "one"): 25,
        ("last", "one", "end"): 26,
    }
    assert {path: lines.get(path) for path in expected} == expected


def test_line_ends_of_windows_count_once() -> None:
    assert key_lines("a = 1\r\n\r\n[b]\r\nc = 2\r\n")[("b", "c")] == 4


def test_the_last_line_needs_no_line_end() -> None:
    assert key_lines("[a]\nb = 1")[("a", "b")] == 2


def test_a_text_may_end_with_two_quotes_before_the_closing_three() -> None:
    assert key_lines('a = """x"""""\nb = \'\'\'\ny\'\'\'\'\nc = 3')[("c",)] == 4


@given(st.text(st.sampled_from("ab=[]{}\"'#\\\n ,.1"), max_size=60))
def test_a_text_that_is_no_toml_never_holds_up_the_scanner(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in key_lines(text).values())


BARE = st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True)
QUOTED = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
VALUES = st.recursive(
    st.sampled_from(["1", "true", "'a]#'", '"b\\""', "'''x\n[y]\n'''", '"""z"\n"""', "2026-01-01", "1.5e3"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[\n" + ", # c ]\n".join(items) + "\n]"),
        st.dictionaries(BARE, inner, max_size=3).map(
            lambda items: "{ " + ", ".join(f"{key} = {value}" for key, value in items.items()) + " }"
        ),
    ),
    max_leaves=5,
)
STATEMENTS = st.one_of(
    st.tuples(st.one_of(BARE, QUOTED), VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    st.one_of(BARE, QUOTED).map(lambda key: f"[{key}]"),
    BARE.map(lambda key: f"[[{key}]]"),
    st.just("# a comment = [1"),
    st.just(""),
)


@given(st.lists(STATEMENTS, max_size=8))
def test_every_key_that_tomllib_reads_is_found_on_a_line_that_holds_it(statements: list[str]) -> None:
    text = "\n".join(statements)
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines, rows = key_lines(text), text.split("\n")
    for path in paths(value):
        written = str(path[-1]).replace("\\", "\\\\").replace('"', '\\"')
        assert written in rows[lines[path] - 1]
