"""Checks across sections: whether names that refer to something find it, and whether the parts fit together."""

import ipaddress
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from mailbot.config.problems import Problem, not_one_of
from mailbot.config.sections import MailboxSection, SmtpSection
from mailbot.config.settings import ALWAYS, Settings
from mailbot.config.shape import Path as Keys
from mailbot.core.tags import is_tag, proposed

LANGUAGES = frozenset({"en", "id"})
"""The languages whose templates are shipped."""
SHORTEST_KEY = 32
"""The fewest characters of a secret key: 32 of base64 are 192 bits."""
_T = TypeVar("_T")


def cross_check(settings: Settings, *, serving: bool = True) -> Iterator[Problem]:
    """Yield every problem that no section can see alone; what only matters to servers of mail where `serving`."""
    yield from _duplicates(settings)
    yield from _references(settings)
    yield from _tags(settings)
    yield from _languages(settings)
    yield from _mailboxes(settings)
    yield from _insecure(("smtp", "security"), settings.smtp)
    yield from _files(settings)
    yield from _loops(settings)
    yield from _times(settings)
    if serving:
        yield from _passwords(settings)
        yield from _certificates(settings)
        yield from _keys(settings)


def _numbered(section: str, items: Sequence[_T], key: str) -> Iterator[tuple[Keys, _T]]:
    return (((section, number, key), item) for number, item in enumerate(items))


