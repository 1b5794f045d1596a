"""The systemd files, judged by systemd itself and by what the daemon really does."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot import daemon
from mailbot.cli import cli
from mailbot.cli.common import EXIT_CONFIG

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "mailbot.service"
CREDENTIALS = DEPLOY / "mailbot.service.d" / "20-credentials.conf"
WORST_EXPOSURE = 11  # Tenths; what is left is the network of the host and the socket of sd_notify.


def run(*command: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0]) or shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        pytest.fail(f"{command[0]} is not installed, and this test needs it: apt-get install systemd")
    return subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """A copy that starts a program which is there, as systemd refuses others."""
    copy = tmp_path / "mailbot.service"
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text()))
    return copy


def complaints(unit: Path) -> list[str]:
    """What systemd says of our files; other units of this machine are not our concern."""
    result = run("systemd-analyze", "verify", "--man=no", str(unit))
    return [line for line in result.stderr.splitlines() if "mailbot" in line]


def settings(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_systemd_finds_nothing_to_complain_about(unit: Path) -> None:
    assert complaints(unit) == []


@pytest.mark.parametrize("typo", ["ProtectSytem=strict", "WatchdogSec=often", "SystemCallFilter=@no-such-group"])
def test_a_mistake_in_the_unit_would_be_noticed(typo: str, unit: Path) -> None:
    unit.write_text(unit.read_text().replace("UMask=0077", typo))
    assert complaints(unit) != []


def exposure(unit: Path, worst: int = WORST_EXPOSURE) -> subprocess.CompletedProcess[str]:
    return run("systemd-analyze", "security", "--offline=true", f"--threshold={worst}", str(unit))


def test_the_service_is_as_shut_in_as_it_can_be(unit: Path) -> None:
    result = exposure(unit)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("line", ["PrivateUsers=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "User=mailbot"])
def test_a_wall_that_is_taken_down_would_be_noticed(line: str, unit: Path) -> None:
    assert line in unit.read_text()
    unit.write_text(unit.read_text().replace(f"{line}\n", ""))
    assert exposure(unit).returncode != 0


def test_the_example_of_an_address_list_closes_one_more_door(unit: Path) -> None:
    assert exposure(unit, WORST_EXPOSURE - 1).returncode != 0
    shutil.copytree(DEPLOY / "mailbot.service.d", unit.parent / "mailbot.service.d")
    assert complaints(unit) == []
    assert exposure(unit, WORST_EXPOSURE - 1).returncode == 0


def test_the_unit_starts_a_command_that_exists() -> None:
    (start,) = settings(UNIT)["ExecStart"]
    program, *arguments = start.split()
    assert program.endswith("/bin/mailbot")
    result = CliRunner().invoke(cli, [*arguments, "--help"])
    assert result.exit_code == 0, result.output
    assert "Run the daemon" in result.output


def test_times_and_exit_codes_fit_those_of_the_daemon() -> None:
    found = settings(UNIT)
    assert found["RestartPreventExitStatus"] == [str(EXIT_CONFIG)]
    assert float(found["WatchdogSec"][0]) >= 2 * daemon.HEARTBEAT_EVERY.total_seconds()
    assert float(found["TimeoutStopSec"][0]) > daemon.STOP_WITHIN


def test_the_credentials_are_those_that_the_configuration_looks_for() -> None:
    example = (DEPLOY.parent / "config.example.toml").read_text()
    names = [value.partition(":")[0] for value in settings(CREDENTIALS)["LoadCredential"]]
    assert names == ["imap.password", "smtp.password", "secret.key"]
    for name in names:
        assert name in example
    folder = "/etc/mailbot/credentials"
    assert settings(CREDENTIALS)["LoadCredential"] == [f"{name}:{folder}/{name}" for name in names]
    assert f"d {folder} 0700 root root" in (DEPLOY / "mailbot.tmpfiles.conf").read_text()


def test_the_user_of_the_unit_is_made_by_its_sysusers_file(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    result = run("systemd-sysusers", f"--root={tmp_path}", str(DEPLOY / "mailbot.sysusers.conf"))
    assert result.returncode == 0, result.stderr
    name, _password, uid, *_rest, home, shell = (etc / "passwd").read_text().strip().split(":")
    assert [name] == settings(UNIT)["User"] == settings(UNIT)["Group"]
    assert int(uid) < 1000
    assert (home, Path(shell).name) == ("/var/lib/mailbot", "nologin")


def test_the_folders_of_the_configuration_are_made_by_the_tmpfiles_file(tmp_path: Path) -> None:
    result = run("systemd-tmpfiles", f"--root={tmp_path}", "--create", str(DEPLOY / "mailbot.tmpfiles.conf"))
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "etc/mailbot/credentials").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "etc/mailbot").stat().st_mode & 0o777 == 0o755


def test_the_unit_and_its_drop_ins_are_in_the_form_that_systemd_reads() -> None:
    for path in [UNIT, *sorted((DEPLOY / "mailbot.service.d").glob("*.conf"))]:
        parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
        parser.read_string(path.read_text())
        assert set(parser.sections()) <= {"Unit", "Service", "Install"}
