"""What an installation gets: the wheel, built as pip builds it, holds everything that mailbot reads at run time."""

import configparser
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def build(kind: str, source: Path, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"the {kind} was not built; is hatchling installed?\n{done.stdout}{done.stderr}"
    (found,) = [path for path in out.iterdir() if path.suffix in {".whl", ".gz"}]
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def tracked(folder: str, pattern: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_every_module_is_in_the_wheel(wheel: Path) -> None:
    modules = tracked("mailbot", "*.py")
    assert len(modules) > 20
    assert modules - names(wheel) == set()


def test_every_file_that_is_no_module_is_in_the_wheel_too(wheel: Path) -> None:
    others = tracked("mailbot", "*") - tracked("mailbot", "*.py[co]")
    assert {"mailbot/starter_rules.toml", "mailbot/migrations/script.py.mako"} <= others
    assert others - names(wheel) == set()


def test_every_template_is_in_the_wheel(wheel: Path) -> None:
    templates = {f"mailbot/{name}" for name in tracked("templates", "*")}
    assert len(templates) > 40
    assert templates - names(wheel) == set()


def test_the_example_of_a_configuration_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("mailbot/config.example.toml") == (ROOT / "config.example.toml").read_bytes()


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    strangers = {name for name in names(wheel) if not name.startswith(("mailbot/", "mailbot-"))}
    assert strangers == set()
    assert not [name for name in names(wheel) if "__pycache__" in name or name.endswith((".db", ".pyc"))]


def test_the_wheel_says_its_name_version_and_command(wheel: Path) -> None:
    info = f"mailbot-{PROJECT['version']}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{info}/METADATA").decode()
        commands = configparser.ConfigParser()
        commands.read_string(archive.read(f"{info}/entry_points.txt").decode())
    assert re.search(rf"(?m)^Version: {re.escape(PROJECT['version'])}$", metadata)
    assert dict(commands["console_scripts"]) == {"mailbot": "mailbot.cli:main"}


def test_a_wheel_built_from_the_source_archive_is_the_same(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    (tmp_path / "out").mkdir()
    assert names(build("wheel", source, tmp_path / "out")) == names(wheel)


def test_the_source_archive_holds_what_an_operator_needs(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}
    wanted = tracked("deploy", "*") | tracked("requirements", "*.txt") | {"README.md", "CHANGELOG.md", "LICENSE"}
    assert wanted - found == set()
