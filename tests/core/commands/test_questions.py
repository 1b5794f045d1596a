"""Commands that only ask: what is asked for, and what cannot be."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailbot.core.commands import COMMANDS, Context, Outcome, Result, parse, run_all
from mailbot.core.commands.deeds import Deed, Record, Scale, Worklist

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
    assert {name for name, command in COMMANDS.items() if not command.needs_ticket} == {
        "list",
        "show",
        "help",
        "for",
        "away",
        "back",
    }
