"""Whether a DKIM signature is valid: the only place that names dkimpy and dnspython (the extra `dkim`).

Both are loaded when a signature is checked for the first time; most helpdesks never do.
"""

import logging
from collections.abc import Callable

import structlog

_log = structlog.get_logger("mailbot.signed")

SECONDS = 3.0
"""How long a look-up in the DNS may take."""
_SMALLEST_KEY = 1024  # Bits; RFC 8301 s.3.2.
_MAX_SIZE = 8 * 1024 * 1024
_LONGEST_BLANK = 80
_BLANKS = bytes.maketrans(b"\t", b" ")

Lookup = Callable[[str], str]
"""Gives the TXT record of a name in the DNS, "" if there is none or if it cannot be had."""

# What it has to say of a message, it says with a stranger's words.
_SILENT = logging.getLogger("mailbot.dkimpy")
_SILENT.setLevel(logging.CRITICAL + 1)


def lookup(name: str) -> str:
    """Asks the resolvers of the system."""
    import dns.exception  # noqa: PLC0415 - of an extra that few helpdesks have.
    import dns.resolver  # noqa: PLC0415 - the same.

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
        records = [b"".join(record.strings) for record in answer]
    except (dns.exception.DNSException, OSError, ValueError) as error:
        _log.info("no_dkim_key", error=type(error).__name__)
        return ""
    # RFC 6376 s.3.6.2.2: with several records for a name the result is undefined.
    return records[0].decode("ascii", "replace") if len(records) == 1 else ""


def is_valid(raw: bytes, index: int, find: Lookup) -> bool:
    """Whether one of the signatures of a message is valid over its bytes as they were received.

    Args:
        raw: The message.
        index: Which signature, counted from 0 at the top.
        find: Finds keys.
    """
    if len(raw) > _MAX_SIZE or b" " * _LONGEST_BLANK in raw.translate(_BLANKS):
        return False  # dkimpy looks at long blanks in quadratic time.
    import dkim  # noqa: PLC0415 - of an extra that few helpdesks have.

    def key_of(name: bytes, timeout: float = SECONDS) -> bytes:  # noqa: ARG001 - the time limit is that of `find`.
        record = find(name.decode("ascii").rstrip("."))
        return b"" if _is_test(record) else record.encode("ascii")

    try:
        return bool(dkim.DKIM(raw, logger=_SILENT, minkey=_SMALLEST_KEY).verify(idx=index, dnsfunc=key_of))
    except Exception as error:  # noqa: BLE001 - hostile messages and keys make it raise almost anything; none is valid.
        _log.info("dkim_not_valid", error=type(error).__name__)
        return False


def _is_test(record: str) -> bool:
    """Whether the owner of a key only tries it: then its signatures say nothing (RFC 6376 s.3.6.1, t=y)."""
    flags = [part.partition("=")[2] for part in record.split(";") if part.partition("=")[0].strip() == "t"]
    return any("y" in [flag.strip() for flag in value.split(":")] for value in flags)
