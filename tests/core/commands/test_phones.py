"""What telephones and mail programs make of a command, and what must still be understood."""

import pytest

from mailbot.core.commands import parse
from mailbot.core.commands.values import tidy

VARIANTS = [
    ("#close", "close", ""),
    ("#Close", "close", ""),
    ("#CLOSE", "close", ""),
    ("#close.", "close", ""),
    ("#Close. ", "close", ""),
    ("#close!", "close", ""),
    ("#close:", "close", ""),
    ("#close =", "close", ""),
    ("#close。", "close", ""),
    ("#close…", "close", ""),
    ("  #close", "close", ""),
    ("\t#close\t", "close", ""),
    ("\u00a0#close\u00a0", "close", ""),
    ("\u3000#close\u3000", "close", ""),
    ("\u2003#close", "close", ""),
    ("\u202f#close", "close", ""),
    ("\u200b#close", "close", ""),
    ("\ufeff#close", "close", ""),
    ("#\u200bclose", "close", ""),
    ("#cl\u200bose", "close", ""),
    ("#close\u200b", "close", ""),
    ("#clo\u00adse", "close", ""),
    ("#\u2060close", "close", ""),
    ("\u200e#close\u200e", "close", ""),
    ("\u200f#close\u200f", "close", ""),
    ("\u202a#close\u202c", "close", ""),
    ("\u2066#close\u2069", "close", ""),
    ("#\ufe0fclose", "close", ""),
    ("＃close", "close", ""),
    ("＃ｃｌｏｓｅ", "close", ""),
    ("﹟Close", "close", ""),
    ("#clóse", "close", ""),
    ("#clo\u0301se", "close", ""),
    ("#re-open", "reopen", ""),
    ("#Re_open", "reopen", ""),
    ("#prio high", "prio", "high"),
    ("#Prio High.", "prio", "High"),
    ("#prio: high", "prio", "high"),
    ("#prio:high", "prio", "high"),
    ("#prio=high", "prio", "high"),
    ("#prio = high", "prio", "high"),
    ("#prio：high", "prio", "high"),
    ("#prio＝high", "prio", "high"),
    ("#prio. high", "prio", "high"),
    ("#prio, high", "prio", "high"),
    ("#prio\u00a0high", "prio", "high"),
    ("#prio\u3000high", "prio", "high"),
    ("#prio  \u200b high", "prio", "high"),
    ("#prio “high”", "prio", "high"),
    ("#prio ‘high’", "prio", "high"),
    ("#prio «high»", "prio", "high"),
    ("#prio ｈｉｇｈ", "prio", "high"),
    ("#prio \u200fhigh\u200f", "prio", "high"),
    ("#assign Budi\u00a0 Santoso", "assign", "Budi Santoso"),
    ("#assign Pe\u00f1a\u2010Ortiz", "assign", "Peña-Ortiz"),
    ("#wait ２d", "wait", "2d"),
    ("#wait until 2026\u201308\u201309", "wait", "until 2026-08-09"),
    ("#note\u00a0called him", "note", "called him"),
    ("#Note: called him", "note", "called him"),
    ("#note. called him", "note", "called him"),
]


@pytest.mark.parametrize(("line", "name", "value"), VARIANTS)
def test_a_command_typed_on_a_telephone_is_understood(line: str, name: str, value: str) -> None:
    parsed = parse(f"{line}\n")
    (call,) = parsed.calls
    assert (call.command.name, tidy(call.value)) == (name, value)
    assert parsed.errors == ()


@pytest.mark.parametrize("line", [case[0] for case in VARIANTS])
def test_the_same_line_below_prose_is_only_text(line: str) -> None:
    parsed = parse(f"Hello,\n{line}\n")
    assert (parsed.calls, parsed.errors, parsed.text) == ((), (), f"Hello,\n{line}\n")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("#cc rita@example.com<mailto:rita@example.com>", "rita@example.com"),
        ("#cc Rita@b.example <MAILTO:rita@b.example>, a@b.example<mailto:a@b.example>", "Rita@b.example, a@b.example"),
        ("#cc Rita<mailto:rita@example.com>", "Rita <rita@example.com>"),
        ("#assign a < b", "a < b"),
        ("#note See a@b.example<mailto:a@b.example>", "See a@b.example<mailto:a@b.example>"),
    ],
)  # fmt: skip
def test_the_links_that_outlook_writes_behind_addresses_are_no_part_of_a_value(line: str, value: str) -> None:
    (call,) = parse(line).calls
    assert call.value == value
