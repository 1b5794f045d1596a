"""The sections about time, limits, keys and retention: what each key means is said in `config.example.toml`."""

from datetime import date, time, timedelta
from typing import Annotated, Any

from pydantic import Field, SecretStr, model_validator

from mailbot.config.sections import Section
from mailbot.config.values import (
    Duration,
    OneLine,
    OptionalAddrSpec,
    OptionalDomain,
    OptionalTimeOfDay,
    OptionalZone,
    PositiveDuration,
    Size,
)
from mailbot.core.limits import Limits
from mailbot.core.model import Impact, Priority, Urgency
from mailbot.core.priority import DEFAULT_MATRIX

Count = Annotated[int, Field(ge=1)]
_LIMITS = Limits()
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def _filled(data: Any, defaults: dict[str, dict[str, Any]]) -> Any:
    """Fill a table of tables: a table that sets some keys keeps the defaults of the others."""
    if not isinstance(data, dict):
        return data
    return data | {name: {**row, **data[name]} for name, row in defaults.items() if isinstance(data.get(name), dict)}


class MatrixRow(Section):
    """The priorities of one impact, by urgency."""

    low: Priority
    medium: Priority
    high: Priority


def _row(impact: Impact) -> dict[str, Priority]:
    return {urgency.value: DEFAULT_MATRIX[impact, urgency] for urgency in Urgency}


_ROWS: dict[str, dict[str, Any]] = {impact.value: dict(_row(impact)) for impact in Impact}


class MatrixSection(Section):
    """`[priority.matrix]`: impact and urgency make the priority."""

    person: MatrixRow = MatrixRow(**_row(Impact.PERSON))
    department: MatrixRow = MatrixRow(**_row(Impact.DEPARTMENT))
    organisation: MatrixRow = MatrixRow(**_row(Impact.ORGANISATION))

    @model_validator(mode="before")
    @classmethod
    def _keep_defaults(cls, data: Any) -> Any:
        return _filled(data, _ROWS)


class PrioritySection(Section):
    """`[priority]`."""

    matrix: MatrixSection = MatrixSection()


class SlaTargets(Section):
    """`[sla.PRIORITY]`: targets in business time of the team's calendar; "0" = no such target."""

    first_response: Duration
    next_update: Duration
    resolution: Duration


_SLA: dict[str, dict[str, timedelta]] = {
    "critical": {"first_response": 15 * _MINUTE, "next_update": _HOUR, "resolution": 4 * _HOUR},
    "high": {"first_response": _HOUR, "next_update": 4 * _HOUR, "resolution": 8 * _HOUR},
    "normal": {"first_response": 4 * _HOUR, "next_update": _DAY, "resolution": 3 * _DAY},
    "low": {"first_response": 8 * _HOUR, "next_update": 2 * _DAY, "resolution": 5 * _DAY},
}


class SlaSection(Section):
    """`[sla]`: one table per priority."""

    critical: SlaTargets = SlaTargets(**_SLA["critical"])
    high: SlaTargets = SlaTargets(**_SLA["high"])
    normal: SlaTargets = SlaTargets(**_SLA["normal"])
    low: SlaTargets = SlaTargets(**_SLA["low"])

    @model_validator(mode="before")
    @classmethod
    def _keep_defaults(cls, data: Any) -> Any:
        return _filled(data, _SLA)


