"""The commands that change a ticket, through the whole pipeline: what is stored, and who reads what."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters.db import Database
from mailbot.core.commands import COMMANDS
from mailbot.core.model import EventKind, Impact, Priority, Status, Urgency

MORE = """
[[teams]]
name = "network"

[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["network"]
level = 2

[remote_support]
link = "https://remote.example.com/join?reference={reference}"
text = { en = "Please start QuickHelp, then name {reference}.", id = "Silakan buka QuickHelp." }
"""


CHANGEABLE = (
    "status", "priority", "impact", "urgency", "category", "team", "technician", "subject", "tags",
    "wait_until", "resolution", "prevention", "diagnosis", "workaround", "worked_minutes",
)  # fmt: skip


@pytest.fixture
def ticket(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    desk = Helpdesk(database, tmp_path, now, more=MORE)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def test_impact_and_urgency_make_the_priority_and_move_the_deadlines(ticket: Helpdesk) -> None:
    technician, due = ticket.technician_of(), ticket.ticket().resolve_by

    technician.answers(technician.last, "#impact department\n#urgency high")

    row = ticket.ticket()
    assert (row.impact, row.urgency, row.priority) == (Impact.DEPARTMENT, Urgency.HIGH, Priority.HIGH)
    assert row.resolve_by is not None
    assert due is not None
    assert row.resolve_by < due
    reasons = [event.reason for event in ticket.events() if event.kind == EventKind.PRIORITISED]
    assert reasons[-1] == "priority high because the impact is department and the urgency medium"


def test_a_priority_set_by_hand_in_the_same_mail_stays(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#prio low\n#impact organisation")

    assert ticket.ticket().priority == Priority.LOW
    assert "as this mail sets it by hand" in text_of(technician.last)


def test_another_team_gets_the_ticket_with_its_history(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#team network")

    row = ticket.ticket()
    assert (row.team, row.technician) == ("network", "nina@example.com")
    assert "The printer on floor 2 jams" in text_of(ticket.mails_to("nina@example.com")[-1])


def test_a_new_title_stands_in_all_later_mails_beside_the_number(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#title Fuser of the printer is worn\n\nWe have ordered a part.")

    assert ticket.ticket().subject == "Fuser of the printer is worn"
    assert ticket.rita.last["Subject"] == "[HD-1001] Fuser of the printer is worn"
    ticket.rita.answers(ticket.rita.last, "Thank you. When does it come?")
    assert len(ticket.tickets()) == 1


def test_a_title_does_not_carry_an_internal_note_outside(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request, secret = technician.last, "The canary sings about the budget"
    technician.answers(request, f"#note {secret}")
    count = len(ticket.rita.inbox)

    technician.answers(request, f"#title {secret}\n\nHello Rita.")

    assert len(ticket.rita.inbox) == count
    assert any(event.kind == EventKind.LEAK_BLOCKED for event in ticket.events())


def test_tags_are_added_and_taken_away(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last

    technician.answers(request, "#tag +vip +floor2")
    technician.answers(request, "#tag -vip")

    assert ticket.ticket().tags == ["floor2"]


def test_on_hold_the_clock_stands_still_until_the_date(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    count = len(ticket.rita.inbox)

    technician.answers(technician.last, "#hold The vendor of the canary is late until tomorrow")

    row = ticket.ticket()
    assert (row.status, row.running_since, row.resolve_by) == (Status.ON_HOLD, None, None)
    elapsed = row.elapsed_seconds
    ticket.live(hours=20)
    assert ticket.ticket().elapsed_seconds == elapsed
    ticket.live(days=1)
    assert ticket.ticket().status == Status.OPEN
    outside = [mail for mail in ticket.courier.sent if mail.recipient == ticket.rita.address]
    assert len(outside) >= count
    assert not any(b"canary" in mail.raw for mail in outside)
    reasons = [event.reason for event in ticket.events() if (event.data or {}).get("new") == Status.ON_HOLD]
    assert reasons == ["The vendor of the canary is late until tomorrow"]


RESOLVED = "#diagnosis The fuser of the canary is worn.\n#resolve\n#resolution Fuser replaced.\n#prevention Thin paper."


def test_the_requester_reads_solution_and_prevention_and_is_asked_whether_it_is_solved(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, RESOLVED)

    row = ticket.ticket()
    assert (row.diagnosis, row.resolution) == ("The fuser of the canary is worn.", "Fuser replaced.")
    read = text_of(ticket.rita.last)
    for words in ("Is it solved?", "Fuser replaced.", "So that it does not happen again:", "Thin paper."):
        assert words in read
    assert "canary" not in read


def test_without_a_lasting_solution_the_requester_reads_the_temporary_one(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#workaround Print on floor 3.\n#resolve")

    assert "What helps for the time being" in text_of(ticket.rita.last)
    assert "Print on floor 3." in text_of(ticket.rita.last)


@pytest.mark.parametrize("yes", ["yes", "Ya", "Sudah, terima kasih.", "Yes, it works now. Thanks!"])
def test_a_plain_yes_closes_with_thanks_and_the_survey_follows(ticket: Helpdesk, yes: str) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, RESOLVED)
    count = len(technician.inbox)

    ticket.rita.answers(ticket.rita.last, yes)

    assert ticket.ticket().status == Status.CLOSED
    assert "Thank you for telling us that it is solved." in text_of(ticket.notices(ticket.rita.address, "closed")[-1])
    assert len(technician.inbox) == count
    ticket.live(hours=2)
    assert len(ticket.notices(ticket.rita.address, "survey")) == 1


@pytest.mark.parametrize("no", ["no", "Belum", "yes, but it jams again", "sudah belum ya?"])
def test_a_no_opens_the_ticket_again_and_the_technician_hears_of_it(ticket: Helpdesk, no: str) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, RESOLVED)

    ticket.rita.answers(ticket.rita.last, no)

    assert ticket.ticket().status == Status.OPEN
    assert no in text_of(technician.last)


def test_thanks_neither_close_nor_open(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, RESOLVED)

    ticket.rita.answers(ticket.rita.last, "Thank you very much!")

    assert ticket.ticket().status == Status.RESOLVED


def test_a_yes_without_the_token_of_the_question_closes_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, RESOLVED)

    ticket.rita.writes("Re: [HD-1001] Printer jams", "yes")

    assert ticket.ticket().status == Status.RESOLVED


def test_a_yes_to_an_earlier_question_is_for_the_technician(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last
    technician.answers(request, "Is the tray half open?")
    question = ticket.rita.last
    technician.answers(request, RESOLVED)

    ticket.rita.answers(question, "yes")

    assert ticket.ticket().status == Status.OPEN


def test_a_yes_to_the_question_about_an_earlier_solution_closes_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, RESOLVED)
    first = ticket.rita.last
    ticket.rita.answers(first, "no")
    ticket.now += timedelta(hours=1)
    technician.answers(technician.last, "#resolve It was the tray.")

    ticket.rita.answers(first, "yes")

    assert ticket.ticket().status == Status.RESOLVED


def test_worked_time_adds_up_with_an_event_for_each(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last
    technician.answers(request, "#time 15m")
    technician.answers(request, "#time 1,5 jam")

    assert ticket.ticket().worked_minutes == 105
    found = [event for event in ticket.events() if event.data.get("field") == "worked_minutes"]
    assert [(event.data["old"], event.data["new"], event.actor) for event in found] == [
        ("0", "15", technician.address),
        ("15", "105", technician.address),
    ]


DEWI = "dewi@client.example"


def test_whoever_is_in_copy_gets_what_comes_after_and_nothing_before(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last
    technician.answers(request, "The canary was said before.")

    technician.answers(request, f"#cc Dewi <{DEWI}>\n\nFrom now on Dewi reads along.")
    technician.answers(request, "#resolve\n\nIt was the tray.")

    inbox = ticket.mails_to(DEWI)
    assert ["reads along" in text_of(inbox[0]), "It was the tray" in text_of(inbox[1]), len(inbox)] == [True, True, 2]
    assert not any(b"canary" in mail.raw for mail in ticket.courier.sent if mail.recipient == DEWI)
    assert "From now on Dewi reads along." in text_of(ticket.rita.inbox[-2])


def test_whoever_is_in_copy_may_answer_until_he_is_taken_out(ticket: Helpdesk) -> None:
    technician, dewi = ticket.technician_of(), Person(ticket, DEWI, "Dewi")
    request = technician.last
    technician.answers(request, f"#cc {DEWI}\n\nHello both.")
    assert dewi.answers(dewi.last, "I have it too.").disposition == "appended"

    technician.answers(request, "#uncc dewi@client.example\n\nOnly for Rita.")

    assert len(dewi.inbox) == 1
    assert dewi.answers(dewi.last, "And now?").disposition == "held"
    changed = [event.data for event in ticket.events() if event.data.get("field") == "participant"]
    assert [(data["old"], data["new"]) for data in changed] == [("", DEWI), (DEWI, "")]


def test_nobody_is_mailed_twice_who_stands_in_to_or_cc(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last
    technician.answers(request, f"#cc {DEWI}")
    count = len(ticket.rita.inbox)

    technician.answers(request, "Dewi has this by herself.", Cc=DEWI.upper())
    technician.answers(request, "Rita has this by herself.", Cc=f"Rita <{ticket.rita.address}>")

    assert len(ticket.rita.inbox) == count + 1
    assert ["Rita has this" in text_of(mail) for mail in ticket.mails_to(DEWI)] == [True]
    assert ticket.ticket().first_response_at == ticket.now


def test_the_requester_hears_that_his_ticket_is_resolved_though_he_stands_in_cc(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#resolve\n\nDone.", Cc=ticket.rita.address)

    assert "Is it solved?" in text_of(ticket.notices(ticket.rita.address, "resolved")[-1])


def test_an_escalation_gives_the_ticket_to_the_level_above_with_the_reason_and_the_story(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last

    technician.answers(request, "#escalate L2 the canary cannot reach the switch\n\nA colleague takes over.")

    row = ticket.ticket()
    assert row.technician == "nina@example.com"
    (event,) = [event for event in ticket.events() if event.kind == EventKind.ESCALATED]
    assert (event.actor, event.reason) == (
        technician.address,
        "to nina@example.com: the canary cannot reach the switch",
    )
    assert (event.data["how"], event.data["from"], event.data["level"]) == ("functional", technician.address, 2)
    (mail,) = ticket.mails_to("nina@example.com")
    assert mail["Subject"] == "[HD-1001] Escalated: Printer jams"
    for words in ("Please take over", "the canary cannot reach the switch", "The printer on floor 2 jams"):
        assert words in text_of(mail)
    assert "Nina Network was told why, and has the ticket now." in text_of(technician.last)
    assert "A colleague takes over." in text_of(ticket.rita.last)
    assert not any(b"canary" in mail.raw for mail in ticket.courier.sent if mail.recipient == ticket.rita.address)
    assert "stays internal" not in text_of(mail)
    Person(ticket, "nina@example.com", "Nina").answers(mail, "I have replaced the switch.")
    assert "I have replaced the switch." in text_of(ticket.rita.last)


def test_the_lead_is_told_why_and_the_ticket_stays(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#escalate lead the requester is angry")

    assert ticket.ticket().technician == technician.address
    assert "Please step in" in text_of(ticket.lena.last)
    assert "the requester is angry" in text_of(ticket.lena.last)
    assert "Lena Lead was told why; the ticket stays where it is." in text_of(technician.last)
    count = len(ticket.rita.inbox)
    ticket.lena.answers(ticket.lena.last, "I will call her.")
    assert len(ticket.rita.inbox) == count
    (event,) = [event for event in ticket.events() if event.kind == EventKind.ESCALATED]
    assert (event.data["how"], event.data["to"]) == ("hierarchical", "lena@example.com")


def test_a_team_takes_over_and_whoever_had_the_ticket_is_told_by_somebody_else(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last
    ticket.lena.answers(request, "x")  # Not hers: it proves nothing and is asked about.
    other = ticket.tess if technician is ticket.tom else ticket.tom
    technician.answers(request, f"#assign {other.name}")

    other.answers(other.last, "#escalate network it is the switch")

    assert (ticket.ticket().team, ticket.ticket().technician) == ("network", "nina@example.com")
    assert len(ticket.notices("nina@example.com", "escalation")) == 1
    assert ticket.notices("nina@example.com", "assigned") == []


def test_remote_support_goes_to_the_requester_with_a_reference_that_counts_once(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    request = technician.last

    technician.answers(request, "#remote")
    technician.answers(request, "#remote\n#prio high")

    mails = ticket.notices(ticket.rita.address, "remote_support")
    found = [event.data["reference"] for event in ticket.events() if "reference" in (event.data or {})]
    assert len(set(found)) == len(mails) == 2
    for mail, reference in zip(mails, found, strict=True):
        read = text_of(mail)
        assert f"Please start QuickHelp, then name {reference}." in read
        assert f"https://remote.example.com/join?reference={reference}" in read
    assert f"with reference {found[1]}" in text_of(technician.last)


def test_remote_support_that_is_not_configured_is_refused(database: Database, tmp_path: Path, now: datetime) -> None:
    desk = Helpdesk(database, tmp_path, now)
    desk.rita.writes("Printer jams", "Please help.")
    technician = desk.technician_of()

    technician.answers(technician.last, "#remote\n\nHello Rita.")

    assert "Set remote_support.link or remote_support.text" in text_of(technician.last)
    assert len(desk.rita.inbox) == 1


@pytest.mark.parametrize("verb", [name for name in COMMANDS if name not in {"close", "reopen"}])
def test_no_command_runs_for_a_requester_on_a_signed_thread(
    sqlite_database: Database, tmp_path: Path, now: datetime, verb: str
) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now, more=MORE)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    desk.technician_of().answers(desk.technician_of().last, "We are looking into it.")
    desk.now += timedelta(minutes=5)
    before = {field: getattr(desk.ticket(), field) for field in CHANGEABLE}
    people = {mail.recipient for mail in desk.courier.sent}

    for example in COMMANDS[verb].examples:
        receipt = desk.rita.answers(desk.rita.last, example)
        assert receipt.disposition == "appended"

    assert {field: getattr(desk.ticket(), field) for field in CHANGEABLE} == before
    assert {mail.recipient for mail in desk.courier.sent} == people
    assert len(desk.tickets()) == 1
