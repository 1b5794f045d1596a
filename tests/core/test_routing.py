from datetime import UTC, datetime, timedelta

import pytest

from mailbot.core.model import Category, Directory, Strategy, Team, Technician
from mailbot.core.routing import Choice, choose, deputies, stand_ins, team_for

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IT = Team("IT")
ROUND = Team("IT", strategy=Strategy.ROUND_ROBIN)


def tech(
    name: str, level: int = 1, skills: tuple[str, ...] = (), capacity: int | None = None, team: str = "IT"
) -> Technician:
    return Technician(f"{name}@Example.org", name, (team,), level, skills, capacity)


def ask(
    *technicians: Technician,
    team: Team = IT,
    loads: dict[str, int] | None = None,
    ago: dict[str, int] | None = None,
    away: str = "",
    skill: str = "",
) -> Choice:
    """Ask with names instead of addresses; `ago` is in hours."""
    return choose(
        team,
        technicians,
        {f"{name.lower()}@example.org": load for name, load in (loads or {}).items()},
        {f"{name.lower()}@example.org": NOW - timedelta(hours=hours) for name, hours in (ago or {}).items()},
        {f"{name.lower()}@example.org" for name in away.split()},
        skill,
        NOW,
    )


def name(choice: Choice) -> str:
    return choice.technician.name if choice.technician else ""


def test_the_least_loaded_gets_the_ticket() -> None:
    choice = ask(tech("Ani"), tech("Budi"), loads={"Ani": 3, "Budi": 2})
    assert name(choice) == "Budi"
    assert choice.reason == "Budi, level 1, the least loaded (2 active tickets)"
    assert choice.considered == ("Ani: free, level 1, 3 active tickets", "Budi: free, level 1, 2 active tickets")


def test_at_equal_loads_the_one_who_waited_longest_gets_it() -> None:
    assert name(ask(tech("Ani"), tech("Budi"), ago={"Ani": 1, "Budi": 2})) == "Budi"


def test_who_never_had_a_ticket_waited_longest() -> None:
    assert name(ask(tech("Ani"), tech("Budi"), ago={"Ani": 1000})) == "Budi"


def test_at_last_the_name_decides_whatever_the_order_given() -> None:
    assert name(ask(tech("Budi"), tech("ani"))) == "ani"
    assert name(ask(tech("ani"), tech("Budi"))) == "ani"


def test_round_robin_looks_at_turns_and_not_at_loads() -> None:
    choice = ask(tech("Ani"), tech("Budi"), team=ROUND, loads={"Budi": 9}, ago={"Ani": 1, "Budi": 26})
    assert name(choice) == "Budi"
    assert choice.reason == "Budi, level 1, whose turn it is (last ticket 1d2h ago)"


def test_round_robin_begins_with_who_had_none() -> None:
    choice = ask(tech("Ani"), tech("Budi"), team=ROUND, ago={"Ani": 1})
    assert choice.reason == "Budi, level 1, whose turn it is (no ticket yet)"


def test_the_first_line_comes_first_however_loaded() -> None:
    assert name(ask(tech("Ani", level=2), tech("Budi"), loads={"Budi": 50})) == "Budi"


def test_the_second_line_helps_when_the_first_is_full() -> None:
    choice = ask(tech("Ani", level=2), tech("Budi", capacity=1), loads={"Budi": 1})
    assert choice.reason == "Ani, level 2, the only one free"
    assert choice.considered[1] == "Budi: at capacity (1 of 1)"


def test_the_skill_counts_more_than_the_level() -> None:
    choice = ask(tech("Ani", level=2, skills=("Network",)), tech("Budi"), skill="network")
    assert choice.reason == "Ani with the skill network, level 2, the only one free"


def test_without_anybody_skilled_the_others_are_asked_and_the_reason_says_so() -> None:
    choice = ask(tech("Ani", skills=("network",)), tech("Budi"), skill="network", away="Ani")
    assert choice.reason == "Budi, level 1, the only one free; nobody free has the skill network"
    assert choice.considered[1].endswith("without the skill network")


