"""From a file and an environment to checked settings; every problem is found in one go."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from mailbot.config.checks import cross_check
from mailbot.config.clockchecks import clock_check
from mailbot.config.environment import from_environment
from mailbot.config.problems import Origins, Problem, from_validation, render
from mailbot.config.secretfiles import from_files
from mailbot.config.sections import HelpdeskSection, SmtpSection
from mailbot.config.settings import TABLES, Settings, resolve, to_numbered
from mailbot.config.shape import Path as Keys
from mailbot.config.shape import kind_at, model_of
from mailbot.config.tomllines import key_lines
from mailbot.errors import ConfigError

DEFAULT_PATH = Path("/etc/mailbot/config.toml")
_PATHS = frozenset(
    {"ca_file", "password_file", "secret_key_file", "old_secret_key_files", "state_dir", "templates_dir"}
)
_STAND_INS: Mapping[str, str] = {"address": "stand-in@invalid", "email": "stand-in@invalid", "host": "localhost"}
_TABLE = re.compile(r"\('[^()]{0,500}\)")  # A path of keys as Python writes it.
_NAME = re.compile(r"'([^']*)'")
_HINTS: Mapping[str, str] = {
    "Cannot overwrite a value": "this key is there already: remove one of the two",
    "Illegal character '\\n'": "the line ends within a text: its closing quote is missing",
    "Invalid value": 'a text needs quotes, as "text"; a number, true and false need none',
    "Unterminated string": "its closing quote is missing",
    "Unclosed array": "its closing ] is missing",
}
_NAMES = frozenset({"name", "id"})


class _Source(PydanticBaseSettingsSource):
    """One layer of values, already read; pydantic-settings merges the layers key by key."""

    def __init__(self, values: dict[Any, Any]) -> None:
        super().__init__(Settings)
        self.values = values

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value of one top-level key, as the base class asks for it."""
        del field
        return self.values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values of this layer."""
        return self.values


def find_file(path: Path | None, environ: Mapping[str, str]) -> Path:
    """The configuration file: the argument, else `$MAILBOT_CONFIG`, else `/etc/mailbot/config.toml`."""
    return path or Path(environ.get("MAILBOT_CONFIG") or DEFAULT_PATH)


def load(path: Path | None, environ: Mapping[str, str], *, serving: bool = True) -> Settings:
    """Read and check the configuration.

    The environment wins over secret files and credentials, those over the file, the file over the defaults.

    Args:
        path: The TOML file; None = `$MAILBOT_CONFIG`, else `/etc/mailbot/config.toml`.
        environ: The environment variables, `CREDENTIALS_DIRECTORY` among them.
        serving: Whether mail is to be read and sent. Who only looks at the database, rules or templates needs neither
            passwords nor keys nor certificates: they are not read then, and may be missing.

    Raises:
        ConfigError: something is wrong; the text has one line for each problem: file, line, section, key, what is
            allowed. It never holds the value of a secret.
    """
    file = find_file(path, environ)
    text = _read(file)
    return loads(text, environ, file=file, serving=serving)


def defaults() -> Settings:
    """The settings of a helpdesk that configures nothing: enough to try rules and templates with."""
    return Settings(helpdesk=HelpdeskSection(address="helpdesk@example.com"), smtp=SmtpSection(host="localhost"))


def loads(text: str, environ: Mapping[str, str], *, file: Path, serving: bool = True) -> Settings:
    """Check a configuration given as text; `file` names it in errors, and relative paths are taken from its folder.

    Raises:
        ConfigError: as `load`.
    """
    toml = _parse(text, file)
    environment = from_environment(environ, toml)
    files = from_files(environ, toml, environment, serving=serving)
    origins = Origins(str(file), key_lines(text), {**files.origins, **environment.origins})
    problems = [*environment.problems, *files.problems]
    layers = [environment.values, files.values, {key: to_numbered(value) for key, value in toml.items()}]
    settings, found, nameless = _build(layers)
    problems += found
    if settings is not None:
        problems += _later(settings, problems, serving=serving, nameless=nameless)
    if settings is None or problems:
        raise ConfigError(render(problems, origins))
    return settings


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except IsADirectoryError:
        inside = file / DEFAULT_PATH.name
        hint = f"did you mean {inside}?" if inside.is_file() else "name the file itself with --config"
        raise ConfigError(f"{file}: is a folder, not a file; {hint}") from None
    except FileNotFoundError:
        hint = "run `mailbot init` to write one, or name another with --config or MAILBOT_CONFIG"
        raise ConfigError(f"{file}: there is no such file; {hint}") from None
    except OSError as error:
        hint = "call mailbot as the account that owns it, or name another with --config"
        raise ConfigError(f"{file}: cannot be read: {error.strerror}; {hint}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def _parse(text: str, file: Path) -> dict[str, Any]:
    try:
        toml = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_syntax(str(error), text, file)) from None
    except RecursionError:
        raise ConfigError(f"{file}: is nested too deeply to be a configuration") from None
    return {key: _resolved(value, file.parent) for key, value in toml.items()}


def _syntax(message: str, text: str, file: Path) -> str:
    """Turn "Invalid value (at line 3, column 5)" into "FILE:3:5: TOML syntax: Invalid value"."""
    what, _, place = message.rpartition(" (at ")
    digits = [int(word) for word in place.replace(",", "").replace(")", "").split() if word.isdigit()]
    # Otherwise it says "at end of document".
    line, column = digits if len(digits) == 2 else (text.count("\n") + 1, len(text) - text.rfind("\n"))
    return f"{file}:{line}:{column}: TOML syntax: {_in_words(what or message)}; allowed: see https://toml.io"


def _in_words(message: str) -> str:
    """What tomllib says, with tables as an operator writes them, and with what to do about the common mistakes."""
    plain = _TABLE.sub(lambda found: f"[{'.'.join(_NAME.findall(found[0]))}]", message)
    if plain.endswith(" twice"):
        return f"{plain}; put all its keys below one header, or write [[...]] for each of several tables"
    hint = next((hint for start, hint in _HINTS.items() if plain.startswith(start)), "")
    return f"{plain}; {hint}" if hint else plain


def _resolved(value: Any, base: Path, key: str = "") -> Any:
    """Take relative paths in the file as paths beside the file."""
    if isinstance(value, dict):
        return {name: _resolved(item, base, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, base, key) for item in value]
    return resolve(value, base) if key in _PATHS and isinstance(value, str) else value


class _Built(NamedTuple):
    settings: Settings | None
    problems: list[Problem]
    nameless: bool = False  # Something without its name is in it: whatever refers to a name cannot be judged.


def _build(layers: list[dict[Any, Any]]) -> _Built:
    """Merge and validate.

    Settings that fail are built once more without what failed, so that the cross checks can report their problems in
    the same go; they are None when too much is missing for that.
    """
    sources: tuple[PydanticBaseSettingsSource, ...] = tuple(_Source(layer) for layer in layers)
    try:
        # pydantic-settings documents this argument, and its underscore hides it from type checkers.
        return _Built(cast("Any", Settings)(_build_sources=(sources, {})), [])
    except ValidationError as error:
        problems = from_validation(error)
    nameless = any(problem.path[0] in TABLES and problem.path[-1] in _NAMES for problem in problems)
    merged: dict[Any, Any] = {}
    for layer in reversed(layers):
        _merge(merged, layer)
    for problem in problems:
        _mend(merged, problem)
    try:
        return _Built(Settings(**merged), problems, nameless)
    except ValidationError:
        return _Built(None, problems)


def _merge(into: dict[Any, Any], layer: Mapping[Any, Any]) -> None:
    for key, value in layer.items():
        if isinstance(value, dict):
            under = into.get(key)
            into[key] = dict(under) if isinstance(under, dict) else {}
            _merge(into[key], value)
        else:
            into[key] = value


def _mend(merged: dict[Any, Any], problem: Problem) -> None:
    """Take away the value that failed, or put a stand-in where one is missing."""
    table: Any = merged
    for number, key in enumerate(problem.path):
        last = number == len(problem.path) - 1
        under = table.get(key) if isinstance(table, dict) else None
        if last or not isinstance(under, dict):
            break
        table = under
    if not isinstance(table, dict):
        return
    table.pop(key, None)
    if problem.missing or _is_required(problem.path):
        table[key] = _STAND_INS.get(str(key), "stand-in")


def _is_required(path: Keys) -> bool:
    model = model_of(kind_at(path[:-1]))
    found = model.model_fields.get(str(path[-1])) if model is not None else None
    return found is not None and found.is_required()


def _later(settings: Settings, earlier: list[Problem], *, serving: bool, nameless: bool) -> list[Problem]:
    """The problems of the later checks, without those that only follow from an earlier problem."""
    paths: set[Keys] = {problem.path for problem in earlier if problem.path}
    secrets_of_files = {(*path[:-1], str(path[-1]).removesuffix("_file")) for path in paths if path}
    torn = {path[:2] for path in paths}
    found = [*([] if nameless else cross_check(settings, serving=serving)), *clock_check(settings)]
    return [
        item
        for item in found
        if item.path not in paths | secrets_of_files and not (item.whole and item.path[:2] in torn)
    ]
