"""The commands that change the ticket on which they are used: what they do, say and refuse."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailbot.core.commands import Context, Result, parse, run_all
from mailbot.core.commands.deeds import Escalation, Join, Leave, RemoteOffer
from mailbot.core.model import Address, Impact, Priority, Status, Team, Technician, Urgency

Run = Callable[..., Result]
UNTIL = datetime(2026, 8, 9, 1, 0, tzinfo=UTC)
WAITS = "2026-08-09T01:00:00+00:00"

DONE: dict[str, tuple[dict[str, object], str, list[tuple[str, str, str]], list[str]]] = {
    "a wider impact": (
        {},
        "#impact department",
        [("impact", "person", "department"), ("priority", "normal", "high")],
        ["impact: person → department", "priority: normal → high, which follows from impact and urgency"],
    ),
    "impact as telephones write it": (
        {},
        "＃Impact: Everybody.",
        [("impact", "person", "organisation"), ("priority", "normal", "critical")],
        [],
    ),
    "impact in Indonesian": (
        {},
        "#dampak seluruh organisasi",
        [("impact", "person", "organisation"), ("priority", "normal", "critical")],
        [],
    ),
    "the same impact leaves a priority that was set by hand": (
        {"priority": Priority.CRITICAL},
        "#impact person",
        [],
        ["impact: stays person"],
    ),
    "an impact that makes the same priority": (
        {"priority": Priority.HIGH},
        "#impact dept",
        [("impact", "person", "department")],
        ["impact: person → department", "priority: stays high, which follows from impact and urgency"],
    ),
    "a priority by hand, said before": (
        {},
        "#prio low\n#impact all",
        [("priority", "normal", "low"), ("impact", "person", "organisation")],
        [
            "priority: normal → low",
            "impact: person → organisation",
            "priority: as this mail sets it by hand, not as impact and urgency would have it",
        ],
    ),
    "a priority by hand, said after": (
        {},
        "#urgency high\n#prioritas rendah",
        [("urgency", "medium", "high"), ("priority", "normal", "low")],
        [],
    ),
    "urgency": (
        {},
        "#urgency high",
        [("urgency", "medium", "high"), ("priority", "normal", "high")],
        ["urgency: medium → high", "priority: normal → high, which follows from impact and urgency"],
    ),
    "urgency in Indonesian": (
        {"urgency": Urgency.HIGH, "priority": Priority.HIGH},
        "#urgensi bisa menunggu",
        [("urgency", "high", "low"), ("priority", "high", "low")],
        [],
    ),
    "impact and urgency together": (
        {"impact": Impact.DEPARTMENT, "priority": Priority.HIGH},
        "#urgency high\n#impact everyone",
        [("urgency", "medium", "high"), ("impact", "department", "organisation"), ("priority", "high", "critical")],
        [],
    ),
    "a team whose member has the ticket": (
        {"technician": "budi@example.com"},
        "#team Network",
        [("team", "service", "network")],
        ["team: service → network", "technician: stays Budi Santoso"],
    ),
    "a team to which the technician does not belong": (
        {"technician": "anna@example.com"},
        "#tim network",
        [("team", "service", "network"), ("technician", "anna@example.com", "")],
        ["team: network; somebody of it is chosen"],
    ),
    "a team for a ticket of nobody": ({}, "#team network", [("team", "service", "network")], []),
    "the same team, for somebody of it to be chosen": ({}, "#team service", [("team", "service", "service")], []),
    "a title": (
        {},
        "#title Printer on floor 2",
        [("subject", "Printer", "Printer on floor 2")],
        ["subject: Printer → Printer on floor 2"],
    ),
    "a title that brings what mail programs put before one": (
        {},
        "#judul Re: [HD-1042] FW: Printer lantai 2",
        [("subject", "Printer", "Printer lantai 2")],
        [],
    ),
    "a long title": ({}, "#title " + "x" * 300, [("subject", "Printer", "x" * 250)], []),
    "a title keeps its blanks and marks apart": ({}, "#title  a\t b!", [("subject", "Printer", "a b!")], []),
    "tags": (
        {"tags": ("vip", "old")},
        "#tag +floor2 -OLD printer",
        [("tags", "vip old", "vip floor2 printer")],
        ["tags: vip old → vip floor2 printer"],
    ),
    "a tag that is there already": ({"tags": ("VIP",)}, "#tag +vip", [], ["tags: stays VIP"]),
    "the last tag goes": ({"tags": ("vip",)}, "#label –vip", [("tags", "vip", "")], ["tags: vip → nothing"]),
    "signs apart from their words": (
        {"tags": ("b",)},
        "#tag + a, - b; #c",
        [("tags", "b", "a c")],
        [],
    ),
    "hold for a vendor": (
        {"status": Status.OPEN},
        "#hold waiting for the vendor",
        [("status", "open", "on_hold")],
        ["status: open → on hold", "The reason was kept as an internal note."],
    ),
    "hold until a date": (
        {"status": Status.OPEN},
        "#hold spare part ordered until 9 Aug",
        [("status", "open", "on_hold"), ("wait_until", "", WAITS)],
        [],
    ),
    "hold with nothing but a date": (
        {"status": Status.OPEN},
        "#tahan sampai 9 Agustus",
        [("status", "open", "on_hold"), ("wait_until", "", WAITS)],
        [],
    ),
    "hold until something that is no date": (
        {"status": Status.PENDING},
        "#hold until the vendor answers",
        [("status", "pending", "on_hold")],
        [],
    ),
    "a diagnosis of several lines": (
        {},
        "#diagnosis\nThe fuser is worn.\nIt is seven years old.",
        [("diagnosis", "", "The fuser is worn.\nIt is seven years old.")],
        [
            "diagnosis: nothing → The fuser is worn. It is seven years old.",
            (
                "diagnosis: 2 lines kept, nothing of them is a reply. "
                "A reply below them needs a line with the word  #end  between the two."
            ),
        ],
    ),
    "a workaround": (
        {},
        "#workaround: Cetak di lantai 3.",
        [("workaround", "", "Cetak di lantai 3.")],
        ["workaround: nothing → Cetak di lantai 3."],
    ),
    "a resolution takes the place of an earlier one": (
        {"resolution": "Restarted."},
        "#Solution The fuser was replaced.",
        [("resolution", "Restarted.", "The fuser was replaced.")],
        [],
    ),
    "prevention that comes when the requester was told": (
        {"status": Status.RESOLVED},
        "#prevention Use thin paper.",
        [("prevention", "", "Use thin paper.")],
        [
            "prevention: nothing → Use thin paper.",
            "This is for the record: the requester is not told about it any more.",
        ],
    ),
    "the whole record in the mail that resolves": (
        {"status": Status.OPEN},
        "#resolve\n#resolution Replaced.\n#prevention Use thin paper.",
        [("status", "open", "resolved"), ("resolution", "", "Replaced."), ("prevention", "", "Use thin paper.")],
        ["status: open → resolved", "resolution: nothing → Replaced.", "prevention: nothing → Use thin paper."],
    ),
    "worked time": ({}, "#time 15m", [("worked_minutes", "0", "15")], ["time worked: 0m → 15m"]),
    "worked time adds up": (
        {"worked_minutes": 50},
        "#waktu 1 jam 30 menit\n#time 5",
        [("worked_minutes", "50", "140"), ("worked_minutes", "140", "145")],
        ["time worked: 50m → 2h 20m", "time worked: 2h 20m → 2h 25m"],
    ),
    "worked time is taken off": ({"worked_minutes": 90}, "#time –30m", [("worked_minutes", "90", "60")], []),
    "hold again, with no date any more": (
        {"status": Status.ON_HOLD, "wait_until": UNTIL},
        "#hold the vendor is silent",
        [("wait_until", WAITS, "")],
        [],
    ),
}


@pytest.mark.parametrize(("fields", "text", "changes", "lines"), DONE.values(), ids=DONE)
def test_a_command_changes_the_ticket_and_says_how(
    run: Run, fields: dict[str, object], text: str, changes: list[tuple[str, str, str]], lines: list[str]
) -> None:
    result = run(text, **fields)
    assert result.errors == ()
    found = [change for outcome in result.outcomes for change in outcome.changes]
    assert [(change.field, change.old, change.new) for change in found] == changes
    said = [line for outcome in result.outcomes for line in outcome.lines]
    assert said
    if lines:
        assert said == lines


REFUSED: dict[str, tuple[dict[str, object], str, tuple[str, ...], str]] = {
    "an unknown impact": (
        {},
        "#impact huge",
        ("person", "department", "organisation"),
        "no impact “huge”. Possible: person, department or organisation.",
    ),
    "an unknown urgency": ({}, "#urgency soon", ("low", "medium", "high"), "no urgency “soon”"),
    "an unknown team": (
        {},
        "#team Netwrok",
        ("network", "service"),
        "no team “Netwrok”. Possible: network or service.",
    ),
    "a technician in the place of a team": ({}, "#team Anna", ("network", "service"), "no team “Anna”"),
    "a title of nothing": ({}, "#title [HD-1042] Re: ???", (), "is no subject"),
    "a tag that the ticket has not": ({"tags": ("vip",)}, "#tag -floor2", ("vip",), "no tag “floor2”. Possible: vip."),
    "a tag of punctuation": ({}, "#tag +!?", (), "“+!?” is no tag"),
    "a sign without a tag": ({}, "#tag vip +", (), "is no tag"),
    "a tag that is far too long": ({}, "#tag " + "x" * 41, (), "is no tag"),
    "more tags than there may be": ({}, "#tag " + " ".join(f"t{i}" for i in range(21)), (), "20 tags at most"),
    "worked time that is none": ({}, "#time a while", (), "is no time that somebody can have worked"),
    "worked time of nothing": ({}, "#time 0m", (), "is no time that somebody can have worked"),
    "more than a day of work": ({}, "#time 25h", (), "more than a day"),
    "more taken off than there was": ({"worked_minutes": 10}, "#time -15m", (), "only 10m were noted"),
    "an address that is none": ({}, "#cc dewi", (), "“dewi” is no mail address"),
    "an address and something else": ({}, "#cc dewi@example.org, agus@", (), "is no mail address, or not only that"),
    "an address without a domain": ({}, "#cc dewi@localhost", (), "is no mail address"),
    "our own address": ({}, "#cc Support@Example.com", (), "is an address of the helpdesk itself"),
    "our own address with a token": ({}, "#cc support+x1@example.com", (), "is an address of the helpdesk itself"),
    "a technician in copy": (
        {},
        "#cc dewi@example.org, BUDI@example.com",
        (),
        "Budi Santoso is a technician, who in copy would be taken for a requester. Use #assign instead.",
    ),
    "more people than there may be": (
        {},
        "#cc " + ", ".join(f"p{i}@example.org" for i in range(20)),
        (),
        "at most 20 people",
    ),
    "somebody who is not in copy": (
        {},
        "#uncc dewi@example.org",
        ("agus@example.org",),
        "“dewi@example.org” is not in copy of this ticket. Possible: agus@example.org.",
    ),
    "a name that nobody in copy has": ({}, "#uncc Dewi", ("agus@example.org",), "“Dewi” is not in copy"),
    "the requester out of copy": ({}, "#uncc rina@example.org", (), "is the requester, who is always told"),
    "escalation to a level without a reason": ({}, "#escalate L1: ", (), "say why"),
    "escalation to a name without a reason": (
        {},
        "#escalate Budi Santoso",
        (),
        "say why, as in: #escalate Budi Santoso",
    ),
    "escalation to one of two": ({}, "#escalate Budi cannot log in", (), "“Budi” is not clear"),
    "escalation to oneself": ({}, "#escalate Anna Müller I cannot", (), "Anna Müller has the ticket or asks for help"),
    "escalation to whoever has it": (
        {"technician": "jose@example.com"},
        "#escalate José Peña-Ortiz broken",
        (),
        "Name somebody else",
    ),
    "a level that nobody has": ({}, "#escalate L3 too hard", ("L1",), "nobody else at level 3. Possible: L1."),
    "nobody above": (
        {},
        "#escalate it is too hard",
        (),
        "nobody stands above you here: team service has no other lead",
    ),
    "a team without a lead": ({}, "#eskalasi atasan pelapor marah", (), "nobody stands above you here"),
    "escalating what is closed": ({"status": Status.CLOSED}, "#escalate L1 x", (), "Open it first"),
    "remote support for what is closed": ({"status": Status.CLOSED}, "#remote", (), "Open it first"),
    "remote support in a quiet mail": ({}, "#remote\n#quiet", (), "the mail is to send nothing to the requester"),
    "hold for a date with a slip": ({}, "#hold part ordered until 99 Aug", (), "no time that I understand"),
    "hold until what has been": ({}, "#hold part ordered until 3 Aug", (), "in the past"),
    "hold for longer than a year": ({}, "#hold until 2029-01-01", (), "more than a year away"),
    "hold what is closed": ({"status": Status.CLOSED}, "#hold x", (), "the ticket is closed. Open it first"),
}


@pytest.mark.parametrize(("fields", "text", "candidates", "words"), REFUSED.values(), ids=REFUSED)
def test_a_command_that_cannot_be_carried_out_says_why_and_what_else(
    run: Run, fields: dict[str, object], text: str, candidates: tuple[str, ...], words: str
) -> None:
    result = run(text, **fields)
    assert result.outcomes == ()
    (error,) = result.errors
    assert words in error.message
    if candidates:
        assert error.candidates == candidates


@pytest.mark.parametrize(
    "text",
    ["#impact", "#urgency", "#team", "#title", "#tag", "#hold ...", "#time", "#escalate", "#diagnosis", "#prevention"],
)
def test_a_command_that_needs_a_value_is_not_carried_out_without_one(run: Run, text: str) -> None:
    assert run(text).outcomes == ()


def test_people_in_copy_are_named_as_telephones_write_them(run: Run) -> None:
    (outcome,) = run(
        "#cc Dewi <dewi@Example.ORG>; mailto:tini@example.org, rina@example.org, Agus@example.org."
    ).outcomes
    assert outcome.deeds == (Join((Address("Dewi", "dewi@example.org"), Address("", "tini@example.org"))),)
    assert outcome.lines == (
        "dewi@example.org is in copy from now on, and gets nothing of what was written before.",
        "tini@example.org is in copy from now on, and gets nothing of what was written before.",
        "rina@example.org is the requester, who is told anyway.",
        "Agus@example.org is in copy already.",
    )


@pytest.mark.parametrize("text", ["#uncc AGUS@example.org", "#hapustembusan Agus Salim", "#UNCC: agus salim"])
def test_people_leave_by_address_or_name(run: Run, text: str) -> None:
    (outcome,) = run(text).outcomes
    assert outcome.deeds == (Leave(("agus@example.org",)),)


ESCALATED = {
    "#escalate L1 no access to the room": Escalation("no access to the room", ("budi.w@example.com",), level=1),
    "#escalate level 1: no access": Escalation("no access", ("budi.w@example.com",), level=1),
    "#Escalate Budi Santoso - he knows the switch": Escalation("he knows the switch", ("budi@example.com",)),
    "#eskalasi jose@example.com kabelnya putus": Escalation("kabelnya putus", ("jose@example.com",)),
    "#escalate Network the switch is down": Escalation("the switch is down", team="network"),
}


@pytest.mark.parametrize("text", ESCALATED)
def test_whoever_must_help_is_found_and_the_rest_is_the_reason(run: Run, text: str) -> None:
    (outcome,) = run(text).outcomes
    assert outcome.deeds == (ESCALATED[text],)
    assert outcome.notes == (text.split(maxsplit=1)[1],)


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("#escalate the disk is full", Escalation("the disk is full", ("jose@example.com",), level=2)),
        ("#escalate lead the requester is angry", Escalation("the requester is angry", lead="boss@example.com")),
        ("#eskalasi atasan: pelapor marah", Escalation("pelapor marah", lead="boss@example.com")),
        ("#escalate L3 hard", Escalation("hard", ("boss@example.com",), level=3)),
    ],
)
def test_the_next_level_is_above_whoever_has_the_ticket(context: Context, text: str, deed: Escalation) -> None:
    people = dict(context.directory.technicians)
    people["jose@example.com"] = replace(people["jose@example.com"], level=2)
    people["boss@example.com"] = Technician("boss@example.com", "Boss", level=3)
    teams = {**context.directory.teams, "service": Team("service", lead="boss@example.com")}
    context = replace(context, directory=replace(context.directory, technicians=people, teams=teams))
    (outcome,) = run_all(parse(text), context).outcomes
    assert outcome.deeds == (deed,)


@pytest.mark.parametrize(
    ("away", "deed"),
    [
        ((), Escalation("it is too hard", ("jose@example.com",), level=2)),
        (("jose@example.com",), Escalation("it is too hard", ("boss@example.com",), level=3)),
        (("jose@example.com", "boss@example.com"), Escalation("it is too hard", team="network")),
    ],
)
def test_who_is_away_is_passed_over_and_then_the_team_that_helps_is_asked(
    context: Context, away: tuple[str, ...], deed: Escalation
) -> None:
    people = dict(context.directory.technicians)
    people["jose@example.com"] = replace(people["jose@example.com"], teams=("service",), level=2)
    people["boss@example.com"] = Technician("boss@example.com", "Boss", ("service",), level=3)
    people["net@example.com"] = Technician("net@example.com", "Net", ("network",))
    teams = {**context.directory.teams, "service": Team("service", escalates_to="network"), "network": Team("network")}
    directory = replace(context.directory, technicians=people, teams=teams)
    context = replace(context, directory=directory, away=dict.fromkeys(away, UNTIL))
    (outcome,) = run_all(parse("#escalate it is too hard"), context).outcomes
    assert outcome.deeds == (deed,)


def test_without_a_level_above_the_lead_is_asked(context: Context) -> None:
    teams = {**context.directory.teams, "service": Team("service", lead="lena@example.com")}
    context = replace(context, directory=replace(context.directory, teams=teams))
    (outcome,) = run_all(parse("#escalate it is too hard"), context).outcomes
    assert outcome.deeds == (Escalation("it is too hard", lead="lena@example.com"),)


def test_remote_support_is_refused_with_the_key_to_set_where_it_is_not_configured(context: Context) -> None:
    assert run_all(parse("#remote"), context).outcomes[0].deeds == (RemoteOffer(),)
    (error,) = run_all(parse("#remote"), replace(context, remote_support=False)).errors
    assert "Set remote_support.link or remote_support.text in the configuration." in error.message


def test_the_reason_of_a_hold_is_a_note_and_stands_in_the_audit_log(run: Run) -> None:
    (outcome,) = run("#hold the vendor sends a part, until 9 Aug").outcomes
    assert outcome.notes == ("the vendor sends a part, until 9 Aug",)
    assert {change.reason for change in outcome.changes} == set(outcome.notes)


def test_the_priority_that_follows_says_why_in_the_audit_log(run: Run) -> None:
    (outcome,) = run("#impact all").outcomes
    expected = "priority critical because the impact is organisation and the urgency medium"
    assert [change.reason for change in outcome.changes] == ["", expected]
