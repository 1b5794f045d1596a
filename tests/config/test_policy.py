import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest

from mailbot.config import Settings
from mailbot.config.service import LimitsSection
from mailbot.core import tokens
from mailbot.core.limits import Limits
from mailbot.core.model import Impact, Priority, Urgency
from mailbot.core.rules import Rule
from mailbot.policy import Policy

Build = Callable[..., Settings]
TODAY = date(2026, 11, 24)

PEOPLE = """
[[teams]]
name = "Desk"
lead = "lead@example.org"
[[teams]]
name = "network"
calendar = "office"
strategy = "round_robin"
[[technicians]]
email = "Second@example.org"
name = "Second"
teams = ["desk", "network"]
level = 2
[[technicians]]
email = "first@example.org"
name = "First"
teams = ["Desk"]
capacity = 5
[[categories]]
name = "Network"
team = "network"
default_impact = "department"
[[categories]]
name = "other"
[calendars.office]
timezone = "Asia/Jakarta"
mon = ["08:00-12:00", "13:00-17:00"]
tue = ["08:00-17:00"]
holidays = "ID"
add = [2026-12-24]
remove = ["2026-12-25"]
"""


@pytest.fixture
def policy(settings_of: Build) -> Policy:
    return Policy.build(settings_of(PEOPLE), today=TODAY)


def test_people_and_things_are_found_in_any_case(policy: Policy) -> None:
    directory = policy.directory
    second, first = directory.technician("SECOND@example.org"), directory.technician("first@example.org")
    assert second is not None
    assert second.capacity is None
    assert first is not None
    assert first.capacity == 5
    assert directory.lead_of("desk") == "lead@example.org"
    assert directory.categories["network"].default_impact is Impact.DEPARTMENT


def test_a_category_with_no_team_leaves_the_choice_to_the_mailbox(policy: Policy) -> None:
    assert policy.directory.categories["other"].team == ""
    assert policy.directory.categories["network"].team == "network"


def test_the_members_of_a_team_come_first_line_first(policy: Policy) -> None:
    assert [who.name for who in policy.members("DESK")] == ["First", "Second"]
    assert [who.name for who in policy.members("network")] == ["Second"]
    assert policy.members("nobody") == ()


def test_a_team_has_its_calendar_and_others_that_of_the_helpdesk(policy: Policy) -> None:
    assert policy.calendar_for("Network").name == "office"
    assert policy.calendar_for("desk").name == "always"
    assert policy.calendar_for("").name == "always"


def test_a_calendar_has_the_holidays_of_its_country_and_the_days_added_and_removed(policy: Policy) -> None:
    holidays = policy.calendar_for("network").holidays
    assert date(2026, 8, 17) in holidays  # Independence Day.
    assert date(2024, 8, 17) in holidays
    assert date(2028, 8, 17) in holidays
    assert date(2029, 8, 17) not in holidays
    assert date(2026, 12, 24) in holidays
    assert date(2026, 12, 25) not in holidays


def test_cuti_bersama_are_days_off_for_those_who_ask_for_them(settings_of: Build) -> None:
    more = '[calendars.{}]\nmon = ["08:00-17:00"]\nholidays = "ID"\nholiday_categories = [{}]\n'
    text = more.format("office", '"public", "government"') + more.format("shop", '"public"')
    policy = Policy.build(settings_of(text), today=TODAY)
    office, shop = policy.calendars["office"].holidays, policy.calendars["shop"].holidays
    assert date(2026, 3, 20) in office - shop  # Cuti bersama before Idul Fitri of the 21st and 22nd.
    assert {date(2026, 3, 21), date(2026, 3, 22)} <= office & shop


def test_mail_comes_in_the_hours_of_the_team_of_whoever_reads_it(settings_of: Build) -> None:
    text = PEOPLE.replace('lead = "lead@example.org"', 'lead = "lead@example.org"\ncalendar = "night"', 1)
    night = '[calendars.night]\nmon = ["20:00-24:00"]\n'
    policy = Policy.build(settings_of(text + night), today=TODAY)
    for address, team, inside, calendar in (
        ("second@example.org", "network", True, "office"),
        ("second@example.org", "DESK", True, "night"),
        ("first@example.org", "network", True, "night"),
        ("Lead@example.org", "network", True, "night"),
        ("second@example.org", "network", False, "always"),
        ("rita@client.example", "network", False, "always"),
    ):
        assert policy.hours_of(address, team, inside=inside).name == calendar, address


def test_every_hour_counts_in_the_built_in_calendar(policy: Policy) -> None:
    calendar = policy.calendar_for("desk")
    begin = datetime(2026, 12, 24, 10, 30, tzinfo=UTC)
    assert calendar.elapsed(begin, begin + timedelta(days=30)) == timedelta(days=30)
    assert calendar.add(begin, timedelta(days=7)) == begin + timedelta(days=7)


def test_business_time_stands_still_over_lunch_and_holidays(policy: Policy) -> None:
    calendar = policy.calendar_for("network")
    monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08:00 in Jakarta.
    assert calendar.elapsed(monday, monday + timedelta(days=1)) == timedelta(hours=8)
    independence_day = datetime(2026, 8, 17, 0, 0, tzinfo=UTC)  # A Monday.
    assert calendar.elapsed(independence_day, independence_day + timedelta(hours=12)) == timedelta(0)


