"""What the configuration says of proofs beside tokens."""

from pathlib import Path

import pytest

from mailbot.config import checks, loads
from mailbot.errors import ConfigError

FILE = Path("/etc/mailbot/config.toml")


def test_signatures_are_checked_only_where_the_packages_for_it_are_there(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = base.replace("[security]\n", "[security]\ndkim = true\n")
    assert loads(text, {}, file=FILE).security.dkim
    monkeypatch.setattr(checks, "find_spec", lambda name: None if name == "dkim" else object())

    with pytest.raises(ConfigError, match="dkim: needs packages that are not installed; run: pip install dkimpy"):
        loads(text, {}, file=FILE)
    assert not loads(base, {}, file=FILE).security.dkim


@pytest.mark.parametrize("value", ["mx example.com", "a@b.example", "x;y"])
def test_the_name_of_the_border_server_is_a_domain(base: str, value: str) -> None:
    with pytest.raises(ConfigError, match="authserv_id"):
        loads(base.replace("[security]\n", f'[security]\nauthserv_id = "{value}"\n'), {}, file=FILE)


def test_the_name_of_the_border_server_is_compared_without_case(base: str) -> None:
    text = base.replace("[security]\n", '[security]\nauthserv_id = "MX.Example.Com"\n')

    assert loads(text, {}, file=FILE).security.authserv_id == "mx.example.com"
