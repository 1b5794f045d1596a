"""The ladder of a missed promise: when which step comes, and who stands above whom."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import ladder, sla
from mailbot.core.calendars import ALWAYS, Calendar
from mailbot.core.ladder import Step
from mailbot.core.model import Directory, Team, Technician

OFFICE = Calendar("office", ZoneInfo("UTC"), dict.fromkeys(range(5), sla.parse_windows(["08:00-12:00", "13:00-17:00"])))
HALF, HOUR = timedelta(minutes=30), timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


DUE = at(6, 16, 45)  # A Friday, a quarter of an hour before the office closes.
STEPS = {
    "nobody was told": ({}, HALF, OFFICE, (DUE, Step.TECHNICIAN)),
    "the wait goes on after the weekend": ({1: DUE}, HALF, OFFICE, (at(9, 8, 15), Step.SPECIALIST)),
    "no specialist is wanted": ({1: DUE}, None, OFFICE, (at(9, 8, 45), Step.LEAD)),
    "a specialist has it": ({1: DUE, 2: at(9, 8, 15)}, HALF, OFFICE, (at(9, 8, 45), Step.LEAD)),
    "around the clock": ({1: DUE}, HALF, ALWAYS, (at(6, 17, 15), Step.SPECIALIST)),
    "told late": ({1: at(10, 9)}, HALF, OFFICE, (at(10, 9, 30), Step.SPECIALIST)),
    "the lead comes first": ({1: DUE}, 2 * HOUR, ALWAYS, (DUE + HOUR, Step.LEAD)),
    "all was done": ({1: DUE, 2: DUE, 3: DUE}, HALF, OFFICE, None),
    "all was done without a specialist": ({1: DUE, 3: DUE}, None, OFFICE, None),
}


@pytest.mark.parametrize(("taken", "specialist", "calendar", "found"), STEPS.values(), ids=STEPS)
def test_a_step_comes_after_business_time_in_which_the_one_before_could_help(
    taken: dict[int, datetime], specialist: timedelta | None, calendar: Calendar, found: object
) -> None:
    done = {Step(number): when for number, when in taken.items()}
    step = ladder.next_step(DUE, done, specialist_after=specialist, lead_after=HOUR, calendar=calendar)
    assert step == found


@given(
    waits=st.tuples(st.none() | st.integers(0, 600), st.integers(0, 600)),
    lates=st.lists(st.integers(0, 5000), min_size=3, max_size=3),
)
def test_however_late_it_is_climbed_each_step_is_taken_once(waits: tuple[int | None, int], lates: list[int]) -> None:
    specialist = None if waits[0] is None else timedelta(minutes=waits[0])
    lead = timedelta(minutes=waits[1])
    taken: dict[Step, datetime] = {}
    for late in lates:
        found = ladder.next_step(DUE, taken, specialist_after=specialist, lead_after=lead, calendar=OFFICE)
        if found is None:
            break
        when, step = found
        assert step not in taken
        assert when >= DUE
        taken[step] = when + timedelta(minutes=late)
    assert set(taken) == set(Step) - ({Step.SPECIALIST} if specialist is None else set())
    assert ladder.next_step(DUE, taken, specialist_after=specialist, lead_after=lead, calendar=OFFICE) is None


PEOPLE = [
    Technician("one@x.example", "One", ("desk",), 1),
    Technician("two@x.example", "Two", ("desk",), 2),
    Technician("three@x.example", "Three", ("Desk",), 3),
    Technician("net@x.example", "Net", ("network",), 1),
    Technician("far@x.example", "Far", ("phones",), 3),
]
DIRECTORY = Directory(
    {who.email: who for who in PEOPLE},
    {"desk": Team("desk", escalates_to="Network"), "network": Team("network"), "phones": Team("phones")},
)


@pytest.mark.parametrize(
    ("team", "above", "without", "groups"),
    [
        ("desk", 1, (), [("desk", "Two Three"), ("network", "Net")]),
        ("desk", 2, (), [("desk", "Three"), ("network", "Net")]),
        ("desk", 1, ("two@x.example",), [("desk", "Three"), ("network", "Net")]),
        ("desk", 3, (), [("network", "Net")]),
        ("desk", 3, ("net@x.example",), []),
        ("desk", 0, ("one@x.example",), [("desk", "Two Three"), ("network", "Net")]),
        ("network", 1, (), []),
        ("none", 0, (), []),
    ],
)
def test_those_of_the_team_come_first_and_then_the_team_that_helps(
    team: str, above: int, without: tuple[str, ...], groups: list[tuple[str, str]]
) -> None:
    found = [
        (name, " ".join(who.name for who in people))
        for name, people in ladder.specialists(DIRECTORY, team, above, without)
    ]
    assert found == groups
