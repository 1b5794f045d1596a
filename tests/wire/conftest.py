"""Real servers for the tests over the wire, one of each kind for the whole session."""

import itertools
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers.certificates import Certificate, self_signed
from servers.dovecot import Dovecot

from mailbot.adapters.imap import ImapAccount, ImapMailbox

pytest.register_assert_rewrite("wire.day")  # Its failures shall say what differs, as those of the tests do.

ACCOUNTS = {f"support{number}": "s3cret word" for number in range(60)} | {"quoted name": 'pa"ss\\wörd'}
POOR = "IMAP4rev1 SASL-IR LOGIN-REFERRALS NAMESPACE UIDPLUS"
POOREST = "IMAP4rev1"

_numbers = itertools.count()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot that can do everything."""
    with Dovecot(ACCOUNTS) as server:
        yield server


@pytest.fixture(scope="session")
def poor_dovecot() -> Iterator[Dovecot]:
    """A Dovecot without MOVE and IDLE, whose folders are all below INBOX."""
    with Dovecot(ACCOUNTS, capability=POOR, prefix="INBOX.", separator=".") as server:
        yield server


@pytest.fixture(scope="session")
def poorest_dovecot() -> Iterator[Dovecot]:
    """A Dovecot that announces nothing beyond the base protocol."""
    with Dovecot(ACCOUNTS, capability=POOREST) as server:
        yield server


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificate]:
    """A good certificate, one for another host, one that has expired."""
    directory = tmp_path_factory.mktemp("certificates")
    return {
        "good": self_signed(directory),
        "other host": self_signed(directory, host="mail.example.org"),
        "expired": self_signed(directory, expired=True),
    }


@pytest.fixture(scope="session")
def tls_context(certificates: dict[str, Certificate]) -> ssl.SSLContext:
    """The TLS of a server with the good certificate."""
    return certificates["good"].server_context()


@pytest.fixture(scope="session")
def ca_file(certificates: dict[str, Certificate]) -> str:
    """What a client needs to trust the good certificate."""
    return str(certificates["good"].cert)


@pytest.fixture
def account_name() -> str:
    """The name of an account that no other test has used."""
    return f"support{next(_numbers)}"


@pytest.fixture
def open_mailbox() -> Iterator[Callable[..., ImapMailbox]]:
    """Makes a connected mailbox from an account; all are closed afterwards."""
    opened: list[ImapMailbox] = []

    def make(account: ImapAccount) -> ImapMailbox:
        mailbox = ImapMailbox(account)
        opened.append(mailbox)
        mailbox.connect()
        return mailbox

    yield make
    for mailbox in opened:
        mailbox.close()


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    """Where a sink in another process keeps its mails."""
    return tmp_path / "mails.jsonl"