class CalendarSection(Section):
    """`[calendars.NAME]`: the hours in which a team works, in local time, and the days off."""

    timezone: OptionalZone = ""
    mon: tuple[str, ...] = ()
    tue: tuple[str, ...] = ()
    wed: tuple[str, ...] = ()
    thu: tuple[str, ...] = ()
    fri: tuple[str, ...] = ()
    sat: tuple[str, ...] = ()
    sun: tuple[str, ...] = ()
    holidays: str = ""
    holiday_categories: tuple[str, ...] = ("public",)
    add: tuple[date, ...] = ()
    remove: tuple[date, ...] = ()

    @property
    def week(self) -> tuple[tuple[str, ...], ...]:
        """The windows of the seven days, Monday first."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)


class StatusUpdatesSection(Section):
    """`[status_updates]`: whether requesters are told how things stand; `next_update` of the SLA says when."""

    enabled: bool = True


class PendingSection(Section):
    """`[pending]`: what happens while a ticket waits for its requester."""

    remind_after: PositiveDuration = 2 * _DAY
    reminders: Annotated[int, Field(ge=0, le=10)] = 2
    close_after: Duration = 7 * _DAY


class ClosingSection(Section):
    """`[closing]`: when a resolved ticket closes, and how long a closed one may be reopened."""

    resolved_after: PositiveDuration = 3 * _DAY
    reopen_window: Duration = 14 * _DAY


class EscalationSection(Section):
    """`[escalation]`: when a technician is warned, and who hears of a breach, and when."""

    warn_at: Annotated[float, Field(ge=0, le=0.99)] = 0.8
    specialist_after: Duration = 30 * _MINUTE
    specialist_for: tuple[Priority, ...] = (Priority.CRITICAL, Priority.HIGH)
    lead_after: Duration = _HOUR


class DailySection(Section):
    """`[daily]`: what is sent once on each working day, in the recipient's morning."""

    worklist: bool = True
    overview: bool = True
    balance: bool = True
    operator: OptionalAddrSpec = ""
    at: OptionalTimeOfDay = ""
    empty: bool = False

    @property
    def time_of_day(self) -> time | None:
        """The time of day that is wished for; None = when the recipient's work begins."""
        return time.fromisoformat(self.at) if self.at else None


class RemoteSupportSection(Section):
    """`[remote_support]`: what #remote sends to the requester; without a text and a link the command is refused."""

    link: OneLine = ""
    text: dict[str, str] = Field(default_factory=dict)


class SurveysSection(Section):
    """`[surveys]`: one question after a ticket is closed."""

    enabled: bool = True
    delay: Duration = _HOUR
    valid: PositiveDuration = 7 * _DAY
    min_interval: Duration = 30 * _DAY


class LimitsSection(Section):
    """`[limits]`: what a message may cost, and how much mail goes out by itself."""

    size: Size = _LIMITS.size
    header_block: Size = _LIMITS.header_block
    header: Size = _LIMITS.header
    headers: Count = _LIMITS.headers
    depth: Annotated[int, Field(ge=1, le=100)] = _LIMITS.depth
    parts: Count = _LIMITS.parts
    addresses: Count = _LIMITS.addresses
    line: Size = _LIMITS.line
    text: Size = _LIMITS.text
    lines: Count = _LIMITS.lines
    parameters: Count = _LIMITS.parameters
    batch_count: Annotated[int, Field(ge=1, le=1000)] = 50
    batch_bytes: Size = 32 << 20
    per_address_day: Count = 20
    per_ticket_address_day: Count = 5
    global_hour: Count = 1000
    routine_per_minute: Annotated[int, Field(ge=0)] = 30
    acknowledgements_per_address_hour: Count = 3
    tickets_per_address_hour: Annotated[int, Field(ge=1, le=10_000)] = 10
    attachments_out: Size = 20 << 20


class SecuritySection(Section):
    """`[security]`: the keys that sign tokens, how long a token lives, and what else proves a technician's mail."""

    secret_key: SecretStr | None = None
    secret_key_file: str = ""
    old_secret_keys: tuple[SecretStr, ...] = ()
    old_secret_key_files: tuple[str, ...] = ()
    token_days: Annotated[int, Field(ge=1, le=3650)] = 14
    requester_token_days: Annotated[int, Field(ge=1, le=3650)] = 365
    undo_for: PositiveDuration = _DAY
    authserv_id: OptionalDomain = ""
    dkim: bool = False

    @property
    def technician_token_age(self) -> timedelta:
        """How old a technician's token may be."""
        return timedelta(days=self.token_days)

    @property
    def requester_token_age(self) -> timedelta:
        """How old a requester's token may be."""
        return timedelta(days=self.requester_token_days)


class RetentionSection(Section):
    """`[retention]`: how long raw and sent messages are kept; "0" = for ever."""

    raw: Duration = timedelta(0)
    sent: Duration = timedelta(0)
