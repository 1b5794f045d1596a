"""The whole configuration as one frozen value."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mailbot.config.sections import (
    CategorySection,
    DatabaseSection,
    HelpdeskSection,
    MailboxSection,
    RuleSection,
    SmtpSection,
    TeamSection,
    TechnicianSection,
    VendorSection,
)
from mailbot.config.service import (
    CalendarSection,
    ClosingSection,
    DailySection,
    EscalationSection,
    LimitsSection,
    PendingSection,
    PrioritySection,
    RemoteSupportSection,
    RetentionSection,
    SecuritySection,
    SlaSection,
    StatusUpdatesSection,
    SurveysSection,
)
from mailbot.config.starter import starter_categories

TABLES: Mapping[str, str] = {
    "mailboxes": "name",
    "teams": "name",
    "technicians": "name",
    "vendors": "name",
    "categories": "name",
    "rules": "id",
}
"""The arrays of tables, and the key by which the environment names one of their tables."""

ALWAYS = "always"
"""The name of the built-in calendar in which every hour is a business hour."""


class Settings(BaseSettings):
    """The configuration, checked and frozen. `Settings(**data)` reads neither files nor the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    helpdesk: HelpdeskSection
    database: DatabaseSection = DatabaseSection()
    mailboxes: tuple[MailboxSection, ...] = ()
    smtp: SmtpSection
    teams: tuple[TeamSection, ...] = (TeamSection(name="support"),)
    technicians: tuple[TechnicianSection, ...] = ()
    vendors: tuple[VendorSection, ...] = ()
    categories: tuple[CategorySection, ...] = Field(default_factory=starter_categories)
    rules: tuple[RuleSection, ...] = ()
    priority: PrioritySection = PrioritySection()
    sla: SlaSection = SlaSection()
    calendars: dict[str, CalendarSection] = {}
    status_updates: StatusUpdatesSection = StatusUpdatesSection()
    pending: PendingSection = PendingSection()
    closing: ClosingSection = ClosingSection()
    escalation: EscalationSection = EscalationSection()
    surveys: SurveysSection = SurveysSection()
    daily: DailySection = DailySection()
    remote_support: RemoteSupportSection = RemoteSupportSection()
    limits: LimitsSection = LimitsSection()
    security: SecuritySection = SecuritySection()
    retention: RetentionSection = RetentionSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing behind the caller's back: `load` names its own layers.

        The stock sources ignore unknown environment variables in silence and cannot reach into arrays of tables.
        """
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @model_validator(mode="before")
    @classmethod
    def _tables(cls, data: Any) -> Any:
        """Turn the numbered tables that the layers merge back into arrays."""
        if not isinstance(data, dict):
            return data
        return data | {name: from_numbered(data[name]) for name in TABLES if name in data}

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the helpdesk shows times."""
        return ZoneInfo(self.helpdesk.timezone)

    def database_url(self) -> str:
        """The database's URL with `{state_dir}` filled in. It may hold a password: never log it."""
        return self.database.url.get_secret_value().replace("{state_dir}", str(self.helpdesk.state_dir))

    @property
    def hostname(self) -> str:
        """The right-hand side of our Message-IDs: as configured, else the domain of the helpdesk's address."""
        return self.helpdesk.hostname or self.helpdesk.address.rpartition("@")[2]

    @property
    def envelope_from(self) -> str:
        """The reverse-path of what we send: as configured, else the helpdesk's address."""
        return self.smtp.envelope_from or self.helpdesk.address

    @property
    def secret_keys(self) -> tuple[bytes, ...]:
        """The keys of tokens, the current one first, then those that still verify old tokens."""
        current = (self.security.secret_key,) if self.security.secret_key else ()
        return tuple(key.get_secret_value().encode() for key in (*current, *self.security.old_secret_keys))


def to_numbered(value: Any) -> Any:
    """Turn an array of tables into tables under their numbers, so that layers can be merged key by key."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return dict(enumerate(value))
    return value


def from_numbered(value: Any) -> Any:
    """Turn what `to_numbered` made back into an array; anything else stays, for the validation to refuse."""
    if isinstance(value, dict) and all(isinstance(number, int) for number in value):
        return [value[number] for number in sorted(value)]
    return value


def resolve(path: str, base: Path) -> str:
    """Take a relative path as one beside the configuration file; "" stays ""."""
    return str(base / path) if path else ""
