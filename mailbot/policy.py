"""The configuration as the pipeline uses it: core values, looked up by name, built once and again on SIGHUP."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from mailbot.config.build import calendar_of, rule_of
from mailbot.config.settings import Settings
from mailbot.config.starter import starter_rules
from mailbot.config.values import compile_legacy_tag, is_addr_spec
from mailbot.core import threads, tokens
from mailbot.core.calendars import ALWAYS, Calendar
from mailbot.core.limits import Limits
from mailbot.core.model import Category, Directory, Impact, Priority, SlaTarget, Team, Technician, Urgency, Vendor
from mailbot.core.rules import Rule, RuleSet, compile_rules

Labels = Mapping[str, Sequence[tuple[str, str]]]
"""By kind of value, the words of mails for it, each with the value that it means."""
NO_LABELS: Labels = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MailboxPolicy:
    """What a mail gets from the mailbox it came in by; "" where the mailbox says nothing."""

    name: str
    team: str = ""
    category: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that decisions need besides the database. Nothing here changes: a reload builds a new one."""

    settings: Settings = field(repr=False)
    directory: Directory
    rules: RuleSet = field(repr=False)
    matrix: Mapping[tuple[Impact, Urgency], Priority]
    sla: Mapping[Priority, SlaTarget]
    calendars: Mapping[str, Calendar]
    limits: Limits
    own_addresses: frozenset[str]  # Addr-specs in lower case.
    tag: str
    tag_pattern: threads.Pattern
    legacy_tags: tuple[threads.Pattern, ...]
    zone: ZoneInfo
    language: str
    hostname: str  # The right-hand side of our Message-IDs, in lower case.
    keyring: tuple[bytes, ...] = field(repr=False)  # Of this database: what signs first, then what only verifies.

    @classmethod
    def build(
        cls, settings: Settings, identity: str = "", *, today: date | None = None, labels: Labels = NO_LABELS
    ) -> "Policy":
        """Build the policy of checked settings.

        Args:
            settings: What `mailbot.config.load` gave.
            identity: Which database the tokens are for; without it no mail can be made, and no answer is believed.
            today: The holidays of two years before and after this day are known; None = today (UTC).
            labels: What mails call the values of categories and the like; commands take these words too.

        Raises:
            ValueError: the settings were never checked, and a calendar or a rule in them cannot be built.
        """
        today = today or datetime.now(UTC).date()
        helpdesk = settings.helpdesk
        directory = _directory(settings, labels)
        return cls(
            settings=settings,
            directory=directory,
            rules=compile_rules([*map(rule_of, settings.rules), *_starter_rules(settings, directory)]),
            matrix=_matrix(settings),
            sla=_sla(settings),
            calendars=_calendars(settings, today),
            limits=limits_of(settings),
            own_addresses=frozenset(_own_addresses(settings)),
            tag=helpdesk.tag,
            tag_pattern=threads.subject_pattern(helpdesk.tag),
            legacy_tags=tuple(compile_legacy_tag(pattern) for pattern in helpdesk.legacy_tags),
            zone=ZoneInfo(helpdesk.timezone),
            language=helpdesk.language,
            hostname=settings.hostname.lower(),
            keyring=tokens.bound(settings.secret_keys, identity),
        )

    @property
    def helpdesk_address(self) -> str:
        """The addr-spec that requesters write to and that our mail comes from."""
        return self.settings.helpdesk.address

    @property
    def envelope_from(self) -> str:
        """The reverse-path of our mail (RFC 5321 s.3.3) where it is not null."""
        return self.settings.envelope_from

    def calendar_for(self, team: str) -> Calendar:
        """The business calendar of a team; that of the helpdesk for a team that names none or is not known."""
        found = self.directory.teams.get(team.lower())
        name = (found.calendar if found else "") or self.settings.helpdesk.calendar
        return self.calendars[name.lower()]

    def hours_of(self, address: str, team: str, *, inside: bool) -> Calendar:
        """The calendar whose hours count for mail to somebody.

        That is the one of a technician's team (`inside`), of whichever has the ticket if he serves or leads it; for
        requesters it is that of the helpdesk.
        """
        who = self.directory.technician(address) if inside else None
        if who is None:
            return self.calendar_for("")
        led = [one.name for one in self.directory.teams.values() if one.lead.lower() == who.email.lower()]
        his = [*who.teams, *led]
        served = team if team.lower() in map(str.lower, his) else next(iter(his), "")
        return self.calendar_for(served)

    def mailbox(self, name: str) -> MailboxPolicy:
        """What a mailbox says of its mail; nothing, if the mailbox is gone from the configuration."""
        for box in self.settings.mailboxes:
            if box.name == name:
                return MailboxPolicy(name, box.team, box.category, box.language)
        return MailboxPolicy(name)

    def members(self, team: str) -> tuple[Technician, ...]:
        """The technicians of a team, the first line first, in the order of the configuration."""
        folded = team.lower()
        found = [who for who in self.directory.technicians.values() if folded in map(str.lower, who.teams)]
        return tuple(sorted(found, key=lambda who: who.level))


