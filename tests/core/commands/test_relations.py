"""The commands about two tickets: what they ask for, and what they refuse whatever the database says."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mailbot.core.commands import Result, parse
from mailbot.core.commands.deeds import Deed, Duplicate, Link, Merge, Split, Unlink
from mailbot.core.model import Status

Run = Callable[..., Result]

ASKED: dict[str, Deed] = {
    "#merge 1007": Merge(1007),
    "#Merge: HD-1007.": Merge(1007),
    "#gabung [HD-1007]": Merge(1007),
    "#gabungkan #1007": Merge(1007),
    "#split": Split(""),
    "#split A new laptop for Dewi": Split("A new laptop for Dewi"),
    "#pisah Laptop baru": Split("Laptop baru"),
    "#pisahkan": Split(""),
    "#link 1007": Link(1007),
    "#kait hd-1007": Link(1007),
    "#link none 1007": Unlink(1007),
    "#link no HD-1007": Unlink(1007),
    "#kaitkan hapus 1007": Unlink(1007),
    "#unlink 1007": Unlink(1007),
    "#lepas 1007": Unlink(1007),
    "#dup 1007": Duplicate(1007),
    "#duplicate HD-1007": Duplicate(1007),
    "#ganda 1007": Duplicate(1007),
}
REFUSED = {
    "#merge": "#merge needs something behind it",
    "#merge 1042": "1042 is the number of this very ticket",
    "#merge HD-1042": "1042 is the number of this very ticket",
    "#merge printer": "“printer” is not the number of a ticket",
    "#merge 0": "is not the number of a ticket",
    "#merge 12345678901234567890": "is not the number of a ticket",
    "#merge 1007 1008": "is not the number of a ticket",
    "#merge 1007\n#resolve": "#merge and #resolve do not go together",
    "#close\n#merge 1007": "#merge and #close do not go together",
    "#merge 1007\n#split": "#merge and #split do not go together",
    "#dup 1042": "1042 is the number of this very ticket",
    "#dup 1007\n#merge 1008": "do not go together",
    "#dup 1007\n#wait": "#dup and #wait do not go together",
    "#dup somebody": "is not the number of a ticket",
    "#link none": "is not the number of a ticket",
    "#link 1042": "1042 is the number of this very ticket",
    "#unlink": "#unlink needs something behind it",
    "#unlink 1042": "1042 is the number of this very ticket",
}


@pytest.mark.parametrize("text", ASKED)
def test_what_is_asked_about_another_ticket_is_understood(run: Run, text: str) -> None:
    result = run(text, status=Status.OPEN)
    assert [outcome.deeds for outcome in result.outcomes] == [(ASKED[text],)]


@pytest.mark.parametrize("text", REFUSED)
def test_what_makes_no_sense_is_refused(run: Run, text: str) -> None:
    result = run(text, status=Status.OPEN)
    assert not result.outcomes
    messages = [error.message for error in parse(text, "en").errors] + [error.message for error in result.errors]
    assert any(REFUSED[text] in message for message in messages), messages


def test_a_duplicate_is_on_hold_and_waits_for_no_date(run: Run) -> None:
    (outcome,) = run("#dup 1007", status=Status.PENDING, wait_until=datetime(2026, 8, 9, tzinfo=UTC)).outcomes
    assert [(change.field, change.new) for change in outcome.changes] == [("status", "on_hold"), ("wait_until", "")]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_a_ticket_that_is_over_waits_for_none(run: Run, status: Status) -> None:
    (error,) = run("#dup 1007", status=status).errors
    assert "#reopen" in error.message