def test_targets_of_zero_are_no_targets(settings_of: Build) -> None:
    policy = Policy.build(settings_of('[sla.low]\nresolution = "0"\n'), today=TODAY)
    assert policy.sla[Priority.LOW].resolution is None
    assert policy.sla[Priority.LOW].first_response == timedelta(hours=8)
    assert set(policy.sla) == set(Priority)


def test_the_matrix_has_every_impact_and_urgency(settings_of: Build) -> None:
    policy = Policy.build(settings_of('[priority.matrix]\nperson = { high = "critical" }\n'), today=TODAY)
    assert len(policy.matrix) == len(Impact) * len(Urgency)
    assert policy.matrix[Impact.PERSON, Urgency.HIGH] is Priority.CRITICAL
    assert policy.matrix[Impact.PERSON, Urgency.LOW] is Priority.LOW


def test_a_lead_who_is_no_registered_technician_may_decide_but_gets_no_tickets(settings_of: Build) -> None:
    policy = Policy.build(settings_of('[[teams]]\nname = "desk"\nlead = "Chief@example.org"\n'), today=TODAY)
    lead = policy.directory.technician("chief@example.org")
    assert lead is not None
    assert policy.members("desk") == ()


def test_a_target_of_zero_is_no_target(settings_of: Build) -> None:
    policy = Policy.build(settings_of('[sla.low]\nnext_update = "0"\n'), today=TODAY)
    assert policy.sla[Priority.LOW].next_update is None
    assert policy.sla[Priority.HIGH].next_update == timedelta(hours=4)


def test_our_own_addresses_are_known_in_lower_case(settings_of: Build) -> None:
    environ = {
        "MAILBOT_HELPDESK__ADDRESS": "Help@Example.org",
        "MAILBOT_SMTP__ENVELOPE_FROM": "bounces@example.org",
        "MAILBOT_MAILBOXES__SUPPORT__USERNAME": "Support@example.org",
    }
    extra = '[[mailboxes]]\nname="b"\nhost="imap.example.org"\nusername="login"\npassword="x"\n'
    policy = Policy.build(settings_of(extra, environ), today=TODAY)
    assert policy.own_addresses == {"help@example.org", "bounces@example.org", "support@example.org"}
    assert policy.hostname == "example.org"
    assert policy.envelope_from == "bounces@example.org"


def test_tags_find_their_numbers(settings_of: Build) -> None:
    environ = {"MAILBOT_HELPDESK__TAG": "IT-1", "MAILBOT_HELPDESK__LEGACY_TAGS": r'["\\[OLD#([0-9]+)\\]"]'}
    policy = Policy.build(settings_of("", environ), today=TODAY)
    ours, theirs = policy.tag_pattern.search("Re: [it-1-1042] x"), policy.legacy_tags[0].search("Re: [OLD#77]")
    assert ours is not None
    assert theirs is not None
    assert (ours.group(1), theirs.group(1)) == ("1042", "77")


def test_a_mailbox_says_what_its_mail_gets_and_a_forgotten_one_says_nothing(settings_of: Build) -> None:
    environ = {"MAILBOT_MAILBOXES__SUPPORT__TEAM": "support", "MAILBOT_MAILBOXES__SUPPORT__LANGUAGE": "id"}
    policy = Policy.build(settings_of("", environ), today=TODAY)
    box, gone = policy.mailbox("support"), policy.mailbox("gone")
    assert (box.team, box.category, box.language) == ("support", "", "id")
    assert (gone.team, gone.category, gone.language) == ("", "", "")


def rules_of(policy: Policy) -> list[Rule]:
    return [compiled.rule for compiled in policy.rules.rules]


def test_own_rules_come_before_the_starter_rules(settings_of: Build) -> None:
    own = '[[rules]]\nid = "mine"\nany = ["zebra"]\ncategory = "hardware"\n'
    both = rules_of(Policy.build(settings_of(own), today=TODAY))
    assert both[0].id == "mine"
    assert len(both) > 10
    environ = {"MAILBOT_HELPDESK__STARTER_RULES": "false"}
    assert [rule.id for rule in rules_of(Policy.build(settings_of(own, environ), today=TODAY))] == ["mine"]


def test_starter_rules_for_categories_that_do_not_exist_are_left_out(settings_of: Build) -> None:
    rules = rules_of(Policy.build(settings_of('[[categories]]\nname = "Network"\n'), today=TODAY))
    assert {rule.category for rule in rules if rule.category} == {"network"}


def test_the_default_categories_are_those_of_the_starter_rules(settings_of: Build) -> None:
    policy = Policy.build(settings_of(), today=TODAY)
    named = {rule.category for rule in rules_of(policy) if rule.category}
    assert named <= set(policy.directory.categories)
    assert [team.name for team in policy.directory.teams.values()] == ["support"]


def test_every_limit_can_be_configured(settings_of: Build) -> None:
    assert {limit.name for limit in fields(Limits)} <= set(LimitsSection.model_fields)
    policy = Policy.build(settings_of('[limits]\nsize = "1MiB"\ndepth = 7\n'), today=TODAY)
    assert policy.limits == Limits(size=1 << 20, depth=7)


def test_keys_are_in_no_text_about_the_policy(settings_of: Build) -> None:
    policy = Policy.build(settings_of(), "a database", today=TODAY)
    assert policy.keyring == tokens.bound([b"k" * 40], "a database")
    assert "k" * 40 not in repr(policy)
    assert "imap-secret" not in repr(policy)


def test_the_policy_loads_no_database_and_no_slow_library() -> None:
    heavy = ("sqlalchemy", "alembic", "holidays", "babel")
    code = f"import sys, mailbot.policy; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
