"""The errors that mailbot raises on purpose; everything else is a bug and is quarantined."""


class MailbotError(Exception):
    """The base of every error that mailbot raises on purpose."""


class ConfigError(MailbotError):
    """The configuration cannot be used: its text names file, line, key and what is allowed (exit code 78)."""


class UsageError(MailbotError):
    """A command was called with words that it does not understand (exit code 64)."""


class SchemaError(MailbotError):
    """The database is missing, too old or too new: its text says which command mends that (exit code 78)."""


class DatabaseLostError(SchemaError):
    """The database file was removed or replaced while it was in use (exit code 78)."""


class TransientError(MailbotError):
    """A server failed in a way that may pass: try again later (exit code 69 or 75)."""


class PermanentError(MailbotError):
    """A server refused for good: trying the same again is pointless."""


class AlreadyRunningError(MailbotError):
    """Another daemon holds the state directory (exit code 75)."""


class AlreadyDisposedError(MailbotError):
    """Another node, or another thread, was quicker with the same line of the ledger."""


class CorruptRawError(MailbotError):
    """A stored raw message no longer has the digest under which it was stored."""
