"""A warning before a promise is broken, and the steps after it: who is told, who takes over, and what each reads."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters import absences
from mailbot.adapters.db import Database
from mailbot.adapters.tables import Event
from mailbot.core.model import AwayWhy, EventKind

NINA, LENA = "nina@example.com", "lena@example.com"
MORE = """
[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["support"]
level = 2
skills = ["printing"]

[[technicians]]
email = "noor@example.com"
name = "Noor Network"
teams = ["support"]
level = 2
{noor}

[escalation]
specialist_for = ["normal"]
"""
MINUTE = timedelta(minutes=1)


def helpdesk(database: Database, path: Path, now: datetime, more: str = MORE, noor: str = "") -> Helpdesk:
    desk = Helpdesk(database, path, now, more=more.replace("{noor}", noor))
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


@pytest.fixture
def ladder(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    return helpdesk(database, tmp_path, now)


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def goes_away(desk: Helpdesk, address: str) -> None:
    with desk.database.unit_of_work() as session:
        absences.note(session, address, desk.now + timedelta(days=9), desk.now, AwayWhy.COMMAND)


def events(desk: Helpdesk, kind: EventKind) -> list[Event]:
    return [event for event in desk.events() if event.kind == kind]


def overdue(desk: Helpdesk) -> None:
    due = desk.ticket().respond_by
    assert due is not None
    desk.now = due
    desk.tick()


def test_a_technician_is_warned_once_when_most_of_the_time_is_used_up(ticket: Helpdesk) -> None:
    technician, allowed = ticket.technician_of(), ticket.settings.sla.normal.first_response
    ticket.now += allowed * 0.8 - MINUTE
    ticket.tick()
    assert not ticket.notices(technician.address, "warning")

    ticket.now += MINUTE
    for _ in range(3):
        ticket.tick()

    [mail] = ticket.notices(technician.address, "warning")
    assert mail["Subject"] == "[HD-1001] Due soon: Printer jams"
    assert "Please answer this ticket by Tue 4 Aug 2026, 14:00 WIB" in text_of(mail)
    assert "3 hours 12 minutes of 4 hours" in text_of(mail)
    assert "> The printer on floor 2 jams" in text_of(mail)
    [event] = events(ticket, EventKind.WARNED)
    assert event.reason == (
        f"80% of the time for the response is used up, which is due at 2026-08-04 07:00 UTC; told {technician.address}"
    )


def test_the_answer_to_a_warning_goes_to_the_requester_and_keeps_the_promise(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    ticket.wait(hours=3.5)

    technician.answers(ticket.notices(technician.address, "warning")[0], "I am on my way.")
    ticket.live(hours=6)

    assert "I am on my way." in text_of(ticket.notices("rita@client.example", "reply")[0])
    assert not ticket.notices(technician.address, "escalation")


def test_an_answered_ticket_is_warned_of_for_its_resolution_only(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")

    ticket.live(hours=70)

    [mail] = ticket.notices(technician.address, "warning")
    assert "Please resolve this ticket by Fri 7 Aug 2026, 10:00 WIB" in text_of(mail)


def test_no_warning_comes_after_the_deadline_itself(ticket: Helpdesk) -> None:
    ticket.wait(hours=5)

    technician = ticket.technician_of()
    assert not events(ticket, EventKind.WARNED)
    assert not ticket.notices(technician.address, "warning")
    assert len(ticket.notices(technician.address, "escalation")) == 1


def test_warnings_can_be_turned_off(database: Database, tmp_path: Path, now: datetime) -> None:
    desk = Helpdesk(database, tmp_path, now, more="[escalation]\nwarn_at = 0\n")
    desk.rita.writes("Printer jams", "Please help.")
    desk.live(hours=4)
    assert not desk.notices(desk.technician_of().address, "warning")


def test_a_stopped_clock_warns_nobody_and_goes_on_where_it_stood(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    ticket.wait(hours=3)
    technician.answers(technician.last, "#wait 2d")
    ticket.live(days=1)
    assert not ticket.notices(technician.address, "warning")
    technician.answers(ticket.notices(technician.address, "assigned")[0], "#reopen")

    ticket.now += timedelta(minutes=11)
    ticket.tick()
    assert not ticket.notices(technician.address, "warning")
    ticket.now += 2 * MINUTE
    ticket.tick()
    assert len(ticket.notices(technician.address, "warning")) == 1


def test_a_deputy_is_warned_for_whoever_is_away_and_else_the_lead(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = helpdesk(database, tmp_path, now, noor='deputy = "nina@example.com"')
    for holder, told in (("noor@example.com", NINA), ("tom@example.com", LENA)):
        goes_away(desk, holder)
        with desk.database.unit_of_work() as session:
            row = desk.ticket()
            row.technician = holder
            session.merge(row)
        desk.wait(hours=3.3 if told == NINA else 66)

        [mail] = desk.notices(told, "warning" if told == NINA else "escalation")[:1]
        assert "so you are asked instead." in " ".join(text_of(mail).split())
        assert not desk.notices(holder, "warning")
        assert not desk.notices(holder, "escalation")


def test_a_missed_deadline_climbs_from_the_technician_to_a_specialist_to_the_lead(ladder: Helpdesk) -> None:
    first = ladder.technician_of()
    overdue(ladder)
    assert len(ladder.notices(first.address, "escalation")) == 1

    ladder.wait(minutes=29)
    assert ladder.ticket().technician == first.address
    ladder.wait(minutes=1)

    assert ladder.ticket().technician in {NINA, "noor@example.com"}
    taker = ladder.ticket().technician
    [mail] = ladder.notices(taker, "assigned")
    read = " ".join(text_of(mail).split())
    assert mail["Subject"] == "[HD-1001] Overdue: Printer jams"
    assert (
        "Please take over this ticket: the first response is overdue. Your reply to this mail goes to the requester."
        in read
    )
    assert "the first response was due on 4 Aug 2026, 14:00 WIB, and the requester still waits for it" in read
    assert f"{first.name} was told so on 4 Aug 2026, 14:00 WIB" in read
    assert "of those above level 1 in team support, you are there, free, and fit best" in read
    assert "The printer on floor 2 jams" in read
    [told] = ladder.notices(first.address, "reassigned")
    assert "was therefore asked to take over" in " ".join(text_of(told).split())
    [event] = events(ladder, EventKind.ESCALATED)
    assert (event.data["how"], event.data["from"], event.data["to"]) == ("functional", first.address, taker)
    assert "response is overdue, and somebody who knows more is needed: N" in event.reason

    ladder.wait(minutes=30)
    [mail] = ladder.notices(LENA, "escalation")
    read = " ".join(text_of(mail).split())
    assert "Please step in" in read
    assert f"14:00 WIB: {first.name} was told" in read
    assert "14:30 WIB: given to No" in read or "14:30 WIB: given to Ni" in read
    assert [event.data["how"] for event in events(ladder, EventKind.ESCALATED)] == ["functional", "hierarchical"]

    ladder.live(hours=40)
    assert len(events(ladder, EventKind.ESCALATED)) == 2
    assert len(events(ladder, EventKind.BREACHED)) == 1


def test_the_reply_of_whoever_took_over_goes_to_the_requester_and_ends_the_ladder(ladder: Helpdesk) -> None:
    overdue(ladder)
    ladder.wait(minutes=30)
    taker = Person(ladder, ladder.ticket().technician)

    taker.answers(taker.last, "I have seen it: the fuser is worn.")
    ladder.live(hours=5)

    assert "the fuser is worn" in text_of(ladder.notices("rita@client.example", "reply")[0])
    assert not ladder.notices(LENA, "escalation")


def test_specialists_who_are_away_or_busy_are_passed_over_and_skill_comes_first(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    skill = (
        '[[categories]]\nname = "printer"\nskill = "printing"\n'
        '[[rules]]\nid = "p"\nany = ["printer"]\ncategory = "printer"\n'
    )
    desk = helpdesk(database, tmp_path, now, more=MORE + skill)
    overdue(desk)
    desk.wait(minutes=30)
    assert desk.ticket().technician == NINA


def test_a_specialist_who_is_away_is_passed_over(ladder: Helpdesk) -> None:
    goes_away(ladder, NINA)
    overdue(ladder)
    ladder.wait(minutes=30)
    assert ladder.ticket().technician == "noor@example.com"


def test_without_a_specialist_the_ticket_stays_and_the_lead_reads_that_nobody_was_there(ladder: Helpdesk) -> None:
    first = ladder.technician_of()
    goes_away(ladder, NINA)
    goes_away(ladder, "noor@example.com")
    overdue(ladder)
    ladder.wait(minutes=30)

    assert ladder.ticket().technician == first.address
    [event] = events(ladder, EventKind.ESCALATED)
    assert event.reason == "nobody who is there stands above level 1 in team support; told nobody"
    ladder.wait(minutes=30)
    assert "nobody who may know more was free" in text_of(ladder.notices(LENA, "escalation")[0])


def test_only_the_priorities_that_demand_it_go_to_a_specialist_by_themselves(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = helpdesk(database, tmp_path, now, more=MORE.replace('specialist_for = ["normal"]', ""))
    first = desk.technician_of()
    overdue(desk)
    desk.wait(hours=1)
    assert desk.ticket().technician == first.address
    assert len(desk.notices(LENA, "escalation")) == 1


TEAMS = """
[[teams]]
name = "network"
calendar = "office"

[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["network"]

[calendars.office]
tue = ["08:00-17:00"]
wed = ["08:00-17:00"]

[escalation]
specialist_for = ["normal"]
"""


def test_a_team_without_specialists_hands_over_to_the_one_that_it_escalates_to(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(database, tmp_path, now, more=TEAMS)
    text = desk.path.read_text().replace(
        'lead = "lena@example.com"', 'lead = "lena@example.com"\nescalates_to = "network"'
    )
    desk.path.write_text(text)
    desk.reload()
    desk.rita.writes("Printer jams", "Please help.")
    overdue(desk)
    desk.wait(minutes=30)

    row = desk.ticket()
    assert (row.team, row.technician) == ("network", NINA)
    read = " ".join(text_of(desk.notices(NINA, "assigned")[0]).split())
    assert "team network helps where nobody of team support can" in read
    # What ran on the calendar of the first team stays; the rest runs on that of the second.
    assert row.elapsed_seconds == 4.5 * 3600
    assert row.running_since == desk.now


def test_a_team_whose_calendar_is_another_takes_over_the_time_that_was_used(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(database, tmp_path, now + timedelta(hours=8), more=TEAMS)  # 18:00: the other team has gone home.
    desk.rita.writes("Printer jams", "Please help.")
    technician = desk.technician_of()
    desk.now += timedelta(hours=2)

    technician.answers(technician.last, "#team network")

    row = desk.ticket()
    assert row.elapsed_seconds == 2 * 3600
    assert row.respond_by is not None
    assert row.respond_by.isoformat() == "2026-08-05T03:00:00+00:00"  # 08:00 in Jakarta, and the two hours left.


def test_escalating_by_hand_passes_over_whoever_is_away(ladder: Helpdesk) -> None:
    first = ladder.technician_of()
    goes_away(ladder, NINA)
    first.answers(first.last, "#escalate it is beyond me")
    assert ladder.ticket().technician == "noor@example.com"


def test_what_the_ladder_says_is_no_secret_that_stops_mail_to_the_requester(ladder: Helpdesk) -> None:
    overdue(ladder)
    ladder.wait(hours=1)
    taker = Person(ladder, ladder.ticket().technician)
    taker.answers(
        ladder.notices(taker.address, "assigned")[0], "The response is overdue, and nobody who may know more."
    )
    assert len(ladder.notices("rita@client.example", "reply")) == 1
    assert not events(ladder, EventKind.LEAK_BLOCKED)


def test_show_explains_the_clock_in_words(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    ticket.wait(hours=1)
    technician.answers(technician.last, "#wait 2h")
    ticket.wait(hours=2)
    technician.answers(technician.last, "#show")
    read = " ".join(text_of(ticket.notices(technician.address, "record")[0]).split())
    assert "The clock runs: 1 hour of business time are used." in read
    assert "It stood still for 2 hours of business time, while somebody or something was waited for." in read
    assert "Every hour of the week is business time." in read


DAN = "dan@example.com"
DEPUTY = f"""
[[technicians]]
email = "{DAN}"
name = "Dan Deputy"
"""


def with_deputy_of_lead(database: Database, path: Path, now: datetime) -> Helpdesk:
    desk = Helpdesk(database, path, now, more=DEPUTY)
    desk.path.write_text(desk.path.read_text().replace("level = 3\n", f'level = 3\ndeputy = "{DAN}"\n'))
    desk.reload()
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


def test_the_deputy_of_an_absent_lead_hears_what_the_lead_would(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = with_deputy_of_lead(database, tmp_path, now)
    goes_away(desk, LENA)

    overdue(desk)
    desk.live(hours=2)

    assert [mail["Subject"].count("HD-1001") for mail in desk.notices(DAN, "escalation")] == [1]


def test_where_everybody_is_away_the_deputy_of_the_lead_hears_of_all(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = with_deputy_of_lead(database, tmp_path, now)
    for address in (LENA, "tom@example.com", "tess@example.com"):
        goes_away(desk, address)

    desk.live(hours=8, step=timedelta(minutes=10))

    assert len(desk.notices(DAN, "warning")) == 1
    assert len(desk.notices(DAN, "escalation")) == 1


BOTH = """
[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["support"]
level = 2

[[technicians]]
email = "omar@example.com"
name = "Omar Office"
teams = ["support"]
level = 3

[escalation]
specialist_for = ["normal"]

[sla.normal]
first_response = "1h"
resolution = "1h"
"""


def test_of_two_promises_that_break_together_one_mail_tells_and_one_specialist_takes_over(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = helpdesk(database, tmp_path, now, BOTH)
    first = desk.technician_of().address

    desk.live(minutes=95, step=timedelta(minutes=5))

    assert len(desk.notices(first, "escalation")) == 1
    assert desk.ticket().technician == NINA
    handed = [event for event in events(desk, EventKind.ESCALATED) if event.data.get("how") == "functional"]
    assert len(handed) == 1


def test_who_took_over_has_time_before_a_still_higher_level_is_asked(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = helpdesk(database, tmp_path, now, BOTH)

    desk.live(minutes=90, step=timedelta(minutes=5))
    assert desk.ticket().technician == NINA
    desk.now += timedelta(minutes=30) - MINUTE
    desk.tick()
    assert desk.ticket().technician == NINA
    desk.now += MINUTE
    desk.tick()

    assert desk.ticket().technician == "omar@example.com"