def _twice(section: str, key: str, values: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value.casefold() in seen:
            yield Problem((section, number, key), f'"{value}" is there twice; allowed: each {key} once')
        seen.add(value.casefold())


def _duplicates(settings: Settings) -> Iterator[Problem]:
    yield from _twice("mailboxes", "name", (mailbox.name for mailbox in settings.mailboxes))
    yield from _twice("teams", "name", (team.name for team in settings.teams))
    yield from _twice("technicians", "email", (technician.email for technician in settings.technicians))
    yield from _twice("vendors", "name", (vendor.name for vendor in settings.vendors))
    yield from _twice("categories", "name", (category.name for category in settings.categories))
    yield from _twice("rules", "id", (rule.id for rule in settings.rules))
    seen: set[tuple[str, int, str, str]] = set()
    for number, box in enumerate(settings.mailboxes):
        place = (box.host.lower(), box.port, box.username, box.folder)
        if place in seen:
            what = f'"{box.name}" reads the same folder of the same account as another mailbox; remove one of them'
            yield Problem(("mailboxes", number, "name"), what)
        seen.add(place)


def _known(path: Keys, name: str, names: Iterable[str], what: str) -> Iterator[Problem]:
    allowed = list(names)
    if name and name.casefold() not in {known.casefold() for known in allowed}:
        yield Problem(path, not_one_of(name, allowed, what))


def _references(settings: Settings) -> Iterator[Problem]:
    teams = [team.name for team in settings.teams]
    categories = [category.name for category in settings.categories]
    calendars = [ALWAYS, *settings.calendars]
    yield from _known(("helpdesk", "calendar"), settings.helpdesk.calendar, calendars, "calendar")
    for path, team in _numbered("teams", settings.teams, "calendar"):
        yield from _known(path, team.calendar, calendars, "calendar")
    for path, team in _numbered("teams", settings.teams, "escalates_to"):
        yield from _known(path, team.escalates_to, [name for name in teams if name != team.name], "team")
    for path, technician in _numbered("technicians", settings.technicians, "teams"):
        for name in technician.teams:
            yield from _known(path, name, teams, "team")
    people = [technician.email for technician in settings.technicians]
    for path, technician in _numbered("technicians", settings.technicians, "deputy"):
        others = [email for email in people if email.casefold() != technician.email.casefold()]
        yield from _known(path, technician.deputy, others, "technician")
    for path, category in _numbered("categories", settings.categories, "team"):
        yield from _known(path, category.team, teams, "team")
    for path, box in _numbered("mailboxes", settings.mailboxes, "team"):
        yield from _known(path, box.team, teams, "team")
    for path, rule in _numbered("rules", settings.rules, "team"):
        yield from _known(path, rule.team, teams, "team")
    for path, box in _numbered("mailboxes", settings.mailboxes, "category"):
        yield from _known(path, box.category, categories, "category")
    for path, rule in _numbered("rules", settings.rules, "category"):
        yield from _known(path, rule.category, categories, "category")


def _tags(settings: Settings) -> Iterator[Problem]:
    """Find tags in rules that `#tag` could neither give nor take away, since there blanks part two tags."""
    for path, rule in _numbered("rules", settings.rules, "tags"):
        for tag in rule.tags:
            if not is_tag(tag):
                meant = proposed(tag)
                hint = f'; did you mean "{meant}"?' if is_tag(meant) else ""
                yield Problem(path, f'"{tag}" is no tag; allowed: one word of letters, digits and . _ - /{hint}')


def _languages(settings: Settings) -> Iterator[Problem]:
    own = Path(settings.helpdesk.templates_dir) if settings.helpdesk.templates_dir else None
    named: list[tuple[Keys, str]] = [(("helpdesk", "language"), settings.helpdesk.language)]
    named += [(path, box.language) for path, box in _numbered("mailboxes", settings.mailboxes, "language")]
    named += [(path, who.language) for path, who in _numbered("technicians", settings.technicians, "language")]
    named += [(path, vendor.language) for path, vendor in _numbered("vendors", settings.vendors, "language")]
    named += [(path, rule.language) for path, rule in _numbered("rules", settings.rules, "language")]
    for path, language in named:
        if language and language not in LANGUAGES and not (own and (own / language).is_dir()):
            what = f'there are no templates for "{language}"; allowed: {", ".join(sorted(LANGUAGES))}'
            yield Problem(path, f'{what}, or a folder "{language}" in templates_dir of [helpdesk]')
    if not settings.helpdesk.language:
        yield Problem(("helpdesk", "language"), f"is empty; allowed: {', '.join(sorted(LANGUAGES))}")


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine, so that its traffic cannot be read on the way."""
    if host.lower() in {"localhost", "localhost.localdomain", "ip6-localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _insecure(path: Keys, server: MailboxSection | SmtpSection) -> Iterator[Problem]:
    if server.security == "none" and not server.allow_insecure and not is_loopback(server.host):
        what = f'"none" would send the password to {server.host} in clear; allowed: tls, starttls'
        yield Problem(path, f"{what} (or set allow_insecure = true)")


def _mailboxes(settings: Settings) -> Iterator[Problem]:
    if not settings.mailboxes:
        yield Problem(("mailboxes",), "is missing; write one [[mailboxes]] with name, host, username at least")
    for number, box in enumerate(settings.mailboxes):
        yield from _insecure(("mailboxes", number, "security"), box)
        for key, folder in (("processed_folder", box.processed_folder), ("failed_folder", box.failed_folder)):
            if folder == box.folder:
                what = f'"{folder}" is the folder that is read; allowed: another folder'
                yield Problem(("mailboxes", number, key), f'{what}, or "" to mark messages and leave them there')


def _passwords(settings: Settings) -> Iterator[Problem]:
    for number, box in enumerate(settings.mailboxes):
        if not box.password or not box.password.get_secret_value():
            name = "".join(char if char.isascii() and char.isalnum() else "_" for char in box.name.upper())
            what = f'is missing for "{box.name}"; set password_file, or MAILBOT_MAILBOXES__{name}__PASSWORD'
            yield Problem(("mailboxes", number, "password"), f"{what}, or the credential {box.name}.imap.password")
    smtp = settings.smtp
    if smtp.username and not smtp.password:
        what = "is missing; set password_file, or MAILBOT_SMTP__PASSWORD, or the credential smtp.password"
        yield Problem(("smtp", "password"), f"{what} (or leave username empty for a server that asks for none)")
    if smtp.password and not smtp.username:
        yield Problem(("smtp", "username"), "is missing; there is a password, so say whose it is")


def _files(settings: Settings) -> Iterator[Problem]:
    templates = settings.helpdesk.templates_dir
    if templates and (trouble := _trouble(templates, "a folder")):
        yield Problem(("helpdesk", "templates_dir"), f"{trouble}; make it, or leave this empty")
    url = settings.database_url()
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        what = "starts with an unknown word; allowed: sqlite:///PATH, postgresql+psycopg://NAME:PASSWORD@HOST/DATABASE"
        yield Problem(("database", "url"), what)


def _certificates(settings: Settings) -> Iterator[Problem]:
    named: list[tuple[Keys, str]] = [(("smtp", "ca_file"), settings.smtp.ca_file)]
    named += [(path, box.ca_file) for path, box in _numbered("mailboxes", settings.mailboxes, "ca_file")]
    for path, name in named:
        if name and (trouble := _trouble(name, "a file")):
            yield Problem(path, f'{trouble}; name a PEM file, or "" for the certificates of the system')


def _trouble(name: str, kind: str) -> str:
    """Why a file or folder is of no use to us, "" if it is there and may be read."""
    try:
        mode = Path(name).stat().st_mode
    except OSError as error:
        return f"{name}: {(error.strerror or 'it cannot be looked at').lower()}"
    if not (stat.S_ISDIR(mode) if kind == "a folder" else stat.S_ISREG(mode)):
        return f"{name} is not {kind}"
    return "" if os.access(name, os.R_OK) else f"{name} may not be read by the account that calls mailbot"


def _loops(settings: Settings) -> Iterator[Problem]:
    """Find addresses of people that are our own: mail to them would come back as tickets."""
    own = {settings.helpdesk.address.lower(), settings.envelope_from.lower()}
    own |= {box.username.lower() for box in settings.mailboxes}
    named = [(path, team.lead) for path, team in _numbered("teams", settings.teams, "lead")]
    named += [(path, who.email) for path, who in _numbered("technicians", settings.technicians, "email")]
    named += [(path, vendor.address) for path, vendor in _numbered("vendors", settings.vendors, "address")]
    named.append((("daily", "operator"), settings.daily.operator))
    for path, address in named:
        if address.lower() in own:
            what = f'"{address}" is an address of the helpdesk itself, so notices would come back as tickets'
            yield Problem(path, f"{what}; allowed: the address of a person")


def _keys(settings: Settings) -> Iterator[Problem]:
    if settings.security.secret_key is None:
        what = "is missing; `mailbot init` makes one, or set secret_key_file, or MAILBOT_SECURITY__SECRET_KEY"
        yield Problem(("security", "secret_key"), f"{what}, or the credential secret.key")
    elif len(settings.security.secret_key.get_secret_value()) < SHORTEST_KEY:
        what = f"is too short to be a key; allowed: {SHORTEST_KEY} random characters or more"
        yield Problem(("security", "secret_key"), f"{what}, as from: head -c 32 /dev/urandom | base64")
    for key in settings.security.old_secret_keys:
        if len(key.get_secret_value()) < SHORTEST_KEY:
            what = f"holds a key that is too short; allowed: {SHORTEST_KEY} random characters or more"
            yield Problem(("security", "old_secret_keys"), what)
    if settings.security.dkim and not all(map(find_spec, ("dkim", "dns"))):
        what = "needs packages that are not installed; run: pip install dkimpy dnspython, or write false"
        yield Problem(("security", "dkim"), what)


def _times(settings: Settings) -> Iterator[Problem]:
    pending = settings.pending
    if timedelta(0) < pending.close_after <= pending.remind_after * pending.reminders:
        what = "comes before the last reminder; allowed: longer than reminders x remind_after"
        yield Problem(("pending", "close_after"), f'{what}, or "0" to never close')
    for name in ("critical", "high", "normal", "low"):
        targets = getattr(settings.sla, name)
        if timedelta(0) < targets.resolution < targets.first_response:
            what = "is shorter than first_response; allowed: the same or longer"
            yield Problem(("sla", name, "resolution"), f'{what}, or "0" for no target')
