"""Where a block of commands begins and ends, and that nothing is lost or smuggled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.commands import COMMANDS, Argument, Call, Command, escape_commands, format_call, parse
from mailbot.core.commands.parse import MAX_COMMANDS
from mailbot.core.commands.values import trim


def words(text: str) -> list[tuple[str, str]]:
    return [(call.command.name, call.value) for call in parse(text).calls]


CASES = {
    "nothing": ("", [], ""),
    "only text": ("  Hello,\n\nit works.\n", [], "  Hello,\n\nit works.\n"),
    "one command": ("#close", [("close", "")], ""),
    "commands and a text": (
        "#take\n#prio high\nIt works.\n\nAnna\n",
        [("take", ""), ("prio", "high")],
        "It works.\n\nAnna",
    ),
    "blank lines in the block": ("\n\n#take\n \n#prio high\n\n\nHi", [("take", ""), ("prio", "high")], "Hi"),
    "a number is text": ("#1234 is the same", [], "#1234 is the same"),
    "a number ends the block": ("#take\n#1234\n#close", [("take", "")], "#1234\n#close"),
    "a heading is text": ("# Heading\n#close", [], "# Heading\n#close"),
    "a heading with a full-width mark is text": ("＃　close", [], "＃　close"),
    "two marks are text": ("##close", [], "##close"),
    "a quoted command is text": ("> #close", [], "> #close"),
    "an escaped command is text": ("· #close", [], "· #close"),
    "below the first prose line nothing runs": ("Hi\n#close", [], "Hi\n#close"),
    "below prose after commands nothing runs": ("#take\nHi\n#close\n", [("take", "")], "Hi\n#close"),
    "a note on its line": ("#note called him", [("note", "called him")], ""),
    "a note below": ("#note\ncalled\n\nhim\n\n", [("note", "called\n\nhim")], ""),
    "a note on its line and below": ("#note called him\nLoose cable.", [("note", "called him\nLoose cable.")], ""),
    "a note up to the next command": (
        "#note\ncalled him\n\n#prio high\nHi",
        [("note", "called him"), ("prio", "high")],
        "Hi",
    ),
    "a note up to its end": ("#note\ncalled him\n#end\nHi", [("note", "called him")], "Hi"),
    "commands after the end of a note": (
        "#note a\nb\n#end\n\n#quiet\nHi",
        [("note", "a\nb"), ("quiet", "")],
        "Hi",
    ),
    "two notes": ("#note a\n#note\nb", [("note", "a"), ("note", "b")], ""),
    "numbers and headings in a note": ("#note\n#1234\n# Steps\n> #close", [("note", "#1234\n# Steps\n> #close")], ""),
    "an indented note keeps its shape": ("#note\nSteps:\n  1. a\n", [("note", "Steps:\n  1. a")], ""),
    "a smiley in a note": ("#note :-) all well", [("note", ":-) all well")], ""),
    "an end ends the block": ("#take\n#end\n#hashtag in a text\n", [("take", "")], "#hashtag in a text"),
    "an end alone": ("#end\n#close", [], "#close"),
    "an Indonesian block": (
        "#ambil\n#prioritas tinggi\n#catatan\nKabel longgar.\n#akhir\nSudah beres.",
        [("take", ""), ("prio", "tinggi"), ("note", "Kabel longgar.")],
        "Sudah beres.",
    ),
    "a solution keeps its full stop": ("#resolve Cable replaced.", [("resolve", "Cable replaced.")], ""),
    "a question mark asks for help": ("#?", [("help", "")], ""),
    "a question mark before words is text": ("#?what", [], "#?what"),
    "line ends of Windows": ("#take\r\n#prio high\r\nHi\r\n", [("take", ""), ("prio", "high")], "Hi"),
    "Unicode line ends": ("#take\u2028#close\u2029Hi", [("take", ""), ("close", "")], "Hi"),
}


@pytest.mark.parametrize(("text", "calls", "rest"), CASES.values(), ids=CASES)
def test_a_text_is_taken_apart(text: str, calls: list[tuple[str, str]], rest: str) -> None:
    parsed = parse(text)
    assert [(call.command.name, call.value) for call in parsed.calls] == calls
    assert parsed.text == rest
    assert parsed.errors == ()


MISTAKES = {
    "a typo": ("#reslove", 1, ("resolve",), "Did you mean #resolve"),
    "a typo below a good line": ("#take\n\n#pirority high", 3, ("priority",), "#priority"),
    "a typo of the internal word": ("#intrenal\nHe is slow.", 1, ("internal",), "#internal"),
    "an Indonesian typo": ("#selesei", 1, ("selesai", "solusi"), "#selesai"),
    "a typo inside a note": ("#note\nx\n#clsoe", 3, ("close", "solve"), "#close"),
    "a hashtag": ("#xylophone rocks", 1, (), "#help"),
    "a value where none belongs": ("#close it now", 1, (), "takes nothing"),
    "an end with words": ("#note a\n#end of story", 2, (), "takes nothing"),
    "no value where one belongs": ("#prio", 1, (), "low | normal | high | critical"),
    "only a colon where a value belongs": ("#assign :", 1, (), "NAME"),
    "an empty note": ("#note\n\n#close", 1, (), "needs a text"),
    "a long word": (f"#{'x' * 10_000}", 1, (), "no command"),
    "a hidden tail": ("#close" + "\u200b" * 50 + "r", 1, ("close",), "no command"),
}


@pytest.mark.parametrize(("text", "line", "candidates", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_reported_with_its_line_and_a_way_out(
    text: str, line: int, candidates: tuple[str, ...], words: str
) -> None:
    (error,) = parse(text).errors
    assert error.line == line
    assert error.raw == text.splitlines()[line - 1]
    assert error.candidates == candidates
    assert words in error.message
    assert f"Line {line}," in error.message
    assert len(error.message) < 400
    assert escape_commands(error.message) == error.message


def test_all_mistakes_of_a_mail_are_reported_and_the_text_is_kept() -> None:
    parsed = parse("#clsoe\n#prio\n#take\nHello")
    assert [error.line for error in parsed.errors] == [1, 2]
    assert [call.command.name for call in parsed.calls] == ["take"]
    assert parsed.text == "Hello"


def test_mistakes_are_explained_in_indonesian() -> None:
    (error,) = parse("#selesei", "id").errors
    meant = "Apakah maksud Anda #selesai atau #solusi?"
    assert error.message == f"Baris 1, “#selesei”: tidak ada perintah #selesei. {meant}"


def test_a_language_that_we_do_not_speak_gets_english() -> None:
    (error,) = parse("#clsoe", "de").errors
    assert "there is no command" in error.message


def test_a_mail_of_very_many_commands_is_a_mistake() -> None:
    enough = "#quiet\n" * MAX_COMMANDS
    assert len(parse(enough).calls) == MAX_COMMANDS
    assert parse(enough).errors == ()
    parsed = parse(enough + "#take\n" * 200_000)
    (error,) = parsed.errors
    assert error.line == MAX_COMMANDS + 1
    assert str(MAX_COMMANDS) in error.message


def test_a_call_knows_its_lines() -> None:
    note, prio = parse("\n#note a\n\n b\n\n#end\n #Prio: high").calls
    assert (note.line, note.raw) == (2, "#note a\n\n b")
    assert (prio.line, prio.raw) == (7, " #Prio: high")


LINES = st.sampled_from(
    (
        "#take", "#Prio: high", "＃close.", "#note", "#note called", "#end", "#akhir", "#foo", "#close now", "#?", "",
        " ", "\u200b", "text", "#1234", "# x", "> #close", "· #close", "\u200e #tutup", "#go", "#\u200bclose", "#",
    )
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(LINES, max_size=12).map("\n".join),
    st.text(alphabet="#＃?close note.:=\n\r\u2028\u200b\ufeff\u0301\u3000 1", max_size=60),
)


@given(TEXTS)
def test_every_text_can_be_parsed_and_no_line_is_lost(text: str) -> None:
    parsed = parse(text)
    used = "\n".join([*(call.raw for call in parsed.calls), *(error.raw for error in parsed.errors), parsed.text])
    kept = used.splitlines()
    for line in filter(trim, text.splitlines()):
        if line in kept:
            kept.remove(line)
        else:
            assert parse(line) == parse("#end"), line  # Only the word that ends something may vanish.


@given(TEXTS)
def test_parsing_what_is_left_after_a_prose_line_runs_nothing(text: str) -> None:
    parsed = parse("Hello,\n" + text)
    assert (parsed.calls, parsed.errors) == ((), ())
    assert parsed.text == "Hello,\n" + text


@given(TEXTS)
def test_an_escaped_text_holds_no_command_on_any_line(text: str) -> None:
    safe = escape_commands(text)
    for start in range(len(safe.splitlines()) or 1):
        parsed = parse("\n".join(safe.splitlines()[start:]))
        assert (parsed.calls, parsed.errors) == ((), ())
    assert escape_commands(safe) == safe
    assert safe.replace("· ", "") == text.replace("· ", "")


def test_escaping_leaves_ordinary_lines_alone() -> None:
    text = "Ticket:\n#1234\n# Steps\n\u200b ＃Close.\r\n> #close\n"
    assert escape_commands(text) == "Ticket:\n#1234\n# Steps\n· \u200b ＃Close.\r\n> #close\n"


@given(TEXTS)
def test_a_call_that_was_written_down_is_read_back(text: str) -> None:
    for call in parse(text).calls:
        assert _read_back(call.command, call.value) == (call.command, call.value)


@given(st.sampled_from([command for command in COMMANDS.values() if command.name != "end"]), st.text(max_size=40))
def test_every_call_with_any_value_is_read_back(command: Command, text: str) -> None:
    found = parse(format_call(command, text))
    if len(found.calls) == 1 and not found.text and not found.errors:
        (call,) = found.calls
        assert _read_back(command, call.value) == (command, call.value)


def _read_back(command: Command, value: str) -> tuple[Command, str]:
    parsed = parse(format_call(command, value))
    assert parsed.errors == ()
    assert not parsed.text
    (call,) = parsed.calls
    assert isinstance(call, Call)
    return call.command, call.value


@pytest.mark.parametrize("command", [c for c in COMMANDS.values() if c.name != "end"], ids=lambda c: str(c.name))
def test_a_plain_call_of_every_command_is_read_back(command: Command) -> None:
    values = {
        Argument.NONE: [""],
        Argument.LINE: ["x", "until 9 Aug"],
        Argument.OPTIONAL_LINE: ["", "x"],
        Argument.PARAGRAPH: ["x", "a\nb: c\n# d", ": a", ". b"],
        Argument.TEXT: ["x", "a\n\nb: c\n# d", "#close", "#close\nthen", ": a", ". b"],
    }[command.argument]
    for value in values:
        assert _read_back(command, value) == (command, value)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Hello.\n#resolve", [2]),
        ("Hello.\n #Selesai.", [2]),
        ("Hello.\n#prio high\n\n#note x", [2, 4]),
        ("#take\n\nHello.\n#close", [4]),
        ("# take\n# prio high\nHello.", [1, 2]),
        ("# Solution\nHello.", []),
        ("Hello.\n# take", []),
        ("#end\n#close", []),
        ("Hello.\n#close the window", []),
        ("Hello.\n#prio", []),
        ("Hello.\n> #close", []),
        ("# note of today\nHello.", []),
        ("#takee\nHello.\n#close", []),  # The mistake is enough to hold the mail.
    ],
)
def test_complete_commands_in_the_wrong_place_are_named(text: str, lines: list[int]) -> None:
    assert [stray.line for stray in parse(text).strays] == lines


def test_a_mail_full_of_misplaced_commands_names_only_some() -> None:
    assert len(parse("x\n" + "#close\n" * 1000).strays) == 50


@pytest.mark.parametrize("separator", ["---------- Forwarded message ---------", "-----Original Message-----"])
def test_nothing_in_a_mail_that_is_forwarded_below_a_note_is_a_command(separator: str) -> None:
    parsed = parse(f"#note see below\n\n{separator}\nFrom: Rita <rita@example.org>\n\n#close\n#end\nHello")
    assert [call.command.name for call in parsed.calls] == ["note"]
    assert parsed.calls[0].value.endswith("#close\n#end\nHello")
    assert parsed.text == ""
