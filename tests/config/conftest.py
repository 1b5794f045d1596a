from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.config import Settings, loads
from mailbot.errors import ConfigError

# Fifteen lines: what a test adds begins at line 16.
BASE = f"""\
[helpdesk]
address = "support@example.org"

[[mailboxes]]
name = "support"
host = "imap.example.org"
username = "support@example.org"
password = "imap-secret"

[smtp]
host = "smtp.example.org"

[security]
secret_key = "{"k" * 40}"

"""

FILE = Path("/etc/mailbot/config.toml")


@pytest.fixture
def base() -> str:
    return BASE


@pytest.fixture
def settings_of() -> Callable[..., Settings]:
    def build(extra: str = "", environ: dict[str, str] | None = None) -> Settings:
        return loads(BASE + extra, environ or {}, file=FILE)

    return build


@pytest.fixture
def problems_of() -> Callable[..., list[str]]:
    """The lines of the error that a text causes, without the name of the file."""

    def find(text: str, environ: dict[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            loads(text, environ or {}, file=FILE)
        return str(caught.value).replace(str(FILE), "F").splitlines()

    return find


@pytest.fixture
def secret_file(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, text: str, mode: int = 0o600) -> Path:
        path = tmp_path / name
        path.write_text(text)
        path.chmod(mode)
        return path

    return write