def test_nobody_free_is_said_with_each_reason() -> None:
    choice = ask(tech("Ani"), tech("Budi", capacity=0), away="Ani")
    assert choice.technician is None
    assert choice.reason == "nobody in team IT is free: Ani: away; Budi: at capacity (0 of 0)"


def test_who_belongs_to_another_team_is_not_thought_of() -> None:
    choice = ask(tech("Ani", team="HR"))
    assert choice == Choice(None, "team IT has no members", ())


def test_a_team_is_known_in_any_case() -> None:
    assert name(ask(tech("Ani", team="it"))) == "Ani"


DIRECTORY = Directory(teams={"support": Team("Support"), "noc": Team("NOC"), "hr": Team("HR")})


@pytest.mark.parametrize(
    ("category", "rule", "mailbox", "team", "reason"),
    [
        (Category("network", "noc"), "HR", "support", "HR", "team HR because a rule names it"),
        (Category("network", "noc"), "", "hr", "NOC", "team NOC because it serves category network"),
        (Category("network"), "", "hr", "HR", "team HR because the mailbox names it"),
        (None, "", "hr", "HR", "team HR because the mailbox names it"),
        (None, "", "", "Support", "team Support because it is the first one"),
        (None, "gone", "hr", "HR", "team HR because the mailbox names it (there is no team gone)"),
    ],
)
def test_a_team_is_found(category: Category | None, rule: str, mailbox: str, team: str, reason: str) -> None:
    assert team_for(category, rule, mailbox, DIRECTORY) == (team, reason)


def test_without_teams_there_is_none() -> None:
    assert team_for(None, "gone", "", Directory()) == ("", "no team is configured (there is no team gone)")


ANI = Technician("ani@example.org", "Ani", ("it",), deputy="budi@example.org")
BUDI = Technician("budi@example.org", "Budi", ("it",), deputy="citra@example.org", capacity=5)
CITRA = Technician("citra@example.org", "Citra", (), deputy="ani@example.org")
EDI = Technician("edi@example.org", "Edi", ("it",))
PEOPLE = Directory(technicians={who.email: who for who in (ANI, BUDI, CITRA, EDI)})


@pytest.mark.parametrize(
    ("away", "found"),
    [
        ("", {}),
        ("ani", {"ani": "Budi"}),
        ("ani budi", {"ani": "Citra", "budi": "Citra"}),
        ("ani budi citra", {}),
        ("edi", {}),
    ],
)
def test_a_deputy_stands_in_and_his_deputy_if_he_is_away_too(away: str, found: dict[str, str]) -> None:
    absent = {f"{name}@example.org" for name in away.split()}
    standing_in = stand_ins([ANI, BUDI, EDI], PEOPLE, absent)
    assert {address.partition("@")[0]: who.name for address, who in standing_in.items()} == found


def test_all_who_may_have_to_stand_in_are_known_though_they_name_one_another() -> None:
    assert set(deputies([ANI], PEOPLE)) == {"budi@example.org", "citra@example.org", "ani@example.org"}
    assert deputies([EDI], PEOPLE) == {}


def _stand_in(loads: dict[str, int]) -> Choice:
    absent = {"ani@example.org"}
    standing_in = stand_ins([ANI], PEOPLE, absent)
    return choose(IT, [ANI, BUDI, EDI], loads, {}, absent, "", NOW, standing_in)


def test_who_is_away_keeps_his_turn_with_the_load_of_his_deputy() -> None:
    choice = _stand_in({"edi@example.org": 3, "budi@example.org": 2})
    assert (name(choice), choice.instead_of) == ("Budi", ANI)
    assert choice.reason.endswith(", who is away: Budi stands in")
    assert (name(_stand_in({"edi@example.org": 1, "budi@example.org": 2}))) == "Edi"


def test_a_deputy_who_is_full_gets_nothing_for_somebody_else_either() -> None:
    choice = _stand_in({"budi@example.org": 5, "edi@example.org": 9})
    assert (name(choice), choice.instead_of) == ("Edi", None)
    assert "Ani: away, and Budi is at capacity (5 of 5)" in choice.considered
