"""Secrets from files: those that a `*_file` key names, and systemd's credentials."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from mailbot.config.environment import Layer
from mailbot.config.problems import Problem
from mailbot.config.shape import Path as Keys

_MOST = 64 << 10


def from_files(
    environ: Mapping[str, str], toml: Mapping[str, Any], environment: Layer, *, serving: bool = True
) -> Layer:
    """Read every secret file that the file or the environment names, else the credential of the same purpose.

    Secrets that an environment variable already gives are not looked for; where no mail is served, none but the
    database's is.
    """
    layer = Layer()
    directory = environ.get("CREDENTIALS_DIRECTORY", "")
    credentials = Path(directory) if directory else None
    mailboxes = _list(toml.get("mailboxes"))
    # A mailbox that is no table is refused later; a password must not hide that.
    whole = all(isinstance(mailbox, dict) for mailbox in mailboxes)
    names = [str(mailbox.get("name", "")) for mailbox in mailboxes] if whole else []
    if not serving:
        if environment.get(("database", "url")) is None:
            _read_one(layer, ("database", "url"), "", credentials, ("database.url",))
        return layer
    wanted: list[tuple[Keys, tuple[str, ...]]] = [
        (("database", "url"), ("database.url",)),
        (("smtp", "password"), ("smtp.password",)),
        (("security", "secret_key"), ("secret.key",)),
    ]
    wanted += [
        (("mailboxes", number, "password"), (f"{name}.imap.password", "imap.password"))
        for number, name in enumerate(names)
    ]
    for path, credential_names in wanted:
        if environment.get(path) is None:
            _read_one(layer, path, _named_file(path, toml, environment), credentials, credential_names)
    _old_keys(layer, toml, environment)
    if credentials is not None:
        _unknown_mailboxes(layer, credentials, names)
    return layer


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _in_toml(path: Keys, toml: Mapping[str, Any]) -> Any:
    found: Any = toml
    for key in path:
        if isinstance(found, list) and isinstance(key, int):
            found = found[key]
        else:
            found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _named_file(path: Keys, toml: Mapping[str, Any], environment: Layer) -> str:
    file_path = (*path[:-1], f"{path[-1]}_file")
    name = environment.get(file_path)
    if name is None:
        name = _in_toml(file_path, toml)
    return name if isinstance(name, str) else ""


def _read_one(layer: Layer, path: Keys, named: str, credentials: Path | None, names: tuple[str, ...]) -> None:
    file_path = (*path[:-1], f"{path[-1]}_file")
    try:
        if named:
            layer.put(path, read_secret(Path(named)), f"file {named}")
            return
        for name in names if credentials is not None else ():
            found = (credentials or Path()) / name
            if found.is_file():
                layer.put(path, read_secret(found, private=False), f"credential {found}")
                return
    except ValueError as error:
        layer.problems.append(Problem(file_path if named else path, str(error)))


def _old_keys(layer: Layer, toml: Mapping[str, Any], environment: Layer) -> None:
    path = ("security", "old_secret_keys")
    files_path = ("security", "old_secret_key_files")
    files = environment.get(files_path) or _list(_in_toml(files_path, toml))
    if environment.get(path) is not None:
        return
    keys: list[SecretStr] = []
    for name in files:
        if not name:
            what = "holds an empty name; name a file of an old key, or write [] if there is none"
            layer.problems.append(Problem(files_path, what))
            continue
        try:
            keys.append(read_secret(Path(str(name))))
        except ValueError as error:
            layer.problems.append(Problem(files_path, str(error)))
    if keys:
        layer.put(path, keys, f"files {', '.join(str(name) for name in files)}")


def _unknown_mailboxes(layer: Layer, credentials: Path, names: list[str]) -> None:
    for found in sorted(credentials.glob("*.imap.password")):
        name = found.name.removesuffix(".imap.password")
        if name not in names:
            known = ", ".join(sorted(names)) or "none is configured"
            what = f'there is no mailbox "{name}" that this password could be for; allowed: {known}'
            layer.problems.append(Problem((), what, f"credential {found}"))


def _next_step(error: OSError, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return "write the secret into that file (chmod 600), or name the file that holds it"
    if isinstance(error, PermissionError):
        return f"call mailbot as the account that owns it, or give it to the service: chown mailbot {path}"
    return "name a file that holds only the secret"


def read_secret(path: Path, *, private: bool = True) -> SecretStr:
    """Read a secret from a file, without the line end after it.

    Args:
        path: The file.
        private: Refuse a file that the group or others may use. Credentials are exempt: systemd guards their directory.

    Raises:
        ValueError: the file cannot be read, is empty, or is open to others; the text says what to do.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(_MOST + 1)
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}; {_next_step(error, path)}") from None
    if not stat.S_ISREG(mode):
        raise ValueError(f"{path} is not a regular file; name a file that holds only the secret")
    if private and mode & 0o077:
        raise ValueError(f"{path} may be read by others (mode {stat.S_IMODE(mode):04o}); run: chmod 600 {path}")
    if len(raw) > _MOST:
        raise ValueError(f"{path} is larger than 64 KiB; name a file that holds only the secret")
    try:
        text = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text; a key may be written as base64") from None
    if not text:
        raise ValueError(f"{path} is empty; write the secret into it")
    return SecretStr(text)
