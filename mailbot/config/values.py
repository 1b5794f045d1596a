"""The kinds of value that a configuration may hold, each with a check that says what is allowed."""

import ipaddress
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import re2
from pydantic import AfterValidator, BeforeValidator, TypeAdapter, ValidationError

from mailbot.config.zones import suggest_zone
from mailbot.core import durations

_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_SIZE = re.compile(r"([0-9]{1,12}) ?(B|KiB|MiB|GiB)")
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,15}")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?")


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        # pydantic collects only ValueError, so this is none of TypeError's business.
        raise ValueError(  # noqa: TRY004 - for the reason above.
            'is not a duration; allowed: a text with a unit, as "90s", "15m", "4h", "2d"'
        )
    if value.strip() == "0":
        return timedelta(0)
    return durations.parse(value)


def _not_negative(value: timedelta) -> timedelta:
    if value < timedelta(0):
        raise ValueError('must not be negative; allowed: "0" or longer')
    return value


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError('must be longer than nothing; allowed: as "90s", "15m", "4h", "2d"')
    return value


def _size(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    size = int(found[1]) * _UNITS[found[2]] if found else 0
    if size <= 0:
        raise ValueError('is not a size; allowed: as "25MiB", "256KiB", or a number of bytes')
    return size


def is_addr_spec(text: str) -> bool:
    """Say whether a text is an addr-spec (RFC 5322 s.3.4.1) as helpdesks use them: a dot-atom, "@", a domain."""
    local, at, domain = text.rpartition("@")
    if not at or len(text) > 254 or len(local) > 64:
        return False
    return bool(_LOCAL_PART.fullmatch(local)) and all(_LABEL.fullmatch(label) for label in domain.split("."))


def _addr_spec(value: str) -> str:
    if not is_addr_spec(value):
        raise ValueError(f'"{value}" is not a mail address; allowed: as support@example.org, with no name beside it')
    local, _, domain = value.rpartition("@")
    return f"{local}@{domain.lower()}"


def _addr_spec_or_nothing(value: str) -> str:
    return _addr_spec(value) if value else ""


def _domain_or_nothing(value: str) -> str:
    fine = len(value) <= 253 and all(_LABEL.fullmatch(label) for label in value.split("."))
    if value and not fine:
        raise ValueError(f'"{value}" is not a domain name; allowed: as helpdesk.example.org')
    return value.lower()


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # ZoneInfo raises ValueError for keys that look like paths and OSError for the names of directories.
        what = f'"{value}" is not a time zone; allowed: an IANA name, as "Asia/Jakarta" or "UTC"'
        raise ValueError(f"{what}{suggest_zone(value)}") from None
    return value


def _zone_or_nothing(value: str) -> str:
    return _zone(value) if value else ""


def _name(value: str) -> str:
    fine = len(value) <= 64 and value[:1].isalnum() and all(char.isalnum() or char in "._-" for char in value)
    if not fine:
        raise ValueError(f'"{value}" is not a name; allowed: one word of letters, digits, ".", "_" and "-"')
    return value


def _tag(value: str) -> str:
    if not _TAG.fullmatch(value):
        raise ValueError(f'"{value}" is not a tag; allowed: a letter, then letters, digits and "-", 16 in all')
    return value


def _host(value: str) -> str:
    bare = _filled(value).strip().removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        labels = value.removesuffix(".").split(".")
        if all(label and all(char.isalnum() or char in "-_" for char in label) for label in labels):
            return value
    else:
        return bare
    name, colon, port = value.rpartition(":")
    hint = f'; did you mean host = "{name}" and port = {port}?' if name and colon and port.isdigit() else ""
    raise ValueError(f'"{value}" is not the name of a server; allowed: as mail.example.org, or an IP address{hint}')


def _directory(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty; name a directory, as /var/lib/mailbot")
    return value


def _language(value: str) -> str:
    if value and not _LANGUAGE.fullmatch(value):
        raise ValueError(f'"{value}" is not a language; allowed: a code, as "en" or "id"')
    return value


def _time_of_day_or_nothing(value: str) -> str:
    if value and not _TIME_OF_DAY.fullmatch(value):
        raise ValueError(f'"{value}" is not a time of day; allowed: hours and minutes, as "07:30", or ""')
    return value


def _one_line(value: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise ValueError("must be one line with no control characters")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return _one_line(value)


def compile_legacy_tag(pattern: str) -> "re2.Pattern[str]":
    """Compile the pattern of an older system's subject tag; its one group is the ticket's number.

    Raises:
        ValueError: RE2 cannot compile it, or it has not exactly one group.
    """
    options = re2.Options()
    options.log_errors = False  # RE2 would print to stderr by itself.
    try:
        compiled = re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args else "unknown"
        raise ValueError(f"cannot be compiled by RE2: {reason}") from None
    if compiled.groups != 1:
        raise ValueError(f"has {compiled.groups} groups; allowed: exactly one, around the digits of the number")
    return compiled


def _legacy_tag(value: str) -> str:
    compile_legacy_tag(value)
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_not_negative)]
"""A duration that may be "0", which turns off what it governs."""
PositiveDuration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_positive)]
"""A duration longer than nothing."""
Size = Annotated[int, BeforeValidator(_size)]
"""A size in bytes, written as "25MiB"."""
AddrSpec = Annotated[str, AfterValidator(_addr_spec)]
"""An addr-spec, the domain in lower case."""
OptionalAddrSpec = Annotated[str, AfterValidator(_addr_spec_or_nothing)]
"""An addr-spec, or "" for none."""
Zone = Annotated[str, AfterValidator(_zone)]
"""An IANA time zone name."""
OptionalZone = Annotated[str, AfterValidator(_zone_or_nothing)]
"""An IANA time zone name, or "" for the helpdesk's."""
Name = Annotated[str, AfterValidator(_name)]
"""The name of a thing that commands and rules refer to: one word."""
Tag = Annotated[str, AfterValidator(_tag)]
"""The letters before a ticket's number in a subject."""
Language = Annotated[str, AfterValidator(_language)]
"""A language code, or "" for the helpdesk's language."""
LegacyTag = Annotated[str, AfterValidator(_legacy_tag)]
"""An RE2 pattern that finds the number of a ticket of an older system in a subject."""
OneLine = Annotated[str, AfterValidator(_one_line)]
"""A text that may go into a header."""
Filled = Annotated[str, AfterValidator(_filled)]
"""A text that may go into a header and is not empty."""
Host = Annotated[str, AfterValidator(_host)]
"""The name or the address of a server."""
OptionalTimeOfDay = Annotated[str, AfterValidator(_time_of_day_or_nothing)]
"""A time of day in 24 hours, as "07:30", or "" for none."""
Directory = Annotated[Path, BeforeValidator(_directory)]
"""A directory, which must be named."""
OptionalDomain = Annotated[str, AfterValidator(_domain_or_nothing)]
"""A domain name in lower case, or "" for none."""


def read_as(kind: Any, text: str) -> str:
    """A text as one of the kinds of text above, as the configuration would have it.

    Raises:
        ValueError: it is none; the text says what is allowed.
    """
    try:
        return str(TypeAdapter(kind).validate_python(text))
    except ValidationError as error:
        raise ValueError(str(error.errors()[0]["ctx"]["error"])) from None
