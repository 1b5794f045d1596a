"""Commands that only ask: what is asked for, and what cannot be."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailbot.core.commands import COMMANDS, Context, Outcome, Result, parse, run_all
from mailbot.core.commands.deeds import (
    ArticleDraft,
    ArticleFind,
    ArticlePublish,
    ArticleSend,
    ArticleShow,
    Deed,
    Find,
    Record,
    Scale,
    TakeBack,
    Worklist,
)
from mailbot.core.searching import Question

Run = Callable[..., Result]

ASKED: dict[str, Deed] = {
    "#list": Worklist(Scale.MINE),
    "#list mine": Worklist(Scale.MINE),
    "#Daftar tim": Worklist(Scale.TEAM),
    "#list: My Team.": Worklist(Scale.TEAM),
    "#list overdue": Worklist(Scale.OVERDUE),
    "#daftar terlambat": Worklist(Scale.OVERDUE),
    "#list unassigned": Worklist(Scale.UNASSIGNED),
    "#list 2": Worklist(Scale.MINE, 2),
    "#list team 3.": Worklist(Scale.TEAM, 3),
    "#show": Record(1042),
    "#show 1007": Record(1007),
    "#show #1007": Record(1007),
    "#lihat [HD-1007]": Record(1007),
    "#Riwayat hd-1007.": Record(1007),
    "#find Café": Find(Question((("cafe",),), open_end=True), "Café"),
    "#cari: “paper jam” Tray": Find(Question((("paper", "jam"), ("tray",)), open_end=True), "“paper jam” Tray"),
    "#kb 12": ArticleSend(12, 1042),
    "#Artikel kb-12.": ArticleSend(12, 1042),
    "#kb search vpn": ArticleFind(Question((("vpn",),), open_end=True), "vpn", 1042),
    "#artikel Cari vpn": ArticleFind(Question((("vpn",),), open_end=True), "vpn", 1042),
    "#kb show KB-12": ArticleShow(12),
    "#kb publish 12": ArticlePublish(12),
    "#artikel terbitkan #12": ArticlePublish(12),
    "#kb withdraw 12": ArticlePublish(12, public=False),
    "#artikel tarik 12": ArticlePublish(12, public=False),
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
    "#list team 0": "there is no list “team 0”.",
    "#find (?)": "there is no word to look for.",
    "#kb draft": "there is no solution to write about.",
    "#kb search ?!": "there is no word to look for.",
    "#kb 0": "“0” is not the number of an article.",
    "#kb 12345678901": "“12345678901” is nothing that the knowledge base does.",
    "#kb frobnicate 12": "“frobnicate 12” is nothing that the knowledge base does.",
    "#kb publish": "“” is not the number of an article.",
    "#kb 12\n#quiet": "the mail is to send nothing to the requester",
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


def test_a_draft_needs_a_ticket_with_a_solution(run: Run, context: Context) -> None:
    for solution in ({"resolution": "Replaced."}, {"workaround": "Print upstairs."}):
        (outcome,) = run("#kb draft Paper jams.", **solution).outcomes
        assert outcome.deeds == (ArticleDraft(1042, "Paper jams."),)
    nowhere = replace(context, ticket=replace(context.ticket, number=0, resolution="Replaced."))
    (error,) = run_all(parse("#kb draft"), nowhere).errors
    assert "reply to a mail about it" in error.message
    assert run_all(parse("#kb 12"), nowhere).outcomes[0].deeds == (ArticleShow(12),)


def test_only_questions_and_help_work_without_a_ticket() -> None:
    assert {name for name, command in COMMANDS.items() if not command.needs_ticket} == {
        *("list", "show", "find", "kb", "help", "for", "away", "back")
    }
