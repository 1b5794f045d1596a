"""Building what a process needs from the configuration: database, mailboxes, courier, policy and templates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailbot.adapters.db import Database
from mailbot.adapters.imap import ImapAccount, ImapMailbox
from mailbot.adapters.render import Renderer
from mailbot.adapters.smtp import Courier, SmtpServer
from mailbot.config import Settings
from mailbot.config.sections import MailboxSection
from mailbot.log import hide
from mailbot.notify import Desk
from mailbot.policy import Policy


def utc_now() -> datetime:
    """The time of the wall clock, aware and in UTC; the one place where the daemon reads it."""
    return datetime.now(UTC)


def build_desk(settings: Settings, identity: str = "") -> Desk:
    """The policy and the templates.

    Args:
        settings: The configuration.
        identity: Which database the mails are for (`mailbot.adapters.schema.identity`); whoever only wants to look at
            rules or templates needs none, and cannot make a mail then.

    Raises:
        ConfigError: A rule does not compile or a template is missing.
    """
    hide(*secrets_of(settings))
    directory = settings.helpdesk.templates_dir
    renderer = Renderer(Path(directory) if directory else None, settings.helpdesk.language)
    return Desk(Policy.build(settings, identity, labels=renderer.labels()), renderer)


def secrets_of(settings: Settings) -> list[str]:
    """What must never stand in a log: passwords, keys, and the database's address, which may hold a password."""
    passwords = [box.password for box in settings.mailboxes if box.password]
    if settings.smtp.password:
        passwords.append(settings.smtp.password)
    keys = [key.decode("utf-8", "replace") for key in settings.secret_keys]
    url = settings.database_url()
    return [*(password.get_secret_value() for password in passwords), *keys, *([url] if "@" in url else [])]


def build_database(settings: Settings) -> Database:
    """The database of the configuration; nothing is connected yet."""
    return Database(settings.database_url(), state_dir=settings.helpdesk.state_dir)


def build_mailbox(section: MailboxSection) -> ImapMailbox:
    """The connection to one mailbox; nothing is connected yet."""
    return ImapMailbox(
        ImapAccount(
            name=section.name,
            host=section.host,
            port=section.port,
            security=section.security,
            username=section.username,
            password=section.password.get_secret_value() if section.password else "",
            folder=section.folder,
            processed_folder=section.processed_folder,
            failed_folder=section.failed_folder,
            ca_file=section.ca_file,
            idle=section.idle,
        )
    )


def build_courier(settings: Settings) -> Courier:
    """The way to the SMTP server; nothing is connected yet."""
    smtp = settings.smtp
    return Courier(
        SmtpServer(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security,
            username=smtp.username,
            password=smtp.password.get_secret_value() if smtp.password else "",
            ca_file=smtp.ca_file,
        )
    )


@dataclass(slots=True)
class Current:
    """The policy and the templates that hold now; a reload swaps them as one."""

    desk: Desk

    def get(self) -> Desk:
        """What holds now."""
        return self.desk


Clock = Callable[[], datetime]