def _directory(settings: Settings, labels: Labels) -> Directory:
    technicians = [
        Technician(
            email=who.email,
            name=who.name,
            teams=who.teams,
            level=who.level,
            skills=who.skills,
            capacity=who.capacity or None,
            language=who.language,
            deputy=who.deputy.lower(),
        )
        for who in settings.technicians
    ]
    teams = [Team(team.name, team.lead, team.calendar, team.strategy, team.escalates_to) for team in settings.teams]
    # A lead who is not registered is asked about held mail all the same, and his answer must count: he is known by his
    # address, belongs to no team, and is given no ticket automatically.
    known = {who.email.lower() for who in technicians}
    leads = dict.fromkeys(team.lead for team in teams if team.lead and team.lead.lower() not in known)
    technicians.extend(Technician(email=lead, name=lead) for lead in leads)
    categories = [
        Category(item.name, item.team, item.default_impact, item.default_urgency, item.skill)
        for item in settings.categories
    ]
    known_categories = {category.name.lower() for category in categories}
    # Mails name more categories than a helpdesk with its own ones has.
    names = [(label, value) for label, value in labels.get("category", ()) if value in known_categories]
    vendors = [Vendor(one.name, one.address, one.language) for one in settings.vendors]
    return Directory(
        vendors={vendor.name.lower(): vendor for vendor in vendors},
        technicians={who.email.lower(): who for who in technicians},
        teams={team.name.lower(): team for team in teams},
        categories={category.name.lower(): category for category in categories},
        labels={**labels, "category": names},
    )


def _starter_rules(settings: Settings, directory: Directory) -> list[Rule]:
    """The rules shipped, but for those whose category this helpdesk does not have."""
    if not settings.helpdesk.starter_rules:
        return []
    own = {rule.id for rule in settings.rules}
    return [
        rule_of(rule)
        for rule in starter_rules()
        if rule.id not in own and (not rule.category or rule.category.lower() in directory.categories)
    ]


def _matrix(settings: Settings) -> Mapping[tuple[Impact, Urgency], Priority]:
    matrix = settings.priority.matrix
    return {
        (impact, urgency): getattr(getattr(matrix, impact.value), urgency.value)
        for impact in Impact
        for urgency in Urgency
    }


def _sla(settings: Settings) -> Mapping[Priority, SlaTarget]:
    sections = {priority: getattr(settings.sla, priority.value) for priority in Priority}
    return {
        priority: SlaTarget(section.first_response or None, section.next_update or None, section.resolution or None)
        for priority, section in sections.items()
    }


def _calendars(settings: Settings, today: date) -> Mapping[str, Calendar]:
    zone = settings.helpdesk.timezone
    calendars = {name.lower(): calendar_of(name, section, zone, today) for name, section in settings.calendars.items()}
    return calendars | {ALWAYS.name: ALWAYS}


def limits_of(settings: Settings) -> Limits:
    """What a message may cost."""
    known = Limits.__dataclass_fields__
    return Limits(**{name: value for name, value in settings.limits.model_dump().items() if name in known})


def _own_addresses(settings: Settings) -> Iterable[str]:
    yield settings.helpdesk.address.lower()
    yield settings.envelope_from.lower()
    for box in settings.mailboxes:
        if is_addr_spec(box.username):
            yield box.username.lower()
