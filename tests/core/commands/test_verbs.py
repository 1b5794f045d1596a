"""What each command does to a ticket, and what it says about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailbot.core.commands import COMMANDS, Context, Parsed, Result, Scope, parse, run_all
from mailbot.core.commands.deeds import Away, OnBehalf
from mailbot.core.model import Address, Category, Priority, Status

Run = Callable[..., Result]
UNTIL = datetime(2026, 8, 9, 1, 0, tzinfo=UTC)

DONE: dict[str, tuple[dict[str, object], str, list[tuple[str, str, str]], list[str]]] = {
    "take a new ticket": (
        {},
        "#take",
        [("technician", "", "anna@example.com"), ("status", "new", "open")],
        ["technician: nobody → Anna Müller", "status: new → open"],
    ),
    "note that it came by phone": ({}, "#source telepon", [("source", "mail", "phone")], ["source: mail → phone"]),
    "note that somebody came": ({}, "#source walk in", [("source", "mail", "walk_in")], ["source: mail → walk-in"]),
    "take somebody's ticket": (
        {"status": Status.PENDING, "technician": "budi@example.com"},
        "#take",
        [("technician", "budi@example.com", "anna@example.com")],
        ["technician: Budi Santoso → Anna Müller"],
    ),
    "take one's own ticket": (
        {"status": Status.OPEN, "technician": "anna@example.com"},
        "#take",
        [],
        ["technician: stays Anna Müller"],
    ),
    "assign a full name": (
        {"technician": "gone@example.com"},
        "#assign budi santoso",
        [("technician", "gone@example.com", "budi@example.com")],
        ["technician: gone@example.com → Budi Santoso"],
    ),
    "assign a name without blanks": ({}, "#assign BudiWijaya", [("technician", "", "budi.w@example.com")], []),
    "assign a name without accents": ({}, "#assign jose pena ortiz", [("technician", "", "jose@example.com")], []),
    "assign a last name": ({}, "#assign Santoso", [("technician", "", "budi@example.com")], []),
    "assign an address": ({}, "#assign <Budi.W@Example.com>", [("technician", "", "budi.w@example.com")], []),
    "assign a local part": ({}, "#assign @budi.w", [("technician", "", "budi.w@example.com")], []),
    "assign oneself": (
        {},
        "#assign me",
        [("technician", "", "anna@example.com"), ("status", "new", "open")],
        [],
    ),
    "assign nobody": (
        {"technician": "budi@example.com"},
        "#assign none",
        [("technician", "budi@example.com", "")],
        ["technician: Budi Santoso → nobody"],
    ),
    "assign a dash": ({"technician": "budi@example.com"}, "#assign –", [("technician", "budi@example.com", "")], []),
    "assign another team": (
        {"technician": "anna@example.com"},
        "#assign Network",
        [("team", "service", "network"), ("technician", "anna@example.com", "")],
        ["team: network; somebody of it is chosen"],
    ),
    "assign the same team": ({"technician": ""}, "#assign service", [("team", "service", "service")], []),
    "raise the priority": ({}, "#prio high", [("priority", "normal", "high")], ["priority: normal → high"]),
    "urgent is critical": ({}, "#Prio: Urgent.", [("priority", "normal", "critical")], []),
    "priority in Indonesian": ({}, "#prioritas rendah", [("priority", "normal", "low")], []),
    "the same priority": ({"priority": Priority.HIGH}, "#prio tinggi", [], ["priority: stays high"]),
    "choose a category": (
        {},
        "#category Network Access",
        [("category", "Hardware", "network-access")],
        ["category: Hardware → network-access"],
    ),
    "wait for the requester": ({}, "#wait", [("status", "new", "pending")], ["status: new → pending"]),
    "wait for the requester by name": ({}, "#wait for the user", [("status", "new", "pending")], []),
    "wait for the requester in Indonesian": ({}, "#tunggu pelapor", [("status", "new", "pending")], []),
    "wait until a date": (
        {"status": Status.OPEN},
        "#wait until 9 Aug",
        [("status", "open", "pending"), ("wait_until", "", "2026-08-09T01:00:00+00:00")],
        ["status: open → pending", "put off until: no date → 9 Aug 2026, 08:00 WIB"],
    ),
    "wait for two days": (
        {"status": Status.ON_HOLD},
        "#wait 2d",
        [("status", "on_hold", "pending"), ("wait_until", "", "2026-08-06T03:00:00+00:00")],
        [],
    ),
    "wait without a date any more": (
        {"status": Status.PENDING, "wait_until": UNTIL},
        "#wait user",
        [("wait_until", "2026-08-09T01:00:00+00:00", "")],
        ["status: stays pending", "put off until: 9 Aug 2026, 08:00 WIB → no date"],
    ),
    "resolve": ({"status": Status.OPEN}, "#resolve", [("status", "open", "resolved")], ["status: open → resolved"]),
    "resolve with a solution": (
        {},
        "#selesai Kabel diganti.",
        [("status", "new", "resolved"), ("resolution", "", "Kabel diganti.")],
        ["status: new → resolved", "resolution: nothing → Kabel diganti."],
    ),
    "close an open ticket": ({"status": Status.OPEN}, "#close", [("status", "open", "closed")], []),
    "close a resolved ticket": ({"status": Status.RESOLVED}, "#close", [("status", "resolved", "closed")], []),
    "reopen a closed ticket": ({"status": Status.CLOSED}, "#reopen", [("status", "closed", "open")], []),
    "ask a vendor": (
        {"status": Status.OPEN},
        "#vendor acmeprinting RMA-4711.",
        [("status", "open", "on_hold")],
        ["status: open → on hold", "The ticket waits for Acme Printing (RMA-4711)."],
    ),
    "ask a vendor instead of waiting for a date": (
        {"status": Status.ON_HOLD, "wait_until": UNTIL},
        "#pemasok Once-Asked",
        [("wait_until", "2026-08-09T01:00:00+00:00", "")],
        [
            "status: stays on hold",
            "put off until: 9 Aug 2026, 08:00 WIB → no date",
            "The ticket waits for Once Asked.",
        ],
    ),
    "ask somebody by his address": (
        {"status": Status.OPEN},
        "#vendor Jaya <JAYA@kertas.example> (77)",
        [("status", "open", "on_hold")],
        ["status: open → on hold", "The ticket waits for Jaya (77)."],
    ),
    "wait for a vendor no more": (
        {"status": Status.ON_HOLD},
        "#vendor Done!",
        [("status", "on_hold", "open")],
        ["status: on hold → open"],
    ),
    "wait for a vendor no more while the requester is asked": (
        {"status": Status.PENDING},
        "#vendor selesai",
        [],
        ["No vendor is waited for any more; the ticket stays pending."],
    ),
    "end the waiting": ({"status": Status.ON_HOLD}, "#buka", [("status", "on_hold", "open")], []),
    "each sees the ticket after those before": (
        {"status": Status.CLOSED},
        "#reopen\n#prio low\n#prio high\n#wait",
        [
            ("status", "closed", "open"),
            ("priority", "normal", "low"),
            ("priority", "low", "high"),
            ("status", "open", "pending"),
        ],
        [],
    ),
    "what no longer waits has no date": (
        {"status": Status.PENDING, "wait_until": UNTIL},
        "#reopen\n#wait",
        [("status", "pending", "open"), ("status", "open", "pending")],
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
    "a vendor's name that two begin with": (
        {"status": Status.OPEN},
        "#vendor acme RMA",
        ("Acme Cloud", "Acme Printing"),
        "“acme RMA” is not clear.",
    ),
    "no vendor of that name": (
        {"status": Status.OPEN},
        "#vendor Bolt",
        ("Acme Cloud", "Acme Printing", "Kertas Jaya", "Once Asked"),
        "no vendor is called “Bolt”",
    ),
    "a technician as a vendor": ({"status": Status.OPEN}, "#vendor ANNA@example.com", (), "is a technician"),
    "the helpdesk as a vendor": ({"status": Status.OPEN}, "#vendor support+x@example.com", (), "the helpdesk itself"),
    "somebody in copy as a vendor": ({"status": Status.OPEN}, "#vendor agus@example.org", (), "takes part in"),
    "the requester as a vendor": ({"status": Status.OPEN}, "#vendor <Rina@example.org> 7", (), "takes part in"),
    "two vendors at once": ({"status": Status.OPEN}, "#vendor a@b.example,c@d.example", (), "is no mail address"),
    "a vendor for a closed ticket": ({"status": Status.CLOSED}, "#vendor once asked", (), "Open it first"),
    "a vendor in copy": ({}, "#cc once@asked.example", (), "is a vendor here"),
    "a first name that two have": (
        {},
        "#assign Budi",
        ("budi.w@example.com", "budi@example.com"),
        "“Budi” is not clear. Write the full name or the address.",
    ),
    "a name that is only begun": ({}, "#assign jos", (), "nobody and no team"),
    "nobody of that name": (
        {},
        "#assign Bambang",
        ("Anna Müller", "Budi Santoso", "Budi Wijaya", "José Peña-Ortiz", "network", "service"),
        "“Bambang”. Possible: Anna Müller, Budi Santoso",
    ),
    "a name of punctuation": ({}, "#assign ???", (), "nobody and no team"),
    "an unknown priority": ({}, "#prio hgih", ("low", "normal", "high", "critical"), "low, normal, high or critical"),
    "an unknown category": ({}, "#category printer", ("Hardware", "network-access"), "no category “printer”"),
    "a category that is only begun": ({}, "#category network", (), "Possible: Hardware or network-access"),
    "a time that is none": ({}, "#wait vendor", (), "no time that I understand"),
    "a time in the past": ({}, "#wait until 3 Aug", (), "2026-08-03 08:00 is in the past"),
    "a time too far away": ({}, "#wait 500d", (), "more than a year"),
    "waiting for what is closed": ({"status": Status.CLOSED}, "#wait", (), "#reopen"),
    "waiting for what is resolved": ({"status": Status.RESOLVED}, "#wait 2d", (), "the ticket is resolved"),
    "resolving twice": ({"status": Status.RESOLVED}, "#resolve", (), "resolved already"),
    "resolving what is closed": ({"status": Status.CLOSED}, "#resolve", (), "the ticket is closed. Open it first"),
    "closing twice": ({"status": Status.CLOSED}, "#close", (), "closed already"),
    "closing twice in one mail": ({}, "#close\n#close", (), "Line 2, “#close”: the ticket is closed already"),
    "reopening what is open": ({"status": Status.OPEN}, "#reopen", (), "open already"),
    "reopening what is new": ({}, "#reopen", (), "new already"),
    "looking for nothing": ({}, "#find (?)", (), "there is no word to look for"),
    "an article about nothing": ({}, "#kb draft", (), "there is no solution to write about"),
    "help with nothing known": ({}, "#help clsoe", (), "no command “clsoe”"),
    "accepting without a held mail": ({}, "#accept", (), "#accept answers a mail about something held"),
    "a new ticket without a held mail": ({}, "#new", (), "something held"),
    "spam without a held mail": ({}, "#spam", (), "something held"),
    "undoing with another command": ({}, "#prio high\n#undo K7PQ3X", (), "#undo stands alone"),
    "undoing what is no code": ({}, "#undo K7PQ", (), "“K7PQ” is no undo code. It has 6 letters and digits"),
    "undoing with a look-alike": ({}, "#undo K7PQ0X", (), "is no undo code"),
    "undoing letters of another script": ({}, "#undo \u0661\u0662\u0663\u0664\u0665\u0666", (), "is no undo code"),
    "going without a held mail": ({}, "#go", (), "something held"),
}


@pytest.mark.parametrize(("fields", "text", "candidates", "words"), REFUSED.values(), ids=REFUSED)
def test_a_command_that_cannot_be_carried_out_says_why_and_what_else(
    run: Run, fields: dict[str, object], text: str, candidates: tuple[str, ...], words: str
) -> None:
    result = run(text, **fields)
    assert result.outcomes == ()
    (error,) = result.errors
    assert words in error.message
    assert error.call.raw in error.message
    if candidates:
        assert error.candidates == candidates


def test_one_refusal_undoes_everything_and_all_refusals_are_told(run: Run) -> None:
    result = run("#take\n#prio hgih\n#note x\n#end\n#assign Bambang\n#close")
    assert result.outcomes == ()
    assert [error.call.line for error in result.errors] == [2, 5]


def test_a_mistake_found_by_the_parser_undoes_everything_too(context: Context) -> None:
    assert run_all(parse("#take\n#clsoe"), context) == Result(())
    assert run_all(Parsed((), "x"), context) == Result(())


def test_running_leaves_the_ticket_alone(context: Context, run: Run) -> None:
    before = context.ticket
    run("#take\n#close")
    assert context.ticket == before


def test_a_note_is_kept_inside(run: Run) -> None:
    (outcome,) = run("#note\ncalled him\n\nloose cable\n#end\nHello").outcomes
    assert outcome.notes == ("called him\n\nloose cable",)
    assert outcome.changes == ()
    assert outcome.lines[0].startswith("Internal note: 3 lines kept")
    assert " #end " in outcome.lines[0]


def test_quiet_only_wants_silence(run: Run) -> None:
    (outcome,) = run("#quiet\nHello").outcomes
    assert outcome.quiet
    assert (outcome.changes, outcome.notes) == ((), ())


def test_everything_is_said_in_indonesian_too(run: Run) -> None:
    result = run("#prio tinggi\n#tunggu sampai 9 Agustus", language="id")
    assert [line for outcome in result.outcomes for line in outcome.lines] == [
        "prioritas: normal → tinggi",
        "status: baru → menunggu pelapor",
        "ditunda sampai: tanpa tanggal → 9 Agu 2026, 08.00 WIB",
    ]
    (error,) = run("#prio tinggi sekali", language="id").errors
    expected = "Baris 1, “#prio tinggi sekali”: tidak ada prioritas “tinggi sekali”. Pilihan: "
    assert error.message == expected + "low, normal, high atau critical."


def test_what_somebody_wrote_is_shown_short_and_on_one_line(run: Run) -> None:
    (error,) = run("#prio \u202e{x}\t" + "y" * 5000).errors
    assert len(error.message) < 400
    assert "\u202e" not in error.message
    assert "{x} y" in error.message


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_every_command_work(context: Context, name: str) -> None:
    for example in COMMANDS[name].examples:
        status = Status.CLOSED if name == "reopen" else Status.OPEN
        parsed = parse(example)
        assert parsed.errors == (), example
        result = run_all(parsed, _in(context, status, new=name == "for"))
        if Scope.TICKET in COMMANDS[name].audience:
            assert result.errors == (), example
            assert result.outcomes or name == "end"
        else:
            assert f"#{name} answers a mail about something held" in result.errors[0].message


def _in(context: Context, status: Status, *, new: bool = False) -> Context:
    ticket = replace(context.ticket, status=status, resolution="Replaced.")
    if new:
        ticket = replace(ticket, number=0)
    directory = replace(
        context.directory,
        technicians={"b@example.com": replace(context.actor, name="Budi Santoso")},
        categories={name: Category(name) for name in ("hardware", "network")},
    )
    return replace(context, ticket=ticket, directory=directory)


def test_a_time_away_is_read_as_other_times_are_and_none_means_until_back(run: Run) -> None:
    (outcome,) = run("#away until 9 Aug").outcomes
    assert outcome.deeds == (Away(UNTIL),)
    assert outcome.lines == ("You are away until 9 Aug 2026, 08:00 WIB; you get no new tickets until then.",)
    assert run("#away").outcomes[0].deeds == (Away(None),)
    assert run("#back").outcomes[0].deeds == (Away(None, back=True),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#away soon", "is no time that I understand"),
        ("#away 2 Aug", "is in the past"),
        ("#away 9y", "is no time that I understand"),
        ("#away 3d\n#back", "both #away and #back"),
        ("#source pigeon", "there is no source “pigeon”. Possible: mail, phone, chat or walk-in."),
        ("#for rita@example.org", "is about ticket 1042 already"),
    ],
)
def test_what_makes_no_sense_about_absences_and_requests_is_refused(run: Run, text: str, why: str) -> None:
    assert why in run(text).errors[0].message


@pytest.mark.parametrize(
    ("value", "person"),
    [
        ("rita@example.org", Address("", "rita@example.org")),
        ("Rita@Example.ORG Rita Müller-Sari.", Address("Rita Müller-Sari", "Rita@example.org")),
        ("Rita Rahayu <rita@example.org>", Address("Rita Rahayu", "rita@example.org")),
        ("", None),
    ],
)
def test_a_request_is_for_an_address_with_or_without_a_name(
    context: Context, value: str, person: Address | None
) -> None:
    nowhere = replace(context, ticket=replace(context.ticket, number=0))
    (outcome,) = run_all(parse(f"#for {value}"), nowhere).outcomes
    assert outcome.deeds == (OnBehalf(person),)


def test_whoever_assigns_to_somebody_away_is_told_until_when(context: Context) -> None:
    away = replace(context, away={"budi@example.com": UNTIL})
    (outcome,) = run_all(parse("#assign budi santoso"), away).outcomes
    assert outcome.changes[0].new == "budi@example.com"
    assert outcome.lines[1] == (
        "Please note: Budi Santoso is away until 9 Aug 2026, 08:00 WIB. The ticket was assigned all the same."
    )
    assert len(run_all(parse("#assign budi wijaya"), away).outcomes[0].lines) == 1
