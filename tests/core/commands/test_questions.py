"""Commands that only ask: what is asked for, and what cannot be."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailbot.core.commands import COMMANDS, Context, Outcome, Result, parse, run_all
from mailbot.core.commands.deeds import Deed, Record, Scale, TakeBack, Worklist

Run = Callable[..., Result]

ASKED: dict[str, Deed] = {
    "#list": Worklist(Scale.MINE),
    "#list mine": Worklist(Scale.MINE),
    "#Daftar tim": Worklist(Scale.TEAM),
    "#list: My Team.": Worklist(Scale.TEAM),
    "#list overdue": Worklist(Scale.OVERDUE),
    "#daftar terlambat": Worklist(Scale.OVERDUE),
    "#list unassigned": Worklist(Scale.UNASSIGNED),
    "#show": Record(1042),
    "#show 1007": Record(1007),
    "#show #1007": Record(1007),
    "#lihat [HD-1007]": Record(1007),
    "#Riwayat hd-1007.": Record(1007),
}
TAKEN_BACK = {
    "#undo": TakeBack(""),
    "#batal": TakeBack(""),
    "#Undo k7pq3x.": TakeBack("K7PQ3X"),
    "#batalkan: K7PQ-3X": TakeBack("K7PQ3X"),
    "#urungkan “K7PQ 3X”": TakeBack("K7PQ3X"),
    "＃UNDO\u00a0Ｋ７ＰＱ３Ｘ": TakeBack("K7PQ3X"),
}
REFUSED = {
    "#list everything": "there is no list “everything”. Possible: mine, team, overdue or unassigned.",
    "#show printer": "“printer” is not the number of a ticket.",
    "#show 0": "“0” is not the number of a ticket.",
    "#show 12345678901": "“12345678901” is not the number of a ticket.",
    "#show \u0661\u0660\u0660\u0661": "is not the number of a ticket.",
}


@pytest.mark.parametrize("text", ASKED)
def test_a_question_is_understood_and_changes_nothing(run: Run, text: str) -> None:
    (outcome,) = run(text).outcomes
    assert outcome == Outcome(deeds=(ASKED[text],))


@pytest.mark.parametrize("text", TAKEN_BACK)
def test_a_code_is_read_however_a_phone_writes_it(run: Run, text: str) -> None:
    (outcome,) = run(text).outcomes
    assert outcome == Outcome(deeds=(TAKEN_BACK[text],))


def test_an_undo_may_be_quiet(run: Run) -> None:
    assert run("#undo\n#quiet").errors == ()


@pytest.mark.parametrize("text", REFUSED)
def test_a_question_that_makes_no_sense_is_refused(run: Run, text: str) -> None:
    (error,) = run(text).errors
    assert REFUSED[text] in error.message


def test_without_a_ticket_show_needs_a_number(context: Context) -> None:
    nowhere = replace(context, ticket=replace(context.ticket, number=0))
    (error,) = run_all(parse("#show"), nowhere).errors
    assert "the mail names no ticket" in error.message
    assert run_all(parse("#show 7"), nowhere).outcomes[0].deeds == (Record(7),)


def test_only_questions_and_help_work_without_a_ticket() -> None:
    assert {name for name, command in COMMANDS.items() if not command.needs_ticket} == {"list", "show", "help"}
