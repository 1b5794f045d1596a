"""The sections of the configuration file: what each key means is said in `config.example.toml`.

Every section is frozen, refuses unknown keys, and hides its input in errors, because the input may be a secret.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from mailbot.config.values import (
    AddrSpec,
    Directory,
    Duration,
    Filled,
    Host,
    Language,
    LegacyTag,
    Name,
    OneLine,
    OptionalAddrSpec,
    OptionalDomain,
    PositiveDuration,
    Tag,
    Zone,
)
from mailbot.core.model import Impact, Strategy, Urgency

Security = Literal["tls", "starttls", "none"]
Port = Annotated[int, Field(ge=1, le=65535)]
_IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}


class Section(BaseModel):
    """What all sections have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HelpdeskSection(Section):
    """`[helpdesk]`: who we are."""

    address: AddrSpec
    name: OneLine = "Helpdesk"
    language: Language = "en"
    timezone: Zone = "Asia/Jakarta"
    calendar: Name = "always"
    tag: Tag = "HD"
    legacy_tags: tuple[LegacyTag, ...] = ()
    state_dir: Directory = Path("/var/lib/mailbot")
    templates_dir: str = ""
    starter_rules: bool = True
    subaddress: bool = False
    hostname: OptionalDomain = ""
    signature: str = ""
    late_after: PositiveDuration = timedelta(hours=4)
    undo_window: Duration = timedelta(seconds=30)


class DatabaseSection(Section):
    """`[database]`: where tickets live. The URL may hold a password, so it is a secret."""

    url: SecretStr = SecretStr("sqlite:///{state_dir}/mailbot.db")


def _with_port(data: Any, ports: dict[str, int], security: str) -> Any:
    """Fill in the port that belongs to the kind of security, where none is given."""
    if not isinstance(data, dict) or "port" in data:
        return data
    port = ports.get(str(data.get("security", security)))
    return data if port is None else {**data, "port": port}


class MailboxSection(Section):
    """One of `[[mailboxes]]`: an IMAP folder that requesters write to."""

    name: Name
    host: Host
    port: Port = 993
    security: Security = "tls"
    username: Filled
    password: SecretStr | None = None
    password_file: str = ""
    folder: Filled = "INBOX"
    processed_folder: OneLine = "Processed"
    failed_folder: OneLine = ""
    idle: bool = True
    poll: PositiveDuration = timedelta(seconds=60)
    team: str = ""
    category: str = ""
    language: Language = ""
    ca_file: str = ""
    allow_insecure: bool = False

    @model_validator(mode="before")
    @classmethod
    def _port(cls, data: Any) -> Any:
        return _with_port(data, _IMAP_PORTS, "tls")


class SmtpSection(Section):
    """`[smtp]`: the server that sends our mail."""

    host: Host
    port: Port = 587
    security: Security = "starttls"
    username: OneLine = ""
    password: SecretStr | None = None
    password_file: str = ""
    envelope_from: OptionalAddrSpec = ""
    ca_file: str = ""
    allow_insecure: bool = False
    batch: Annotated[int, Field(ge=1, le=1000)] = 50
    give_up_after: PositiveDuration = timedelta(days=5)
    rate_per_minute: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="before")
    @classmethod
    def _port(cls, data: Any) -> Any:
        return _with_port(data, _SMTP_PORTS, "starttls")


class TeamSection(Section):
    """One of `[[teams]]`."""

    name: Name
    lead: OptionalAddrSpec = ""
    calendar: str = ""
    strategy: Strategy = Strategy.LEAST_LOADED
    escalates_to: str = ""


class TechnicianSection(Section):
    """One of `[[technicians]]`."""

    email: AddrSpec
    name: Filled
    teams: tuple[str, ...] = ()
    level: Annotated[int, Field(ge=1, le=9)] = 1
    skills: tuple[str, ...] = ()
    capacity: Annotated[int, Field(ge=0)] = 0
    language: Language = ""
    deputy: OptionalAddrSpec = ""


class VendorSection(Section):
    """One of `[[vendors]]`."""

    name: Filled
    address: AddrSpec
    language: Language = ""


class CategorySection(Section):
    """One of `[[categories]]`."""

    name: Name
    team: str = ""
    default_impact: Impact = Impact.PERSON
    default_urgency: Urgency = Urgency.MEDIUM
    skill: str = ""


class RuleSection(Section):
    """One of `[[rules]]`."""

    id: Name
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    category: str = ""
    impact: Impact | None = None
    urgency: Urgency | None = None
    team: str = ""
    tags: tuple[str, ...] = ()
    language: Language = ""
    action: str = ""
    score: int = 0
    stop: bool = False
